"""The first admin of a site: whoever can read what it prints at its start holds the code for it."""

import base64
import hashlib
import hmac

from sqlalchemy import func, select

from ..config import in_force
from ..extensions import db
from ..models import User

GROUPS, GROUP = 4, 4
# Without the letters that look like digits (Crockford's base 32), and what they are read as.
RFC_4648, CROCKFORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"}) | dict.fromkeys(map(ord, " -–\t\r\n"))


def has_admin() -> bool:
    """Whether anybody can set up the site."""
    return bool(db.session.scalar(select(func.count(User.id)).where(User.role == "admin", User.active)))


def first_admin_code() -> str | None:
    """The code by which somebody becomes admin, such as `7Q2M-…` (80 bits); None as long as there is an active one.

    It is the same in every process, and another one after each admin that the site has had: it works once.
    """
    if has_admin():
        return None
    admins = db.session.scalar(select(func.count(User.id)).where(User.role == "admin"))
    said = f"firsthand first admin:{admins}".encode()
    digest = hmac.digest(in_force().secret_key.encode(), said, hashlib.sha256)
    signs = base64.b32encode(digest)[: GROUPS * GROUP].decode()
    signs = signs.translate(str.maketrans(RFC_4648, CROCKFORD))
    return "-".join(signs[start : start + GROUP] for start in range(0, GROUPS * GROUP, GROUP))


def is_first_admin_code(typed: str) -> bool:
    """Whether this is the code; case, spaces and hyphens do not matter. Compared in constant time."""
    code = first_admin_code()
    plain = typed.upper().translate(READ_AS)
    return code is not None and hmac.compare_digest(plain.encode(), code.replace("-", "").encode())
