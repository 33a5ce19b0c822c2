# SPDX-License-Identifier: Apache-2.0
"""Other common readings of the pass rule under which a result would be another one. Pure; the rule alone decides.

Which readings there are, and when each is offered, is in `scoring.readings`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from assessor.results.certainty import marks_of
from item_bank.api import CredentialDocument, reading_context
from scoring.api import Flip, ReadingKind, RuleReading, readings
from scoring.cohort_readings import decide_with_readings


def other_verdicts(
    documents: Iterable[Mapping[str, Any]], credential: CredentialDocument
) -> list[tuple[Flip, ...]]:
    """For each result document the readings under which its person would pass who fails, or fail who passes."""
    marks = credential.marks  # once: it is made anew at every look
    tables = [marks_of(document, marks) for document in documents]
    found = decide_with_readings(credential.rule, tables, readings_of(credential))
    return [flips for _, flips in found]


def flip_counts(
    documents: Iterable[Mapping[str, Any]], credential: CredentialDocument
) -> dict[ReadingKind, int]:
    """How many results each reading would change, of those that are offered for the credential's rule."""
    counted = Counter(flip.kind for flips in other_verdicts(documents, credential) for flip in flips)
    return {one.kind: counted[one.kind] for one in readings_of(credential) if not one.kind.needs_missing}


def readings_of(credential: CredentialDocument) -> tuple[RuleReading, ...]:
    """The other readings that make sense for a credential's rule."""
    return readings(credential.rule, credential.marks, reading_context(credential))
