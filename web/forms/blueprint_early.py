# SPDX-License-Identifier: Apache-2.0
"""How the criteria of a section end, in the builder's form: from native controls to a member of the document, and back."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from item_bank import api as bank
from scoring.api import format_mark, format_share
from web.words import _

USUAL: Final = {
    "least": "2",
    "lacking": "50",
    "master": "90",
    "false_pass": "10",
    "false_fail": "10",
    "sure_met": "95",
    "sure_not_met": "95",
}
"""What the form shows before anybody wrote anything."""
EARLY_FIELDS: Final = ("method", "marks", "balance", "exposure", *USUAL)
_PERCENT = re.compile(r"\d{1,3}([.,]\d{1,3})?")
_WHOLE = re.compile(r"\d{1,3}")
Form = MultiDict[str, str]


def read_early(form: Form, key: str, errors: dict[str, str]) -> dict[str, Any]:
    """The member `adaptive` of a section; nothing where all questions are asked. Wrong fields are named in ``errors``."""
    told = form.get(f"{key}:method", "")[:20]
    if not told:
        return {}
    method = next((one for one in bank.StopMethod if one.value == told), None)
    found: dict[str, Any] = {
        "method": told,
        "marks": form.get(f"{key}:marks", bank.MarksUse.THRESHOLD.value)[:20],
        "least": _whole(form, f"{key}:least", errors),
    }
    for name in bank.METHOD_NUMBERS[method] if method is not None else ():
        found[name] = _share(form, f"{key}:{name}", errors)
    if balance := form.get(f"{key}:balance", "")[:20]:
        found["balance"] = balance
    if form.get(f"{key}:exposure", "").strip():
        found["exposure"] = _share(form, f"{key}:exposure", errors)
    return {"adaptive": found}


def early_values(rules: bank.AdaptiveRules | None, key: str) -> Form:
    """What the form shows for the ends of a section's criteria."""
    values: Form = MultiDict({f"{key}:{name}": text for name, text in USUAL.items()})
    if rules is None:
        return values
    values[f"{key}:method"] = rules.method.value
    values[f"{key}:marks"] = rules.marks.value
    values[f"{key}:least"] = str(rules.least)
    values[f"{key}:balance"] = "" if rules.balance is None else rules.balance.value
    values[f"{key}:exposure"] = "" if rules.exposure is None else _shown(rules.exposure)
    for name, number in zip(bank.METHOD_NUMBERS[rules.method], rules.numbers, strict=True):
        values[f"{key}:{name}"] = _shown(number)
    return values


def _shown(share: Fraction) -> str:
    """A share as a percentage; one that has no short decimal form stays a fraction, so that nothing is rounded."""
    text = format_mark(share * 100)
    return text if _PERCENT.fullmatch(text) else format_share(share)


def _share(form: Form, key: str, errors: dict[str, str]) -> str:
    text = form.get(key, "").strip()
    if _PERCENT.fullmatch(text) and Fraction(text.replace(",", ".")) <= 100:
        return format_share(Fraction(text.replace(",", ".")) / 100)
    if re.fullmatch(r"\d{1,6}/[1-9]\d{0,5}", text):
        return format_share(Fraction(text))
    errors[key] = _("Enter a percentage from 0 to 100.")
    return "0"


def _whole(form: Form, key: str, errors: dict[str, str]) -> int:
    text = form.get(key, "").strip() or "1"
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        errors[key] = _("Enter a whole number from 1 on.")
        return 1
    return int(text)
