"""`flask surveys simulate`."""

from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli import surveys
from app.evidence.responses.models import Cell, Response
from app.evidence.surveys.models import Wave
from tests.world import World


def many(session: Session, model: type[Response] | type[Cell]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(surveys, ["simulate", *arguments])


def test_a_wave_is_filled_counted_and_filled_once(app: Flask, session: Session, world: World) -> None:
    wave = world.wave(places={world.village(0): 20, world.village(1): 10}, target=30)
    first = run(app, wave.code, "--yes", "--seed", "3", "--lift", "istilah=0.2")
    assert first.exit_code == 0, first.output
    assert "30 jawaban simulasi baru, 0 sudah ada" in first.output
    again = run(app, str(wave.id), "--seed", "3", "--lift", "istilah=0.2")
    assert "0 jawaban simulasi baru, 30 sudah ada" in again.output
    assert many(session, Response) == 30
    assert session.scalar(select(func.sum(Cell.people))) == 30, "what was made is counted already"
    assert session.scalar(select(Response.uuid).where(Response.tallied.is_(False))) is None
    session.expire_all()
    assert session.get_one(Wave, wave.id).simulated is True


def test_what_cannot_be_is_said_in_a_sentence(app: Flask, session: Session, world: World) -> None:
    wave = world.wave()
    world.response(wave)
    for arguments, words in (
        ([wave.code, "--n", "5", "--yes"], "jawaban sungguhan"),
        (["tidak-ada"], "tidak ada"),
        ([wave.code, "--yes", "--lift", "tanpa=0.1"], "tidak ada"),
        ([wave.code, "--lift", "istilah"], "--lift istilah=0.15"),
        ([wave.code, "--n", "0"], "0"),
    ):
        told = run(app, *arguments)
        assert told.exit_code != 0
        assert words in told.output
    assert many(session, Response) == 1


def test_an_open_survey_becomes_a_simulation_only_when_that_is_said(
    app: Flask, session: Session, world: World
) -> None:  # fmt: skip
    wave = world.wave(places={world.village(0): 5}, target=5)
    told = run(app, wave.code, "--n", "5")
    assert told.exit_code != 0
    assert "--yes" in told.output
    assert many(session, Response) == 0
    session.expire_all()
    assert session.get_one(Wave, wave.id).simulated is False
    assert run(app, wave.code, "--n", "5", "--yes").exit_code == 0
    assert run(app, wave.code, "--n", "7").exit_code == 0, "a simulation takes more without being asked"
