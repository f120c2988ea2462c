"""Push channels: Google posts to an address of ours when a calendar changed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ..records import ChannelRequest, Notice, Watching
from .access import BUSY
from .api import Api, path_of, understood

LIFE = timedelta(days=7)


def watch(api: Api, calendar_id: str, channel: ChannelRequest) -> Watching:
    """Opens a channel for a calendar."""
    body = {
        "id": channel.name,
        "type": "web_hook",
        "address": channel.address,
        "token": channel.token,
        "params": {"ttl": str(int(LIFE.total_seconds()))},
    }
    answer = api.ask(BUSY, "POST", path_of("calendars", calendar_id, "events", "watch"), body=body).body
    with understood():
        ends = datetime.fromtimestamp(int(answer["expiration"]) / 1000, UTC)
        return Watching(answer["resourceId"], ends)


def stop(api: Api, name: str, resource: str) -> None:
    """Closes a channel; one that Google does not know, or no more, is closed."""
    api.ask(BUSY, "POST", "/channels/stop", body={"id": name, "resourceId": resource}, allowed=(404, 410))


def notice_of(headers: Mapping[str, str]) -> Notice | None:
    """The notice that a request with these headers is, None if it is none."""
    sent = {name.lower(): value for name, value in headers.items()}
    channel, state = sent.get("x-goog-channel-id"), sent.get("x-goog-resource-state")
    if not channel or not state:
        return None
    return Notice(channel, sent.get("x-goog-channel-token", ""), first=state == "sync")
