# SPDX-License-Identifier: Apache-2.0
"""Learners of an analysed batch and what they answered: made up, but the same for the same seed. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from assessor import api
from assessor.scheduling.candidates import Gender
from core.uow import UnitOfWork
from item_bank import api as bank
from scoring.api import Interaction, ItemScoring

ANCHORS_OF_PC: Final = 2
OWN_OF_PC: Final = 2
"""Items of each PC that stand in every form, and in one form alone."""
LIMIT_SECONDS: Final = 1_800
COPIERS: Final = (4, 12)
"""Two of one form and one room."""
CLICKER: Final = 7
COPIED_ABILITY: Final = -0.8
"""Who knows little has many wrong answers to be copied."""
WOMEN_LATER: Final = 1.6
"""How much harder the first anchor is for women, on the scale of ability."""
BROWSERS: Final = ("Chrome, Android", "Firefox, Windows", "Chrome, Android", "")


@dataclass(frozen=True, slots=True)
class Sample:
    """Whose batch it is: what a test's world has under whatever names."""

    agency: str
    manager: str
    assessor: str
    credential: str
    blueprint: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an item: the value as it is stored, and how long after the one before."""

    version_id: str
    value: Any
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """One learner: who, where, on which form, what was answered and what a person marked (by component and criterion)."""

    name: str
    language: api.Language
    gender: Gender | None
    sitting: int
    form: int
    browser: str
    replies: tuple[Reply, ...]
    marks: Mapping[str, Mapping[str, str]]


def draw(uow: UnitOfWork, whose: Sample, *, forms: int, anchors: int = ANCHORS_OF_PC) -> list[list[str]]:
    """Version ids of each form, by PC: the anchors, then its own; simple choices come first."""
    live = bank.live_bank(uow, owner_id=whose.agency, credential_version_id=whose.credential)
    by_pc: dict[str, list[str]] = {}
    for item in sorted(live, key=lambda one: one.interaction is not Interaction.CHOICE_SINGLE):
        by_pc.setdefault(item.pc, []).append(item.version_id)
    drawn = []
    for number in range(forms):
        first = anchors + OWN_OF_PC * number
        drawn.append(
            [
                version_id
                for versions in by_pc.values()
                for version_id in (*versions[:anchors], *versions[first : first + OWN_OF_PC])
            ]
        )
    return drawn


@dataclass(frozen=True, slots=True)
class _Bank:
    """What the answers are made from: keys and difficulties by version, criteria by component, and the two odd items."""

    scoring: Mapping[str, object]
    difficulty: Mapping[str, float]
    criteria: Mapping[str, Sequence[str]]
    unfair: str
    miskeyed: str


def sitters_of(uow: UnitOfWork, drawn: Sequence[Sequence[str]], *, persons: int, seed: int) -> list[Sitter]:
    random = np.random.default_rng(seed)
    versions = sorted({version_id for form in drawn for version_id in form})
    odd = {"unfair": drawn[0][0], "miskeyed": drawn[0][ANCHORS_OF_PC + 1]}
    difficulty = dict(zip(versions, random.normal(-0.6, 0.9, len(versions)), strict=True))
    known = _Bank(
        scoring=bank.scoring_view(uow, bank.content_hashes(uow, versions)),
        # An item that nearly everybody solves, or nobody, betrays nothing.
        difficulty=difficulty | {odd["unfair"]: -0.5, odd["miskeyed"]: 0.0},
        criteria=_criteria(uow, drawn),
        **odd,
    )
    sitters = [
        _sitter(number, drawn[number % len(drawn)], known, random=random, form=number % len(drawn))
        for number in range(persons)
    ]
    if persons > max(COPIERS):
        first, second = (sitters[place] for place in COPIERS)
        copied = replace(second, replies=first.replies, form=first.form, sitting=first.sitting)
        sitters[COPIERS[1]] = copied
    return sitters


def _sitter(
    number: int, drawn: Sequence[str], known: _Bank, *, random: np.random.Generator, form: int
) -> Sitter:
    # By the digits of the number, so that no paper and no room has more women than another.
    woman, ability = number.bit_count() % 2 == 1, float(random.normal())
    if number == COPIERS[0]:
        ability = COPIED_ABILITY
    replies: list[Reply] = []
    for version_id in drawn:
        hard = known.difficulty[version_id] + (WOMEN_LATER if woman and version_id == known.unfair else 0.0)
        right = random.random() < 1 / (1 + np.exp(-1.3 * (ability - hard)))
        seconds = float(np.exp(random.normal(3.4, 0.4)))
        if number == CLICKER:
            right, seconds = random.random() < 0.25, float(random.uniform(1, 2))
        if random.random() < 0.02:
            continue  # left out
        scoring = known.scoring[version_id]
        if random.random() < 0.05:  # changed once
            replies.append(Reply(version_id, _wrong(scoring, random), seconds / 2))
        miskeyed = version_id == known.miskeyed
        answer = _miskeyed if miskeyed else _answer
        replies.append(Reply(version_id, answer(scoring, random, right=right), seconds))
    return Sitter(
        name=f"Learner {number + 1}",
        language=api.Language.HINDI if number % 3 else api.Language.ENGLISH,
        gender=Gender.FEMALE if woman else Gender.MALE,
        sitting=(number // 4) % 2,
        form=form,
        browser=BROWSERS[(number // 2) % len(BROWSERS)],
        replies=tuple(replies),
        marks={
            component: {one: _mark(ability, random) for one in own}
            for component, own in known.criteria.items()
        },
    )


def _mark(ability: float, random: np.random.Generator) -> str:
    return str(int(np.clip(round(ability * 0.5 + random.normal(1.4, 0.5)), 0, 2)))


def _criteria(uow: UnitOfWork, drawn: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """The criteria that a person marks, by component."""
    version = next(iter(bank.item_versions(uow, [drawn[0][0]]).values()))
    document = bank.credential_version(uow, version.credential_version_id).document
    practical = document.practical.criteria if document.practical else ()
    return {"practical": [one.id for one in practical], "viva": [one.id for one in document.viva]}


def _answer(scoring: object, random: np.random.Generator, *, right: bool) -> Any:
    return _right(scoring) if right else _wrong(scoring, random)


def _miskeyed(scoring: object, random: np.random.Generator, *, right: bool) -> Any:
    """Who knows takes the option that should be the key, and is marked wrong."""
    assert isinstance(scoring, ItemScoring)
    if right:
        return [next(option for option in scoring.options if option not in scoring.correct)]
    return _answer(scoring, random, right=random.random() < 0.6)


def _right(scoring: object) -> Any:
    assert isinstance(scoring, ItemScoring)
    return list(scoring.correct) if scoring.options else scoring.correct[0]


def _wrong(scoring: object, random: np.random.Generator) -> Any:
    assert isinstance(scoring, ItemScoring)
    if not scoring.options:
        return "something else"
    others = [option for option in scoring.options if option not in scoring.correct]
    # The first distractor draws most, as in real items.
    weights = np.array([2.0**-place for place in range(len(others))])
    return [others[int(random.choice(len(others), p=weights / weights.sum()))]]
