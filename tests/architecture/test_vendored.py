"""What others wrote and we ship is what it says it is."""

import base64
import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static/vendor"
ROW = re.compile(r"^\| (\S+) \|.*\| `(\S+)` \|$", re.MULTILINE)


def test_every_file_has_the_hash_that_is_written_down() -> None:
    written = dict(ROW.findall((VENDOR / "VENDORED.md").read_text()))
    shipped = {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".css")}
    assert set(written) == shipped
    for name, known in written.items():
        assert base64.b64encode(hashlib.sha384((VENDOR / name).read_bytes()).digest()).decode() == known
