"""The web server in production: threads, because the app waits for the database more than it computes."""

import os

bind = "0.0.0.0:8000"  # nosec B104 - inside its container
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm"  # a heartbeat file on a disk can stall a worker  # noqa: S108  # nosec B108
control_socket_disable = True
accesslog = None  # requests are in the structured log
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
