# SPDX-License-Identifier: Apache-2.0
"""What a candidate may see of a rich item's interactions: an allow-list under names of one attempt. No key is read.

The names: ``part_ref``, ``choice_ref``, ``target_ref`` and ``media_ref``; the same function that shows them reads them back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from item_bank.items.candidate_flow import Chunk, Shown, flow_chunks, shown_markup
from item_bank.items.model import Body, ItemContent
from item_bank.items.parts import Choice, Media, Part
from item_bank.markup import plain_text
from scoring.api import Interaction, format_mark

Opaque = Callable[[str, str], str]
"""(item version id, part) -> a name for that part; part is ``""`` for the item itself or an option's letter."""

MEDIA_ADDRESS: Final = "media:"
_ORDER: Final = "order:"
_AFTER_TEXT: Final = (Interaction.GAP_MATCH, Interaction.HOTTEXT)
"""What stands in the text itself, and may need words of its own after it: the gap texts, how many to choose."""
_SHUFFLED_TARGETS: Final = (Interaction.MATCH,)


@dataclass(frozen=True, slots=True)
class CandidateText:
    """A text of a prompt or choice in one language, as markup and as plain words."""

    language: str
    markup: str
    plain: str


@dataclass(frozen=True, slots=True)
class CandidateArea:
    """A hotspot on the picture: QTI's shape and coordinates in its pixels."""

    shape: str
    coords: tuple[int, ...]

    @property
    def centre(self) -> tuple[int, int]:
        """Where its number stands: the middle of a box, the centre of a circle, the mean of a polygon's corners."""
        match self.shape:
            case "circle" | "ellipse":
                return self.coords[0], self.coords[1]
            case "default":
                return 0, 0
            case _:
                across, down = self.coords[::2], self.coords[1::2]
                return sum(across) // len(across), sum(down) // len(down)


@dataclass(frozen=True, slots=True)
class CandidateChoice:
    """Something to choose, order, pair or fill; ``most`` is how often it may be used, 0 for any number."""

    id: str
    texts: tuple[CandidateText, ...]
    most: int
    area: CandidateArea | None = None
    picture: CandidateMedia | None = None


@dataclass(frozen=True, slots=True)
class CandidateMedia:
    """A picture: its address on this page and its size in pixels, where it is known."""

    address: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class CandidatePart:
    """One interaction on the page; choices and targets are in this attempt's order. Bounds are exact decimals as text."""

    ref: str
    kind: str
    prompt: tuple[CandidateText, ...]
    choices: tuple[CandidateChoice, ...]
    targets: tuple[CandidateChoice, ...]
    least: int
    most: int
    single: bool
    inline: bool
    length: int | None
    lines: int | None
    lower: str
    upper: str
    step: str
    picture: CandidateMedia | None
    accept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidateFlow:
    """What a rich item says in one language: a chunk of text before each block and one after the last, and the stimulus."""

    language: str
    chunks: tuple[Chunk, ...]
    stimulus: str


def part_ref(version_id: str, part_id: str, *, opaque: Opaque) -> str:
    """The name of an interaction within one attempt."""
    return opaque(version_id, f"part:{part_id}")


def choice_ref(version_id: str, part_id: str, choice_id: str, *, opaque: Opaque) -> str:
    """The name of a choice within one attempt."""
    return opaque(version_id, f"choice:{part_id}.{choice_id}")


def target_ref(version_id: str, part_id: str, target_id: str, *, opaque: Opaque) -> str:
    """The name of a target, gap or labelled hotspot within one attempt."""
    return opaque(version_id, f"target:{part_id}.{target_id}")


def media_ref(version_id: str, name: str, *, opaque: Opaque) -> str:
    """The name of a file within one attempt."""
    return opaque(version_id, f"media:{name}")


def block_parts(content: ItemContent) -> tuple[Part, ...]:
    """The interactions that stand between the paragraphs, in the order of the first language, then those without a place."""
    stem = content.bodies[0].stem
    standing = [part for part in content.parts if not part.inline and f"[[{part.id}]]" in stem]
    placed = sorted(standing, key=lambda part: stem.index(f"[[{part.id}]]"))
    rest = [part for part in content.parts if part.kind in _AFTER_TEXT and part not in placed]
    return (*placed, *rest)


@dataclass(frozen=True, slots=True)
class _View:
    """The names of one item in one attempt."""

    content: ItemContent
    version_id: str
    opaque: Opaque
    media_base: str

    def media(self) -> dict[str, Shown]:
        return {
            one.name: Shown(
                self.address(one.name),
                tuple((language, self.address(name)) for language, name in one.captions),
            )
            for one in self.content.media
        }

    def address(self, name: str) -> str:
        return self.media_base + media_ref(self.version_id, name, opaque=self.opaque)

    def picture(self, name: str) -> CandidateMedia | None:
        found: Media | None = next((one for one in self.content.media if one.name == name), None)
        return None if found is None else CandidateMedia(self.address(name), found.width, found.height)


def candidate_parts(
    content: ItemContent, *, version_id: str, opaque: Opaque, media_base: str
) -> tuple[CandidatePart, ...]:
    """The interactions of a rich item, in the order of the bank."""
    view = _View(content, version_id, opaque, media_base)
    shown = view.media()
    return tuple(_part(view, part, shown) for part in content.parts)


def candidate_flows(
    content: ItemContent, *, version_id: str, opaque: Opaque, media_base: str
) -> tuple[CandidateFlow, ...]:
    """The texts of a rich item, cut so that each block of ``block_parts`` follows its chunk."""
    view = _View(content, version_id, opaque, media_base)
    shown = view.media()
    blocks = [part.id for part in block_parts(content)]
    kinds = {part.id: part.kind for part in content.parts}

    def name(part: str, choice: str) -> tuple[str, str]:
        ref = part_ref(version_id, part, opaque=opaque)
        if not choice:
            return ref, ""
        refer = target_ref if kinds.get(part) is Interaction.GAP_MATCH else choice_ref
        return ref, refer(version_id, part, choice, opaque=opaque)

    return tuple(
        CandidateFlow(
            body.language,
            _aligned(flow_chunks(body.stem, shown, blocks=blocks, name=name), len(blocks)),
            shown_markup(body.stimulus, shown) if body.stimulus else "",
        )
        for body in content.bodies
    )


def _aligned(chunks: Sequence[Chunk], blocks: int) -> tuple[Chunk, ...]:
    """One chunk for each block and one more; what is missing is empty."""
    empty: Chunk = ()
    return (*chunks, *(empty for _ in range(blocks + 1 - len(chunks))))


def _part(view: _View, part: Part, shown: Mapping[str, Shown]) -> CandidatePart:
    bodies = view.content.bodies
    return CandidatePart(
        ref=part_ref(view.version_id, part.id, opaque=view.opaque),
        kind=part.kind.value,
        prompt=_texts(bodies, f"{part.id}.prompt", shown),
        choices=_choices(view, part, part.choices, shown, refer=choice_ref, shuffle=part.shuffle),
        targets=_choices(
            view,
            part,
            part.targets,
            shown,
            refer=target_ref,
            shuffle=part.shuffle and part.kind in _SHUFFLED_TARGETS,
        ),
        least=part.least,
        most=part.most,
        single=part.cardinality.value == "single",
        inline=part.inline,
        length=part.length,
        lines=part.lines,
        lower="" if part.lower is None else format_mark(part.lower),
        upper="" if part.upper is None else format_mark(part.upper),
        step="" if part.step is None else format_mark(part.step),
        picture=view.picture(part.image),
        accept=part.accept,
    )


def _choices(
    view: _View,
    part: Part,
    choices: Sequence[Choice],
    shown: Mapping[str, Shown],
    *,
    refer: Callable[..., str],
    shuffle: bool,
) -> tuple[CandidateChoice, ...]:
    def ref(choice: Choice) -> str:
        return refer(view.version_id, part.id, choice.id, opaque=view.opaque)

    ordered = (
        shuffled(choices, key=lambda choice: view.opaque(view.version_id, f"{_ORDER}{part.id}.{ref(choice)}"))
        if shuffle
        else choices
    )
    return tuple(
        CandidateChoice(
            id=ref(choice),
            texts=_texts(view.content.bodies, f"{part.id}.{choice.id}", shown),
            most=choice.most,
            area=None if choice.area is None else CandidateArea(choice.area.shape.value, choice.area.coords),
            picture=view.picture(choice.media),
        )
        for choice in ordered
    )


def shuffled(choices: Sequence[Choice], *, key: Callable[[Choice], str]) -> tuple[Choice, ...]:
    """The choices in the order of ``key``; those that are fixed keep their place."""
    loose = iter(sorted((choice for choice in choices if not choice.fixed), key=key))
    return tuple(choice if choice.fixed else next(loose) for choice in choices)


def _texts(bodies: Iterable[Body], name: str, shown: Mapping[str, Shown]) -> tuple[CandidateText, ...]:
    return tuple(
        CandidateText(body.language, shown_markup(text, shown), plain_text(text))
        for body in bodies
        if (text := body.text(name))
    )
