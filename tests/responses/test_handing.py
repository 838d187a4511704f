"""What waits on a phone goes only when the survey itself has answered."""

import json
import shutil
import subprocess
from typing import Any

import pytest

from config import ROOT

HANDING = ROOT / "frontend/src/survey/handing.js"
HTML, JSON = "text/html", "application/json"


def handed(status: int, kind: str, body: Any) -> Any:
    """What the script makes of one answer to its request."""
    node = shutil.which("node") or str(next((ROOT / ".venv").rglob("playwright/driver/node")))
    source = f"""
    globalThis.location = {{ href: "http://127.0.0.1/s/kode" }};
    globalThis.DOMParser = class {{ parseFromString() {{ return {{ querySelector: () => null }}; }} }};
    const given = JSON.parse(await new Response(process.stdin).text());
    globalThis.fetch = async () =>
      new Response(given.body, {{ status: given.status, headers: {{ "Content-Type": given.kind }} }});
    const {{ hand }} = await import({json.dumps(HANDING.as_uri())});
    console.log(JSON.stringify(await hand("/kirim", {{}}, {{ value: "" }})));
    """
    text = body if isinstance(body, str) else json.dumps(body)
    ran = subprocess.run(
        [node, "--input-type=module", "-e", source],
        input=json.dumps({"status": status, "kind": kind, "body": text}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, HTML, "<title>Masuk ke WiFi</title>"),  # a portal
        (200, JSON, {"status": "ok"}),
        (403, HTML, "Forbidden"),  # a filter
        (404, HTML, "Not found"),
        (408, HTML, "Request Timeout"),  # a proxy that waited too long for a slow line
        (413, HTML, "Too large"),
        (425, HTML, "Too Early"),
        (409, JSON, {"error": "conflict"}),
        (429, JSON, {"sentence": "Terlalu sering."}),
        (400, JSON, {"sentence": "Halaman ini terlalu lama terbuka."}),
        (502, HTML, "Bad Gateway"),
        (503, JSON, {"sentence": "Sebentar."}),
    ],
)
def test_an_answer_of_somebody_in_between_leaves_it_waiting(status: int, kind: str, body: Any) -> None:
    assert handed(status, kind, body) == {}


def test_the_survey_s_own_answer_ends_the_waiting() -> None:
    assert handed(200, JSON, {"state": "stored", "receipt": "ABC"}) == {"receipt": "ABC"}
    assert handed(409, JSON, {"sentence": "Sudah ditutup."}) == {"sentence": "Sudah ditutup."}
    problems = [{"field": "sex", "sentence": "Pilih jenis kelamin."}]
    assert handed(422, JSON, {"problems": problems}) == {"problems": problems}
