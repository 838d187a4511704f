"""Accounts elsewhere and the persons they belong to: linking, finding, taking apart, and what their roles mean.

Nobody gets an account here by coming from elsewhere, and nobody gets a right: what a provider says of roles is told
to the admins, and takes away only where the settings say so. docs/decisions/033-sign-in-elsewhere.md says why.
"""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.access.provider_client import ProviderAccount, ProviderFault
from app.base.access.provider_models import EmployeeNumber, SignInFlow, SignInLink
from app.base.access.providers import Provider
from app.base.notices.service import notify
from app.base.people import service
from app.base.people.identity import email_of
from app.base.people.models import RoleRow, User
from app.base.people.rights import is_guarded
from app.kernel import audit
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound
from app.kernel.roles import SYSTEM, Actor, Role
from app.kernel.text import T

FLOW_LIFE = timedelta(minutes=15)
LARGEST_CARRIED = 100_000  # signs of a form that waits while its writer is at the provider
NUMBER = re.compile(r"[0-9a-z./-]{4,40}")


# --- the way there and back ---


def begin_flow(session: Session, flow: SignInFlow, state: str, *, now: datetime) -> None:
    """Keep what is needed when the browser returns with `state`, and clear away what is over."""
    session.execute(delete(SignInFlow).where(SignInFlow.created_at < now - FLOW_LIFE))
    flow.state_hash, flow.created_at = state_hash(state), now
    if flow.parked and len(flow.parked) > LARGEST_CARRIED:
        flow.parked = None
    session.add(flow)
    session.flush()


def take_flow(session: Session, provider: str, state: str, *, now: datetime) -> SignInFlow | None:
    """Return the flow of this state, and delete it: whoever comes second with the same one gets None."""
    flow = session.get(SignInFlow, state_hash(state))
    if flow is None or flow.provider != provider or now - flow.created_at > FLOW_LIFE:
        return None
    gone = session.execute(delete(SignInFlow).where(SignInFlow.state_hash == flow.state_hash))
    session.expunge(flow)
    return flow if gone.rowcount else None  # type: ignore[attr-defined]


def state_hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


# --- whose it is ---


def person_of(session: Session, provider: Provider, account: ProviderAccount, *, now: datetime) -> User:
    """Return the active person whose account this is, linked at the first time as the provider's `link_by` says.

    Raises ProviderFault "unknown" where it belongs to nobody, "closed" for a deactivated account.
    """
    link = session.scalar(_of_account(provider, account))
    if link is None:
        user = _recognised(session, provider, account)
        if user is None:
            raise ProviderFault("unknown", provider.link_by)
        if not user.active:
            raise ProviderFault("closed")
        link = _make(session, provider, account, user, by=provider.link_by, now=now)
    user = session.get_one(User, link.user_id)
    if not user.active:
        raise ProviderFault("closed")
    link.used_at = now
    session.flush()
    return user


def link_own(session: Session, actor: Actor, provider: Provider, account: ProviderAccount, *, now: datetime) -> None:
    """Link to the signed-in person an account which they have just shown to be theirs on both sides."""
    found = session.scalar(_of_account(provider, account))
    if found is not None and found.user_id == actor.id:
        return
    if found is not None:
        raise ProviderFault("taken")
    _make(session, provider, account, session.get_one(User, actor.id), by="self", now=now)


def links_of(session: Session, user_id: int) -> list[SignInLink]:
    return list(session.scalars(select(SignInLink).where(SignInLink.user_id == user_id).order_by(SignInLink.id)))


def unlink(session: Session, actor: Actor, user: User, link_id: int, *, now: datetime) -> None:
    """Take a link away: one's own, or as an admin. Sessions go on; raises NotFound where it is not the person's."""
    if actor.id != user.id:
        service.require_admin(actor)
    link = session.get(SignInLink, link_id)
    if link is None or link.user_id != user.id:
        raise NotFound(T("Akun ini tidak terhubung (lagi)."))
    session.delete(link)
    session.flush()
    audit.record(session, actor, "user.account_unlinked", user, now=now, before={"issuer": link.issuer})
    _tell_person(session, user, T("Sebuah akun dilepas dari akun Anda di sini"), now=now)


def number_of(session: Session, user_id: int) -> str:
    row = session.get(EmployeeNumber, user_id)
    return row.number if row else ""


def set_number(session: Session, actor: Actor, user: User, text: str | None, *, now: datetime) -> None:
    """Write down the employee number by which providers name the person; empty takes it away."""
    service.require_admin(actor)
    number = read_number(text or "")
    if text and text.strip() and not NUMBER.fullmatch(number):
        raise Invalid(T("Nomor pegawai berisi 4 sampai 40 angka atau huruf."), field="number")
    row = session.get(EmployeeNumber, user.id)
    if number == (row.number if row else ""):
        return
    if number and is_guarded(user) and actor.id != user.id:
        raise Forbidden(
            T(
                "%(name)s menandatangani atau admin, dan nomor pegawai bisa membuka akunnya. Minta orangnya sendiri "
                "menekan Hubungkan akun di halaman Akun.",
                name=user.name,
            )
        )
    taken = session.scalar(select(EmployeeNumber.user_id).where(EmployeeNumber.number == number))
    if number and taken is not None:
        raise Invalid(T("Nomor pegawai ini sudah dicatat untuk orang lain."), field="number")
    if row is not None:
        session.delete(row)
        session.flush()
    if number:
        session.add(EmployeeNumber(user_id=user.id, number=number))
        session.flush()
    before, after = {"employee_number": row is not None}, {"employee_number": bool(number)}  # it holds a birthday
    audit.record(session, actor, "user.number_set", user, now=now, before=before, after=after)


def read_number(text: str) -> str:
    """Return an employee number as it is compared: small letters, without spaces."""
    return "".join(text.lower().split())


def _of_account(provider: Provider, account: ProviderAccount):  # type: ignore[no-untyped-def]
    return select(SignInLink).where(SignInLink.issuer == provider.identity, SignInLink.subject == account.subject)


def _recognised(session: Session, provider: Provider, account: ProviderAccount) -> User | None:
    if provider.link_by == "email":
        address = email_of(str(account.claim(provider.email_claim) or ""))
        if address is None:
            raise ProviderFault("no_email", provider.email_claim)
        if account.claim("email_verified") is not True and not provider.email_trusted:
            raise ProviderFault("email_unverified")
        return session.scalar(select(User).where(User.email == address))
    if provider.link_by == "employee_number":
        number = read_number(str(account.claim(provider.number_claim) or ""))
        if not number:
            raise ProviderFault("no_number", provider.number_claim)
        row = session.scalar(select(EmployeeNumber).where(EmployeeNumber.number == number))
        return session.get(User, row.user_id) if row else None
    return None


def _make(
    session: Session, provider: Provider, account: ProviderAccount, user: User, *, by: str, now: datetime
) -> SignInLink:
    link = SignInLink(user_id=user.id, issuer=provider.identity, subject=account.subject, linked_by=by, linked_at=now)
    try:
        with session.begin_nested():
            session.add(link)
    except IntegrityError as error:  # the person has another account of this provider, or somebody was quicker
        raise ProviderFault("other_account") from error
    after = {"issuer": provider.identity, "by": by}
    audit.record(session, _as_actor(user), "user.account_linked", user, now=now, after=after)
    _tell_person(session, user, T("Akun %(label)s dihubungkan ke akun Anda di sini", label=provider.label), now=now)
    return link


def _as_actor(user: User) -> Actor:
    return Actor(id=user.id, name=user.name)


def _tell_person(session: Session, user: User, subject: T, *, now: datetime) -> None:
    notify(
        session,
        user_ids=[user.id],
        kind="security",
        subject=subject,
        body=T("Kalau bukan Anda yang melakukannya, segera hubungi admin kantor."),
        path="/akun",
        dedupe_key=f"link:{user.id}:{now.timestamp():.3f}",
        now=now,
    )


# --- what it says of roles ---


def compare_roles(session: Session, provider: Provider, user: User, account: ProviderAccount, *, now: datetime) -> None:
    """Tell the admins of roles that differ or that nobody knows; take away what the provider no longer says, where
    the settings ask for that. Never gives one."""
    said = account.claim(provider.role_claim) if provider.role_claim else None
    if said is None:
        return
    words = {str(word) for word in (said if isinstance(said, list | tuple) else [said])}
    unknown = sorted(words - provider.roles.keys())
    mapped = {provider.roles[word] for word in words & provider.roles.keys()}
    held = {Role(row.name) for row in user.roles}
    if unknown:
        _tell_unknown(session, provider, unknown, now=now)
    if mapped - held:
        _tell_wanted(session, provider, user, mapped - held, now=now)
    gone = (held & set(provider.roles.values())) - mapped
    if gone and provider.take_roles_away:
        _take_away(session, provider, user, held - gone, now=now)


def _take_away(session: Session, provider: Provider, user: User, left: Collection[Role], *, now: datetime) -> None:
    if not left:
        raise ProviderFault("no_role_left")
    try:
        service.grant(session, SYSTEM, user, frozenset(left), now=now)
    except GaungError:  # the last admin stays one
        _tell_admins(
            session,
            T("%(label)s tidak lagi menyebut %(name)s sebagai admin", label=provider.label, name=user.name),
            T("Perannya tidak dicabut karena ini satu-satunya admin yang aktif."),
            path=f"/pengguna/{user.id}", dedupe_key=f"roles:{provider.key}:{user.id}:last", now=now,
        )  # fmt: skip


def _tell_unknown(session: Session, provider: Provider, words: Collection[str], *, now: datetime) -> None:
    shown = ", ".join(word[:60] for word in list(words)[:10])
    mark = hashlib.sha256(shown.encode()).hexdigest()[:16]
    _tell_admins(
        session,
        T("%(label)s menyebut peran yang tidak dikenal", label=provider.label),
        T(
            "Peran yang tidak dikenal: %(words)s. Peran itu diabaikan dan tidak memberi hak apa pun. Kalau seharusnya "
            "berarti sesuatu, minta pengelola server menambahkannya pada pengaturan.",
            words=shown,
        ),
        path=None, dedupe_key=f"roles:{provider.key}:{mark}", now=now,
    )  # fmt: skip


def _tell_wanted(session: Session, provider: Provider, user: User, roles: Collection[Role], *, now: datetime) -> None:
    names = ", ".join(sorted(roles))
    _tell_admins(
        session,
        T("%(label)s menyebut peran %(name)s yang tidak ada di sini", label=provider.label, name=user.name),
        T(
            "Di sana: %(roles)s. Haknya di sini tidak berubah. Kalau memang perlu, ubah perannya di data pengguna.",
            roles=names,
        ),
        path=f"/pengguna/{user.id}", dedupe_key=f"roles:{provider.key}:{user.id}:{names}"[:100], now=now,
    )  # fmt: skip


def admin_ids(session: Session) -> list[int]:
    query = select(User.id).where(User.active, User.roles.any(RoleRow.name == Role.ADMIN.value))
    return list(session.scalars(query.order_by(User.id)))


def _tell_admins(session: Session, subject: T, body: T, *, path: str | None, dedupe_key: str, now: datetime) -> None:
    notify(
        session, user_ids=admin_ids(session), kind="security", subject=subject, body=body, path=path,
        dedupe_key=dedupe_key, now=now,
    )  # fmt: skip
