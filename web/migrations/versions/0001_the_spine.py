# SPDX-License-Identifier: Apache-2.0
"""The spine."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_log_organisation_id_id"), ["organisation_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_audit_log_subject_id_id"), ["subject_id", "id"], unique=False)

    op.create_table(
        "blob_keys",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_blob_keys")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawn_at >= given_at", name=op.f("ck_consents_withdrawn_after_given")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint(
            "subject_id",
            "notice_version",
            "given_at",
            name=op.f("uq_consents_subject_id_notice_version_given_at"),
        ),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "logins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("person", "candidate", name="login_kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_logins_expires_after_created")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_logins")),
    )
    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logins_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "awarding_body",
                "assessment_agency",
                "operator",
                name="organisation_kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=True),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "done", "dead", name="outbox_state", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_api_keys_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "candidates",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "language",
            sa.Enum("en", "hi", name="language", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_candidates_agency_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidates_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "credential_versions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "live",
                "withdrawn",
                name="credential_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=71), nullable=False),
        sa.Column("warning_reasons", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_credential_versions_withdrawn_at_its_time"),
        ),
        sa.CheckConstraint(
            "state <> 'live' OR published_at IS NOT NULL",
            name=op.f("ck_credential_versions_live_is_published"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_credential_versions_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_versions")),
        sa.UniqueConstraint(
            "owner_id", "code", "version", name=op.f("uq_credential_versions_owner_id_code_version")
        ),
    )
    op.create_table(
        "feed_counters",
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"],
            ["organisations.id"],
            name=op.f("fk_feed_counters_awarding_body_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("awarding_body_id", name=op.f("pk_feed_counters")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower_case")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_people_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "proctoring_sessions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "ready",
                "active",
                "ended",
                name="session_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("consent_id", sa.String(length=26), nullable=True),
        sa.Column("photo_id", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_by",
            sa.Enum(
                "attempt_ended", "withdrawn", name="session_end", native_enum=False, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended' AND ended_at IS NOT NULL AND ended_by IS NOT NULL) OR (state <> 'ended' AND ended_at IS NULL AND ended_by IS NULL)",
            name=op.f("ck_proctoring_sessions_ended_whole"),
        ),
        sa.CheckConstraint(
            "state <> 'active' OR activated_at IS NOT NULL", name=op.f("ck_proctoring_sessions_active_since")
        ),
        sa.CheckConstraint(
            "state IN ('created', 'ended') OR (consent_id IS NOT NULL AND photo_id IS NOT NULL)",
            name=op.f("ck_proctoring_sessions_ready_whole"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= created_at",
            name=op.f("ck_proctoring_sessions_ended_after_created"),
        ),
        sa.CheckConstraint(
            "photo_id IS NULL OR consent_id IS NOT NULL",
            name=op.f("ck_proctoring_sessions_consent_before_photo"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_proctoring_sessions_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctoring_sessions")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_proctoring_sessions_attempt_id")),
    )
    with op.batch_alter_table("proctoring_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proctoring_sessions_sitting_id"), ["sitting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proctoring_sessions_state"), ["state"], unique=False)

    op.create_table(
        "blueprints",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=71), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_blueprints_credential_version_id_credential_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_blueprints_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blueprints")),
        sa.UniqueConstraint(
            "owner_id",
            "credential_version_id",
            "name",
            name=op.f("uq_blueprints_owner_id_credential_version_id_name"),
        ),
    )
    with op.batch_alter_table("blueprints", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_blueprints_credential_version_id"), ["credential_version_id"], unique=False
        )

    op.create_table(
        "engagements",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("territory", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("awarding_body_id <> agency_id", name=op.f("ck_engagements_two_parties")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_engagements_valid_some_time")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_engagements_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"],
            ["organisations.id"],
            name=op.f("fk_engagements_awarding_body_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_engagements_credential_version_id_credential_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
        sa.UniqueConstraint(
            "agency_id",
            "credential_version_id",
            "territory",
            "valid_from",
            name=op.f("uq_engagements_agency_id_credential_version_id_territory_valid_from"),
        ),
    )
    with op.batch_alter_table("engagements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_engagements_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_engagements_credential_version_id"), ["credential_version_id"], unique=False
        )

    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "face_gone",
                "several_faces",
                "camera_covered",
                "camera_stopped",
                name="rule_name",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "dismissed",
                "upheld",
                name="incident_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("onset_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_because",
            sa.Enum(
                "cleared",
                "suppressed",
                "watch_ended",
                "interrupted",
                name="alert_end",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("raised_numbers", sa.JSON(), nullable=False),
        sa.Column("final_numbers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("rule_version", sa.String(length=20), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open' AND decided_at IS NULL) OR (state <> 'open' AND decided_at IS NOT NULL)",
            name=op.f("ck_incidents_decided_once_closed"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL) OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)",
            name=op.f("ck_incidents_ended_whole"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= onset_at", name=op.f("ck_incidents_ended_after_onset")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_incidents_number_counts_from_one")),
        sa.CheckConstraint("raised_at >= onset_at", name=op.f("ck_incidents_raised_after_onset")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_incidents_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["proctoring_sessions.id"],
            name=op.f("fk_incidents_session_id_proctoring_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("session_id", "rule", "number", name=op.f("uq_incidents_session_id_rule_number")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_incidents_organisation_id_state_id"),
            ["organisation_id", "state", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_incidents_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "items",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_items_credential_version_id_credential_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_items_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint(
            "owner_id",
            "credential_version_id",
            "external_id",
            name=op.f("uq_items_owner_id_credential_version_id_external_id"),
        ),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_items_credential_version_id"), ["credential_version_id"], unique=False
        )

    op.create_table(
        "role_grants",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "author",
                "reviewer",
                "manager",
                "assessor",
                "proctor",
                "integrity_reviewer",
                "awarding_body",
                "operator",
                name="role",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "watches",
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("proctor_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_watches_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["proctor_id"], ["people.id"], name=op.f("fk_watches_proctor_id_people")),
        sa.PrimaryKeyConstraint("sitting_id", "proctor_id", name=op.f("pk_watches")),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("blueprint_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_assessments_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["blueprints.id"], name=op.f("fk_assessments_blueprint_id_blueprints")
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_assessments_credential_version_id_credential_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("agency_id", "blueprint_id", name=op.f("uq_assessments_agency_id_blueprint_id")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessments_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("incident_id", sa.String(length=26), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "identity_photo",
                "before",
                "onset",
                "raised",
                "after",
                name="evidence_kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'identity_photo' AND incident_id IS NULL) OR (kind <> 'identity_photo' AND incident_id IS NOT NULL)",
            name=op.f("ck_evidence_photo_or_incident"),
        ),
        sa.CheckConstraint("length(address) = 64 AND length(sha256) = 64", name=op.f("ck_evidence_hashes")),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_evidence_seq_counts_from_zero")),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_not_empty")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_evidence_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_evidence_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["proctoring_sessions.id"],
            name=op.f("fk_evidence_session_id_proctoring_sessions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_session_id"), ["session_id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("incident_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("dismissed", "upheld", name="verdict", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("reviewer_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_findings_reason_given")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_findings_number_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_findings_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_findings_reviewer_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_findings_incident_id_number")),
    )
    op.create_table(
        "item_versions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
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
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("shuffle", sa.Boolean(), nullable=False),
        sa.Column("bodies", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=71), nullable=False),
        sa.Column("author_id", sa.String(length=26), nullable=False),
        sa.Column("submitted_by", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_item_versions_withdrawn_at_its_time"),
        ),
        sa.CheckConstraint(
            "state <> 'in_review' OR submitted_by IS NOT NULL",
            name=op.f("ck_item_versions_submitted_by_someone"),
        ),
        sa.CheckConstraint(
            "state <> 'live' OR live_at IS NOT NULL", name=op.f("ck_item_versions_live_at_its_time")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_item_versions_number_from_one")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_item_versions_seconds_above_zero")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_versions_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_versions")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_item_versions_item_id_number")),
    )
    with op.batch_alter_table("item_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_versions_state_pc"), ["state", "pc"], unique=False)
        batch_op.create_index(
            "uq_item_versions_one_live",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.create_index(
            "uq_item_versions_one_open",
            ["item_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'in_review')"),
            postgresql_where=sa.text("state IN ('draft', 'in_review')"),
        )

    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column("engagement_id", sa.String(length=26), nullable=False),
        sa.Column("assessment_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_batches_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_batches_assessment_id_assessments")
        ),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"], ["organisations.id"], name=op.f("fk_batches_awarding_body_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_batches_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("agency_id", "name", name=op.f("uq_batches_agency_id_name")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batches_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batches_awarding_body_id"), ["awarding_body_id"], unique=False)

    op.create_table(
        "forms",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("assessment_id", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "sealed", "withdrawn", name="form_state", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=71), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'draft' OR sealed_at IS NULL", name=op.f("ck_forms_draft_not_sealed")),
        sa.CheckConstraint("state <> 'sealed' OR sealed_at IS NOT NULL", name=op.f("ck_forms_sealed_at")),
        sa.CheckConstraint("(sha256 IS NULL) = (sealed_at IS NULL)", name=op.f("ck_forms_sealed_with_hash")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_forms_assessment_id_assessments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )
    with op.batch_alter_table("forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forms_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "item_keys",
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("correct", sa.JSON(), nullable=False),
        sa.Column("normalise", sa.JSON(), nullable=False),
        sa.Column("rationale", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_versions.id"], name=op.f("fk_item_keys_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_item_keys")),
    )
    op.create_table(
        "item_reviews",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("actor_id", sa.String(length=26), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "submitted",
                "approved",
                "rejected",
                "withdrawn",
                name="review_step",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step <> 'rejected' OR length(comment) > 0", name=op.f("ck_item_reviews_rejected_with_a_comment")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_versions.id"], name=op.f("fk_item_reviews_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_reviews")),
    )
    with op.batch_alter_table("item_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_reviews_version_id"), ["version_id"], unique=False)

    op.create_table(
        "batch_forms",
        sa.Column("form_id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_forms_batch_id_batches")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_batch_forms_form_id_forms")),
        sa.PrimaryKeyConstraint("form_id", name=op.f("pk_batch_forms")),
    )
    with op.batch_alter_table("batch_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_forms_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "sittings",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proctored", sa.Boolean(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_sittings_window")),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name=op.f("ck_sittings_retention_days")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_sittings_batch_id_batches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
    )
    with op.batch_alter_table("sittings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sittings_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "entries",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("candidate_id", sa.String(length=26), nullable=False),
        sa.Column("form_id", sa.String(length=26), nullable=False),
        sa.Column("draw", sa.JSON(), nullable=False),
        sa.Column("extra_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("enrolled", "withdrawn", name="entry_state", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("code_key", sa.String(length=64), nullable=False),
        sa.Column("code_issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("extra_minutes BETWEEN 0 AND 1440", name=op.f("ck_entries_extra_minutes")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_entries_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_entries_candidate_id_candidates")
        ),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_entries_form_id_forms")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_entries_sitting_id_sittings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("code_key", name=op.f("uq_entries_code_key")),
        sa.UniqueConstraint("sitting_id", "candidate_id", name=op.f("uq_entries_sitting_id_candidate_id")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entries_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_entries_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "sitting_staff",
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column(
            "duty",
            sa.Enum("assessor", "proctor", name="duty", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("conflict_declared", sa.Boolean(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sitting_staff_person_id_people")),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.id"], name=op.f("fk_sitting_staff_sitting_id_sittings")
        ),
        sa.PrimaryKeyConstraint("sitting_id", "person_id", "duty", name=op.f("pk_sitting_staff")),
    )
    with op.batch_alter_table("sitting_staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_staff_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("form_id", sa.String(length=26), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "running",
                "submitted",
                name="attempt_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_by",
            sa.Enum(
                "learner",
                "deadline",
                "proctor",
                "withdrawn",
                name="ended_by",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        sa.Column("accommodation_seconds", sa.Integer(), nullable=False),
        sa.Column("credit_seconds", sa.Integer(), nullable=False),
        sa.Column("lease_epoch", sa.Integer(), nullable=False),
        sa.Column("lease_device", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'created' OR (started_at IS NULL AND ended_at IS NULL)",
            name=op.f("ck_attempts_created_is_untouched"),
        ),
        sa.CheckConstraint(
            "state <> 'running' OR (started_at IS NOT NULL AND ended_at IS NULL)",
            name=op.f("ck_attempts_running_has_begun"),
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR (ended_at IS NOT NULL AND (started_at IS NOT NULL OR ended_by = 'withdrawn'))",
            name=op.f("ck_attempts_submitted_has_ended"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_attempts_ended_by_somebody")
        ),
        sa.CheckConstraint(
            "(lease_epoch = 0) = (lease_device IS NULL)", name=op.f("ck_attempts_lease_has_a_holder")
        ),
        sa.CheckConstraint(
            "(started_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_attempts_deadline_from_the_start")
        ),
        sa.CheckConstraint(
            "accommodation_seconds BETWEEN 0 AND 2592000", name=op.f("ck_attempts_accommodation_seconds")
        ),
        sa.CheckConstraint("credit_seconds BETWEEN 0 AND 2592000", name=op.f("ck_attempts_credit_seconds")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_attempts_ends_after_start")),
        sa.CheckConstraint("limit_seconds BETWEEN 1 AND 2592000", name=op.f("ck_attempts_limit_seconds")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_attempts_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_attempts_entry_id_entries")),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_attempts_form_id_forms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_attempts_entry_id")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_state_ends_at"), ["state", "ends_at"], unique=False)

    op.create_table(
        "marking_tasks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column(
            "component",
            sa.Enum("practical", "viva", name="task_component", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "done", name="task_state", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(length=26), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (completed_at IS NOT NULL)", name=op.f("ck_marking_tasks_done_has_an_instant")
        ),
        sa.CheckConstraint(
            "(completed_at IS NULL) = (completed_by IS NULL)",
            name=op.f("ck_marking_tasks_completed_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["completed_by"], ["people.id"], name=op.f("fk_marking_tasks_completed_by_people")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_marking_tasks_entry_id_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_tasks")),
        sa.UniqueConstraint("entry_id", "component", name=op.f("uq_marking_tasks_entry_id_component")),
    )
    op.create_table(
        "results",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "provisional",
                "declared",
                "superseded",
                name="result_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=71), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_by", sa.String(length=64), nullable=True),
        sa.Column("feed_number", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'declared' OR declared_at IS NOT NULL", name=op.f("ck_results_declared_at")
        ),
        sa.CheckConstraint(
            "state <> 'provisional' OR declared_at IS NULL", name=op.f("ck_results_provisional_not_declared")
        ),
        sa.CheckConstraint(
            "(declared_at IS NULL) = (declared_by IS NULL)", name=op.f("ck_results_declared_by_somebody")
        ),
        sa.CheckConstraint(
            "(declared_at IS NULL) = (feed_number IS NULL)", name=op.f("ck_results_declared_is_in_the_feed")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_results_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"], ["organisations.id"], name=op.f("fk_results_awarding_body_id_organisations")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_results_entry_id_entries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint(
            "awarding_body_id", "feed_number", name=op.f("uq_results_awarding_body_id_feed_number")
        ),
    )
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_results_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "uq_results_one_declared",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("state = 'declared'"),
            postgresql_where=sa.text("state = 'declared'"),
        )
        batch_op.create_index(
            "uq_results_one_provisional",
            ["entry_id"],
            unique=True,
            sqlite_where=sa.text("state = 'provisional'"),
            postgresql_where=sa.text("state = 'provisional'"),
        )

    op.create_table(
        "attempt_leases",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_leases_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "epoch", name=op.f("pk_attempt_leases")),
    )
    op.create_table(
        "deliveries",
        sa.Column("result_id", sa.String(length=26), nullable=False),
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "delivered",
                "acknowledged",
                "returned",
                name="delivery_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "(state = 'delivered') = (answered_at IS NULL)", name=op.f("ck_deliveries_answered_at")
        ),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"],
            ["organisations.id"],
            name=op.f("fk_deliveries_awarding_body_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_deliveries_result_id_results")),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "holds",
        sa.Column("cause_id", sa.String(length=64), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "interim",
                "released",
                "confirmed",
                name="hold_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'interim') = (settled_at IS NULL)", name=op.f("ck_holds_settled_at")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_holds_attempt_id_attempts")),
        sa.PrimaryKeyConstraint("cause_id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "marks",
        sa.Column("task_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("criterion_id", sa.String(length=32), nullable=False),
        sa.Column("marks", sa.String(length=32), nullable=False),
        sa.Column("assessor_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_marks_number_from_one")),
        sa.ForeignKeyConstraint(["assessor_id"], ["people.id"], name=op.f("fk_marks_assessor_id_people")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["marking_tasks.id"], name=op.f("fk_marks_task_id_marking_tasks")
        ),
        sa.PrimaryKeyConstraint("task_id", "number", name=op.f("pk_marks")),
    )
    op.create_table(
        "response_copies",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "stored",
                "repeated",
                "sequence_conflict",
                "attempt_closed",
                "late_answer",
                "lease_lost",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value_sha256", sa.String(length=71), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("client_time", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason NOT IN ('stored', 'repeated')", name=op.f("ck_response_copies_refused")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_response_copies_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["item_versions.id"],
            name=op.f("fk_response_copies_item_version_id_item_versions"),
        ),
        sa.PrimaryKeyConstraint(
            "attempt_id", "device", "seq", "reason", "value_sha256", name=op.f("pk_response_copies")
        ),
    )
    op.create_table(
        "response_events",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("client_time", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "seq >= 1 AND epoch >= 1 AND revision >= 1", name=op.f("ck_response_events_numbers_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_response_events_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["item_versions.id"],
            name=op.f("fk_response_events_item_version_id_item_versions"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", "device", "seq", name=op.f("pk_response_events")),
    )
    with op.batch_alter_table("response_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_response_events_attempt_id_item_version_id"),
            ["attempt_id", "item_version_id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("response_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_events_attempt_id_item_version_id"))

    op.drop_table("response_events")
    op.drop_table("response_copies")
    op.drop_table("marks")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holds_attempt_id"))

    op.drop_table("holds")
    op.drop_table("deliveries")
    op.drop_table("attempt_leases")
    with op.batch_alter_table("results", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_results_one_provisional",
            sqlite_where=sa.text("state = 'provisional'"),
            postgresql_where=sa.text("state = 'provisional'"),
        )
        batch_op.drop_index(
            "uq_results_one_declared",
            sqlite_where=sa.text("state = 'declared'"),
            postgresql_where=sa.text("state = 'declared'"),
        )
        batch_op.drop_index(batch_op.f("ix_results_entry_id"))

    op.drop_table("results")
    op.drop_table("marking_tasks")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_state_ends_at"))

    op.drop_table("attempts")
    with op.batch_alter_table("sitting_staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sitting_staff_person_id"))

    op.drop_table("sitting_staff")
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entries_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_entries_agency_id"))

    op.drop_table("entries")
    with op.batch_alter_table("sittings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sittings_batch_id"))

    op.drop_table("sittings")
    with op.batch_alter_table("batch_forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_forms_batch_id"))

    op.drop_table("batch_forms")
    with op.batch_alter_table("item_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_item_reviews_version_id"))

    op.drop_table("item_reviews")
    op.drop_table("item_keys")
    with op.batch_alter_table("forms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forms_assessment_id"))

    op.drop_table("forms")
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batches_awarding_body_id"))
        batch_op.drop_index(batch_op.f("ix_batches_agency_id"))

    op.drop_table("batches")
    with op.batch_alter_table("item_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_item_versions_one_open",
            sqlite_where=sa.text("state IN ('draft', 'in_review')"),
            postgresql_where=sa.text("state IN ('draft', 'in_review')"),
        )
        batch_op.drop_index(
            "uq_item_versions_one_live",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.drop_index(batch_op.f("ix_item_versions_state_pc"))

    op.drop_table("item_versions")
    op.drop_table("findings")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_session_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_incident_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessments_agency_id"))

    op.drop_table("assessments")
    op.drop_table("watches")
    op.drop_table("role_grants")
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_credential_version_id"))

    op.drop_table("items")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_incidents_organisation_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_incidents_attempt_id"))

    op.drop_table("incidents")
    with op.batch_alter_table("engagements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_engagements_credential_version_id"))
        batch_op.drop_index(batch_op.f("ix_engagements_agency_id"))

    op.drop_table("engagements")
    with op.batch_alter_table("blueprints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blueprints_credential_version_id"))

    op.drop_table("blueprints")
    with op.batch_alter_table("proctoring_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctoring_sessions_state"))
        batch_op.drop_index(batch_op.f("ix_proctoring_sessions_sitting_id"))

    op.drop_table("proctoring_sessions")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_organisation_id"))

    op.drop_table("people")
    op.drop_table("feed_counters")
    op.drop_table("credential_versions")
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidates_agency_id"))

    op.drop_table("candidates")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_keys_organisation_id"))

    op.drop_table("api_keys")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_state_due_at"))

    op.drop_table("outbox")
    op.drop_table("organisations")
    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_logins_subject_id"))

    op.drop_table("logins")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_subject_id"))

    op.drop_table("consents")
    op.drop_table("blob_keys")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_log_subject_id_id"))
        batch_op.drop_index(batch_op.f("ix_audit_log_organisation_id_id"))

    op.drop_table("audit_log")
