# SPDX-License-Identifier: Apache-2.0
"""The numbers, limits and causes of rules in words with their units, for staff and learners. No rule is judged here."""

from __future__ import annotations

from collections.abc import Mapping

from proctor import api as proctor
from web.words import _

_RULE = proctor.RuleName
_PICTURES = (_RULE.PICTURES_MISSING, _RULE.PICTURES_ALTERED)


def number_label(name: str, rule: proctor.RuleName | None = None) -> str:
    """A number of an alert, or a limit of its rule, in words with the unit; what is known no more is called a measure."""
    return _of_rule(rule).get(name) or {**_durations(), **_amounts(), **_turns()}.get(name) or _("A measure")


def cause_label(cause: str | None) -> str:
    """Which of several things it was; "" where the rule knows only one."""
    if not cause:
        return ""
    return {
        "nobody": _("Nobody was seen in the picture."),
        "face_hidden": _("A person was still seen, but no face."),
        "faces": _("Only faces were counted."),
        "persons": _("Only persons were counted, no second face."),
        "faces_and_persons": _("Faces and persons were counted, and both were several."),
        "no_frames": _("No pictures came."),
        "muted": _("The device gave no pictures."),
        "ended": _("The camera was switched off, or another program took it."),
        "denied": _("The browser was not allowed to use the camera."),
        "name": _("The name of the camera is that of a program."),
        "name_and_regular": _(
            "The name of the camera is that of a program, and its pictures come very regularly."
        ),
        "paste": _("Text was put in from the clipboard."),
        "paste_refused": _("Pasting was tried where it is not allowed."),
        "turn_left": _("A turn of the head to the left was asked for."),
        "turn_right": _("A turn of the head to the right was asked for."),
        "blink": _("Closing the eyes for a moment was asked for."),
        "digits": _("Reading numbers aloud was asked for."),
    }.get(cause, "")


def numbers_of(values: Mapping[str, float], rule: proctor.RuleName | None = None) -> list[dict[str, str]]:
    """Numbers or limits as a list."""
    return [
        {"name": name, "label": number_label(name, rule), "value": f"{value:g}"}
        for name, value in values.items()
    ]


def _of_rule(rule: proctor.RuleName | None) -> dict[str, str]:
    """Names that mean something else in this rule."""
    if rule is _RULE.SOMEONE_ELSE:
        return {
            "least": _("Comparisons needed (number)"),
            "window_seconds": _("Comparisons of the last (seconds)"),
        }
    if rule is _RULE.VIRTUAL_CAMERA:
        return {"least": _("Signs needed (number)")}
    if rule is _RULE.LIVENESS_FAILED:
        return {"least": _("Tries needed (number)")}
    if rule is _RULE.PASTED:
        return {"least": _("Pasted at least (times)")}
    if rule is _RULE.PREFILTER_DISAGREES:
        return {"least": _("Differences that count at once (number)")}
    if rule in _PICTURES:
        return {"least": _("Pictures that count at once (number)"), "total": _("Pictures in all (number)")}
    if rule is _RULE.CAMERA_LOOPED:
        return {"frames": _("Length of the repeated stretch (pictures)")}
    return {}


def _durations() -> dict[str, str]:
    return {
        "seconds": _("Lasted (seconds)"),
        "onset_seconds": _("Needed before an alert (seconds)"),
        "hidden_onset_seconds": _("Needed while a person is still seen (seconds)"),
        "persons_onset_seconds": _("Needed where only persons are seen (seconds)"),
        "clear_seconds": _("Needed to end it (seconds)"),
        "forgiven_seconds": _("Disagreement forgiven (seconds)"),
        "maximum_gap_seconds": _("Longest gap that still counts (seconds)"),
        "lost_seconds": _("Silence after which the line counts as lost (seconds)"),
        "silence_seconds": _("Silence of the camera allowed (seconds)"),
        "report_seconds": _("Report must stand for (seconds)"),
        "spacings": _("Silence allowed, in distances between pictures (number)"),
        "spare_seconds": _("Allowed on top of it (seconds)"),
        "longest_spacing_seconds": _("Longest distance between pictures that counts (seconds)"),
        "span_seconds": _("Comparisons spread over at least (seconds)"),
        "window_seconds": _("Counted within (seconds)"),
        "quiet_seconds": _("Ends after quiet of (seconds)"),
        "speech_seconds": _("Speech in all (seconds)"),
        "away_seconds": _("Away in all (seconds)"),
        "least": _("Shortest that counts (seconds)"),
        "total": _("Seconds in all (seconds)"),
    }


def _amounts() -> dict[str, str]:
    return {
        "max_faces": _("Most faces seen at once (number)"),
        "max_persons": _("Most persons seen at once (number)"),
        "faces": _("Faces from which they are several (number)"),
        "max_score": _("Highest score of the detector (0 to 1)"),
        "score": _("Score from which it counts (0 to 1)"),
        "rise": _("Higher than at the start by (0 to 1)"),
        "looks": _("Looks (number)"),
        "needed": _("Looks that must see it (number)"),
        "minimum_frames": _("Pictures needed at least (number)"),
        "forgiven_share": _("Share of pictures that may disagree (0 to 1)"),
        "similarity": _("Likeness to the photo (1 is the same)"),
        "different_below": _("Another face below a likeness of (0 to 1)"),
        "same_from": _("The same face from a likeness of (0 to 1)"),
        "probes": _("Comparisons made (number)"),
        "frames": _("Pictures (number)"),
        "frames_apart": _("The stretch came again after (pictures)"),
        "memory": _("Pictures remembered (number)"),
        "most_bits": _("Most difference of two pictures (of 64 points)"),
        "mean_bits": _("Mean difference of two pictures (of 64 points)"),
        "moving_bits": _("Movement needed from picture to picture (of 64 points)"),
        "clear_frames": _("Other pictures that end it (number)"),
        "max_change": _("Largest change between pictures (grey levels of 256)"),
        "still_change": _("Nothing moves below a change of (grey levels of 256)"),
        "count": _("How often (times)"),
        "pastes": _("Pasted (times)"),
        "signs": _("Signs of a virtual camera (number)"),
        "tries": _("Tries (number)"),
        "audits": _("Pictures counted differently (number)"),
        "late": _("Came later, in proven order (1 is yes)"),
    }


def _turns() -> dict[str, str]:
    return {
        "max_degrees": _("Furthest turn of the head (degrees)"),
        "turned_degrees": _("No comparison beyond a turn of (degrees)"),
        "yaw_degrees": _("Turn to the side that counts (degrees)"),
        "up_degrees": _("Turn upwards that counts (degrees)"),
        "down_degrees": _("Turn downwards that counts (degrees)"),
        "gaze_across": _("Eyes to the side that count (widths of the eye)"),
        "gaze_up_down": _("Eyes up or down that count (widths of the eye)"),
        "spreads": _("At least so many of the learner's own usual movements (number)"),
    }
