# SPDX-License-Identifier: Apache-2.0
"""Response processing: QTI's match_correct template over the three item types.

Reading responses is in `values`.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.exact import format_mark
from scoring.responses.declarations import BaseType, Cardinality, ItemScoring
from scoring.responses.normalise import normalisation_steps, normalise
from scoring.responses.values import Value, read_response


class Reason(StrEnum):
    """Why an item has its score."""

    MATCHED = "matched"
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


def score_item(item: ItemScoring, response: object) -> ItemOutcome:
    """Score one response: the maximum on a match, else 0.

    choice_single matches the one correct identifier, choice_multiple the exact set (all or nothing),
    text_entry any accepted answer after the declared normalisations of both. No answer scores 0. Raises
    ResponseError as `read_response`.
    """
    value = read_response(item, response)
    if value is None:
        return ItemOutcome(Fraction(0), item.maximum, Reason.NOT_ANSWERED, trace=())
    steps: list[TraceStep] = []
    if isinstance(value, str):
        for step in normalisation_steps(value, item.normalise):
            steps.append(TraceStep(step.normalisation.value, step.before, step.after))
            value = step.after
    matched = match_correct(item, value)
    given = value if isinstance(value, str) else " ".join(sorted(value))
    steps.append(TraceStep("match_correct", given, str(matched).lower()))
    return ItemOutcome(
        score=item.maximum if matched else Fraction(0),
        maximum=item.maximum,
        reason=Reason.MATCHED if matched else Reason.NOT_MATCHED,
        trace=tuple(steps),
    )


def match_correct(item: ItemScoring, value: Value) -> bool:
    """Whether the value is the correct one or, for a text, one of the accepted ones; NULL never matches.

    A text `value` is normalised already.
    """
    if item.interaction.base_type is BaseType.STRING:
        return value in {normalise(accepted, item.normalise) for accepted in item.correct}
    if item.interaction.cardinality is Cardinality.MULTIPLE:
        return value == frozenset(item.correct)
    return value == item.correct[0]
