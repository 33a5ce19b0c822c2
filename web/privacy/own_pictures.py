# SPDX-License-Identifier: Apache-2.0
"""Kept pictures as the learner may have them: where somebody else may be in one, they are hidden. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.errors import Invalid, NotFound
from core.uow import UnitOfWork
from proctor import api as proctor
from web.wiring import Services

_OF_OTHERS = (proctor.RuleName.SOMEONE_ELSE, proctor.RuleName.SEVERAL_FACES)
_OF_THINGS = (proctor.RuleName.PHONE_POSSIBLE, proctor.RuleName.BOOK_POSSIBLE)
_LARGER: Final = 3.0
"""A face with so many times the area of every other sits before the camera; the others hang on a wall or pass far behind."""


@dataclass(frozen=True, slots=True)
class Cases:
    """What the alerts of one test say of its pictures.

    `others`: incidents whose pictures probably show somebody else, even where they show one face; `things`: incidents and
    notes about a thing; `strange`: from when to when somebody else probably sat there (open ends are None).
    """

    others: frozenset[str]
    things: frozenset[str]
    strange: tuple[tuple[datetime, datetime | None], ...] = ()

    def of_another(self, kept: proctor.EvidenceSummary) -> bool:
        """Whether it probably shows somebody else."""
        return kept.incident_id in self.others or any(
            since <= kept.captured_at and (until is None or kept.captured_at <= until)
            for since, until in self.strange
        )

    def of_a_thing(self, kept: proctor.EvidenceSummary) -> bool:
        """Whether a thing is what it is about."""
        return not self.things.isdisjoint({kept.incident_id, kept.alert_id})


def cases_of(uow: UnitOfWork, attempt_id: str) -> Cases:
    """What is to be known of a test before its pictures are shown; two queries."""
    incidents = proctor.incidents_of_attempt(uow, attempt_id)
    notes = proctor.alerts_of_attempt(uow, attempt_id)
    return Cases(
        others=frozenset(one.id for one in incidents if one.rule in _OF_OTHERS),
        things=frozenset(one.id for one in incidents if one.rule in _OF_THINGS)
        | frozenset(one.id for one in notes if one.rule in _OF_THINGS),
        strange=tuple(
            (one.onset_at, one.ended_at) for one in incidents if one.rule is proctor.RuleName.SOMEONE_ELSE
        ),
    )


def own_picture(
    parts: Services, jpeg: bytes, kept: proctor.EvidenceSummary, *, cases: Cases
) -> tuple[bytes, str]:
    """A picture without anybody else, and what was hidden for it: nothing more, the background, or everything.

    A scene in which nobody was seen, and a thing before one face at most, are handed out as they are stored. Else the one
    face stays that is alone or far larger than any other; of several alike, and where somebody else probably sat there, none
    does. It looks at the picture, which takes milliseconds, so no unit of work should wait. NotFound ``evidence_unknown``
    for a file that nobody can look into.
    """
    of_another = cases.of_another(kept)
    if kept.kind is proctor.EvidenceKind.ID_CARD:
        return jpeg, "nothing"
    if kept.redaction is proctor.Redaction.SCENE and not of_another:
        return jpeg, "nothing"
    try:
        faces = parts.photo_detector.observe(proctor.decode_jpeg(jpeg), kept.captured_at, 0).faces
        if not of_another and len(faces) < 2 and kept.redacted and cases.of_a_thing(kept):
            return jpeg, "nothing"
        own = None if of_another else _own([face.box for face in faces])
        if own is not None:
            return proctor.redact_jpeg(jpeg, (own,)), "background"
        return proctor.redact_jpeg(jpeg, (), cells=proctor.NOBODY_CELLS), "everything"
    except Invalid as error:
        raise NotFound("evidence_unknown") from error  # a file that nobody can look into is not handed out


def _own(faces: list[proctor.Box]) -> proctor.Box | None:
    """The face of who sits before the camera; None where that cannot be told, or another one is too near to be hidden."""
    by_size = sorted(faces, key=lambda one: one.width * one.height, reverse=True)
    if not by_size:
        return None
    first, rest = by_size[0], by_size[1:]
    if any(first.width * first.height < _LARGER * one.width * one.height for one in rest):
        return None
    return None if any(_near(first, one) for one in rest) else first


def _near(own: proctor.Box, other: proctor.Box) -> bool:
    """Whether part of another face lies in what stays sharp around the own one."""
    reach = (proctor.SHARP_MARGIN + proctor.SHARP_EDGE) * max(own.width, own.height)
    return (
        own.x - reach < other.x + other.width
        and other.x < own.x + own.width + reach
        and own.y - reach < other.y + other.height
        and other.y < own.y + own.height + reach
    )
