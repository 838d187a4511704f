"""Accounts at a provider and the persons they belong to, and who has just set out to one."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class SignInLink(Base):
    """An account of a provider that opens the account of a person here. `issuer` and `subject` never change."""

    __tablename__ = "sign_in_links"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("user_id", "issuer"),  # one account of a provider a person
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    linked_by: Mapped[str] = mapped_column(String(20))  # self, email, employee_number
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFlow(Base):
    """Somebody on the way to a provider and back: for a quarter of an hour, and for one return.

    `state_hash`: SHA-256 of what only this browser holds. `user_id`: who wants to link, else nobody is signed in.
    """

    __tablename__ = "sign_in_flows"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    provider: Mapped[str] = mapped_column(String(40))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    target: Mapped[str | None] = mapped_column(Text)
    parked: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class EmployeeNumber(Base):
    """The number (NIP) by which a provider names a person; an admin writes it down."""

    __tablename__ = "employee_numbers"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[str] = mapped_column(String(40), unique=True)
