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

CREATE TABLE age_statements (
  id VARCHAR(26) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  of_age BOOLEAN NOT NULL,
  said_at DATETIME NOT NULL,
  CONSTRAINT pk_age_statements PRIMARY KEY (id)
);

CREATE INDEX ix_age_statements_subject_id ON age_statements (subject_id);

CREATE TABLE alerts (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  session_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  rule VARCHAR(19) NOT NULL,
  number INTEGER NOT NULL,
  weight VARCHAR(8) NOT NULL,
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
  validated BOOLEAN NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT ck_alerts_alert_end CHECK (ended_because IN ('cleared', 'suppressed', 'watch_ended', 'interrupted')),
  CONSTRAINT ck_alerts_ended_after_onset CHECK (ended_at IS NULL OR ended_at >= onset_at),
  CONSTRAINT ck_alerts_ended_whole CHECK ((ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL) OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)),
  CONSTRAINT ck_alerts_number_counts_from_one CHECK (number >= 1),
  CONSTRAINT ck_alerts_only_notes CHECK (weight = 'note'),
  CONSTRAINT ck_alerts_raised_after_onset CHECK (raised_at >= onset_at),
  CONSTRAINT ck_alerts_rule_name CHECK (rule IN ('face_gone', 'several_faces', 'camera_covered', 'camera_stopped', 'someone_else', 'looking_away', 'phone_possible', 'book_possible', 'camera_dark', 'camera_blurred', 'camera_frozen', 'camera_looped', 'virtual_camera', 'speech', 'focus_lost', 'pasted', 'hand_raised', 'pictures_missing', 'pictures_altered', 'prefilter_disagrees', 'liveness_failed')),
  CONSTRAINT ck_alerts_weight CHECK (weight IN ('incident', 'note')),
  CONSTRAINT fk_alerts_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_alerts_session_id_proctoring_sessions FOREIGN KEY(session_id) REFERENCES proctoring_sessions (id),
  CONSTRAINT pk_alerts PRIMARY KEY (id),
  CONSTRAINT uq_alerts_session_id_rule_number UNIQUE (session_id, rule, number)
);

CREATE INDEX ix_alerts_attempt_id ON alerts (attempt_id);

CREATE INDEX ix_alerts_organisation_id_attempt_id ON alerts (organisation_id, attempt_id);

CREATE INDEX ix_alerts_sitting_id ON alerts (sitting_id);

CREATE TABLE allocations (
  id VARCHAR(26) NOT NULL,
  awarding_body_id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  engagement_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  candidates INTEGER NOT NULL,
  place VARCHAR(200) NOT NULL,
  region VARCHAR(6) NOT NULL,
  wanted_from DATE NOT NULL,
  wanted_until DATE NOT NULL,
  particulars JSON NOT NULL,
  warning_reasons JSON NOT NULL,
  state VARCHAR(9) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  allocated_at DATETIME NOT NULL,
  answered_at DATETIME,
  version INTEGER NOT NULL,
  CONSTRAINT ck_allocations_allocation_state CHECK (state IN ('offered', 'accepted', 'refused', 'withdrawn')),
  CONSTRAINT ck_allocations_answered_at_its_time CHECK ((state = 'offered') = (answered_at IS NULL)),
  CONSTRAINT ck_allocations_candidates CHECK (candidates BETWEEN 1 AND 100000),
  CONSTRAINT ck_allocations_reason CHECK (state NOT IN ('refused', 'withdrawn') OR reason <> ''),
  CONSTRAINT ck_allocations_two_parties CHECK (awarding_body_id <> agency_id),
  CONSTRAINT ck_allocations_window CHECK (wanted_from <= wanted_until),
  CONSTRAINT fk_allocations_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_allocations_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_allocations_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_allocations_engagement_id_engagements FOREIGN KEY(engagement_id) REFERENCES engagements (id),
  CONSTRAINT pk_allocations PRIMARY KEY (id),
  CONSTRAINT uq_allocations_awarding_body_id_name UNIQUE (awarding_body_id, name)
);

CREATE INDEX ix_allocations_agency_id ON allocations (agency_id);

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

CREATE TABLE appeals (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  incident_id VARCHAR(26) NOT NULL,
  text VARCHAR(1000) NOT NULL,
  asked_at DATETIME NOT NULL,
  first_reviewer_id VARCHAR(26) NOT NULL,
  second_reviewer_id VARCHAR(26),
  outcome VARCHAR(7),
  decided_at DATETIME,
  decision_reason VARCHAR(2000) NOT NULL,
  reviewer_id VARCHAR(26),
  version INTEGER NOT NULL,
  CONSTRAINT ck_appeals_another_than_first CHECK (reviewer_id IS NULL OR reviewer_id <> first_reviewer_id),
  CONSTRAINT ck_appeals_another_than_second CHECK (reviewer_id IS NULL OR second_reviewer_id IS NULL OR reviewer_id <> second_reviewer_id),
  CONSTRAINT ck_appeals_appeal_outcome CHECK (outcome IN ('granted', 'refused')),
  CONSTRAINT ck_appeals_decided_whole CHECK ((outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (reviewer_id IS NULL) AND (outcome IS NULL) = (length(trim(decision_reason)) = 0)),
  CONSTRAINT ck_appeals_says_something CHECK (length(trim(text)) > 0),
  CONSTRAINT fk_appeals_first_reviewer_id_people FOREIGN KEY(first_reviewer_id) REFERENCES people (id),
  CONSTRAINT fk_appeals_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id),
  CONSTRAINT fk_appeals_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_appeals_reviewer_id_people FOREIGN KEY(reviewer_id) REFERENCES people (id),
  CONSTRAINT fk_appeals_second_reviewer_id_people FOREIGN KEY(second_reviewer_id) REFERENCES people (id),
  CONSTRAINT pk_appeals PRIMARY KEY (id),
  CONSTRAINT uq_appeals_incident_id UNIQUE (incident_id)
);

CREATE INDEX ix_appeals_attempt_id ON appeals (attempt_id);

CREATE INDEX ix_appeals_organisation_id_outcome ON appeals (organisation_id, outcome);

CREATE TABLE assessment_policies (
  awarding_body_id VARCHAR(26) NOT NULL,
  ask_within_days INTEGER NOT NULL,
  hold_within_months INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT ck_assessment_policies_ask_within_days CHECK (ask_within_days BETWEEN 1 AND 365),
  CONSTRAINT ck_assessment_policies_hold_within_months CHECK (hold_within_months BETWEEN 1 AND 24),
  CONSTRAINT fk_assessment_policies_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT pk_assessment_policies PRIMARY KEY (awarding_body_id)
);

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

CREATE TABLE assessor_records (
  person_id VARCHAR(26) NOT NULL,
  toa_certificate VARCHAR(100) NOT NULL,
  toa_sector VARCHAR(100) NOT NULL,
  toa_valid_until DATE,
  languages JSON NOT NULL,
  changed_at DATETIME NOT NULL,
  CONSTRAINT fk_assessor_records_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_assessor_records PRIMARY KEY (person_id)
);

CREATE TABLE attempt_credits (
  id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  seconds INTEGER NOT NULL,
  suggested_seconds INTEGER NOT NULL,
  reason VARCHAR(500) NOT NULL,
  beyond VARCHAR(500) NOT NULL,
  granted_by VARCHAR(26) NOT NULL,
  granted_at DATETIME NOT NULL,
  CONSTRAINT ck_attempt_credits_has_a_reason CHECK (reason <> ''),
  CONSTRAINT ck_attempt_credits_more_than_measured_is_explained CHECK (seconds <= suggested_seconds OR beyond <> ''),
  CONSTRAINT ck_attempt_credits_seconds CHECK (seconds >= 1 AND suggested_seconds >= 0),
  CONSTRAINT fk_attempt_credits_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_credits PRIMARY KEY (id)
);

CREATE INDEX ix_attempt_credits_attempt_id ON attempt_credits (attempt_id);

CREATE TABLE attempt_leases (
  attempt_id VARCHAR(26) NOT NULL,
  epoch INTEGER NOT NULL,
  device VARCHAR(64) NOT NULL,
  taken_at DATETIME NOT NULL,
  CONSTRAINT fk_attempt_leases_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_leases PRIMARY KEY (attempt_id, epoch)
);

CREATE TABLE attempt_move_copies (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seq INTEGER NOT NULL,
  reason VARCHAR(20) NOT NULL,
  kind VARCHAR(13) NOT NULL,
  target VARCHAR(40) NOT NULL,
  epoch INTEGER NOT NULL,
  client_time VARCHAR(40) NOT NULL,
  received_at DATETIME NOT NULL,
  CONSTRAINT ck_attempt_move_copies_move_kind CHECK (kind IN ('enter_section', 'leave_section', 'visit', 'confirm')),
  CONSTRAINT ck_attempt_move_copies_refused CHECK (reason NOT IN ('stored', 'repeated')),
  CONSTRAINT ck_attempt_move_copies_verdict CHECK (reason IN ('stored', 'repeated', 'sequence_conflict', 'attempt_closed', 'late_answer', 'lease_lost', 'section_closed', 'section_order', 'item_closed', 'attempts_used_up', 'skipping_not_allowed', 'answer_incomplete')),
  CONSTRAINT fk_attempt_move_copies_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_move_copies PRIMARY KEY (attempt_id, device, seq, reason, kind, target)
);

CREATE TABLE attempt_moves (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seq INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  kind VARCHAR(13) NOT NULL,
  target VARCHAR(40) NOT NULL,
  credit_seconds INTEGER NOT NULL,
  paused_seconds INTEGER NOT NULL,
  client_time VARCHAR(40) NOT NULL,
  received_at DATETIME NOT NULL,
  CONSTRAINT ck_attempt_moves_move_kind CHECK (kind IN ('enter_section', 'leave_section', 'visit', 'confirm')),
  CONSTRAINT ck_attempt_moves_numbers_from_one CHECK (seq >= 1 AND epoch >= 1),
  CONSTRAINT ck_attempt_moves_seconds CHECK (credit_seconds >= 0 AND paused_seconds >= 0),
  CONSTRAINT fk_attempt_moves_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_moves PRIMARY KEY (attempt_id, device, seq)
);

CREATE TABLE attempt_outages (
  id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  lost_at DATETIME NOT NULL,
  back_at DATETIME NOT NULL,
  CONSTRAINT ck_attempt_outages_back_after_lost CHECK (back_at > lost_at),
  CONSTRAINT fk_attempt_outages_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_outages PRIMARY KEY (id)
);

CREATE INDEX ix_attempt_outages_attempt_id ON attempt_outages (attempt_id);

CREATE TABLE attempt_pauses (
  id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  paused_at DATETIME NOT NULL,
  paused_by VARCHAR(26) NOT NULL,
  resumed_at DATETIME,
  resumed_by VARCHAR(26),
  CONSTRAINT ck_attempt_pauses_resumed_after_pause CHECK (resumed_at >= paused_at),
  CONSTRAINT ck_attempt_pauses_resumed_by_somebody CHECK ((resumed_at IS NULL) = (resumed_by IS NULL)),
  CONSTRAINT fk_attempt_pauses_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_pauses PRIMARY KEY (id)
);

CREATE INDEX ix_attempt_pauses_attempt_id ON attempt_pauses (attempt_id);

CREATE TABLE attempt_presence (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seen_at DATETIME NOT NULL,
  pending INTEGER NOT NULL,
  CONSTRAINT ck_attempt_presence_pending CHECK (pending >= 0),
  CONSTRAINT fk_attempt_presence_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT pk_attempt_presence PRIMARY KEY (attempt_id, device)
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
  paused_at DATETIME,
  paused_seconds INTEGER DEFAULT '0' NOT NULL,
  ended_reason VARCHAR(500) DEFAULT '' NOT NULL,
  section_ends_at DATETIME,
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
  CONSTRAINT ck_attempts_paused_seconds CHECK (paused_seconds >= 0),
  CONSTRAINT ck_attempts_paused_while_running CHECK (paused_at IS NULL OR (state = 'running' AND paused_at >= started_at AND paused_at < ends_at)),
  CONSTRAINT ck_attempts_reason_of_an_end CHECK (ended_reason = '' OR ended_by IS NOT NULL),
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
  allocation_id VARCHAR(26),
  region VARCHAR(6) DEFAULT '' NOT NULL,
  particulars JSON DEFAULT '{}' NOT NULL,
  warning_reasons JSON DEFAULT '{}' NOT NULL,
  CONSTRAINT fk_batches_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_batches_allocation_id_allocations FOREIGN KEY(allocation_id) REFERENCES allocations (id),
  CONSTRAINT fk_batches_assessment_id_assessments FOREIGN KEY(assessment_id) REFERENCES assessments (id),
  CONSTRAINT fk_batches_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_batches_engagement_id_engagements FOREIGN KEY(engagement_id) REFERENCES engagements (id),
  CONSTRAINT pk_batches PRIMARY KEY (id),
  CONSTRAINT uq_batches_agency_id_name UNIQUE (agency_id, name),
  CONSTRAINT uq_batches_allocation_id UNIQUE (allocation_id)
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

CREATE TABLE browser_checks (
  id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  login_hash VARCHAR(64) NOT NULL,
  browser_hash VARCHAR(64) NOT NULL,
  means VARCHAR(10) NOT NULL,
  checked_at DATETIME NOT NULL,
  CONSTRAINT ck_browser_checks_means CHECK (means IN ('config_key', 'exam_key')),
  CONSTRAINT fk_browser_checks_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT pk_browser_checks PRIMARY KEY (id),
  CONSTRAINT uq_browser_checks_entry_id_login_hash_browser_hash UNIQUE (entry_id, login_hash, browser_hash)
);

CREATE TABLE browser_releases (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26),
  reason VARCHAR(500) NOT NULL,
  released_by VARCHAR(26) NOT NULL,
  released_at DATETIME NOT NULL,
  CONSTRAINT ck_browser_releases_reason CHECK (reason <> ''),
  CONSTRAINT fk_browser_releases_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT fk_browser_releases_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_browser_releases_sitting_id_sittings FOREIGN KEY(sitting_id) REFERENCES sittings (id),
  CONSTRAINT pk_browser_releases PRIMARY KEY (id)
);

CREATE INDEX ix_browser_releases_sitting_id ON browser_releases (sitting_id);

CREATE TABLE browser_rules (
  sitting_id VARCHAR(26) NOT NULL,
  full_screen BOOLEAN NOT NULL,
  paste BOOLEAN NOT NULL,
  secure_browser VARCHAR(8) NOT NULL,
  exam_keys JSON NOT NULL,
  set_by VARCHAR(26) NOT NULL,
  set_at DATETIME NOT NULL,
  CONSTRAINT ck_browser_rules_secure_browser CHECK (secure_browser IN ('off', 'offered', 'required')),
  CONSTRAINT fk_browser_rules_sitting_id_sittings FOREIGN KEY(sitting_id) REFERENCES sittings (id),
  CONSTRAINT pk_browser_rules PRIMARY KEY (sitting_id)
);

CREATE TABLE candidates (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  language VARCHAR(2) NOT NULL,
  date_of_birth DATE,
  created_at DATETIME NOT NULL,
  gender VARCHAR(8),
  disabled BOOLEAN,
  disabilities JSON DEFAULT '[]' NOT NULL,
  email VARCHAR(200) DEFAULT '' NOT NULL,
  phone VARCHAR(20) DEFAULT '' NOT NULL,
  apaar_sealed BLOB,
  apaar_key VARCHAR(64),
  qualification JSON DEFAULT '{}' NOT NULL,
  guardian_name VARCHAR(200) DEFAULT '' NOT NULL,
  guardian_contact VARCHAR(200) DEFAULT '' NOT NULL,
  CONSTRAINT ck_candidates_apaar CHECK ((apaar_sealed IS NULL) = (apaar_key IS NULL)),
  CONSTRAINT ck_candidates_gender CHECK (gender IN ('female', 'male', 'other', 'not_said')),
  CONSTRAINT ck_candidates_language CHECK (language IN ('en', 'hi')),
  CONSTRAINT fk_candidates_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT pk_candidates PRIMARY KEY (id),
  CONSTRAINT uq_candidates_agency_id_apaar_key UNIQUE (agency_id, apaar_key)
);

CREATE INDEX ix_candidates_agency_id ON candidates (agency_id);

CREATE TABLE check_ins (
  session_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  consent_id VARCHAR(26) NOT NULL,
  began_at DATETIME NOT NULL,
  card_evidence_id VARCHAR(26),
  card_address VARCHAR(64),
  card_similarity DOUBLE,
  completed_at DATETIME,
  calibrated BOOLEAN NOT NULL,
  enrolled_looks INTEGER NOT NULL,
  wall_faces INTEGER NOT NULL,
  learned_address VARCHAR(64),
  challenges JSON NOT NULL,
  measures JSON NOT NULL,
  model_sha256 VARCHAR(64),
  version INTEGER NOT NULL,
  CONSTRAINT ck_check_ins_card_whole CHECK (card_address IS NULL OR card_evidence_id IS NOT NULL),
  CONSTRAINT ck_check_ins_enrolled_looks CHECK (enrolled_looks BETWEEN 0 AND 5),
  CONSTRAINT ck_check_ins_learned_when_completed CHECK (completed_at IS NOT NULL OR learned_address IS NULL),
  CONSTRAINT ck_check_ins_similarity CHECK (card_similarity IS NULL OR card_similarity BETWEEN -1 AND 1),
  CONSTRAINT ck_check_ins_wall_faces CHECK (wall_faces >= 0),
  CONSTRAINT fk_check_ins_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_check_ins_session_id_proctoring_sessions FOREIGN KEY(session_id) REFERENCES proctoring_sessions (id),
  CONSTRAINT pk_check_ins PRIMARY KEY (session_id)
);

CREATE INDEX ix_check_ins_attempt_id ON check_ins (attempt_id);

CREATE TABLE consent_notices (
  version VARCHAR(20) NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  document JSON NOT NULL,
  kept_at DATETIME NOT NULL,
  CONSTRAINT pk_consent_notices PRIMARY KEY (version)
);

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

CREATE TABLE corrected_entries (
  correction_id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  before_id VARCHAR(26) NOT NULL,
  after_id VARCHAR(26),
  done_at DATETIME,
  cause VARCHAR(64) NOT NULL,
  CONSTRAINT ck_corrected_entries_cause_of_none CHECK (cause = '' OR (done_at IS NOT NULL AND after_id IS NULL)),
  CONSTRAINT ck_corrected_entries_done_with_result CHECK (after_id IS NULL OR done_at IS NOT NULL),
  CONSTRAINT fk_corrected_entries_after_id_results FOREIGN KEY(after_id) REFERENCES results (id),
  CONSTRAINT fk_corrected_entries_before_id_results FOREIGN KEY(before_id) REFERENCES results (id),
  CONSTRAINT fk_corrected_entries_correction_id_key_corrections FOREIGN KEY(correction_id) REFERENCES key_corrections (id),
  CONSTRAINT fk_corrected_entries_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT pk_corrected_entries PRIMARY KEY (correction_id, entry_id)
);

CREATE INDEX ix_corrected_entries_entry_id ON corrected_entries (entry_id);

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

CREATE TABLE deletion_receipts (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26),
  data_class VARCHAR(17) NOT NULL,
  because VARCHAR(11) NOT NULL,
  count INTEGER NOT NULL,
  digest VARCHAR(71) NOT NULL,
  keys JSON NOT NULL,
  policy_version VARCHAR(20) NOT NULL,
  mode VARCHAR(12) NOT NULL,
  due_at DATETIME NOT NULL,
  deleted_at DATETIME NOT NULL,
  erasure_id VARCHAR(26),
  CONSTRAINT ck_deletion_receipts_count CHECK (count >= 0),
  CONSTRAINT ck_deletion_receipts_data_class CHECK (data_class IN ('samples', 'identity_pictures', 'incident_pictures', 'note_pictures', 'baseline', 'messages', 'device_notes', 'system_checks', 'practice', 'answers', 'particulars', 'consents', 'result', 'access_log')),
  CONSTRAINT ck_deletion_receipts_deleted_because CHECK (because IN ('period_over', 'erasure')),
  CONSTRAINT ck_deletion_receipts_digest CHECK (length(digest) = 71),
  CONSTRAINT ck_deletion_receipts_mode CHECK (mode IN ('delete_early', 'keep_a_year')),
  CONSTRAINT ck_deletion_receipts_of_an_erasure CHECK ((because = 'erasure') = (erasure_id IS NOT NULL)),
  CONSTRAINT fk_deletion_receipts_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_deletion_receipts PRIMARY KEY (id)
);

CREATE INDEX ix_deletion_receipts_organisation_id_id ON deletion_receipts (organisation_id, id);

CREATE INDEX ix_deletion_receipts_subject_id ON deletion_receipts (subject_id);

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
  territory VARCHAR(400) NOT NULL,
  valid_from DATETIME NOT NULL,
  valid_until DATETIME NOT NULL,
  created_at DATETIME NOT NULL,
  note VARCHAR(500) DEFAULT '' NOT NULL,
  ended_from DATETIME,
  ended_reason VARCHAR(500) DEFAULT '' NOT NULL,
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
  batch_id VARCHAR(26),
  agency_number VARCHAR(40),
  try_number INTEGER DEFAULT '1' NOT NULL,
  previous_entry_id VARCHAR(26),
  pathway VARCHAR(7) DEFAULT 'trained' NOT NULL,
  training_minutes INTEGER,
  accommodations JSON DEFAULT '[]' NOT NULL,
  enrolment JSON DEFAULT '{}' NOT NULL,
  CONSTRAINT ck_entries_entry_state CHECK (state IN ('enrolled', 'withdrawn', 'absent')),
  CONSTRAINT ck_entries_extra_minutes CHECK (extra_minutes BETWEEN 0 AND 1440),
  CONSTRAINT ck_entries_pathway CHECK (pathway IN ('trained', 'rpl')),
  CONSTRAINT ck_entries_training_minutes CHECK (training_minutes BETWEEN 0 AND 120000),
  CONSTRAINT ck_entries_tries CHECK ((try_number = 1) = (previous_entry_id IS NULL)),
  CONSTRAINT ck_entries_try_number CHECK (try_number >= 1),
  CONSTRAINT fk_entries_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_entries_batch_id_batches FOREIGN KEY(batch_id) REFERENCES batches (id),
  CONSTRAINT fk_entries_candidate_id_candidates FOREIGN KEY(candidate_id) REFERENCES candidates (id),
  CONSTRAINT fk_entries_form_id_forms FOREIGN KEY(form_id) REFERENCES forms (id),
  CONSTRAINT fk_entries_previous_entry_id_entries FOREIGN KEY(previous_entry_id) REFERENCES entries (id),
  CONSTRAINT fk_entries_sitting_id_sittings FOREIGN KEY(sitting_id) REFERENCES sittings (id),
  CONSTRAINT pk_entries PRIMARY KEY (id),
  CONSTRAINT uq_entries_batch_id_agency_number_try_number UNIQUE (batch_id, agency_number, try_number),
  CONSTRAINT uq_entries_code_key UNIQUE (code_key),
  CONSTRAINT uq_entries_previous_entry_id UNIQUE (previous_entry_id),
  CONSTRAINT uq_entries_sitting_id_candidate_id UNIQUE (sitting_id, candidate_id)
);

CREATE INDEX ix_entries_agency_id ON entries (agency_id);

CREATE INDEX ix_entries_batch_id ON entries (batch_id);

CREATE INDEX ix_entries_sitting_id ON entries (sitting_id);

CREATE TABLE erasures (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  state VARCHAR(10) NOT NULL,
  asked_at DATETIME NOT NULL,
  asked_by VARCHAR(64) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  decided_at DATETIME,
  decided_by VARCHAR(64),
  answer VARCHAR(500) NOT NULL,
  erase_at DATETIME,
  done_at DATETIME,
  salt VARCHAR(64),
  proof VARCHAR(64),
  version INTEGER NOT NULL,
  CONSTRAINT ck_erasures_confirmed_by_somebody CHECK (state NOT IN ('confirmed', 'done') OR (erase_at IS NOT NULL AND decided_by IS NOT NULL)),
  CONSTRAINT ck_erasures_done_at CHECK ((state = 'done') = (done_at IS NOT NULL)),
  CONSTRAINT ck_erasures_erasure_state CHECK (state IN ('asked', 'confirmed', 'done', 'refused', 'taken_back')),
  CONSTRAINT ck_erasures_not_before_its_time CHECK (done_at >= erase_at),
  CONSTRAINT ck_erasures_proof_of_the_done CHECK ((done_at IS NULL) = (proof IS NULL)),
  CONSTRAINT fk_erasures_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_erasures PRIMARY KEY (id)
);

CREATE INDEX ix_erasures_organisation_id_state_id ON erasures (organisation_id, state, id);

CREATE UNIQUE INDEX uq_erasures_one_open ON erasures (subject_id) WHERE state IN ('asked', 'confirmed');

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
  alert_id VARCHAR(26),
  stored_sha256 VARCHAR(64),
  redaction VARCHAR(10) DEFAULT 'none' NOT NULL,
  scope VARCHAR(64),
  CONSTRAINT ck_evidence_evidence_kind CHECK (kind IN ('identity_photo', 'before', 'onset', 'raised', 'after', 'id_card', 'check_in', 'sample')),
  CONSTRAINT ck_evidence_hashes CHECK (length(address) = 64 AND length(sha256) = 64),
  CONSTRAINT ck_evidence_not_empty CHECK (size > 0),
  CONSTRAINT ck_evidence_photo_or_incident CHECK ((kind IN ('identity_photo', 'id_card', 'sample') AND incident_id IS NULL AND alert_id IS NULL) OR (kind = 'check_in' AND incident_id IS NULL) OR (kind IN ('before', 'onset', 'raised', 'after') AND (incident_id IS NOT NULL OR alert_id IS NOT NULL))),
  CONSTRAINT ck_evidence_redaction CHECK (redaction IN ('none', 'background', 'scene')),
  CONSTRAINT ck_evidence_seq_counts_from_zero CHECK (seq >= 0),
  CONSTRAINT ck_evidence_stored_hash CHECK (length(stored_sha256) = 64),
  CONSTRAINT fk_evidence_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id),
  CONSTRAINT fk_evidence_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_evidence_session_id_proctoring_sessions FOREIGN KEY(session_id) REFERENCES proctoring_sessions (id),
  CONSTRAINT pk_evidence PRIMARY KEY (id)
);

CREATE INDEX ix_evidence_alert_id ON evidence (alert_id);

CREATE INDEX ix_evidence_attempt_id ON evidence (attempt_id);

CREATE INDEX ix_evidence_incident_id ON evidence (incident_id);

CREATE INDEX ix_evidence_session_id ON evidence (session_id);

CREATE TABLE evidence_looks (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  evidence_id VARCHAR(26) NOT NULL,
  kind VARCHAR(14) NOT NULL,
  captured_at DATETIME NOT NULL,
  actor_kind VARCHAR(20) NOT NULL,
  actor_id VARCHAR(64) NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT ck_evidence_looks_evidence_kind CHECK (kind IN ('identity_photo', 'before', 'onset', 'raised', 'after', 'id_card', 'check_in', 'sample')),
  CONSTRAINT fk_evidence_looks_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_evidence_looks PRIMARY KEY (id)
);

CREATE INDEX ix_evidence_looks_attempt_id_id ON evidence_looks (attempt_id, id);

CREATE INDEX ix_evidence_looks_organisation_id_id ON evidence_looks (organisation_id, id);

CREATE TABLE explanations (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  incident_id VARCHAR(26),
  alert_id VARCHAR(26),
  reason VARCHAR(17) NOT NULL,
  text VARCHAR(1000) NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT ck_explanations_explanation CHECK (reason IN ('dropped_something', 'someone_came_in', 'light_went_out', 'camera_moved', 'line_failed', 'thinking', 'unwell', 'other')),
  CONSTRAINT ck_explanations_of_one_thing CHECK ((incident_id IS NULL) <> (alert_id IS NULL)),
  CONSTRAINT ck_explanations_says_something CHECK (reason <> 'other' OR length(trim(text)) > 0),
  CONSTRAINT fk_explanations_alert_id_alerts FOREIGN KEY(alert_id) REFERENCES alerts (id),
  CONSTRAINT fk_explanations_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id),
  CONSTRAINT fk_explanations_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_explanations PRIMARY KEY (id)
);

CREATE INDEX ix_explanations_attempt_id ON explanations (attempt_id);

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

CREATE TABLE formative_answers (
  id VARCHAR(26) NOT NULL,
  run_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  item_id VARCHAR(26) NOT NULL,
  pc VARCHAR(32) NOT NULL,
  judged VARCHAR(6) NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT ck_formative_answers_judged CHECK (judged IN ('right', 'partly', 'wrong')),
  CONSTRAINT fk_formative_answers_item_id_items FOREIGN KEY(item_id) REFERENCES items (id),
  CONSTRAINT fk_formative_answers_run_id_formative_runs FOREIGN KEY(run_id) REFERENCES formative_runs (id),
  CONSTRAINT pk_formative_answers PRIMARY KEY (id),
  CONSTRAINT uq_formative_answers_run_id_number UNIQUE (run_id, number)
);

CREATE TABLE formative_items (
  item_id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  added_at DATETIME NOT NULL,
  added_by VARCHAR(26) NOT NULL,
  shown_at DATETIME,
  removed_at DATETIME,
  CONSTRAINT ck_formative_items_removed_was_shown CHECK (removed_at IS NULL OR shown_at IS NOT NULL),
  CONSTRAINT fk_formative_items_item_id_items FOREIGN KEY(item_id) REFERENCES items (id),
  CONSTRAINT fk_formative_items_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_formative_items PRIMARY KEY (item_id)
);

CREATE INDEX ix_formative_items_owner_id ON formative_items (owner_id);

CREATE TABLE formative_links (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  token_hash VARCHAR(64) NOT NULL,
  opened_at DATETIME NOT NULL,
  opened_by VARCHAR(26) NOT NULL,
  closed_at DATETIME,
  CONSTRAINT fk_formative_links_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_formative_links_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT pk_formative_links PRIMARY KEY (id),
  CONSTRAINT uq_formative_links_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_formative_links_agency_id ON formative_links (agency_id);

CREATE TABLE formative_runs (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  candidate_id VARCHAR(26),
  link_id VARCHAR(26),
  visitor_hash VARCHAR(64),
  secret VARCHAR(64) NOT NULL,
  pcs JSON NOT NULL,
  question INTEGER NOT NULL,
  version_id VARCHAR(26),
  started_at DATETIME NOT NULL,
  last_at DATETIME NOT NULL,
  CONSTRAINT ck_formative_runs_one_way_in CHECK ((candidate_id IS NULL) <> (link_id IS NULL)),
  CONSTRAINT ck_formative_runs_question CHECK (question >= 0),
  CONSTRAINT ck_formative_runs_visitor_by_link CHECK ((link_id IS NULL) = (visitor_hash IS NULL)),
  CONSTRAINT fk_formative_runs_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_formative_runs_candidate_id_candidates FOREIGN KEY(candidate_id) REFERENCES candidates (id),
  CONSTRAINT fk_formative_runs_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_formative_runs_link_id_formative_links FOREIGN KEY(link_id) REFERENCES formative_links (id),
  CONSTRAINT fk_formative_runs_version_id_item_versions FOREIGN KEY(version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_formative_runs PRIMARY KEY (id),
  CONSTRAINT uq_formative_runs_candidate_id_credential_version_id UNIQUE (candidate_id, credential_version_id),
  CONSTRAINT uq_formative_runs_visitor_hash UNIQUE (visitor_hash)
);

CREATE INDEX ix_formative_runs_agency_id ON formative_runs (agency_id);

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

CREATE TABLE guardian_consents (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  notice_version VARCHAR(20) NOT NULL,
  guardian_name VARCHAR(200) NOT NULL,
  relation VARCHAR(14) NOT NULL,
  means VARCHAR(5) NOT NULL,
  masked VARCHAR(254) NOT NULL,
  code_key VARCHAR(64),
  codes_sent INTEGER NOT NULL,
  code_sent_at DATETIME,
  tries INTEGER NOT NULL,
  asked_at DATETIME NOT NULL,
  given_at DATETIME,
  withdrawn_at DATETIME,
  recorded_by VARCHAR(26),
  reason VARCHAR(500) NOT NULL,
  CONSTRAINT ck_guardian_consents_given_before_withdrawn CHECK (withdrawn_at IS NULL OR given_at IS NOT NULL),
  CONSTRAINT ck_guardian_consents_means CHECK (means IN ('code', 'paper')),
  CONSTRAINT ck_guardian_consents_paper_was_seen CHECK (means <> 'paper' OR (recorded_by IS NOT NULL AND reason <> '')),
  CONSTRAINT ck_guardian_consents_relation CHECK (relation IN ('mother', 'father', 'legal_guardian')),
  CONSTRAINT fk_guardian_consents_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_guardian_consents PRIMARY KEY (id)
);

CREATE INDEX ix_guardian_consents_subject_id ON guardian_consents (subject_id);

CREATE TABLE hand_overs (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  from_id VARCHAR(26) NOT NULL,
  to_id VARCHAR(26) NOT NULL,
  note VARCHAR(1000) NOT NULL,
  attempt_ids JSON NOT NULL,
  state VARCHAR(9) NOT NULL,
  offered_at DATETIME NOT NULL,
  answered_at DATETIME,
  CONSTRAINT ck_hand_overs_answered_once CHECK ((state = 'offered') = (answered_at IS NULL)),
  CONSTRAINT ck_hand_overs_hand_over_state CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  CONSTRAINT ck_hand_overs_to_another CHECK (from_id <> to_id),
  CONSTRAINT fk_hand_overs_from_id_people FOREIGN KEY(from_id) REFERENCES people (id),
  CONSTRAINT fk_hand_overs_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_hand_overs_to_id_people FOREIGN KEY(to_id) REFERENCES people (id),
  CONSTRAINT pk_hand_overs PRIMARY KEY (id)
);

CREATE INDEX ix_hand_overs_sitting_id_id ON hand_overs (sitting_id, id);

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
  rule VARCHAR(19),
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
  origin VARCHAR(6) DEFAULT 'rule' NOT NULL,
  alert_id VARCHAR(26),
  validated BOOLEAN DEFAULT 1 NOT NULL,
  raised_by VARCHAR(26),
  raised_reason VARCHAR(2000) DEFAULT '' NOT NULL,
  first_reviewer_id VARCHAR(26),
  second_reviewer_id VARCHAR(26),
  decided_under VARCHAR(13) DEFAULT 'one_reviewer' NOT NULL,
  CONSTRAINT ck_incidents_alert_end CHECK (ended_because IN ('cleared', 'suppressed', 'watch_ended', 'interrupted')),
  CONSTRAINT ck_incidents_decided_once_closed CHECK ((state IN ('open', 'proposed')) = (decided_at IS NULL)),
  CONSTRAINT ck_incidents_decided_under CHECK (decided_under IN ('one_reviewer', 'two_reviewers')),
  CONSTRAINT ck_incidents_different_reviewers CHECK (second_reviewer_id IS NULL OR (first_reviewer_id IS NOT NULL AND second_reviewer_id <> first_reviewer_id)),
  CONSTRAINT ck_incidents_ended_after_onset CHECK (ended_at IS NULL OR ended_at >= onset_at),
  CONSTRAINT ck_incidents_ended_whole CHECK ((ended_at IS NULL AND ended_because IS NULL AND final_numbers IS NULL) OR (ended_at IS NOT NULL AND ended_because IS NOT NULL AND final_numbers IS NOT NULL)),
  CONSTRAINT ck_incidents_first_reviewer CHECK (decided_under = 'one_reviewer' OR (state = 'open') = (first_reviewer_id IS NULL)),
  CONSTRAINT ck_incidents_incident_state CHECK (state IN ('open', 'proposed', 'dismissed', 'upheld')),
  CONSTRAINT ck_incidents_no_note_by_machine CHECK (origin <> 'rule' OR rule IN ('face_gone', 'several_faces', 'someone_else', 'camera_covered', 'camera_frozen', 'camera_stopped', 'pictures_altered')),
  CONSTRAINT ck_incidents_noted_before CHECK ((origin = 'note') = (alert_id IS NOT NULL)),
  CONSTRAINT ck_incidents_number_counts_from_one CHECK (number >= 1),
  CONSTRAINT ck_incidents_one_reviewer_once CHECK (decided_under = 'two_reviewers' OR state IN ('dismissed', 'upheld')),
  CONSTRAINT ck_incidents_origin CHECK (origin IN ('rule', 'note', 'person')),
  CONSTRAINT ck_incidents_proposed_by_one CHECK (state <> 'proposed' OR second_reviewer_id IS NULL),
  CONSTRAINT ck_incidents_raised_after_onset CHECK (raised_at >= onset_at),
  CONSTRAINT ck_incidents_raised_with_reason CHECK ((origin = 'rule') = (raised_by IS NULL) AND (origin = 'rule') = (length(trim(raised_reason)) = 0)),
  CONSTRAINT ck_incidents_rule_name CHECK (rule IN ('face_gone', 'several_faces', 'camera_covered', 'camera_stopped', 'someone_else', 'looking_away', 'phone_possible', 'book_possible', 'camera_dark', 'camera_blurred', 'camera_frozen', 'camera_looped', 'virtual_camera', 'speech', 'focus_lost', 'pasted', 'hand_raised', 'pictures_missing', 'pictures_altered', 'prefilter_disagrees', 'liveness_failed')),
  CONSTRAINT ck_incidents_rule_or_person CHECK ((origin = 'person') = (rule IS NULL)),
  CONSTRAINT ck_incidents_upheld_by_two CHECK (state <> 'upheld' OR decided_under = 'one_reviewer' OR second_reviewer_id IS NOT NULL),
  CONSTRAINT fk_incidents_alert_id_alerts FOREIGN KEY(alert_id) REFERENCES alerts (id),
  CONSTRAINT fk_incidents_first_reviewer_id_people FOREIGN KEY(first_reviewer_id) REFERENCES people (id),
  CONSTRAINT fk_incidents_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_incidents_raised_by_people FOREIGN KEY(raised_by) REFERENCES people (id),
  CONSTRAINT fk_incidents_second_reviewer_id_people FOREIGN KEY(second_reviewer_id) REFERENCES people (id),
  CONSTRAINT fk_incidents_session_id_proctoring_sessions FOREIGN KEY(session_id) REFERENCES proctoring_sessions (id),
  CONSTRAINT pk_incidents PRIMARY KEY (id),
  CONSTRAINT uq_incidents_alert_id UNIQUE (alert_id),
  CONSTRAINT uq_incidents_session_id_rule_number UNIQUE (session_id, rule, number)
);

CREATE INDEX ix_incidents_attempt_id ON incidents (attempt_id);

CREATE INDEX ix_incidents_organisation_id_state_id ON incidents (organisation_id, state, id);

CREATE INDEX ix_incidents_sitting_id ON incidents (sitting_id);

CREATE TABLE invigilated_places (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  because VARCHAR(9) NOT NULL,
  running BOOLEAN NOT NULL,
  asked_at DATETIME NOT NULL,
  settled VARCHAR(12),
  settled_at DATETIME,
  settled_by VARCHAR(26),
  invigilator VARCHAR(200) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  CONSTRAINT ck_invigilated_places_asked_because CHECK (because IN ('refused', 'withdrawn')),
  CONSTRAINT ck_invigilated_places_invigilator_named CHECK (settled IS NULL OR settled <> 'invigilated' OR (settled_by IS NOT NULL AND invigilator <> '')),
  CONSTRAINT ck_invigilated_places_settled CHECK (settled IN ('changed_mind', 'moved', 'invigilated')),
  CONSTRAINT ck_invigilated_places_settled_whole CHECK ((settled IS NULL) = (settled_at IS NULL)),
  CONSTRAINT fk_invigilated_places_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT fk_invigilated_places_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_invigilated_places_sitting_id_sittings FOREIGN KEY(sitting_id) REFERENCES sittings (id),
  CONSTRAINT pk_invigilated_places PRIMARY KEY (id)
);

CREATE INDEX ix_invigilated_places_entry_id ON invigilated_places (entry_id);

CREATE INDEX ix_invigilated_places_organisation_id_settled ON invigilated_places (organisation_id, settled);

CREATE TABLE invitations (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  email VARCHAR(254) NOT NULL,
  language VARCHAR(5) NOT NULL,
  roles JSON NOT NULL,
  token_hash VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  accepted_at DATETIME,
  withdrawn_at DATETIME,
  CONSTRAINT ck_invitations_accepted_or_withdrawn CHECK (accepted_at IS NULL OR withdrawn_at IS NULL),
  CONSTRAINT fk_invitations_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_invitations PRIMARY KEY (id),
  CONSTRAINT uq_invitations_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_invitations_organisation_id ON invitations (organisation_id);

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

CREATE TABLE key_corrections (
  id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  item_version_id VARCHAR(26) NOT NULL,
  kind VARCHAR(9) NOT NULL,
  accepted JSON NOT NULL,
  as_version_id VARCHAR(26),
  policy VARCHAR(9) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  sha256 VARCHAR(71) NOT NULL,
  state VARCHAR(9) NOT NULL,
  asked_by VARCHAR(26) NOT NULL,
  asked_at DATETIME NOT NULL,
  decided_by VARCHAR(26),
  decided_at DATETIME,
  answer VARCHAR(500) NOT NULL,
  difference JSON,
  difference_sha256 VARCHAR(71),
  signature VARCHAR(64),
  applied_at DATETIME,
  version INTEGER NOT NULL,
  CONSTRAINT ck_key_corrections_applied_at CHECK ((state = 'applied') = (applied_at IS NOT NULL)),
  CONSTRAINT ck_key_corrections_approved_by_another_person CHECK (state NOT IN ('approved', 'applied') OR (decided_by <> asked_by AND signature IS NOT NULL AND difference_sha256 IS NOT NULL)),
  CONSTRAINT ck_key_corrections_as_version CHECK ((kind = 'version') = (as_version_id IS NOT NULL)),
  CONSTRAINT ck_key_corrections_correction_state CHECK (state IN ('asked', 'approved', 'applied', 'refused', 'withdrawn')),
  CONSTRAINT ck_key_corrections_decided_at CHECK ((state = 'asked') = (decided_at IS NULL)),
  CONSTRAINT ck_key_corrections_decided_by_somebody CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
  CONSTRAINT ck_key_corrections_has_a_reason CHECK (reason <> ''),
  CONSTRAINT ck_key_corrections_new_key_kind CHECK (kind IN ('keyed', 'version', 'everybody', 'dropped')),
  CONSTRAINT ck_key_corrections_policy CHECK (policy IN ('full', 'harm-free', 'drop')),
  CONSTRAINT fk_key_corrections_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_key_corrections_as_version_id_item_versions FOREIGN KEY(as_version_id) REFERENCES item_versions (id),
  CONSTRAINT fk_key_corrections_item_version_id_item_versions FOREIGN KEY(item_version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_key_corrections PRIMARY KEY (id)
);

CREATE INDEX ix_key_corrections_agency_id ON key_corrections (agency_id);

CREATE INDEX ix_key_corrections_item_version_id ON key_corrections (item_version_id);

CREATE UNIQUE INDEX uq_key_corrections_one_open ON key_corrections (item_version_id) WHERE state IN ('asked', 'approved');

CREATE TABLE late_decisions (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seq INTEGER NOT NULL,
  item_version_id VARCHAR(26) NOT NULL,
  cause VARCHAR(20) NOT NULL,
  value_sha256 VARCHAR(71) NOT NULL,
  decision VARCHAR(8) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  decided_by VARCHAR(26) NOT NULL,
  decided_at DATETIME NOT NULL,
  CONSTRAINT ck_late_decisions_has_a_reason CHECK (reason <> ''),
  CONSTRAINT ck_late_decisions_late_decision CHECK (decision IN ('admitted', 'refused')),
  CONSTRAINT ck_late_decisions_verdict CHECK (cause IN ('stored', 'repeated', 'sequence_conflict', 'attempt_closed', 'late_answer', 'lease_lost', 'section_closed', 'section_order', 'item_closed', 'attempts_used_up', 'skipping_not_allowed', 'answer_incomplete')),
  CONSTRAINT fk_late_decisions_attempt_id_attempts FOREIGN KEY(attempt_id) REFERENCES attempts (id),
  CONSTRAINT fk_late_decisions_item_version_id_item_versions FOREIGN KEY(item_version_id) REFERENCES item_versions (id),
  CONSTRAINT pk_late_decisions PRIMARY KEY (attempt_id, device, seq, item_version_id)
);

CREATE TABLE learner_calls (
  attempt_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  hand_at DATETIME,
  waiting_at DATETIME,
  waiting INTEGER NOT NULL,
  CONSTRAINT ck_learner_calls_waiting_counts CHECK (waiting >= 0),
  CONSTRAINT ck_learner_calls_waiting_since CHECK ((waiting = 0) = (waiting_at IS NULL)),
  CONSTRAINT fk_learner_calls_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_learner_calls PRIMARY KEY (attempt_id)
);

CREATE TABLE logins (
  token_hash VARCHAR(64) NOT NULL,
  kind VARCHAR(9) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  ended_at DATETIME,
  public_id VARCHAR(26),
  browser VARCHAR(80) DEFAULT '' NOT NULL,
  seen_at DATETIME,
  idle_at DATETIME,
  proved_at DATETIME,
  awaits_second_factor BOOLEAN DEFAULT 0 NOT NULL,
  CONSTRAINT ck_logins_expires_after_created CHECK (expires_at > created_at),
  CONSTRAINT ck_logins_login_kind CHECK (kind IN ('person', 'candidate')),
  CONSTRAINT pk_logins PRIMARY KEY (token_hash),
  CONSTRAINT uq_logins_public_id UNIQUE (public_id)
);

CREATE INDEX ix_logins_subject_id ON logins (subject_id);

CREATE TABLE lti_keys (
  id VARCHAR(26) NOT NULL,
  sealed_key BLOB NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_lti_keys PRIMARY KEY (id)
);

CREATE TABLE lti_learners (
  platform_id VARCHAR(26) NOT NULL,
  deployment_id VARCHAR(255) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  line_item_url VARCHAR(500) NOT NULL,
  created_at DATETIME NOT NULL,
  score_sent_at DATETIME,
  CONSTRAINT fk_lti_learners_platform_id_lti_platforms FOREIGN KEY(platform_id) REFERENCES lti_platforms (id),
  CONSTRAINT pk_lti_learners PRIMARY KEY (platform_id, deployment_id, subject, sitting_id),
  CONSTRAINT uq_lti_learners_entry_id UNIQUE (entry_id)
);

CREATE TABLE lti_nonces (
  nonce_hash VARCHAR(64) NOT NULL,
  used_at DATETIME NOT NULL,
  CONSTRAINT pk_lti_nonces PRIMARY KEY (nonce_hash)
);

CREATE INDEX ix_lti_nonces_used_at ON lti_nonces (used_at);

CREATE TABLE lti_platforms (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  name VARCHAR(100) NOT NULL,
  issuer VARCHAR(300) NOT NULL,
  client_id VARCHAR(300) NOT NULL,
  deployments JSON NOT NULL,
  authorization_url VARCHAR(500) NOT NULL,
  token_url VARCHAR(500) NOT NULL,
  keys_url VARCHAR(500) NOT NULL,
  created_at DATETIME NOT NULL,
  removed_at DATETIME,
  CONSTRAINT fk_lti_platforms_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_lti_platforms PRIMARY KEY (id)
);

CREATE INDEX ix_lti_platforms_organisation_id ON lti_platforms (organisation_id);

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

CREATE TABLE notes_seen (
  alert_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  seen_by VARCHAR(26) NOT NULL,
  seen_at DATETIME NOT NULL,
  CONSTRAINT fk_notes_seen_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_notes_seen_seen_by_people FOREIGN KEY(seen_by) REFERENCES people (id),
  CONSTRAINT pk_notes_seen PRIMARY KEY (alert_id)
);

CREATE INDEX ix_notes_seen_attempt_id ON notes_seen (attempt_id);

CREATE TABLE notices (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  subject_id VARCHAR(64) NOT NULL,
  kind VARCHAR(19) NOT NULL,
  language VARCHAR(5) NOT NULL,
  channel VARCHAR(5),
  masked VARCHAR(260) NOT NULL,
  confidential BOOLEAN NOT NULL,
  state VARCHAR(9) NOT NULL,
  failure VARCHAR(11),
  tries INTEGER NOT NULL,
  claimed_until DATETIME,
  queued_at DATETIME NOT NULL,
  tried_at DATETIME,
  ended_at DATETIME,
  sealed BLOB,
  cause_id VARCHAR(26),
  CONSTRAINT ck_notices_channel CHECK (channel IN ('email', 'phone')),
  CONSTRAINT ck_notices_failure CHECK (failure IN ('no_address', 'no_channel', 'rejected', 'unreadable', 'unreachable', 'timed_out', 'port_error')),
  CONSTRAINT ck_notices_notice_kind CHECK (kind IN ('access_code', 'sitting_changed', 'sitting_cancelled', 'result_declared', 'decision_made', 'erasure_notice', 'staff_invitation', 'password_reset', 'second_factor_reset', 'erasure_done', 'guardian_code', 'panel_news')),
  CONSTRAINT ck_notices_notice_state CHECK (state IN ('waiting', 'sent', 'failed', 'withdrawn')),
  CONSTRAINT ck_notices_secret_wiped CHECK (state <> 'failed' OR NOT confidential OR sealed IS NULL),
  CONSTRAINT ck_notices_tries CHECK (tries >= 0),
  CONSTRAINT ck_notices_waiting_sealed CHECK (state <> 'waiting' OR (sealed IS NOT NULL AND channel IS NOT NULL)),
  CONSTRAINT ck_notices_words_wiped CHECK (state NOT IN ('sent', 'withdrawn') OR sealed IS NULL),
  CONSTRAINT fk_notices_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_notices PRIMARY KEY (id),
  CONSTRAINT uq_notices_cause_id_subject_id UNIQUE (cause_id, subject_id)
);

CREATE INDEX ix_notices_organisation_id_id ON notices (organisation_id, id);

CREATE INDEX ix_notices_state_id ON notices (state, id);

CREATE INDEX ix_notices_subject_id ON notices (subject_id);

CREATE TABLE organisations (
  id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  kind VARCHAR(17) NOT NULL,
  created_at DATETIME NOT NULL,
  second_factor_required BOOLEAN DEFAULT 0 NOT NULL,
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

CREATE TABLE panel_adoptions (
  id VARCHAR(26) NOT NULL,
  panel_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  adopted_by VARCHAR(26) NOT NULL,
  changes JSON NOT NULL,
  sha256_before VARCHAR(71) NOT NULL,
  sha256 VARCHAR(71) NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT fk_panel_adoptions_adopted_by_people FOREIGN KEY(adopted_by) REFERENCES people (id),
  CONSTRAINT fk_panel_adoptions_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_panel_adoptions_panel_id_standard_panels FOREIGN KEY(panel_id) REFERENCES standard_panels (id),
  CONSTRAINT pk_panel_adoptions PRIMARY KEY (id)
);

CREATE INDEX ix_panel_adoptions_credential_version_id ON panel_adoptions (credential_version_id);

CREATE INDEX ix_panel_adoptions_panel_id ON panel_adoptions (panel_id);

CREATE TABLE panel_hand_ins (
  id VARCHAR(26) NOT NULL,
  panel_id VARCHAR(26) NOT NULL,
  round INTEGER NOT NULL,
  judge_id VARCHAR(26) NOT NULL,
  at DATETIME NOT NULL,
  given_back_at DATETIME,
  CONSTRAINT fk_panel_hand_ins_judge_id_panel_judges FOREIGN KEY(judge_id) REFERENCES panel_judges (id),
  CONSTRAINT fk_panel_hand_ins_panel_id_standard_panels FOREIGN KEY(panel_id) REFERENCES standard_panels (id),
  CONSTRAINT pk_panel_hand_ins PRIMARY KEY (id)
);

CREATE INDEX ix_panel_hand_ins_panel_id_round_judge_id ON panel_hand_ins (panel_id, round, judge_id);

CREATE TABLE panel_judgements (
  id VARCHAR(26) NOT NULL,
  panel_id VARCHAR(26) NOT NULL,
  round INTEGER NOT NULL,
  judge_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  value VARCHAR(20) NOT NULL,
  at DATETIME NOT NULL,
  CONSTRAINT fk_panel_judgements_judge_id_panel_judges FOREIGN KEY(judge_id) REFERENCES panel_judges (id),
  CONSTRAINT fk_panel_judgements_panel_id_standard_panels FOREIGN KEY(panel_id) REFERENCES standard_panels (id),
  CONSTRAINT pk_panel_judgements PRIMARY KEY (id)
);

CREATE INDEX ix_panel_judgements_panel_id_round_judge_id ON panel_judgements (panel_id, round, judge_id);

CREATE TABLE panel_judges (
  id VARCHAR(26) NOT NULL,
  panel_id VARCHAR(26) NOT NULL,
  person_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  state VARCHAR(8) NOT NULL,
  expertise TEXT NOT NULL,
  interest TEXT NOT NULL,
  invited_at DATETIME NOT NULL,
  answered_at DATETIME,
  CONSTRAINT ck_panel_judges_accepted_with_expertise CHECK (state <> 'accepted' OR length(expertise) > 0),
  CONSTRAINT ck_panel_judges_judge_state CHECK (state IN ('invited', 'accepted', 'declined', 'released')),
  CONSTRAINT fk_panel_judges_panel_id_standard_panels FOREIGN KEY(panel_id) REFERENCES standard_panels (id),
  CONSTRAINT fk_panel_judges_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_panel_judges PRIMARY KEY (id),
  CONSTRAINT uq_panel_judges_panel_id_number UNIQUE (panel_id, number),
  CONSTRAINT uq_panel_judges_panel_id_person_id UNIQUE (panel_id, person_id)
);

CREATE INDEX ix_panel_judges_person_id ON panel_judges (person_id);

CREATE TABLE panel_objects (
  panel_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  kind VARCHAR(9) NOT NULL,
  reference VARCHAR(60) NOT NULL,
  label VARCHAR(120) NOT NULL,
  pc VARCHAR(60) NOT NULL,
  component VARCHAR(60) NOT NULL,
  maximum VARCHAR(40) NOT NULL,
  facts JSON NOT NULL,
  CONSTRAINT ck_panel_objects_numbered_from_one CHECK (number >= 1),
  CONSTRAINT ck_panel_objects_object_kind CHECK (kind IN ('item', 'criterion', 'pc', 'person', 'number')),
  CONSTRAINT fk_panel_objects_panel_id_standard_panels FOREIGN KEY(panel_id) REFERENCES standard_panels (id),
  CONSTRAINT pk_panel_objects PRIMARY KEY (panel_id, number),
  CONSTRAINT uq_panel_objects_panel_id_kind_reference_component UNIQUE (panel_id, kind, reference, component)
);

CREATE TABLE panel_rounds (
  panel_id VARCHAR(26) NOT NULL,
  number INTEGER NOT NULL,
  opened_at DATETIME NOT NULL,
  closed_at DATETIME,
  counted JSON NOT NULL,
  notes TEXT NOT NULL,
  CONSTRAINT fk_panel_rounds_panel_id_standard_panels FOREIGN KEY(panel_id) REFERENCES standard_panels (id),
  CONSTRAINT pk_panel_rounds PRIMARY KEY (panel_id, number)
);

CREATE TABLE password_requests (
  id VARCHAR(26) NOT NULL,
  sealed_email BLOB NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_password_requests PRIMARY KEY (id)
);

CREATE TABLE password_resets (
  token_hash VARCHAR(64) NOT NULL,
  person_id VARCHAR(26) NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  used_at DATETIME,
  CONSTRAINT fk_password_resets_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_password_resets PRIMARY KEY (token_hash)
);

CREATE INDEX ix_password_resets_person_id ON password_resets (person_id);

CREATE TABLE people (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  name VARCHAR(200) NOT NULL,
  email VARCHAR(254) NOT NULL,
  password_hash VARCHAR(200) NOT NULL,
  language VARCHAR(5) NOT NULL,
  active BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  last_sign_in_at DATETIME,
  CONSTRAINT ck_people_email_lower_case CHECK (email = lower(email)),
  CONSTRAINT fk_people_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_people PRIMARY KEY (id),
  CONSTRAINT uq_people_email UNIQUE (email)
);

CREATE INDEX ix_people_organisation_id ON people (organisation_id);

CREATE TABLE proctor_messages (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  text VARCHAR(500) NOT NULL,
  sent_by VARCHAR(26) NOT NULL,
  sent_at DATETIME NOT NULL,
  broadcast_id VARCHAR(26),
  direction VARCHAR(12) DEFAULT 'to_learner' NOT NULL,
  number BIGINT,
  hint VARCHAR(14),
  CONSTRAINT ck_proctor_messages_direction CHECK (direction IN ('to_learner', 'from_learner')),
  CONSTRAINT ck_proctor_messages_hint CHECK (hint IN ('show_face', 'more_light', 'look_at_screen', 'phone_away', 'be_alone', 'free_camera', 'quiet', 'stay_on_page')),
  CONSTRAINT ck_proctor_messages_learners_number CHECK ((direction = 'from_learner') = (number IS NOT NULL)),
  CONSTRAINT ck_proctor_messages_says_something CHECK (text <> ''),
  CONSTRAINT fk_proctor_messages_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_proctor_messages PRIMARY KEY (id),
  CONSTRAINT uq_proctor_messages_attempt_id_number UNIQUE (attempt_id, number)
);

CREATE INDEX ix_proctor_messages_attempt_id ON proctor_messages (attempt_id);

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
  plan JSON DEFAULT '{}' NOT NULL,
  agreed JSON DEFAULT '[]' NOT NULL,
  exemptions JSON DEFAULT '[]' NOT NULL,
  watched JSON DEFAULT '{}' NOT NULL,
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

CREATE TABLE recovery_codes (
  person_id VARCHAR(26) NOT NULL,
  code_hash VARCHAR(64) NOT NULL,
  used_at DATETIME,
  CONSTRAINT fk_recovery_codes_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_recovery_codes PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE reports (
  id VARCHAR(26) NOT NULL,
  batch_id VARCHAR(26) NOT NULL,
  agency_id VARCHAR(26) NOT NULL,
  awarding_body_id VARCHAR(26) NOT NULL,
  kind VARCHAR(9) NOT NULL,
  state VARCHAR(9) NOT NULL,
  ordered_by VARCHAR(64) NOT NULL,
  ordered_at DATETIME NOT NULL,
  started_at DATETIME,
  beat_at DATETIME,
  ended_at DATETIME,
  progress INTEGER NOT NULL,
  stage VARCHAR(64) NOT NULL,
  cancel_asked BOOLEAN DEFAULT 0 NOT NULL,
  document JSON,
  sha256 VARCHAR(71),
  made_from VARCHAR(71),
  batch_closed BOOLEAN,
  persons INTEGER,
  code VARCHAR(64) NOT NULL,
  code_version VARCHAR(64) NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT ck_reports_document_says_of_what CHECK ((document IS NULL) = (made_from IS NULL) AND (document IS NULL) = (batch_closed IS NULL) AND (document IS NULL) = (persons IS NULL) AND (document IS NULL) = (sha256 IS NULL)),
  CONSTRAINT ck_reports_done_has_a_document CHECK ((state = 'done') = (document IS NOT NULL)),
  CONSTRAINT ck_reports_ended_at CHECK ((ended_at IS NULL) = (state IN ('queued', 'running'))),
  CONSTRAINT ck_reports_failed_with_a_code CHECK ((state = 'failed') = (code <> '')),
  CONSTRAINT ck_reports_persons CHECK (persons >= 0),
  CONSTRAINT ck_reports_progress CHECK (progress BETWEEN 0 AND 1000),
  CONSTRAINT ck_reports_queued_is_untouched CHECK (state <> 'queued' OR started_at IS NULL),
  CONSTRAINT ck_reports_report_kind CHECK (kind IN ('items', 'paper', 'certainty', 'model', 'diagnosis', 'fairness', 'forms', 'forensics')),
  CONSTRAINT ck_reports_report_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  CONSTRAINT ck_reports_running_has_begun CHECK (state <> 'running' OR (started_at IS NOT NULL AND beat_at IS NOT NULL)),
  CONSTRAINT fk_reports_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_reports_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_reports_batch_id_batches FOREIGN KEY(batch_id) REFERENCES batches (id),
  CONSTRAINT pk_reports PRIMARY KEY (id)
);

CREATE INDEX ix_reports_batch_id_kind ON reports (batch_id, kind);

CREATE INDEX ix_reports_state ON reports (state);

CREATE UNIQUE INDEX uq_reports_one_under_way ON reports (batch_id, kind) WHERE state IN ('queued', 'running');

CREATE TABLE response_copies (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  seq INTEGER NOT NULL,
  reason VARCHAR(20) NOT NULL,
  value_sha256 VARCHAR(71) NOT NULL,
  epoch INTEGER NOT NULL,
  item_version_id VARCHAR(26) NOT NULL,
  value JSON NOT NULL,
  client_time VARCHAR(40) NOT NULL,
  received_at DATETIME NOT NULL,
  CONSTRAINT ck_response_copies_refused CHECK (reason NOT IN ('stored', 'repeated')),
  CONSTRAINT ck_response_copies_verdict CHECK (reason IN ('stored', 'repeated', 'sequence_conflict', 'attempt_closed', 'late_answer', 'lease_lost', 'section_closed', 'section_order', 'item_closed', 'attempts_used_up', 'skipping_not_allowed', 'answer_incomplete')),
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
  corrected_by_id VARCHAR(26),
  CONSTRAINT ck_results_declared_at CHECK (state <> 'declared' OR declared_at IS NOT NULL),
  CONSTRAINT ck_results_declared_by_somebody CHECK ((declared_at IS NULL) = (declared_by IS NULL)),
  CONSTRAINT ck_results_declared_is_in_the_feed CHECK ((declared_at IS NULL) = (feed_number IS NULL)),
  CONSTRAINT ck_results_provisional_not_declared CHECK (state <> 'provisional' OR declared_at IS NULL),
  CONSTRAINT ck_results_result_state CHECK (state IN ('provisional', 'declared', 'superseded')),
  CONSTRAINT fk_results_agency_id_organisations FOREIGN KEY(agency_id) REFERENCES organisations (id),
  CONSTRAINT fk_results_awarding_body_id_organisations FOREIGN KEY(awarding_body_id) REFERENCES organisations (id),
  CONSTRAINT fk_results_corrected_by_id_key_corrections FOREIGN KEY(corrected_by_id) REFERENCES key_corrections (id),
  CONSTRAINT fk_results_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT pk_results PRIMARY KEY (id),
  CONSTRAINT uq_results_awarding_body_id_feed_number UNIQUE (awarding_body_id, feed_number)
);

CREATE INDEX ix_results_entry_id ON results (entry_id);

CREATE UNIQUE INDEX uq_results_one_declared ON results (entry_id) WHERE state = 'declared';

CREATE UNIQUE INDEX uq_results_one_provisional ON results (entry_id) WHERE state = 'provisional';

CREATE TABLE retention_settings (
  organisation_id VARCHAR(26) NOT NULL,
  mode VARCHAR(12) NOT NULL,
  appeal_days INTEGER NOT NULL,
  days JSON NOT NULL,
  set_by VARCHAR(26) NOT NULL,
  set_at DATETIME NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT ck_retention_settings_appeal_days CHECK (appeal_days BETWEEN 0 AND 90),
  CONSTRAINT ck_retention_settings_mode CHECK (mode IN ('delete_early', 'keep_a_year')),
  CONSTRAINT fk_retention_settings_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_retention_settings PRIMARY KEY (organisation_id)
);

CREATE TABLE review_answers (
  task_id VARCHAR(26) NOT NULL,
  reviewer_id VARCHAR(26) NOT NULL,
  answer VARCHAR(7) NOT NULL,
  moment_at DATETIME,
  reason VARCHAR(2000) NOT NULL,
  at DATETIME NOT NULL,
  incident_id VARCHAR(26),
  CONSTRAINT ck_review_answers_answer CHECK (answer IN ('nothing', 'marked')),
  CONSTRAINT ck_review_answers_marked_whole CHECK ((answer = 'marked') = (moment_at IS NOT NULL) AND (answer = 'marked') = (length(trim(reason)) > 0)),
  CONSTRAINT ck_review_answers_raised_from_a_mark CHECK (incident_id IS NULL OR answer = 'marked'),
  CONSTRAINT fk_review_answers_incident_id_incidents FOREIGN KEY(incident_id) REFERENCES incidents (id),
  CONSTRAINT fk_review_answers_reviewer_id_people FOREIGN KEY(reviewer_id) REFERENCES people (id),
  CONSTRAINT fk_review_answers_task_id_review_tasks FOREIGN KEY(task_id) REFERENCES review_tasks (id),
  CONSTRAINT pk_review_answers PRIMARY KEY (task_id, reviewer_id)
);

CREATE TABLE review_samples (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  seed BIGINT NOT NULL,
  percent INTEGER NOT NULL,
  clean INTEGER NOT NULL,
  flagged INTEGER NOT NULL,
  drawn_by VARCHAR(26) NOT NULL,
  drawn_at DATETIME NOT NULL,
  CONSTRAINT ck_review_samples_drawn_from CHECK (clean >= 0 AND flagged >= 0 AND clean + flagged > 0),
  CONSTRAINT ck_review_samples_percent CHECK (percent BETWEEN 1 AND 100),
  CONSTRAINT fk_review_samples_drawn_by_people FOREIGN KEY(drawn_by) REFERENCES people (id),
  CONSTRAINT fk_review_samples_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_review_samples PRIMARY KEY (id),
  CONSTRAINT uq_review_samples_sitting_id UNIQUE (sitting_id)
);

CREATE INDEX ix_review_samples_organisation_id ON review_samples (organisation_id);

CREATE TABLE review_shares (
  organisation_id VARCHAR(26) NOT NULL,
  percent INTEGER NOT NULL,
  set_by VARCHAR(26) NOT NULL,
  set_at DATETIME NOT NULL,
  CONSTRAINT ck_review_shares_percent CHECK (percent BETWEEN 1 AND 100),
  CONSTRAINT fk_review_shares_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_review_shares_set_by_people FOREIGN KEY(set_by) REFERENCES people (id),
  CONSTRAINT pk_review_shares PRIMARY KEY (organisation_id)
);

CREATE TABLE review_tasks (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  sample_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  place INTEGER NOT NULL,
  clean BOOLEAN NOT NULL,
  readers INTEGER NOT NULL,
  CONSTRAINT ck_review_tasks_readers CHECK (readers IN (1, 2)),
  CONSTRAINT fk_review_tasks_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_review_tasks_sample_id_review_samples FOREIGN KEY(sample_id) REFERENCES review_samples (id),
  CONSTRAINT pk_review_tasks PRIMARY KEY (id),
  CONSTRAINT uq_review_tasks_attempt_id UNIQUE (attempt_id),
  CONSTRAINT uq_review_tasks_sample_id_place UNIQUE (sample_id, place)
);

CREATE INDEX ix_review_tasks_organisation_id ON review_tasks (organisation_id);

CREATE TABLE role_grants (
  person_id VARCHAR(26) NOT NULL,
  role VARCHAR(18) NOT NULL,
  granted_at DATETIME NOT NULL,
  CONSTRAINT ck_role_grants_role CHECK (role IN ('author', 'reviewer', 'manager', 'assessor', 'proctor', 'integrity_reviewer', 'awarding_body', 'operator', 'administrator')),
  CONSTRAINT fk_role_grants_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_role_grants PRIMARY KEY (person_id, role)
);

CREATE TABLE score_documents (
  sha256 VARCHAR(64) NOT NULL,
  document JSON NOT NULL,
  CONSTRAINT pk_score_documents PRIMARY KEY (sha256)
);

CREATE TABLE score_records (
  batch_id VARCHAR(26) NOT NULL,
  sequence INTEGER NOT NULL,
  entry_id VARCHAR(26) NOT NULL,
  result_id VARCHAR(26) NOT NULL,
  key_sha256 VARCHAR(64) NOT NULL,
  paper_sha256 VARCHAR(64) NOT NULL,
  document JSON NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  recorded_at DATETIME NOT NULL,
  CONSTRAINT ck_score_records_hash CHECK (length(sha256) = 64),
  CONSTRAINT ck_score_records_sequence_from_zero CHECK (sequence >= 0),
  CONSTRAINT fk_score_records_batch_id_batches FOREIGN KEY(batch_id) REFERENCES batches (id),
  CONSTRAINT fk_score_records_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT fk_score_records_key_sha256_score_documents FOREIGN KEY(key_sha256) REFERENCES score_documents (sha256),
  CONSTRAINT fk_score_records_paper_sha256_score_documents FOREIGN KEY(paper_sha256) REFERENCES score_documents (sha256),
  CONSTRAINT fk_score_records_result_id_results FOREIGN KEY(result_id) REFERENCES results (id),
  CONSTRAINT pk_score_records PRIMARY KEY (batch_id, sequence),
  CONSTRAINT uq_score_records_batch_id_sha256 UNIQUE (batch_id, sha256),
  CONSTRAINT uq_score_records_result_id UNIQUE (result_id)
);

CREATE INDEX ix_score_records_entry_id ON score_records (entry_id);

CREATE TABLE second_factors (
  person_id VARCHAR(26) NOT NULL,
  sealed_secret BLOB NOT NULL,
  last_step INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  confirmed_at DATETIME,
  CONSTRAINT fk_second_factors_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_second_factors PRIMARY KEY (person_id)
);

CREATE TABLE sign_on_links (
  organisation_id VARCHAR(26) NOT NULL,
  issuer VARCHAR(300) NOT NULL,
  subject VARCHAR(255) NOT NULL,
  person_id VARCHAR(26) NOT NULL,
  linked_at DATETIME NOT NULL,
  CONSTRAINT fk_sign_on_links_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_sign_on_links_person_id_people FOREIGN KEY(person_id) REFERENCES people (id),
  CONSTRAINT pk_sign_on_links PRIMARY KEY (organisation_id, issuer, subject),
  CONSTRAINT uq_sign_on_links_person_id UNIQUE (person_id)
);

CREATE TABLE sign_on_providers (
  organisation_id VARCHAR(26) NOT NULL,
  slug VARCHAR(40) NOT NULL,
  issuer VARCHAR(300) NOT NULL,
  client_id VARCHAR(300) NOT NULL,
  sealed_secret BLOB NOT NULL,
  allowed_domains JSON NOT NULL,
  changed_at DATETIME NOT NULL,
  CONSTRAINT fk_sign_on_providers_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_sign_on_providers PRIMARY KEY (organisation_id),
  CONSTRAINT uq_sign_on_providers_slug UNIQUE (slug)
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
  training_partner VARCHAR(200) DEFAULT '' NOT NULL,
  state VARCHAR(9) DEFAULT 'planned' NOT NULL,
  cancelled_reason VARCHAR(500) DEFAULT '' NOT NULL,
  CONSTRAINT ck_sittings_retention_days CHECK (retention_days BETWEEN 1 AND 3650),
  CONSTRAINT ck_sittings_sitting_state CHECK (state IN ('planned', 'cancelled')),
  CONSTRAINT ck_sittings_window CHECK (closes_at > opens_at),
  CONSTRAINT fk_sittings_batch_id_batches FOREIGN KEY(batch_id) REFERENCES batches (id),
  CONSTRAINT pk_sittings PRIMARY KEY (id)
);

CREATE INDEX ix_sittings_batch_id ON sittings (batch_id);

CREATE TABLE standard_panels (
  id VARCHAR(26) NOT NULL,
  owner_id VARCHAR(26) NOT NULL,
  credential_version_id VARCHAR(26) NOT NULL,
  name VARCHAR(120) NOT NULL,
  method VARCHAR(18) NOT NULL,
  portrait TEXT NOT NULL,
  state VARCHAR(10) NOT NULL,
  chair_id VARCHAR(26) NOT NULL,
  show_facts BOOLEAN NOT NULL,
  impact JSON,
  minutes JSON,
  sha256 VARCHAR(71) NOT NULL,
  created_at DATETIME NOT NULL,
  ended_at DATETIME,
  revision INTEGER NOT NULL,
  CONSTRAINT ck_standard_panels_concluded_with_minutes CHECK ((state = 'concluded') = (length(sha256) > 0)),
  CONSTRAINT ck_standard_panels_ended_at_its_time CHECK ((state IN ('concluded', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT ck_standard_panels_panel_method CHECK (method IN ('angoff', 'yes_no', 'bookmark', 'contrasting_groups', 'borderline_group', 'hofstee', 'beuk')),
  CONSTRAINT ck_standard_panels_panel_state CHECK (state IN ('setup', 'judging', 'discussing', 'concluded', 'cancelled')),
  CONSTRAINT fk_standard_panels_credential_version_id_credential_versions FOREIGN KEY(credential_version_id) REFERENCES credential_versions (id),
  CONSTRAINT fk_standard_panels_owner_id_organisations FOREIGN KEY(owner_id) REFERENCES organisations (id),
  CONSTRAINT pk_standard_panels PRIMARY KEY (id)
);

CREATE INDEX ix_standard_panels_credential_version_id ON standard_panels (credential_version_id);

CREATE INDEX ix_standard_panels_owner_id ON standard_panels (owner_id);

CREATE TABLE system_checks (
  entry_id VARCHAR(26) NOT NULL,
  checked_at DATETIME NOT NULL,
  found JSON NOT NULL,
  CONSTRAINT fk_system_checks_entry_id_entries FOREIGN KEY(entry_id) REFERENCES entries (id),
  CONSTRAINT pk_system_checks PRIMARY KEY (entry_id)
);

CREATE TABLE telemetry_counts (
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  kept INTEGER NOT NULL,
  left_out INTEGER NOT NULL,
  highest BIGINT NOT NULL,
  CONSTRAINT pk_telemetry_counts PRIMARY KEY (attempt_id, device)
);

CREATE TABLE telemetry_notes (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  device VARCHAR(64) NOT NULL,
  number BIGINT NOT NULL,
  kind VARCHAR(16) NOT NULL,
  item VARCHAR(64),
  amount INTEGER,
  cause VARCHAR(10) NOT NULL,
  typing BOOLEAN NOT NULL,
  occurred_at DATETIME NOT NULL,
  received_at DATETIME NOT NULL,
  CONSTRAINT ck_telemetry_notes_amount CHECK (amount >= 0),
  CONSTRAINT ck_telemetry_notes_cause CHECK (cause IN ('none', 'dialog', 'camera', 'file', 'calculator', 'notes')),
  CONSTRAINT ck_telemetry_notes_kind CHECK (kind IN ('hidden', 'blur', 'focus', 'full_screen_left', 'full_screen_back', 'copy', 'cut', 'paste', 'paste_refused', 'beforeprint', 'screens_one', 'screens_several', 'screens_unknown', 'screen_changed', 'window_shape', 'contextmenu', 'reloaded', 'clock_jumped', 'left_out')),
  CONSTRAINT ck_telemetry_notes_number CHECK (number >= 1),
  CONSTRAINT fk_telemetry_notes_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_telemetry_notes PRIMARY KEY (id),
  CONSTRAINT uq_telemetry_notes_attempt_id_device_number UNIQUE (attempt_id, device, number)
);

CREATE INDEX ix_telemetry_notes_attempt_id_occurred_at ON telemetry_notes (attempt_id, occurred_at);

CREATE TABLE tries (
  key VARCHAR(100) NOT NULL,
  count INTEGER NOT NULL,
  since DATETIME NOT NULL,
  CONSTRAINT pk_tries PRIMARY KEY (key)
);

CREATE INDEX ix_tries_since ON tries (since);

CREATE TABLE wall_shares (
  attempt_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  proctor_id VARCHAR(26) NOT NULL,
  since_at DATETIME NOT NULL,
  CONSTRAINT fk_wall_shares_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_wall_shares_proctor_id_people FOREIGN KEY(proctor_id) REFERENCES people (id),
  CONSTRAINT pk_wall_shares PRIMARY KEY (attempt_id)
);

CREATE INDEX ix_wall_shares_sitting_id ON wall_shares (sitting_id);

CREATE TABLE watch_exemptions (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  attempt_id VARCHAR(26) NOT NULL,
  profile VARCHAR(40) NOT NULL,
  proof VARCHAR(15) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  granted_by VARCHAR(26) NOT NULL,
  granted_at DATETIME NOT NULL,
  ended_by VARCHAR(26),
  ended_at DATETIME,
  CONSTRAINT ck_watch_exemptions_ended_whole CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CONSTRAINT ck_watch_exemptions_proof_seen CHECK (proof IN ('certificate', 'disability_card', 'seen_in_person', 'own_word')),
  CONSTRAINT ck_watch_exemptions_reason CHECK (reason <> ''),
  CONSTRAINT fk_watch_exemptions_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_watch_exemptions PRIMARY KEY (id)
);

CREATE INDEX ix_watch_exemptions_attempt_id ON watch_exemptions (attempt_id);

CREATE TABLE watch_plans (
  sitting_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  id_card BOOLEAN NOT NULL,
  calibration BOOLEAN NOT NULL,
  liveness BOOLEAN NOT NULL,
  rechecks BOOLEAN NOT NULL,
  objects BOOLEAN NOT NULL,
  voice BOOLEAN NOT NULL,
  prefilter BOOLEAN NOT NULL,
  mode VARCHAR(11) NOT NULL,
  set_by VARCHAR(26),
  set_at DATETIME NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT ck_watch_plans_liveness_needs_calibration CHECK (NOT liveness OR calibration),
  CONSTRAINT ck_watch_plans_mode CHECK (mode IN ('full', 'economy', 'prefiltered')),
  CONSTRAINT ck_watch_plans_rechecks_need_liveness CHECK (NOT rechecks OR liveness),
  CONSTRAINT fk_watch_plans_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT pk_watch_plans PRIMARY KEY (sitting_id)
);

CREATE TABLE watch_spells (
  id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  sitting_id VARCHAR(26) NOT NULL,
  proctor_id VARCHAR(26) NOT NULL,
  started_at DATETIME NOT NULL,
  last_at DATETIME NOT NULL,
  CONSTRAINT ck_watch_spells_last_after_start CHECK (last_at >= started_at),
  CONSTRAINT fk_watch_spells_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_watch_spells_proctor_id_people FOREIGN KEY(proctor_id) REFERENCES people (id),
  CONSTRAINT pk_watch_spells PRIMARY KEY (id)
);

CREATE INDEX ix_watch_spells_sitting_id_proctor_id_id ON watch_spells (sitting_id, proctor_id, id);

CREATE TABLE watches (
  sitting_id VARCHAR(26) NOT NULL,
  proctor_id VARCHAR(26) NOT NULL,
  organisation_id VARCHAR(26) NOT NULL,
  started_at DATETIME NOT NULL,
  CONSTRAINT fk_watches_organisation_id_organisations FOREIGN KEY(organisation_id) REFERENCES organisations (id),
  CONSTRAINT fk_watches_proctor_id_people FOREIGN KEY(proctor_id) REFERENCES people (id),
  CONSTRAINT pk_watches PRIMARY KEY (sitting_id, proctor_id)
);
