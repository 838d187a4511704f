"""The work of `flask outlets doctor`: what connected accounts answer differently from the tables of the channels."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.errors import GaungError
from app.kernel.vault import Vault
from app.outreach.outlets import service
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Channel, Examinable

UNTRIED = (
    "Pemeriksaan ini dicoba pada saluran latihan saja, belum pada akun sungguhan: baca temuannya di dokumen saluran "
    "itu sebelum mengubah pengaturan."
)


def examine_accounts(
    sessions: "sessionmaker[Session]", channels: Mapping[str, Channel], vault: Vault, *, now: datetime
) -> Iterator[tuple[str, bool]]:
    """Yield a line for what each connected account answers, and whether it is a finding; the last line counts them."""
    with sessions() as session:
        connected = Outlet.status.in_((OutletStatus.CONNECTED, OutletStatus.NEEDS_SIGN_IN))
        outlets = session.scalars(
            select(Outlet).where(Outlet.credentials.is_not(None), connected).order_by(Outlet.name)
        ).all()
        session.expunge_all()  # nothing waits for a platform with a transaction open
    number = 0
    for outlet in outlets:
        for line, finding in _examine(outlet, channels, vault, now):
            number += finding
            yield f"{outlet.name}: {line}", finding
    yield f"{len(outlets)} akun diperiksa, {number} temuan. {UNTRIED}", False


def _examine(
    outlet: Outlet, channels: Mapping[str, Channel], vault: Vault, now: datetime
) -> Iterator[tuple[str, bool]]:
    try:
        keys = service.credentials_of(outlet, vault)
    except GaungError:
        yield "kuncinya tidak dapat dibuka dengan GAUNG_CREDENTIAL_KEYS yang dipakai.", True
        return
    channel = channels[outlet.kind]
    if not isinstance(channel, Examinable):
        yield "saluran ini belum dapat diperiksa.", False
        return
    findings = channel.doctor(keys, outlet.settings, now=now)
    if not findings:
        yield "menjawab seperti yang diharapkan.", False
    for finding in findings:
        yield str(finding.sentence), True
