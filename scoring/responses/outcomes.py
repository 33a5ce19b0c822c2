# SPDX-License-Identifier: Apache-2.0
"""What scoring an item gives: the marks, why, and each step on the way. Nothing is scored here."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.exact import format_mark


class Reason(StrEnum):
    """Why an item has its score."""

    MATCHED = "matched"
    PARTLY = "partly matched"
    NOT_MATCHED = "not matched"
    NOT_ANSWERED = "not answered"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step from response to score: the normalisation or template, what went in, what came out.

    It quotes the response, so it is for those who may see answers; it never quotes the key.
    """

    step: str
    given: str
    result: str

    @property
    def changed(self) -> bool:
        """Whether the step made anything different of what went in."""
        return self.given != self.result

    def to_document(self) -> dict[str, object]:
        """The step as JSON."""
        return {"step": self.step, "given": self.given, "result": self.result, "changed": self.changed}


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """The outcome of one item: 0 <= score <= maximum, both exact, with the reason and the trace."""

    score: Fraction
    maximum: Fraction
    reason: Reason
    trace: tuple[TraceStep, ...]

    @property
    def matched(self) -> bool:
        """Whether the response matched the key."""
        return self.reason is Reason.MATCHED

    def to_document(self) -> dict[str, object]:
        """The outcome as JSON, marks as exact strings."""
        return {
            "score": format_mark(self.score),
            "maximum": format_mark(self.maximum),
            "matched": self.matched,
            "reason": self.reason.value,
            "trace": [step.to_document() for step in self.trace],
        }
