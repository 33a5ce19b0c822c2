# SPDX-License-Identifier: Apache-2.0
"""Response processing: QTI's match_correct template over the three simple item types; the way to the others.

Reading responses is in `values`, items with a QTI program are scored in `rich`.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from scoring.responses.declarations import BaseType, Cardinality, ItemScoring
from scoring.responses.normalise import normalisation_steps, normalise
from scoring.responses.outcomes import ItemOutcome, Reason, TraceStep
from scoring.responses.rich import RichScoring, score_rich
from scoring.responses.values import Value, read_response

Scoring = ItemScoring | RichScoring
"""The scoring view of any item. Server only: it holds the key."""

_NO_MARKS: Mapping[str, Fraction] = MappingProxyType({})


def score_item(
    item: Scoring, response: object, *, seed: int = 0, hand: Mapping[str, Fraction] = _NO_MARKS
) -> ItemOutcome:
    """Score one response: the maximum on a match, else 0. An item with a program: as `score_rich`.

    choice_single matches the one correct identifier, choice_multiple the exact set (all or nothing),
    text_entry any accepted answer after the declared normalisations of both. No answer scores 0. Raises
    ResponseError as `read_response`. `seed` and `hand` matter to items with a program alone.
    """
    if isinstance(item, RichScoring):
        return score_rich(item, response, seed=seed, hand=hand)
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
