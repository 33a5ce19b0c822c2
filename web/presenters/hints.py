# SPDX-License-Identifier: Apache-2.0
"""The words of ready-made hints: to the learner in the own language, and on the proctor's buttons. They accuse nobody."""

from __future__ import annotations

from flask_babel import force_locale

from proctor import api as proctor
from web.i18n import LANGUAGES
from web.words import _

# Buttons of the proctor, in this order. The others are the machine's alone.
BUTTONS = (
    proctor.Hint.SHOW_FACE,
    proctor.Hint.MORE_LIGHT,
    proctor.Hint.LOOK_AT_SCREEN,
    proctor.Hint.PHONE_AWAY,
    proctor.Hint.BE_ALONE,
    proctor.Hint.FREE_CAMERA,
    proctor.Hint.QUIET,
)


def hint_label(hint: proctor.Hint) -> str:
    """What a hint is about, for staff."""
    return {
        proctor.Hint.SHOW_FACE: _("I cannot see your face"),
        proctor.Hint.MORE_LIGHT: _("It is dark"),
        proctor.Hint.LOOK_AT_SCREEN: _("Please look at the screen"),
        proctor.Hint.PHONE_AWAY: _("Please move the phone away"),
        proctor.Hint.BE_ALONE: _("Please be alone"),
        proctor.Hint.FREE_CAMERA: _("Please check the camera"),
        proctor.Hint.QUIET: _("Please be quiet"),
        proctor.Hint.STAY_ON_PAGE: _("Please stay on the page"),
    }[hint]


def hint_text(hint: proctor.Hint, *, language: str, by_machine: bool) -> str:
    """What the learner reads, in the learner's language; of the machine's own hints it is said that they are."""
    with force_locale(language if language in LANGUAGES else "en"):
        words = _words(hint)
        return _("Automatic hint: %(words)s", words=words) if by_machine else words


def _words(hint: proctor.Hint) -> str:
    return {
        proctor.Hint.SHOW_FACE: _("Your face cannot be seen. Please sit in front of the camera."),
        proctor.Hint.MORE_LIGHT: _("The picture is dark. Please switch on a light in front of you."),
        proctor.Hint.LOOK_AT_SCREEN: _("Please look at the screen while you work."),
        proctor.Hint.PHONE_AWAY: _("Please move the phone or book away, out of the picture."),
        proctor.Hint.BE_ALONE: _(
            "Perhaps somebody else can be seen in the picture. Please be alone during the test."
        ),
        proctor.Hint.FREE_CAMERA: _(
            "The camera shows no clear picture. Please see that it is on, clean and not covered."
        ),
        proctor.Hint.QUIET: _("Somebody is speaking. Please find a quiet place if you can."),
        proctor.Hint.STAY_ON_PAGE: _("Please stay on this page during the test."),
    }[hint]
