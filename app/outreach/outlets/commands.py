"""The command line: what connected accounts answer differently from the tables of the channels."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.base.web.db import db
from app.base.web.wiring import now, wired
from app.kernel.errors import GaungError
from app.outreach.outlets import service
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Examinable

UNTRIED = (
    "Pemeriksaan ini dicoba pada saluran latihan saja, belum pada akun sungguhan: baca temuannya di dokumen saluran "
    "itu sebelum mengubah pengaturan."
)


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Say what connected accounts answer differently from what Gaung expects. It reads and never posts."""
    with db.sessionmaker() as session:
        connected = Outlet.status.in_((OutletStatus.CONNECTED, OutletStatus.NEEDS_SIGN_IN))
        outlets = session.scalars(
            select(Outlet).where(Outlet.credentials.is_not(None), connected).order_by(Outlet.name)
        ).all()
        session.expunge_all()  # nothing waits for a platform with a transaction open
    number = sum(_examine(outlet) for outlet in outlets)
    click.echo(f"{len(outlets)} akun diperiksa, {number} temuan. {UNTRIED}")
    if number:
        raise click.exceptions.Exit(1)


def _examine(outlet: Outlet) -> int:
    """Print the findings of one account; return how many there are."""
    try:
        keys = service.credentials_of(outlet, wired().vault)
    except GaungError:
        click.echo(f"{outlet.name}: kuncinya tidak dapat dibuka dengan GAUNG_CREDENTIAL_KEYS yang dipakai.")
        return 1
    channel = wired().channels[outlet.kind]
    if not isinstance(channel, Examinable):
        click.echo(f"{outlet.name}: saluran ini belum dapat diperiksa.")
        return 0
    findings = channel.doctor(keys, outlet.settings, now=now())
    if not findings:
        click.echo(f"{outlet.name}: menjawab seperti yang diharapkan.")
    for finding in findings:
        click.echo(f"{outlet.name}: {finding.sentence}")
    return len(findings)
