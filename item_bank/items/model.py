# SPDX-License-Identifier: Apache-2.0
"""An item, its versions and their states, as values. What a candidate may see of them is in ``candidate``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

from core.canonical import digest
from core.errors import Conflict
from item_bank.document import LocalText
from scoring.api import Interaction, ItemScoring, Normalisation

MAXIMUM_MARKS: Final = Fraction(1)
"""What every item is worth today; the declaration of scoring carries it, so that an item may be worth more later."""


class ItemState(StrEnum):
    """Where a version of an item stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LIVE = "live"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether the version may still become live."""
        return self in (ItemState.DRAFT, ItemState.IN_REVIEW)


class ItemCommand(StrEnum):
    """What may be done to a version."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


TRANSITIONS: Final[Mapping[tuple[ItemState, ItemCommand], ItemState]] = {
    (ItemState.DRAFT, ItemCommand.SUBMIT): ItemState.IN_REVIEW,
    (ItemState.DRAFT, ItemCommand.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.IN_REVIEW, ItemCommand.APPROVE): ItemState.LIVE,
    (ItemState.IN_REVIEW, ItemCommand.REJECT): ItemState.DRAFT,
    (ItemState.IN_REVIEW, ItemCommand.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.LIVE, ItemCommand.WITHDRAW): ItemState.WITHDRAWN,
}


def decide(state: ItemState, command: ItemCommand) -> ItemState:
    """The state after ``command``; Conflict(``item_state``) where the table has no such step."""
    after = TRANSITIONS.get((state, command))
    if after is None:
        raise Conflict("item_state", state=state.value, command=command.value)
    return after


class Difficulty(StrEnum):
    """How hard the author thinks an item is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its letter in the bank (A to F) and its text."""

    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """What an item says in one language. Text entry has no options."""

    language: str
    stem: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemContent:
    """Everything about a version except its key: safe to project to a candidate. ``seconds`` is the planned time."""

    interaction: Interaction
    pc: str
    difficulty: Difficulty
    seconds: int
    shuffle: bool
    bodies: tuple[Body, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the item, its first language first."""
        return tuple(body.language for body in self.bodies)

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the options, the same in every language."""
        return tuple(option.letter for option in self.bodies[0].options)

    def body(self, language: str) -> Body:
        """The body in ``language``, or in the first language where that one is missing."""
        return next((body for body in self.bodies if body.language == language), self.bodies[0])


@dataclass(frozen=True, slots=True)
class ItemKey:
    """The key material of a version: the correct response, how a text is normalised, and why."""

    correct: tuple[str, ...]
    normalise: tuple[Normalisation, ...] = ()
    rationale: LocalText | None = None


@dataclass(frozen=True, slots=True)
class ItemDocument:
    """A whole item as an author brings it in."""

    external_id: str
    content: ItemContent
    key: ItemKey

    def to_document(self) -> dict[str, object]:
        """The JSON form; reading it again gives an equal value."""
        content, key = self.content, self.key
        document: dict[str, object] = {
            "id": self.external_id,
            "pc": content.pc,
            "type": content.interaction.value,
            "difficulty": content.difficulty.value,
            "seconds": content.seconds,
            "key": list(key.correct),
            "normalise": [step.value for step in key.normalise],
            "shuffle": content.shuffle,
        }
        rationales = dict(key.rationale.by_language) if key.rationale else {}
        for body in content.bodies:
            parts: dict[str, object] = {"stem": body.stem}
            if body.options:
                parts["options"] = {option.letter: option.text for option in body.options}
            if body.language in rationales:
                parts["rationale"] = rationales[body.language]
            document[body.language] = parts
        return document

    @property
    def content_hash(self) -> str:
        """One hash over everything, key and language order included: the identity of a version's content."""
        return digest({**self.to_document(), "languages": list(self.content.languages)})

    @property
    def scoring(self) -> ItemScoring:
        """The declaration that responses are scored by; ItemError where the key makes no sense."""
        return item_scoring(self.content, self.key)


def item_scoring(content: ItemContent, key: ItemKey) -> ItemScoring:
    """The scoring view of an item. Server only: it holds the key."""
    return ItemScoring(
        interaction=content.interaction,
        correct=key.correct,
        normalise=key.normalise,
        maximum=MAXIMUM_MARKS,
        options=content.letters,
    )


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """A stored version, without its key. Live and withdrawn versions never change their content."""

    id: str
    item_id: str
    owner_id: str
    credential_version_id: str
    external_id: str
    number: int
    state: ItemState
    content: ItemContent
    content_hash: str
    author_id: str
    submitted_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BankItem:
    """What a draw needs to know of a live version."""

    version_id: str
    pc: str
    seconds: int
    difficulty: Difficulty
