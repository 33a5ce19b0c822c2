# SPDX-License-Identifier: Apache-2.0
"""An item, its versions and their states, as values. What a candidate may see of them is in ``candidate``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

from core.canonical import digest
from core.errors import Conflict
from item_bank.document import LocalText
from item_bank.items.documents import body_extras, key_extras, media_document, part_document
from item_bank.items.parts import ONLY_PART, Choice, Media, Part, PartKey
from scoring.api import Interaction, ItemScoring, Normalisation

MAXIMUM_MARKS: Final = Fraction(1)
"""What an item is worth that says nothing else."""


UNASSIGNED: Final = "UNASSIGNED"
"""The criterion of an item that nobody has given one yet: it stands in the bank, and cannot go to review."""


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
    """What an item says in one language.

    A simple item has plain text: a stem, and options unless it is a text entry. A rich one has markup: the ``stem`` is its
    flow, in which ``[[PART]]`` marks the place of an interaction and ``[[PART.CHOICE]]`` that of a gap or a hot text;
    ``texts`` are the texts of prompts and choices by name, ``stimulus`` is what several items share.
    """

    language: str
    stem: str
    options: tuple[Option, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    stimulus: str = ""

    def text(self, name: str) -> str:
        """One text of a rich body, ``""`` where there is none."""
        return dict(self.texts).get(name, "")

    @property
    def segments(self) -> tuple[tuple[str, str], ...]:
        """Everything it says, by name, simple or rich (``stem``, ``RESPONSE.A``); pairs up with other languages."""
        options = tuple((f"{ONLY_PART}.{option.letter}", option.text) for option in self.options)
        stimulus = (("stimulus", self.stimulus),) if self.stimulus else ()
        return (*stimulus, ("stem", self.stem), *options, *self.texts)


@dataclass(frozen=True, slots=True)
class ItemContent:
    """Everything about a version except its key: safe to project to a candidate. ``seconds`` is the planned time.

    A rich item has ``parts``; a simple one (a choice or text entry in plain text, worth one mark) has none and is described
    by its bodies. ``marks`` is the maximum; ``stimulus_id`` names the stimulus that items share; ``tags`` are the author's own
    words, among them ``enemy:NAME`` for items that must not stand in one paper.
    """

    interaction: Interaction
    pc: str
    difficulty: Difficulty
    seconds: int
    shuffle: bool
    bodies: tuple[Body, ...]
    parts: tuple[Part, ...] = ()
    media: tuple[Media, ...] = ()
    marks: Fraction = MAXIMUM_MARKS
    stimulus_id: str = ""
    tags: tuple[str, ...] = ()

    @property
    def is_rich(self) -> bool:
        """Whether its bodies hold markup and its structure is in ``parts``."""
        return bool(self.parts)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the item, its first language first."""
        return tuple(body.language for body in self.bodies)

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of a simple item's options, the same in every language."""
        return tuple(option.letter for option in self.bodies[0].options)

    @property
    def structure(self) -> tuple[Part, ...]:
        """The interactions, also of a simple item: it has one, named ``RESPONSE``."""
        if self.parts:
            return self.parts
        several = self.interaction is Interaction.CHOICE_MULTIPLE
        return (
            Part(
                ONLY_PART,
                self.interaction,
                choices=tuple(Choice(letter) for letter in self.letters),
                shuffle=self.shuffle,
                most=0 if several else 1,
            ),
        )

    def body(self, language: str) -> Body:
        """The body in ``language``, or in the first language where that one is missing."""
        return next((body for body in self.bodies if body.language == language), self.bodies[0])

    def part(self, part_id: str) -> Part | None:
        """One interaction by its identifier."""
        return next((part for part in self.structure if part.id == part_id), None)


@dataclass(frozen=True, slots=True)
class ItemKey:
    """The key material of a version.

    A simple item has ``correct`` and how a text is normalised. A rich one has a key for each part, or an imported
    ``program`` (a QTI program in its stored form, ``scoring.api.ItemProgram``) that decides alone; the part keys then
    only say what is known of it. ``rationale`` says why.
    """

    correct: tuple[str, ...] = ()
    normalise: tuple[Normalisation, ...] = ()
    rationale: LocalText | None = None
    parts: tuple[PartKey, ...] = ()
    program: Mapping[str, object] | None = None

    def part(self, part_id: str) -> PartKey | None:
        """The key of one part of a rich item."""
        return next((part for part in self.parts if part.part == part_id), None)


@dataclass(frozen=True, slots=True)
class ItemDocument:
    """A whole item as an author brings it in."""

    external_id: str
    content: ItemContent
    key: ItemKey

    def to_document(self) -> dict[str, object]:
        """The JSON form; reading it again gives an equal value. What a simple item does not use does not stand in it."""
        content, key = self.content, self.key
        document: dict[str, object] = {
            "id": self.external_id,
            "pc": content.pc,
            "type": content.interaction.value,
            "difficulty": content.difficulty.value,
            "seconds": content.seconds,
        }
        if content.is_rich:
            document |= {
                "marks": str(content.marks),
                "parts": [part_document(part) for part in content.parts],
                "key": key_extras(key.parts, key.program),
            }
        else:
            document |= {
                "key": list(key.correct),
                "normalise": [step.value for step in key.normalise],
                "shuffle": content.shuffle,
            }
        if content.media:
            document["media"] = [media_document(media) for media in content.media]
        if content.stimulus_id:
            document["stimulus"] = content.stimulus_id
        if content.tags:
            document["tags"] = list(content.tags)
        rationales = dict(key.rationale.by_language) if key.rationale else {}
        for body in content.bodies:
            parts: dict[str, object] = {"stem": body.stem}
            if body.options:
                parts["options"] = {option.letter: option.text for option in body.options}
            parts |= body_extras(body.texts, body.stimulus)
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
        """The declaration that responses to a simple item are scored by; ItemError where the key makes no sense."""
        return item_scoring(self.content, self.key)

    def renamed(self, external_id: str) -> ItemDocument:
        """The same item under another name."""
        return replace(self, external_id=external_id)


def item_scoring(content: ItemContent, key: ItemKey) -> ItemScoring:
    """The scoring view of a simple item. Server only: it holds the key."""
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
    marks: Fraction = MAXIMUM_MARKS
    languages: tuple[str, ...] = ()
    interaction: Interaction = Interaction.CHOICE_SINGLE
    tags: tuple[str, ...] = ()
    item_id: str = ""
