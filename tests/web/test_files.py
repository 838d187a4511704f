"""Files as answers: their names, and that nobody keeps them."""

import pytest
from flask import Flask

from app.base.web.files import download


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("daftar hadir.xlsx", "daftar_hadir.xlsx"),
        ('Rapat "besar"\r\nSet-Cookie: x.csv', "Rapat_besar_Set-Cookie_x.csv"),
        ("../../rahasia.pdf", "rahasia.pdf"),
        ("会议.pdf", "berkas.pdf"),
    ],
)
def test_a_file_has_a_name_that_every_disk_takes(app: Flask, name: str, sent: str) -> None:
    with app.test_request_context():
        answer = download(b"x", "application/pdf", name)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{sent}"'
    assert (answer.data, answer.content_type) == (b"x", "application/pdf")


def test_nobody_keeps_a_file_unless_told_so(app: Flask) -> None:
    with app.test_request_context():
        assert download(b"x", "text/csv", "a.csv").headers["Cache-Control"] == "private, no-store"
        shown = download(b"x", "application/pdf", "a.pdf", inline=True, cache="private, no-cache")
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert shown.headers["Content-Disposition"].startswith("inline;")
