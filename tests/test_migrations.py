"""The migrations, run for real: up, down and up again, on both databases, ending at what the models say."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

import app.tables  # noqa: F401
from app.kernel.db import Base, make_engine
from app.kernel.text import restored
from app.migrate import alembic_config, downgrade, upgrade
from tests.template import execute

pytestmark = pytest.mark.walk


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        shutil.rmtree(tmp_path, ignore_errors=True)
        return
    server, name = os.environ["GAUNG_TEST_POSTGRES"], f"m_{uuid.uuid4().hex}"
    execute(server, f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _tables(url: str) -> set[str]:
    engine = make_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def test_up_down_and_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    assert _tables(empty_url) == set(Base.metadata.tables)
    downgrade(empty_url)
    assert _tables(empty_url) == set()
    upgrade(empty_url)
    assert _tables(empty_url) == set(Base.metadata.tables)


def test_every_step_can_be_taken_back(empty_url: str) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(empty_url))
    for script in reversed(list(scripts.walk_revisions())):
        upgrade(empty_url, script.revision)
        before = _tables(empty_url)
        downgrade(empty_url, script.down_revision or "base")
        upgrade(empty_url, script.revision)
        assert _tables(empty_url) == before


def test_the_trail_is_append_only_after_every_step(empty_url: str) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(empty_url))
    since = [script.revision for script in scripts.walk_revisions() if script.revision >= "0006"]
    for revision in reversed(since):
        upgrade(empty_url, revision)
        _assert_append_only(empty_url)
    for revision in since[1:]:
        downgrade(empty_url, revision)
        _assert_append_only(empty_url)


def _assert_append_only(url: str) -> None:
    """A row goes in, and neither changes nor goes away."""
    engine = make_engine(url)
    new = (
        "INSERT INTO audit_entries (at, actor_name, action, subject_kind, subject_id) "
        "VALUES ('2026-11-24 00:00:00', 'Siti', 'post.approved', 'posts', '1')"
    )
    with engine.begin() as connection:
        connection.execute(text(new))
    refused = (
        "UPDATE audit_entries SET action = 'post.returned'",
        "UPDATE audit_entries SET actor_name = 'Budi'",
        "DELETE FROM audit_entries",
        new.replace("at,", "number, at,").replace("VALUES (", "VALUES (1, "),
    )
    for statement in refused:
        with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_what_the_tables_before_cannot_hold_is_let_go(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO organisations (kind, name, is_office, active) VALUES ('programmer', 'K', false, true)")
        )
        connection.execute(
            text(
                "INSERT INTO notices (address, kind, subject, body, dedupe_key, created_at, email_status, attempts) "
                "VALUES ('siti@contoh.example', 'event', 'Besok', 'Besok', 'k', '2026-11-24 00:00:00', 'queued', 0)"
            )
        )
    downgrade(empty_url, "0001")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT kind FROM organisations")) == "other"
        assert connection.scalar(text("SELECT count(*) FROM notices")) == 0
    engine.dispose()
    upgrade(empty_url)


def test_files_from_before_get_a_key_each_and_what_goes_with_them_stays(empty_url: str) -> None:
    upgrade(empty_url, "0005")
    engine = make_engine(empty_url)
    rows = {
        "stored_files (id, sha256, mime, size, name, created_at)": (
            "(1, 'a', 'image/png', 1, 'a.png', '2026-11-24'), (2, 'b', 'image/png', 1, 'b.png', '2026-11-24')"
        ),
        "organisations (id, kind, name, is_office, active)": "(1, 'opd', 'K', false, true)",
        "users (id, username, name, organisation_id, must_change_password, active, failed_sign_ins, fs_uniquifier)": (
            "(1, 'siti', 'Siti', 1, false, true, 0, 'x')"
        ),
        "field_photos (uuid, record_uuid, user_id, file_id, received_at)": "('u', 'r', 1, 1, '2026-11-24')",
    }
    with engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(text(f"INSERT INTO {table} VALUES {values}"))
    upgrade(empty_url)
    with engine.connect() as connection:
        keys = list(connection.scalars(text("SELECT key FROM stored_files")))
        assert connection.scalar(text("SELECT count(*) FROM field_photos")) == 1
    engine.dispose()
    assert len(set(keys)) == 2
    assert all(len(key) == 22 for key in keys)


def test_the_migrations_end_at_what_the_models_say(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_history_is_one_line() -> None:
    scripts = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(scripts.get_heads()) == 1
    assert all(isinstance(script.down_revision, str | None) for script in scripts.walk_revisions())


def test_sentences_from_before_get_their_key_and_unknown_ones_stay(empty_url: str) -> None:
    upgrade(empty_url, "0018")
    engine = make_engine(empty_url)
    before = {
        "a": "Kunci akun ditolak: 100 % “salah”", "b": "Belum terbit: akun perlu dihubungkan ulang.",
        "c": "Kunci akun ditolak: ", "d": "Ditahan oleh Ani.",
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO organisations (kind, name, is_office, active) VALUES ('opd','K',true,true)")
        )
        for name, words in before.items():
            connection.execute(
                text(
                    "INSERT INTO outlets (kind, name, organisation_id, status, settings, practice, active, created_at, "
                    "problem) SELECT 'x', :name, id, 'connected', '{}', false, true, '2026-11-24', :words "
                    "FROM organisations"
                ),
                {"name": name, "words": words},
            )
    found = text("SELECT name, problem FROM outlets")
    upgrade(empty_url)
    with engine.connect() as connection:
        kept = {name: restored(words) for name, words in connection.execute(found)}
    assert {name: str(sentence) for name, sentence in kept.items()} == before
    assert kept["a"].params == {"detail": "100 % “salah”"}
    assert {name for name, sentence in kept.items() if sentence.params} == {"a", "d"}
    downgrade(empty_url, "0018")
    with engine.connect() as connection:
        assert dict(connection.execute(found).tuples().all()) == before
    engine.dispose()


def test_two_deliveries_with_one_post_are_parted_and_keep_their_attempts(empty_url: str) -> None:
    upgrade(empty_url, "0023")
    engine = make_engine(empty_url)
    day, now = "'2026-11-24'", "'2026-11-24 00:00:00'"
    rows = {
        "organisations (id, kind, name, is_office, active)": "(1, 'opd', 'K', true, true)",
        "campaigns (id, name, summary, organisation_id, starts_on, ends_on, audience, status, created_at, version)": (
            f"(1, 'P', '', 1, {day}, {day}, 'residents', 'active', {now}, 1)"
        ),
        "outlets (id, kind, name, organisation_id, status, settings, practice, active, created_at, setbacks)": (
            f"(1, 'x', 'X', 1, 'connected', '{{}}', false, true, {now}, 0)"
        ),
    }
    with engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(text(f"INSERT INTO {table} VALUES {values}"))
        for number, remote_id in ((1, "77"), (2, "77"), (3, "78"), (4, None)):
            connection.execute(
                text(
                    "INSERT INTO posts (id, campaign_id, organisation_id, title, text, audience, status, round, steps, "
                    "content_hash, created_at, updated_at, version) VALUES "
                    f"(:id, 1, 1, 'M', '', 'residents', 'approved', 1, '[]', 'x', {now}, {now}, 1)"
                ),
                {"id": number},
            )
            connection.execute(
                text(
                    "INSERT INTO deliveries (id, post_id, outlet_id, content_hash, payload, status, due_at, wake_at, "
                    "tries, lookups, remembered, remote_id, sent_at, created_at) VALUES "
                    f"(:id, :id, 1, 'x', '{{}}', 'sent', {now}, {now}, 0, 0, '{{}}', :remote_id, {now}, {now})"
                ),
                {"id": number, "remote_id": remote_id},
            )
            connection.execute(
                text(
                    "INSERT INTO attempts (delivery_id, action, started_at, finished_at, outcome) VALUES "
                    f"(:id, 'publish', {now}, {now}, 'sent')"
                ),
                {"id": number},
            )
    found = text("SELECT id, status, remote_id FROM deliveries ORDER BY id")
    upgrade(empty_url, "0024")
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(found)] == [
            (1, "sent", "77"), (2, "unknown", None), (3, "sent", "78"), (4, "sent", None),
        ]  # fmt: skip
        assert connection.scalar(text("SELECT count(*) FROM attempts")) == 4
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET remote_id = '77' WHERE id = 4"))
    downgrade(empty_url, "0023")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM attempts")) == 4
    engine.dispose()
