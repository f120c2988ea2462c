"""The system's Firefox, driven by WebDriver BiDi: it has the protocol built in, so no driver stands in between."""

import json
import os
import re
import subprocess
import tempfile
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.peers.programs import program

ANSWER_SECONDS = 30
# What a fresh profile would ask the Internet for.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "http://127.0.0.1:1",
}


class Firefox:
    """One window. `said`: errors and warnings on its pages' consoles, refusals by their policies among them."""

    def __init__(self) -> None:
        path = program("Firefox", "firefox-esr", "firefox", package="firefox-esr")
        self.said: list[str] = []
        self._numbers = count(1)
        self._folder = tempfile.TemporaryDirectory(prefix="firefox", ignore_cleanup_errors=True)
        profile = Path(self._folder.name)
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()
        ]
        (profile / "user.js").write_text("\n".join(lines))
        self._process = subprocess.Popen(
            [path, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile],
            env=os.environ | {"HOME": self._folder.name}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self._open = ExitStack()
        self._socket = self._open.enter_context(connect(f"{self._address()}/session", max_size=None))
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded"])
        self._window = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def stop(self) -> None:
        self._open.close()
        self._process.terminate()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        self._folder.cleanup()

    def open(self, address: str) -> None:
        self._ask("browsingContext.navigate", context=self._window, url=address, wait="complete")

    def evaluate(self, script: str) -> Any:
        """What an expression gives: text, a number, or whether it holds."""
        target = {"context": self._window}
        answer = self._ask("script.evaluate", expression=script, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return answer["result"].get("value")

    def click(self, css: str) -> None:
        """With the mouse, in the middle of the first that fits."""
        move = {
            "type": "pointerMove",
            "x": 0,
            "y": 0,
            "origin": {"type": "element", "element": self._first(css)},
        }
        press = [{"type": name, "button": 0} for name in ("pointerDown", "pointerUp")]
        self._act({"type": "pointer", "id": "mouse", "actions": [move, *press]})

    def type(self, css: str, text: str) -> None:
        """Key by key, into an empty field."""
        self.click(css)
        keys = [{"type": name, "value": key} for key in text for name in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def _first(self, css: str) -> dict[str, Any]:
        self.evaluate(f"document.querySelector({json.dumps(css)}).scrollIntoView({{block: 'center'}})")
        locator = {"type": "css", "value": css}
        nodes = self._ask("browsingContext.locateNodes", context=self._window, locator=locator)["nodes"]
        return {"sharedId": nodes[0]["sharedId"]}

    def _act(self, actions: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self._window, actions=[actions])

    def _ask(self, method: str, **values: Any) -> Any:
        """What the browser answers; what it tells meanwhile is kept. Raises AssertionError where it refuses."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": values}))
        while True:
            told = json.loads(self._socket.recv(ANSWER_SECONDS))
            if told.get("method") == "log.entryAdded":
                self._hear(told["params"])
            if told.get("id") == number:
                assert told["type"] == "success", f"{method}: {told}"
                return told["result"]

    def _hear(self, entry: dict[str, Any]) -> None:
        if entry["level"] in ("error", "warn"):
            self.said.append(f"{entry['level']}: {entry['text']}")

    def _address(self) -> str:
        for line in self._process.stderr or ():
            if found := re.search(r"ws://\S+", line):
                return found[0]
        raise AssertionError("Firefox ended before it could be driven")
