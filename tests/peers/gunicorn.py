"""The site as gunicorn serves it, with the settings that we ship."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.peers.dav import wait_until_open

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def serving(port: int, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a site with these settings, until the block ends."""
    command = ["gunicorn", "-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment) as server:
        try:
            wait_until_open(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
