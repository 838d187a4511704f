"""A trail that proves something: a chain over the audit entries, and triggers that hold them

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "audit_entries"
COLUMNS = (
    ("number", sa.Integer()),
    ("hash", sa.String(64)),
    ("actor_salt", sa.String(32)),
    ("actor_digest", sa.String(64)),
    ("content_salt", sa.String(32)),
    ("content_digest", sa.String(64)),
)
INDEXES = (
    ("ix_audit_entries_number", ["number"], True),
    ("ix_audit_entries_at", ["at", "id"], False),
    ("ix_audit_entries_actor", ["actor_id", "at"], False),
    ("ix_audit_entries_action", ["action", "at"], False),
    ("ix_audit_entries_kind", ["subject_kind", "at"], False),
)


def upgrade() -> None:
    # plain ALTER TABLE, which both databases know, and no batch: it would make the table anew, without its triggers
    for name, kind in COLUMNS:
        op.add_column(TABLE, sa.Column(name, kind, nullable=True))
    op.execute("UPDATE audit_entries SET number = -id")  # what is older than the chain
    for name, columns, unique in INDEXES:
        op.create_index(name, TABLE, columns, unique=unique)
    op.create_table(
        "audit_heads",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("missing_from", sa.Date(), nullable=True),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("kept", "changed", "new"):
            op.execute(f"DROP TRIGGER audit_entries_{name}")
    else:
        for name in ("kept", "emptied", "changed", "new"):
            op.execute(f"DROP TRIGGER audit_entries_{name} ON audit_entries")
        for function in ("refuse", "changed", "new"):
            op.execute(f"DROP FUNCTION audit_entries_{function}()")
    op.drop_table("audit_checks")
    op.drop_table("audit_heads")
    for name, _columns, _unique in reversed(INDEXES):
        op.drop_index(name, TABLE)
    for name, _kind in reversed(COLUMNS):
        op.drop_column(TABLE, name)


REFUSED = "audit_entries is append-only"


def _kept(same: str, text: str) -> str:
    """The condition under which an UPDATE is allowed: the seal once, and the erasing of a name or a content.

    `same`: how a database says "is not distinct from". `text`: what makes a JSON value comparable.
    """
    fixed = " AND ".join(
        f"NEW.{name} {same} OLD.{name}" for name in ("id", "at", "actor_id", "action", "subject_kind", "subject_id")
    )
    once = " AND ".join(f"(NEW.{name} {same} OLD.{name} OR OLD.{name} IS NULL)" for name in ("number", "hash"))
    before, after = f"NEW.before{text} {same} OLD.before{text}", f"NEW.after{text} {same} OLD.after{text}"
    empty = " AND ".join(f"(NEW.{name} IS NULL OR NEW.{name}{text} = 'null')" for name in ("before", "after"))
    return f"""{fixed} AND {once}
        AND ({_group("actor", same)} AND NEW.actor_name = OLD.actor_name OR {_erased("actor")} AND NEW.actor_name = '')
        AND ({_group("content", same)} AND {before} AND {after} OR {_erased("content")} AND {empty})"""


def _group(name: str, same: str) -> str:
    """Salt and digest as they were, or the salt given for the first time."""
    return (
        f"(NEW.{name}_digest {same} OLD.{name}_digest AND (NEW.{name}_salt {same} OLD.{name}_salt "
        f"OR OLD.{name}_salt IS NULL AND OLD.{name}_digest IS NULL))"
    )


def _erased(name: str) -> str:
    return f"(OLD.{name}_digest IS NULL AND NEW.{name}_digest IS NOT NULL AND NEW.{name}_salt IS NULL)"


SEALED = (
    "NEW.number IS NOT NULL OR NEW.hash IS NOT NULL OR NEW.actor_salt IS NOT NULL OR NEW.actor_digest IS NOT NULL "
    "OR NEW.content_salt IS NOT NULL OR NEW.content_digest IS NOT NULL"
)
"""What nobody but the worker may give, and only later."""


def _sqlite() -> None:
    refuse = f"SELECT RAISE(ABORT, '{REFUSED}')"
    op.execute(f"CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries BEGIN {refuse}; END")
    op.execute(
        f"CREATE TRIGGER audit_entries_changed BEFORE UPDATE ON audit_entries "
        f"WHEN NOT ({_kept('IS', '')}) BEGIN {refuse}; END"
    )
    # the second condition: INSERT OR REPLACE deletes without asking the trigger above
    op.execute(
        f"CREATE TRIGGER audit_entries_new BEFORE INSERT ON audit_entries "  # noqa: S608
        f"WHEN {SEALED} OR EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id) BEGIN {refuse}; END"
    )


def _postgresql() -> None:
    def function(name: str, body: str) -> None:
        op.execute(f"CREATE FUNCTION audit_entries_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")

    refuse = f"RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation';"
    function("refuse", refuse)
    function("changed", f"IF NOT ({_kept('IS NOT DISTINCT FROM', '::text')}) THEN {refuse} END IF; RETURN NEW;")
    function("new", f"IF {SEALED} THEN {refuse} END IF; RETURN NEW;")
    row = "ON audit_entries FOR EACH ROW EXECUTE FUNCTION"
    op.execute(f"CREATE TRIGGER audit_entries_kept BEFORE DELETE {row} audit_entries_refuse()")
    op.execute(f"CREATE TRIGGER audit_entries_changed BEFORE UPDATE {row} audit_entries_changed()")
    op.execute(f"CREATE TRIGGER audit_entries_new BEFORE INSERT {row} audit_entries_new()")
    op.execute(
        "CREATE TRIGGER audit_entries_emptied BEFORE TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()"
    )
