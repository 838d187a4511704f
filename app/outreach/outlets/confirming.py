"""Connecting and disconnecting an account, as changes that take two people."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.base.confirmations.kinds import Change, Deed, Described, Kind, Values
from app.kernel.confirmed import Twofold
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.outlets import service
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Identity

NOT_CONNECTED = "belum terhubung"


def _outlet(session: Session, outlet_id: int) -> Outlet:
    return session.get_one(Outlet, outlet_id, populate_existing=True)


def _account(outlet: Outlet) -> str:
    if not service.is_connected(outlet):
        return NOT_CONNECTED
    return str(outlet.settings.get("account_name") or outlet.handle or "terhubung")


def _standing(session: Session, outlet_id: int, _values: Values) -> dict[str, Any]:
    outlet = _outlet(session, outlet_id)
    account = str(outlet.settings.get("account_id") or "") if service.is_connected(outlet) else None
    return {"account": account, "organisation_id": outlet.organisation_id, "active": outlet.active}


def _identity(values: Values) -> Identity:
    return Identity(values["account_id"], values["account_name"], values["learnt"])


def _check_connect(session: Session, actor: Actor, outlet_id: int, values: Values, _today: date) -> None:
    service.check_may_connect(session, actor, service.find_outlet(session, actor, outlet_id), _identity(values))


def _describe_connect(session: Session, outlet_id: int, values: Values) -> Described:
    outlet = _outlet(session, outlet_id)
    return Described(
        f"Menghubungkan saluran “{outlet.name}” dengan akun {values['account_name']}",
        (Change("Akun yang terhubung", _account(outlet), values["account_name"]),),
    )


def _connect(session: Session, deed: Deed) -> None:
    outlet = service.find_outlet(session, deed.actor, deed.subject_id)
    service.connect(
        session, deed.actor, outlet, deed.secrets, vault=deed.vault, identity=_identity(deed.values),
        settings=deed.values["settings"], now=deed.now, confirmed=deed.confirmed,
    )  # fmt: skip


def _responsible(session: Session, outlet_id: int, _values: Values) -> frozenset[int]:
    responsible = _outlet(session, outlet_id).responsible_id
    return frozenset({responsible} if responsible else ())


def _nobody(_outlet_id: int, _values: Values) -> frozenset[int]:
    return frozenset()


CONNECTION = Kind(
    name=Twofold.CONNECTION,
    label="Menghubungkan akun",
    about="outlets",
    page=("outlets.show", "outlet_id"),
    check=_check_connect,
    describe=_describe_connect,
    standing=_standing,
    gains=_nobody,
    concerned=_responsible,
    apply=_connect,
)


def _check_disconnect(session: Session, actor: Actor, outlet_id: int, _values: Values, _today: date) -> None:
    outlet = service.find_outlet(session, actor, outlet_id)
    service.check_connectable(actor, outlet)
    if not service.is_connected(outlet):
        raise Refused(T("Saluran ini tidak sedang terhubung."))


def _describe_disconnect(session: Session, outlet_id: int, _values: Values) -> Described:
    outlet = _outlet(session, outlet_id)
    return Described(
        f"Memutus akun dari saluran “{outlet.name}”",
        (Change("Akun yang terhubung", _account(outlet), "tidak ada; kuncinya dihapus"),),
    )


def _disconnect(session: Session, deed: Deed) -> None:
    outlet = service.find_outlet(session, deed.actor, deed.subject_id)
    service.disconnect(session, deed.actor, outlet, now=deed.now, confirmed=deed.confirmed)


DISCONNECTION = Kind(
    name=Twofold.DISCONNECTION,
    label="Memutus akun",
    about="outlets",
    page=("outlets.show", "outlet_id"),
    check=_check_disconnect,
    describe=_describe_disconnect,
    standing=_standing,
    gains=_nobody,
    concerned=_responsible,
    apply=_disconnect,
)
