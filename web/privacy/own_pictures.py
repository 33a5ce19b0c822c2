# SPDX-License-Identifier: Apache-2.0
"""Kept pictures as the learner may have them: nobody else's face is among them, on a page or in a file. Nothing is stored."""

from __future__ import annotations

from core.errors import Invalid, NotFound
from core.uow import UnitOfWork
from proctor import api as proctor
from web.wiring import Services

_OF_OTHERS = (proctor.RuleName.SOMEONE_ELSE, proctor.RuleName.SEVERAL_FACES)


def cases_of_others(uow: UnitOfWork, attempt_id: str) -> frozenset[str]:
    """The incidents whose pictures probably show somebody else, even where they show one face."""
    return frozenset(
        one.id for one in proctor.incidents_of_attempt(uow, attempt_id) if one.rule in _OF_OTHERS
    )


def own_picture(
    parts: Services, jpeg: bytes, kept: proctor.EvidenceSummary, *, others: frozenset[str]
) -> tuple[bytes, str]:
    """A picture without anybody else, and what was hidden: the only face stays; of several, or another's, none does.

    It looks at the picture, which takes milliseconds, so no unit of work should wait. NotFound ``evidence_unknown`` for a
    file that nobody can look into.
    """
    if kept.kind is proctor.EvidenceKind.ID_CARD:
        return jpeg, "nothing"
    try:
        faces = parts.photo_detector.observe(proctor.decode_jpeg(jpeg), kept.captured_at, 0).faces
        if len(faces) == 1 and kept.incident_id not in others:
            return proctor.redact_jpeg(jpeg, (faces[0].box,)), "background"
        return proctor.redact_jpeg(jpeg, (), cells=proctor.NOBODY_CELLS), "everything"
    except Invalid as error:
        raise NotFound("evidence_unknown") from error  # a file that nobody can look into is not handed out
