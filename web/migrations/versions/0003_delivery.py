# SPDX-License-Identifier: Apache-2.0
"""Delivery."""

import sqlalchemy as sa
from alembic import op

from web.schema_changes import drop_check, set_check

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


CHECKS = [
    ("attempts", "ck_attempts_paused_seconds", "paused_seconds >= 0"),
    (
        "attempts",
        "ck_attempts_paused_while_running",
        "paused_at IS NULL OR (state = 'running' AND paused_at >= started_at AND paused_at < ends_at)",
    ),
    ("attempts", "ck_attempts_reason_of_an_end", "ended_reason = '' OR ended_by IS NOT NULL"),
    ("candidates", "ck_candidates_apaar", "(apaar_sealed IS NULL) = (apaar_key IS NULL)"),
    ("entries", "ck_entries_entry_state", "state IN ('enrolled', 'withdrawn', 'absent')"),
    ("entries", "ck_entries_training_minutes", "training_minutes BETWEEN 0 AND 120000"),
    ("entries", "ck_entries_tries", "(try_number = 1) = (previous_entry_id IS NULL)"),
    ("entries", "ck_entries_try_number", "try_number >= 1"),
    (
        "response_copies",
        "ck_response_copies_verdict",
        "reason IN ('stored', 'repeated', 'sequence_conflict', 'attempt_closed', 'late_answer', 'lease_lost', 'section_closed', 'section_order', 'item_closed', 'attempts_used_up', 'skipping_not_allowed', 'answer_incomplete')",
    ),
    ("response_copies", "ck_response_copies_refused", "reason NOT IN ('stored', 'repeated')"),
    (
        "role_grants",
        "ck_role_grants_role",
        "role IN ('author', 'reviewer', 'manager', 'assessor', 'proctor', 'integrity_reviewer', 'awarding_body', 'operator', 'administrator')",
    ),
]
NEW_CHECKS = (
    ("attempts", "ck_attempts_paused_seconds"),
    ("attempts", "ck_attempts_paused_while_running"),
    ("attempts", "ck_attempts_reason_of_an_end"),
    ("candidates", "ck_candidates_apaar"),
    ("candidates", "ck_candidates_gender"),
    ("entries", "ck_entries_pathway"),
    ("sittings", "ck_sittings_sitting_state"),
    ("entries", "ck_entries_training_minutes"),
    ("entries", "ck_entries_tries"),
    ("entries", "ck_entries_try_number"),
)
EARLIER_CHECKS = (
    ("entries", "ck_entries_entry_state", "state IN ('enrolled', 'withdrawn')"),
    (
        "response_copies",
        "ck_response_copies_verdict",
        "reason IN ('stored', 'repeated', 'sequence_conflict', 'attempt_closed', 'late_answer', 'lease_lost')",
    ),
    ("response_copies", "ck_response_copies_refused", "reason NOT IN ('stored', 'repeated')"),
    (
        "role_grants",
        "ck_role_grants_role",
        "role IN ('author', 'reviewer', 'manager', 'assessor', 'proctor', 'integrity_reviewer', 'awarding_body', 'operator')",
    ),
)


def upgrade() -> None:
    _change()
    connection = op.get_bind()
    for table, name, condition in CHECKS:
        set_check(connection, table, name, condition)
    op.execute(
        "UPDATE entries SET batch_id = (SELECT batch_id FROM sittings WHERE sittings.id = entries.sitting_id)"
    )


def _change() -> None:
    op.create_table(
        "lti_keys",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(length=4000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_keys")),
    )
    op.create_table(
        "lti_nonces",
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_lti_nonces")),
    )
    with op.batch_alter_table("lti_nonces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lti_nonces_used_at"), ["used_at"], unique=False)

    op.create_table(
        "password_requests",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_requests")),
    )
    op.create_table(
        "telemetry_counts",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", "device", name=op.f("pk_telemetry_counts")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_since"), ["since"], unique=False)

    op.create_table(
        "assessment_policies",
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column("ask_within_days", sa.Integer(), nullable=False),
        sa.Column("hold_within_months", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ask_within_days BETWEEN 1 AND 365", name=op.f("ck_assessment_policies_ask_within_days")
        ),
        sa.CheckConstraint(
            "hold_within_months BETWEEN 1 AND 24", name=op.f("ck_assessment_policies_hold_within_months")
        ),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"],
            ["organisations.id"],
            name=op.f("fk_assessment_policies_awarding_body_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("awarding_body_id", name=op.f("pk_assessment_policies")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitations_accepted_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_invitations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "lti_platforms",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=300), nullable=False),
        sa.Column("deployments", sa.JSON(), nullable=False),
        sa.Column("authorization_url", sa.String(length=500), nullable=False),
        sa.Column("token_url", sa.String(length=500), nullable=False),
        sa.Column("keys_url", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_lti_platforms_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_platforms")),
    )
    with op.batch_alter_table("lti_platforms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lti_platforms_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "access_code",
                "sitting_changed",
                "sitting_cancelled",
                "result_declared",
                "decision_made",
                "erasure_notice",
                "staff_invitation",
                "password_reset",
                "second_factor_reset",
                name="notice_kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "phone", name="channel", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("masked", sa.String(length=260), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                "withdrawn",
                name="notice_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "failure",
            sa.Enum(
                "no_address",
                "no_channel",
                "rejected",
                "unreadable",
                "unreachable",
                "timed_out",
                "port_error",
                name="failure",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cause_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "state <> 'failed' OR NOT confidential OR sealed IS NULL", name=op.f("ck_notices_secret_wiped")
        ),
        sa.CheckConstraint(
            "state <> 'waiting' OR (sealed IS NOT NULL AND channel IS NOT NULL)",
            name=op.f("ck_notices_waiting_sealed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'withdrawn') OR sealed IS NULL", name=op.f("ck_notices_words_wiped")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_notices_tries")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_notices_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("cause_id", "subject_id", name=op.f("uq_notices_cause_id_subject_id")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_notices_organisation_id_id"), ["organisation_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_notices_state_id"), ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "proctor_messages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("sent_by", sa.String(length=26), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("broadcast_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_proctor_messages_says_something")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_proctor_messages_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proctor_messages")),
    )
    with op.batch_alter_table("proctor_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proctor_messages_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "sign_on_providers",
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=300), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(length=1000), nullable=False),
        sa.Column("allowed_domains", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sign_on_providers_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_sign_on_providers")),
        sa.UniqueConstraint("slug", name=op.f("uq_sign_on_providers_slug")),
    )
    op.create_table(
        "telemetry_notes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hidden",
                "blur",
                "focus",
                "full_screen_left",
                "full_screen_back",
                "copy",
                "cut",
                "paste",
                "paste_refused",
                "beforeprint",
                "screens_one",
                "screens_several",
                "screens_unknown",
                "screen_changed",
                "window_shape",
                "contextmenu",
                "reloaded",
                "clock_jumped",
                "left_out",
                name="kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("item", sa.String(length=64), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "none",
                "dialog",
                "camera",
                "file",
                "calculator",
                "notes",
                name="cause",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("typing", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_telemetry_notes_amount")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_telemetry_notes_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_telemetry_notes_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_notes")),
        sa.UniqueConstraint(
            "attempt_id", "device", "number", name=op.f("uq_telemetry_notes_attempt_id_device_number")
        ),
    )
    with op.batch_alter_table("telemetry_notes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_telemetry_notes_attempt_id_occurred_at"),
            ["attempt_id", "occurred_at"],
            unique=False,
        )

    op.create_table(
        "formative_links",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(length=26), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_formative_links_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_formative_links_credential_version_id_credential_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formative_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_formative_links_token_hash")),
    )
    with op.batch_alter_table("formative_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_formative_links_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "lti_learners",
        sa.Column("platform_id", sa.String(length=26), nullable=False),
        sa.Column("deployment_id", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column("line_item_url", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platforms.id"], name=op.f("fk_lti_learners_platform_id_lti_platforms")
        ),
        sa.PrimaryKeyConstraint(
            "platform_id", "deployment_id", "subject", "sitting_id", name=op.f("pk_lti_learners")
        ),
        sa.UniqueConstraint("entry_id", name=op.f("uq_lti_learners_entry_id")),
    )
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_password_resets_person_id_people")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_resets")),
    )
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_resets_person_id"), ["person_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(length=200), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "sign_on_links",
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sign_on_links_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_on_links_person_id_people")),
        sa.PrimaryKeyConstraint("organisation_id", "issuer", "subject", name=op.f("pk_sign_on_links")),
        sa.UniqueConstraint("person_id", name=op.f("uq_sign_on_links_person_id")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("awarding_body_id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("engagement_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("wanted_from", sa.Date(), nullable=False),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column("particulars", sa.JSON(), nullable=False),
        sa.Column("warning_reasons", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "refused",
                "withdrawn",
                name="allocation_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'offered') = (answered_at IS NULL)", name=op.f("ck_allocations_answered_at_its_time")
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'withdrawn') OR reason <> ''", name=op.f("ck_allocations_reason")
        ),
        sa.CheckConstraint("awarding_body_id <> agency_id", name=op.f("ck_allocations_two_parties")),
        sa.CheckConstraint("candidates BETWEEN 1 AND 100000", name=op.f("ck_allocations_candidates")),
        sa.CheckConstraint("wanted_from <= wanted_until", name=op.f("ck_allocations_window")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_allocations_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["awarding_body_id"],
            ["organisations.id"],
            name=op.f("fk_allocations_awarding_body_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_allocations_credential_version_id_credential_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["engagement_id"], ["engagements.id"], name=op.f("fk_allocations_engagement_id_engagements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("awarding_body_id", "name", name=op.f("uq_allocations_awarding_body_id_name")),
    )
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocations_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "formative_items",
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=26), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "removed_at IS NULL OR shown_at IS NOT NULL", name=op.f("ck_formative_items_removed_was_shown")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_formative_items_item_id_items")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_formative_items_owner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_formative_items")),
    )
    with op.batch_alter_table("formative_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_formative_items_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "formative_runs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("agency_id", sa.String(length=26), nullable=False),
        sa.Column("credential_version_id", sa.String(length=26), nullable=False),
        sa.Column("candidate_id", sa.String(length=26), nullable=True),
        sa.Column("link_id", sa.String(length=26), nullable=True),
        sa.Column("visitor_hash", sa.String(length=64), nullable=True),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("pcs", sa.JSON(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(candidate_id IS NULL) <> (link_id IS NULL)", name=op.f("ck_formative_runs_one_way_in")
        ),
        sa.CheckConstraint(
            "(link_id IS NULL) = (visitor_hash IS NULL)", name=op.f("ck_formative_runs_visitor_by_link")
        ),
        sa.CheckConstraint("question >= 0", name=op.f("ck_formative_runs_question")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["organisations.id"], name=op.f("fk_formative_runs_agency_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_formative_runs_candidate_id_candidates")
        ),
        sa.ForeignKeyConstraint(
            ["credential_version_id"],
            ["credential_versions.id"],
            name=op.f("fk_formative_runs_credential_version_id_credential_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["formative_links.id"], name=op.f("fk_formative_runs_link_id_formative_links")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["item_versions.id"], name=op.f("fk_formative_runs_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formative_runs")),
        sa.UniqueConstraint(
            "candidate_id",
            "credential_version_id",
            name=op.f("uq_formative_runs_candidate_id_credential_version_id"),
        ),
        sa.UniqueConstraint("visitor_hash", name=op.f("uq_formative_runs_visitor_hash")),
    )
    with op.batch_alter_table("formative_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_formative_runs_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "formative_answers",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("pc", sa.String(length=32), nullable=False),
        sa.Column(
            "judged",
            sa.Enum("right", "partly", "wrong", name="judged", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_formative_answers_item_id_items")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["formative_runs.id"], name=op.f("fk_formative_answers_run_id_formative_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formative_answers")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_formative_answers_run_id_number")),
    )
    op.create_table(
        "browser_rules",
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("full_screen", sa.Boolean(), nullable=False),
        sa.Column("paste", sa.Boolean(), nullable=False),
        sa.Column(
            "secure_browser",
            sa.Enum(
                "off", "offered", "required", name="secure_browser", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("exam_keys", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.id"], name=op.f("fk_browser_rules_sitting_id_sittings")
        ),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_browser_rules")),
    )
    op.create_table(
        "browser_checks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "means",
            sa.Enum("config_key", "exam_key", name="means", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_browser_checks_entry_id_entries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_checks")),
        sa.UniqueConstraint(
            "entry_id",
            "login_hash",
            "browser_hash",
            name=op.f("uq_browser_checks_entry_id_login_hash_browser_hash"),
        ),
    )
    op.create_table(
        "browser_releases",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("released_by", sa.String(length=26), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_browser_releases_reason")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_browser_releases_entry_id_entries")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_browser_releases_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.id"], name=op.f("fk_browser_releases_sitting_id_sittings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_releases")),
    )
    with op.batch_alter_table("browser_releases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_browser_releases_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "system_checks",
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_system_checks_entry_id_entries")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_system_checks")),
    )
    op.create_table(
        "attempt_credits",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("suggested_seconds", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("beyond", sa.String(length=500), nullable=False),
        sa.Column("granted_by", sa.String(length=26), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_attempt_credits_has_a_reason")),
        sa.CheckConstraint(
            "seconds <= suggested_seconds OR beyond <> ''",
            name=op.f("ck_attempt_credits_more_than_measured_is_explained"),
        ),
        sa.CheckConstraint(
            "seconds >= 1 AND suggested_seconds >= 0", name=op.f("ck_attempt_credits_seconds")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_credits_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_credits")),
    )
    with op.batch_alter_table("attempt_credits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_credits_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "attempt_move_copies",
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
                "section_closed",
                "section_order",
                "item_closed",
                "attempts_used_up",
                "skipping_not_allowed",
                "answer_incomplete",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "enter_section",
                "leave_section",
                "visit",
                "confirm",
                name="move_kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("client_time", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason NOT IN ('stored', 'repeated')", name=op.f("ck_attempt_move_copies_refused")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_move_copies_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint(
            "attempt_id", "device", "seq", "reason", "kind", "target", name=op.f("pk_attempt_move_copies")
        ),
    )
    op.create_table(
        "attempt_moves",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "enter_section",
                "leave_section",
                "visit",
                "confirm",
                name="move_kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("credit_seconds", sa.Integer(), nullable=False),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.Column("client_time", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "credit_seconds >= 0 AND paused_seconds >= 0", name=op.f("ck_attempt_moves_seconds")
        ),
        sa.CheckConstraint("seq >= 1 AND epoch >= 1", name=op.f("ck_attempt_moves_numbers_from_one")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_moves_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "device", "seq", name=op.f("pk_attempt_moves")),
    )
    op.create_table(
        "attempt_outages",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("back_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("back_at > lost_at", name=op.f("ck_attempt_outages_back_after_lost")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_outages_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_outages")),
    )
    with op.batch_alter_table("attempt_outages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_outages_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "attempt_pauses",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_by", sa.String(length=26), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed_by", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "(resumed_at IS NULL) = (resumed_by IS NULL)", name=op.f("ck_attempt_pauses_resumed_by_somebody")
        ),
        sa.CheckConstraint("resumed_at >= paused_at", name=op.f("ck_attempt_pauses_resumed_after_pause")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_pauses_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_pauses")),
    )
    with op.batch_alter_table("attempt_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_pauses_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "attempt_presence",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.CheckConstraint("pending >= 0", name=op.f("ck_attempt_presence_pending")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_presence_attempt_id_attempts")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "device", name=op.f("pk_attempt_presence")),
    )
    op.create_table(
        "assessor_records",
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("toa_certificate", sa.String(length=100), nullable=False),
        sa.Column("toa_sector", sa.String(length=100), nullable=False),
        sa.Column("toa_valid_until", sa.Date(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_assessor_records_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_assessor_records")),
    )
    op.create_table(
        "late_decisions",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_version_id", sa.String(length=26), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "stored",
                "repeated",
                "sequence_conflict",
                "attempt_closed",
                "late_answer",
                "lease_lost",
                "section_closed",
                "section_order",
                "item_closed",
                "attempts_used_up",
                "skipping_not_allowed",
                "answer_incomplete",
                name="verdict",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("value_sha256", sa.String(length=71), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("admitted", "refused", name="late_decision", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_late_decisions_has_a_reason")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_late_decisions_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["item_versions.id"],
            name=op.f("fk_late_decisions_item_version_id_item_versions"),
        ),
        sa.PrimaryKeyConstraint(
            "attempt_id", "device", "seq", "item_version_id", name=op.f("pk_late_decisions")
        ),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("paused_seconds", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("ended_reason", sa.String(length=500), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("section_ends_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("allocation_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("region", sa.String(length=6), server_default="", nullable=False))
        batch_op.add_column(sa.Column("particulars", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("warning_reasons", sa.JSON(), server_default="{}", nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_batches_allocation_id"), ["allocation_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_batches_allocation_id_allocations"), "allocations", ["allocation_id"], ["id"]
        )

    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "gender",
                sa.Enum(
                    "female",
                    "male",
                    "other",
                    "not_said",
                    name="gender",
                    native_enum=False,
                    create_constraint=True,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("disabled", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("disabilities", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("email", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("phone", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("apaar_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("apaar_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("qualification", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("guardian_name", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("guardian_contact", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_candidates_agency_id_apaar_key"), ["agency_id", "apaar_key"]
        )

    with op.batch_alter_table("engagements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(length=500), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ended_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("ended_reason", sa.String(length=500), server_default="", nullable=False)
        )
        batch_op.alter_column(
            "territory",
            existing_type=sa.VARCHAR(length=100),
            type_=sa.String(length=400),
            existing_nullable=False,
        )

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("agency_number", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("try_number", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("previous_entry_id", sa.String(length=26), nullable=True))
        batch_op.add_column(
            sa.Column(
                "pathway",
                sa.Enum("trained", "rpl", name="pathway", native_enum=False, create_constraint=True),
                server_default="trained",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("training_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("accommodations", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("enrolment", sa.JSON(), server_default="{}", nullable=False))
        batch_op.create_index(batch_op.f("ix_entries_batch_id"), ["batch_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_entries_batch_id_agency_number_try_number"),
            ["batch_id", "agency_number", "try_number"],
        )
        batch_op.create_unique_constraint(batch_op.f("uq_entries_previous_entry_id"), ["previous_entry_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_entries_previous_entry_id_entries"), "entries", ["previous_entry_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_entries_batch_id_batches"), "batches", ["batch_id"], ["id"]
        )

    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("browser", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("idle_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("awaits_second_factor", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_logins_public_id"), ["public_id"])

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("second_factor_required", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("response_copies", schema=None) as batch_op:
        batch_op.alter_column(
            "reason", existing_type=sa.VARCHAR(length=17), type_=sa.String(length=20), existing_nullable=False
        )

    with op.batch_alter_table("sittings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("training_partner", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "state",
                sa.Enum(
                    "planned", "cancelled", name="sitting_state", native_enum=False, create_constraint=True
                ),
                server_default="planned",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column("cancelled_reason", sa.String(length=500), server_default="", nullable=False)
        )


def downgrade() -> None:
    connection = op.get_bind()
    for table, name in NEW_CHECKS:
        drop_check(connection, table, name)
    for table, name, condition in EARLIER_CHECKS:
        set_check(connection, table, name, condition)
    with op.batch_alter_table("sittings", schema=None) as batch_op:
        batch_op.drop_column("cancelled_reason")
        batch_op.drop_column("state")
        batch_op.drop_column("training_partner")

    with op.batch_alter_table("response_copies", schema=None) as batch_op:
        batch_op.alter_column(
            "reason", existing_type=sa.String(length=20), type_=sa.VARCHAR(length=17), existing_nullable=False
        )

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("last_sign_in_at")

    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("second_factor_required")

    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_logins_public_id"), type_="unique")
        batch_op.drop_column("awaits_second_factor")
        batch_op.drop_column("proved_at")
        batch_op.drop_column("idle_at")
        batch_op.drop_column("seen_at")
        batch_op.drop_column("browser")
        batch_op.drop_column("public_id")

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_entries_batch_id_batches"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_entries_previous_entry_id_entries"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_entries_previous_entry_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_entries_batch_id_agency_number_try_number"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_entries_batch_id"))
        batch_op.drop_column("enrolment")
        batch_op.drop_column("accommodations")
        batch_op.drop_column("training_minutes")
        batch_op.drop_column("pathway")
        batch_op.drop_column("previous_entry_id")
        batch_op.drop_column("try_number")
        batch_op.drop_column("agency_number")
        batch_op.drop_column("batch_id")

    with op.batch_alter_table("engagements", schema=None) as batch_op:
        batch_op.alter_column(
            "territory",
            existing_type=sa.String(length=400),
            type_=sa.VARCHAR(length=100),
            existing_nullable=False,
        )
        batch_op.drop_column("ended_reason")
        batch_op.drop_column("ended_from")
        batch_op.drop_column("note")

    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_candidates_agency_id_apaar_key"), type_="unique")
        batch_op.drop_column("guardian_contact")
        batch_op.drop_column("guardian_name")
        batch_op.drop_column("qualification")
        batch_op.drop_column("apaar_key")
        batch_op.drop_column("apaar_sealed")
        batch_op.drop_column("phone")
        batch_op.drop_column("email")
        batch_op.drop_column("disabilities")
        batch_op.drop_column("disabled")
        batch_op.drop_column("gender")

    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_batches_allocation_id_allocations"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_batches_allocation_id"), type_="unique")
        batch_op.drop_column("warning_reasons")
        batch_op.drop_column("particulars")
        batch_op.drop_column("region")
        batch_op.drop_column("allocation_id")

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("section_ends_at")
        batch_op.drop_column("ended_reason")
        batch_op.drop_column("paused_seconds")
        batch_op.drop_column("paused_at")

    op.drop_table("late_decisions")
    op.drop_table("assessor_records")
    op.drop_table("attempt_presence")
    with op.batch_alter_table("attempt_pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_pauses_attempt_id"))

    op.drop_table("attempt_pauses")
    with op.batch_alter_table("attempt_outages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_outages_attempt_id"))

    op.drop_table("attempt_outages")
    op.drop_table("attempt_moves")
    op.drop_table("attempt_move_copies")
    with op.batch_alter_table("attempt_credits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_credits_attempt_id"))

    op.drop_table("attempt_credits")
    op.drop_table("system_checks")
    with op.batch_alter_table("browser_releases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_browser_releases_sitting_id"))

    op.drop_table("browser_releases")
    op.drop_table("browser_checks")
    op.drop_table("browser_rules")
    op.drop_table("formative_answers")
    with op.batch_alter_table("formative_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_formative_runs_agency_id"))

    op.drop_table("formative_runs")
    with op.batch_alter_table("formative_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_formative_items_owner_id"))

    op.drop_table("formative_items")
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocations_agency_id"))

    op.drop_table("allocations")
    op.drop_table("sign_on_links")
    op.drop_table("second_factors")
    op.drop_table("recovery_codes")
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_resets_person_id"))

    op.drop_table("password_resets")
    op.drop_table("lti_learners")
    with op.batch_alter_table("formative_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_formative_links_agency_id"))

    op.drop_table("formative_links")
    with op.batch_alter_table("telemetry_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telemetry_notes_attempt_id_occurred_at"))

    op.drop_table("telemetry_notes")
    op.drop_table("sign_on_providers")
    with op.batch_alter_table("proctor_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proctor_messages_attempt_id"))

    op.drop_table("proctor_messages")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_subject_id"))
        batch_op.drop_index(batch_op.f("ix_notices_state_id"))
        batch_op.drop_index(batch_op.f("ix_notices_organisation_id_id"))

    op.drop_table("notices")
    with op.batch_alter_table("lti_platforms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lti_platforms_organisation_id"))

    op.drop_table("lti_platforms")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_organisation_id"))

    op.drop_table("invitations")
    op.drop_table("assessment_policies")
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tries_since"))

    op.drop_table("tries")
    op.drop_table("telemetry_counts")
    op.drop_table("password_requests")
    with op.batch_alter_table("lti_nonces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lti_nonces_used_at"))

    op.drop_table("lti_nonces")
    op.drop_table("lti_keys")
