"""The command line: a Kode cadangan for somebody whose phone and sheet are lost."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.base.access import backup_codes, proof
from app.base.access.factors import print_office_code
from app.base.people.identity import username_of
from app.base.people.models import User
from app.base.web.db import db
from app.base.web.wiring import now
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM


@click.command("factor-code")
@click.argument("username")
@click.option("--sealed", is_flag=True, help="For a sealed envelope: the code has no last day.")
@with_appcontext
def factor_code(username: str, sealed: bool) -> None:
    """Print one code that lets USERNAME through the second step once, within seven days. The person is told."""
    with unit_of_work(db.sessionmaker) as session:
        user = session.scalar(select(User).where(User.username == (username_of(username) or ""), User.active))
        if user is None:
            raise click.ClickException(f"Tidak ada pengguna aktif bernama {username}.")
        life = None if sealed else backup_codes.OFFICE_LIFE
        code = print_office_code(session, SYSTEM, user, salt=proof.salt(), now=now(), life=life)
        until = "tanpa batas hari" if life is None else f"berlaku {life.days} hari"
        click.echo(f"Kode cadangan untuk {user.name} ({user.username}), {until}, sekali pakai: {code}")
