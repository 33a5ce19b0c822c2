# SPDX-License-Identifier: Apache-2.0
"""What a lint run finds, and the rules by name. What a rule looks at is in the modules beside this one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class LintRule(StrEnum):
    """The rules; a finding is a reason to look, never a refusal."""

    UNTRANSLATED = "untranslated"  # the same text as in the source language, where a translation is claimed
    WRONG_SCRIPT = "wrong_script"  # words, but none of them in the script of the language
    NUMBERS_DIFFER = "numbers_differ"  # a number that the other language does not have
    UNITS_DIFFER = "units_differ"  # the same number with another unit
    OPTION_COUNT_DIFFERS = "option_count_differs"
    TEXT_MISSING = "text_missing"  # a text that another language has
    KEY_NOT_AN_OPTION = "key_not_an_option"
    DUPLICATE = "duplicate"  # two items that a reader cannot tell apart, in some language
    NEAR_DUPLICATE = "near_duplicate"
    DUPLICATE_OPTION = "duplicate_option"
    LONGEST_OPTION_IS_KEY = "longest_option_is_key"
    ALL_OF_THE_ABOVE = (
        "all_of_the_above"  # an option that speaks of those above it, while options are shuffled
    )
    MISSING_ALT_TEXT = "missing_alt_text"
    STALE_TRANSLATION = "stale_translation"  # the source changed after the translation was made


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding: the rule (a ``LintRule`` or, for what cannot be read at all, an import's code), where, and a sentence.

    ``item`` is the item's name in its file or bank; ``where`` adds the language and the segment.
    """

    rule: str
    item: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class LintReport:
    """What a run over ``items`` items found, in the order of the items."""

    items: int
    findings: tuple[LintFinding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many findings each rule has; rules without any are left out."""
        return dict(sorted(Counter(finding.rule for finding in self.findings).items()))

    def to_document(self) -> dict[str, object]:
        """The report as ``kasauti items lint --json`` prints it."""
        return {
            "items": self.items,
            "findings": self.counts,
            "details": [{"rule": one.rule, "where": one.where, "text": one.text} for one in self.findings],
        }


@dataclass(frozen=True, slots=True)
class LintOption:
    """One option of an item as the rules see it: its identifier, its text in plain words, whether it keeps its place."""

    id: str
    text: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class LintBody:
    """One language of an item as the rules see it.

    ``segments`` are (name, plain text) of everything but the options; ``silent_pictures`` counts pictures without
    alternative text, decorative ones aside.
    """

    language: str
    segments: tuple[tuple[str, str], ...]
    options: tuple[LintOption, ...]
    silent_pictures: int = 0

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Every text by name, options too."""
        return (*self.segments, *((f"option {option.id}", option.text) for option in self.options))

    @property
    def whole(self) -> str:
        """Everything that a reader sees, the options in the order of their texts."""
        return " ".join([text for _, text in self.segments] + sorted(option.text for option in self.options))


@dataclass(frozen=True, slots=True)
class LintItem:
    """An item as the rules see it, whether or not it could be imported. The first body is the source language.

    ``key`` holds the identifiers of the correct options, empty where the key is not among options; ``single`` says that
    one option is to be chosen; ``stale`` names the segments whose source changed, as (language, segment).
    """

    name: str
    bodies: tuple[LintBody, ...]
    key: tuple[str, ...] = ()
    single: bool = False
    shuffle: bool = False
    stale: tuple[tuple[str, str], ...] = ()

    @property
    def source(self) -> LintBody:
        """The body in the source language."""
        return self.bodies[0]

    @property
    def translations(self) -> Sequence[LintBody]:
        """The other bodies."""
        return self.bodies[1:]
