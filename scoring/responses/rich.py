# SPDX-License-Identifier: Apache-2.0
"""Scoring of an item with a QTI program: its SCORE, and the marks that a person gave to the parts that no program can judge.

The program is run as it is; what it means is in `scoring.qti`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from scoring.errors import ItemError, ResponseError
from scoring.exact import format_mark
from scoring.qti.item import ItemProgram, ItemRun, run_item
from scoring.qti.values import Cardinality
from scoring.responses.normalise import Normalisation
from scoring.responses.outcomes import ItemOutcome, Reason, TraceStep

NUMBER_STEPS: Final = (
    Normalisation.NFC,
    Normalisation.TRIM,
    Normalisation.DEVANAGARI_DIGITS,
    Normalisation.INDIAN_GROUPING,
)
"""What is evened out in every typed number: १,००,००० is 100000."""

_NORMALISED: Final = "normalise:"


@dataclass(frozen=True, slots=True)
class RichScoring:
    """The scoring view of an item with a program.

    `maximum` is the most that it can give, > 0; by-hand marks are a part of it. `numbers` are the responses typed as
    numbers, `files` those that hold a file (no program reads one). `by_hand` has the most marks, > 0, of each part
    that a person marks. Raises ItemError: `bad_maximum`.
    """

    program: ItemProgram
    maximum: Fraction
    numbers: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    by_hand: tuple[tuple[str, Fraction], ...] = ()

    def __post_init__(self) -> None:
        marks = [self.maximum, *(marks for _, marks in self.by_hand)]
        if any(one <= 0 for one in marks):
            raise ItemError("bad_maximum", value=str(min(marks)))


def score_rich(
    item: RichScoring, response: object, *, seed: int, hand: Mapping[str, Fraction]
) -> ItemOutcome:
    """Score a response, an object of part and value as it is stored: SCORE plus `hand`, within 0 and the maximum.

    An item of which no part is answered has 0 marks without a run. `hand` has a person's marks by part; each counts up to
    what its part can give. The same seed scores the same. Raises ResponseError `wrong_response_type`; QtiError as `run_item`.
    """
    if response is not None and not isinstance(response, Mapping):
        raise ResponseError("wrong_response_type", expected="object", found=type(response).__name__)
    if not response:
        return ItemOutcome(Fraction(0), item.maximum, Reason.NOT_ANSWERED, trace=())
    steps = {**dict.fromkeys(item.numbers, NUMBER_STEPS), **item.program.normalise}
    given = {part: value for part, value in response.items() if part not in item.files}
    run = run_item(replace(item.program, normalise=steps), given, seed=seed)
    automatic = _score(run)
    by_hand = {part: min(hand[part], most) for part, most in item.by_hand if part in hand}
    total = max(Fraction(0), min(automatic + sum(by_hand.values(), Fraction(0)), item.maximum))
    return ItemOutcome(total, item.maximum, _reason(total, item.maximum), _trace(run, automatic, by_hand))


def _score(run: ItemRun) -> Fraction:
    """SCORE, where it is a finite number (infinity alone is a float there); anything else earns nothing."""
    value = run.outcomes.get("SCORE")
    scalar = value.scalar if value is not None and value.cardinality is Cardinality.SINGLE else None
    return Fraction(scalar) if isinstance(scalar, int | Fraction) and scalar is not True else Fraction(0)


def _reason(score: Fraction, maximum: Fraction) -> Reason:
    if score == maximum:
        return Reason.MATCHED
    return Reason.PARTLY if score else Reason.NOT_MATCHED


def _trace(run: ItemRun, automatic: Fraction, by_hand: Mapping[str, Fraction]) -> tuple[TraceStep, ...]:
    """What was evened out, what the program noted, and the marks; nothing in it quotes the key."""
    evened = tuple(
        TraceStep(step.rule.removeprefix(_NORMALISED), str(step.value["before"]), str(step.value["after"]))
        for step in run.trace
        if step.rule.startswith(_NORMALISED) and isinstance(step.value, dict)
    )
    noted = tuple(TraceStep(warned.code, warned.where, "") for warned in run.warnings)
    judged = tuple(TraceStep("by_hand", part, format_mark(marks)) for part, marks in by_hand.items())
    return (*evened, *noted, TraceStep("response_processing", "", format_mark(automatic)), *judged)
