"""The compulsory provider of the office's staff: who may still sign in here, and who is told of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.links import admin_ids
from app.base.notices.service import notify
from app.base.people.models import User
from app.kernel import audit
from app.kernel.roles import Actor, Role
from app.kernel.text import T


def must_come_from_elsewhere(user: User, settings: Any) -> bool:
    """Tell whether this person must sign in at the provider: staff of the office where GAUNG_SIGN_IN_COMPULSORY is on;
    never in practice mode, never the two admins of GAUNG_BREAK_GLASS."""
    own = user.organisation
    of_office = own.is_office or bool(own.parent and own.parent.is_office)
    return bool(settings.sign_in_compulsory and not settings.practice and of_office) and not breaks_glass(
        user, settings
    )


def breaks_glass(user: User, settings: Any) -> bool:
    """Tell whether this is one of the two admins who may sign in here when the provider is down."""
    named = settings.sign_in_compulsory and user.username in settings.break_glass
    return bool(named) and any(row.name == Role.ADMIN for row in user.roles)


def break_glass_names(session: Session, settings: Any) -> Sequence[str]:
    query = select(User.name).where(User.username.in_(settings.break_glass), User.active)
    return session.scalars(query.order_by(User.name)).all()


def tell_glass_broken(session: Session, user: User, *, now: datetime) -> None:
    """Write down that one of the two signed in here, and tell all admins: once an hour for each of the two."""
    actor = Actor(id=user.id, name=user.name)
    audit.record(session, actor, "user.glass_broken", user, now=now)
    notify(
        session,
        user_ids=admin_ids(session),
        kind="security",
        subject=T("%(name)s masuk dengan akun darurat", name=user.name),
        body=T(
            "Akun darurat dipakai ketika akun pemerintah tidak bisa dibuka. Kalau %(name)s tidak melakukannya, segera "
            "nonaktifkan akunnya dan lihat Jejak.",
            name=user.name,
        ),
        path=f"/pengguna/{user.id}",
        dedupe_key=f"glass:{user.id}:{now:%Y%m%d%H}",
        now=now,
    )
