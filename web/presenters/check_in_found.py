# SPDX-License-Identifier: Apache-2.0
"""What the check-in before a watched test found, in the same words for proctors, reviewers and the learner. Hints for people.

Nothing is compared or decided here, and no picture is read: whoever opens one is written down by the page that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.uow import UnitOfWork
from proctor import api as proctor
from web.words import _, ngettext

ENTRY_KINDS = frozenset(
    {
        proctor.EvidenceKind.ID_CARD,
        proctor.EvidenceKind.IDENTITY_PHOTO,
        proctor.EvidenceKind.CHECK_IN,
    }
)
"""Pictures of who sat down, and of the tasks before the camera that were not seen."""


def check_in_found(
    uow: UnitOfWork,
    session: proctor.SessionSummary,
    pictures: Sequence[proctor.EvidenceSummary],
    *,
    picture_url: Callable[[str], str],
) -> dict[str, Any]:
    """``pictures`` ({url, label, at}): card and face side by side, then what was not seen; ``facts`` ({label, value, meaning}).

    `pictures` may be all of the attempt. Without a check-in under the consent that stands there are no facts.
    """
    found = proctor.check_in(uow, session)
    return {
        "pictures": [
            {"url": picture_url(one.id), "label": _picture_label(one.kind), "at": one.captured_at}
            for one in sorted(pictures, key=lambda one: (_ORDER.get(one.kind, 9), one.captured_at))
            if one.kind in ENTRY_KINDS
        ],
        "facts": [] if found is None else facts_of(found, session.plan),
        "asked": session.plan.checks_in,
    }


def facts_of(found: proctor.CheckInSummary, plan: proctor.WatchPlan) -> list[dict[str, str]]:
    """What was measured and learned, each with what it means."""
    facts = [_card(found, compared=plan.compares_faces)] if plan.id_card else []
    if found.completed_at is None:
        return [*facts, _fact(_("Camera check"), _("not finished"), "")]
    if plan.calibration:
        facts += [_calm(found), _looks(found)]
        if found.wall_faces:
            facts.append(_walls(found.wall_faces))
    if plan.liveness:
        facts.append(_tasks(found.challenges))
    return facts


_ORDER = {
    proctor.EvidenceKind.ID_CARD: 0,
    proctor.EvidenceKind.IDENTITY_PHOTO: 1,
    proctor.EvidenceKind.CHECK_IN: 2,
}


def challenge_label(challenge: str) -> str:
    """A small task before the camera; one that is not known here keeps its name."""
    return {
        "turn_left": _("turn to the left"),
        "turn_right": _("turn to the right"),
        "blink": _("blink"),
        "digits": _("read digits aloud"),
    }.get(challenge, challenge.replace("_", " "))


def _picture_label(kind: proctor.EvidenceKind) -> str:
    return {
        proctor.EvidenceKind.ID_CARD: _("The card that was shown"),
        proctor.EvidenceKind.IDENTITY_PHOTO: _("Photo at the start"),
    }.get(kind, _("A task that was not seen"))


def _fact(label: str, value: str, meaning: str) -> dict[str, str]:
    return {"label": label, "value": value, "meaning": meaning}


def _card(found: proctor.CheckInSummary, *, compared: bool) -> dict[str, str]:
    label = _("Card and face")
    if found.card_evidence_id is None:
        return _fact(label, _("no card was shown"), "")
    if not compared:
        return _fact(label, _("not compared"), _("Compare the two with your own eyes."))
    if not found.face_on_card:
        return _fact(label, _("no face was found on the card"), _("Compare the two with your own eyes."))
    if found.card_similarity is None:
        return _fact(label, _("not compared"), _("No face was learned to compare the card with."))
    limits = proctor.Parameters().someone_else
    meaning = _(
        "1 would be the same picture. Two pictures of one person mostly give %(same)s or more, two people less than "
        "%(other)s; small or old pictures on cards give less. Nothing is decided by it: compare with your own eyes.",
        same=f"{limits.same_from:g}",
        other=f"{limits.different_below:g}",
    )
    value = _("likeness %(number)s (not validated on people)", number=f"{found.card_similarity:.2f}")
    return _fact(label, value, meaning)


def _calm(found: proctor.CheckInSummary) -> dict[str, str]:
    label = _("Twenty calm seconds")
    if found.calibrated:
        return _fact(label, _("seen"), _("Looking away is judged by the learner's own way of sitting."))
    meaning = _("Looking away cannot be judged. That is not available, and it is not the learner's fault.")
    return _fact(label, _("not seen in full"), meaning)


def _looks(found: proctor.CheckInSummary) -> dict[str, str]:
    value = ngettext("%(num)s picture", "%(num)s pictures", found.enrolled_looks)
    meaning = "" if found.enrolled_looks else _("Whether somebody else sits there cannot be judged.")
    return _fact(_("Learned of the face"), value, meaning)


def _walls(faces: int) -> dict[str, str]:
    value = ngettext("%(num)s face", "%(num)s faces", faces)
    return _fact(_("On the wall"), value, _("A poster or a picture. It is not counted as a person."))


def _tasks(challenges: Sequence[proctor.ChallengeResult]) -> dict[str, str]:
    label = _("Small tasks")
    if not challenges:
        return _fact(label, _("none were asked"), "")
    failed = [
        ngettext(
            "%(task)s (%(num)s try)",
            "%(task)s (%(num)s tries)",
            one.tries,
            task=challenge_label(one.challenge),
        )
        for one in challenges
        if not one.passed
    ]
    if not failed:
        return _fact(label, _("all were seen"), _("No machine checks the digits; a person may."))
    value = _("not seen: %(tasks)s", tasks=", ".join(failed))
    return _fact(
        label, value, _("It stops nobody and proves nothing: light, glasses and a slow line do the same.")
    )
