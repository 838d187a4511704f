"""The second factor: what a person has, and what the office asks of whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class SecondFactor(Base):
    """One row a person, made when it is first needed: codes from the phone, wrong tries, and since when one is wanted.

    `totp_sealed` is sealed by the vault of the installation. `totp_counter` is the step of 30 seconds whose code was
    used last: no code of it or before counts again. `wanted_since`: the first sign-in at which a factor was asked of
    somebody who had none.
    """

    __tablename__ = "second_factors"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_counted"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    totp_sealed: Mapped[str | None] = mapped_column(Text)
    totp_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_counter: Mapped[int | None]
    wanted_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    closed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """A key that a phone or computer keeps for this site and opens with a finger, a face or its PIN.

    `credential_id` in base64url. `challenge_at`: when the last accepted challenge was given out; an answer to it or to
    an older one is not taken again.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    challenge_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BackupCode(Base):
    """A code on paper that counts once. `kind`: "own" (of the person's sheet), "office" (printed by the office) or
    "sealed" (the same, for an envelope)."""

    __tablename__ = "backup_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FactorRule(Base):
    """What admins changed for a role; a role without a row is as the house comes (factor_policy.DEFAULT)."""

    __tablename__ = "factor_rules"

    role: Mapped[str] = mapped_column(String(40), primary_key=True)  # kernel.roles.Role
    required: Mapped[bool]


class FactorGrace(Base):
    """How many days somebody may take to set a factor up: one row, where admins changed it."""

    __tablename__ = "factor_grace"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("days >= 0", name="days_forward"))

    id: Mapped[int] = mapped_column(primary_key=True)
    days: Mapped[int]
