"""Pages for typing paper forms with the keyboard alone, and for what two people typed differently."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.base.documents.sheets import XLSX
from app.base.web.db import db
from app.base.web.editing import release_database, undoing
from app.base.web.files import download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.evidence.instruments.definition import AGE_BANDS, SEXES, Definition, say
from app.evidence.instruments.places import place_names
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.evidence.instruments.versions import definition_of
from app.evidence.responses import review
from app.evidence.responses.blueprint import bp
from app.evidence.responses.paper import keying, mismatches
from app.evidence.responses.paper.forms import PLACE_LABEL, DoubleKeyingForm, KeyForm, typed_lines
from app.evidence.responses.paper.keying import Typed
from app.evidence.responses.paper.sheets import runs
from app.evidence.responses.paper.skips import numbers
from app.evidence.responses.service import GRACE, InvalidAnswers, RecordedAnswer
from app.evidence.surveys.access import get, may_manage, to_manage, visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.kernel.errors import GaungError
from app.kernel.paging import paginate
from app.kernel.roles import Can

HEAD = ("sheet", "place", "asked_on", "sex", "age_band")


@bp.get("/survei/ketik")
@allow(Can.KEY_PAPER)
def to_key() -> ResponseReturnValue:
    """List the surveys whose paper forms may be typed now, those that close first above.

    Here an enumerator begins.
    """
    query = (
        select(Wave)
        .where(
            visible_to(current_actor()), Wave.sheets > 0, Wave.status.in_((WaveStatus.OPEN, WaveStatus.CLOSED)),
            or_(Wave.closed_at.is_(None), Wave.closed_at >= now() - GRACE),
            Wave.name.icontains(request.args.get("q", "").strip(), autoescape=True),
        )
        .order_by(Wave.status.desc(), Wave.ends_on, Wave.id)
    )  # fmt: skip
    page = paginate(db.session, query, number_of("hal") or 1)
    return render_template("responses/to_key.html", page=page, keyed=mismatches.keyed_counts(db.session, page.items))


@bp.get("/survei/<int:wave_id>/ketik", endpoint="keying")
@allow(Can.KEY_PAPER)
def keying_page(wave_id: int) -> ResponseReturnValue:
    """Show the page for typing a sheet.

    `?lembar=` the number that is proposed, `?tempat=` and `?tgl=` from the sheet before.
    """
    wave = get(db.session, current_actor(), wave_id)
    form = KeyForm(None, sheet=str(number_of("lembar") or ""), place=request.args.get("tempat", ""),
                   asked_on=request.args.get("tgl", "")[:20])  # fmt: skip
    return _page(wave, form, ())


@bp.post("/survei/<int:wave_id>/ketik")
@allow(Can.KEY_PAPER)
def key_sheet(wave_id: int) -> ResponseReturnValue:
    wave = get(db.session, current_actor(), wave_id)
    form = KeyForm()
    problems: list[tuple[str, str, str]] = []
    if form.is_posted_and_valid():
        with undoing(GaungError) as undone:
            typed = form.typed()
            taken = keying.key_sheet(db.session, current_actor(), wave.id, typed, now=now(), tz=settings().tz)
            _tell(wave, typed.sheet, taken)
            return redirect(_next(wave, typed, form.asked_on.data or ""), 303)
        problems = _problems(wave, undone.error) if undone.error is not None else []
    wave = get(db.session, current_actor(), wave_id)
    return _page(wave, form, problems), 422


def _problems(wave: Wave, error: GaungError) -> list[tuple[str, str, str]]:
    """Return what stands against a sheet, each as (field, its label, sentence)."""
    if isinstance(error, InvalidAnswers):
        return _named(wave, error)
    field = error.field or "sheet"
    return [(field, _head_labels(wave)[field], sentence(error.sentence))]


def _next(wave: Wave, typed: Typed, day: str) -> str:
    """The page for the sheet that follows, with the village and day of this one."""
    kept: dict[str, Any] = {"tempat": typed.place, "tgl": day or None}
    kept["lembar"] = typed.sheet + 1 if typed.sheet < wave.sheets else None
    return url_for(".keying", wave_id=wave.id, **kept)


def _tell(wave: Wave, sheet: int, taken: RecordedAnswer) -> None:
    words = {
        "stored": _("Lembar %(n)s tersimpan.", n=sheet),
        "known": _("Lembar %(n)s sudah pernah diketik, isinya sama. Tidak dihitung dua kali.", n=sheet),
        "checked": _("Lembar %(n)s cocok dengan ketikan pertama.", n=sheet),
    }
    if taken.state in words:
        flash(words[taken.state])
        return
    kept = _("Lembar %(n)s sudah pernah diketik dengan isi lain. Keduanya disimpan dan belum digabung.", n=sheet)
    decide = _("Pengelola survei memutuskan mana yang dipakai.")
    flash(f"{kept} {decide}", "warning")


def _named(wave: Wave, error: InvalidAnswers) -> list[tuple[str, str, str]]:
    """[(line or field, its name on the page, what is wrong)]."""
    names = {**_head_labels(wave), **_line_labels(definition_of(db.session, wave.instrument_version_id))}
    return [
        (one.field, names.get(one.field, ""), sentence(one.sentence))
        for one in error.problems
    ]  # fmt: skip


def _line_labels(definition: Definition) -> dict[str, str]:
    """Line → its number and words as on paper: "5. …", of a row "6.a …"."""
    known = numbers(definition)
    letters = {(question.key, row.key): chr(ord("a") + place)
               for question in definition.questions for place, row in enumerate(question.rows)}  # fmt: skip
    found = {}
    for line in keying.lines(definition):
        letter = letters.get((line.question.key, line.row or ""), "")
        found[line.name] = f"{known[line.question.key]}.{letter} {say(line.text)}"
    return found


def _head_labels(wave: Wave) -> dict[str, str]:
    place = str(PLACE_LABEL[wave.audience])
    return {"sheet": _("Nomor lembar"), "place": place, "asked_on": _("Tanggal"),
            "sex": _("Jenis kelamin"), "age_band": _("Umur"), "mode": _("Cara"), "uuid": _("Nomor lembar")}  # fmt: skip


def _page(wave: Wave, form: KeyForm, problems: Any) -> str:
    actor, definition = current_actor(), definition_of(db.session, wave.instrument_version_id)
    names = place_names(db.session, wave.audience)
    planned = [place.place for place in wave.places if place.place in names]
    form.place.label.text = str(PLACE_LABEL[wave.audience])
    form.place.choices = [("", _("Pilih")), *((place, names[place]) for place in planned or names)]
    wrong: dict[str, str] = {}
    for name, _label, told in problems:
        wrong.setdefault(name, told)
    return render_template(
        "responses/keying.html", wave=wave, form=form, problems=problems, wrong=wrong,
        groups=_groups(definition), typed=typed_lines() if request.method == "POST" else {},
        sexes=[(number, sentence(SEX_WORDS[sex])) for number, sex in enumerate(SEXES, 1)],
        ages=[(number, sentence(AGE_WORDS[band])) for number, band in enumerate(AGE_BANDS, 1)],
        runs=[[run.first, run.last, run.place] for run in runs(db.session, wave) if run.place],
        state=mismatches.keying_progress(db.session, actor, wave), may_manage=may_manage(actor, wave),
        switch=DoubleKeyingForm(None, double_keying=wave.double_keying),
        example_day=f"{wave.starts_on.day}/{wave.starts_on.month}",
        is_closed=wave.status != WaveStatus.OPEN, grace=GRACE.days,
    )  # fmt: skip


def _groups(definition: Definition) -> list[dict[str, Any]]:
    """The questions with their lines, as the page draws them."""
    groups: list[dict[str, Any]] = []
    known = numbers(definition)
    for line in keying.lines(definition):
        if not groups or groups[-1]["question"].key != line.question.key:
            groups.append({"question": line.question, "number": known[line.question.key], "lines": []})
        options = line.question.by_option
        groups[-1]["lines"].append(
            {
                "name": line.name, "text": say(line.text), "row": line.row,
                "codes": [(code, key, say(options[key].text)) for code, key in line.codes.items()],
                "others": [(f"{line.name}/{key}", say(option.text), key) for key, option in options.items()
                           if option.other and line.row is None],
            }
        )  # fmt: skip
    return groups


# --- double keying ---


@bp.post("/survei/<int:wave_id>/ketik/ganda")
@allow(Can.PLAN_SURVEYS)
def switch_double_keying(wave_id: int) -> ResponseReturnValue:
    form = DoubleKeyingForm()
    if form.is_posted_and_valid():
        on = bool(form.double_keying.data)
        mismatches.set_double_keying(db.session, current_actor(), wave_id, on=on, now=now())
        flash(_("Tiap lembar sekarang diketik dua kali.") if on else _("Lembar cukup diketik sekali."))
    return redirect(url_for(".keying", wave_id=wave_id), 303)


@bp.get("/survei/<int:wave_id>/ketik/beda")
@allow(Can.PLAN_SURVEYS)
def keying_differences(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    report = mismatches.report(db.session, wave)
    names = place_names(db.session, wave.audience)
    return render_template(
        "responses/keying_differences.html", wave=wave, report=report, show=mismatches.Words(_definition(wave), names)
    )


@bp.get("/survei/<int:wave_id>/ketik/beda.xlsx")
@allow(Can.PLAN_SURVEYS)
def keying_differences_file(wave_id: int) -> ResponseReturnValue:
    wave = to_manage(db.session, current_actor(), wave_id)
    report, definition = mismatches.report(db.session, wave), _definition(wave)
    words = mismatches.Words(definition, place_names(db.session, wave.audience))
    name = f"{wave.name} perbedaan ketikan.xlsx"
    release_database()  # nothing is held while the file is made
    return download(mismatches.workbook_of(report, words), XLSX, name)


@bp.post("/survei/<int:wave_id>/ketik/beda/<int:conflict_id>")
@allow(Can.PLAN_SURVEYS)
def settle_keying(wave_id: int, conflict_id: int) -> ResponseReturnValue:
    take = request.form.get("pakai") == "kedua"
    row = review.settle(db.session, current_actor(), wave_id, conflict_id, take=take, now=now())
    flash(_("Lembar %(n)s memakai ketikan kedua.", n=row.sheet) if take
          else _("Lembar %(n)s memakai ketikan pertama.", n=row.sheet))  # fmt: skip
    return redirect(url_for(".keying_differences", wave_id=wave_id), 303)


def _definition(wave: Wave) -> Definition:
    return definition_of(db.session, wave.instrument_version_id)
