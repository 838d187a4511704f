"""The account of a participant. Only who holds the own link connects the two: contacts in an account are unproved."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.training.models import Trainee
from app.learning.training.participants.news import send_own_link


def trainee_of_account(session: Session, actor: Actor) -> Trainee | None:
    """Return who this account is as a trainee."""
    query = select(Trainee).where(Trainee.user_id == actor.id, Trainee.erased_at.is_(None))
    return session.scalar(query.order_by(Trainee.id).limit(1)) if actor.id is not None else None


def connect(session: Session, actor: Actor, trainee: Trainee, *, now: datetime) -> None:
    """Connect the account of who holds the own link with this trainee. Twice changes nothing. Raises Refused."""
    session.execute(select(User.id).where(User.id == actor.id).with_for_update())
    session.refresh(trainee, with_for_update=True)
    if trainee.user_id == actor.id:
        return
    if trainee.user_id is not None:
        raise Refused(T("Halaman ini sudah terhubung dengan akun lain. Lepaskan dulu di bagian “Data Anda”."))
    if trainee_of_account(session, actor) is not None:
        raise Refused(
            T("Akun Anda sudah terhubung dengan halaman peserta lain. Satu akun hanya untuk satu orang; minta bantuan "
              "penyelenggara bila keduanya milik Anda.")
        )  # fmt: skip
    trainee.user_id = actor.id
    session.flush()
    audit.record(session, actor, "training.account_connected", trainee, now=now, after={"user_id": actor.id})


def disconnect(session: Session, actor: Actor, trainee: Trainee, *, now: datetime) -> None:
    """Disconnect the account of a trainee, by who holds the own link, with or without an account."""
    session.refresh(trainee, with_for_update=True)
    if trainee.user_id is None:
        return
    before, trainee.user_id = {"user_id": trainee.user_id}, None
    session.flush()
    audit.record(session, actor, "training.account_disconnected", trainee, now=now, before=before)


def mail_link(session: Session, actor: Actor, *, now: datetime) -> None:
    """Send the own link to the account's address where a participant has it; nobody is told whether one has."""
    email = session.scalar(select(User.email).where(User.id == actor.id))
    if email:
        query = select(Trainee).where(Trainee.email == email, Trainee.erased_at.is_(None))
        for trainee in session.scalars(query):
            send_own_link(session, trainee, now=now)
