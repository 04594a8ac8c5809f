"""`python -m core.healthcheck`: exit code 0 if this container answers. Quick, because without Django."""

import http.client
import os
import sys


def main() -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    host = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].lstrip(".")
    try:
        connection.request("GET", "/health/live", headers={"Host": host})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
