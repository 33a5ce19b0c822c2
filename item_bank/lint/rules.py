# SPDX-License-Identifier: Apache-2.0
"""The rules that look at one item. Pairs of items are in ``near_duplicates``, single texts in ``parity``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from item_bank.lint.model import LintBody, LintFinding, LintItem, LintRule
from item_bank.lint.parity import parity_findings
from item_bank.text import comparable, is_blank

LONGER_BY: Final = 1.3
LONGER_BY_CHARACTERS: Final = 12
"""The key gives itself away when it is longer than every other option by both of these."""

_ABOVE = re.compile(
    r"\b(?:all|none|both|any|neither|either|most|some|only\s+\w+)\s+(?:of\s+)?(?:the\s+)?(?:\w+\s+)?(?:above|below|preceding|foregoing)\b"
    r"|\b(?:all|none|both|any)\s+(?:options|answers|choices)\s+(?:above|below)\b"
    r"|\b(?:both\s+)?(?:option\s+|options\s+)?\(?[a-f]\)?\s*(?:and|&|or)\s*(?:option\s+)?\(?[a-f]\)?(?:\s+(?:only|are\s+correct|both))?$"
    r"|(?:उपरोक्त|उपर्युक्त|उपयुक्त|ऊपर\s+(?:दिए|दिये|के|लिखे)|निम्न(?:लिखित)?)[\s\S]{0,20}?(?:सभी|सब|दोनों|कोई|में\s+से)"
    r"|(?:सभी|दोनों|कोई)\s+(?:उपरोक्त|उपर्युक्त|ऊपर)"
    r"|^(?:विकल्प\s+)?[\(]?(?:[a-f]|अ|ब|स|द|क|ख|ग|घ)[\)]?\s*(?:और|तथा|व|एवं)\s*(?:विकल्प\s+)?[\(]?(?:[a-f]|अ|ब|स|द|क|ख|ग|घ)[\)]?(?:\s+दोनों)?$",
    re.IGNORECASE,
)


def item_findings(item: LintItem) -> Iterator[LintFinding]:
    """Everything that the rules for one item find."""
    yield from _parity(item)
    yield from _options(item)
    yield from _key(item)
    for body in item.bodies:
        if body.silent_pictures:
            yield _finding(
                LintRule.MISSING_ALT_TEXT,
                item,
                body.language,
                f"{body.silent_pictures} picture(s) have no alternative text; describe them, or mark them as decoration",
            )
    for language, segment in item.stale:
        yield _finding(
            LintRule.STALE_TRANSLATION,
            item,
            f"{language} {segment}",
            "the source changed after this was translated",
        )


def _parity(item: LintItem) -> Iterator[LintFinding]:
    source = item.source
    for body in item.translations:
        if len(body.options) != len(source.options):
            yield _finding(
                LintRule.OPTION_COUNT_DIFFERS,
                item,
                body.language,
                f"{len(body.options)} options here, {len(source.options)} in {source.language!r}",
            )
        mine, theirs = dict(body.texts), dict(source.texts)
        for name, text in theirs.items():
            if name not in mine:
                if not name.startswith("option ") and not is_blank(text):
                    yield _finding(
                        LintRule.TEXT_MISSING, item, f"{body.language} {name}", "the source has this text"
                    )
                continue
            for rule, sentence in parity_findings(
                text, mine[name], languages=(source.language, body.language)
            ):
                yield _finding(rule, item, f"{body.language} {name}", sentence)


def _options(item: LintItem) -> Iterator[LintFinding]:
    for body in item.bodies:
        seen: dict[str, str] = {}
        for option in body.options:
            twin = seen.setdefault(comparable(option.text), option.id)
            if twin != option.id and option.text:
                yield _finding(
                    LintRule.DUPLICATE_OPTION,
                    item,
                    f"{body.language} option {option.id}",
                    f"the same text as option {twin}",
                )
    if not item.shuffle:
        return
    for place in range(max(len(body.options) for body in item.bodies)):
        for body in item.bodies:
            here = next(iter(body.options[place : place + 1]), None)
            if here is not None and not here.fixed and speaks_of_others(here.text):
                yield _finding(
                    LintRule.ALL_OF_THE_ABOVE,
                    item,
                    f"{body.language} option {here.id}",
                    f"{here.text[:60]!r} speaks of other options by their place, but options are shuffled",
                )
                break  # once for an option, not once for a language


def speaks_of_others(text: str) -> bool:
    """Whether an option speaks of others by their place: "all of the above", "A and C", "उपरोक्त सभी"."""
    return _ABOVE.search(text.strip().rstrip(".।")) is not None


def _key(item: LintItem) -> Iterator[LintFinding]:
    known = {option.id for body in item.bodies for option in body.options}
    for value in item.key:
        if value not in known:
            yield _finding(
                LintRule.KEY_NOT_AN_OPTION,
                item,
                "key",
                f"{value[:40]!r} is not among {', '.join(sorted(known)) or 'the options'}",
            )
    if item.single and len(item.key) == 1:
        gives = [body.language for body in item.bodies if _key_is_longest(body, item.key[0])]
        if gives:
            yield _finding(
                LintRule.LONGEST_OPTION_IS_KEY,
                item,
                f"{gives[0]} option {item.key[0]}",
                f"the correct option is much longer than the others (in {', '.join(gives)})",
            )


def _key_is_longest(body: LintBody, key: str) -> bool:
    lengths = {option.id: len(option.text) for option in body.options}
    others = [length for option, length in lengths.items() if option != key]
    if key not in lengths or len(others) < 2:
        return False
    longest = max(others)
    return lengths[key] >= longest * LONGER_BY and lengths[key] - longest >= LONGER_BY_CHARACTERS


def _finding(rule: LintRule, item: LintItem, where: str, text: str) -> LintFinding:
    return LintFinding(rule.value, item.name, f"{item.name} {where}".strip(), text)
