"""Going back says first what it takes away, and asks."""

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from app.cli import init_cli
from app.kernel.db import make_engine
from app.losses import losses
from config import Settings
from tests.world import World


def test_what_goes_is_named_with_how_much_of_it_there_is_and_nothing_changes(database_url: str, world: World) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sending_stops (worker, reason, sentence, since, seen_at) "
                "VALUES ('w', 'clock', 'Jam salah.', '2026-11-24 00:00:00', '2026-11-24 00:00:00')"
            )
        )
    said = [str(one) for one in losses(database_url, "0019")]
    assert "Tabel sending_stops dihapus: 1 baris." in said
    assert "Kolom deliveries.spaced_at dihapus: 0 isian." in said
    assert "sending_stops" in inspect(engine).get_table_names()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sending_stops")) == 1
    engine.dispose()


@pytest.mark.one_database
def test_the_command_asks_and_a_no_changes_nothing(app: Flask, settings: Settings) -> None:
    init_cli(app)
    run = app.test_cli_runner()
    answer = run.invoke(args=["database", "downgrade", "0019"], input="n\n")
    assert answer.exit_code == 1
    assert "Tabel sending_stops dihapus: 0 baris." in answer.output
    engine = make_engine(settings.database_url)
    assert "sending_stops" in inspect(engine).get_table_names()
    assert run.invoke(args=["database", "downgrade", "0019", "--yes"]).exit_code == 0
    assert "sending_stops" not in inspect(engine).get_table_names()
    engine.dispose()
