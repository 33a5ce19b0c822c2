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


class BaseType(StrEnum):
    """What the values of a QTI variable are."""

    IDENTIFIER = "identifier"
    STRING = "string"


class Interaction(StrEnum):
    """The item types that can be scored."""

    CHOICE_SINGLE = "choice_single"
    CHOICE_MULTIPLE = "choice_multiple"
    TEXT_ENTRY = "text_entry"

    @property
    def cardinality(self) -> Cardinality:
        """The cardinality of the response variable."""
        return Cardinality.MULTIPLE if self is Interaction.CHOICE_MULTIPLE else Cardinality.SINGLE

    @property
    def base_type(self) -> BaseType:
        """The base type of the response variable."""
        return BaseType.STRING if self is Interaction.TEXT_ENTRY else BaseType.IDENTIFIER


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
