"""Send answers as files: for analysts with weights and codebook, and a version for everybody."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.documents.sheets import CSV, XLSX, Sheet, SheetRow, as_csv, csv_parts, workbook
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import writes_down_itself
from app.base.web.panels import Panel
from app.base.web.wiring import now, settings
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.codebook import TITLES, codebook
from app.evidence.responses.models import Cell
from app.evidence.responses.models import Response as Answer
from app.evidence.results import cells, export
from app.evidence.results import open_file as open_files
from app.evidence.results.blueprint import bp
from app.evidence.surveys.access import get, may_manage
from app.evidence.surveys.models import Wave, WaveStatus
from app.evidence.surveys.statistics import publication
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor, Can
from app.kernel.text import T

ERASED = T("Jawaban satu per satu sudah dihapus sesuai masa simpan. Hasilnya tetap ada di halaman hasil.")


def downloads_panel(_session: Session, actor: Actor, wave: Wave) -> Panel | None:
    if wave.status not in {WaveStatus.OPEN, WaveStatus.CLOSED} or not actor.can(Can.READ_SURVEYS):
        return None
    return Panel(
        title=_("Unduh jawaban"),
        empty=_("CSV atau XLSX dengan kamusnya; juga versi yang boleh dibagikan ke umum."),
        new_url=url_for("results.downloads", wave_id=wave.id),
        new_label=_("Pilih berkas"),
        new_icon="download",
    )


@bp.get("/survei/<int:wave_id>/unduh")
@allow(Can.READ_SURVEYS)
def downloads(wave_id: int) -> ResponseReturnValue:
    actor = current_actor()
    wave = get(db.session, actor, wave_id)
    query = select(func.count()).select_from(Answer).where(Answer.wave_id == wave.id, Answer.set_aside.is_(None))
    if wave.erased_at is not None:
        query = select(func.sum(Cell.people)).where(Cell.wave_id == wave.id)
    return render_template(
        "results/downloads.html", wave=wave, n=db.session.scalar(query) or 0, may_manage=may_manage(actor, wave),
        most=export.MOST_IN_XLSX, least_cell=publication.LEAST_CELL, least_group=publication.LEAST_GROUP,
    )  # fmt: skip


@bp.post("/survei/<int:wave_id>/unduh/jawaban")
@allow(Can.PLAN_SURVEYS)
@risky()
@writes_down_itself()
def answers_file(wave_id: int) -> ResponseReturnValue:
    """Send one line for each answer. It is noted who took it, and with what."""
    wave = _not_erased(_own(wave_id))
    wanted = export.ExportOptions(texts="tulisan" in request.form, who="petugas" in request.form)
    survey = cells.survey_of(db.session, wave)
    ending = "xlsx" if request.form.get("bentuk") == "xlsx" else "csv"
    n = int(survey.cells.people.sum())
    if ending == "xlsx" and n > export.MOST_IN_XLSX:
        raise Refused(
            T("Untuk lebih dari %(n)s jawaban, unduh sebagai CSV.", n=f"{export.MOST_IN_XLSX:,}".replace(",", "."))
        )
    audit.record(
        db.session, current_actor(), "responses.exported", wave, now=now(),
        after={"answers": n, "texts": wanted.texts, "who": wanted.who},
    )  # fmt: skip
    db.session.commit()  # the file goes out after the request has ended
    db.session.refresh(wave)
    head, rows = export.titles(survey, wanted), export.lines(db.session, survey, wanted, tz=settings().tz)
    meanings = codebook(survey.definition, export.leading_columns(wanted), texts=wanted.texts, measures=True)
    return _file(wave, "jawaban", ending, head, rows, meanings)


@bp.get("/survei/<int:wave_id>/unduh/umum.<ending>")
@allow(Can.READ_SURVEYS)
def open_file(wave_id: int, ending: str) -> ResponseReturnValue:
    """Send the version that may be given to anybody."""
    wave = _not_erased(get(db.session, current_actor(), wave_id))
    survey = cells.survey_of(db.session, wave)
    if ending == "xlsx" and int(survey.cells.people.sum()) > export.MOST_IN_XLSX:
        raise Refused(
            T("Untuk lebih dari %(n)s jawaban, unduh sebagai CSV.", n=f"{export.MOST_IN_XLSX:,}".replace(",", "."))
        )
    rows = open_files.open_lines(db.session, survey)
    meanings = open_files.open_codebook(survey)
    return _file(wave, "jawaban-umum", _known(ending), open_files.open_titles(survey), rows, meanings)


@bp.get("/survei/<int:wave_id>/unduh/kamus.csv")
@allow(Can.READ_SURVEYS)
def codebook_file(wave_id: int) -> ResponseReturnValue:
    """Send what the columns mean, of both files."""
    wave = get(db.session, current_actor(), wave_id)
    meanings = codebook(
        definition_of(db.session, wave.instrument_version_id),
        export.leading_columns(export.ExportOptions(who=True)),
        measures=True,
    )
    data = as_csv([sentence(title) for title in TITLES], meanings)
    return download(data, CSV, f"{_mark(wave)}kamus-{wave.code}.csv")


def _own(wave_id: int) -> Wave:
    actor = current_actor()
    wave = get(db.session, actor, wave_id)
    if not may_manage(actor, wave):
        raise NotFound(T("Jawaban satu per satu hanya bisa diunduh penyelenggaranya."))
    return wave


def _not_erased(wave: Wave) -> Wave:
    if wave.erased_at is not None:
        raise Refused(ERASED)
    return wave


def _known(ending: str) -> str:
    if ending not in {"csv", "xlsx"}:
        raise NotFound(T("Berkas ini tidak ada. Pilih CSV atau XLSX."))
    return ending


def _mark(wave: Wave) -> str:
    return "simulasi-" if wave.simulated else ""


def _file(
    wave: Wave, name: str, ending: str, titles: Sequence[str], rows: Iterable[SheetRow], meanings: Iterator[SheetRow]
) -> Response:
    name = f"{_mark(wave)}{name}-{wave.code}.{ending}"
    if ending == "csv":
        db.session.expunge_all()  # what the lines ask of the survey outlives the request's transaction
        answer = download(b"", CSV, name)
        answer.response = stream_with_context(csv_parts(titles, rows))
        answer.headers.pop("Content-Length", None)
        return answer
    top = _("Simulasi: jawaban buatan untuk latihan") if wave.simulated else ""
    sheets = [
        Sheet(_("Jawaban"), titles, rows, top),
        Sheet(_("Kamus"), [sentence(title) for title in TITLES], meanings),
    ]
    return download(workbook(sheets), XLSX, name)
