"""Tables' common base, aware UTC times, and how a transaction begins.

SQLite: a transaction that reads first and then writes fails at once when somebody else wrote in between, whatever
the busy timeout, so a unit of work that will write begins with BEGIN IMMEDIATE (`writing()`).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, Text, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from app.kernel.text import T, restored, stored

_writing: ContextVar[bool] = ContextVar("writing", default=False)

SQLITE_BUSY_SECONDS = 15


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Stores UTC, gives back aware UTC, and refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sentence(TypeDecorator[T]):
    """Keeps a sentence by its key and parameters, so that a page says it in its own language.

    Rows from before, and sentences without parameters, hold the words, which are the key (docs/decisions/003).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: T | str | None, dialect: Dialect) -> str | None:
        return None if value is None else stored(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        return None if value is None else restored(value)


def prepare_engine(engine: Engine, *, busy_seconds: float = SQLITE_BUSY_SECONDS, synchronous: str = "FULL") -> Engine:
    """Set what SQLite needs on every connection, and let no error of either database say what was to be stored."""
    engine.hide_parameters = True  # errors are logged, and rows hold names, contacts and answers
    event.listen(engine, "handle_error", _leave_out_the_row)
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we emit BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: a power cut must not forget "started", or the post would go out a second time
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")

    return engine


def _leave_out_the_row(context: ExceptionContext) -> None:
    """Cut what PostgreSQL adds to its sentence: "Failing row contains (…)", "Key (name)=(…) already exists"."""
    error, diagnosis = context.original_exception, getattr(context.original_exception, "diag", None)
    said = getattr(diagnosis, "message_primary", None)
    if said:
        error.args = (said,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(error).__module__}.{type(error).__name__}) {said}",)


def make_engine(url: str, **options: Any) -> Engine:
    return prepare_engine(create_engine(url, **options))


@contextmanager
def writing() -> Iterator[None]:
    """Let transactions begun inside take the write lock from their first statement."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def begin_writing() -> None:
    """Do as `writing()` for the rest of this context (a request that will write)."""
    _writing.set(True)


def end_writing() -> None:
    _writing.set(False)


def is_writing() -> bool:
    """Tell whether transactions that begin now take the write lock."""
    return _writing.get()


@contextmanager
def unit_of_work(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Give a session that commits once at the end, or rolls back: a step of a job, a command."""
    with writing(), sessions() as session:
        yield session
        session.commit()


def wait_for_turn(session: Session, name: str) -> None:
    """Let others who name the same wait until this transaction ends, where there is no row to lock.

    PostgreSQL only: on SQLite a transaction that writes is alone from its beginning (`writing()`).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def insert_missing(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that no unique key forbids, quietly skip the others, and return how many came in.

    Safe against another process doing the same at this moment. Column defaults of the model apply where a row does not
    name the column.
    """
    if not rows:
        return 0
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    # else every change between a value and None from row to row would begin a statement of its own
    together = {"render_nulls": True}
    taken = session.execute(
        dialect.insert(model).on_conflict_do_nothing().returning(1), rows, execution_options=together
    )
    return len(taken.all())
