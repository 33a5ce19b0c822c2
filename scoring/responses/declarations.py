# SPDX-License-Identifier: Apache-2.0
"""What an item's scoring declares: QTI's cardinality and base type, the key, the maximum.

No response is read here.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.errors import ItemError
from scoring.responses.normalise import Normalisation


class Cardinality(StrEnum):
    """How many values a QTI variable holds."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    ORDERED = "ordered"


class BaseType(StrEnum):
    """What the values of a QTI variable are."""

    IDENTIFIER = "identifier"
    STRING = "string"
    FLOAT = "float"
    PAIR = "pair"
    DIRECTED_PAIR = "directedPair"
    POINT = "point"
    FILE = "file"


class Interaction(StrEnum):
    """The kinds of interaction; an item with several of them is `COMPOSITE`.

    The first three can be scored by `ItemScoring` as they are; every kind can be scored by a QTI program.
    """

    CHOICE_SINGLE = "choice_single"
    CHOICE_MULTIPLE = "choice_multiple"
    TEXT_ENTRY = "text_entry"
    NUMERIC = "numeric"
    EXTENDED_TEXT = "extended_text"
    INLINE_CHOICE = "inline_choice"
    MATCH = "match"
    ORDER = "order"
    ASSOCIATE = "associate"
    GAP_MATCH = "gap_match"
    HOTTEXT = "hottext"
    HOTSPOT = "hotspot"
    SELECT_POINT = "select_point"
    GRAPHIC_ORDER = "graphic_order"
    GRAPHIC_ASSOCIATE = "graphic_associate"
    GRAPHIC_GAP_MATCH = "graphic_gap_match"
    POSITION_OBJECT = "position_object"
    SLIDER = "slider"
    UPLOAD = "upload"
    COMPOSITE = "composite"

    @property
    def cardinality(self) -> Cardinality:
        """The cardinality of the response variable where its interaction allows several values."""
        if self in _SINGLE:
            return Cardinality.SINGLE
        return Cardinality.ORDERED if self in _ORDERED else Cardinality.MULTIPLE

    @property
    def base_type(self) -> BaseType:
        """The base type of the response variable; that of `COMPOSITE` is each part's own."""
        return _BASE_TYPES.get(self, BaseType.IDENTIFIER)

    @property
    def by_hand(self) -> bool:
        """Whether a person marks it."""
        return self in (Interaction.EXTENDED_TEXT, Interaction.UPLOAD)


_SINGLE = frozenset(
    {
        Interaction.CHOICE_SINGLE,
        Interaction.TEXT_ENTRY,
        Interaction.NUMERIC,
        Interaction.EXTENDED_TEXT,
        Interaction.INLINE_CHOICE,
        Interaction.SLIDER,
        Interaction.UPLOAD,
    }
)
_ORDERED = frozenset({Interaction.ORDER, Interaction.GRAPHIC_ORDER})
_BASE_TYPES = {
    Interaction.TEXT_ENTRY: BaseType.STRING,
    Interaction.EXTENDED_TEXT: BaseType.STRING,
    Interaction.NUMERIC: BaseType.FLOAT,
    Interaction.SLIDER: BaseType.FLOAT,
    Interaction.MATCH: BaseType.DIRECTED_PAIR,
    Interaction.GAP_MATCH: BaseType.DIRECTED_PAIR,
    Interaction.GRAPHIC_GAP_MATCH: BaseType.DIRECTED_PAIR,
    Interaction.ASSOCIATE: BaseType.PAIR,
    Interaction.GRAPHIC_ASSOCIATE: BaseType.PAIR,
    Interaction.SELECT_POINT: BaseType.POINT,
    Interaction.POSITION_OBJECT: BaseType.POINT,
    Interaction.UPLOAD: BaseType.FILE,
}


@dataclass(frozen=True, slots=True)
class ItemScoring:
    """The scoring view of one item.

    `correct` holds option identifiers (choice_single exactly one, choice_multiple the whole set) or, for
    text_entry, every accepted answer. `normalise` is for text_entry only. `maximum` is the mark for a match,
    > 0. `options` are the identifiers that a choice offers; if given, a response with another one is refused
    instead of scored 0. Raises ItemError: `float_mark`, `bad_maximum`, `empty_key`, `duplicate_key_value`,
    `one_correct_expected`, `key_not_an_option`, `normalise_without_text`, `options_without_choice`.
    """

    interaction: Interaction
    correct: tuple[str, ...]
    normalise: tuple[Normalisation, ...] = ()
    maximum: Fraction = Fraction(1)
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.maximum, Fraction):
            raise ItemError("float_mark", value=repr(self.maximum))
        if self.maximum <= 0:
            raise ItemError("bad_maximum", value=str(self.maximum))
        if not self.correct or not all(value.strip() for value in self.correct):
            raise ItemError("empty_key", correct=list(self.correct))
        if len(set(self.correct)) != len(self.correct):
            raise ItemError("duplicate_key_value", correct=list(self.correct))
        if self.interaction is Interaction.CHOICE_SINGLE and len(self.correct) != 1:
            raise ItemError("one_correct_expected", correct=list(self.correct))
        if self.interaction is Interaction.TEXT_ENTRY:
            if self.options:
                raise ItemError("options_without_choice", options=list(self.options))
        elif self.normalise:
            raise ItemError("normalise_without_text", normalise=list(self.normalise))
        if self.options and not set(self.correct) <= set(self.options):
            raise ItemError("key_not_an_option", correct=list(self.correct), options=list(self.options))
