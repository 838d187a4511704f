"""The commands of `flask`, on SQLite and PostgreSQL where they write."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.base.people.roles_table import roles_table
from app.cli import init_cli
from app.kernel.roles import Role
from app.kernel.vault import Vault
from app.launch import free_port
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import AccountReport
from app.outreach.publishing.preflight.models import Inspection
from config import ROOT, Settings
from tests.practice_server import running_practice
from tests.publishing.test_preflight import Account
from tests.world import World

KIT = ROOT / "campaigns" / "ukm-go-digital"


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    init_cli(app)
    return app.test_cli_runner()


def test_both_kits_of_the_project_pass_the_check(runner: FlaskCliRunner) -> None:
    done = runner.invoke(args=["kits", "check"])
    assert done.exit_code == 0, done.output
    assert "kenal-smart-city: siap dipakai" in done.output
    assert "ukm-go-digital: siap dipakai" in done.output


def test_a_kit_with_a_fault_is_named_by_file_and_line(runner: FlaskCliRunner, tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").write_text("name: Uji\nsummary: [\n")
    done = runner.invoke(args=["kits", "check", str(tmp_path)])
    assert done.exit_code == 1
    assert "campaign.yaml:" in done.output


def test_importing_twice_makes_one_campaign_and_another_start_a_second(
    runner: FlaskCliRunner, session: Session, world: World
) -> None:
    world.office()
    assert runner.invoke(args=["database", "load"]).exit_code == 0
    for start in ("2026-11-30", "2026-11-30", "2027-01-04"):
        done = runner.invoke(args=["kits", "import", str(KIT), "--start", start])
        assert done.exit_code == 0, done.output
    assert session.scalar(select(func.count()).select_from(Campaign)) == 2


def test_a_date_that_is_none_is_said_and_nothing_is_made(runner: FlaskCliRunner, session: Session) -> None:
    done = runner.invoke(args=["kits", "import", str(KIT), "--start", "Senin depan"])
    assert done.exit_code == 2
    assert "TAHUN-BULAN-HARI" in done.output
    assert session.scalar(select(func.count()).select_from(Campaign)) == 0


def test_the_first_admin_gets_a_password_once(runner: FlaskCliRunner, session: Session) -> None:
    done = runner.invoke(args=["people", "first-admin", "budi", "Budi", "--office", "Diskominfo"])
    assert done.exit_code == 0, done.output
    user = session.scalars(select(User)).one()
    assert (user.username, user.must_change_password, user.organisation.is_office) == ("budi", True, True)
    assert [row.name for row in user.roles] == [Role.ADMIN]
    assert "Kata sandi sekali pakai:" in done.output


def test_the_roles_table_is_printed(runner: FlaskCliRunner, app: Flask) -> None:
    assert runner.invoke(args=["roles"]).output == roles_table(app)


PLATFORM_COMMANDS = ("preflight", "doctor")


class Asked(Account):
    def doctor(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: object) -> list[Any]:
        self.inspect(credentials, settings, now=now)
        return []


def practising(app: Flask, **addresses: Any) -> Asked:
    """Put the application into practice at these addresses, with keys that open; return the channel of X."""
    wiring, channel = app.extensions["wiring"], Asked(AccountReport())
    app.extensions["wiring"] = replace(
        wiring, settings=replace(wiring.settings, **addresses), channels={"x": channel, "assisted": channel}
    )
    return channel


@pytest.mark.parametrize("command", PLATFORM_COMMANDS)
def test_without_its_platforms_practice_checks_nothing_and_writes_nothing(
    runner: FlaskCliRunner, app: Flask, session: Session, world: World, settings: Settings, command: str
) -> None:
    outlet = world.outlet("x", credentials=Vault(settings.credential_keys).seal({"token": "latihan"}))
    nowhere = f"http://127.0.0.1:{free_port()}"
    channel = practising(
        app, practice=True, practice_wall_url=nowhere, x_api_url=nowhere, graph_url=nowhere, smtp_host="127.0.0.1"
    )
    done = runner.invoke(args=["outlets", command])
    assert done.exit_code == 1
    assert f"Platform latihan tidak menjawab di {nowhere}" in done.output
    assert "make run" in done.output
    assert channel.asked == 0
    session.rollback()
    assert session.scalars(select(Inspection)).all() == []
    assert session.get_one(Outlet, outlet.id, populate_existing=True).status == OutletStatus.CONNECTED


@pytest.mark.parametrize("command", PLATFORM_COMMANDS)
def test_beside_its_platforms_practice_is_named_and_asked(
    runner: FlaskCliRunner, app: Flask, world: World, settings: Settings, tmp_path: Path, command: str
) -> None:
    world.outlet("x", credentials=Vault(settings.credential_keys).seal({"token": "latihan"}))
    with running_practice(tmp_path) as practice:
        channel = practising(app, **practice.settings)
        done = runner.invoke(args=["outlets", command])
    assert done.exit_code == 0, done.output
    assert f"Latihan: yang ditanya platform latihan di {practice.http_url}." in done.output
    assert channel.asked == 1


def test_real_platforms_are_named_where_make_run_is_practice(
    runner: FlaskCliRunner, app: Flask, settings: Settings
) -> None:
    practising(app)
    settings.var_dir.mkdir(exist_ok=True)
    (settings.var_dir / "practice.env").write_text("GAUNG_PRACTICE=1\n", encoding="utf-8")
    done = runner.invoke(args=["outlets", "preflight"])
    assert "Bukan latihan: yang ditanya platform sungguhan" in done.output
