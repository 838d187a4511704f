"""Taking a lost second factor away, as a change that takes two people."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.base.access.factors import reset_factors
from app.base.confirmations.kinds import Change, Deed, Described, Kind, Values
from app.base.people import service
from app.base.people.models import User
from app.kernel.confirmed import Twofold
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.text import T


def _check(session: Session, actor: Actor, user_id: int, _values: Values, _today: date) -> None:
    user = service.find_user(session, actor, user_id)
    if user.id == actor.id:
        raise Refused(T("Langkah kedua Anda sendiri diatur ulang oleh admin lain."))


def _describe(session: Session, user_id: int, _values: Values) -> Described:
    user = session.get_one(User, user_id)
    then = "dihapus semua; sesi masuknya diakhiri, dan ia memasang yang baru"
    return Described(
        f"Mengatur ulang langkah kedua {user.name}", (Change("Langkah kedua", "yang terpasang sekarang", then),)
    )


def _standing(session: Session, user_id: int, _values: Values) -> dict[str, Any]:
    return {"active": session.get_one(User, user_id, populate_existing=True).active}


def _apply(session: Session, deed: Deed) -> None:
    user = service.find_user(session, deed.actor, deed.subject_id)
    reset_factors(session, deed.actor, user, confirmed=deed.confirmed, now=deed.now)


NEW_FACTOR = Kind(
    name=Twofold.NEW_FACTOR,
    label="Langkah kedua",
    about="users",
    page=("people.user", "user_id"),
    check=_check,
    describe=_describe,
    standing=_standing,
    gains=lambda user_id, _values: frozenset({user_id}),
    concerned=lambda _session, user_id, _values: frozenset({user_id}),
    apply=_apply,
)
