"""Debian's nginx with the site's own deploy/nginx.conf, of which only places, names and time-outs are others."""

import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.peers.certificates import Authority
from tests.peers.dav import free_port, wait_until_open

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
HOST = "localhost"
LETSENCRYPT = "/etc/letsencrypt/live/meet.example.com"

# What stands around the files of /etc/nginx/conf.d.
AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Where it listens, on the loopback interface, what its certificate is trusted by, and where it writes."""

    https: int
    http: int
    authority: Path
    folder: Path

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.https}"

    def logged(self) -> list[str]:
        """The lines of the site's access log so far."""
        return (self.folder / "firsthand.log").read_text().splitlines()


@contextmanager
def proxy_before(port: int, folder: Path, *, seconds: int) -> Iterator[Proxy]:
    """nginx before a server on that port of this machine; visitors' time-outs are of so many seconds."""
    authority = Authority(folder)
    proxy = Proxy(free_port(), free_port(), authority.file, folder)
    while proxy.http == proxy.https:
        proxy = replace(proxy, http=free_port())
    text = SHIPPED.read_text()
    for shipped, here in _changes(proxy, port, authority.certificate(HOST), seconds).items():
        assert shipped in text, f"deploy/nginx.conf does not say {shipped} any more"
        text = text.replace(shipped, here)
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=_user()))
    running = subprocess.Popen(
        [_program(), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_open(proxy.https)
        yield proxy
    finally:
        running.terminate()
        running.wait(60)


def _changes(proxy: Proxy, port: int, certificate: Path, seconds: int) -> dict[str, str]:
    """What the file says for production, and what it says here."""
    return {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{port};",
        "listen 80;": f"listen 127.0.0.1:{proxy.http};",
        "listen 443 ssl;": f"listen 127.0.0.1:{proxy.https} ssl;",
        f"{LETSENCRYPT}/fullchain.pem": str(certificate),
        f"{LETSENCRYPT}/privkey.pem": str(certificate),
        "/var/log/nginx/": f"{proxy.folder}/",
        "client_header_timeout 15s;": f"client_header_timeout {seconds}s;",
        "client_body_timeout 15s;": f"client_body_timeout {seconds}s;",
    }


def _program() -> str:
    """The program. It must be there: a proxy that was never run may not hold back anything."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.fail("nginx is missing: apt-get install nginx-light")
    return found


def _user() -> str:
    """Its processes run as whoever tests: the tests' folder is nobody else's."""
    if os.geteuid() != 0:
        return ""
    return f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
