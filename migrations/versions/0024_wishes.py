"""What somebody wished for while a call was under way; one post of a platform belongs to one delivery

Two deliveries of one outlet that name the same post cannot both be right: a look-up took the first's for the second,
which may never have gone out. The one that was sent first keeps the number; the others wait for a person.

Revision: 0024
After: 0023

Going down drops the wishes that have not taken effect yet; what waits for a person goes on waiting.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UNSURE = (
    "Belum pasti terbit: nomor unggahannya sama dengan penayangan lain. Lihat sendiri di salurannya, lalu pilih "
    "“Sudah terbit” atau “Belum terbit, kirim lagi”."
)
LOOKED_ENOUGH = 4
FOREIGN_KEY = "fk_deliveries_wish_by_id_users"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("wish", sa.String(length=10), nullable=True))
    op.add_column("deliveries", sa.Column("wish_at", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # a batch makes the table anew, and dropping the old one would take its attempts and figures along
        op.execute("ALTER TABLE deliveries ADD COLUMN wish_by_id INTEGER REFERENCES users (id)")
    else:
        op.add_column("deliveries", sa.Column("wish_by_id", sa.Integer(), nullable=True))
        op.create_foreign_key(FOREIGN_KEY, "deliveries", "users", ["wish_by_id"], ["id"])
    _part_doubles()
    op.create_index("uq_deliveries_outlet_id_remote_id", "deliveries", ["outlet_id", "remote_id"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_deliveries_outlet_id_remote_id", table_name="deliveries")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(FOREIGN_KEY, "deliveries", type_="foreignkey")
    for name in ("wish_by_id", "wish_at", "wish"):
        op.drop_column("deliveries", name)


def _part_doubles() -> None:
    """Leave a number with the first delivery that has it; the rest are not known to be live."""
    connection = op.get_bind()
    names = ("id", "outlet_id", "remote_id", "status", "problem", "lookups", "token", "sent_at")
    rows = sa.table("deliveries", *(sa.column(name) for name in names))
    first = sa.select(sa.func.min(rows.c.id)).where(rows.c.remote_id.is_not(None))
    kept = first.group_by(rows.c.outlet_id, rows.c.remote_id)
    others = sa.and_(rows.c.remote_id.is_not(None), rows.c.id.not_in(kept.scalar_subquery()))
    doubles = [row.id for row in connection.execute(sa.select(rows.c.id).where(others))]
    for number in doubles:
        values = {"remote_id": None, "status": "unknown", "problem": UNSURE, "lookups": LOOKED_ENOUGH, "token": None}
        connection.execute(sa.update(rows).where(rows.c.id == number).values(**values, sent_at=None))
