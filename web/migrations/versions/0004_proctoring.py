# SPDX-License-Identifier: Apache-2.0
"""Proctoring: what is looked at, noted, decided, agreed to, kept and deleted."""

import sqlalchemy as sa
from alembic import op

from web.schema_changes import drop_check, set_check

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


CHECKS = (
    (
        "evidence",
        "ck_evidence_evidence_kind",
        "kind IN ('identity_photo', 'before', 'onset', 'raised', 'after', 'id_card', 'check_in', 'sample')",
    ),
    (
        "evidence",
        "ck_evidence_photo_or_incident",
        "(kind IN ('identity_photo', 'id_card', 'sample') AND incident_id IS NULL AND alert_id IS NULL) OR (kind = 'check_in' AND incident_id IS NULL) OR (kind IN ('before', 'onset', 'raised', 'after') AND (incident_id IS NOT NULL OR alert_id IS NOT NULL))",
    ),
    ("evidence", "ck_evidence_stored_hash", "length(stored_sha256) = 64"),
    (
        "incidents",
        "ck_incidents_decided_once_closed",
        "(state IN ('open', 'proposed')) = (decided_at IS NULL)",
    ),
    (
        "incidents",
        "ck_incidents_different_reviewers",
        "second_reviewer_id IS NULL OR (first_reviewer_id IS NOT NULL AND second_reviewer_id <> first_reviewer_id)",
    ),
    (
        "incidents",
        "ck_incidents_first_reviewer",
        "decided_under = 'one_reviewer' OR (state = 'open') = (first_reviewer_id IS NULL)",
    ),
    ("incidents", "ck_incidents_incident_state", "state IN ('open', 'proposed', 'dismissed', 'upheld')"),
    (
        "incidents",
        "ck_incidents_no_note_by_machine",
        "origin <> 'rule' OR rule IN ('face_gone', 'several_faces', 'someone_else', 'camera_covered', 'camera_frozen', 'camera_stopped', 'pictures_altered')",
    ),
    ("incidents", "ck_incidents_noted_before", "(origin = 'note') = (alert_id IS NOT NULL)"),
    (
        "incidents",
        "ck_incidents_one_reviewer_once",
        "decided_under = 'two_reviewers' OR state IN ('dismissed', 'upheld')",
    ),
    ("incidents", "ck_incidents_proposed_by_one", "state <> 'proposed' OR second_reviewer_id IS NULL"),
    (
        "incidents",
        "ck_incidents_raised_with_reason",
        "(origin = 'rule') = (raised_by IS NULL) AND (origin = 'rule') = (length(trim(raised_reason)) = 0)",
    ),
    (
        "incidents",
        "ck_incidents_rule_name",
        "rule IN ('face_gone', 'several_faces', 'camera_covered', 'camera_stopped', 'someone_else', 'looking_away', 'phone_possible', 'book_possible', 'camera_dark', 'camera_blurred', 'camera_frozen', 'camera_looped', 'virtual_camera', 'speech', 'focus_lost', 'pasted', 'hand_raised', 'pictures_missing', 'pictures_altered', 'prefilter_disagrees', 'liveness_failed')",
    ),
    ("incidents", "ck_incidents_rule_or_person", "(origin = 'person') = (rule IS NULL)"),
    (
        "incidents",
        "ck_incidents_upheld_by_two",
        "state <> 'upheld' OR decided_under = 'one_reviewer' OR second_reviewer_id IS NOT NULL",
    ),
    (
        "notices",
        "ck_notices_notice_kind",
        "kind IN ('access_code', 'sitting_changed', 'sitting_cancelled', 'result_declared', 'decision_made', 'erasure_notice', 'staff_invitation', 'password_reset', 'second_factor_reset', 'erasure_done', 'guardian_code')",
    ),
    (
        "proctor_messages",
        "ck_proctor_messages_learners_number",
        "(direction = 'from_learner') = (number IS NOT NULL)",
    ),
)
NEW_CHECKS = (
    ("evidence", "ck_evidence_stored_hash"),
    ("evidence", "ck_evidence_redaction"),
    ("incidents", "ck_incidents_different_reviewers"),
    ("incidents", "ck_incidents_first_reviewer"),
    ("incidents", "ck_incidents_no_note_by_machine"),
    ("incidents", "ck_incidents_noted_before"),
    ("incidents", "ck_incidents_one_reviewer_once"),
    ("incidents", "ck_incidents_proposed_by_one"),
    ("incidents", "ck_incidents_raised_with_reason"),
    ("incidents", "ck_incidents_rule_or_person"),
    ("incidents", "ck_incidents_upheld_by_two"),
    ("incidents", "ck_incidents_origin"),
    ("incidents", "ck_incidents_decided_under"),
    ("proctor_messages", "ck_proctor_messages_learners_number"),
    ("proctor_messages", "ck_proctor_messages_direction"),
    ("proctor_messages", "ck_proctor_messages_hint"),
)
EARLIER_CHECKS = (
    (
        "evidence",
        "ck_evidence_evidence_kind",
        "kind IN ('identity_photo', 'before', 'onset', 'raised', 'after')",
    ),
    (
        "evidence",
        "ck_evidence_photo_or_incident",
        "(kind = 'identity_photo' AND incident_id IS NULL) OR (kind <> 'identity_photo' AND incident_id IS NOT NULL)",
    ),
    (
        "incidents",
        "ck_incidents_decided_once_closed",
        "(state = 'open' AND decided_at IS NULL) OR (state <> 'open' AND decided_at IS NOT NULL)",
    ),
    ("incidents", "ck_incidents_incident_state", "state IN ('open', 'dismissed', 'upheld')"),
    (
        "incidents",
        "ck_incidents_rule_name",
        "rule IN ('face_gone', 'several_faces', 'camera_covered', 'camera_stopped')",
    ),
    (
        "notices",
        "ck_notices_notice_kind",
        "kind IN ('access_code', 'sitting_changed', 'sitting_cancelled', 'result_declared', 'decision_made', 'erasure_notice', 'staff_invitation', 'password_reset', 'second_factor_reset')",
    ),
)


def upgrade() -> None:
    _change()
    # What waits is decided by two people from now on; what one person decided stays as it was.
    op.execute("UPDATE incidents SET decided_under = 'two_reviewers' WHERE state = 'open'")
    connection = op.get_bind()
    for table, name, condition in CHECKS:
        set_check(connection, table, name, condition)


def _change() -> None:
    op.create_table(
        "age_statements",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("of_age", sa.Boolean(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_age_statements")),
    )
    with op.batch_alter_table("age_statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_age_statements_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "consent_notices",
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_consent_notices")),
    )
    op.create_table(
        "deletion_receipts",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=True),
        sa.Column(
            "data_class",
            sa.Enum(
                "samples",
                "identity_pictures",
                "incident_pictures",
                "note_pictures",
                "baseline",
                "messages",
                "device_notes",
                "system_checks",
                "practice",
                "answers",
                "particulars",
                "consents",
                "result",
                "access_log",
                name="data_class",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "because",
            sa.Enum(
                "period_over", "erasure", name="deleted_because", native_enum=False, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("policy_version", sa.String(length=20), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("delete_early", "keep_a_year", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erasure_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "(because = 'erasure') = (erasure_id IS NOT NULL)",
            name=op.f("ck_deletion_receipts_of_an_erasure"),
        ),
        sa.CheckConstraint("count >= 0", name=op.f("ck_deletion_receipts_count")),
        sa.CheckConstraint("length(digest) = 71", name=op.f("ck_deletion_receipts_digest")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_deletion_receipts_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_receipts")),
    )
    with op.batch_alter_table("deletion_receipts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deletion_receipts_organisation_id_id"), ["organisation_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_deletion_receipts_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "confirmed",
                "done",
                "refused",
                "taken_back",
                name="erasure_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("proof", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_erasures_done_at")),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'done') OR (erase_at IS NOT NULL AND decided_by IS NOT NULL)",
            name=op.f("ck_erasures_confirmed_by_somebody"),
        ),
        sa.CheckConstraint("(done_at IS NULL) = (proof IS NULL)", name=op.f("ck_erasures_proof_of_the_done")),
        sa.CheckConstraint("done_at >= erase_at", name=op.f("ck_erasures_not_before_its_time")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_erasures_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_erasures_organisation_id_state_id"),
            ["organisation_id", "state", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_erasures_one_open",
            ["subject_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'confirmed')"),
            postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
        )

    op.create_table(
        "evidence_looks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("evidence_id", sa.String(length=26), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "identity_photo",
                "before",
                "onset",
                "raised",
                "after",
                "id_card",
                "check_in",
                "sample",
                name="evidence_kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_evidence_looks_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_looks")),
    )
    with op.batch_alter_table("evidence_looks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_looks_attempt_id_id"), ["attempt_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_evidence_looks_organisation_id_id"), ["organisation_id", "id"], unique=False
        )

    op.create_table(
        "guardian_consents",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("subject_id", sa.String(length=26), nullable=False),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("guardian_name", sa.String(length=200), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "mother",
                "father",
                "legal_guardian",
                name="relation",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "means",
            sa.Enum("code", "paper", name="means", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("masked", sa.String(length=254), nullable=False),
        sa.Column("code_key", sa.String(length=64), nullable=True),
        sa.Column("codes_sent", sa.Integer(), nullable=False),
        sa.Column("code_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.String(length=26), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "means <> 'paper' OR (recorded_by IS NOT NULL AND reason <> '')",
            name=op.f("ck_guardian_consents_paper_was_seen"),
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR given_at IS NOT NULL",
            name=op.f("ck_guardian_consents_given_before_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_guardian_consents_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_consents")),
    )
    with op.batch_alter_table("guardian_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_consents_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "learner_calls",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("hand_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(waiting = 0) = (waiting_at IS NULL)", name=op.f("ck_learner_calls_waiting_since")
        ),
        sa.CheckConstraint("waiting >= 0", name=op.f("ck_learner_calls_waiting_counts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_learner_calls_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_learner_calls")),
    )
    op.create_table(
        "retention_settings",
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("delete_early", "keep_a_year", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("appeal_days BETWEEN 0 AND 90", name=op.f("ck_retention_settings_appeal_days")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_retention_settings_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_retention_settings")),
    )
    op.create_table(
        "watch_exemptions",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column(
            "proof",
            sa.Enum(
                "certificate",
                "disability_card",
                "seen_in_person",
                "own_word",
                name="proof_seen",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("granted_by", sa.String(length=26), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.String(length=26), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_watch_exemptions_reason")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_watch_exemptions_ended_whole")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_watch_exemptions_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_exemptions")),
    )
    with op.batch_alter_table("watch_exemptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_exemptions_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "watch_plans",
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("id_card", sa.Boolean(), nullable=False),
        sa.Column("calibration", sa.Boolean(), nullable=False),
        sa.Column("liveness", sa.Boolean(), nullable=False),
        sa.Column("rechecks", sa.Boolean(), nullable=False),
        sa.Column("objects", sa.Boolean(), nullable=False),
        sa.Column("voice", sa.Boolean(), nullable=False),
        sa.Column("prefilter", sa.Boolean(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("full", "economy", "prefiltered", name="mode", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("set_by", sa.String(length=26), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT liveness OR calibration", name=op.f("ck_watch_plans_liveness_needs_calibration")
        ),
        sa.CheckConstraint("NOT rechecks OR liveness", name=op.f("ck_watch_plans_rechecks_need_liveness")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_watch_plans_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_watch_plans")),
    )
    op.create_table(
        "alerts",
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
                "someone_else",
                "looking_away",
                "phone_possible",
                "book_possible",
                "camera_dark",
                "camera_blurred",
                "camera_frozen",
                "camera_looped",
                "virtual_camera",
                "speech",
                "focus_lost",
                "pasted",
                "hand_raised",
                "pictures_missing",
                "pictures_altered",
                "prefilter_disagrees",
                "liveness_failed",
                name="rule_name",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "weight",
            sa.Enum("incident", "note", name="weight", native_enum=False, create_constraint=True),
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
        sa.Column("validated", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight = 'note'", name=op.f("ck_alerts_only_notes")),
        sa.CheckConstraint(
            "(ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL) OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)",
            name=op.f("ck_alerts_ended_whole"),
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= onset_at", name=op.f("ck_alerts_ended_after_onset")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_alerts_number_counts_from_one")),
        sa.CheckConstraint("raised_at >= onset_at", name=op.f("ck_alerts_raised_after_onset")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_alerts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["proctoring_sessions.id"], name=op.f("fk_alerts_session_id_proctoring_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("session_id", "rule", "number", name=op.f("uq_alerts_session_id_rule_number")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_sitting_id"), ["sitting_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_alerts_organisation_id_attempt_id"),
            ["organisation_id", "attempt_id"],
            unique=False,
        )

    op.create_table(
        "check_ins",
        sa.Column("session_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("consent_id", sa.String(length=26), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card_evidence_id", sa.String(length=26), nullable=True),
        sa.Column("card_address", sa.String(length=64), nullable=True),
        sa.Column("card_similarity", sa.Double(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calibrated", sa.Boolean(), nullable=False),
        sa.Column("enrolled_looks", sa.Integer(), nullable=False),
        sa.Column("wall_faces", sa.Integer(), nullable=False),
        sa.Column("learned_address", sa.String(length=64), nullable=True),
        sa.Column("challenges", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("model_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "card_address IS NULL OR card_evidence_id IS NOT NULL", name=op.f("ck_check_ins_card_whole")
        ),
        sa.CheckConstraint(
            "card_similarity IS NULL OR card_similarity BETWEEN -1 AND 1",
            name=op.f("ck_check_ins_similarity"),
        ),
        sa.CheckConstraint(
            "completed_at IS NOT NULL OR learned_address IS NULL",
            name=op.f("ck_check_ins_learned_when_completed"),
        ),
        sa.CheckConstraint("enrolled_looks BETWEEN 0 AND 5", name=op.f("ck_check_ins_enrolled_looks")),
        sa.CheckConstraint("wall_faces >= 0", name=op.f("ck_check_ins_wall_faces")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_check_ins_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["proctoring_sessions.id"],
            name=op.f("fk_check_ins_session_id_proctoring_sessions"),
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_check_ins")),
    )
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_ins_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "hand_overs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("from_id", sa.String(length=26), nullable=False),
        sa.Column("to_id", sa.String(length=26), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("attempt_ids", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "withdrawn",
                name="hand_over_state",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'offered') = (answered_at IS NULL)", name=op.f("ck_hand_overs_answered_once")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_hand_overs_to_another")),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"], name=op.f("fk_hand_overs_from_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_hand_overs_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["to_id"], ["people.id"], name=op.f("fk_hand_overs_to_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_overs_sitting_id_id"), ["sitting_id", "id"], unique=False)

    op.create_table(
        "notes_seen",
        sa.Column("alert_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("seen_by", sa.String(length=26), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_notes_seen_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["seen_by"], ["people.id"], name=op.f("fk_notes_seen_seen_by_people")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_notes_seen")),
    )
    with op.batch_alter_table("notes_seen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_seen_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "review_samples",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.String(length=26), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "clean >= 0 AND flagged >= 0 AND clean + flagged > 0", name=op.f("ck_review_samples_drawn_from")
        ),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_review_samples_percent")),
        sa.ForeignKeyConstraint(["drawn_by"], ["people.id"], name=op.f("fk_review_samples_drawn_by_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_review_samples_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_samples")),
        sa.UniqueConstraint("sitting_id", name=op.f("uq_review_samples_sitting_id")),
    )
    with op.batch_alter_table("review_samples", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_samples_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "review_shares",
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(length=26), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_review_shares_percent")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_review_shares_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_review_shares_set_by_people")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_review_shares")),
    )
    op.create_table(
        "wall_shares",
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("proctor_id", sa.String(length=26), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_wall_shares_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["proctor_id"], ["people.id"], name=op.f("fk_wall_shares_proctor_id_people")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_wall_shares")),
    )
    with op.batch_alter_table("wall_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wall_shares_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "watch_spells",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("proctor_id", sa.String(length=26), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_at >= started_at", name=op.f("ck_watch_spells_last_after_start")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_watch_spells_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["proctor_id"], ["people.id"], name=op.f("fk_watch_spells_proctor_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_spells")),
    )
    with op.batch_alter_table("watch_spells", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_watch_spells_sitting_id_proctor_id_id"),
            ["sitting_id", "proctor_id", "id"],
            unique=False,
        )

    op.create_table(
        "review_tasks",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("sample_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.CheckConstraint("readers IN (1, 2)", name=op.f("ck_review_tasks_readers")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_review_tasks_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["review_samples.id"], name=op.f("fk_review_tasks_sample_id_review_samples")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_tasks")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_review_tasks_attempt_id")),
        sa.UniqueConstraint("sample_id", "place", name=op.f("uq_review_tasks_sample_id_place")),
    )
    with op.batch_alter_table("review_tasks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_tasks_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "appeals",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("incident_id", sa.String(length=26), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_reviewer_id", sa.String(length=26), nullable=False),
        sa.Column("second_reviewer_id", sa.String(length=26), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("granted", "refused", name="appeal_outcome", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=2000), nullable=False),
        sa.Column("reviewer_id", sa.String(length=26), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (reviewer_id IS NULL) AND (outcome IS NULL) = (length(trim(decision_reason)) = 0)",
            name=op.f("ck_appeals_decided_whole"),
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_appeals_says_something")),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR reviewer_id <> first_reviewer_id",
            name=op.f("ck_appeals_another_than_first"),
        ),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR second_reviewer_id IS NULL OR reviewer_id <> second_reviewer_id",
            name=op.f("ck_appeals_another_than_second"),
        ),
        sa.ForeignKeyConstraint(
            ["first_reviewer_id"], ["people.id"], name=op.f("fk_appeals_first_reviewer_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_appeals_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_appeals_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_appeals_reviewer_id_people")),
        sa.ForeignKeyConstraint(
            ["second_reviewer_id"], ["people.id"], name=op.f("fk_appeals_second_reviewer_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_appeals_incident_id")),
    )
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeals_attempt_id"), ["attempt_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_appeals_organisation_id_outcome"), ["organisation_id", "outcome"], unique=False
        )

    op.create_table(
        "explanations",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("attempt_id", sa.String(length=26), nullable=False),
        sa.Column("incident_id", sa.String(length=26), nullable=True),
        sa.Column("alert_id", sa.String(length=26), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "dropped_something",
                "someone_came_in",
                "light_went_out",
                "camera_moved",
                "line_failed",
                "thinking",
                "unwell",
                "other",
                name="explanation",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason <> 'other' OR length(trim(text)) > 0", name=op.f("ck_explanations_says_something")
        ),
        sa.CheckConstraint(
            "(incident_id IS NULL) <> (alert_id IS NULL)", name=op.f("ck_explanations_of_one_thing")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_explanations_alert_id_alerts")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_explanations_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_explanations_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanations")),
    )
    with op.batch_alter_table("explanations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_explanations_attempt_id"), ["attempt_id"], unique=False)

    op.create_table(
        "review_answers",
        sa.Column("task_id", sa.String(length=26), nullable=False),
        sa.Column("reviewer_id", sa.String(length=26), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("nothing", "marked", name="answer", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("moment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.String(length=26), nullable=True),
        sa.CheckConstraint(
            "(answer = 'marked') = (moment_at IS NOT NULL) AND (answer = 'marked') = (length(trim(reason)) > 0)",
            name=op.f("ck_review_answers_marked_whole"),
        ),
        sa.CheckConstraint(
            "incident_id IS NULL OR answer = 'marked'", name=op.f("ck_review_answers_raised_from_a_mark")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_review_answers_incident_id_incidents")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_review_answers_reviewer_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["review_tasks.id"], name=op.f("fk_review_answers_task_id_review_tasks")
        ),
        sa.PrimaryKeyConstraint("task_id", "reviewer_id", name=op.f("pk_review_answers")),
    )
    op.create_table(
        "invigilated_places",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.String(length=26), nullable=False),
        sa.Column("entry_id", sa.String(length=26), nullable=False),
        sa.Column("sitting_id", sa.String(length=26), nullable=False),
        sa.Column(
            "because",
            sa.Enum("refused", "withdrawn", name="asked_because", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "settled",
            sa.Enum(
                "changed_mind",
                "moved",
                "invigilated",
                name="settled",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=26), nullable=True),
        sa.Column("invigilator", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "settled IS NULL OR settled <> 'invigilated' OR (settled_by IS NOT NULL AND invigilator <> '')",
            name=op.f("ck_invigilated_places_invigilator_named"),
        ),
        sa.CheckConstraint(
            "(settled IS NULL) = (settled_at IS NULL)", name=op.f("ck_invigilated_places_settled_whole")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_invigilated_places_entry_id_entries")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_invigilated_places_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.id"], name=op.f("fk_invigilated_places_sitting_id_sittings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invigilated_places")),
    )
    with op.batch_alter_table("invigilated_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invigilated_places_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invigilated_places_organisation_id_settled"),
            ["organisation_id", "settled"],
            unique=False,
        )

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alert_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("stored_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column(
                "redaction",
                sa.Enum(
                    "none", "background", "scene", name="redaction", native_enum=False, create_constraint=True
                ),
                server_default="none",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("scope", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_evidence_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_attempt_id"), ["attempt_id"], unique=False)

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "origin",
                sa.Enum("rule", "note", "person", name="origin", native_enum=False, create_constraint=True),
                server_default="rule",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("alert_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("validated", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("raised_by", sa.String(length=26), nullable=True))
        batch_op.add_column(
            sa.Column("raised_reason", sa.String(length=2000), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("first_reviewer_id", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("second_reviewer_id", sa.String(length=26), nullable=True))
        batch_op.add_column(
            sa.Column(
                "decided_under",
                sa.Enum(
                    "one_reviewer",
                    "two_reviewers",
                    name="decided_under",
                    native_enum=False,
                    create_constraint=True,
                ),
                server_default="one_reviewer",
                nullable=False,
            )
        )
        batch_op.alter_column(
            "rule", existing_type=sa.VARCHAR(length=14), type_=sa.String(length=19), nullable=True
        )
        batch_op.create_unique_constraint(batch_op.f("uq_incidents_alert_id"), ["alert_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_alert_id_alerts"), "alerts", ["alert_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_first_reviewer_id_people"), "people", ["first_reviewer_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_second_reviewer_id_people"), "people", ["second_reviewer_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_raised_by_people"), "people", ["raised_by"], ["id"]
        )

    with op.batch_alter_table("proctor_messages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "direction",
                sa.Enum(
                    "to_learner", "from_learner", name="direction", native_enum=False, create_constraint=True
                ),
                server_default="to_learner",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("number", sa.BigInteger(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "hint",
                sa.Enum(
                    "show_face",
                    "more_light",
                    "look_at_screen",
                    "phone_away",
                    "be_alone",
                    "free_camera",
                    "quiet",
                    "stay_on_page",
                    name="hint",
                    native_enum=False,
                    create_constraint=True,
                ),
                nullable=True,
            )
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_proctor_messages_attempt_id_number"), ["attempt_id", "number"]
        )

    with op.batch_alter_table("proctoring_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plan", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("agreed", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("exemptions", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("watched", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    connection = op.get_bind()
    for table, name in NEW_CHECKS:
        drop_check(connection, table, name)
    for table, name, condition in EARLIER_CHECKS:
        set_check(connection, table, name, condition)
    with op.batch_alter_table("proctoring_sessions", schema=None) as batch_op:
        batch_op.drop_column("watched")
        batch_op.drop_column("exemptions")
        batch_op.drop_column("agreed")
        batch_op.drop_column("plan")

    with op.batch_alter_table("proctor_messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_proctor_messages_attempt_id_number"), type_="unique")
        batch_op.drop_column("hint")
        batch_op.drop_column("number")
        batch_op.drop_column("direction")

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_incidents_raised_by_people"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_incidents_second_reviewer_id_people"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_incidents_first_reviewer_id_people"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_incidents_alert_id_alerts"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_incidents_alert_id"), type_="unique")
        batch_op.alter_column(
            "rule", existing_type=sa.String(length=19), type_=sa.VARCHAR(length=14), nullable=False
        )
        batch_op.drop_column("decided_under")
        batch_op.drop_column("second_reviewer_id")
        batch_op.drop_column("first_reviewer_id")
        batch_op.drop_column("raised_reason")
        batch_op.drop_column("raised_by")
        batch_op.drop_column("validated")
        batch_op.drop_column("alert_id")
        batch_op.drop_column("origin")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_attempt_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_alert_id"))
        batch_op.drop_column("scope")
        batch_op.drop_column("redaction")
        batch_op.drop_column("stored_sha256")
        batch_op.drop_column("alert_id")

    with op.batch_alter_table("invigilated_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invigilated_places_organisation_id_settled"))
        batch_op.drop_index(batch_op.f("ix_invigilated_places_entry_id"))

    op.drop_table("invigilated_places")
    op.drop_table("review_answers")
    with op.batch_alter_table("explanations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_explanations_attempt_id"))

    op.drop_table("explanations")
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeals_organisation_id_outcome"))
        batch_op.drop_index(batch_op.f("ix_appeals_attempt_id"))

    op.drop_table("appeals")
    with op.batch_alter_table("review_tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_tasks_organisation_id"))

    op.drop_table("review_tasks")
    with op.batch_alter_table("watch_spells", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_spells_sitting_id_proctor_id_id"))

    op.drop_table("watch_spells")
    with op.batch_alter_table("wall_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wall_shares_sitting_id"))

    op.drop_table("wall_shares")
    op.drop_table("review_shares")
    with op.batch_alter_table("review_samples", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_samples_organisation_id"))

    op.drop_table("review_samples")
    with op.batch_alter_table("notes_seen", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_seen_attempt_id"))

    op.drop_table("notes_seen")
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_overs_sitting_id_id"))

    op.drop_table("hand_overs")
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_ins_attempt_id"))

    op.drop_table("check_ins")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_organisation_id_attempt_id"))
        batch_op.drop_index(batch_op.f("ix_alerts_sitting_id"))
        batch_op.drop_index(batch_op.f("ix_alerts_attempt_id"))

    op.drop_table("alerts")
    op.drop_table("watch_plans")
    with op.batch_alter_table("watch_exemptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_watch_exemptions_attempt_id"))

    op.drop_table("watch_exemptions")
    op.drop_table("retention_settings")
    op.drop_table("learner_calls")
    with op.batch_alter_table("guardian_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardian_consents_subject_id"))

    op.drop_table("guardian_consents")
    with op.batch_alter_table("evidence_looks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_looks_organisation_id_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_looks_attempt_id_id"))

    op.drop_table("evidence_looks")
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_erasures_one_open",
            sqlite_where=sa.text("state IN ('asked', 'confirmed')"),
            postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
        )
        batch_op.drop_index(batch_op.f("ix_erasures_organisation_id_state_id"))

    op.drop_table("erasures")
    with op.batch_alter_table("deletion_receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deletion_receipts_subject_id"))
        batch_op.drop_index(batch_op.f("ix_deletion_receipts_organisation_id_id"))

    op.drop_table("deletion_receipts")
    op.drop_table("consent_notices")
    with op.batch_alter_table("age_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_age_statements_subject_id"))

    op.drop_table("age_statements")
