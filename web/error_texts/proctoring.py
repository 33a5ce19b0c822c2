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
    "frame_not_committed": ErrorText(
        N_("This picture was not announced before, or it has come already."), N_("Nothing to do.")
    ),
    "sound_malformed": ErrorText(
        N_("This sound cannot be listened to."),
        N_("Give one channel of 16,000 samples a second, as numbers from -1 to 1."),
    ),
    "frame_altered": ErrorText(
        N_("This picture is not the one that was announced."),
        N_("Close programs that change your camera's picture, and reload the page."),
    ),
    "chain_missing": ErrorText(
        N_("The picture does not say which one came before it."), N_("Reload the page.")
    ),
    "frame_out_of_order": ErrorText(
        N_("A newer picture has arrived already."), N_("Nothing to do: the newest one counts.")
    ),
}

_INCIDENTS = {
    "alert_is_a_note": ErrorText(
        N_("This is only noted."), N_("A person may raise it, with a reason. No program does so.")
    ),
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

_RULES = {
    "baseline_unreadable": ErrorText(
        N_("What was learned of this person's place cannot be read."),
        N_("Let the calibration be done again."),
    ),
    "exemption_unknown": ErrorText(
        N_("There is no exemption of this name (%(name)s)."),
        N_("Choose one of the exemptions that are offered."),
    ),
}

_LABELS = {
    "labels_missing": ErrorText(N_("There is no such table of labels."), N_("Check the path.")),
    "labels_unreadable": ErrorText(
        N_("The table of labels cannot be read (%(reason)s)."),
        N_("Save it as comma-separated values in UTF-8."),
    ),
    "labels_empty": ErrorText(
        N_("The table of labels holds no rows."),
        N_("Give a line with the names of the columns, then one a file."),
    ),
    "labels_no_path": ErrorText(
        N_("The table of labels has no column named path."), N_("Name the column of the files: path.")
    ),
    "labels_column_twice": ErrorText(
        N_("The table of labels has two columns for %(column)s."), N_("Keep one of them.")
    ),
    "labels_column_alone": ErrorText(
        N_("The table of labels lacks the column %(column)s."),
        N_("Add it: a span needs its start and its end."),
    ),
    "labels_row_too_long": ErrorText(
        N_("This line has %(cells)s cells, but there are %(columns)s columns."),
        N_("Put a value that contains a comma into quotation marks."),
    ),
    "labels_no_file": ErrorText(N_("This line names no file."), N_("Write its path, or take the line out.")),
    "labels_bad_value": ErrorText(
        N_("The column %(column)s cannot hold %(value)s."), N_("Expected: %(expected)s.")
    ),
    "replay_needs_a_clip": ErrorText(
        N_("This is a single picture; the rules need a clip."),
        N_("Give a clip, or look at the picture with kasauti proctor analyse."),
    ),
    "replay_no_frames": ErrorText(
        N_("The clip shows nothing."), N_("Give a clip with at least one picture.")
    ),
}

PROCTORING = {**_SESSIONS, **_PHOTOS, **_FRAMES, **_INCIDENTS, **_FILES, **_RULES, **_LABELS}
