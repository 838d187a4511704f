"""Issue certificates, and change the rule for them."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.glyphs import unprintable
from app.base.web.db import db
from app.base.web.formats import sentence
from app.base.web.guard import allow, current_actor
from app.base.web.wiring import now, settings
from app.kernel.numbers import read_int
from app.kernel.roles import Can
from app.learning.certificates import issuing, rule_changes
from app.learning.certificates.blueprint import bp
from app.learning.certificates.forms import RuleForm, SignerForm
from app.learning.certificates.issuing import issue
from app.learning.certificates.listing import ParticipantRow, listing
from app.learning.certificates.outcomes import was_used
from app.learning.certificates.pages import batch_to_manage
from app.learning.certificates.rule import rule_of
from app.learning.certificates.rule_changes import Changes, NeedsCertainty, change_rule
from app.learning.certificates.signers import Head, heads
from app.learning.training.models import Batch

MOST_CHOSEN = 5_000


@bp.get("/pelatihan/<int:batch_id>/sertifikat/terbitkan", endpoint="issue_form")
@allow(Can.PLAN_TRAINING)
def issue_form(batch_id: int) -> ResponseReturnValue:
    batch = batch_to_manage(batch_id)
    people = heads(db.session, batch.organisation_id)
    last = issuing.last_signer(db.session, batch)
    first = people[0] if people else None
    values = vars(last) if last else {"name": first.name, "title": first.title} if first else {}
    return _issue_page(batch, SignerForm(data=values), people, None)


@bp.post("/pelatihan/<int:batch_id>/sertifikat/terbitkan", endpoint="issue")
@allow(Can.PLAN_TRAINING)
def issue_now(batch_id: int) -> ResponseReturnValue:
    batch = batch_to_manage(batch_id)
    people, form, chosen = heads(db.session, batch.organisation_id), SignerForm(), _chosen()
    _take_head(form, people)
    if not chosen:
        form.form_errors.append(_("Pilih sedikitnya satu peserta."))
    elif form.is_posted_and_valid():
        with form.catching():
            made = issue(
                db.session, current_actor(), batch_id, signer=form.signer(), enrolment_ids=chosen,
                number_format=settings().certificate_number, now=now(),
            )  # fmt: skip
            flash(_("%(n)s sertifikat diterbitkan.", n=len(made)) if made else _("Sertifikatnya sudah terbit."))
            return redirect(url_for(".index", batch_id=batch_id), 303)
    return _issue_page(batch_to_manage(batch_id), form, people, chosen), 422


def _chosen() -> list[int]:
    numbers = map(read_int, request.form.getlist("peserta")[:MOST_CHOSEN])
    return [number for number in numbers if number is not None]


def _take_head(form: SignerForm, people: Sequence[Head]) -> None:
    """Where a head was picked and nothing typed, the head's name and title."""
    picked = next((one for one in people if str(one.id) == (request.form.get("person") or "")), None)
    form.person.choices = [("", ""), *((str(one.id), one.name) for one in people)]
    if picked is not None:
        form.name.data, form.title.data = picked.name, picked.title
        form.name.raw_data, form.title.raw_data = [picked.name], [picked.title]


def _issue_page(batch: Batch, form: SignerForm, people: Sequence[Head], chosen: Sequence[int] | None) -> str:
    found = listing(db.session, batch, now=now())
    waiting: list[ParticipantRow] = [row for row in found.rows if row.is_in("menunggu")]
    again: list[ParticipantRow] = [row for row in found.rows if row.is_in("lagi")]
    form.person.choices = [
        ("", _("Ketik sendiri di bawah")),
        *((str(one.id), f"{one.name}, {one.title}") for one in people),
    ]
    names = [
        (row.eligibility.enrolment, unprintable(row.eligibility.enrolment.trainee.name)) for row in (*waiting, *again)
    ]
    return render_template(
        "certificates/issue.html", batch=batch, found=found, waiting=waiting, again=again, form=form,
        heads=people, chosen=None if chosen is None else set(chosen), may_manage=True,
        odd=[(one, " ".join(signs)) for one, signs in names if signs],
    )  # fmt: skip


# --- the rule ---


@bp.get("/pelatihan/<int:batch_id>/sertifikat/aturan", endpoint="rule")
@allow(Can.PLAN_TRAINING)
def rule_form(batch_id: int) -> ResponseReturnValue:
    batch = batch_to_manage(batch_id)
    if not rule_changes.may_change(db.session, current_actor(), batch):
        flash(sentence(rule_changes.OFFICE_ONLY), "error")
        return redirect(url_for(".index", batch_id=batch_id), 303)
    return _rule_page(batch, RuleForm(data=vars(rule_of(batch))))


@bp.post("/pelatihan/<int:batch_id>/sertifikat/aturan", endpoint="change_rule")
@allow(Can.PLAN_TRAINING)
def save_rule(batch_id: int) -> ResponseReturnValue:
    """Save the rule. Once certificates were issued, the first press shows what changes; the second, of the same rule,
    does it."""
    batch, form = batch_to_manage(batch_id), RuleForm()
    found: Changes | None = None
    if form.is_posted_and_valid():
        wanted = form.rule(rule_of(batch))
        with form.catching():
            try:
                change_rule(
                    db.session, current_actor(), batch_id, wanted, certain=form.sure.data == _mark(wanted), now=now()
                )
            except NeedsCertainty as error:
                found = error.changes
                form.sure.data, form.sure.raw_data = _mark(wanted), [_mark(wanted)]
            else:
                flash(_("Aturan sertifikat disimpan."))
                return redirect(url_for(".index", batch_id=batch_id), 303)
    return _rule_page(batch_to_manage(batch_id), form, found), 422


def _mark(wanted: Any) -> str:
    """What was looked at: a rule that was changed again on the page is looked at again."""
    return ":".join(str(value) for value in vars(wanted).values())


def _rule_page(batch: Batch, form: RuleForm, found: Changes | None = None) -> str:
    used = was_used(db.session, batch.id)
    return render_template("certificates/rule.html", batch=batch, form=form, used=used, changes=found)
