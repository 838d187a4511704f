"""`flask outlets doctor` against the practice platforms."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.cli import init_cli
from app.factory import make_app
from app.kernel.clock import FrozenClock
from app.kernel.vault import Vault
from app.outreach.outlets.models import OutletStatus
from config import Settings
from tests.practice_server import RunningPractice, running_practice
from tests.world import World


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[RunningPractice]:
    with running_practice(tmp_path / "practice", strict=True) as running:
        yield running


@pytest.fixture
def doctor(settings: Settings, clock: FrozenClock, practice: RunningPractice) -> Iterator[Callable[[], Result]]:
    app: Flask = make_app(replace(settings, **practice.settings), clock=clock)
    init_cli(app)
    yield lambda: app.test_cli_runner().invoke(args=["outlets", "doctor"])
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_each_connected_account_is_asked_and_what_differs_is_said(
    doctor: Callable[[], Result], practice: RunningPractice, world: World, settings: Settings, session: Session
) -> None:
    vault = Vault(settings.credential_keys)
    for kind, more in (("facebook", {}), ("instagram", {"account_name": "@nama.lama"})):
        sealed = vault.seal(practice.credentials(kind))
        world.outlet(kind, name=f"Akun {kind}", credentials=sealed, settings={**practice.account(kind), **more})
    world.outlet("whatsapp", name="Grup", status=OutletStatus.UNCONNECTED)
    world.outlet("facebook", name="Terkunci", credentials="bukan kunci")
    session.commit()
    done = doctor()
    assert done.exit_code == 1, done.output
    assert "Akun facebook: menjawab seperti yang diharapkan." in done.output
    assert "Akun instagram: Akun ini sekarang bernama" in done.output
    assert "Terkunci: kuncinya tidak dapat dibuka" in done.output
    assert "Grup" not in done.output
    assert "3 akun diperiksa, 2 temuan" in done.output
    assert "belum pada akun sungguhan" in done.output
    assert practice.credentials("facebook")["access_token"] not in done.output


def test_without_connected_accounts_there_is_nothing_to_say(doctor: Callable[[], Result]) -> None:
    done = doctor()
    assert (done.exit_code, "0 akun diperiksa" in done.output) == (0, True)
