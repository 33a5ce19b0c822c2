# SPDX-License-Identifier: Apache-2.0
"""The sections in the blueprint builder's form: from native controls to members of the document, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from werkzeug.datastructures import MultiDict

from item_bank import api as bank
from scoring.api import format_mark
from web.forms.blueprint_early import EARLY_FIELDS, early_values, read_early
from web.words import _

ADD = "add_section"
REMOVE = "remove_section:"
SKIP, REVIEW, WHOLE = "skip", "review", "whole"
_MINUTES = re.compile(r"\s*(\d{1,4})(?:[.,](\d{1,2}))?\s*")
_ATTEMPTS = re.compile(r"\s*(\d{1,2})\s*")
_FIELDS = ("minutes", "navigation", "attempts", *(f"early:{name}" for name in EARLY_FIELDS))
_LISTS = ("of", "allow")
Form = MultiDict[str, str]


def section_count(form: Form) -> int:
    """How many sections the form has."""
    text = form.get("sections", "")
    return min(int(text), bank.MOST_SECTIONS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def edited(form: Form, languages: Sequence[str]) -> Form:
    """The form after its button "add" or "remove" for a section; the form itself for any other button."""
    action, count = form.get("action", ""), section_count(form)
    kept = list(range(1, count + 1))
    if action.startswith(REMOVE):
        kept = [number for number in kept if str(number) != action.removeprefix(REMOVE)]
    elif action == ADD and count < bank.MOST_SECTIONS:
        kept.append(count + 1)
    else:
        return form
    changed: Form = MultiDict(
        [(key, value) for key, value in form.items(multi=True) if not key.startswith("section:")]
    )
    changed["sections"] = str(len(kept))
    names = [*_FIELDS, *_LISTS, *(f"title:{language}" for language in languages)]
    for place, number in enumerate(kept, 1):
        for name in names:
            found = form.getlist(f"section:{number}:{name}")
            changed.setlist(f"section:{place}:{name}", found)
        if number > count:
            changed.setlist(f"section:{place}:allow", [SKIP, REVIEW])
            changed.update(early_values(None, f"section:{place}:early"))
    return changed


def read_sections(
    form: Form, *, languages: Sequence[str], errors: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """The sections as members of a document, with titles in these languages; wrong fields are named in ``errors``."""
    for number in range(1, section_count(form) + 1):
        key = f"section:{number}"
        chosen, allowed = form.getlist(f"{key}:of"), form.getlist(f"{key}:allow")
        lists = {
            name: [one.removeprefix(f"{kind}:")[:80] for one in chosen if one.startswith(f"{kind}:")]
            for name, kind in (("nos", "nos"), ("pcs", "pc"))
        }
        if not chosen:
            errors[f"{key}:of"] = _("Choose what section %(number)s is about.", number=number)
        yield {
            "id": f"s{number}",
            "title": {language: _title(form, number, language, errors) for language in languages},
            **{name: found for name, found in lists.items() if found},
            "seconds": _seconds(form, key, errors),
            "navigation": form.get(f"{key}:navigation", "free")[:20],
            "item_session_control": {
                "allow_skipping": SKIP in allowed,
                "allow_review": REVIEW in allowed,
                "max_attempts": _attempts(form, key, errors),
                "validate_responses": WHOLE in allowed,
            },
            **read_early(form, f"{key}:early", errors),
        }


def section_values(plan: bank.Plan) -> Form:
    """What the form shows for the sections of a plan."""
    values: Form = MultiDict({"sections": str(len(plan.sections))})
    for number, section in enumerate(plan.sections, 1):
        key, control = f"section:{number}", section.control
        for language, text in section.title.by_language:
            values[f"{key}:title:{language}"] = text
        values.setlist(
            f"{key}:of", [*(f"nos:{nos}" for nos in section.nos), *(f"pc:{pc}" for pc in section.pcs)]
        )
        values[f"{key}:minutes"] = (
            "" if section.seconds is None else format_mark(Fraction(section.seconds, 60))
        )
        values[f"{key}:navigation"] = section.navigation.value
        values[f"{key}:attempts"] = str(control.max_attempts or "")
        allowed = {
            SKIP: control.allow_skipping,
            REVIEW: control.allow_review,
            WHOLE: control.validate_responses,
        }
        values.setlist(f"{key}:allow", [name for name, given in allowed.items() if given])
        values.update(early_values(section.adaptive, f"{key}:early"))
    return values


def _title(form: Form, number: int, language: str, errors: dict[str, str]) -> str:
    key = f"section:{number}:title:{language}"
    text = form.get(key, "").strip()
    if not 1 <= len(text) <= bank.LONGEST_TITLE:
        errors[key] = _(
            "Section %(number)s needs a name of at most %(most)s characters in every language of the paper.",
            number=number,
            most=bank.LONGEST_TITLE,
        )
    return text


def _seconds(form: Form, key: str, errors: dict[str, str]) -> int | None:
    text = form.get(f"{key}:minutes", "")
    if not text.strip():
        return None
    found = _MINUTES.fullmatch(text)
    seconds = Fraction(f"{found[1]}.{found[2] or 0}") * 60 if found else Fraction(0)
    if seconds < 1:
        errors[f"{key}:minutes"] = _("Enter minutes such as 10 or 7.5, or nothing for no limit of its own.")
        return None
    return int(seconds)


def _attempts(form: Form, key: str, errors: dict[str, str]) -> int:
    text = form.get(f"{key}:attempts", "")
    if not text.strip():
        return 0
    found = _ATTEMPTS.fullmatch(text)
    if not found or int(found[1]) > bank.MOST_ATTEMPTS:
        errors[f"{key}:attempts"] = _("Enter a whole number from 0 to %(most)s.", most=bank.MOST_ATTEMPTS)
        return 0
    return int(found[1])
