# SPDX-License-Identifier: Apache-2.0
"""A watch plan and exemptions in words: what a check does to the learner and what it costs the line. No queries here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proctor import api as proctor
from web.words import _


def plan_rows(plan: proctor.WatchPlan) -> list[dict[str, Any]]:
    """The checks of a plan in order: name, label, what the learner does or sees, what the line carries, whether it is made."""
    words = {
        "id_card": (
            _("Picture of the ID card"),
            _(
                "The learner holds the card into the camera once. A person compares. With the twenty seconds, a program also "
                "compares the face on it with the learner's, as a hint for that person."
            ),
            _("One picture, about 100 KB."),
        ),
        "calibration": (
            _("Twenty seconds to get used to the camera"),
            _(
                "The learner looks into the camera once. Looking away is then judged by their own way of sitting, posters on "
                "the wall are not counted, and the face can be compared during the test."
            ),
            _("20 small pictures, about 300 KB in all."),
        ),
        "liveness": (
            _("Small movements at the start"),
            _(
                "The learner turns the head, blinks, reads digits. Whoever cannot goes on all the same; people are told."
            ),
            _("Nothing beside the twenty seconds."),
        ),
        "rechecks": (
            _("A turn of the head during the test"),
            _(
                "Two to four times, at moments that nobody knows before, a card asks for it; never while the learner types. "
                "It takes some seconds. If it is not done twice, people are told."
            ),
            _("Nothing; some pictures more where the learner's device looks first."),
        ),
        "objects": (
            _("Look for more people, phones and books"),
            _("The learner does nothing. It is often wrong, so it only asks a person to look."),
            _("Nothing: the same pictures are used."),
        ),
        "voice": (
            _("Note when speech can be heard"),
            _("Only from when to when, no sound and no word. The learner may say no to this alone."),
            _("A few bytes a minute; about 5 MB once for the program in the browser."),
        ),
        "prefilter": (
            _("Let the learner's device look first"),
            _("Fewer pictures leave the device, which gets warmer. The server checks at moments of its own."),
            _("About a tenth of the pictures; about 5 MB once for the program in the browser."),
        ),
    }
    return [
        {
            "name": name,
            "label": words[name][0],
            "learner": words[name][1],
            "line": words[name][2],
            "on": bool(getattr(plan, name)),
        }
        for name in proctor.WATCH_CHECKS
    ]


def mode_choices() -> list[tuple[str, str]]:
    """How closely the server looks; that the learner's device looks first is a check of the plan, not a second choice."""
    return [(mode.value, mode_word(mode)) for mode in proctor.Mode if mode is not proctor.Mode.PREFILTERED]


def mode_word(mode: proctor.Mode) -> str:
    """A mode in words."""
    return {
        proctor.Mode.FULL: _("One picture a second, looked at in full"),
        proctor.Mode.ECONOMY: _("One picture a second, the dear looks more rarely"),
        proctor.Mode.PREFILTERED: _("The learner's device looks, the server checks one in ten"),
    }[mode]


def plan_lines(plan: proctor.WatchPlan) -> list[str]:
    """The checks that are made, for a proctor to read."""
    made = [row["label"] for row in plan_rows(plan) if row["on"]]
    return [_("A photo at the start, and pictures during the test"), *made]


def profile_word(name: str) -> str:
    """An exemption profile in words; one that is not known here keeps its name."""
    return {
        "veil": _("Veil or face covering"),
        "tics": _("Tics"),
        "screen_reader": _("Uses a screen reader"),
        "blind": _("Blind"),
        "low_vision_close": _("Low vision, sits close to the screen"),
        "bed_ridden": _("Lies in bed"),
        "reads_aloud": _("Reads aloud"),
        "helper_present": _("A helper or scribe is in the room"),
        "movement": _("Moves differently"),
    }.get(name, name.replace("_", " "))


def profile_choices() -> list[tuple[str, str]]:
    """The profiles that may be granted."""
    return [(name, profile_word(name)) for name in proctor.PROFILES]


def proof_choices() -> list[tuple[str, str]]:
    """What sort of proof was seen."""
    return [(proof.value, proof_word(proof)) for proof in proctor.ProofSeen]


def proof_word(proof: proctor.ProofSeen) -> str:
    """A sort of proof in words."""
    return {
        proctor.ProofSeen.CERTIFICATE: _("A certificate"),
        proctor.ProofSeen.DISABILITY_CARD: _("A disability card"),
        proctor.ProofSeen.SEEN_IN_PERSON: _("Seen in person"),
        proctor.ProofSeen.OWN_WORD: _("The learner's own word"),
    }[proof]


def effect_lines(name: str) -> list[str]:
    """What a profile does, rule by rule."""
    profile = proctor.PROFILES.get(name)
    if profile is None:
        return []
    off = [_("Not checked: %(check)s", check=_check_word(rule)) for rule in sorted(profile.off)]
    if profile.person_is_enough:
        off.append(_("A hidden face counts for nothing while a person is in view"))
    return off + [
        _("More patient (%(factor)s times): %(check)s", factor=f"{factor:g}", check=_check_word(rule))
        for rule, factor in sorted(profile.relaxed.items())
    ]


def exempted_lines(names: Iterable[str]) -> list[str]:
    """The checks that are not made for a learner, for the learner to read; each once."""
    off = {rule for name in names if name in proctor.PROFILES for rule in proctor.PROFILES[name].off}
    return [_check_word(rule) for rule in sorted(off)]


def _check_word(rule: proctor.RuleName) -> str:
    """What a rule looks for, in words that accuse nobody."""
    return {
        proctor.RuleName.FACE_GONE: _("whether a face is in view"),
        proctor.RuleName.SEVERAL_FACES: _("whether somebody else is in view"),
        proctor.RuleName.CAMERA_COVERED: _("whether the camera is covered"),
        proctor.RuleName.CAMERA_STOPPED: _("whether the camera runs"),
        proctor.RuleName.SOMEONE_ELSE: _("whether it is the same face"),
        proctor.RuleName.LOOKING_AWAY: _("where the eyes are turned"),
        proctor.RuleName.PHONE_POSSIBLE: _("whether a phone is in view"),
        proctor.RuleName.BOOK_POSSIBLE: _("whether a book is in view"),
        proctor.RuleName.CAMERA_DARK: _("whether the picture is dark"),
        proctor.RuleName.CAMERA_BLURRED: _("whether the picture is blurred"),
        proctor.RuleName.CAMERA_FROZEN: _("whether the picture stands still"),
        proctor.RuleName.CAMERA_LOOPED: _("whether the pictures repeat"),
        proctor.RuleName.VIRTUAL_CAMERA: _("what sort of camera it is"),
        proctor.RuleName.SPEECH: _("whether speech can be heard"),
        proctor.RuleName.FOCUS_LOST: _("whether the page is in front"),
        proctor.RuleName.PASTED: _("whether text is pasted"),
        proctor.RuleName.HAND_RAISED: _("whether a hand is raised"),
        proctor.RuleName.PICTURES_MISSING: _("whether pictures are missing"),
        proctor.RuleName.PICTURES_ALTERED: _("whether pictures were changed on the way"),
        proctor.RuleName.PREFILTER_DISAGREES: _("whether device and server see the same"),
        proctor.RuleName.LIVENESS_FAILED: _("the small movements"),
    }[rule]
