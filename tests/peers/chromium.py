"""The system's Chromium. Without it browser tests are reported as skipped, or fail where they must run."""

import os
import shutil

import pytest

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str:
    """The path of the browser."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None and (os.environ.get("REQUIRE_BROWSER") or os.environ.get("CI")):
        pytest.fail("Chromium is missing: apt-get install chromium")
    if found is None:
        pytest.skip("browser tests need Chromium: apt-get install chromium")
    return found
