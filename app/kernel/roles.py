"""The roles of the office, of which a person may hold several, and what each of them can do."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    APPROVER = "approver"
    OPD_CONTACT = "opd_contact"
    COMMUNITY = "community"
    TRAINER = "trainer"
    ENUMERATOR = "enumerator"
    ADMIN = "admin"


STAFF = (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.APPROVER, Role.ADMIN)
"""Who works in the office. KIM members, trainers, enumerators and OPD contacts have pages of their own."""
_WITH_OPD = (*STAFF, Role.OPD_CONTACT)
_EDITORS = (Role.EDITOR, Role.ADMIN)
_WRITERS = (Role.CONTRIBUTOR, *_EDITORS)
_SUPERVISORS = (Role.APPROVER, *_EDITORS)
_TEACHING = (Role.TRAINER, *_WRITERS)
_GATHERING = (Role.COMMUNITY, *_TEACHING)


class Can(Enum):
    """What somebody may be able to do, with the roles that can: the one table of it.

    A view is marked with one (`@allow`), a service asks the actor (`Actor.can`). Whose records it reaches is another
    question, which the room that keeps them answers.
    """

    roles: frozenset[Role]

    def __new__(cls, *roles: Role) -> "Can":
        one = object.__new__(cls)
        one._value_ = len(cls.__members__)  # of its own: two with the same roles are not the same
        one.roles = frozenset(roles)
        return one

    ENTER = tuple(Role)  # the pages of everybody who signed in
    ADMINISTER = (Role.ADMIN,)  # people, organisations, settings, the trail
    CONFIRM = (Role.ADMIN, Role.APPROVER)  # see what waits for a second person
    APPOINT_DEPUTY = (Role.APPROVER,)
    READ_OFFICE = STAFF  # overviews, recaps, scorecards, maps, lists of the whole office
    READ_BRIEF = (Role.VIEWER, Role.APPROVER)  # what managers see first
    KEEP_COVERAGE = _EDITORS  # of mobile networks, and boundaries
    UPLOAD = (Role.CONTRIBUTOR, Role.EDITOR, Role.APPROVER, Role.OPD_CONTACT, Role.COMMUNITY, Role.ADMIN)

    READ_CAMPAIGNS = _WITH_OPD
    PLAN_CAMPAIGNS = _WRITERS
    EDIT_CAMPAIGNS = _EDITORS  # those of others too
    KEEP_SERVICES = _EDITORS
    RECORD_DECISIONS = (Role.APPROVER, *_WRITERS)
    CLOSE_DECISIONS = _WITH_OPD
    USE_KITS = _EDITORS  # make a campaign, or programmes of training, of a kit
    EXPORT_CAMPAIGNS = _WRITERS
    EXPORT_PROGRAMMES = _TEACHING

    READ_OUTLETS = STAFF
    KEEP_OUTLETS = _EDITORS
    ANSWER_FOR_OUTLETS = (Role.APPROVER, Role.OPD_CONTACT, *_WRITERS)  # open and decide their deliveries
    READ_POSTS = _WITH_OPD
    READ_POSTS_OF_OWN = STAFF  # all those of the own organisation, not only about its services
    WRITE_POSTS = _WRITERS
    SUBMIT_POSTS = _EDITORS
    SIGN_POSTS = (Role.APPROVER, Role.OPD_CONTACT)
    SIGN_AS_POSITION = (Role.APPROVER,)
    OPEN_REVIEWS = (Role.APPROVER, Role.OPD_CONTACT, Role.ADMIN)
    READ_DELIVERIES = _WITH_OPD
    DECIDE_DELIVERIES = _WRITERS
    DECIDE_ALL_DELIVERIES = _EDITORS
    PAUSE_PUBLISHING = _SUPERVISORS  # everybody's, whoever sees the need first
    RESUME_PUBLISHING = (Role.APPROVER,)
    REMOVE_PUBLISHED = _SUPERVISORS
    RELEASE_SENDING = (Role.APPROVER, Role.ADMIN)  # what stopped by itself: an older copy, a wrong clock
    READ_CALENDAR = _WITH_OPD

    READ_PRINT = STAFF
    MAKE_PRINT = _WRITERS
    CONFIRM_ORDERS = _EDITORS  # note what became of an order
    READ_PROOFS = (Role.COMMUNITY, *STAFF)
    RECORD_PROOFS = (Role.COMMUNITY, *_WRITERS)
    RECORD_ALL_PROOFS = _WRITERS  # of any village
    WITHDRAW_ALL_PROOFS = _EDITORS

    READ_EVENTS = (*_WITH_OPD, Role.COMMUNITY, Role.TRAINER)
    READ_ALL_EVENTS = (*_WITH_OPD, Role.COMMUNITY)  # every one of the own organisation
    PLAN_EVENTS = _GATHERING  # the office for everybody, a KIM for itself
    READ_ATTENDANCE = (Role.APPROVER, *_GATHERING)
    READ_ATTENDANCE_NAMES = _SUPERVISORS
    VERIFY_REPORTS = _SUPERVISORS
    ROUTE_ASPIRATIONS = (Role.APPROVER, *_WRITERS)  # find the OPD for it, and answer in the OPD's name
    ANSWER_ASPIRATIONS = (Role.APPROVER, Role.OPD_CONTACT, *_WRITERS)
    TELL_ASPIRATIONS_BACK = (Role.APPROVER, *_GATHERING)
    READ_GROUPS = tuple(Role)
    READ_ALL_GROUPS = tuple(role for role in Role if role != Role.COMMUNITY)
    READ_MEMBERS = _WITH_OPD  # trainers and enumerators read of groups without their people
    KEEP_GROUPS = _WRITERS
    KEEP_MEMBERS = (Role.COMMUNITY, *_WRITERS)
    RECORD_IN_FIELD = _GATHERING
    SEND_FROM_FIELD = (Role.ENUMERATOR, *_GATHERING)  # each kind of record is looked at as it arrives

    READ_SURVEYS = _WITH_OPD
    PLAN_SURVEYS = _WRITERS  # make instruments and waves, key paper, import files
    MAKE_QUESTIONS = _TEACHING  # a trainer only those for participants of training
    READ_QUESTIONS = (*_WITH_OPD, Role.TRAINER)
    INTERVIEW = (Role.ENUMERATOR, Role.COMMUNITY, *_WRITERS)
    INTERVIEW_FIRST = (Role.ENUMERATOR, Role.COMMUNITY)  # whose first page lists the surveys to ask in
    KEY_PAPER = (Role.ENUMERATOR, *_WRITERS)

    READ_TRAINING = (*_WITH_OPD, Role.TRAINER)
    READ_ALL_TRAINING = _WITH_OPD  # every batch of the own organisation
    PLAN_TRAINING = _TEACHING  # the office for everybody, a trainer for the own organisation
    PLAN_ALL_TRAINING = _WRITERS  # every batch of the own organisation; a trainer plans the own ones
    MOVE_BATCHES = _EDITORS  # give one to another organisation
    KEEP_SKILLS = _EDITORS
    READ_NOMINATIONS = (Role.OPD_CONTACT, *_TEACHING)  # whom the letters open to with which people are sent
    READ_TRAINEES = (Role.APPROVER, *_TEACHING)  # where the record lets them
    READ_ALL_TRAINEES = _SUPERVISORS  # of batches in the office that others keep
    READ_ALL_SKILLS = (Role.APPROVER, *_WRITERS)
    READ_OUTCOMES = (Role.VIEWER, Role.APPROVER, *_TEACHING)
    DECIDE_OUTCOMES = _EDITORS
    READ_PROJECTS = (*_WITH_OPD, Role.TRAINER, Role.COMMUNITY)
    KEEP_PROJECTS = _GATHERING
    SUPERVISE_PROJECTS = _SUPERVISORS

    READ_COMMITMENTS = _WITH_OPD
    READ_ALL_COMMITMENTS = STAFF
    KEEP_COMMITMENTS = _WRITERS
    REPORT_ON_CLAUSES = (Role.APPROVER, Role.OPD_CONTACT, *_WRITERS)
    CHASE_CLAUSES = (Role.OPD_CONTACT, *_WRITERS)
    READ_LATE = _WITH_OPD
    READ_ALL_LATE = STAFF
    READ_CHAIN = _WITH_OPD
    RECORD_OUTCOMES = _WRITERS
    WRITE_EVALUATIONS = _WRITERS
    WEIGH_EVALUATIONS = (Role.ADMIN,)


class Position(StrEnum):
    """Posts that sign. A step of an approval names one of these."""

    KABID = "kabid"
    SEKRETARIS = "sekretaris"
    KADIS = "kadis"


@dataclass(frozen=True)
class Actor:
    """Who acts, as plain values: services ask this and never the session's user.

    `organisation_ids` holds the person's organisation and, for an OPD, its bidang (and the other way round).
    `positions` holds the own position and those held today by delegation (Plt/Plh).
    `of_office` is true for staff of the communications office and its bidang: they see every organisation's records.
    """

    id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    organisation_id: int | None = None
    organisation_ids: frozenset[int] = frozenset()
    positions: frozenset[str] = field(default_factory=frozenset)
    of_office: bool = False

    def has(self, *roles: Role) -> bool:
        """Tell whether the person holds any of the roles."""
        return bool(self.roles.intersection(roles))

    def can(self, *capabilities: Can) -> bool:
        """Tell whether a role of the person can do any of these."""
        return any(self.roles & one.roles for one in capabilities)


SYSTEM = Actor(id=None, name="Gaung", of_office=True)
"""The worker and the command line."""
