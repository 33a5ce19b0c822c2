# SPDX-License-Identifier: Apache-2.0
"""What is worth a look in an item that is being written: parity of its languages, its weight, how an answer is read."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from item_bank import api as bank
from scoring.api import Interaction, ItemScoring, Normalisation, ScoringError, normalise, score_item
from web.forms.item_checks import CheckedForm, FieldProblem, named_field
from web.forms.item_documents import FILLER, item_json
from web.forms.items import ItemForm, PartForm
from web.words import _

THIN_LINE: Final = 32_000
"""Bytes a second on a line of 256 kbit/s."""
HEAVY_SECONDS: Final = 10
_SAID_ELSEWHERE: Final = frozenset(
    {
        "key_not_an_option",
        "text_missing",
        "option_count_differs",
        "stale_translation",
        "missing_alt_text",
        "duplicate_option",
    }
)
"""What the checks of the form say already, or the marks of stale translations."""


def lint_problems(form: ItemForm, checked: CheckedForm) -> list[FieldProblem]:
    """Findings of the bank's own rules, beside the fields; nothing is said of what is still empty."""
    read = bank.JsonPart(item_json(form, lenient=True))
    item = checked.item or bank.read_item(read)
    if not item.content.bodies:
        return []
    report = bank.lint_items([bank.lint_item(item)], duplicates=False)
    found = []
    for finding in report.findings:
        if finding.rule in _SAID_ELSEWHERE or FILLER in finding.text:
            continue
        where = finding.where.removeprefix(item.external_id).strip()
        words = _lint_words().get(finding.rule, finding.text)
        found.append(
            FieldProblem(_lint_field(form, where), finding.rule, f"{words} ({finding.text})", warning=True)
        )
    return found


def _lint_field(form: ItemForm, where: str) -> str:
    language, _space, name = where.partition(" ")
    if language not in form.languages:
        return ""
    if name.startswith("option "):
        owner = next((part.id for part in form.parts if part.choices), "RESPONSE")
        return named_field(form, f"{owner}.{name.removeprefix('option ')}", language)
    return named_field(form, name or "stem", language)


def _lint_words() -> dict[str, str]:
    return {
        "untranslated": _("This is the same text as in the other language."),
        "wrong_script": _("This is not in the script of its language."),
        "numbers_differ": _("The numbers differ between the languages."),
        "units_differ": _("The units differ between the languages."),
        "longest_option_is_key": _("The right option is much longer than the others; that gives it away."),
        "all_of_the_above": _("This option speaks of others by their place, but the options are shuffled."),
    }


def stale_problems(form: ItemForm, stale: Mapping[str, str]) -> list[FieldProblem]:
    """Translations whose source changed."""
    text = _(
        "The source changed after this was translated. Read it again: change it, or confirm it under “Languages”."
    )
    return [FieldProblem(where, "stale_translation", text, warning=True) for where in stale]


def on_the_wire(form: ItemForm, checked: CheckedForm) -> dict[str, Any]:
    """What a learner's line has to carry for this item: texts packed, files as they are."""
    text = len(gzip.compress(str(item_json(form)).encode(), 6, mtime=0))
    files = sum(int(row.size) for row in form.media if row.size.isdecimal())
    seconds = (text + files) / THIN_LINE
    return {
        "text_kb": round(text / 1000, 1),
        "files_kb": round(files / 1000),
        "total_kb": round((text + files) / 1000, 1),
        "seconds": max(1, round(seconds)),
        "heavy": seconds > HEAVY_SECONDS,
    }


def trials(form: ItemForm) -> dict[int, dict[str, Any]]:
    """For each typed answer that the author tries: every step of reading it, and what it scores."""
    found = {}
    for index, part in enumerate(form.parts):
        if part.interaction is Interaction.TEXT_ENTRY and part.trial:
            found[index] = _trial(part)
    return found


def _trial(part: PartForm) -> dict[str, Any]:
    accepted = tuple(dict.fromkeys(row.first for row in part.keys if row.first))
    steps = tuple(Normalisation(step) for step in part.normalise)
    try:
        outcome = score_item(
            ItemScoring(Interaction.TEXT_ENTRY, accepted, steps, maximum=Fraction(1)), part.trial
        )
    except ScoringError:
        return {"answer": part.trial, "steps": [], "right": False, "marks": "0"}
    shown = [
        {"name": step.step, "before": step.given, "after": step.result}
        for step in outcome.trace
        if step.step != "match_correct"
    ]
    return {
        "answer": part.trial,
        "steps": shown,
        "right": outcome.score == outcome.maximum,
        "marks": _marks(part, shown[-1]["after"] if shown else part.trial, steps),
    }


def _marks(part: PartForm, read: str, steps: tuple[Normalisation, ...]) -> str:
    """What the answer gives, as it is typed in the form."""
    for row in part.keys:
        if row.first and normalise(row.first, steps) == read:
            return (row.marks or "0") if part.partial else part.marks
    return part.map_default if part.partial else "0"
