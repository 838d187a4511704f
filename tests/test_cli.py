"""The commands of `flask`, on SQLite and PostgreSQL where they write."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.base.people.roles_table import roles_table
from app.cli import init_cli
from app.kernel.roles import Role
from app.outreach.campaigns.models import Campaign
from config import ROOT
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
