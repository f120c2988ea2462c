"""How gunicorn serves the site: gunicorn -c deploy/gunicorn.conf.py wsgi:app (docs/deploy.md)."""

import os

# Behind a proxy on this machine; in a container, where the proxy is elsewhere: BIND=0.0.0.0:8000.
bind = os.environ.get("BIND", "127.0.0.1:8000")
# Two for each core is a start; each process holds up to `threads` connections to the database.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
# A worker that gives no sign for so long is started anew.
timeout = 60
# On SIGTERM nothing new is taken, and what is being answered has so long to be.
graceful_timeout = 30
keepalive = 5
# A sign of life is a file: it must not lie on a disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
control_socket_disable = True
# Addresses of pages hold tokens: the proxy logs, without them.
accesslog = None
errorlog = "-"
# Longer lines are answered with 414, more or longer headers with 431. Tokens that travel on make addresses long.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
