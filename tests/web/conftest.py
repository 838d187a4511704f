"""Pages made for these tests alone, on the real shell."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, abort, redirect, render_template_string, request
from flask.testing import FlaskClient
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from app import create_app
from app.base.web.db import db
from app.base.web.forms import Form, LocalDateTimeField, RupiahField
from app.base.web.guard import public
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.text import T
from app.outreach.campaigns.models import Dimension
from config import Settings

ROOT = Path(__file__).resolve().parents[2]
ERRORS = {"invalid": Invalid, "forbidden": Forbidden, "notfound": NotFound, "refused": Refused, "stale": Stale}

SLOW = {"pelan": 0.5, "sangat pelan": 1.5}  # seconds

FORM_PAGE = """
{% extends "base.html" %}{% block heading %}{{ _("Judul") }}{% endblock %}
{% block content %}{{ ui.error_summary(form) }}<form method="post" data-keep="coba">
{% for field in form %}{{ ui.field(field) }}{% endfor %}{{ ui.submit(_("Simpan")) }}</form>{% endblock %}
"""

CONFIRM_PAGE = """
{% extends "base.html" %}{% block heading %}{{ _("Tanya") }}{% endblock %}
{% block content %}
{{ ui.post_button("/hapus", _("Hapus"), confirm=_("Yakin dihapus?"), fields={"nomor": 7}) }}
{% endblock %}
"""

bp = Blueprint("sample", __name__)
saved: list[dict[str, object]] = []


class SampleForm(Form):
    name = StringField("Nama", [DataRequired(), Length(max=20)])
    text = TextAreaField("Teks", [Optional(), Length(max=500)])
    at = LocalDateTimeField("Waktu", [Optional()])
    budget = RupiahField("Anggaran", [Optional()])
    kind = RadioField("Jenis", [Optional()], choices=[("a", "Satu"), ("b", "Dua")])
    place = SelectField("Tempat", [Optional()], choices=[("x", "Sini")])
    agreed = BooleanField("Setuju")


@bp.route("/coba", methods=["GET", "POST"])
@public
def sample():
    form = SampleForm()
    if form.is_posted_and_valid():
        with form.catching():
            _service(form.name.data or "")
            saved.append(form.data)
            return redirect("/coba")
    return render_template_string(FORM_PAGE, form=form), 422 if form.is_submitted() else 200


def _service(name: str) -> None:
    if name in SLOW:
        time.sleep(SLOW[name])
    if name == "program":
        _half_done()
    if name in ERRORS:
        raise ERRORS[name](T("Salah: %(name)s.", name=name), field="name" if name == "invalid" else None)


def _half_done() -> None:
    db.session.add(Dimension(key="setengah", name="Setengah", position=99))
    db.session.flush()
    raise Refused("Ditolak.")


@bp.get("/tanya")
@public
def ask():
    return render_template_string(CONFIRM_PAGE)


@bp.post("/hapus")
@public
def remove():
    saved.append({"removed": request.form["nomor"]})
    return redirect("/coba")


@bp.get("/galat/<int:code>")
@public
def fault(code: int):
    abort(code)


@bp.get("/galat/kita/<name>")
@public
def ours(name: str):
    raise ERRORS[name](T("Salah: %(name)s.", name=name))


@bp.get("/galat/rusak")
@public
def broken():
    raise RuntimeError("a secret detail")


def build(settings: Settings, clock: FrozenClock, **config: object) -> Flask:
    application = create_app(settings, clock=clock)
    application.config.update(config)
    application.register_blueprint(bp)
    return application


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    saved.clear()
    application = build(settings, clock, PROPAGATE_EXCEPTIONS=False)
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def guarded(app: Flask) -> FlaskClient:
    """A client of the application with CSRF protection on, as it is outside the tests."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


@pytest.fixture
def posted() -> list[dict[str, object]]:
    """What the sample form has stored."""
    return saved


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built front end, brought up to date."""
    done = subprocess.run(["sh", "frontend/build.sh"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "app/base/web/static/build"
