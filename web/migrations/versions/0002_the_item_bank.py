# SPDX-License-Identifier: Apache-2.0
"""The item bank."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

from web.schema_changes import drop_check, set_check

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


LISTED = (
    "item_id", "owner_id", "credential_version_id", "external_id", "version_id", "state", "interaction", "pc", "difficulty",
    "languages",
)  # fmt: skip
SEARCH = (
    "CREATE VIRTUAL TABLE item_search USING fts5(words, content='', contentless_delete=1, "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")"
)
CHECKS = (
    (
        "item_reviews",
        "ck_item_reviews_commented_with_a_comment",
        "step <> 'commented' OR length(comment) > 0",
    ),
    (
        "item_reviews",
        "ck_item_reviews_review_step",
        "step IN ('submitted', 'approved', 'rejected', 'withdrawn', 'commented')",
    ),
    ("marking_tasks", "ck_marking_tasks_task_component", "component IN ('theory', 'practical', 'viva')"),
)
EARLIER_CHECKS = (
    (
        "item_reviews",
        "ck_item_reviews_review_step",
        "step IN ('submitted', 'approved', 'rejected', 'withdrawn')",
    ),
    ("marking_tasks", "ck_marking_tasks_task_component", "component IN ('practical', 'viva')"),
)


def upgrade() -> None:
    connection = op.get_bind()
    if (
        connection.dialect.name != "sqlite"
    ):  # there the column brings its check anew beside the one that it has
        drop_check(connection, "item_versions", "ck_item_versions_interaction")
    _change_tables()
    if connection.dialect.name == "sqlite":
        op.execute(SEARCH)
    for table, name, condition in CHECKS:
        set_check(connection, table, name, condition)
    _tell_languages(connection)
    _list_items(connection)


def _tell_languages(connection: sa.Connection) -> None:
    """The languages of each version that is there, from its bodies."""
    versions = sa.table(
        "item_versions", sa.column("id"), sa.column("bodies", sa.JSON), sa.column("languages")
    )
    for version_id, bodies in connection.execute(sa.select(versions.c.id, versions.c.bodies)).all():
        spoken = " ".join(body["language"] for body in bodies)
        connection.execute(sa.update(versions).where(versions.c.id == version_id).values(languages=spoken))


def _list_items(connection: sa.Connection) -> None:
    """The listing of the items that are there: the newest version of each."""
    rows = connection.execute(
        sa.text(
            "SELECT i.id AS item_id, i.owner_id, i.credential_version_id, i.external_id, v.id AS version_id, v.state, "
            "v.interaction, v.pc, v.difficulty, v.languages, v.bodies, "
            "EXISTS (SELECT 1 FROM item_versions l WHERE l.item_id = i.id AND l.state = 'live') AS live "
            "FROM items i JOIN item_versions v ON v.item_id = i.id "
            "WHERE v.number = (SELECT max(n.number) FROM item_versions n WHERE n.item_id = i.id) ORDER BY i.id"
        )
    ).mappings()
    listing = sa.table(
        "item_listing",
        *(sa.column(name) for name in LISTED),
        sa.column("id", sa.Integer),
        sa.column("live", sa.Boolean),
        sa.column("words"),
    )
    for number, row in enumerate(list(rows), 1):
        bodies = json.loads(row["bodies"]) if isinstance(row["bodies"], str) else row["bodies"]
        said = [
            text for body in bodies for text in (body["stem"], *(option for _, option in body["options"]))
        ]
        words = " ".join(
            unicodedata.normalize("NFKC", " ".join([row["external_id"], *said])).casefold().split()
        )
        shared = {name: row[name] for name in LISTED}
        connection.execute(
            sa.insert(listing).values(id=number, live=bool(row["live"]), words=words, **shared)
        )
        if connection.dialect.name == "sqlite":
            connection.execute(
                sa.text("INSERT INTO item_search (rowid, words) VALUES (:id, :words)"),
                {"id": number, "words": words},
            )


def _change_tables() -> None:
    op.create_table(
        "bank_snapshots",
        sa.Column("sha256", sa.String(length=71), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_bank_snapshots")),
    )
    op.create_table(
        "import_mappings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(length=26), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_import_mappings_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_import_mappings_owner_id_name")),
    )
    op.create_table(
        "item_media",
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_item_media_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("owner_id", "sha256", name=op.f("pk_item_media")),
    )
    op.create_table(
        "adoption_permissions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("body_id", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.String(length=500), nullable=False),
        sa.Column("given_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisations.id"], name=op.f("fk_adoption_permissions_body_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_adoption_permissions_credential_version_id_credential_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_permissions")),
        sa.UniqueConstraint(
            "credential_version_id",
            "body_id",
            name=op.f("uq_adoption_permissions_credential_version_id_body_id"),
        ),
    )
    with op.batch_alter_table("adoption_permissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adoption_permissions_body_id"), ["body_id"], unique=False)

    op.create_table(
        "credential_adoptions",
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("parent_version_id", sa.String(length=26), nullable=False),
        sa.Column("modified", sa.String(length=40), nullable=False),
        sa.Column("added", sa.String(length=40), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "credential_version_id <> parent_version_id", name=op.f("ck_credential_adoptions_another_version")
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_credential_adoptions_credential_version_id_credential_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_credential_adoptions_parent_version_id_credential_versions"),
        ),
        sa.PrimaryKeyConstraint("credential_version_id", name=op.f("pk_credential_adoptions")),
    )
    with op.batch_alter_table("credential_adoptions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_credential_adoptions_parent_version_id"), ["parent_version_id"], unique=False
        )

    op.create_table(
        "credential_publications",
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("rulebook", sa.String(length=100), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("recorded", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_credential_publications_credential_version_id_credential_versions"),
        ),
        sa.PrimaryKeyConstraint("credential_version_id", name=op.f("pk_credential_publications")),
    )
    op.create_table(
        "blueprint_waivers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("blueprint_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("pcs", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["blueprints.id"], name=op.f("fk_blueprint_waivers_blueprint_id_blueprints")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blueprint_waivers")),
    )
    with op.batch_alter_table("blueprint_waivers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blueprint_waivers_blueprint_id"), ["blueprint_id"], unique=False)

    op.create_table(
        "form_draws",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("assessment_id", sa.String(length=26), nullable=False),
        sa.Column("seed", sa.String(length=20), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("blueprint_sha256", sa.String(length=71), nullable=False),
        sa.Column("bank_sha256", sa.String(length=71), nullable=False),
        sa.Column("compiler", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("papers >= 1", name=op.f("ck_form_draws_papers")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_form_draws_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(
            ["bank_sha256"], ["bank_snapshots.sha256"], name=op.f("fk_form_draws_bank_sha256_bank_snapshots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draws")),
    )
    with op.batch_alter_table("form_draws", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_draws_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "item_listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "live",
                "withdrawn",
                name="item_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "interaction",
            sa.Enum(
                "choice_single",
                "choice_multiple",
                "text_entry",
                "numeric",
                "extended_text",
                "inline_choice",
                "match",
                "order",
                "associate",
                "gap_match",
                "hottext",
                "hotspot",
                "select_point",
                "graphic_order",
                "graphic_associate",
                "graphic_gap_match",
                "position_object",
                "slider",
                "upload",
                "composite",
                name="interaction",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("pc", sa.String(length=32), nullable=False),
        sa.Column(
            "difficulty",
            sa.Enum("easy", "medium", "hard", name="difficulty", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("languages", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_item_listing_credential_version_id_credential_versions"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_listing_item_id_items")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_item_listing_owner_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_versions.id"], name=op.f("fk_item_listing_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_listing")),
        sa.UniqueConstraint("item_id", name=op.f("uq_item_listing_item_id")),
    )
    with op.batch_alter_table("item_listing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_listing_browse",
            [
                "owner_id",
                "pc",
                "external_id",
                "state",
                "live",
                "difficulty",
                "interaction",
                "languages",
                "credential_version_id",
                "version_id",
            ],
            unique=False,
        )

    op.create_table(
        "item_sources",
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_versions.id"], name=op.f("fk_item_sources_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_item_sources")),
    )
    op.create_table(
        "item_translations",
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("segment", sa.String(length=80), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_versions.id"], name=op.f("fk_item_translations_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", "language", "segment", name=op.f("pk_item_translations")),
    )
    op.create_table(
        "response_files",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(address) = 64 AND length(sha256) = 64", name=op.f("ck_response_files_hashes")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_response_files_not_empty")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_response_files_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["item_versions.id"],
            name=op.f("fk_response_files_item_version_id_item_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_files")),
    )
    with op.batch_alter_table("response_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_files_attempt_id"), ["attempt_id"], unique=False)

    with op.batch_alter_table("forms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draw_id", sa.String(length=26), nullable=True))
        batch_op.create_index(batch_op.f("ix_forms_draw_id"), ["draw_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_forms_draw_id_form_draws"), "form_draws", ["draw_id"], ["id"]
        )

    with op.batch_alter_table("item_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parts", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("program", sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table("item_versions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("languages", sa.String(length=200), server_default="en hi", nullable=False)
        )
        batch_op.add_column(sa.Column("marks", sa.String(length=20), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("parts", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("media", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("stimulus_id", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("tags", sa.JSON(none_as_null=True), nullable=True))
        batch_op.alter_column(
            "interaction",
            existing_type=sa.VARCHAR(length=15),
            type_=sa.Enum(
                "choice_single",
                "choice_multiple",
                "text_entry",
                "numeric",
                "extended_text",
                "inline_choice",
                "match",
                "order",
                "associate",
                "gap_match",
                "hottext",
                "hotspot",
                "select_point",
                "graphic_order",
                "graphic_associate",
                "graphic_gap_match",
                "position_object",
                "slider",
                "upload",
                "composite",
                name="interaction",
                native_enum=False,
                create_constraint=True,
            ),
            existing_nullable=False,
        )


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("DROP TABLE item_search")
    drop_check(connection, "item_reviews", "ck_item_reviews_commented_with_a_comment")
    _set_earlier_checks(connection)
    _change_tables_back()
    if connection.dialect.name != "sqlite":  # there the check goes with the type of its column
        _set_earlier_checks(connection)


def _set_earlier_checks(connection: sa.Connection) -> None:
    for table, name, condition in EARLIER_CHECKS:
        set_check(connection, table, name, condition)


def _change_tables_back() -> None:
    with op.batch_alter_table("item_versions", schema=None) as batch_op:
        batch_op.alter_column(
            "interaction",
            existing_type=sa.Enum(
                "choice_single",
                "choice_multiple",
                "text_entry",
                "numeric",
                "extended_text",
                "inline_choice",
                "match",
                "order",
                "associate",
                "gap_match",
                "hottext",
                "hotspot",
                "select_point",
                "graphic_order",
                "graphic_associate",
                "graphic_gap_match",
                "position_object",
                "slider",
                "upload",
                "composite",
                name="interaction",
                native_enum=False,
                create_constraint=True,
            ),
            type_=sa.VARCHAR(length=15),
            existing_nullable=False,
        )
        batch_op.drop_column("tags")
        batch_op.drop_column("stimulus_id")
        batch_op.drop_column("media")
        batch_op.drop_column("parts")
        batch_op.drop_column("marks")
        batch_op.drop_column("languages")

    with op.batch_alter_table("item_keys", schema=None) as batch_op:
        batch_op.drop_column("program")
        batch_op.drop_column("parts")

    with op.batch_alter_table("forms", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_forms_draw_id_form_draws"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_forms_draw_id"))
        batch_op.drop_column("draw_id")

    with op.batch_alter_table("response_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_files_attempt_id"))

    op.drop_table("response_files")
    op.drop_table("item_translations")
    op.drop_table("item_sources")
    with op.batch_alter_table("item_listing", schema=None) as batch_op:
        batch_op.drop_index("ix_item_listing_browse")

    op.drop_table("item_listing")
    with op.batch_alter_table("form_draws", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_draws_assessment_id"))

    op.drop_table("form_draws")
    with op.batch_alter_table("blueprint_waivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blueprint_waivers_blueprint_id"))

    op.drop_table("blueprint_waivers")
    op.drop_table("credential_publications")
    with op.batch_alter_table("credential_adoptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credential_adoptions_parent_version_id"))

    op.drop_table("credential_adoptions")
    with op.batch_alter_table("adoption_permissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adoption_permissions_body_id"))

    op.drop_table("adoption_permissions")
    op.drop_table("item_media")
    op.drop_table("import_mappings")
    op.drop_table("bank_snapshots")
