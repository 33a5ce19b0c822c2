# SPDX-License-Identifier: Apache-2.0
"""What stands beside a result: how sure it is, and which readings of the rule would say otherwise. Nothing is stored.

Both are computed again whenever somebody looks: they are functions of what the result rests on, and change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assessor.attempts.queries import load_attempt_of_entry
from assessor.results.certainty import ResultCertainty, result_certainty
from assessor.results.computing import same_outcome
from assessor.results.document import Evidence, compute, item_outcomes
from assessor.results.gathering import Gatherer
from assessor.results.other_readings import other_verdicts
from assessor.results.queries import Result
from assessor.scheduling.queries import Entry
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import CredentialDocument
from scoring.api import Flip


class Untold(StrEnum):
    """Why it cannot be told how sure a result is."""

    ANSWERS_DELETED = "answers_deleted"  # the person was erased; the result stands
    KEY_CORRECTED = "key_corrected"  # other keys count now than when it was computed
    OUTDATED = (
        "outdated"  # a mark, a late answer or the work itself is another one since: a newer result says more
    )
    CONTENT_ALTERED = "content_altered"  # the paper or an item does not make its hash any more


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideResult:
    """How sure a result is, or why that cannot be told, and the readings that would change it."""

    certainty: ResultCertainty | Untold
    flips: tuple[Flip, ...]


def certainty_of(uow: UnitOfWork, found: Result, entry: Entry) -> ResultCertainty | Untold:
    """How sure a result of an entry is. Callers have established whose they are.

    The paper is read with the rights of the actor: of the agency, of its candidate, or of the awarding body that owns the
    credential; raises NotFound for anybody else. No answer, key or content leaves this function.
    """
    try:
        evidence = Gatherer(uow).evidence(entry, load_attempt_of_entry(uow, entry.id))
    except Conflict:
        return Untold.CONTENT_ALTERED
    try:
        computed = compute(evidence)
    except Conflict:
        return untold(evidence, found.document)
    if not same_outcome(computed.document, found.document):
        return untold(evidence, found.document)
    return result_certainty(evidence, item_outcomes(evidence), found.document)


def untold(evidence: Evidence, document: Mapping[str, Any]) -> Untold:
    """Why `evidence` does not give `document` any more."""
    if document["items"]["answered"] and not evidence.values:
        return Untold.ANSWERS_DELETED
    used = [one["id"] for one in document.get("corrections", ())]
    if used != [one.id for one in evidence.corrections]:
        return Untold.KEY_CORRECTED
    return Untold.OUTDATED


def beside_result(
    uow: UnitOfWork, found: Result, entry: Entry, *, credential: CredentialDocument
) -> BesideResult:
    """What the staff of the agency and of the awarding body read beside a result of an entry, which `credential` decided."""
    (flips,) = other_verdicts([found.document], credential)
    return BesideResult(certainty=certainty_of(uow, found, entry), flips=flips)
