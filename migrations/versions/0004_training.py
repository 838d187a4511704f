"""Training

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", "practice", name=op.f("pk_certificate_counters")),
    )
    op.create_table(
        "skills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("group", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("basic", sa.String(length=500), nullable=False),
        sa.Column("independent", sa.String(length=500), nullable=False),
        sa.Column("coaching", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("key", name=op.f("uq_skills_key")),
    )
    op.create_table(
        "trainees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("contact_key", sa.String(length=254), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=False),
        sa.Column("village_code", sa.String(length=13), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("occupation", sa.String(length=120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("link_no", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_trainees_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_trainees_user_id_users")),
        sa.ForeignKeyConstraint(["village_code"], ["villages.code"], name=op.f("fk_trainees_village_code_villages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainees")),
        sa.UniqueConstraint("contact_key", name=op.f("uq_trainees_contact_key")),
    )
    with op.batch_alter_table("trainees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainees_email"), ["email"], unique=False)
        batch_op.create_index("ix_trainees_organisation", ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trainees_phone"), ["phone"], unique=False)
        batch_op.create_index("ix_trainees_user", ["user_id"], unique=False)
        batch_op.create_index("ix_trainees_village", ["village_code"], unique=False)

    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("for_whom", sa.String(length=500), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("min_attendance", sa.Integer(), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=True),
        sa.Column("score_from", sa.String(length=10), nullable=False),
        sa.Column("work_share", sa.Integer(), nullable=False),
        sa.Column("test_instrument_id", sa.Integer(), nullable=True),
        sa.Column("post_instrument_id", sa.Integer(), nullable=True),
        sa.Column("kit_key", sa.String(length=120), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("min_attendance BETWEEN 0 AND 100", name=op.f("ck_programmes_attendance_percent")),
        sa.CheckConstraint("min_score BETWEEN 0 AND 100", name=op.f("ck_programmes_score_percent")),
        sa.CheckConstraint("work_share BETWEEN 0 AND 100", name=op.f("ck_programmes_work_share_percent")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_programmes_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_programmes_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["post_instrument_id"], ["instruments.id"], name=op.f("fk_programmes_post_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(
            ["test_instrument_id"], ["instruments.id"], name=op.f("fk_programmes_test_instrument_id_instruments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("key", name=op.f("uq_programmes_key")),
        sa.UniqueConstraint("kit_key", name=op.f("uq_programmes_kit_key")),
    )
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programmes_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "programme_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("guide", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("most > 0", name=op.f("ck_programme_criteria_most_positive")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_criteria_programme_id_programmes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_criteria")),
        sa.UniqueConstraint("programme_id", "title", name=op.f("uq_programme_criteria_programme_id_title")),
    )
    with op.batch_alter_table("programme_criteria", schema=None) as batch_op:
        batch_op.create_index("ix_programme_criteria_order", ["programme_id", "position"], unique=False)

    op.create_table(
        "programme_modules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_programme_modules_minutes_positive")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_modules_programme_id_programmes"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_modules")),
    )
    with op.batch_alter_table("programme_modules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_modules_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "programme_prerequisites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("requires_id", sa.Integer(), nullable=True),
        sa.Column("skill_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "(requires_id IS NULL) <> (skill_id IS NULL)", name=op.f("ck_programme_prerequisites_one_of_both")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_prerequisites_programme_id_programmes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["requires_id"], ["programmes.id"], name=op.f("fk_programme_prerequisites_requires_id_programmes")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_programme_prerequisites_skill_id_skills")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_prerequisites")),
    )
    with op.batch_alter_table("programme_prerequisites", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_prerequisites_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "programme_trainers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programmes.id"],
            name=op.f("fk_programme_trainers_programme_id_programmes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_programme_trainers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_trainers")),
    )
    with op.batch_alter_table("programme_trainers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_programme_trainers_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "training_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("admission", sa.String(length=12), nullable=False),
        sa.Column("selection", sa.Boolean(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("per_opd", sa.Integer(), nullable=True),
        sa.Column("per_village", sa.Integer(), nullable=True),
        sa.Column("register_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("village_code", sa.String(length=13), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("min_attendance", sa.Integer(), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=True),
        sa.Column("score_from", sa.String(length=10), nullable=False),
        sa.Column("work_share", sa.Integer(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_training_batches_capacity_positive")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_training_batches_days_in_order")),
        sa.CheckConstraint("min_attendance BETWEEN 0 AND 100", name=op.f("ck_training_batches_attendance_percent")),
        sa.CheckConstraint("min_score BETWEEN 0 AND 100", name=op.f("ck_training_batches_score_percent")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_training_batches_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_training_batches_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_training_batches_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_training_batches_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["village_code"], ["villages.code"], name=op.f("fk_training_batches_village_code_villages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_batches")),
        sa.UniqueConstraint("code", name=op.f("uq_training_batches_code")),
    )
    with op.batch_alter_table("training_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_batches_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_batches_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_batches_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index("ix_training_batches_status", ["status", "starts_on"], unique=False)

    op.create_table(
        "assessment_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("most", sa.Double(), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["training_batches.id"],
            name=op.f("fk_assessment_papers_batch_id_training_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_assessment_papers_created_by_id_users")),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_versions.id"],
            name=op.f("fk_assessment_papers_instrument_version_id_instrument_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_papers")),
        sa.UniqueConstraint("batch_id", "kind", name=op.f("uq_assessment_papers_batch_id_kind")),
    )
    with op.batch_alter_table("assessment_papers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assessment_papers_instrument_version_id"), ["instrument_version_id"], unique=False
        )

    op.create_table(
        "batch_quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.CheckConstraint("most >= 0 AND least >= 0", name=op.f("ck_batch_quotas_not_negative")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["training_batches.id"],
            name=op.f("fk_batch_quotas_batch_id_training_batches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_quotas")),
        sa.UniqueConstraint("batch_id", "kind", "key", name=op.f("uq_batch_quotas_batch_id_kind_key")),
    )
    op.create_table(
        "batch_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["training_batches.id"],
            name=op.f("fk_batch_sessions_batch_id_training_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_batch_sessions_event_id_events")),
        sa.ForeignKeyConstraint(
            ["module_id"], ["programme_modules.id"], name=op.f("fk_batch_sessions_module_id_programme_modules")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_sessions")),
        sa.UniqueConstraint("event_id", name=op.f("uq_batch_sessions_event_id")),
    )
    with op.batch_alter_table("batch_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_sessions_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_sessions_module_id"), ["module_id"], unique=False)

    op.create_table(
        "batch_trainers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["training_batches.id"],
            name=op.f("fk_batch_trainers_batch_id_training_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_batch_trainers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_trainers")),
    )
    with op.batch_alter_table("batch_trainers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_trainers_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_batch_trainers_user", ["user_id", "batch_id"], unique=False)

    op.create_table(
        "module_materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("for_trainers", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(file_id IS NULL) <> (url IS NULL)", name=op.f("ck_module_materials_file_or_link")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_module_materials_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"],
            ["programme_modules.id"],
            name=op.f("fk_module_materials_module_id_programme_modules"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_materials")),
    )
    with op.batch_alter_table("module_materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_module_materials_module_id"), ["module_id"], unique=False)

    op.create_table(
        "module_skills",
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_module_skills_level_known")),
        sa.ForeignKeyConstraint(
            ["module_id"],
            ["programme_modules.id"],
            name=op.f("fk_module_skills_module_id_programme_modules"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_module_skills_skill_id_skills")),
        sa.PrimaryKeyConstraint("module_id", "skill_id", name=op.f("pk_module_skills")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("repository", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["training_batches.id"], name=op.f("fk_projects_batch_id_training_batches")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_projects_created_by_id_users")),
        sa.ForeignKeyConstraint(["group_id"], ["organisations.id"], name=op.f("fk_projects_group_id_organisations")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_projects_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projects_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "training_nominations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("letter_number", sa.String(length=120), nullable=False),
        sa.Column("letter_on", sa.Date(), nullable=True),
        sa.Column("letter_file_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["training_batches.id"],
            name=op.f("fk_training_nominations_batch_id_training_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_training_nominations_by_id_users")),
        sa.ForeignKeyConstraint(
            ["letter_file_id"], ["stored_files.id"], name=op.f("fk_training_nominations_letter_file_id_stored_files")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_training_nominations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_nominations")),
    )
    with op.batch_alter_table("training_nominations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_nominations_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_nominations_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "feedback_answers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["assessment_papers.id"],
            name=op.f("fk_feedback_answers_paper_id_assessment_papers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_answers")),
    )
    with op.batch_alter_table("feedback_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_answers_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "project_members",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_members_project_id_projects"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainees.id"], name=op.f("fk_project_members_trainee_id_trainees")),
        sa.PrimaryKeyConstraint("project_id", "trainee_id", name=op.f("pk_project_members")),
    )
    with op.batch_alter_table("project_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_members_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "training_enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=True),
        sa.Column("queue_no", sa.Integer(), nullable=False),
        sa.Column("motivation", sa.String(length=1000), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("overlaps", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.String(length=20), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("outcome_reason", sa.String(length=500), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["training_batches.id"], name=op.f("fk_training_enrolments_batch_id_training_batches")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_training_enrolments_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["training_nominations.id"],
            name=op.f("fk_training_enrolments_nomination_id_training_nominations"),
        ),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainees.id"], name=op.f("fk_training_enrolments_trainee_id_trainees")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_enrolments")),
        sa.UniqueConstraint("batch_id", "trainee_id", name=op.f("uq_training_enrolments_batch_id_trainee_id")),
    )
    with op.batch_alter_table("training_enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_enrolments_nomination_id"), ["nomination_id"], unique=False)
        batch_op.create_index("ix_training_enrolments_queue", ["batch_id", "status", "queue_no"], unique=False)
        batch_op.create_index("ix_training_enrolments_trainee", ["trainee_id", "status"], unique=False)

    op.create_table(
        "assessment_sittings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("most", sa.Double(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score >= 0 AND score <= most", name=op.f("ck_assessment_sittings_score_within_most")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["training_enrolments.id"],
            name=op.f("fk_assessment_sittings_enrolment_id_training_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["users.id"], name=op.f("fk_assessment_sittings_entered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["assessment_papers.id"],
            name=op.f("fk_assessment_sittings_paper_id_assessment_papers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_sittings")),
        sa.UniqueConstraint("paper_id", "enrolment_id", name=op.f("uq_assessment_sittings_paper_id_enrolment_id")),
    )
    with op.batch_alter_table("assessment_sittings", schema=None) as batch_op:
        batch_op.create_index("ix_assessment_sittings_enrolment", ["enrolment_id"], unique=False)

    op.create_table(
        "assessment_works",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("repository", sa.String(length=500), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["training_enrolments.id"],
            name=op.f("fk_assessment_works_enrolment_id_training_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_files.id"], name=op.f("fk_assessment_works_file_id_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_works")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_assessment_works_enrolment_id")),
    )
    op.create_table(
        "outcome_exceptions",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_outcome_exceptions_by_id_users")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["training_enrolments.id"],
            name=op.f("fk_outcome_exceptions_enrolment_id_training_enrolments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_outcome_exceptions")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=500), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["training_batches.id"], name=op.f("fk_certificates_batch_id_training_batches")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["training_enrolments.id"], name=op.f("fk_certificates_enrolment_id_training_enrolments")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name=op.f("fk_certificates_issued_by_id_users")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["users.id"], name=op.f("fk_certificates_revoked_by_id_users")),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainees.id"], name=op.f("fk_certificates_trainee_id_trainees")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificates_code")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index("ix_certificates_batch", ["batch_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_trainee_id"), ["trainee_id"], unique=False)
        batch_op.create_index(
            "uq_certificates_valid",
            ["enrolment_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "feedback_given",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["training_enrolments.id"],
            name=op.f("fk_feedback_given_enrolment_id_training_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["assessment_papers.id"],
            name=op.f("fk_feedback_given_paper_id_assessment_papers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("paper_id", "enrolment_id", name=op.f("pk_feedback_given")),
    )
    op.create_table(
        "training_seats",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["training_enrolments.id"],
            name=op.f("fk_training_seats_enrolment_id_training_enrolments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["event_registrations.id"],
            name=op.f("fk_training_seats_registration_id_event_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["batch_sessions.id"],
            name=op.f("fk_training_seats_session_id_batch_sessions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "session_id", name=op.f("pk_training_seats")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_training_seats_registration_id")),
    )
    op.create_table(
        "assessment_criteria",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["training_batches.id"],
            name=op.f("fk_assessment_criteria_batch_id_training_batches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["programme_criteria.id"],
            name=op.f("fk_assessment_criteria_criterion_id_programme_criteria"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "criterion_id", name=op.f("pk_assessment_criteria")),
    )
    op.create_table(
        "assessment_marks",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points >= 0 AND points <= most", name=op.f("ck_assessment_marks_points_within_most")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_assessment_marks_by_id_users")),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["programme_criteria.id"],
            name=op.f("fk_assessment_marks_criterion_id_programme_criteria"),
        ),
        sa.ForeignKeyConstraint(
            ["work_id"],
            ["assessment_works.id"],
            name=op.f("fk_assessment_marks_work_id_assessment_works"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("work_id", "criterion_id", name=op.f("pk_assessment_marks")),
    )
    op.create_table(
        "skill_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_skill_evidence_level_known")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_skill_evidence_by_id_users")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_skill_evidence_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_skill_evidence_project_id_projects"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_skill_evidence_skill_id_skills")),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainees.id"], name=op.f("fk_skill_evidence_trainee_id_trainees"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_evidence")),
    )
    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_skill_evidence_certificate_id"), ["certificate_id"], unique=False)
        batch_op.create_index("ix_skill_evidence_person", ["trainee_id", "skill_id"], unique=False)
        batch_op.create_index(
            "ix_skill_evidence_skill", ["skill_id", "withdrawn_at", "trainee_id", "level"], unique=False
        )

    with op.batch_alter_table("event_speakers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_event_speakers_user_id"), ["user_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_event_speakers_user_id_users"), "users", ["user_id"], ["id"])

    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachment", sa.String(length=60), nullable=True))
        batch_op.create_index(batch_op.f("ix_notices_attachment"), ["attachment"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_attachment"))
        batch_op.drop_column("attachment")

    with op.batch_alter_table("event_speakers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_event_speakers_user_id_users"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_event_speakers_user_id"))
        batch_op.drop_column("user_id")

    with op.batch_alter_table("skill_evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_skill_evidence_skill")
        batch_op.drop_index("ix_skill_evidence_person")
        batch_op.drop_index(batch_op.f("ix_skill_evidence_certificate_id"))

    op.drop_table("skill_evidence")
    op.drop_table("assessment_marks")
    op.drop_table("assessment_criteria")
    op.drop_table("training_seats")
    op.drop_table("feedback_given")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificates_valid",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_certificates_trainee_id"))
        batch_op.drop_index(batch_op.f("ix_certificates_enrolment_id"))
        batch_op.drop_index("ix_certificates_batch")

    op.drop_table("certificates")
    op.drop_table("outcome_exceptions")
    op.drop_table("assessment_works")
    with op.batch_alter_table("assessment_sittings", schema=None) as batch_op:
        batch_op.drop_index("ix_assessment_sittings_enrolment")

    op.drop_table("assessment_sittings")
    with op.batch_alter_table("training_enrolments", schema=None) as batch_op:
        batch_op.drop_index("ix_training_enrolments_trainee")
        batch_op.drop_index("ix_training_enrolments_queue")
        batch_op.drop_index(batch_op.f("ix_training_enrolments_nomination_id"))

    op.drop_table("training_enrolments")
    with op.batch_alter_table("project_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_members_trainee_id"))

    op.drop_table("project_members")
    with op.batch_alter_table("feedback_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_answers_paper_id"))

    op.drop_table("feedback_answers")
    with op.batch_alter_table("training_nominations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_nominations_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_training_nominations_batch_id"))

    op.drop_table("training_nominations")
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_projects_group_id"))
        batch_op.drop_index(batch_op.f("ix_projects_batch_id"))

    op.drop_table("projects")
    op.drop_table("module_skills")
    with op.batch_alter_table("module_materials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_module_materials_module_id"))

    op.drop_table("module_materials")
    with op.batch_alter_table("batch_trainers", schema=None) as batch_op:
        batch_op.drop_index("ix_batch_trainers_user")
        batch_op.drop_index(batch_op.f("ix_batch_trainers_batch_id"))

    op.drop_table("batch_trainers")
    with op.batch_alter_table("batch_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_sessions_module_id"))
        batch_op.drop_index(batch_op.f("ix_batch_sessions_batch_id"))

    op.drop_table("batch_sessions")
    op.drop_table("batch_quotas")
    with op.batch_alter_table("assessment_papers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_papers_instrument_version_id"))

    op.drop_table("assessment_papers")
    with op.batch_alter_table("training_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_training_batches_status")
        batch_op.drop_index(batch_op.f("ix_training_batches_programme_id"))
        batch_op.drop_index(batch_op.f("ix_training_batches_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_training_batches_campaign_id"))

    op.drop_table("training_batches")
    with op.batch_alter_table("programme_trainers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_trainers_programme_id"))

    op.drop_table("programme_trainers")
    with op.batch_alter_table("programme_prerequisites", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_prerequisites_programme_id"))

    op.drop_table("programme_prerequisites")
    with op.batch_alter_table("programme_modules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_modules_programme_id"))

    op.drop_table("programme_modules")
    with op.batch_alter_table("programme_criteria", schema=None) as batch_op:
        batch_op.drop_index("ix_programme_criteria_order")

    op.drop_table("programme_criteria")
    with op.batch_alter_table("programmes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programmes_organisation_id"))

    op.drop_table("programmes")
    with op.batch_alter_table("trainees", schema=None) as batch_op:
        batch_op.drop_index("ix_trainees_village")
        batch_op.drop_index("ix_trainees_user")
        batch_op.drop_index(batch_op.f("ix_trainees_phone"))
        batch_op.drop_index("ix_trainees_organisation")
        batch_op.drop_index(batch_op.f("ix_trainees_email"))

    op.drop_table("trainees")
    op.drop_table("skills")
    op.drop_table("certificate_counters")
