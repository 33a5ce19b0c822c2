# SPDX-License-Identifier: Apache-2.0
"""The parts of a theory paper that a person marks: the rubric that they make, and the answers that are judged by it.

A criterion is named by its place in the sealed form (`Q7`, or `Q7.2` for the second such part of an item), so it never
moves. Which marks a rubric allows is in `model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assessor.attempts.answer_log import answers
from assessor.attempts.model import AttemptState, last_answers
from assessor.attempts.queries import load_attempt_of_entry
from assessor.attempts.uploads import ResponseFile, response_files
from assessor.forms import queries as forms
from assessor.forms.model import FormContent
from assessor.marking.model import Criterion, TaskComponent
from assessor.marking.rubrics import Rubric, RubricLevel, RubricLine
from core.uow import UnitOfWork
from item_bank.api import Body, HandPart, ItemContent, LocalText, hand_view, pinned_contents, plain_text
from scoring.api import format_mark, parse_mark

STEP = Fraction(1, 2)
"""Marks are given in halves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandPlace:
    """Where a criterion of theory stands: a part of an item version of the form."""

    version_id: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandAnswer:
    """What a learner answered to one criterion: a text, or a file; neither where nothing was answered."""

    text: str = ""
    file: ResponseFile | None = None

    @property
    def given(self) -> bool:
        """Whether there is anything to judge."""
        return bool(self.text) or self.file is not None


def hand_places(content: FormContent) -> dict[str, HandPlace]:
    """The parts of a form that a person marks, by criterion, in the order of the form."""
    found = {}
    for number, item in enumerate(content.items, 1):
        places = [
            HandPlace(version_id=item.version_id, part=part.id) for part in item.parts if part.kind.by_hand
        ]
        for count, place in enumerate(places, 1):
            found[f"Q{number}" if len(places) == 1 else f"Q{number}.{count}"] = place
    return found


def half_marks(maximum: Fraction) -> tuple[str, ...]:
    """The marks that a part can earn, as exact strings: 0 to its maximum in halves, the maximum in any case."""
    halves = [STEP * count for count in range(int(maximum / STEP) + 1)]
    return tuple(format_mark(marks) for marks in dict.fromkeys((*halves, maximum)))


def theory_rubric(uow: UnitOfWork, form_id: str) -> Rubric | None:
    """Reads keys: how the by-hand parts of a form are marked, None where it has none."""
    content = forms.form(uow, form_id).content
    places = hand_places(content)
    if not places:
        return None
    marked = {place.version_id for place in places.values()}
    pins = {item.version_id: item.sha256 for item in content.items if item.version_id in marked}
    contents, hands = pinned_contents(uow, pins), hand_view(uow, pins)
    return Rubric(
        component=TaskComponent.THEORY,
        task=None,
        lines=tuple(
            _line(criterion, contents[place.version_id], _hand(hands[place.version_id], place.part))
            for criterion, place in places.items()
        ),
    )


def theory_criteria(uow: UnitOfWork, form_id: str) -> int:
    """How many parts of a form a person marks."""
    return len(hand_places(forms.form(uow, form_id).content))


def hand_answers(uow: UnitOfWork, entry_id: str) -> dict[str, HandAnswer] | None:
    """What was answered to each criterion of theory, None before the hand-in. Callers have established whose the entry is."""
    attempt = load_attempt_of_entry(uow, entry_id)
    if attempt.state is not AttemptState.SUBMITTED:
        return None
    places = hand_places(forms.form(uow, attempt.form_id).content)
    held = last_answers(answers(uow, attempt.id))
    values = {
        criterion: _value(held[place.version_id].value, place.part) if place.version_id in held else None
        for criterion, place in places.items()
    }
    uploads = [value["upload"] for value in values.values() if isinstance(value, dict)]
    files = response_files(uow, uploads)
    return {
        criterion: HandAnswer(
            text=value if isinstance(value, str) else "",
            file=files.get(value["upload"]) if isinstance(value, dict) else None,
        )
        for criterion, value in values.items()
    }


def hand_marks(content: FormContent, marks: Mapping[str, str]) -> dict[str, dict[str, Fraction]]:
    """Marks by criterion (exact strings) as marks by item version and part."""
    found: dict[str, dict[str, Fraction]] = {}
    for criterion, place in hand_places(content).items():
        if criterion in marks:
            found.setdefault(place.version_id, {})[place.part] = parse_mark(marks[criterion])
    return found


def _value(value: object, part: str) -> object:
    return value.get(part) if isinstance(value, dict) else None


def _hand(parts: tuple[HandPart, ...], part: str) -> HandPart:
    return next(one for one in parts if one.part == part)


def _line(criterion_id: str, content: ItemContent, hand: HandPart) -> RubricLine:
    levels = half_marks(hand.marks)
    return RubricLine(
        criterion=Criterion(id=criterion_id, pc=content.pc, levels=levels),
        text=LocalText(
            tuple(
                (body.language, " ".join(filter(None, map(plain_text, _asked(body, hand.part)))))
                for body in content.bodies
            )
        ),
        expected=LocalText(hand.guide) if hand.guide else None,
        levels=tuple(RubricLevel(marks=marks, text=LocalText((("en", ""),))) for marks in levels),
    )


def _asked(body: Body, part: str) -> tuple[str, ...]:
    return body.stimulus, body.stem, body.text(f"{part}.prompt")
