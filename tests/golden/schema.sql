-- SPDX-License-Identifier: Apache-2.0
-- Written by scripts/golden. A change here belongs to a migration in the same commit.

CREATE TABLE adoption_permissions (
  id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  body_id VARCHAR(26) NOT NULL,
  reference VARCHAR(500) NOT NULL,
  given_by VARCHAR(26) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_adoption_permissions_body_id_organisations FOREIGN KEY(body_id) REFERENCES organisations (id),
  CONSTRAINT fk_adoption_permissions_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT pk_adoption_permissions PRIMARY KEY (id),
  CONSTRAINT uq_adoption_permissions_credential_version_id_body_id UNIQUE (credential_version_id, body_id)
);

CREATE INDEX ix_adoption_permissions_body_id ON adoption_permissions (body_id);

CREATE TABLE api_keys (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  label VARCHAR(100) NOT NULL,
  prefix VARCHAR(16) NOT NULL,
  secret_hash VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL,
  last_used_at DATETIME,
  revoked_at DATETIME,
  CONSTRAINT fk_api_keys_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_api_keys PRIMARY KEY (id),
  CONSTRAINT uq_api_keys_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_api_keys_organisation_id ON api_keys (organisation_id);

CREATE TABLE assessments (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  blueprint_id VARCHAR(26) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_assessments_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_assessments_blueprint_id_blueprints FOREIGN KEY(blueprint_id) REFERENCES blueprints (id),
  CONSTRAINT fk_assessments_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT pk_assessments PRIMARY KEY (id),
  CONSTRAINT uq_assessments_agency_id_blueprint_id UNIQUE (agency_id, blueprint_id)
);

CREATE INDEX ix_assessments_agency_id ON assessments (agency_id);

CREATE TABLE attempt_leases (
  attempt_id VARCHAR(26) NOT NULL,
  epoch INTEGER NOT NULL,
  device VARCHAR(64) NOT NULL,
  taken_at DATETIME NOT NULL,
  CONSTRAINT fk_attempt_leases_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_leases PRIMARY KEY (attempt_id, epoch)
);

CREATE TABLE attempts (
  id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  form_id VARCHAR(26) NOT NULL,
  secret VARCHAR(64) NOT NULL,
  state VARCHAR(9) NOT NULL,
  started_at DATETIME,
  ends_at DATETIME,
  ended_at DATETIME,
  ended_by VARCHAR(9),
  limit_seconds INTEGER NOT NULL,
  accommodation_seconds INTEGER NOT NULL,
  credit_seconds INTEGER NOT NULL,
  lease_epoch INTEGER NOT NULL,
  lease_device VARCHAR(64),
  version INTEGER NOT NULL,
  CONSTRAINT ck_attempts_accommodation_seconds CHECK (accommodation_seconds BETWEEN 0 AND 2592000),
  CONSTRAINT ck_attempts_attempt_state CHECK (state IN ('created', 'running', 'submitted')),
  CONSTRAINT ck_attempts_created_is_untouched CHECK (state <> 'created' OR (started_at IS NULL AND ended_at IS NULL)),
  CONSTRAINT ck_attempts_credit_seconds CHECK (credit_seconds BETWEEN 0 AND 2592000),
  CONSTRAINT ck_attempts_deadline_from_the_start CHECK ((started_at IS NULL) = (ends_at IS NULL)),
  CONSTRAINT ck_attempts_ended_by CHECK (ended_by IN ('learner', 'deadline', 'proctor', 'withdrawn')),
  CONSTRAINT ck_attempts_ended_by_somebody CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CONSTRAINT ck_attempts_ends_after_start CHECK (ended_at >= started_at),
  CONSTRAINT ck_attempts_lease_has_a_holder CHECK ((lease_epoch = 0) = (lease_device IS NULL)),
  CONSTRAINT ck_attempts_limit_seconds CHECK (limit_seconds BETWEEN 1 AND 2592000),
  CONSTRAINT ck_attempts_running_has_begun CHECK (state <> 'running' OR (started_at IS NOT NULL AND ended_at IS NULL)),
  CONSTRAINT ck_attempts_submitted_has_ended CHECK (state <> 'submitted' OR (ended_at IS NOT NULL AND (started_at IS NOT NULL OR ended_by = 'withdrawn'))),
  CONSTRAINT fk_attempts_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_attempts_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT fk_attempts_form_id_forms FOREIGN KEY(form_id) REFERENCES forms (id),
  CONSTRAINT pk_attempts PRIMARY KEY (id),
  CONSTRAINT uq_attempts_entry_id UNIQUE (entry_id)
);

CREATE INDEX ix_attempts_state_ends_at ON attempts (state, ends_at);

CREATE TABLE audit_log (
  id VARCHAR(26) NOT NULL,
  at DATETIME NOT NULL,
  name VARCHAR(80) NOT NULL,
  version INTEGER NOT NULL,
  actor_kind VARCHAR(20) NOT NULL,
  actor_id VARCHAR(64) NOT NULL,
  organisation_id VARCHAR(26),
  subject_id VARCHAR(64) NOT NULL,
  payload JSON NOT NULL,
  CONSTRAINT pk_audit_log PRIMARY KEY (id)
);

CREATE INDEX ix_audit_log_organisation_id_id ON audit_log (organisation_id, id);

CREATE INDEX ix_audit_log_subject_id_id ON audit_log (subject_id, id);

CREATE TABLE bank_snapshots (
  sha256 VARCHAR(71) NOT NULL,
  document JSON NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_bank_snapshots PRIMARY KEY (sha256)
);

CREATE TABLE batch_forms (
  form_id VARCHAR(26) NOT NULL,
  batch_id VARCHAR(26) NOT NULL,
  CONSTRAINT fk_batch_forms_batch_id_batches FOREIGN KEY(batch_id) REFERENCES batches (id),
  CONSTRAINT fk_batch_forms_form_id_forms FOREIGN KEY(form_id) REFERENCES forms (id),
  CONSTRAINT pk_batch_forms PRIMARY KEY (form_id)
);

CREATE INDEX ix_batch_forms_batch_id ON batch_forms (batch_id);

CREATE TABLE batches (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  awarding_body_id VARCHAR(26) NOT NULL,
  engagement_id VARCHAR(26) NOT NULL,
  assessment_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_batches_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_batches_assessment_id_assessments FOREIGN KEY(assessment_id) REFERENCES assessments (id),
  CONSTRAINT fk_batches_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_batches_engagement_id_engagements FOREIGN KEY(engagement_id) REFERENCES engagements (id),
  CONSTRAINT pk_batches PRIMARY KEY (id),
  CONSTRAINT uq_batches_agency_id_name UNIQUE (agency_id, name)
);

CREATE INDEX ix_batches_agency_id ON batches (agency_id);

CREATE INDEX ix_batches_awarding_body_id ON batches (awarding_body_id);

CREATE TABLE blob_keys (
  scope VARCHAR(64) NOT NULL,
  wrapped_key BLOB NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_blob_keys PRIMARY KEY (scope)
);

CREATE TABLE blueprint_waivers (
  id VARCHAR(26) NOT NULL,
  blueprint_id VARCHAR(26) NOT NULL,
  person_id VARCHAR(26) NOT NULL,
  pcs JSON NOT NULL,
  reason VARCHAR(1000) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_blueprint_waivers_blueprint_id_blueprints FOREIGN KEY(blueprint_id) REFERENCES blueprints (id),
  CONSTRAINT pk_blueprint_waivers PRIMARY KEY (id)
);

CREATE INDEX ix_blueprint_waivers_blueprint_id ON blueprint_waivers (blueprint_id);

CREATE TABLE blueprints (
  id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  name VARCHAR(100) NOT NULL,
  document JSON NOT NULL,
  sha256 VARCHAR(71) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_blueprints_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_blueprints_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_blueprints PRIMARY KEY (id),
  CONSTRAINT uq_blueprints_owner_id_credential_version_id_name UNIQUE (owner_id, credential_version_id, name)
);

CREATE INDEX ix_blueprints_credential_version_id ON blueprints (credential_version_id);

CREATE TABLE candidates (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  language VARCHAR(2) NOT NULL,
  date_of_birth DATE,
  created_at DATETIME NOT NULL,
  CONSTRAINT ck_candidates_language CHECK (language IN ('en', 'hi')),
  CONSTRAINT fk_candidates_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT pk_candidates PRIMARY KEY (id)
);

CREATE INDEX ix_candidates_agency_id ON candidates (agency_id);

CREATE TABLE consents (
  id VARCHAR(26) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  notice_version VARCHAR(20) NOT NULL,
  purposes JSON NOT NULL,
  language VARCHAR(5) NOT NULL,
  given_at DATETIME NOT NULL,
  withdrawn_at DATETIME,
  CONSTRAINT ck_consents_withdrawn_after_given CHECK (withdrawn_at IS NULL OR withdrawn_at >= given_at),
  CONSTRAINT pk_consents PRIMARY KEY (id),
  CONSTRAINT uq_consents_subject_id_notice_version_given_at UNIQUE (subject_id, notice_version, given_at)
);

CREATE INDEX ix_consents_subject_id ON consents (subject_id);

CREATE TABLE credential_adoptions (
  credential_version_id VARCHAR(26) NOT NULL,
  parent_version_id VARCHAR(26) NOT NULL,
  modified VARCHAR(40) NOT NULL,
  added VARCHAR(40) NOT NULL,
  report JSON NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT ck_credential_adoptions_another_version CHECK (credential_version_id <> parent_version_id),
  CONSTRAINT fk_credential_adoptions_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_credential_adoptions_parent_version_id_credential_versions FOREIGN KEY(parent_version_id) REFERENCES credential_versions (id),
  CONSTRAINT pk_credential_adoptions PRIMARY KEY (credential_version_id)
);

CREATE INDEX ix_credential_adoptions_parent_version_id ON credential_adoptions (parent_version_id);

CREATE TABLE credential_publications (
  credential_version_id VARCHAR(26) NOT NULL,
  rulebook VARCHAR(100) NOT NULL,
  pages INTEGER,
  recorded JSON NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_credential_publications_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT pk_credential_publications PRIMARY KEY (credential_version_id)
);

CREATE TABLE credential_versions (
  id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  code VARCHAR(60) NOT NULL,
  version VARCHAR(12) NOT NULL,
  state VARCHAR(9) NOT NULL,
  document JSON NOT NULL,
  sha256 VARCHAR(71) NOT NULL,
  warning_reasons JSON NOT NULL,
  created_at DATETIME NOT NULL,
  published_at DATETIME,
  withdrawn_at DATETIME,
  revision INTEGER NOT NULL,
  CONSTRAINT ck_credential_versions_credential_state CHECK (state IN ('draft', 'live', 'withdrawn')),
  CONSTRAINT ck_credential_versions_live_is_published CHECK (state <> 'live' OR published_at IS NOT NULL),
  CONSTRAINT ck_credential_versions_withdrawn_at_its_time CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
  CONSTRAINT fk_credential_versions_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_credential_versions PRIMARY KEY (id),
  CONSTRAINT uq_credential_versions_owner_id_code_version UNIQUE (owner_id, code, version)
);

CREATE TABLE deliveries (
  result_id VARCHAR(26) NOT NULL,
  awarding_body_id VARCHAR(26) NOT NULL,
  state VARCHAR(12) NOT NULL,
  delivered_at DATETIME NOT NULL,
  answered_at DATETIME,
  reason VARCHAR(2000) NOT NULL,
  CONSTRAINT ck_deliveries_answered_at CHECK ((state = 'delivered') = (answered_at IS NULL)),
  CONSTRAINT ck_deliveries_delivery_state CHECK (state IN ('delivered', 'acknowledged', 'returned')),
  CONSTRAINT fk_deliveries_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_deliveries_result_id_results FOREIGN KEY(result_id) REFERENCES results (id),
  CONSTRAINT pk_deliveries PRIMARY KEY (result_id)
);

CREATE TABLE engagements (
  id VARCHAR(26) NOT NULL,
  awarding_body_id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  territory VARCHAR(100) NOT NULL,
  valid_from DATETIME NOT NULL,
  valid_until DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT ck_engagements_two_parties CHECK (awarding_body_id <> agency_id),
  CONSTRAINT ck_engagements_valid_some_time CHECK (valid_from < valid_until),
  CONSTRAINT fk_engagements_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_engagements_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_engagements_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT pk_engagements PRIMARY KEY (id),
  CONSTRAINT uq_engagements_agency_id_credential_version_id_territory_valid_from UNIQUE (agency_id, credential_version_id, territory, valid_from)
);

CREATE INDEX ix_engagements_agency_id ON engagements (agency_id);

CREATE INDEX ix_engagements_credential_version_id ON engagements (credential_version_id);

CREATE TABLE entries (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  candidate_id VARCHAR(26) NOT NULL,
  form_id VARCHAR(26) NOT NULL,
  draw JSON NOT NULL,
  extra_minutes INTEGER NOT NULL,
  state VARCHAR(9) NOT NULL,
  code_key VARCHAR(64) NOT NULL,
  code_issued_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT ck_entries_entry_state CHECK (state IN ('enrolled', 'withdrawn')),
  CONSTRAINT ck_entries_extra_minutes CHECK (extra_minutes BETWEEN 0 AND 1440),
  CONSTRAINT fk_entries_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_entries_candidate_id_candidates FOREIGN KEY(candidate_id) REFERENCES candidates (id),
  CONSTRAINT fk_entries_form_id_forms FOREIGN KEY(form_id) REFERENCES forms (id),
  CONSTRAINT fk_entries_sitting_id_sittings FOREIGN KEY(sitting_id) REFERENCES sittings (id),
  CONSTRAINT pk_entries PRIMARY KEY (id),
  CONSTRAINT uq_entries_code_key UNIQUE (code_key),
  CONSTRAINT uq_entries_sitting_id_candidate_id UNIQUE (sitting_id, candidate_id)
);

CREATE INDEX ix_entries_agency_id ON entries (agency_id);

CREATE INDEX ix_entries_sitting_id ON entries (sitting_id);

CREATE TABLE evidence (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  session_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  incident_id VARCHAR(26),
  kind VARCHAR(14) NOT NULL,
  seq INTEGER NOT NULL,
  captured_at DATETIME NOT NULL,
  stored_at DATETIME NOT NULL,
  address VARCHAR(64) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  size INTEGER NOT NULL,
  CONSTRAINT ck_evidence_evidence_kind CHECK (kind IN ('identity_photo', 'before', 'onset', 'raised', 'after')),
  CONSTRAINT ck_evidence_hashes CHECK (length(address) = 64 AND length(sha256) = 64),
  CONSTRAINT ck_evidence_not_empty CHECK (size > 0),
  CONSTRAINT ck_evidence_photo_or_incident CHECK ((kind = 'identity_photo' AND incident_id IS NULL) OR (kind <> 'identity_photo' AND incident_id IS NOT NULL)),
  CONSTRAINT ck_evidence_seq_counts_from_zero CHECK (seq >= 0),
  CONSTRAINT fk_evidence_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id),
  CONSTRAINT fk_evidence_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_evidence_session_id_proctoring_sessions FOREIGN KEY(session_id) REFERENCES proctoring_sessions (id),
  CONSTRAINT pk_evidence PRIMARY KEY (id)
);

CREATE INDEX ix_evidence_incident_id ON evidence (incident_id);

CREATE INDEX ix_evidence_session_id ON evidence (session_id);

CREATE TABLE feed_counters (
  awarding_body_id VARCHAR(26) NOT NULL,
  last INTEGER NOT NULL,
  CONSTRAINT fk_feed_counters_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT pk_feed_counters PRIMARY KEY (awarding_body_id)
);

CREATE TABLE findings (
  id VARCHAR(26) NOT NULL,
  incident_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  verdict VARCHAR(9) NOT NULL,
  reason VARCHAR(2000) NOT NULL,
  reviewer_id VARCHAR(26) NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT ck_findings_number_counts_from_one CHECK (number >= 1),
  CONSTRAINT ck_findings_reason_given CHECK (length(trim(reason)) > 0),
  CONSTRAINT ck_findings_verdict CHECK (verdict IN ('dismissed', 'upheld')),
  CONSTRAINT fk_findings_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id),
  CONSTRAINT fk_findings_reviewer_id_people FOREIGN KEY(reviewer_id) REFERENCES people (id),
  CONSTRAINT pk_findings PRIMARY KEY (id),
  CONSTRAINT uq_findings_incident_id_number UNIQUE (incident_id, number)
);

CREATE TABLE form_draws (
  id VARCHAR(26) NOT NULL,
  assessment_id VARCHAR(26) NOT NULL,
  seed VARCHAR(20) NOT NULL,
  papers INTEGER NOT NULL,
  blueprint_sha256 VARCHAR(71) NOT NULL,
  bank_sha256 VARCHAR(71) NOT NULL,
  compiler VARCHAR(40) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT ck_form_draws_papers CHECK (papers >= 1),
  CONSTRAINT fk_form_draws_assessment_id_assessments FOREIGN KEY(assessment_id) REFERENCES assessments (id),
  CONSTRAINT fk_form_draws_bank_sha256_bank_snapshots FOREIGN KEY(bank_sha256) REFERENCES bank_snapshots (sha256),
  CONSTRAINT pk_form_draws PRIMARY KEY (id)
);

CREATE INDEX ix_form_draws_assessment_id ON form_draws (assessment_id);

CREATE TABLE forms (
  id VARCHAR(26) NOT NULL,
  assessment_id VARCHAR(26) NOT NULL,
  state VARCHAR(9) NOT NULL,
  document JSON NOT NULL,
  sha256 VARCHAR(71),
  created_at DATETIME NOT NULL,
  sealed_at DATETIME,
  version INTEGER NOT NULL,
  draw_id VARCHAR(26),
  CONSTRAINT ck_forms_draft_not_sealed CHECK (state <> 'draft' OR sealed_at IS NULL),
  CONSTRAINT ck_forms_form_state CHECK (state IN ('draft', 'sealed', 'withdrawn')),
  CONSTRAINT ck_forms_sealed_at CHECK (state <> 'sealed' OR sealed_at IS NOT NULL),
  CONSTRAINT ck_forms_sealed_with_hash CHECK ((sha256 IS NULL) = (sealed_at IS NULL)),
  CONSTRAINT fk_forms_assessment_id_assessments FOREIGN KEY(assessment_id) REFERENCES assessments (id),
  CONSTRAINT fk_forms_draw_id_form_draws FOREIGN KEY(draw_id) REFERENCES form_draws (id),
  CONSTRAINT pk_forms PRIMARY KEY (id)
);

CREATE INDEX ix_forms_assessment_id ON forms (assessment_id);

CREATE INDEX ix_forms_draw_id ON forms (draw_id);

CREATE TABLE holds (
  cause_id VARCHAR(64) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  state VARCHAR(9) NOT NULL,
  placed_at DATETIME NOT NULL,
  settled_at DATETIME,
  CONSTRAINT ck_holds_hold_state CHECK (state IN ('interim', 'released', 'confirmed')),
  CONSTRAINT ck_holds_settled_at CHECK ((state = 'interim') = (settled_at IS NULL)),
  CONSTRAINT fk_holds_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_holds PRIMARY KEY (cause_id)
);

CREATE INDEX ix_holds_attempt_id ON holds (attempt_id);

CREATE TABLE import_mappings (
  id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  name VARCHAR(80) NOT NULL,
  columns JSON NOT NULL,
  saved_by VARCHAR(26) NOT NULL,
  saved_at DATETIME NOT NULL,
  CONSTRAINT fk_import_mappings_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_import_mappings PRIMARY KEY (id),
  CONSTRAINT uq_import_mappings_owner_id_name UNIQUE (owner_id, name)
);

CREATE TABLE incidents (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  session_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  rule VARCHAR(14) NOT NULL,
  number INTEGER NOT NULL,
  state VARCHAR(9) NOT NULL,
  cause VARCHAR(20),
  onset_at DATETIME NOT NULL,
  raised_at DATETIME NOT NULL,
  ended_at DATETIME,
  ended_because VARCHAR(11),
  raised_numbers JSON NOT NULL,
  final_numbers JSON,
  thresholds JSON NOT NULL,
  rule_version VARCHAR(20) NOT NULL,
  model_sha256 VARCHAR(64) NOT NULL,
  decided_at DATETIME,
  version INTEGER NOT NULL,
  CONSTRAINT ck_incidents_alert_end CHECK (ended_because IN ('cleared', 'suppressed', 'watch_ended', 'interrupted')),
  CONSTRAINT ck_incidents_decided_once_closed CHECK ((state = 'open' AND decided_at IS NULL) OR (state <> 'open' AND decided_at IS NOT NULL)),
  CONSTRAINT ck_incidents_ended_after_onset CHECK (ended_at IS NULL OR ended_at >= onset_at),
  CONSTRAINT ck_incidents_ended_whole CHECK ((ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL) OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)),
  CONSTRAINT ck_incidents_incident_state CHECK (state IN ('open', 'dismissed', 'upheld')),
  CONSTRAINT ck_incidents_number_counts_from_one CHECK (number >= 1),
  CONSTRAINT ck_incidents_raised_after_onset CHECK (raised_at >= onset_at),
  CONSTRAINT ck_incidents_rule_name CHECK (rule IN ('face_gone', 'several_faces', 'camera_covered', 'camera_stopped')),
  CONSTRAINT fk_incidents_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_incidents_session_id_proctoring_sessions FOREIGN KEY(session_id) REFERENCES proctoring_sessions (id),
  CONSTRAINT pk_incidents PRIMARY KEY (id),
  CONSTRAINT uq_incidents_session_id_rule_number UNIQUE (session_id, rule, number)
);

CREATE INDEX ix_incidents_attempt_id ON incidents (attempt_id);

CREATE INDEX ix_incidents_organisation_id_state_id ON incidents (organisation_id, state, id);

CREATE INDEX ix_incidents_sitting_id ON incidents (sitting_id);

CREATE TABLE item_keys (
  version_id VARCHAR(26) NOT NULL,
  correct JSON NOT NULL,
  normalise JSON NOT NULL,
  rationale JSON NOT NULL,
  parts JSON,
  program JSON,
  CONSTRAINT fk_item_keys_version_id_item_versions FOREIGN KEY(version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_item_keys PRIMARY KEY (version_id)
);

CREATE TABLE item_listing (
  id INTEGER NOT NULL,
  item_id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  external_id VARCHAR(64) NOT NULL,
  version_id VARCHAR(26) NOT NULL,
  live BOOLEAN NOT NULL,
  state VARCHAR(9) NOT NULL,
  interaction VARCHAR(17) NOT NULL,
  pc VARCHAR(32) NOT NULL,
  difficulty VARCHAR(6) NOT NULL,
  languages VARCHAR(200) NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT ck_item_listing_difficulty CHECK (difficulty IN ('easy', 'medium', 'hard')),
  CONSTRAINT ck_item_listing_interaction CHECK (interaction IN ('choice_single', 'choice_multiple', 'text_entry', 'numeric', 'extended_text', 'inline_choice', 'match', 'order', 'associate', 'gap_match', 'hottext', 'hotspot', 'select_point', 'graphic_order', 'graphic_associate', 'graphic_gap_match', 'position_object', 'slider', 'upload', 'composite')),
  CONSTRAINT ck_item_listing_item_state CHECK (state IN ('draft', 'in_review', 'live', 'withdrawn')),
  CONSTRAINT fk_item_listing_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_item_listing_item_id_items FOREIGN KEY(item_id) REFERENCES items (id),
  CONSTRAINT fk_item_listing_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT fk_item_listing_version_id_item_versions FOREIGN KEY(version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_item_listing PRIMARY KEY (id),
  CONSTRAINT uq_item_listing_item_id UNIQUE (item_id)
);

CREATE INDEX ix_item_listing_browse ON item_listing (owner_id, pc, external_id, state, live, difficulty, interaction, languages, credential_version_id, version_id);

CREATE TABLE item_media (
  owner_id VARCHAR(26) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  media_type VARCHAR(80) NOT NULL,
  data BLOB NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_item_media_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_item_media PRIMARY KEY (owner_id, sha256)
);

CREATE TABLE item_reviews (
  id VARCHAR(26) NOT NULL,
  version_id VARCHAR(26) NOT NULL,
  actor_id VARCHAR(26) NOT NULL,
  step VARCHAR(9) NOT NULL,
  comment TEXT NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT ck_item_reviews_commented_with_a_comment CHECK (step <> 'commented' OR length(comment) > 0),
  CONSTRAINT ck_item_reviews_rejected_with_a_comment CHECK (step <> 'rejected' OR length(comment) > 0),
  CONSTRAINT ck_item_reviews_review_step CHECK (step IN ('submitted', 'approved', 'rejected', 'withdrawn', 'commented')),
  CONSTRAINT fk_item_reviews_version_id_item_versions FOREIGN KEY(version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_item_reviews PRIMARY KEY (id)
);

CREATE INDEX ix_item_reviews_version_id ON item_reviews (version_id);

CREATE VIRTUAL TABLE item_search USING fts5 (
  words,
  content='',
  contentless_delete=1,
  tokenize=unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'
);

CREATE TABLE item_sources (
  version_id VARCHAR(26) NOT NULL,
  media_type VARCHAR(80) NOT NULL,
  name VARCHAR(200) NOT NULL,
  data BLOB NOT NULL,
  CONSTRAINT fk_item_sources_version_id_item_versions FOREIGN KEY(version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_item_sources PRIMARY KEY (version_id)
);

CREATE TABLE item_translations (
  version_id VARCHAR(26) NOT NULL,
  language VARCHAR(8) NOT NULL,
  segment VARCHAR(80) NOT NULL,
  source_sha256 VARCHAR(64) NOT NULL,
  CONSTRAINT fk_item_translations_version_id_item_versions FOREIGN KEY(version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_item_translations PRIMARY KEY (version_id, language, segment)
);

CREATE TABLE item_versions (
  id VARCHAR(26) NOT NULL,
  item_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  state VARCHAR(9) NOT NULL,
  interaction VARCHAR(17) NOT NULL,
  pc VARCHAR(32) NOT NULL,
  difficulty VARCHAR(6) NOT NULL,
  seconds INTEGER NOT NULL,
  shuffle BOOLEAN NOT NULL,
  bodies JSON NOT NULL,
  content_hash VARCHAR(71) NOT NULL,
  author_id VARCHAR(26) NOT NULL,
  submitted_by VARCHAR(26),
  created_at DATETIME NOT NULL,
  live_at DATETIME,
  withdrawn_at DATETIME,
  revision INTEGER NOT NULL,
  languages VARCHAR(200) DEFAULT 'en hi' NOT NULL,
  marks VARCHAR(20) DEFAULT '1' NOT NULL,
  parts JSON,
  media JSON,
  stimulus_id VARCHAR(64),
  tags JSON,
  CONSTRAINT ck_item_versions_difficulty CHECK (difficulty IN ('easy', 'medium', 'hard')),
  CONSTRAINT ck_item_versions_interaction CHECK (interaction IN ('choice_single', 'choice_multiple', 'text_entry', 'numeric', 'extended_text', 'inline_choice', 'match', 'order', 'associate', 'gap_match', 'hottext', 'hotspot', 'select_point', 'graphic_order', 'graphic_associate', 'graphic_gap_match', 'position_object', 'slider', 'upload', 'composite')),
  CONSTRAINT ck_item_versions_item_state CHECK (state IN ('draft', 'in_review', 'live', 'withdrawn')),
  CONSTRAINT ck_item_versions_live_at_its_time CHECK (state <> 'live' OR live_at IS NOT NULL),
  CONSTRAINT ck_item_versions_number_from_one CHECK (number >= 1),
  CONSTRAINT ck_item_versions_seconds_above_zero CHECK (seconds > 0),
  CONSTRAINT ck_item_versions_submitted_by_someone CHECK (state <> 'in_review' OR submitted_by IS NOT NULL),
  CONSTRAINT ck_item_versions_withdrawn_at_its_time CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
  CONSTRAINT fk_item_versions_item_id_items FOREIGN KEY(item_id) REFERENCES items (id),
  CONSTRAINT pk_item_versions PRIMARY KEY (id),
  CONSTRAINT uq_item_versions_item_id_number UNIQUE (item_id, number)
);

CREATE INDEX ix_item_versions_state_pc ON item_versions (state, pc);

CREATE UNIQUE INDEX uq_item_versions_one_live ON item_versions (item_id) WHERE state = 'live';

CREATE UNIQUE INDEX uq_item_versions_one_open ON item_versions (item_id) WHERE state IN ('draft', 'in_review');

CREATE TABLE items (
  id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  external_id VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT fk_items_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_items_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_items PRIMARY KEY (id),
  CONSTRAINT uq_items_owner_id_credential_version_id_external_id UNIQUE (owner_id, credential_version_id, external_id)
);

CREATE INDEX ix_items_credential_version_id ON items (credential_version_id);

CREATE TABLE logins (
  token_hash VARCHAR(64) NOT NULL,
  kind VARCHAR(9) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  ended_at DATETIME,
  CONSTRAINT ck_logins_expires_after_created CHECK (expires_at > created_at),
  CONSTRAINT ck_logins_login_kind CHECK (kind IN ('person', 'candidate')),
  CONSTRAINT pk_logins PRIMARY KEY (token_hash)
);

CREATE INDEX ix_logins_subject_id ON logins (subject_id);

CREATE TABLE marking_tasks (
  id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  component VARCHAR(9) NOT NULL,
  state VARCHAR(4) NOT NULL,
  completed_at DATETIME,
  completed_by VARCHAR(26),
  version INTEGER NOT NULL,
  CONSTRAINT ck_marking_tasks_completed_by_somebody CHECK ((completed_at IS NULL) = (completed_by IS NULL)),
  CONSTRAINT ck_marking_tasks_done_has_an_instant CHECK ((state = 'done') = (completed_at IS NOT NULL)),
  CONSTRAINT ck_marking_tasks_task_component CHECK (component IN ('theory', 'practical', 'viva')),
  CONSTRAINT ck_marking_tasks_task_state CHECK (state IN ('open', 'done')),
  CONSTRAINT fk_marking_tasks_completed_by_people FOREIGN KEY(completed_by) REFERENCES people (id),
  CONSTRAINT fk_marking_tasks_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT pk_marking_tasks PRIMARY KEY (id),
  CONSTRAINT uq_marking_tasks_entry_id_component UNIQUE (entry_id, component)
);

CREATE TABLE marks (
  task_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  criterion_id VARCHAR(32) NOT NULL,
  marks VARCHAR(32) NOT NULL,
  assessor_id VARCHAR(26) NOT NULL,
  at DATETIME NOT NULL,
  note VARCHAR(2000) NOT NULL,
  CONSTRAINT ck_marks_number_from_one CHECK (number >= 1),
  CONSTRAINT fk_marks_assessor_id_people FOREIGN KEY(assessor_id) REFERENCES people (id),
  CONSTRAINT fk_marks_task_id_marking_tasks FOREIGN KEY(task_id) REFERENCES marking_tasks (id),
  CONSTRAINT pk_marks PRIMARY KEY (task_id, number)
);

CREATE TABLE organisations (
  id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  kind VARCHAR(17) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT ck_organisations_organisation_kind CHECK (kind IN ('awarding_body', 'assessment_agency', 'operator')),
  CONSTRAINT pk_organisations PRIMARY KEY (id),
  CONSTRAINT uq_organisations_name UNIQUE (name)
);

CREATE TABLE outbox (
  id VARCHAR(26) NOT NULL,
  at DATETIME NOT NULL,
  name VARCHAR(80) NOT NULL,
  version INTEGER NOT NULL,
  organisation_id VARCHAR(26),
  subject_id VARCHAR(64) NOT NULL,
  payload JSON NOT NULL,
  state VARCHAR(7) NOT NULL,
  tries INTEGER NOT NULL,
  due_at DATETIME NOT NULL,
  last_error VARCHAR(300),
  CONSTRAINT ck_outbox_outbox_state CHECK (state IN ('waiting', 'done', 'dead')),
  CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE INDEX ix_outbox_state_due_at ON outbox (state, due_at);

CREATE TABLE people (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  email VARCHAR(254) NOT NULL,
  password_hash VARCHAR(200) NOT NULL,
  language VARCHAR(5) NOT NULL,
  active BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT ck_people_email_lower_case CHECK (email = lower(email)),
  CONSTRAINT fk_people_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_people PRIMARY KEY (id),
  CONSTRAINT uq_people_email UNIQUE (email)
);

CREATE INDEX ix_people_organisation_id ON people (organisation_id);

CREATE TABLE proctoring_sessions (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  state VARCHAR(7) NOT NULL,
  consent_id VARCHAR(26),
  photo_id VARCHAR(26),
  created_at DATETIME NOT NULL,
  activated_at DATETIME,
  ended_at DATETIME,
  ended_by VARCHAR(13),
  version INTEGER NOT NULL,
  CONSTRAINT ck_proctoring_sessions_active_since CHECK (state <> 'active' OR activated_at IS NOT NULL),
  CONSTRAINT ck_proctoring_sessions_consent_before_photo CHECK (photo_id IS NULL OR consent_id IS NOT NULL),
  CONSTRAINT ck_proctoring_sessions_ended_after_created CHECK (ended_at IS NULL OR ended_at >= created_at),
  CONSTRAINT ck_proctoring_sessions_ended_whole CHECK ((state = 'ended' AND ended_at IS NOT NULL AND ended_by IS NOT NULL) OR (state <> 'ended' AND ended_at IS NULL AND ended_by IS NULL)),
  CONSTRAINT ck_proctoring_sessions_ready_whole CHECK (state IN ('created', 'ended') OR (consent_id IS NOT NULL AND photo_id IS NOT NULL)),
  CONSTRAINT ck_proctoring_sessions_session_end CHECK (ended_by IN ('attempt_ended', 'withdrawn')),
  CONSTRAINT ck_proctoring_sessions_session_state CHECK (state IN ('created', 'ready', 'active', 'ended')),
  CONSTRAINT fk_proctoring_sessions_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_proctoring_sessions PRIMARY KEY (id),
  CONSTRAINT uq_proctoring_sessions_attempt_id UNIQUE (attempt_id)
);

CREATE INDEX ix_proctoring_sessions_sitting_id ON proctoring_sessions (sitting_id);

CREATE INDEX ix_proctoring_sessions_state ON proctoring_sessions (state);

CREATE TABLE response_copies (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seq INTEGER NOT NULL,
  reason VARCHAR(17) NOT NULL,
  value_sha256 VARCHAR(71) NOT NULL,
  epoch INTEGER NOT NULL,
  item_version_id VARCHAR(26) NOT NULL,
  value JSON NOT NULL,
  client_time VARCHAR(40) NOT NULL,
  received_at DATETIME NOT NULL,
  CONSTRAINT ck_response_copies_refused CHECK (reason NOT IN ('stored', 'repeated')),
  CONSTRAINT ck_response_copies_verdict CHECK (reason IN ('stored', 'repeated', 'sequence_conflict', 'attempt_closed', 'late_answer', 'lease_lost')),
  CONSTRAINT fk_response_copies_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT fk_response_copies_item_version_id_item_versions FOREIGN KEY(item_version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_response_copies PRIMARY KEY (attempt_id, device, seq, reason, value_sha256)
);

CREATE TABLE response_events (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seq INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  item_version_id VARCHAR(26) NOT NULL,
  value JSON NOT NULL,
  revision INTEGER NOT NULL,
  client_time VARCHAR(40) NOT NULL,
  received_at DATETIME NOT NULL,
  CONSTRAINT ck_response_events_numbers_from_one CHECK (seq >= 1 AND epoch >= 1 AND revision >= 1),
  CONSTRAINT fk_response_events_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT fk_response_events_item_version_id_item_versions FOREIGN KEY(item_version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_response_events PRIMARY KEY (attempt_id, device, seq)
);

CREATE INDEX ix_response_events_attempt_id_item_version_id ON response_events (attempt_id, item_version_id);

CREATE TABLE response_files (
  id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  item_version_id VARCHAR(26) NOT NULL,
  part VARCHAR(32) NOT NULL,
  name VARCHAR(200) NOT NULL,
  media_type VARCHAR(100) NOT NULL,
  address VARCHAR(64) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  size INTEGER NOT NULL,
  stored_at DATETIME NOT NULL,
  CONSTRAINT ck_response_files_hashes CHECK (length(address) = 64 AND length(sha256) = 64),
  CONSTRAINT ck_response_files_not_empty CHECK (size > 0),
  CONSTRAINT fk_response_files_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT fk_response_files_item_version_id_item_versions FOREIGN KEY(item_version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_response_files PRIMARY KEY (id)
);

CREATE INDEX ix_response_files_attempt_id ON response_files (attempt_id);

CREATE TABLE results (
  id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  awarding_body_id VARCHAR(26) NOT NULL,
  state VARCHAR(11) NOT NULL,
  passed BOOLEAN NOT NULL,
  document JSON NOT NULL,
  sha256 VARCHAR(71) NOT NULL,
  created_at DATETIME NOT NULL,
  declared_at DATETIME,
  declared_by VARCHAR(64),
  feed_number INTEGER,
  version INTEGER NOT NULL,
  CONSTRAINT ck_results_declared_at CHECK (state <> 'declared' OR declared_at IS NOT NULL),
  CONSTRAINT ck_results_declared_by_somebody CHECK ((declared_at IS NULL) = (declared_by IS NULL)),
  CONSTRAINT ck_results_declared_is_in_the_feed CHECK ((declared_at IS NULL) = (feed_number IS NULL)),
  CONSTRAINT ck_results_provisional_not_declared CHECK (state <> 'provisional' OR declared_at IS NULL),
  CONSTRAINT ck_results_result_state CHECK (state IN ('provisional', 'declared', 'superseded')),
  CONSTRAINT fk_results_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_results_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_results_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT pk_results PRIMARY KEY (id),
  CONSTRAINT uq_results_awarding_body_id_feed_number UNIQUE (awarding_body_id, feed_number)
);

CREATE INDEX ix_results_entry_id ON results (entry_id);

CREATE UNIQUE INDEX uq_results_one_declared ON results (entry_id) WHERE state = 'declared';

CREATE UNIQUE INDEX uq_results_one_provisional ON results (entry_id) WHERE state = 'provisional';

CREATE TABLE role_grants (
  person_id VARCHAR(26) NOT NULL,
  role VARCHAR(18) NOT NULL,
  granted_at DATETIME NOT NULL,
  CONSTRAINT ck_role_grants_role CHECK (role IN ('author', 'reviewer', 'manager', 'assessor', 'proctor', 'integrity_reviewer', 'awarding_body', 'operator')),
  CONSTRAINT fk_role_grants_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_role_grants PRIMARY KEY (person_id, role)
);

CREATE TABLE sitting_staff (
  sitting_id VARCHAR(26) NOT NULL,
  person_id VARCHAR(26) NOT NULL,
  duty VARCHAR(8) NOT NULL,
  conflict_declared BOOLEAN NOT NULL,
  assigned_at DATETIME NOT NULL,
  CONSTRAINT ck_sitting_staff_duty CHECK (duty IN ('assessor', 'proctor')),
  CONSTRAINT fk_sitting_staff_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT fk_sitting_staff_sitting_id_sittings FOREIGN KEY(sitting_id) REFERENCES sittings (id),
  CONSTRAINT pk_sitting_staff PRIMARY KEY (sitting_id, person_id, duty)
);

CREATE INDEX ix_sitting_staff_person_id ON sitting_staff (person_id);

CREATE TABLE sittings (
  id VARCHAR(26) NOT NULL,
  batch_id VARCHAR(26) NOT NULL,
  place VARCHAR(200) NOT NULL,
  time_zone VARCHAR(64) NOT NULL,
  opens_at DATETIME NOT NULL,
  closes_at DATETIME NOT NULL,
  proctored BOOLEAN NOT NULL,
  retention_days INTEGER NOT NULL,
  CONSTRAINT ck_sittings_retention_days CHECK (retention_days BETWEEN 1 AND 3650),
  CONSTRAINT ck_sittings_window CHECK (closes_at > opens_at),
  CONSTRAINT fk_sittings_batch_id_batches FOREIGN KEY(batch_id) REFERENCES batches (id),
  CONSTRAINT pk_sittings PRIMARY KEY (id)
);

CREATE INDEX ix_sittings_batch_id ON sittings (batch_id);

CREATE TABLE watches (
  sitting_id VARCHAR(26) NOT NULL,
  proctor_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  started_at DATETIME NOT NULL,
  CONSTRAINT fk_watches_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_watches_proctor_id_people FOREIGN KEY(proctor_id) REFERENCES people (id),
  CONSTRAINT pk_watches PRIMARY KEY (sitting_id, proctor_id)
);
