# SPDX-License-Identifier: Apache-2.0
"""All that other packages may use of proctor."""

from __future__ import annotations

from proctor.analysing import describe, load_networks
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
from proctor.picture_files import Frame as PictureFrame
from proctor.picture_files import files_below, read_file, read_frames
from proctor.rules.alerts import Alert, AlertEnd, RuleName
from proctor.rules.inputs import CameraState, Link
from proctor.rules.parameters import Parameters
from proctor.telemetry.model import MOST_OF_AN_ATTEMPT, Note, read_batch
from proctor.telemetry.model import Cause as TelemetryCause
from proctor.telemetry.model import Kind as TelemetryKind
from proctor.telemetry.operations import store_telemetry
from proctor.telemetry.queries import Telemetry, TelemetryNote, telemetry_counts, telemetry_of_attempt
from proctor.vision.analysis import Analysis, Networks, analyse, enrol
from proctor.vision.blazeface import BlazeFaceDetector
from proctor.vision.fakes import ScriptedDetector
from proctor.vision.frames import check_jpeg, decode_jpeg
from proctor.vision.identity import mean_of
from proctor.vision.litert import Floats as Embedding
from proctor.vision.observation import Box, Detector, Face, Observation, Tamper
from proctor.vision.pictures import decode_picture
from proctor.vision.tamper import STILL_CHANGE, Greys, change_between, small_grey

FACE_MODEL = "blazeface-full-range"
"""The locked model that `BlazeFaceDetector` runs."""

__all__ = [
    "FACE_MODEL",
    "LONGEST_MESSAGE",
    "MOST_OF_AN_ATTEMPT",
    "STILL_CHANGE",
    "Ack",
    "Alert",
    "AlertEnd",
    "AlertEnded",
    "AlertNotice",
    "AlertRaised",
    "Analysis",
    "BlazeFaceDetector",
    "Box",
    "CameraState",
    "CapturedFrame",
    "CheckedPhoto",
    "Counters",
    "Detector",
    "Embedding",
    "EvidenceFile",
    "EvidenceKind",
    "EvidenceSummary",
    "EvidenceViewed",
    "Face",
    "FetchStep",
    "Finding",
    "FramePipeline",
    "Greys",
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
    "Networks",
    "Note",
    "Observation",
    "Parameters",
    "PictureFrame",
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
    "analyse",
    "broadcast_message",
    "change_between",
    "check_jpeg",
    "check_photo",
    "decide_incident",
    "decode_jpeg",
    "decode_picture",
    "describe",
    "end_alert",
    "end_session",
    "enrol",
    "evidence",
    "evidence_counts",
    "fetch",
    "files_below",
    "incident",
    "incidents",
    "incidents_of_attempt",
    "incidents_of_sitting",
    "list_models",
    "load_model",
    "load_networks",
    "mean_of",
    "messages_of_attempt",
    "open_session",
    "raise_incident",
    "read_batch",
    "read_file",
    "read_frames",
    "record_consent_reference",
    "record_watch",
    "send_message",
    "session",
    "session_of_attempt",
    "small_grey",
    "store_identity_photo",
    "store_telemetry",
    "telemetry_counts",
    "telemetry_of_attempt",
    "verify",
    "view_evidence",
    "wall_tile",
    "wall_tiles",
]
