# SPDX-License-Identifier: Apache-2.0
"""Small credentials and rule documents for the tests of rules."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from scoring.api import Cell, CredentialMarks, Decision, credential_marks, decide, parse_rule

Document = dict[str, Any]


def share(scope: Document | None = None, at_least: str = "7/10", **changes: Any) -> Document:
    body = {"scope": scope or {"credential": True}, "component": "all", "basis": "raw", "at_least": at_least}
    return {"share": body | changes}


def compensate(*of: Document, k: int = 1, limit: str = "5", unit: str = "marks") -> Document:
    return {"compensate": {"k": k, "limit": limit, "unit": unit, "of": list(of)}}


def bands(scope: Document | None = None, ladder: str = "A 17/20, B 7/10, C 1/2", **changes: Any) -> Document:
    steps = [dict(zip(("name", "at_least"), step.split(), strict=True)) for step in ladder.split(", ")]
    body = {"scope": scope or {"credential": True}, "component": "all", "basis": "raw", "of": steps}
    return {"bands": body | changes}


def document(rule: object, version: int = 2) -> Document:
    return {"version": version, "rule": rule}


def of_nos(**maxima: str) -> CredentialMarks:
    """NOS with one element each, theory marks only; equal weights."""
    weight = Fraction(100, len(maxima))
    return credential_marks(
        [(Cell(nos=nos, element="E1", component="theory"), most) for nos, most in maxima.items()],
        weights=dict.fromkeys(maxima, weight),
    )


def decided(credential: CredentialMarks, rule: Document, **marks: str | None) -> Decision:
    """Decide by the marks of each NOS; a NOS that is not named is not marked."""
    awarded = {cell: marks[cell.nos] for cell in credential.maxima if marks.get(cell.nos) is not None}
    return decide(credential, awarded, parse_rule(document(rule), credential=credential))  # type: ignore[arg-type]
