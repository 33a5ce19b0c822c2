# SPDX-License-Identifier: Apache-2.0
"""What the other readings of a pass rule need of a credential beside its marks. The readings live in `scoring`."""

from __future__ import annotations

from fractions import Fraction

from item_bank.standards.model import CredentialDocument
from scoring.api import ReadingContext, Scope, element_scope, pc_scope


def reading_context(document: CredentialDocument) -> ReadingContext:
    """The credential's NSQF level, and the declared thresholds of its PCs and elements."""
    thresholds: dict[Scope, Fraction] = {}
    for nos in document.nos:
        for element in nos.elements:
            if element.threshold:
                thresholds[element_scope(element.id, nos=nos.code)] = element.threshold
        for pc in nos.pcs:
            if pc.threshold:
                thresholds[pc_scope(pc.id, nos=nos.code)] = pc.threshold
    return ReadingContext(level=Fraction(document.level), thresholds=thresholds)
