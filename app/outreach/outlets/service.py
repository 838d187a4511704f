"""The verbs about outlets: add, edit, rest, connect. Credentials are sealed here and opened only for a channel."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.kernel import audit
from app.kernel.confirmed import Confirmed, require_second
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.slots import Slot
from app.kernel.text import T, stored
from app.kernel.typed import required_line
from app.kernel.vault import Vault, VaultClosed
from app.outreach.outlets.kinds import KINDS, ORDERED_PRINT, SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Identity

CONNECTED = Slot[Callable[[Session, Outlet], None]]("outlets.connected")
"""What is done once an account has taken its keys: what was found of them before is over."""


def find_outlet(session: Session, actor: Actor, outlet_id: int) -> Outlet:
    """Return the outlet if it is of the actor's organisation or the actor works in the office. Else raise NotFound."""
    outlet = session.get(Outlet, outlet_id)
    if outlet is None or not (actor.of_office or outlet.organisation_id in actor.organisation_ids):
        raise NotFound(T("Saluran ini tidak ada, atau milik instansi lain."))
    return outlet


def add(
    session: Session,
    actor: Actor,
    *,
    kind: str,
    name: str,
    handle: str | None = None,
    organisation_id: int | None = None,
    vendor_id: int | None = None,
    responsible_id: int | None = None,
    settings: Mapping[str, Any] | None = None,
    now: datetime,
) -> Outlet:
    """Add an outlet. Social ones wait to be connected, all others work at once.

    `organisation_id`: whose it is, by default the actor's own; only the office may name another.
    Raises Invalid for a taken name, an unknown kind, or a newspaper or printer without an e-mail address.
    """
    if kind not in KINDS:
        raise Invalid(T("Jenis saluran ini tidak dikenal. Pilih dari daftar."), field="kind")
    owner_id = organisation_id if organisation_id is not None else actor.organisation_id
    if owner_id is None:
        raise Invalid(T("Pilih instansi pemilik saluran ini."), field="organisation_id")
    outlet = Outlet(
        kind=kind,
        organisation_id=owner_id,
        status=OutletStatus.UNCONNECTED if kind in SOCIAL else OutletStatus.CONNECTED,
        settings={},
        created_at=now,
    )
    _check_keeper(actor, outlet)
    _write(
        session,
        outlet,
        name=name,
        handle=handle,
        vendor_id=vendor_id,
        responsible_id=responsible_id,
        settings=settings,
    )
    session.add(outlet)
    session.flush()
    audit.record(session, actor, "outlet.added", outlet, now=now, after=facts(outlet))
    return outlet


def edit(
    session: Session,
    actor: Actor,
    outlet: Outlet,
    *,
    name: str,
    handle: str | None = None,
    organisation_id: int | None = None,
    vendor_id: int | None = None,
    responsible_id: int | None = None,
    settings: Mapping[str, Any] | None = None,
    now: datetime,
) -> Outlet:
    """Change everything but the kind. `settings` are laid over those that stand; an empty value takes one away."""
    _check_keeper(actor, outlet)
    before = facts(outlet)
    if organisation_id is not None:
        outlet.organisation_id = organisation_id
        _check_keeper(actor, outlet)
    _write(
        session,
        outlet,
        name=name,
        handle=handle,
        vendor_id=vendor_id,
        responsible_id=responsible_id,
        settings=settings,
    )
    session.flush()
    if facts(outlet) != before:
        audit.record(session, actor, "outlet.edited", outlet, now=now, before=before, after=facts(outlet))
    return outlet


def deactivate(session: Session, actor: Actor, outlet: Outlet, *, now: datetime) -> None:
    """Rest an outlet: nobody can choose it for new posts. Its credentials stay."""
    _set_active(session, actor, outlet, active=False, now=now)


def reactivate(session: Session, actor: Actor, outlet: Outlet, *, now: datetime) -> None:
    _set_active(session, actor, outlet, active=True, now=now)


def connect(
    session: Session,
    actor: Actor,
    outlet: Outlet,
    credentials: Mapping[str, Any],
    *,
    vault: Vault,
    identity: Identity,
    settings: Mapping[str, Any] | None = None,
    now: datetime,
    confirmed: Confirmed | None = None,
) -> None:
    """Keep credentials that a channel has just opened (`identity`), sealed, and connect the outlet.

    `settings` are those typed with them (a page id); what the channel learnt is laid over.
    Raises Invalid when another outlet already speaks for this account, since every post would go out twice. Another
    account than the one that is connected takes two people; renewing the keys of the same one takes none.
    """
    check_may_connect(session, actor, outlet, identity)
    if not is_renewal(outlet, identity):
        require_second(actor, confirmed)
    before = {"status": str(outlet.status)}
    outlet.settings = {**outlet.settings, **(settings or {}), **identity.settings, **_account(identity)}
    outlet.credentials = vault.seal(_over_those_kept(outlet, credentials, identity, vault))
    outlet.handle = outlet.handle or identity.name[:120]
    _set_status(outlet, OutletStatus.CONNECTED, None, now)
    _end_pause(outlet)
    session.flush()
    _say_connected(session, outlet)
    after = {"status": str(outlet.status), "account": identity.name, "account_id": identity.remote_id}
    audit.record(session, actor, "outlet.connected", outlet, now=now, before=before, after=after)


def _say_connected(session: Session, outlet: Outlet) -> None:
    for told in CONNECTED:
        told(session, outlet)


def is_renewal(outlet: Outlet, identity: Identity) -> bool:
    """Decide whether these are new keys of the account that this outlet speaks for already."""
    return outlet.credentials is not None and _speaks_for(outlet, identity)


def check_may_connect(session: Session, actor: Actor, outlet: Outlet, identity: Identity) -> None:
    """Raise what `connect` would, without connecting."""
    check_connectable(actor, outlet)
    _check_not_taken(session, outlet, identity)


def is_connected(outlet: Outlet) -> bool:
    return outlet.credentials is not None or outlet.status != OutletStatus.UNCONNECTED


def disconnect(
    session: Session, actor: Actor, outlet: Outlet, *, now: datetime, confirmed: Confirmed | None = None
) -> None:
    """Throw the credentials away. Until it is connected again, a person posts by hand. It takes two people."""
    check_connectable(actor, outlet)
    if not is_connected(outlet):
        return
    require_second(actor, confirmed)
    before = {"status": str(outlet.status)}
    outlet.credentials = outlet.token_expires_at = None
    outlet.status, outlet.problem, outlet.checked_at = OutletStatus.UNCONNECTED, None, None
    _end_pause(outlet)
    session.flush()
    audit.record(
        session, actor, "outlet.disconnected", outlet, now=now, before=before, after={"status": str(outlet.status)}
    )


def confirm_connection(session: Session, actor: Actor, outlet: Outlet, identity: Identity, *, now: datetime) -> None:
    """Mark the account as connected after a test with the stored credentials went well, whatever was said before."""
    check_connectable(actor, outlet)
    before = {"status": str(outlet.status)}
    outlet.settings = {**outlet.settings, **identity.settings, **_account(identity)}
    _set_status(outlet, OutletStatus.CONNECTED, None, now)
    session.flush()
    _say_connected(session, outlet)
    after = {"status": str(outlet.status), "account": identity.name}
    audit.record(session, actor, "outlet.tested", outlet, now=now, before=before, after=after)


def needs_sign_in(session: Session, outlet: Outlet, sentence: T | str, *, now: datetime, actor: Actor = SYSTEM) -> bool:
    """Mark that the platform no longer takes the credentials; return whether that is new.

    Whoever calls tells the responsible person then, once.
    """
    before = {"status": str(outlet.status)}
    _set_status(outlet, OutletStatus.NEEDS_SIGN_IN, sentence, now)
    session.flush()
    after = {"status": str(outlet.status), "problem": stored(sentence)}
    if before["status"] != after["status"]:
        audit.record(session, actor, "outlet.needs_sign_in", outlet, now=now, before=before, after=after)
    return before["status"] != after["status"]


def _over_those_kept(
    outlet: Outlet, credentials: Mapping[str, Any], identity: Identity, vault: Vault
) -> dict[str, Any]:
    """New keys laid over those of the same account; an empty one never takes the place of one that is there."""
    given = {name: value for name, value in credentials.items() if value not in (None, "")}
    if not given:
        raise Invalid(T("Kunci akunnya kosong, jadi tidak ada yang diganti. Isi kuncinya, lalu hubungkan lagi."))
    if not is_renewal(outlet, identity):
        return given
    try:
        return {**credentials_of(outlet, vault), **given}
    except VaultClosed:
        return given


def _end_pause(outlet: Outlet) -> None:
    """Other keys, or none, are another beginning: what the account refused before says nothing about them."""
    outlet.paused_at = outlet.resume_at = outlet.pause_reason = outlet.probe_id = None
    outlet.setbacks = 0


def credentials_of(outlet: Outlet, vault: Vault) -> dict[str, Any]:
    """Open the stored credentials, empty where there are none.

    For a channel only: never to a page, a log or the audit trail.
    """
    return vault.open(outlet.credentials) if outlet.credentials else {}


def rotate_credentials(session: Session, vault: Vault) -> int:
    """Seal all stored credentials with the first key and return how many there are."""
    sealed = session.scalars(select(Outlet).where(Outlet.credentials.is_not(None))).all()
    for outlet in sealed:
        outlet.credentials = vault.rotate(outlet.credentials or "")
    session.flush()
    return len(sealed)


def may_keep(actor: Actor, outlet: Outlet) -> bool:
    """Decide whether this person may change the outlet."""
    return actor.can(Can.KEEP_OUTLETS) and (actor.of_office or outlet.organisation_id in actor.organisation_ids)


def check_connectable(actor: Actor, outlet: Outlet) -> None:
    """Raise Forbidden for who may not, Refused for kinds that have no account to connect."""
    _check_keeper(actor, outlet)
    if outlet.kind not in SOCIAL:
        raise Refused(T("Saluran jenis ini tidak perlu dihubungkan."))


def facts(outlet: Outlet) -> dict[str, Any]:
    """Return the outlet as plain values for the audit trail; no secret is among them."""
    return {
        "kind": str(outlet.kind),
        "name": outlet.name,
        "handle": outlet.handle,
        "organisation_id": outlet.organisation_id,
        "vendor_id": outlet.vendor_id,
        "responsible_id": outlet.responsible_id,
        "settings": dict(outlet.settings),
    }


def _check_keeper(actor: Actor, outlet: Outlet) -> None:
    if not may_keep(actor, outlet):
        raise Forbidden(T("Hanya editor dan admin instansi pemiliknya yang mengubah saluran ini."))


def _set_status(outlet: Outlet, status: OutletStatus, problem: T | str | None, now: datetime) -> None:
    outlet.status, outlet.checked_at = status, now
    outlet.problem = T(problem) if isinstance(problem, str) else problem


def _set_active(session: Session, actor: Actor, outlet: Outlet, *, active: bool, now: datetime) -> None:
    _check_keeper(actor, outlet)
    if outlet.active == active:
        return
    outlet.active = active
    session.flush()
    action = "outlet.reactivated" if active else "outlet.deactivated"
    audit.record(session, actor, action, outlet, now=now, before={"active": not active}, after={"active": active})


def _write(
    session: Session,
    outlet: Outlet,
    *,
    name: str,
    handle: str | None,
    vendor_id: int | None,
    responsible_id: int | None,
    settings: Mapping[str, Any] | None,
) -> None:
    outlet.name = _free_name(session, outlet, name)
    outlet.handle = " ".join((handle or "").split())[:120] or None
    outlet.vendor_id = _vendor(session, outlet, vendor_id)
    outlet.responsible_id = _responsible(session, outlet, responsible_id)
    laid = {**outlet.settings, **(settings or {})}
    outlet.settings = {key: value for key, value in laid.items() if value not in {None, ""}}


def _free_name(session: Session, outlet: Outlet, name: str) -> str:
    too_long = T("Nama saluran terlalu panjang: paling banyak 120 huruf.")
    plain = required_line(name, 120, "name", T("Isi nama saluran."), too_long)
    with session.no_autoflush:
        taken = session.scalar(
            select(Outlet.id).where(func.lower(Outlet.name) == plain.lower(), Outlet.id != (outlet.id or 0))
        )
    if taken:
        raise Invalid(T("Sudah ada saluran bernama “%(name)s”. Pakai nama lain.", name=plain), field="name")
    return plain


def _vendor(session: Session, outlet: Outlet, vendor_id: int | None) -> int | None:
    """The newspaper or printer that gets the orders; other kinds have none."""
    if outlet.kind not in ORDERED_PRINT:
        return None
    with session.no_autoflush:
        vendor = session.get(Organisation, vendor_id) if vendor_id else None
    if vendor is None or not vendor.active or vendor.kind != outlet.kind:
        raise Invalid(T("Pilih koran atau percetakan yang menerima pesanan."), field="vendor_id")
    if not vendor.email:
        raise Invalid(
            T(
                "%(name)s belum punya alamat surel, padahal pesanan dikirim lewat surel. "
                "Isi dulu alamatnya di menu Organisasi.",
                name=vendor.name,
            ),
            field="vendor_id",
        )
    return vendor.id


def _responsible(session: Session, outlet: Outlet, user_id: int | None) -> int | None:
    if user_id is None:
        return None
    with session.no_autoflush:
        person = session.get(User, user_id)
    if person is None or not person.active:
        raise Invalid(T("Pilih penanggung jawab dari daftar."), field="responsible_id")
    if not any(row.name in Can.ANSWER_FOR_OUTLETS.roles for row in person.roles):
        raise Invalid(
            T(
                "%(name)s tidak punya peran yang bisa menangani penayangan. Pilih orang lain, atau minta admin "
                "memberinya peran Kontributor, Editor, Penyetuju, atau Narahubung OPD.",
                name=person.name,
            ),
            field="responsible_id",
        )
    home = person.organisation
    of_office = home.is_office or bool(home.parent and home.parent.is_office)
    if not of_office and outlet.organisation_id not in {home.id, home.parent_id}:
        raise Invalid(
            T("Penanggung jawab harus pegawai kantor atau instansi pemilik saluran ini."), field="responsible_id"
        )
    return person.id


def _account(identity: Identity) -> dict[str, str]:
    return {"account_id": identity.remote_id, "account_name": identity.name}


def _speaks_for(outlet: Outlet, identity: Identity) -> bool:
    return identity.remote_id in {str(value) for value in outlet.settings.values()}


def _check_not_taken(session: Session, outlet: Outlet, identity: Identity) -> None:
    others = session.scalars(
        select(Outlet).where(Outlet.kind == outlet.kind, Outlet.id != outlet.id, Outlet.credentials.is_not(None))
    )
    for other in others:
        if _speaks_for(other, identity):
            raise Invalid(
                T(
                    "Akun %(account)s sudah dihubungkan sebagai saluran “%(name)s”. Bila dihubungkan dua kali, "
                    "setiap materi akan tayang dua kali.",
                    account=identity.name,
                    name=other.name,
                )
            )
