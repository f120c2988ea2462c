"""events.watch and channels.stop: where notices of changes go, and until when."""

import re
from datetime import UTC, timedelta
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

import requests

from .asked import Asked
from .records import Channel, Json
from .refusals import Refused
from .state import State

WEEK = 7 * 24 * 3600


def watch(google: State, asked: Asked) -> Json:
    """Opens a channel; its life is a week unless another is asked for."""
    calendar, body = asked.calendar(google), asked.body
    _check(google, body)
    seconds = int(body.get("params", {}).get("ttl", WEEK))
    channel = Channel(
        id=body["id"],
        resource_id=sha256(calendar.id.encode()).hexdigest()[:27],
        resource_uri=f"{google.base}/calendar/v3/calendars/{quote(calendar.id)}/events?alt=json",
        address=body["address"],
        token=body.get("token"),
        ends=google.clock() + timedelta(seconds=seconds),
    )
    google.channels[channel.id] = channel
    return {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": channel.resource_uri,
        "expiration": str(int(channel.ends.timestamp() * 1000)),
        **({"token": channel.token} if channel.token else {}),
    }


def stop(google: State, asked: Asked) -> None:
    """Closes a channel, which both of its ids must name."""
    channel = google.channels.get(asked.body.get("id", ""))
    if channel is None or channel.resource_id != asked.body.get("resourceId"):
        raise Refused("notFound", "Channel not found.")
    del google.channels[channel.id]


def send_notice(channel: Channel, state: str) -> int:
    """Posts the next notice of a channel to its address: headers only. Returns the HTTP status."""
    channel.messages += 1
    headers = {
        "X-Goog-Channel-ID": channel.id,
        "X-Goog-Channel-Expiration": format_datetime(channel.ends.astimezone(UTC), usegmt=True),
        "X-Goog-Resource-ID": channel.resource_id,
        "X-Goog-Resource-URI": channel.resource_uri,
        "X-Goog-Resource-State": state,
        "X-Goog-Message-Number": str(channel.messages),
        **({"X-Goog-Channel-Token": channel.token} if channel.token else {}),
    }
    return requests.post(channel.address, headers=headers, timeout=10).status_code


def _check(google: State, body: Json) -> None:
    if not re.fullmatch(r"[\w+/=-]{1,64}", body.get("id", "")):
        raise Refused("invalid", "Invalid channel id.")
    if body["id"] in google.channels:
        raise Refused("channelIdNotUnique")
    if body.get("type") not in ("web_hook", "webhook"):
        raise Refused("invalid", "Unknown channel type.")
    if "expiration" in body:
        raise Refused("notImplemented", "This stand-in asks for params.ttl.")
    if len(body.get("token", "")) > 256 or not body.get("params", {}).get("ttl", "1").isdecimal():
        raise Refused("invalid", "Invalid channel token or ttl.")
    schemes = ("https", "http") if google.http_webhooks else ("https",)
    if urlsplit(body.get("address", "")).scheme not in schemes:
        raise Refused("webhookNotHttps")
