"""What became of participants: of one batch, and over batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.base.people.identity import shown_phone
from app.base.web.db import db
from app.base.web.formats import local_date, local_day, sentence
from app.base.web.guard import allow, current_actor
from app.base.web.menu import link, may_open
from app.base.web.noting import shows_contacts
from app.base.web.panels import Panel
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.learning.assessments.blueprint import bp
from app.learning.assessments.followups import results as followup_results
from app.learning.assessments.followups import service as followups
from app.learning.assessments.followups.pages import outcome_lines, outcome_titles
from app.learning.assessments.models import Paper, PaperKind, Sitting
from app.learning.assessments.papers import invitations
from app.learning.assessments.papers.service import STATES, PaperState, papers_of, state_of
from app.learning.programmes.models import Programme
from app.learning.training import access
from app.learning.training.access import visible_to
from app.learning.training.models import Batch
from app.learning.training.pages_files import table, wants_text
from app.learning.training.practice import shows_practice

AFTER = (PaperKind.AFTER_3, PaperKind.AFTER_12)
SHORT = {PaperKind.AFTER_3: T("Sesudah 3 bulan"), PaperKind.AFTER_12: T("Sesudah 12 bulan")}
MOST_BUILT = 100
MOST_PREFILLED = 600  # letters; an address has its limits


@dataclass(frozen=True)
class PersonToAsk:
    """Somebody to be asked by hand. `text`: to copy; `whatsapp`: opens a chat with it, where there is a number."""

    name: str
    phone: str
    text: str
    whatsapp: str
    key_url: str
    failed: bool


def _kind_asked() -> PaperKind:
    given = request.args.get("kapan", "")
    return PaperKind(given) if given in AFTER else PaperKind.AFTER_3


@bp.get("/pelatihan/<int:batch_id>/penilaian/kabar", endpoint="after")
@allow(Can.READ_TRAINEES)
@shows_contacts("training_batches")
def after(batch_id: int) -> ResponseReturnValue:
    actor = current_actor()
    batch = access.get(db.session, actor, batch_id)
    access.check_sees_people(actor, batch)
    papers = papers_of(db.session, batch.id)
    kind = _kind_asked()
    if "kapan" not in request.args and PaperKind.AFTER_12 in papers and papers[PaperKind.AFTER_12].opens_at:
        kind = PaperKind.AFTER_12
    paper = papers.get(kind)
    state = state_of(paper, now()) if paper else None
    found = followup_results.outcomes(db.session, [batch.id], kind)
    return render_template(
        "assessments/after.html",
        batch=batch,
        kind=kind,
        kinds=[(one, sentence(words)) for one, words in SHORT.items()],
        paper=paper,
        state=sentence(STATES[state]) if state else "",
        is_open=state == PaperState.OPEN,
        due_on=followups.due_on(batch.ends_on, kind),
        by_itself=local_day(now()) <= followups.due_on(batch.ends_on, kind) + followups.LATEST,
        found=found,
        calls=_calls(batch, paper) if paper and state == PaperState.OPEN else [],
        sees_people=True,
        projects=_project_links(found.built),
        most=MOST_BUILT,
        may_manage=access.may_manage(actor, batch),
    )


def _calls(batch: Batch, paper: Paper) -> list[PersonToAsk]:
    site, may_key = settings().public_url.rstrip("/"), may_open("assessments.sitting")
    made = []
    for one in invitations.list_unreached(db.session, paper):
        text = _(
            "Halo %(person)s, kami dari %(office)s. Anda pernah ikut “%(name)s”. Mohon kabari kami lewat tautan ini, "
            "sekitar tiga menit: %(url)s",
            person=one.trainee.name, office=settings().office_name, name=batch.name, url=f"{site}{one.path}",
        )  # fmt: skip
        phone = one.trainee.phone or ""
        made.append(
            PersonToAsk(
                one.trainee.name, shown_phone(phone), text,
                f"https://wa.me/{phone.lstrip('+')}?text={quote(text)}" if phone else "",
                link("assessments.sitting", paper_id=paper.id, enrolment_id=one.enrolment_id) if may_key else "",
                one.failed,
            )
        )  # fmt: skip
    return made


def _project_links(built: Sequence[Any]) -> list[str]:
    """For each: the form of a new project with what is known, or nothing where this person may not note one."""
    if not may_open("projects.new"):
        return [""] * len(built)
    return [
        link(
            "projects.new",
            nama=one.text.partition("\n")[0][:120],
            tentang=one.text[:MOST_PREFILLED],
            alamat=one.link or None,
            angkatan=one.batch.id,
        )
        for one in built
    ]


@bp.get("/pelatihan/<int:batch_id>/penilaian/kabar/setahun", endpoint="after_year")
@allow(Can.READ_TRAINEES)
def after_year(batch_id: int) -> ResponseReturnValue:
    access.check_sees_people(current_actor(), access.get(db.session, current_actor(), batch_id))
    return redirect(url_for(".after", batch_id=batch_id, kapan=PaperKind.AFTER_12))


@dataclass(frozen=True)
class OutcomeFilters:
    """What narrows a page or file of outcomes. `sees`: the batches whose people this person may see."""

    kind: PaperKind
    programme_id: int | None
    simulated: bool
    batches: Mapping[int, Batch]
    sees: frozenset[int]


def _asked(actor: Actor) -> OutcomeFilters:
    """Of real batches or of practice as the address says, else as on the other pages."""
    given, programme_id = request.args.get("simulasi"), number_of("program")
    simulated = given == "1" if given in ("0", "1") else shows_practice(db.session)
    query = select(Batch).where(visible_to(actor), Batch.simulated.is_(simulated)).options(selectinload(Batch.trainers))
    if programme_id:
        query = query.where(Batch.programme_id == programme_id)
    batches = {batch.id: batch for batch in db.session.scalars(query)}
    sees = frozenset(one.id for one in batches.values() if access.may_see_people(actor, one))
    return OutcomeFilters(_kind_asked(), programme_id, simulated, batches, sees)


def _by_batch(asked: OutcomeFilters) -> list[tuple[Batch, int, int]]:
    """(batch, how many were asked, how many answered), the latest first."""
    each = followup_results.batches_asked(db.session, asked.batches, asked.kind)
    answered = _answered(list(asked.batches), asked.kind)
    rows = [(asked.batches[one], n, answered.get(one, 0)) for one, n in each.items()]
    return sorted(rows, key=lambda row: row[0].ends_on, reverse=True)


@bp.get("/pelatihan/kabar", endpoint="outcomes")
@allow(Can.READ_OUTCOMES)
def show_outcomes() -> ResponseReturnValue:
    """Show outcomes of the batches that this person may see; names, and answers of few, only of whose people one may
    see."""
    actor = current_actor()
    asked = _asked(actor)
    found = followup_results.outcomes(db.session, asked.batches, asked.kind, seen=asked.sees)
    return render_template(
        "assessments/outcomes.html",
        kind=asked.kind,
        kinds=[(one, sentence(words)) for one, words in SHORT.items()],
        programmes=_programmes(actor),
        programme_id=asked.programme_id,
        simulated=asked.simulated,
        has_simulated=_has_simulated(actor),
        found=found,
        by_batch=_by_batch(asked),
        sees=asked.sees,
        projects=_project_links(found.built),
        most=MOST_BUILT,
    )


@bp.get("/pelatihan/kabar/berkas", endpoint="outcomes_file")
@allow(Can.READ_OUTCOMES)
def outcomes_file() -> ResponseReturnValue:
    """Download the figures of the page of outcomes, without names and what people wrote: XLSX, or CSV with
    `?bentuk=csv`."""
    asked = _asked(current_actor())
    found = followup_results.outcomes(db.session, asked.batches, asked.kind, seen=asked.sees)
    return table(
        sentence(SHORT[asked.kind]), f"kabar {sentence(SHORT[asked.kind]).lower()}", outcome_titles(),
        outcome_lines(found, _by_batch(asked)), practice=asked.simulated, as_text=wants_text(),
    )  # fmt: skip


def _answered(batch_ids: Sequence[int], kind: str) -> dict[int, int]:
    query = select(Paper.batch_id, func.count()).join(Sitting, Sitting.paper_id == Paper.id)
    rows = db.session.execute(query.where(Paper.kind == kind, Paper.batch_id.in_(batch_ids)).group_by(Paper.batch_id))
    return {row[0]: row[1] for row in rows}


def _programmes(actor: Actor) -> list[tuple[Any, str]]:
    query = select(Programme.id, Programme.title).where(
        Programme.id.in_(select(Batch.programme_id).where(visible_to(actor)))
    )
    return [
        ("", _("Semua program")),
        *((row.id, row.title) for row in db.session.execute(query.order_by(Programme.title))),
    ]


def _has_simulated(actor: Actor) -> bool:
    return db.session.scalar(select(Batch.id).where(visible_to(actor), Batch.simulated).limit(1)) is not None


def panel(session: Session, actor: Actor, batch: Batch) -> Panel | None:
    """Shown once a follow-up was opened, or is to come of a batch that is finished."""
    if not access.may_see_people(actor, batch) or not actor.can(Can.READ_TRAINEES) or batch.status != "finished":
        return None
    papers = papers_of(session, batch.id)
    asked = invitations.count_asked(session, batch.id)
    notes = []
    for kind in AFTER:
        paper, when = papers.get(kind), sentence(SHORT[kind])
        if paper is not None and paper.opens_at is not None:
            given = session.scalar(select(func.count()).where(Sitting.paper_id == paper.id)) or 0
            notes.append(_("%(when)s: %(n)s dari %(asked)s menjawab.", when=when, n=given, asked=asked))
        elif local_day(now()) <= followups.due_on(batch.ends_on, kind) + followups.LATEST:
            day = local_date(followups.due_on(batch.ends_on, kind))
            notes.append(_("%(when)s: ditanyakan dengan sendirinya mulai %(day)s.", when=when, day=day))
    if not notes:
        return None
    return Panel(
        title=_("Apa jadinya sesudah pelatihan"),
        empty="",
        notes=notes,
        url=url_for("assessments.after", batch_id=batch.id),
        url_label=_("Lihat kabar peserta"),
    )
