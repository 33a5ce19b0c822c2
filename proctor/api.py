# SPDX-License-Identifier: Apache-2.0
"""All that other packages may use of proctor."""

from __future__ import annotations

from proctor.alerts.events import AlertNoted, NotedAlertEnded
from proctor.alerts.model import AlertRecord
from proctor.alerts.operations import end_note, raise_note, record_alert
from proctor.alerts.queries import (
    NotedAttempt,
    alert,
    alerts_of_attempt,
    alerts_of_sitting,
    noted_attempts,
    noted_attempts_count,
)
from proctor.analysing import describe, load_live_detector, load_live_networks, load_networks
from proctor.appeals.events import AppealAsked, AppealDecided, EventExplained
from proctor.appeals.model import (
    MAXIMUM_TEXT,
    TERMS,
    Appeal,
    AppealOutcome,
    Explanation,
    ExplanationGiven,
    appeal_until,
    why_not_hear,
)
from proctor.appeals.operations import ask_appeal, decide_appeal, explain
from proctor.appeals.queries import appeals_of_attempt, explanations_of_attempt, open_appeals
from proctor.checkin.desk import MAXIMUM_FRAME as MAXIMUM_CHECK_IN_FRAME
from proctor.checkin.desk import CheckInDesk
from proctor.checkin.desk import Outcome as CheckInOutcome
from proctor.checkin.desk import View as CheckInView
from proctor.checkin.enrolling import Learned
from proctor.checkin.events import CheckInCompleted, IdCardStored
from proctor.checkin.looking import CardFace, FaceLooker, Looker
from proctor.checkin.model import Phase as CheckInPhase
from proctor.checkin.model import Step as CheckInStep
from proctor.checkin.model import require_step as require_check_in_step
from proctor.checkin.model import steps_of as check_in_steps
from proctor.checkin.networks import load_looker
from proctor.checkin.operations import complete_check_in, forget_check_in, keep_check_in, store_id_card
from proctor.checkin.operations import require_open as require_open_check_in
from proctor.checkin.queries import ChallengeResult, CheckInSummary, check_in, learned_of
from proctor.checkin.queries import step_of as check_in_step
from proctor.checkin.recheck_board import RecheckBoard
from proctor.checkin.rechecks import QUIET as RECHECK_QUIET
from proctor.checkin.watching import watching_of
from proctor.deleting import CLASSES as DELETABLE
from proctor.deleting import attempts_with_data, delete_data, erase_words, kept_data, open_cases, open_looks
from proctor.evaluating import evaluate
from proctor.evaluation_report import describe_evaluation
from proctor.evidence.events import EvidenceViewed, ReviewRead
from proctor.evidence.model import (
    CapturedFrame,
    EvidenceFile,
    EvidenceKind,
    EvidenceLook,
    EvidenceSummary,
    KeptFrame,
    PageLook,
    PictureClass,
    Redaction,
)
from proctor.evidence.operations import keep_frame, note_review_read, read_evidence, view_evidence
from proctor.evidence.queries import (
    alert_evidence_counts,
    evidence,
    evidence_counts,
    evidence_of_attempt,
    evidence_of_attempts,
    looks_of_attempts,
    reviews_read,
    was_read_lately,
)
from proctor.incidents.events import (
    IncidentAlertEnded,
    IncidentDecided,
    IncidentProposed,
    IncidentRaised,
    WatchStarted,
)
from proctor.incidents.model import (
    AlertEnded,
    AlertRaised,
    DecidedUnder,
    Finding,
    IncidentDetail,
    IncidentState,
    IncidentSummary,
    Origin,
    SessionRef,
    Verdict,
)
from proctor.incidents.model import refusal as why_not_decide
from proctor.incidents.operations import (
    decide_incident,
    end_alert,
    raise_by_person,
    raise_incident,
    record_watch,
)
from proctor.incidents.queries import (
    details_of_attempt,
    incident,
    incident_counts,
    incidents,
    incidents_of_attempt,
    incidents_of_sitting,
    next_attempt_to_review,
    next_incident_to_review,
    undecided_incidents,
)
from proctor.labels import Label as PictureLabel
from proctor.labels import read_labels
from proctor.messages.events import CallSettled, HandMoved, HintGiven, LearnerMessageSent, MessageSent
from proctor.messages.model import LONGEST_MESSAGE, Call, Direction, Hint, due_hints, nudge_for, require_hint
from proctor.messages.operations import (
    broadcast_message,
    give_hint,
    move_hand,
    send_message,
    settle_call,
    write_to_proctor,
)
from proctor.messages.queries import Message, calls, hint_counts, messages_of_attempt
from proctor.model_store import (
    FetchStep,
    ModelSpec,
    ModelState,
    ModelStatus,
    fetch,
    list_models,
    load_model,
    locked_models,
    verify,
)
from proctor.monitoring.acks import Ack, Load
from proctor.monitoring.alert_saver import AlertNotice
from proctor.monitoring.chain import MAXIMUM_ENTRIES, MAXIMUM_MS, MAXIMUM_NUMBER, digest_of
from proctor.monitoring.chain import Batch as ChainBatch
from proctor.monitoring.devices import UNABLE, Device
from proctor.monitoring.events import (
    IdentityPhotoStored,
    SessionActivated,
    SessionConsented,
    SessionConsentNarrowed,
    SessionConsentWithdrawn,
    SessionEnded,
    SessionMoved,
    SessionOpened,
)
from proctor.monitoring.flow import TokenBucket
from proctor.monitoring.line import Committed, Line, LineCounts, LineView
from proctor.monitoring.live import Counters, LiveView
from proctor.monitoring.model import SessionEnd, SessionState
from proctor.monitoring.operations import (
    activate_session,
    end_session,
    keep_agreed,
    keep_watched,
    open_session,
    record_consent_reference,
    store_identity_photo,
    take_back_consent,
)
from proctor.monitoring.pausing import Pauses
from proctor.monitoring.photos import CheckedPhoto, SharedDetector, check_photo
from proctor.monitoring.pipeline import FramePipeline
from proctor.monitoring.queries import (
    SessionSummary,
    WallTile,
    active_sessions,
    is_active,
    session,
    session_of_attempt,
    wall_tile,
    wall_tiles,
)
from proctor.monitoring.schedule import AUDITED_ONE_IN, EACH, PERIODS, Periods
from proctor.monitoring.watching import NOTHING_KNOWN, Mode, Watching
from proctor.picture_files import Frame as PictureFrame
from proctor.picture_files import files_below, read_file, read_frames
from proctor.plans.events import ExemptionEnded, ExemptionGranted, WatchPlanSet
from proctor.plans.exemption_model import Exemption, ProofSeen, require_proof
from proctor.plans.exemptions import end_exemption, exempted_profiles, exemptions_of, grant_exemption
from proctor.plans.model import CHECKS as WATCH_CHECKS
from proctor.plans.model import OF_NEW_SITTINGS, WatchPlan
from proctor.plans.operations import set_plan
from proctor.plans.queries import plan_is_settled, plan_of
from proctor.rates import Rate
from proctor.replaying import Replayed, replay
from proctor.reporting import describe_alert, describe_bound, describe_replay, describe_rules
from proctor.reviews.events import BlindReviewAnswered, ReviewSampleDrawn, ReviewShareSet
from proctor.reviews.honest_hours import (
    BUDGET,
    HonestHours,
    HonestRate,
    honest_hours,
)
from proctor.reviews.model import Answer as BlindAnswer
from proctor.reviews.model import Estimate, require_percent
from proctor.reviews.operations import (
    answer_review,
    draw_sample,
    load_mark,
    note_raised,
    set_review_percent,
)
from proctor.reviews.queries import (
    BlindLook,
    Mark,
    ReviewTask,
    SittingToDraw,
    blind_looks_of_attempt,
    marks,
    review_estimate,
    review_percent,
    review_task,
    samples,
    sittings_to_draw,
    tasks_for,
)
from proctor.reviews.queries import Sample as ReviewSample
from proctor.rules.alerts import Alert, AlertEnd, RuleName, Weight
from proctor.rules.appetite import Appetite, appetite
from proctor.rules.baseline import Baseline
from proctor.rules.baseline import from_json as baseline_from_json
from proctor.rules.baseline import learn as learn_baseline
from proctor.rules.baseline import to_json as baseline_to_json
from proctor.rules.catalogue import (
    CATALOGUE,
    SILENCED_BY,
    Availability,
    Need,
    RuleFacts,
    availability,
    is_validated,
    unmet_needs,
    weight_of,
)
from proctor.rules.exemptions import PROFILES, Profile, exempt
from proctor.rules.inputs import (
    AuditDisagreed,
    BrowserNoted,
    CameraFacts,
    CameraState,
    ChainBreak,
    ChainBroken,
    FaceBox,
    HandRaised,
    Link,
    LivenessChecked,
    SeenGaze,
    SeenPose,
    SeenThing,
    Sight,
    SpeechHeard,
)
from proctor.rules.parameters import Parameters
from proctor.shifts.events import HandOverAnswered, HandOverOffered, LearnersShared, NoteSeen
from proctor.shifts.model import Answer as HandOverAnswer
from proctor.shifts.model import HandOver, HandOverState, goes_on, require_answer, share_evenly
from proctor.shifts.operations import (
    answer_hand_over,
    mark_note_seen,
    note_watching,
    offer_hand_over,
    share_learners,
)
from proctor.shifts.queries import (
    WatchSpell,
    hand_overs_of_sitting,
    is_noted_watching,
    seen_notes,
    shares_of_sitting,
    spells_over_session,
    watch_log,
)
from proctor.telemetry.model import MOST_OF_AN_ATTEMPT, Note, read_batch
from proctor.telemetry.model import Cause as TelemetryCause
from proctor.telemetry.model import Kind as TelemetryKind
from proctor.telemetry.operations import KeptNotes, keep_telemetry, store_telemetry
from proctor.telemetry.queries import Telemetry, TelemetryNote, telemetry_counts, telemetry_of_attempt
from proctor.vision.analysis import Analysis, Networks, analyse, enrol
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.fakes import Scene, ScriptedDetector
from proctor.vision.frames import check_jpeg, decode_jpeg
from proctor.vision.identity import mean_of
from proctor.vision.litert import Floats as Embedding
from proctor.vision.looking import LookingDetector
from proctor.vision.observation import (
    EVERYTHING,
    FACES_ONLY,
    Box,
    Detector,
    Face,
    Gaze,
    Greys,
    Label,
    Observation,
    Pose,
    Tamper,
    Thing,
    Wanted,
)
from proctor.vision.pictures import decode_picture
from proctor.vision.redaction import EDGE as SHARP_EDGE
from proctor.vision.redaction import MARGIN as SHARP_MARGIN
from proctor.vision.redaction import NOBODY_CELLS, redact_jpeg
from proctor.vision.tamper import STILL_CHANGE, change_between, small_grey

FACE_MODEL = "blazeface-full-range"
"""The locked model that `BlazeFaceDetector` runs."""

__all__ = [
    "AUDITED_ONE_IN",
    "BUDGET",
    "CATALOGUE",
    "DELETABLE",
    "EACH",
    "EVERYTHING",
    "FACES_ONLY",
    "FACE_MODEL",
    "LONGEST_MESSAGE",
    "MAXIMUM_CHECK_IN_FRAME",
    "MAXIMUM_ENTRIES",
    "MAXIMUM_MS",
    "MAXIMUM_NUMBER",
    "MAXIMUM_TEXT",
    "MOST_OF_AN_ATTEMPT",
    "NOBODY_CELLS",
    "NOTHING_KNOWN",
    "OF_NEW_SITTINGS",
    "PERIODS",
    "PROFILES",
    "RECHECK_QUIET",
    "SHARP_EDGE",
    "SHARP_MARGIN",
    "SILENCED_BY",
    "STILL_CHANGE",
    "TERMS",
    "UNABLE",
    "WATCH_CHECKS",
    "Ack",
    "Alert",
    "AlertEnd",
    "AlertEnded",
    "AlertNoted",
    "AlertNotice",
    "AlertRaised",
    "AlertRecord",
    "Analysis",
    "Appeal",
    "AppealAsked",
    "AppealDecided",
    "AppealOutcome",
    "Appetite",
    "AuditDisagreed",
    "Availability",
    "Baseline",
    "BlazeFaceDetector",
    "BlindAnswer",
    "BlindLook",
    "BlindReviewAnswered",
    "Box",
    "BrowserNoted",
    "Call",
    "CallSettled",
    "CameraFacts",
    "CameraState",
    "CapturedFrame",
    "CardFace",
    "ChainBatch",
    "ChainBreak",
    "ChainBroken",
    "ChallengeResult",
    "CheckInCompleted",
    "CheckInDesk",
    "CheckInOutcome",
    "CheckInPhase",
    "CheckInStep",
    "CheckInSummary",
    "CheckInView",
    "CheckedPhoto",
    "Committed",
    "Counters",
    "DecidedUnder",
    "Detector",
    "Device",
    "Direction",
    "Embedding",
    "Estimate",
    "EventExplained",
    "EvidenceFile",
    "EvidenceKind",
    "EvidenceLook",
    "EvidenceSummary",
    "EvidenceViewed",
    "Exemption",
    "ExemptionEnded",
    "ExemptionGranted",
    "Explanation",
    "ExplanationGiven",
    "Face",
    "FaceBox",
    "FaceLooker",
    "FetchStep",
    "Finding",
    "FramePipeline",
    "Gaze",
    "Greys",
    "HandMoved",
    "HandOver",
    "HandOverAnswer",
    "HandOverAnswered",
    "HandOverOffered",
    "HandOverState",
    "HandRaised",
    "Hint",
    "HintGiven",
    "HonestHours",
    "HonestRate",
    "IdCardStored",
    "IdentityPhotoStored",
    "IncidentAlertEnded",
    "IncidentDecided",
    "IncidentDetail",
    "IncidentProposed",
    "IncidentRaised",
    "IncidentState",
    "IncidentSummary",
    "KeptFrame",
    "KeptNotes",
    "Label",
    "Learned",
    "LearnerMessageSent",
    "LearnersShared",
    "Line",
    "LineCounts",
    "LineView",
    "Link",
    "LiveView",
    "LivenessChecked",
    "Load",
    "Looker",
    "LookingDetector",
    "Mark",
    "Message",
    "MessageSent",
    "Mode",
    "ModelSpec",
    "ModelState",
    "ModelStatus",
    "Need",
    "Networks",
    "Note",
    "NoteSeen",
    "NotedAlertEnded",
    "NotedAttempt",
    "Observation",
    "Origin",
    "PageLook",
    "Parameters",
    "Pauses",
    "Periods",
    "PictureClass",
    "PictureFrame",
    "PictureLabel",
    "Pose",
    "Profile",
    "ProofSeen",
    "Rate",
    "RecheckBoard",
    "Redaction",
    "Replayed",
    "ReviewRead",
    "ReviewSample",
    "ReviewSampleDrawn",
    "ReviewShareSet",
    "ReviewTask",
    "RuleFacts",
    "RuleName",
    "Scene",
    "ScriptedDetector",
    "SeenGaze",
    "SeenPose",
    "SeenThing",
    "SessionActivated",
    "SessionConsentNarrowed",
    "SessionConsentWithdrawn",
    "SessionConsented",
    "SessionEnd",
    "SessionEnded",
    "SessionMoved",
    "SessionOpened",
    "SessionRef",
    "SessionState",
    "SessionSummary",
    "SharedDetector",
    "Sight",
    "SittingToDraw",
    "SpeechHeard",
    "Tamper",
    "Telemetry",
    "TelemetryCause",
    "TelemetryKind",
    "TelemetryNote",
    "Thing",
    "TokenBucket",
    "Verdict",
    "WallTile",
    "Wanted",
    "WatchPlan",
    "WatchPlanSet",
    "WatchSpell",
    "WatchStarted",
    "Watching",
    "Weight",
    "activate_session",
    "active_sessions",
    "alert",
    "alert_evidence_counts",
    "alerts_of_attempt",
    "alerts_of_sitting",
    "analyse",
    "answer_hand_over",
    "answer_review",
    "appeal_until",
    "appeals_of_attempt",
    "appetite",
    "ask_appeal",
    "attempts_with_data",
    "availability",
    "baseline_from_json",
    "baseline_to_json",
    "blind_looks_of_attempt",
    "broadcast_message",
    "calls",
    "change_between",
    "check_in",
    "check_in_step",
    "check_in_steps",
    "check_jpeg",
    "check_photo",
    "complete_check_in",
    "decide_appeal",
    "decide_incident",
    "decode_jpeg",
    "decode_picture",
    "delete_data",
    "describe",
    "describe_alert",
    "describe_bound",
    "describe_evaluation",
    "describe_replay",
    "describe_rules",
    "details_of_attempt",
    "digest_of",
    "draw_sample",
    "due_hints",
    "end_alert",
    "end_exemption",
    "end_note",
    "end_session",
    "enrol",
    "erase_words",
    "evaluate",
    "evidence",
    "evidence_counts",
    "evidence_of_attempt",
    "evidence_of_attempts",
    "exempt",
    "exempted_profiles",
    "exemptions_of",
    "explain",
    "explanations_of_attempt",
    "fetch",
    "files_below",
    "forget_check_in",
    "give_hint",
    "goes_on",
    "grant_exemption",
    "hand_overs_of_sitting",
    "hint_counts",
    "honest_hours",
    "incident",
    "incident_counts",
    "incidents",
    "incidents_of_attempt",
    "incidents_of_sitting",
    "is_active",
    "is_noted_watching",
    "is_validated",
    "keep_agreed",
    "keep_check_in",
    "keep_frame",
    "keep_telemetry",
    "keep_watched",
    "kept_data",
    "learn_baseline",
    "learned_of",
    "list_models",
    "load_live_detector",
    "load_live_networks",
    "load_looker",
    "load_mark",
    "load_model",
    "load_networks",
    "locked_models",
    "looks_of_attempts",
    "mark_note_seen",
    "marks",
    "mean_of",
    "messages_of_attempt",
    "move_hand",
    "next_attempt_to_review",
    "next_incident_to_review",
    "note_raised",
    "note_review_read",
    "note_watching",
    "noted_attempts",
    "noted_attempts_count",
    "nudge_for",
    "offer_hand_over",
    "open_appeals",
    "open_cases",
    "open_looks",
    "open_session",
    "plan_is_settled",
    "plan_of",
    "raise_by_person",
    "raise_incident",
    "raise_note",
    "read_batch",
    "read_evidence",
    "read_file",
    "read_frames",
    "read_labels",
    "record_alert",
    "record_consent_reference",
    "record_watch",
    "redact_jpeg",
    "replay",
    "require_answer",
    "require_check_in_step",
    "require_hint",
    "require_open_check_in",
    "require_percent",
    "require_proof",
    "review_estimate",
    "review_percent",
    "review_task",
    "reviews_read",
    "samples",
    "seen_notes",
    "send_message",
    "session",
    "session_of_attempt",
    "set_plan",
    "set_review_percent",
    "settle_call",
    "share_evenly",
    "share_learners",
    "shares_of_sitting",
    "sittings_to_draw",
    "small_grey",
    "spells_over_session",
    "store_id_card",
    "store_identity_photo",
    "store_telemetry",
    "take_back_consent",
    "tasks_for",
    "telemetry_counts",
    "telemetry_of_attempt",
    "undecided_incidents",
    "unmet_needs",
    "verify",
    "view_evidence",
    "wall_tile",
    "wall_tiles",
    "was_read_lately",
    "watch_log",
    "watching_of",
    "weight_of",
    "why_not_decide",
    "why_not_hear",
    "write_to_proctor",
]
