# SPDX-License-Identifier: Apache-2.0
"""Texts about watching: sessions, photos, frames, incidents, evidence."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_TAKE_ANOTHER = N_("Take another picture. If it happens again, reload the page.")

_SESSIONS = {
    "consent_missing": ErrorText(
        N_("Nothing is recorded before you have agreed."),
        N_("Go to the first page of your test and agree there."),
    ),
    "proctoring_not_ready": ErrorText(
        N_("This test is watched by camera, and your photo is missing."),
        N_("Go to the first page of your test and take it."),
    ),
    "session_unknown": ErrorText(N_("This test is not watched by camera."), N_("Go back to your list.")),
    "session_exists": ErrorText(
        N_("This test is being watched for another sitting."), N_("Tell the person who runs this platform.")
    ),
    "session_active": ErrorText(
        N_("The test is being watched already; consent and photo are settled."), N_("Go on with the test.")
    ),
    "session_ended": ErrorText(
        N_("The watching of this test has ended."), N_("There is nothing more to do.")
    ),
    "session_not_active": ErrorText(
        N_("This test is not being watched now."), N_("Start the test first, then reload the page.")
    ),
    "session_not_ready": ErrorText(
        N_("Something is missing before the watching can begin: %(missing)s."),
        N_("Go to the first page of your test and complete it there."),
    ),
}

_PHOTOS = {
    "photo_no_face": ErrorText(
        N_("No face was found in the photo."),
        N_("Look into the camera, with light on your face, and take it again."),
    ),
    "photo_several_faces": ErrorText(
        N_("More than one face was found in the photo."),
        N_("Make sure that you are alone and take it again."),
    ),
    "photo_too_dark": ErrorText(
        N_("The photo is too dark."), N_("Turn on a light in front of you and take it again.")
    ),
}

_FRAMES = {
    "frame_empty": ErrorText(N_("The picture is empty."), _TAKE_ANOTHER),
    "frame_too_large": ErrorText(
        N_("The picture is too large."), N_("Take it with this page, which makes it small enough (256 kB).")
    ),
    "frame_not_jpeg": ErrorText(N_("This is not a JPEG picture."), _TAKE_ANOTHER),
    "frame_truncated": ErrorText(N_("The picture did not arrive completely."), _TAKE_ANOTHER),
    "frame_corrupt": ErrorText(N_("The picture is damaged."), _TAKE_ANOTHER),
    "frame_too_many_pixels": ErrorText(
        N_("The picture has too many pixels."), N_("Take it with this page, which makes it small enough.")
    ),
    "frame_too_small": ErrorText(
        N_("The picture is too small to see a face."), N_("Use a camera that gives larger pictures.")
    ),
    "frame_unknown": ErrorText(N_("There is no picture of this learner yet."), N_("Wait for the next one.")),
    "frame_old_connection": ErrorText(
        N_("This page was opened again somewhere else."), N_("Go on there; this page can be closed.")
    ),
    "frame_too_fast": ErrorText(
        N_("Pictures come in too fast."), N_("Nothing to do: one picture a second is enough.")
    ),
    "frame_bad_number": ErrorText(N_("The picture has no usable number."), N_("Reload the page.")),
    "frame_out_of_order": ErrorText(
        N_("A newer picture has arrived already."), N_("Nothing to do: the newest one counts.")
    ),
}

_INCIDENTS = {
    "incident_unknown": ErrorText(N_("There is no such incident."), N_("Choose one from the list.")),
    "incident_closed": ErrorText(
        N_("This incident has been decided already (%(state)s)."), N_("Open it to read the reason.")
    ),
    "verdict_missing": ErrorText(
        N_("Choose whether the incident is dismissed or upheld."), N_("Go back; nothing was decided yet.")
    ),
    "reason_required": ErrorText(
        N_("A reason is needed."), N_("Say in a sentence what you saw and why you decide so.")
    ),
    "reviewer_was_proctor": ErrorText(
        N_("You watched this sitting live."), N_("So that two people look at it, somebody else decides.")
    ),
    "reviewer_not_a_person": ErrorText(
        N_("Only a person can decide about an incident."), N_("A reviewer decides on the incident's page.")
    ),
    "evidence_unknown": ErrorText(
        N_("There is no such picture."), N_("Open the incident again and choose one from it.")
    ),
    "evidence_damaged": ErrorText(
        N_("This picture was altered or damaged."),
        N_("It must not be used; tell the person who runs this platform."),
    ),
}

_FILES = {
    "picture_missing": ErrorText(N_("There is no such file."), N_("Check the path.")),
    "picture_unreadable": ErrorText(
        N_("The file cannot be read (%(reason)s)."), N_("Check its permissions and give the path of a file.")
    ),
    "picture_too_large": ErrorText(
        N_("The picture's file is too large."), N_("Give a picture of at most 64 MB.")
    ),
    "picture_unknown_format": ErrorText(
        N_("This is no picture of a kind that can be read."), N_("Give a JPEG, PNG, WebP or BMP picture.")
    ),
    "clip_unreadable": ErrorText(
        N_("This is neither a picture nor a clip that can be read."),
        N_("Give a JPEG, PNG, WebP or BMP picture, or a clip that a browser plays."),
    ),
    "enrol_not_one_face": ErrorText(
        N_("A picture to enrol must show exactly one face; this one shows %(faces)s."),
        N_("Choose another picture, with light on the face."),
    ),
    "embeddings_missing": ErrorText(
        N_("There is no picture to compare with."), N_("Give at least one picture with exactly one face.")
    ),
}

PROCTORING = {**_SESSIONS, **_PHOTOS, **_FRAMES, **_INCIDENTS, **_FILES}
