# SPDX-License-Identifier: Apache-2.0
"""All that other packages may use of proctor."""

from __future__ import annotations

from proctor.evidence.events import EvidenceViewed
from proctor.evidence.model import CapturedFrame, EvidenceFile, EvidenceKind, EvidenceSummary
from proctor.evidence.operations import view_evidence
from proctor.evidence.queries import evidence, evidence_counts
from proctor.incidents.events import IncidentAlertEnded, IncidentDecided, IncidentRaised, WatchStarted
from proctor.incidents.model import (
    AlertEnded,
    AlertRaised,
    Finding,
    IncidentDetail,
    IncidentState,
    IncidentSummary,
    SessionRef,
    Verdict,
)
from proctor.incidents.operations import decide_incident, end_alert, raise_incident, record_watch
from proctor.incidents.queries import incident, incidents, incidents_of_attempt, incidents_of_sitting
from proctor.messages.events import MessageSent
from proctor.messages.model import LONGEST_MESSAGE
from proctor.messages.operations import broadcast_message, send_message
from proctor.messages.queries import Message, messages_of_attempt
from proctor.model_store import (
    FetchStep,
    ModelSpec,
    ModelState,
    ModelStatus,
    fetch,
    list_models,
    load_model,
    verify,
)
from proctor.monitoring.alert_saver import AlertNotice
from proctor.monitoring.events import (
    IdentityPhotoStored,
    SessionActivated,
    SessionConsented,
    SessionEnded,
    SessionOpened,
)
from proctor.monitoring.live import Counters, LiveView
from proctor.monitoring.model import SessionEnd, SessionState
from proctor.monitoring.operations import (
    activate_session,
    end_session,
    open_session,
    record_consent_reference,
    store_identity_photo,
)
from proctor.monitoring.photos import CheckedPhoto, SharedDetector, check_photo
from proctor.monitoring.pipeline import Ack, FramePipeline
from proctor.monitoring.queries import (
    SessionSummary,
    WallTile,
    active_sessions,
    session,
    session_of_attempt,
    wall_tile,
    wall_tiles,
)
from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.inputs import CameraState, Link
from proctor.rules.parameters import Parameters
from proctor.telemetry.model import MOST_OF_AN_ATTEMPT, Note, read_batch
from proctor.telemetry.model import Cause as TelemetryCause
from proctor.telemetry.model import Kind as TelemetryKind
from proctor.telemetry.operations import store_telemetry
from proctor.telemetry.queries import Telemetry, TelemetryNote, telemetry_counts, telemetry_of_attempt
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.fakes import ScriptedDetector
from proctor.vision.frames import check_jpeg, decode_jpeg
from proctor.vision.observation import Box, Detector, Face, Observation, Tamper

FACE_MODEL = "blazeface-full-range"
"""The locked model that `BlazeFaceDetector` runs."""

__all__ = [
    "FACE_MODEL",
    "LONGEST_MESSAGE",
    "MOST_OF_AN_ATTEMPT",
    "Ack",
    "Alert",
    "AlertEnd",
    "AlertEnded",
    "AlertNotice",
    "AlertRaised",
    "BlazeFaceDetector",
    "Box",
    "CameraState",
    "CapturedFrame",
    "CheckedPhoto",
    "Counters",
    "Detector",
    "EvidenceFile",
    "EvidenceKind",
    "EvidenceSummary",
    "EvidenceViewed",
    "Face",
    "FetchStep",
    "Finding",
    "FramePipeline",
    "IdentityPhotoStored",
    "IncidentAlertEnded",
    "IncidentDecided",
    "IncidentDetail",
    "IncidentRaised",
    "IncidentState",
    "IncidentSummary",
    "Link",
    "LiveView",
    "Message",
    "MessageSent",
    "ModelSpec",
    "ModelState",
    "ModelStatus",
    "Note",
    "Observation",
    "Parameters",
    "RuleName",
    "ScriptedDetector",
    "SessionActivated",
    "SessionConsented",
    "SessionEnd",
    "SessionEnded",
    "SessionOpened",
    "SessionRef",
    "SessionState",
    "SessionSummary",
    "SharedDetector",
    "Tamper",
    "Telemetry",
    "TelemetryCause",
    "TelemetryKind",
    "TelemetryNote",
    "Verdict",
    "WallTile",
    "WatchStarted",
    "activate_session",
    "active_sessions",
    "broadcast_message",
    "check_jpeg",
    "check_photo",
    "decide_incident",
    "decode_jpeg",
    "end_alert",
    "end_session",
    "evidence",
    "evidence_counts",
    "fetch",
    "incident",
    "incidents",
    "incidents_of_attempt",
    "incidents_of_sitting",
    "list_models",
    "load_model",
    "messages_of_attempt",
    "open_session",
    "raise_incident",
    "read_batch",
    "record_consent_reference",
    "record_watch",
    "send_message",
    "session",
    "session_of_attempt",
    "store_identity_photo",
    "store_telemetry",
    "telemetry_counts",
    "telemetry_of_attempt",
    "verify",
    "view_evidence",
    "wall_tile",
    "wall_tiles",
]
