"""`python -m app.practice`: serve the practice platforms until stopped; prints one JSON line with the ports."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from app.kernel.told import Told
from app.practice.server import PracticeServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m app.practice", description="Simulated platforms on loopback")
    parser.add_argument("--http-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--state", type=Path, default=Path("var/practice.sqlite"))
    parser.add_argument("--tz", default=os.environ.get("REGENCY_TZ", "Asia/Makassar"))
    parser.add_argument("--tz-label", default=os.environ.get("GAUNG_TZ_LABEL", "WITA"))
    parser.add_argument("--strict", action="store_true", help="refuse calls that no document lists")
    options = parser.parse_args()
    stop = Told()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = PracticeServer(
            options.state,
            http_port=options.http_port,
            smtp_port=options.smtp_port,
            tz=options.tz,
            tz_label=options.tz_label,
            strict=options.strict or os.environ.get("GAUNG_PRACTICE_STRICT", "").lower() in {"1", "true", "yes", "ya"},
        )
        server.start()
    except OSError as error:
        print(f"Practice platforms cannot listen: {error}", file=sys.stderr)
        return 1
    ports = {"http_url": server.http_url, "http_port": server.http_port, "smtp_port": server.smtp_port}
    print(json.dumps(ports), flush=True)
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
