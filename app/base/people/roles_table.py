"""The text of docs/roles.md: who may open which page, and whose records there.

The roles come from the marks on the views. Whose record it may be is asked in the services and written down here;
tests/test_roles.py signs in with every role, inside and outside the record's organisation, and holds both to it.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

from flask import Flask
from werkzeug.routing import Rule

from app.base.people.roles import LABELS
from app.base.web.guard import roles_of
from app.kernel.roles import Can, Role


class Whose(Enum):
    """Whose records somebody with the route's role reaches. The value: the words, and the people who reach a record
    of an organisation: its own ("own"), those of another ("foreign"), those of the communications office ("office")."""

    ANYBODY = ("all records", frozenset({"own", "foreign", "office"}))
    ORGANISATION = ("own organisation; the office all", frozenset({"own", "office"}))
    OWN = ("own organisation only", frozenset({"own"}))
    OFFICE = ("the office only", frozenset({"office"}))
    TAUGHT = ("batches one teaches or made", frozenset({"own"}))
    TRAINED = ("events one teaches, speaks at, made or answers for", frozenset({"own"}))
    PERSON = ("one's own only", frozenset({"own"}))
    RESPONSIBLE = ("of outlets one answers for", frozenset({"own"}))
    STEP = ("where its step asks for one's position", frozenset({"own", "office"}))
    TESTS = ("questions for participants of training only", frozenset[str]())  # the walk's are those of a survey
    FILE = ("who reads a record that holds it, else who uploaded it", frozenset({"own"}))  # the walk's is uploaded
    SERVICE = ("about services of the own organisation", frozenset({"own"}))

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def reach(self) -> frozenset[str]:
        return self.value[1]


Rights = Mapping[Role | None, Whose]
"""None: every role that is not named."""

_ORGANISATION: Rights = {None: Whose.ORGANISATION}
_ALL: Rights = {None: Whose.ANYBODY}
_CONTRIBUTOR_OWN: Rights = {None: Whose.ORGANISATION, Role.CONTRIBUTOR: Whose.OWN}
_CONTRIBUTOR_PERSON: Rights = {None: Whose.ORGANISATION, Role.CONTRIBUTOR: Whose.PERSON}
_CLOSERS: Rights = {
    **_CONTRIBUTOR_PERSON,
    Role.VIEWER: Whose.PERSON,  # whoever answers for a decision closes it
    Role.OPD_CONTACT: Whose.PERSON,
}
_COMMITMENT_READERS: Rights = {None: Whose.ANYBODY, Role.OPD_CONTACT: Whose.OWN}
_CLAUSE_REPORTERS: Rights = {
    None: Whose.ORGANISATION,
    Role.APPROVER: Whose.OWN,
    Role.OPD_CONTACT: Whose.OWN,
    Role.VIEWER: Whose.PERSON,  # whoever answers for a clause reports on it
}
_SIGNERS: Rights = {None: Whose.STEP, Role.OPD_CONTACT: Whose.SERVICE}
_READERS: Rights = {None: Whose.ORGANISATION, Role.OPD_CONTACT: Whose.SERVICE}
_DECIDERS: Rights = {
    None: Whose.ORGANISATION,
    Role.CONTRIBUTOR: Whose.OWN,
    Role.APPROVER: Whose.RESPONSIBLE,
    Role.OPD_CONTACT: Whose.RESPONSIBLE,
}
_GROUP_READERS: Rights = {None: Whose.ANYBODY, Role.COMMUNITY: Whose.ORGANISATION}
_GROUP_KEEPERS: Rights = {None: Whose.OFFICE, Role.COMMUNITY: Whose.OWN}

_INSTRUMENT_MAKERS: Rights = {None: Whose.ORGANISATION, Role.TRAINER: Whose.TESTS}
_INSTRUMENT_READERS: Rights = {None: Whose.ANYBODY, Role.TRAINER: Whose.TESTS}

_EVENT: Rights = {None: Whose.ORGANISATION, Role.TRAINER: Whose.TRAINED}
_BATCH: Rights = {None: Whose.ORGANISATION, Role.TRAINER: Whose.TAUGHT}
_NOMINATORS: Rights = {**_BATCH, Role.OPD_CONTACT: Whose.ANYBODY}
_PEOPLE_OF_BATCHES: Rights = {**_BATCH, Role.APPROVER: Whose.OFFICE}

WHOSE: dict[str, Rights] = {
    "batch_id": _BATCH,
    "training.batch_calendar": _NOMINATORS,
    "training.sessions": _NOMINATORS,
    "training.show": _NOMINATORS,
    "training.participants": _PEOPLE_OF_BATCHES,
    "training.participants_file": _PEOPLE_OF_BATCHES,
    "training.nominations": _NOMINATORS,
    "training.nominate": _NOMINATORS,
    "training.nominated": _NOMINATORS,
    "training.own_connect": _ALL,  # whoever holds the link
    "training.letter": {**_BATCH, Role.OPD_CONTACT: Whose.OWN},
    "training.participant": _BATCH,
    "training.participant_edit": _BATCH,
    "training.participant_told": _BATCH,
    "training.participant_match": _BATCH,
    "project_id": {None: Whose.ORGANISATION, Role.COMMUNITY: Whose.OWN},
    "projects.show": {None: Whose.ANYBODY, Role.COMMUNITY: Whose.OWN},
    "programme_id": _ORGANISATION,
    "programmes.show": _ALL,
    "programmes.duplicate": _ALL,
    "module_id": _ORGANISATION,
    "criterion_id": _ORGANISATION,
    "material_id": _ORGANISATION,
    "programmes.material": _ALL,
    "programmes.skill_id": {None: Whose.OFFICE},
    "programmes.new_skill": {None: Whose.OFFICE},
    "answer_id": _ORGANISATION,
    "burst_id": _ORGANISATION,
    "assessments.batch_id": _BATCH,
    "assessments.paper": _PEOPLE_OF_BATCHES,
    "assessments.sitting": _PEOPLE_OF_BATCHES,
    "assessments.paper_id": _BATCH,
    "assessments.after": _PEOPLE_OF_BATCHES,
    "assessments.after_year": _PEOPLE_OF_BATCHES,
    "assessments.feedback": _PEOPLE_OF_BATCHES,
    "assessments.feedback_xlsx": _PEOPLE_OF_BATCHES,
    "assessments.work": _PEOPLE_OF_BATCHES,
    "assessments.work_file": _PEOPLE_OF_BATCHES,
    "assessments.work_mark": _BATCH,
    "assessments.works": _PEOPLE_OF_BATCHES,
    "assessments.works_csv": _PEOPLE_OF_BATCHES,
    "assessments.works_xlsx": _PEOPLE_OF_BATCHES,
    "areas.code": _ALL,
    "areas.population": {None: Whose.OFFICE},
    "areas.village_populations": {None: Whose.OFFICE},
    "surveys.populations": {None: Whose.OFFICE},
    "mosaic.boundaries": {None: Whose.OFFICE},
    "mosaic.boundaries_file": {None: Whose.OFFICE},
    "mosaic.load_boundaries": {None: Whose.OFFICE},
    "mosaic.remove_boundaries": {None: Whose.OFFICE},
    "areas.record": {None: Whose.OFFICE},
    "areas.record_id": {None: Whose.OFFICE},
    "campaign_id": _CONTRIBUTOR_PERSON,
    "campaigns.finish_decision": _CLOSERS,
    "campaigns.new_service": {None: Whose.OFFICE},
    "campaigns.reopen_decision": _CLOSERS,
    "campaigns.show": _ORGANISATION,
    "insights.awareness_campaign": _ORGANISATION,
    "insights.awareness_campaign_file": _ORGANISATION,
    "insights.chain": _ORGANISATION,
    "insights.chain_file": _ORGANISATION,
    "insights.figures": _ORGANISATION,
    "publishing.figures_of_campaign": _ORGANISATION,
    "publishing.figures_file": _ORGANISATION,
    "certificates.batch_id": _PEOPLE_OF_BATCHES,
    "certificates.certificate_id": _PEOPLE_OF_BATCHES,
    "certificates.enrolment_id": {None: Whose.OFFICE},
    "clause_id": _CLAUSE_REPORTERS,
    "commitment_id": {None: Whose.OFFICE},
    "recaps.row_id": {None: Whose.OFFICE},
    "recaps.row_new": {None: Whose.OFFICE},
    "recaps.cell": _ALL,
    "recaps.evidence_file": _ALL,
    "recaps.evaluation_weights": {None: Whose.OFFICE},
    "recaps.campaign_pdf": _ORGANISATION,
    "recaps.campaign_xlsx": _ORGANISATION,
    "commitments.document": _COMMITMENT_READERS,
    "commitments.edit_clause": {None: Whose.OFFICE},
    "commitments.evidence_file": _COMMITMENT_READERS,
    "commitments.evidence_id": _CLAUSE_REPORTERS,
    "commitments.new": {None: Whose.OFFICE},
    "commitments.remove_clause": {None: Whose.OFFICE},
    "commitments.restore_clause": {None: Whose.OFFICE},
    "commitments.show": _COMMITMENT_READERS,
    "communities.change_rubric": {None: Whose.OFFICE},
    "communities.complete": {None: Whose.OFFICE},
    "communities.decree": {
        **_ORGANISATION,
        **dict.fromkeys((Role.COMMUNITY, Role.TRAINER, Role.ENUMERATOR), Whose.OWN),
    },
    "communities.edit": _GROUP_KEEPERS,
    "communities.edit_member": _GROUP_KEEPERS,
    "communities.end_member": _GROUP_KEEPERS,
    "communities.erase_member": _GROUP_KEEPERS,
    "communities.import_id": {None: Whose.OFFICE},
    "responses.upload_id": _ORGANISATION,
    "communities.import_page": {None: Whose.OFFICE},
    "communities.import_template": {None: Whose.OFFICE},
    "communities.new": {None: Whose.OFFICE},
    "communities.new_member": _GROUP_KEEPERS,
    "communities.organisation_id": _GROUP_READERS,
    "communities.remove_member": _GROUP_KEEPERS,
    "communities.remove_score": {None: Whose.OFFICE},
    "communities.rest": {None: Whose.OFFICE},
    "communities.score": {None: Whose.OFFICE},
    "communities.set_rule": {None: Whose.OFFICE},
    "communities.tell_apart": {None: Whose.OFFICE},
    "communities.upload_list": {None: Whose.OFFICE},
    "conflict_id": _ORGANISATION,
    "delegation_id": _ALL,
    "confirmations.delegation_id": {None: Whose.PERSON},
    "handover_id": _ALL,
    "outlets.mended": {**_DECIDERS, Role.CONTRIBUTOR: Whose.RESPONSIBLE},
    "pause_id": _ALL,
    "publishing.resume": _ORGANISATION,
    "publishing.remove_all": _ORGANISATION,
    "publishing.settle_removal": {**_DECIDERS, Role.APPROVER: Whose.ORGANISATION},
    "publishing.undo_pause": {None: Whose.PERSON},
    "proposal_id": {None: Whose.PERSON, Role.ADMIN: Whose.ANYBODY, Role.APPROVER: Whose.ANYBODY},
    "delivery_id": _ORGANISATION,
    "event_id": _EVENT,
    "file_id": _ORGANISATION,
    "instrument_id": _INSTRUMENT_MAKERS,
    "key": {None: Whose.FILE},
    "kits.name": _ALL,
    "kits.export": _ORGANISATION,
    "notice_id": {None: Whose.PERSON},
    "order_id": _ORGANISATION,
    "organisation_id": _ALL,
    "outlet_id": _ORGANISATION,
    "photo_id": _EVENT,
    "piece_id": _ORGANISATION,
    "post_id": _CONTRIBUTOR_OWN,
    "posts.approve": _SIGNERS,
    "posts.duplicate": _ORGANISATION,
    "posts.picture": _READERS,
    "posts.piece_page": _READERS,
    "posts.return": _SIGNERS,
    "posts.review": _SIGNERS,
    "posts.show": _READERS,
    "posts.withdraw": _CONTRIBUTOR_PERSON,
    "printing.reach": _ORGANISATION,
    "printing.reach_file": _ORGANISATION,
    "printing.withdraw": {
        None: Whose.ORGANISATION,
        Role.CONTRIBUTOR: Whose.PERSON,
        Role.COMMUNITY: Whose.PERSON,
    },
    "proof_id": _ORGANISATION,
    "publishing.confirm_sent": _DECIDERS,
    "publishing.decide": _DECIDERS,
    "publishing.move_spaced": _DECIDERS,
    "publishing.settle_finding": _DECIDERS,
    "registration_id": _EVENT,
    "aspiration_id": _EVENT,
    "attendance.index": {**_EVENT, Role.APPROVER: Whose.OFFICE},
    "reports.aspiration_answer": {None: Whose.OFFICE, Role.OPD_CONTACT: Whose.OWN},
    "reports.aspiration_close": {None: Whose.OFFICE},
    "reports.aspiration_route": {None: Whose.OFFICE},
    "reports.aspiration_told_back": {**_EVENT, Role.APPROVER: Whose.OFFICE},
    "reports.send_back": {None: Whose.OFFICE},
    "reports.verify": {None: Whose.OFFICE},
    "result_id": _ORGANISATION,
    "wave_id": {**_ORGANISATION, Role.ENUMERATOR: Whose.OWN},
    "instruments.export_version": _INSTRUMENT_READERS,
    "instruments.show": _INSTRUMENT_READERS,
    "instruments.preview_version": _INSTRUMENT_READERS,
    "version_id": _INSTRUMENT_MAKERS,
    "service_id": {None: Whose.OFFICE},
    "skills.evidence_id": _BATCH,
    "skills.skill_id": _ALL,
    "skills.trainee_id": _PEOPLE_OF_BATCHES,
    "user_id": _ALL,
}
"""By endpoint, or by the parameter of the address that names the record. Every parameter must stand here."""


def rights_of(rule: Rule) -> Rights | None:
    """Return whose records this route reaches; None where its address names no record."""
    names = (rule.endpoint, *(f"{rule.endpoint.partition('.')[0]}.{name}" for name in rule.arguments), *rule.arguments)
    return next((WHOSE[name] for name in names if name in WHOSE), None)


def whose(rights: Rights, role: Role) -> Whose:
    return rights.get(role, rights[None])


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Return (path, method, endpoint) of every route, sorted."""
    yield from sorted(
        (str(rule), method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def roles_table(app: Flask) -> str:
    """Return the whole of docs/roles.md."""
    rules = {(str(rule), rule.endpoint): rule for rule in app.url_map.iter_rules()}
    lines = [
        "# Who may open what",
        "",
        (
            "Made by `make roles` from the marks on the views and from `app/base/people/roles_table.py`; "
            "do not edit by hand."
        ),
        "`tests/test_roles.py` compares it with the URL map and walks it: every role, inside and outside the",
        "organisation of the record.",
        "",
        "| Role | On screen |",
        "|---|---|",
        *(f"| `{role.value}` | {LABELS[role]} |" for role in Role),
        "",
        "“The office” is the communications office with its bidang. An OPD includes its bidang, and the reverse.",
        "",
        "| Address | Method | Endpoint | Roles | Whose records |",
        "|---|---|---|---|---|",
    ]
    for path, method, endpoint in routes(app):
        roles, records = _roles(app, endpoint), _records(app, rules[path, endpoint])
        lines.append(f"| `{path}` | {method} | `{endpoint}` | {roles} | {records} |")
    return "\n".join(lines) + "\n"


def _roles(app: Flask, endpoint: str) -> str:
    roles = roles_of(app, endpoint)
    if roles is None:
        return "public"
    if roles == Can.ENTER.roles:
        return "everybody signed in"
    return ", ".join(role.value for role in Role if role in roles) or "nobody"


def _records(app: Flask, rule: Rule) -> str:
    rights, roles = rights_of(rule), roles_of(app, rule.endpoint)
    if rights is None or roles is None:
        return "–"
    others = [role for role in Role if role in roles and role in rights]
    words = [rights[None].words] if set(roles) - set(others) else []
    return "; ".join([*words, *(f"{role.value}: {rights[role].words}" for role in others)])
