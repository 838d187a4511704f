"""`make run`: make what is missing, then run web, worker and practice platforms until Ctrl-C.

    python -m app.launch --port 5000

Secrets are made at random in `var/secrets.env` (mode 0600) at the first start; each start writes to `var/practice.env`
where its practice is.
"""

import argparse
import base64
import contextlib
import json
import os
import secrets
import signal
import socket
import sqlite3
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from http.client import HTTPConnection, HTTPException
from multiprocessing import get_context
from pathlib import Path

from honcho.manager import Manager

from app.kernel.private import keep_private
from config import ROOT, Settings, SettingsError, from_env, is_yes, kept_secrets, practice_environment

PYTHON = sys.executable
UP_WITHIN = 90  # seconds
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    port: int = parser.parse_args().port
    if not _port_is_free(port):
        print(f"Port {port} sedang dipakai. Hentikan yang memakainya, atau jalankan: make run PORT={port + 1}")
        return 1
    try:
        env = _environment(port)
        settings = from_env(env)
    except SettingsError as error:
        print(error)
        return 1
    return _serve(env, settings, port, _accounts(settings))


def _accounts(settings: Settings) -> str:
    """Prepare the database where that is not done yet, and give the sign-ins to print.

    A later start has nothing to prepare and does not load the application for it: that halves its time.
    """
    kept = settings.var_dir / "prepared.json"
    newest = max(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    done_for = [settings.database_url, settings.env, settings.practice, newest]
    if kept.exists() and _forget_heartbeats(settings.database_url):
        before = json.loads(kept.read_text())
        if before["for"] == done_for:
            return str(before["accounts"])
    # in a process of its own: what it loads would stay in this one, which stays
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        accounts = apart.submit(_prepare, settings).result()
    kept.touch(mode=0o600)
    kept.write_text(json.dumps({"for": done_for, "accounts": accounts}))
    return accounts


def _prepare(settings: Settings) -> str:
    from app.demo import prepare  # noqa: PLC0415

    return prepare(settings)


def _forget_heartbeats(url: str) -> bool:
    """At a start nobody has reported yet. False where this is no SQLite file with our tables."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection, connection:
            connection.execute("DELETE FROM heartbeats")
    except sqlite3.OperationalError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _environment(port: int) -> dict[str, str]:
    """The environment of every part: the caller's, the secrets, and the addresses of the practice servers."""
    var = Path(os.environ.get("GAUNG_VAR_DIR", ROOT / "var"))
    keep_private(var)
    http, smtp = _practice_ports(var / "practice-ports")
    defaults = {
        "DATABASE_URL": f"sqlite:///{var / 'gaung.sqlite'}",
        "GAUNG_VAR_DIR": str(var),
        "GAUNG_PUBLIC_URL": f"http://localhost:{port}",
        "GAUNG_PRACTICE": "1",
        "WEB_WORKERS": "1",  # the start counts here; a server takes two
        **_secrets(var),
    }
    env = {**defaults, **os.environ}
    practice = practice_environment(http, smtp) if is_yes(env["GAUNG_PRACTICE"]) else {"GAUNG_PRACTICE": "0"}
    _keep_practice(var / "practice.env", practice, env)
    return {**env, **practice}


def _keep_practice(path: Path, practice: dict[str, str], env: dict[str, str]) -> None:
    """Write down for the commands beside this start where its practice is, or that it is none."""
    kept = dict(practice)
    if len(practice) > 1:
        kept |= {name: env[name] for name in ("DATABASE_URL", "GAUNG_PUBLIC_URL")}
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text("".join(f"{name}={value}\n" for name, value in kept.items()), encoding="utf-8")
    part.replace(path)


def _practice_ports(path: Path) -> tuple[int, int]:
    """Free ports for HTTP and SMTP; those of the last start where they still are, so that links to the wall hold."""
    kept = [int(word) for word in path.read_text().split()] if path.exists() else []
    if len(kept) == 2 and all(_port_is_free(port) for port in kept):
        return kept[0], kept[1]
    http, smtp = free_port(), free_port()
    path.write_text(f"{http} {smtp}\n")
    return http, smtp


def _secrets(var: Path) -> dict[str, str]:
    """Read `secrets.env`, made for this user's eyes only where it is not there yet."""
    path = var / "secrets.env"
    if not path.exists():
        made = {
            "GAUNG_SECRET_KEY": secrets.token_urlsafe(48),
            "GAUNG_PASSWORD_SALT": secrets.token_urlsafe(24),
            "GAUNG_CREDENTIAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "GAUNG_DEMO_PASSWORD": "kukar-" + "".join(secrets.choice(LEGIBLE) for _ in range(6)),
        }
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
    return kept_secrets(var)


def _serve(env: dict[str, str], settings: Settings, port: int, accounts: str) -> int:
    manager = Manager()
    where = {"env": env, "cwd": str(ROOT)}
    manager.add_process("web", f"{PYTHON} -m gunicorn -c deploy/gunicorn.py -b 127.0.0.1:{port}", **where)
    manager.add_process("worker", f"{PYTHON} -m app.worker", **where)
    if settings.practice:
        http = settings.practice_wall_url.rsplit(":", 1)[1]
        command = f"{PYTHON} -m app.practice --http-port {http} --smtp-port {settings.smtp_port}"
        manager.add_process("latihan", f"{command} --state {settings.var_dir / 'practice.sqlite'}", **where)
    threading.Thread(target=_announce, args=(settings, port, accounts), daemon=True).start()
    signal.signal(signal.SIGHUP, lambda *_: manager.terminate())
    manager.loop()
    asked = manager.returncode is None or manager.returncode in (0, 130, 143) or manager.returncode < 0
    return 0 if asked else int(manager.returncode)


def _announce(settings: Settings, port: int, accounts: str) -> None:
    """Say the address once everything answers."""
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until:
        try:
            asked = HTTPConnection("127.0.0.1", port, timeout=2)
            asked.request("GET", "/healthz")
            if set(json.loads(asked.getresponse().read())["missing"]) <= {"sending"}:
                break  # also where sending waits for a person: the page says why
        except (OSError, HTTPException, ValueError, KeyError):
            pass
        time.sleep(0.05)
    else:
        print("Belum semua bagian menjawab. Lihat pesan di atas.", flush=True)
        return
    lines = [
        "",
        f"  {settings.app_title}",
        f"  Buka {address.replace('127.0.0.1', 'localhost')}",
        "",
    ]  # keys keep no number
    if settings.practice:
        wall = settings.practice_wall_url
        lines += [f"  Mode latihan: tidak ada yang keluar ke internet. Dinding latihan: {wall}", ""]
    print("\n".join(lines) + accounts + "\n  Ctrl-C untuk berhenti.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
