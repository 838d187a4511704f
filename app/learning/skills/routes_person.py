"""The list of persons known to training, the page of one, and what a trainer notes there."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.people.models import User
from app.base.web.db import db
from app.base.web.formats import local_day, sentence
from app.base.web.guard import allow, current_actor, risky
from app.base.web.noting import shows_contacts, writes_down_itself
from app.base.web.query import number_of
from app.base.web.wiring import now
from app.gatherings.events.states import AGE_BANDS, SEXES
from app.kernel import audit
from app.kernel.paging import paginate
from app.kernel.roles import Can
from app.kernel.text import T
from app.learning.assessments.models import PaperKind
from app.learning.programmes.queries import skills
from app.learning.projects.models import ProjectStatus
from app.learning.projects.queries import projects_of
from app.learning.skills import evidence, person, who_can
from app.learning.skills.access import may_note, person_of
from app.learning.skills.blueprint import bp
from app.learning.skills.exports import columns, person_cells
from app.learning.skills.forms import ObservationForm
from app.learning.skills.routes_matrix import level_choices, person_filters, unit_choices
from app.learning.training.models import Trainee
from app.learning.training.pages_files import table, wants_text
from app.learning.training.practice import shows_practice

REAL, PRACTICE = "nyata", "simulasi"
FOLLOW_UPS = {PaperKind.AFTER_3: T("3 bulan sesudahnya"), PaperKind.AFTER_12: T("12 bulan sesudahnya")}


def _practice() -> bool:
    """Whether simulated people are asked for; unless said, as on the other pages."""
    given = request.values.get("data", "")
    return given == PRACTICE if given in (REAL, PRACTICE) else shows_practice(db.session)


@bp.get("/pelatihan/orang")
@allow(Can.READ_TRAINEES)
def people() -> ResponseReturnValue:
    given, practice, actor = person_filters(), _practice(), current_actor()
    return render_template(
        "skills/people.html",
        page=paginate(
            db.session, who_can.select_persons(actor, given, practice=practice), number_of("hal") or 1, rows=True
        ),
        filters=given,
        practice=practice,
        practice_choices=[(REAL, _("Peserta nyata")), (PRACTICE, _("Simulasi"))],
        skill_choices=[("", _("Semua keterampilan")), *((one.id, one.name) for one in skills(db.session))],
        level_choices=level_choices(),
        **unit_choices(),
    )


@bp.post("/pelatihan/orang/berkas")
@allow(Can.READ_TRAINEES)
@risky()
@writes_down_itself()
def people_file() -> ResponseReturnValue:
    """Download the list of persons: by a post, since taking names away is written down."""
    actor, contacts, practice = current_actor(), request.form.get("kontak") == "1", _practice()
    rows = db.session.execute(who_can.select_persons(actor, person_filters(), practice=practice)).all()
    subject = db.session.get_one(User, actor.id)
    after = {"people": len(rows), "with_contact": contacts}
    audit.record(db.session, actor, "trainees.exported", subject, now=now(), after=after)
    titles = [*columns(sentence, contacts=contacts), _("Angkatan"), _("Keterampilan mandiri"), _("Keterampilan")]
    lines = [
        [*person_cells(row, contacts=contacts), row.batches, row.able if row.skills else None, row.skills or None]
        for row in rows
    ]
    return table(_("Peserta"), "peserta pelatihan", titles, lines, practice=practice, as_text=wants_text())


@bp.get("/pelatihan/orang/<int:trainee_id>", endpoint="person")
@allow(Can.READ_TRAINEES)
@shows_contacts("trainees")
def person_page(trainee_id: int) -> ResponseReturnValue:
    return _page(person_of(db.session, current_actor(), trainee_id))


def _page(trainee: Trainee, **more: Any) -> str:
    actor = current_actor()
    place = db.session.execute(who_can.with_place(who_can.places_of_trainees()).where(Trainee.id == trainee.id)).one()
    return render_template(
        "skills/person.html",
        trainee=trainee,
        place=place,
        takings=person.list_participations(db.session, actor, trainee.id, now=now()),
        others=person.count_other_batches(db.session, actor, trainee.id),
        known=person.known_skills(db.session, trainee.id),
        projects=projects_of(db.session, trainee.id),
        follow_ups=person.follow_ups(db.session, actor, trainee.id),
        follow_up_words={kind: sentence(text) for kind, text in FOLLOW_UPS.items()},
        moment=now(),
        sex=sentence(SEXES[trainee.sex]),
        age=sentence(AGE_BANDS[trainee.age_band]),
        simulated=who_can.is_simulated(db.session, trainee.id),
        may_note=may_note(actor) and trainee.erased_at is None,
        **more,
    )


@bp.route("/pelatihan/orang/<int:trainee_id>/keterampilan", methods=["GET", "POST"])
@allow(Can.PLAN_TRAINING)
def observe(trainee_id: int) -> ResponseReturnValue:
    actor, posted = current_actor(), request.method == "POST"
    trainee = person_of(db.session, actor, trainee_id)
    used = [one for one in projects_of(db.session, trainee_id) if one.status == ProjectStatus.IN_USE]
    today = local_day(now())
    form = ObservationForm() if posted else ObservationForm(formdata=None, on=today, level=None)
    form.with_choices(used)
    if posted and form.is_posted_and_valid():
        with form.catching():
            evidence.observe(db.session, actor, trainee_id, form.observation(), today=today, now=now())
            flash(_("Bukti keterampilan dicatat."), "success")
            return redirect(url_for(".person", trainee_id=trainee_id), 303)
    return render_template("skills/observe.html", form=form, trainee=trainee, used=used), 422 if posted else 200


@bp.post("/pelatihan/orang/<int:trainee_id>/keterampilan/<int:evidence_id>/cabut")
@allow(Can.PLAN_TRAINING)
def withdraw(trainee_id: int, evidence_id: int) -> ResponseReturnValue:
    evidence.withdraw(
        db.session, current_actor(), trainee_id, evidence_id, reason=request.form.get("reason", ""), now=now()
    )
    flash(_("Bukti ditarik. Riwayatnya tetap terlihat."), "success")
    return redirect(url_for(".person", trainee_id=trainee_id), 303)
