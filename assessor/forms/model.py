# SPDX-License-Identifier: Apache-2.0
"""The form's state machine, and the document that pins what a form holds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from assessor.forms.sections import FormSection, parse_section
from core.canonical import digest
from core.errors import Conflict
from scoring.api import Interaction, ScoringError


class FormState(StrEnum):
    """Where a form stands; from sealed on its content never changes."""

    DRAFT = "draft"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Mapping[FormState, frozenset[FormState]] = MappingProxyType(
    {
        FormState.DRAFT: frozenset({FormState.SEALED, FormState.WITHDRAWN}),
        FormState.SEALED: frozenset({FormState.WITHDRAWN}),
        FormState.WITHDRAWN: frozenset(),
    }
)


def decide(before: FormState, after: FormState) -> FormState:
    """The form's next state; raises Conflict `form_state` (facts state)."""
    if after not in TRANSITIONS[before]:
        raise Conflict("form_state", state=before.value)
    return after


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShape:
    """What an answer to one part of a rich item looks like.

    `choices` and `targets` are true identifiers with how often each may be used (0: any number); `most` bounds how many
    are chosen, paired or pointed at (0: any number). `size` is that of the picture in pixels, `accept` the media types of
    an upload, `lower` and `upper` the ends of a slider, exact.
    """

    id: str
    kind: Interaction
    choices: tuple[tuple[str, int], ...] = ()
    targets: tuple[tuple[str, int], ...] = ()
    most: int = 1
    size: tuple[int, int] | None = None
    accept: tuple[str, ...] = ()
    lower: str = ""
    upper: str = ""

    def to_document(self) -> dict[str, Any]:
        """The shape as JSON; members at their default do not stand in it."""
        document: dict[str, Any] = {"id": self.id, "kind": self.kind.value}
        if self.choices:
            document["choices"] = [list(choice) for choice in self.choices]
        if self.targets:
            document["targets"] = [list(target) for target in self.targets]
        if self.most != 1:
            document["most"] = self.most
        if self.size is not None:
            document["size"] = list(self.size)
        if self.accept:
            document["accept"] = list(self.accept)
        if self.lower or self.upper:
            document["range"] = [self.lower, self.upper]
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class FormMedia:
    """A file that an item shows: its name within the item and its SHA-256 (hex)."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormItem:
    """One item as a form pins it: the version, its content's hash, and the shape of an answer to it.

    `options` are the true identifiers of a simple item in its own order, empty for a text. A rich item has `parts`
    instead, and the `media` that it shows.
    """

    version_id: str
    sha256: str
    pc: str
    interaction: Interaction
    options: tuple[str, ...]
    parts: tuple[AnswerShape, ...] = ()
    media: tuple[FormMedia, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """The item as it stands in the form's document; a simple one has neither parts nor media."""
        document: dict[str, Any] = {
            "version_id": self.version_id,
            "sha256": self.sha256,
            "pc": self.pc,
            "interaction": self.interaction.value,
            "options": list(self.options),
        }
        if self.parts:
            document["parts"] = [part.to_document() for part in self.parts]
        if self.media:
            document["media"] = [[media.name, media.sha256] for media in self.media]
        return document

    def part(self, part_id: str) -> AnswerShape | None:
        """One part of a rich item, or None."""
        return next((part for part in self.parts if part.id == part_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What a compiled form was drawn from: its number in the draw, and the hashes of the blueprint and of that day's bank."""

    number: int
    blueprint_sha256: str
    bank_sha256: str
    compiler: str

    def to_document(self) -> dict[str, Any]:
        """The draw as it stands in the form's document."""
        return {
            "number": self.number,
            "blueprint": self.blueprint_sha256,
            "bank": self.bank_sha256,
            "compiler": self.compiler,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContent:
    """What a form holds, in the order in which it is shown. `draw` is None for a form of a blueprint of version 1.

    No `sections`: one part with everything, in any order, in the form's time.
    """

    assessment_id: str
    seed: int
    limit_seconds: int
    items: tuple[FormItem, ...]
    draw: Draw | None = None
    sections: tuple[FormSection, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """The document that is hashed; the seed is text because canonical JSON holds 53 bits.

        Version 4 has an adaptive section, version 3 sections, version 2 a rich item or a compiler's draw; without any a form
        keeps version 1, and so its hash.
        """
        plain = 2 if self.draw or any(item.parts for item in self.items) else 1
        document: dict[str, Any] = {
            "version": (4 if any(one.adaptive for one in self.sections) else 3) if self.sections else plain,
            "assessment_id": self.assessment_id,
            "seed": str(self.seed),
            "limit_seconds": self.limit_seconds,
            "items": [item.to_document() for item in self.items],
        }
        if self.draw is not None:
            document["draw"] = self.draw.to_document()
        if self.sections:
            document["sections"] = [section.to_document() for section in self.sections]
        return document

    @property
    def sha256(self) -> str:
        """The hash of the document."""
        return _hash_of(self)

    def item(self, version_id: str) -> FormItem | None:
        """The item with this version, or None."""
        return next((item for item in self.items if item.version_id == version_id), None)


@lru_cache(maxsize=512)
def _hash_of(content: FormContent) -> str:
    return digest(content.to_document())


def parse_content(document: object, *, form_id: str) -> FormContent:
    """The content that `FormContent.to_document` wrote; raises Conflict `form_altered` for anything else."""
    try:
        return _content(cast(Any, document))
    except (AttributeError, KeyError, TypeError, ValueError, ScoringError) as error:
        raise Conflict("form_altered", form_id=form_id, count=1) from error


def _content(document: Mapping[str, Any]) -> FormContent:
    return FormContent(
        assessment_id=document["assessment_id"],
        seed=int(document["seed"]),
        limit_seconds=document["limit_seconds"],
        items=tuple(
            FormItem(
                version_id=item["version_id"],
                sha256=item["sha256"],
                pc=item["pc"],
                interaction=Interaction(item["interaction"]),
                options=tuple(item["options"]),
                parts=tuple(map(_shape, item.get("parts", ()))),
                media=tuple(FormMedia(name=name, sha256=sha256) for name, sha256 in item.get("media", ())),
            )
            for item in document["items"]
        ),
        draw=_draw(document["draw"]) if "draw" in document else None,
        sections=tuple(map(parse_section, document.get("sections", ()))),
    )


def _draw(document: Mapping[str, Any]) -> Draw:
    return Draw(
        number=document["number"],
        blueprint_sha256=document["blueprint"],
        bank_sha256=document["bank"],
        compiler=document["compiler"],
    )


def _shape(part: Mapping[str, Any]) -> AnswerShape:
    lower, upper = part.get("range", ("", ""))
    width, height = part.get("size", (0, 0))
    return AnswerShape(
        id=part["id"],
        kind=Interaction(part["kind"]),
        choices=tuple((choice, uses) for choice, uses in part.get("choices", ())),
        targets=tuple((target, uses) for target, uses in part.get("targets", ())),
        most=part.get("most", 1),
        size=(width, height) if "size" in part else None,
        accept=tuple(part.get("accept", ())),
        lower=lower,
        upper=upper,
    )


def changes(sealed: str, content: FormContent, *, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """What differs from what was sealed: `form`, and the version ids whose content changed or is gone.

    `sealed` is the form's hash at sealing, `hashes` the items' content hashes of today by version id.
    """
    found = [item.version_id for item in content.items if hashes.get(item.version_id) != item.sha256]
    return (*(("form",) if content.sha256 != sealed else ()), *found)


def require_sealed(state: FormState) -> None:
    """Refuse a form that is not ready to be sat; raises Conflict `form_state` (facts state)."""
    if state is not FormState.SEALED:
        raise Conflict("form_state", state=state.value)


def require_unchanged(form_id: str, found: tuple[str, ...]) -> None:
    """Refuse a form that is not what was sealed; raises Conflict `form_altered` (facts form_id, count)."""
    if found:
        raise Conflict("form_altered", form_id=form_id, count=len(found))
