"""`gunicorn wsgi:app` and `flask --app wsgi …`."""

from website import create_app

app = create_app()
