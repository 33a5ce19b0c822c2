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
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.fakes import ScriptedDetector
from proctor.vision.frames import check_jpeg, decode_jpeg
from proctor.vision.observation import Box, Detector, Face, Observation, Tamper

FACE_MODEL = "blazeface-full-range"
"""The locked model that `BlazeFaceDetector` runs."""

__all__ = [
    "FACE_MODEL",
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
    "ModelSpec",
    "ModelState",
    "ModelStatus",
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
    "Verdict",
    "WallTile",
    "WatchStarted",
    "activate_session",
    "active_sessions",
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
    "open_session",
    "raise_incident",
    "record_consent_reference",
    "record_watch",
    "session",
    "session_of_attempt",
    "store_identity_photo",
    "verify",
    "view_evidence",
    "wall_tile",
    "wall_tiles",
]
