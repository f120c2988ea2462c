"""`gunicorn wsgi:app` and `flask --app wsgi …`."""

import sys

from website import create_app
from website.config import BadSetting

# With any other code gunicorn would start its workers again and again.
CANNOT_START = 3

try:
    app = create_app()
except BadSetting as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(CANNOT_START)
