"""The system's WebKit, driven by its own WebDriver on a screen that nobody sees."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import requests
from flask import Flask, Response

from tests.peers.dav import free_port, wait_until_open
from tests.peers.programs import missing, program

ANSWER_SECONDS = 30
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
BROWSERS = "*/webkit2gtk-4.*/MiniBrowser"
# While it is driven, this browser tells nothing of its pages' consoles; so pages keep for us what they would say.
LISTENER = """
const say = (text) => { sessionStorage.said = `${sessionStorage.said || ""}${text}\\n`; };
const address = (element) => element.src || element.href;
addEventListener("error", (event) => say(event.message || `not loaded: ${address(event.target)}`), true);
addEventListener("unhandledrejection", (event) => say(event.reason));
addEventListener("securitypolicyviolation", (event) => say(`${event.effectiveDirective} refuses ${event.blockedURI}`));
for (const level of ["error", "warn"]) console[level] = (...words) => say(words.join(" "));
"""


def listen(app: Flask) -> None:
    """Puts the listener first on every page of the site."""

    def listening(answer: Response) -> Response:
        if answer.mimetype == "text/html" and not answer.direct_passthrough:
            answer.set_data(
                answer.get_data().replace(b"<head>", b'<head><script src="/listener.js"></script>', 1)
            )
        return answer

    app.add_url_rule("/listener.js", "listener", lambda: Response(LISTENER, mimetype="text/javascript"))
    app.after_request(listening)


class WebKit:
    """One window. `said`: errors and warnings of the site's pages, refusals by their policies among them."""

    def __init__(self) -> None:
        screen, driver = program("Xvfb", "Xvfb", package="xvfb"), _driver()
        self._folder = tempfile.TemporaryDirectory(prefix="webkit", ignore_cleanup_errors=True)
        self._screen = subprocess.Popen(
            [screen, "-displayfd", "1", "-screen", "0", "1280x1000x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._screen.stdout
        display = f":{self._screen.stdout.readline().strip()}"
        port = free_port()
        self._driver = subprocess.Popen(
            [driver, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"DISPLAY": display, "HOME": self._folder.name},
        )  # fmt: skip
        wait_until_open(port)
        self._session = f"http://127.0.0.1:{port}/session"
        browser = {"binary": _browser(), "args": ["--automation"]}
        started = self._ask("", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": browser}})
        self._session += f"/{started['sessionId']}"

    @property
    def said(self) -> list[str]:
        """Reads it from the page of the site that is open."""
        return str(self.evaluate("sessionStorage.said || ''")).splitlines()

    def stop(self) -> None:
        requests.delete(self._session, timeout=ANSWER_SECONDS)
        for process in (self._driver, self._screen):
            process.terminate()
            process.wait()
        if self._screen.stdout:
            self._screen.stdout.close()
        self._folder.cleanup()

    def open(self, address: str) -> None:
        self._ask("/url", url=address)

    def evaluate(self, script: str) -> Any:
        """What an expression gives: text, a number, or whether it holds."""
        return self._ask("/execute/sync", script=f"return {script}", args=[])

    def click(self, css: str) -> None:
        """With the mouse, in the middle of the first that fits."""
        self._ask(f"/element/{self._first(css)}/click")

    def type(self, css: str, text: str) -> None:
        """Key by key, into an empty field."""
        self._ask(f"/element/{self._first(css)}/value", text=text)

    def _first(self, css: str) -> str:
        return str(self._ask("/element", using="css selector", value=css)[ELEMENT])

    def _ask(self, path: str, **values: Any) -> Any:
        """What the browser answers. Raises AssertionError where it refuses."""
        answer = requests.post(self._session + path, json=values, timeout=ANSWER_SECONDS)
        assert answer.ok, f"{path}: {answer.text}"
        return answer.json()["value"]


def _driver() -> str:
    return program("WebKit", "WebKitWebDriver", package="webkit2gtk-driver")


def _browser() -> str:
    found = next(iter(Path("/usr/lib").glob(BROWSERS)), None)
    return str(found or missing("WebKit", "webkit2gtk-driver"))
