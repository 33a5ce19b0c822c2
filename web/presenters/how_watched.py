# SPDX-License-Identifier: Apache-2.0
"""How well a test was watched, in words: what could not be seen and for how long. What nobody looked at is never clean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from proctor import api as proctor
from web.presenters.rules import rule_label
from web.words import _, ngettext

_WORTH_SAYING = 0.02
"""Shares of the time, or of the pictures, below this are not told."""
_HALF_A_MINUTE = 30.0


def how_watched(session: proctor.SessionSummary) -> dict[str, Any]:
    """What a reviewer and the learner read beside the events; `known` is False where nothing was written down."""
    kept = session.watched
    seconds = float(kept.get("seconds", 0.0))
    if seconds <= 0:
        return {"known": False, "minutes": 0, "blind": [], "exempted": [], "unproven": [], "pictures": []}
    known = set(proctor.RuleName)  # the record of an earlier version may name a rule that is no more
    rules: Mapping[proctor.RuleName, Mapping[str, float]] = {
        proctor.RuleName(name): found for name, found in kept.get("rules", {}).items() if name in known
    }
    why: Mapping[str, list[str]] = kept.get("why", {})
    return {
        "known": True,
        "minutes": _minutes(seconds),
        "blind": [
            {
                "label": rule_label(rule),
                "whole": seconds - found["not_available"] < _HALF_A_MINUTE,
                "minutes": _minutes(found["not_available"]),
                "why": why_words(why.get(rule, ())),
            }
            for rule, found in rules.items()
            if found.get("not_available", 0.0) > _WORTH_SAYING * seconds
        ],
        "exempted": [rule_label(rule) for rule, found in rules.items() if found.get("exempted")],
        "unproven": [
            rule_label(rule)
            for rule, found in rules.items()
            if found.get("available") and not proctor.is_validated(rule)
        ],
        "pictures": _pictures(kept.get("frames", {})),
    }


def why_words(needs: Iterable[str]) -> str:
    """What a rule lacked, in words."""
    known = {
        "calibration": _("no twenty seconds at the start"),
        "enrolment": _("no face to compare with"),
        "voice": _("nothing was listened to"),
        "prefilter": _("the device did not look"),
        "objects_planned": _("not part of the plan"),
        "size": _("the pictures were too small"),
        "movements": _("none were asked for during the test"),
        "every_picture": _("the device looked, the server at one in ten"),
    }
    return ", ".join(sorted({known.get(need, _("a model was not there")) for need in needs}))


def _pictures(frames: Mapping[str, int]) -> list[str]:
    """What became of pictures that nobody looked at in full, one sentence each."""
    came = sum(frames.get(name, 0) for name in ("looked", "claimed", "left_out", "late"))
    said = {
        "left_out": _("left out: the server had too much to do"),
        "claimed": _("looked at by the learner's device alone"),
        "late": _("came later; most were searched for faces alone"),
        "unreadable": _("could not be read"),
        "refused": _("refused: too many at once, broken, or out of order"),
    }
    lines = []
    for name, words in said.items():
        count = frames.get(name, 0)
        if count and count >= _WORTH_SAYING * came:
            pictures = ngettext("%(num)s picture", "%(num)s pictures", count)
            lines.append(_("%(pictures)s %(words)s.", pictures=pictures, words=words))
    return lines


def _minutes(seconds: float) -> int:
    return max(1, round(seconds / 60)) if seconds > 0 else 0
