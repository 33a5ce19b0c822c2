# SPDX-License-Identifier: Apache-2.0
"""The rules in words for staff and learners: facts that accuse nobody, no verdict. Their numbers are in `rule_numbers`."""

from __future__ import annotations

from collections.abc import Mapping

from proctor import api as proctor
from web.presenters.rule_numbers import cause_label
from web.words import _

_RULE = proctor.RuleName
_LIMITS = ("onset_seconds", "silence_seconds")


def rule_label(rule: proctor.RuleName | None) -> str:
    """A rule in words; None is what a person saw."""
    if rule is None:
        return _("Seen by a person")
    return {
        _RULE.FACE_GONE: _("No face to be seen"),
        _RULE.SEVERAL_FACES: _("Several faces"),
        _RULE.SOMEONE_ELSE: _("The face differs from the photo"),
        _RULE.LOOKING_AWAY: _("Looking away"),
        _RULE.PHONE_POSSIBLE: _("Possibly a phone"),
        _RULE.BOOK_POSSIBLE: _("Possibly a book"),
        _RULE.CAMERA_COVERED: _("Camera covered"),
        _RULE.CAMERA_DARK: _("Picture very dark"),
        _RULE.CAMERA_BLURRED: _("Picture blurred"),
        _RULE.CAMERA_FROZEN: _("Picture frozen"),
        _RULE.CAMERA_LOOPED: _("Pictures repeat"),
        _RULE.CAMERA_STOPPED: _("Camera stopped"),
        _RULE.VIRTUAL_CAMERA: _("Possibly a virtual camera"),
        _RULE.SPEECH: _("Speech heard"),
        _RULE.FOCUS_LOST: _("Another window was in front"),
        _RULE.PASTED: _("Text was pasted"),
        _RULE.HAND_RAISED: _("Hand raised"),
        _RULE.PICTURES_MISSING: _("Pictures are missing"),
        _RULE.PICTURES_ALTERED: _("Some pictures did not arrive unchanged"),
        _RULE.PREFILTER_DISAGREES: _("Browser and server disagree"),
        _RULE.LIVENESS_FAILED: _("A small movement was not seen"),
    }[rule]


def plain_words(
    rule: proctor.RuleName | None,
    numbers: Mapping[str, float],
    thresholds: Mapping[str, float],
    cause: str | None = None,
) -> str:
    """What was measured against which limit, in one sentence, and in another which of several things it was."""
    return " ".join(filter(None, (_sentence(rule, numbers, thresholds), cause_label(cause))))


def _sentence(
    rule: proctor.RuleName | None, numbers: Mapping[str, float], thresholds: Mapping[str, float]
) -> str:
    if rule is None:
        return _("A person saw this and raised it; no rule of the machine spoke.")
    seconds = numbers.get("seconds", 0.0)
    limit = next((thresholds[name] for name in _LIMITS if name in thresholds), None)
    lasted = f"{seconds:.1f}"
    if seconds <= 0:
        return _("%(what)s.", what=rule_label(rule))
    if limit is None:
        return _("%(what)s for %(seconds)s s.", what=rule_label(rule), seconds=lasted)
    return _(
        "%(what)s for %(seconds)s s; raised after %(limit)s s.",
        what=rule_label(rule),
        seconds=lasted,
        limit=f"{limit:g}",
    )
