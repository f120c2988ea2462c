"""Programs of the system that a test needs. Without one it is reported as skipped, or fails where it must run."""

import os
import shutil
from typing import NoReturn

import pytest


def program(called: str, *names: str, package: str) -> str:
    """The path of the first of these programs that the system has."""
    return next((path for name in names if name and (path := shutil.which(name))), "") or missing(
        called, package
    )


def missing(called: str, package: str) -> NoReturn:
    if os.environ.get("REQUIRE_BROWSER") or os.environ.get("CI"):
        pytest.fail(f"{called} is missing: apt-get install {package}")
    pytest.skip(f"this test needs {called}: apt-get install {package}")
