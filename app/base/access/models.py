"""Tables of sign-ins, and of the browsers that people signed in from before."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class Device(Base):
    """A browser that this person has signed in from. `key_hash`: SHA-256 of the key in its cookie, which all accounts
    of the browser share. `proved_until`: so long the second factor is not asked for again at signing in there, and
    `own_until`: before approving neither, since the person called it their own. `proved_mark`: the person's
    `fs_uniquifier` when it was shown."""

    __tablename__ = "devices"
    __table_args__ = (
        UniqueConstraint("user_id", "key_hash"),
        Index("ix_devices_last_seen_at", "last_seen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key_hash: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(80))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proved_mark: Mapped[str | None] = mapped_column(String(64))


class SignIn(Base):
    """One signed-in browser. It lives while it is used (`idle_seconds`) and at the longest until `ends_at`.

    `token_hash`: SHA-256 of the token in its cookie. `mark`: the person's `fs_uniquifier` at that time; a new one (new
    password, closed account) ends it. `remember_*`: the family of "Ingat saya" cookies, see remembering.py.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        CheckConstraint("idle_seconds > 0", name="idle_positive"),
        Index("ix_sign_ins_user_id", "user_id"),
        Index("ix_sign_ins_device_id", "device_id"),
        Index("ix_sign_ins_last_used_at", "last_used_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mark: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="SET NULL"))
    shared: Mapped[bool] = mapped_column(default=False)  # "Komputer bersama"
    how: Mapped[str] = mapped_column(
        String(20)
    )  # password, passkey, provider; with what was shown after it: password+phone, …
    label: Mapped[str] = mapped_column(String(80))  # "Chrome di Android"
    address: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_seconds: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the second factor was last shown in it
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str | None] = mapped_column(String(20))  # access.ending.Why
    remember_seed: Mapped[str | None] = mapped_column(String(64))
    remember_round: Mapped[int] = mapped_column(default=0)
    remember_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remember_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    device: Mapped[Device | None] = relationship()
