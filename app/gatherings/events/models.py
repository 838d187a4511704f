from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class EventKind(StrEnum):
    KIM_ACTIVITY = "kim_activity"
    SOCIALISATION = "socialisation"
    FGD = "fgd"
    BIMTEK = "bimtek"
    TRAINING = "training"
    MEDIA_VISIT = "media_visit"
    MEETING = "meeting"
    OTHER = "other"


class EventStatus(StrEnum):
    PLANNED = "planned"
    ANNOUNCED = "announced"
    HELD = "held"
    REPORTED = "reported"
    RETURNED = "returned"  # the report lacks something
    VERIFIED = "verified"
    CANCELLED = "cancelled"
    MERGED = "merged"  # the same gathering as `merged_into_id`; counted there


class Tag(StrEnum):
    """ADINDA, the cycle of activities of a KIM."""

    AKSES = "akses"
    DISKUSI = "diskusi"
    IMPLEMENTASI = "implementasi"
    NETWORKING = "networking"
    DISEMINASI = "diseminasi"
    ASPIRASI = "aspirasi"


class Sex(StrEnum):
    FEMALE = "f"
    MALE = "m"
    UNKNOWN = "u"


class AgeBand(StrEnum):
    CHILD = "child"  # under 17
    YOUTH = "youth"  # 17 to 30
    ADULT = "adult"  # 31 to 59
    ELDER = "elder"  # 60 and over
    UNKNOWN = "u"


class RegistrationStatus(StrEnum):
    REGISTERED = "registered"
    WAITING = "waiting"
    HELD = "held"  # came in a burst: takes no place until the organiser looked at it
    CANCELLED = "cancelled"


class Series(Base):
    """Events that recur; each occurrence is an event of its own. `rule` is an RRULE of RFC 5545 without DTSTART."""

    __tablename__ = "event_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(200))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Event(Base):
    """A gathering. `organisation_id` is who holds it (a KIM is an organisation); `village_code` is where.

    `uid` and `sequence` are those of RFC 5545: a move or a cancellation raises `sequence`. `code` is the public
    address `/agenda/CODE`. It is public once `announced_at` is set. `people` is how many came: the headcount where one
    was taken, else the names on the list; None while nobody counted.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="times_in_order"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        Index("ix_events_public", "announced_at", "starts_at"),
        Index("ix_events_status", "status", "starts_at"),
        Index("ix_events_village", "village_code", "status", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    dimension_key: Mapped[str | None] = mapped_column(ForeignKey("dimensions.key"))
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    place: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registration: Mapped[bool] = mapped_column(default=False)  # whether people register on the public page
    registration_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    capacity: Mapped[int | None]  # None: no limit
    waiting_list: Mapped[bool] = mapped_column(default=True)
    budget: Mapped[int | None] = mapped_column(BigInteger)  # rupiah
    contact: Mapped[str] = mapped_column(String(200), default="")  # shown to the public
    status: Mapped[str] = mapped_column(String(20), default=EventStatus.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(500))  # why it was moved or cancelled
    moved_from: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the start before the last move
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(default=0)
    people: Mapped[int | None]
    series_id: Mapped[int | None] = mapped_column(ForeignKey("event_series.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kit_key: Mapped[str | None] = mapped_column(String(80))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    speakers: Mapped[list["Speaker"]] = relationship(cascade="all, delete-orphan", order_by="Speaker.position")
    tags: Mapped[list["EventTag"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    headcounts: Mapped[list["Headcount"]] = relationship(cascade="all, delete-orphan")
    materials: Mapped[list["Material"]] = relationship(cascade="all, delete-orphan", order_by="Material.id")
    photos: Mapped[list["EventPhoto"]] = relationship(cascade="all, delete-orphan", order_by="EventPhoto.id")

    __mapper_args__ = {"version_id_col": version}


class Speaker(Base):
    """`name_key` is the name as clashes are looked for: small letters, without titles before and after it.

    `user_id`: the account of this person, where a higher room knows it; planners with one keep the event's lists.
    """

    __tablename__ = "event_speakers"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")  # office or organisation
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)


class EventTag(Base):
    __tablename__ = "event_tags"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20), primary_key=True)  # Tag


class Headcount(Base):
    """How many people of a sex and an age band came; (u, u) where only a total was counted."""

    __tablename__ = "event_headcounts"
    __table_args__ = (CheckConstraint("people > 0", name="people_positive"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    sex: Mapped[str] = mapped_column(String(1), primary_key=True)
    age_band: Mapped[str] = mapped_column(String(10), primary_key=True)
    people: Mapped[int]


class Material(Base):
    """What is to be handed out, or was. `piece_id` where it is one of our own print pieces."""

    __tablename__ = "event_materials"
    __table_args__ = (CheckConstraint("planned >= 0 AND handed_out >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    piece_id: Mapped[int | None] = mapped_column(ForeignKey("print_pieces.id"))
    name: Mapped[str] = mapped_column(String(200))
    planned: Mapped[int | None]
    handed_out: Mapped[int | None]


class EventPhoto(Base):
    """A picture of the event; kept only where who is seen on it agreed (`consent_at`)."""

    __tablename__ = "event_photos"
    __table_args__ = (UniqueConstraint("event_id", "file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    caption: Mapped[str] = mapped_column(String(300), default="")
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Registration(Base):
    """Somebody wants to come. `contact_key` is the phone (E.164) or the e-mail address in small letters, or None after
    the retention period, when name, phone and e-mail are erased too (`erased_at`).

    `link_no`: raised to make older own links useless. `shown_as`: of one that is held since its contact is another's,
    what the person is told instead. `queue_no` orders the waiting list. `notice` is the version of the privacy notice
    that was agreed to.
    """

    __tablename__ = "event_registrations"
    __table_args__ = (
        UniqueConstraint("event_id", "contact_key"),
        Index("ix_event_registrations_queue", "event_id", "status", "queue_no"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    contact_key: Mapped[str | None] = mapped_column(String(254))
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    sex: Mapped[str] = mapped_column(String(1), default=Sex.UNKNOWN)
    age_band: Mapped[str] = mapped_column(String(10), default=AgeBand.UNKNOWN)
    guardian: Mapped[str | None] = mapped_column(String(200))  # the parent who agreed for a child
    status: Mapped[str] = mapped_column(String(20), default=RegistrationStatus.REGISTERED)
    queue_no: Mapped[int]
    notice: Mapped[str] = mapped_column(String(20))
    consent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    promoted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a place became free
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_sequence: Mapped[int] = mapped_column(default=0)  # the event's sequence that this person has heard of
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_no: Mapped[int] = mapped_column(default=0, server_default="0")
    shown_as: Mapped[str | None] = mapped_column(String(20))


class Attendance(Base):
    """Somebody came, by name. One row for a registration, however often it is checked in.

    `notice` and `consent_at`: of whoever wrote the own name down at the door. Others agreed when they registered, or
    wrote themselves on the paper list.
    """

    __tablename__ = "event_attendances"
    __table_args__ = (UniqueConstraint("event_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("event_registrations.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), default="")  # as written on the sheet
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    sex: Mapped[str] = mapped_column(String(1), default=Sex.UNKNOWN)
    age_band: Mapped[str] = mapped_column(String(10), default=AgeBand.UNKNOWN)
    role: Mapped[str] = mapped_column(String(20), default="participant")  # participant, speaker, committee
    method: Mapped[str] = mapped_column(String(20))  # qr, self, list, walk_in, sheet
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    notice: Mapped[str | None] = mapped_column(String(20))
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
