"""Gunicorn's settings: `gunicorn -c deploy/gunicorn.py`. WEB_WORKERS processes (2 unless said) of eight threads each.

With two, what holds one process (a request that computes) does not hold the site.
"""

import os
from typing import Any

wsgi_app = "app:create_app()"
worker_class = "gthread"
umask = 0o077  # files of the installation are for its own user alone
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = 8
timeout = 60
graceful_timeout = 10
keepalive = 5
# a slow phone must not hold a worker's temporary file on a slow disk
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
loglevel = "warning"
max_requests = 20_000
max_requests_jitter = 2_000


def post_worker_init(worker: Any) -> None:
    """Watch the worker from outside, in a thread of each process; one of them does it."""
    from app.watching import start_watch  # noqa: PLC0415 (not in the process that only starts the others)

    start_watch(worker.wsgi)
