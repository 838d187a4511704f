"""What managers see

Revision: 0005
After: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _measurements()
    _boundaries()
    _evaluations()


def downgrade() -> None:
    _no_evaluations()
    _no_boundaries()
    _no_measurements()


def _measurements() -> None:
    op.create_table(
        "measurements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=True),
        sa.Column("reach", sa.Integer(), nullable=True),
        sa.Column("reactions", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), nullable=True),
        sa.Column("shares", sa.Integer(), nullable=True),
        sa.Column("saves", sa.Integer(), nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_measurements_delivery_id_deliveries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
        sa.UniqueConstraint("delivery_id", "age", name=op.f("uq_measurements_delivery_id_age")),
    )
    with op.batch_alter_table("measurements", schema=None) as batch_op:
        batch_op.create_index("ix_measurements_latest", ["delivery_id", "latest"], unique=False)
        batch_op.create_index("ix_measurements_state_wake_at", ["state", "wake_at"], unique=False)


def _no_measurements() -> None:
    with op.batch_alter_table("measurements", schema=None) as batch_op:
        batch_op.drop_index("ix_measurements_state_wake_at")
        batch_op.drop_index("ix_measurements_latest")

    op.drop_table("measurements")


def _boundaries() -> None:
    with op.batch_alter_table("proofs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proofs_placed_on"), ["placed_on"], unique=False)
    op.create_table(
        "boundaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regency_code", sa.String(length=13), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("paths", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=True),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_boundaries_file_id_stored_files")),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["users.id"], name=op.f("fk_boundaries_loaded_by_id_users")),
        sa.ForeignKeyConstraint(
            ["regency_code"], ["regencies.code"], name=op.f("fk_boundaries_regency_code_regencies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundaries")),
        sa.UniqueConstraint("regency_code", name=op.f("uq_boundaries_regency_code")),
    )


def _no_boundaries() -> None:
    op.drop_table("boundaries")
    with op.batch_alter_table("proofs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proofs_placed_on"))


def _evaluations() -> None:
    op.create_table(
        "evaluations",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["updated_by_id"], ["users.id"], name=op.f("fk_evaluations_updated_by_id_users")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_evaluations")),
    )
    op.create_table(
        "evaluation_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("dimension_key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["year"], ["evaluations.year"], name=op.f("fk_evaluation_rows_year_evaluations"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dimension_key"], ["dimensions.key"], name=op.f("fk_evaluation_rows_dimension_key_dimensions")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_evaluation_rows_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_evaluation_rows_created_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_rows")),
    )
    with op.batch_alter_table("evaluation_rows", schema=None) as batch_op:
        batch_op.create_index("ix_evaluation_rows_year", ["year", "dimension_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluation_rows_campaign_id"), ["campaign_id"], unique=False)
    op.create_table(
        "evaluation_cells",
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["row_id"],
            ["evaluation_rows.id"],
            name=op.f("fk_evaluation_cells_row_id_evaluation_rows"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_id", "part", name=op.f("pk_evaluation_cells")),
    )
    op.create_table(
        "evaluation_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["row_id"],
            ["evaluation_rows.id"],
            name=op.f("fk_evaluation_evidence_row_id_evaluation_rows"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_evaluation_evidence_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_evidence")),
    )
    with op.batch_alter_table("evaluation_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_evidence_row_id"), ["row_id"], unique=False)


def _no_evaluations() -> None:
    for table in ("evaluation_evidence", "evaluation_cells", "evaluation_rows", "evaluations"):
        op.drop_table(table)
