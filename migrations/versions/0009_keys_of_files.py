"""Stored files have a key that nobody guesses

Revision: 0009
After: 0008
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    """Without batch mode, which would drop the table and with it, on SQLite, the rows that go with its files."""
    op.add_column("stored_files", sa.Column("key", sa.String(length=32), server_default="", nullable=False))
    _fill()
    op.create_index("ix_stored_files_key", "stored_files", ["key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_stored_files_key", "stored_files")
    op.execute("ALTER TABLE stored_files DROP COLUMN key")


def _fill() -> None:
    files = sa.table("stored_files", sa.column("id", sa.Integer), sa.column("key", sa.String))
    fill = files.update().where(files.c.id == sa.bindparam("number")).values(key=sa.bindparam("made"))
    connection = op.get_bind()
    ids = list(connection.scalars(sa.select(files.c.id)))
    for start in range(0, len(ids), AT_ONCE):
        made = [{"number": id_, "made": secrets.token_urlsafe(16)} for id_ in ids[start : start + AT_ONCE]]
        connection.execute(fill, made)
