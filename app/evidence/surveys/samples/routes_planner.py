"""Page that tells how many answers are needed to see a change, and the reverse; no script, nothing is stored."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, NumberRange

from app.base.web.forms import Form, IntegerField
from app.base.web.guard import allow
from app.evidence.surveys.blueprint import bp
from app.evidence.surveys.samples import sizes
from app.evidence.surveys.waves.forms import DecimalField
from app.evidence.surveys.waves.plans import ICC, MOST_ANSWERS
from app.kernel.roles import Can

ICC_HINT = _l(
    "0 berarti jawaban warga sedesa tidak saling mirip, 1 berarti sama semua. Bila tidak tahu, biarkan 0,05: angka "
    "yang lazim untuk survei pengetahuan per desa."
)


class Plain(Form):
    class Meta(Form.Meta):
        csrf = False  # it only reckons


class NeededForm(Plain):
    sebelum = DecimalField(_l("Sekarang kira-kira berapa persen yang mengenal"), [InputRequired(), NumberRange(0, 100)])
    poin = DecimalField(_l("Perubahan yang ingin dilihat (poin persen)"), [InputRequired(), NumberRange(-100, 100)])
    per_desa = IntegerField(_l("Jawaban tiap desa"), [InputRequired(), NumberRange(1, 1000)])
    icc = DecimalField(_l("Kemiripan jawaban sedesa"), [InputRequired(), NumberRange(0, 1)], description=ICC_HINT)


class SeenForm(Plain):
    jawaban = IntegerField(_l("Jumlah jawaban tiap survei"), [InputRequired(), NumberRange(1, MOST_ANSWERS)])
    desa = IntegerField(_l("Dari berapa desa"), [InputRequired(), NumberRange(1, 10_000)])
    dari = DecimalField(_l("Sekarang kira-kira berapa persen yang mengenal"), [InputRequired(), NumberRange(0, 100)])
    kemiripan = DecimalField(_l("Kemiripan jawaban sedesa"), [InputRequired(), NumberRange(0, 1)], description=ICC_HINT)


@bp.get("/survei/perencana")
@allow(Can.READ_SURVEYS)
def planner() -> ResponseReturnValue:
    asked, asked_back = "sebelum" in request.args, "jawaban" in request.args
    needed = NeededForm(request.args if asked else None, sebelum=30.0, poin=10.0, per_desa=20, icc=ICC)
    seen = SeenForm(request.args if asked_back else None, jawaban=400, desa=20, dari=30.0, kemiripan=ICC)
    answers: dict[str, Any] = {"found": None, "change": None}
    if asked and needed.validate():
        answers["found"] = _needed(needed)
    if asked_back and seen.validate():
        if seen.desa.data > seen.jawaban.data:
            seen.desa.errors = [_("Desa tidak bisa lebih banyak daripada jawaban.")]
        else:
            answers["change"] = _seen(seen)
    wrong = bool(needed.errors or seen.errors)
    page = render_template(
        "surveys/planner.html", needed=needed, seen=seen, asked=asked, asked_back=asked_back, **answers
    )
    return page, 422 if wrong else 200


def _needed(form: NeededForm) -> Any:
    if form.poin.data == 0:
        form.poin.errors = [_("Isi perubahan yang ingin dilihat, misalnya 10.")]
        return None
    found = sizes.answers_needed(
        before=form.sebelum.data, points=form.poin.data, per_village=form.per_desa.data, icc=form.icc.data
    )  # fmt: skip
    if found is None:
        form.poin.errors = [_("Perubahan sebesar ini tidak mungkin dari angka itu, atau terlalu kecil untuk dilihat.")]
    return found


def _seen(form: SeenForm) -> float | None:
    return sizes.change_seen(
        before=form.dari.data, answers=form.jawaban.data, villages=form.desa.data, icc=form.kemiripan.data
    )  # fmt: skip
