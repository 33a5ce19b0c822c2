# SPDX-License-Identifier: Apache-2.0
"""Criteria that can end early, in words: when they are decided, and how often wrongly. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from item_bank import api as bank
from web.presenters import common
from web.words import _, ngettext

Row = dict[str, Any]


def early_rows(lines: Sequence[bank.AdaptiveLine]) -> list[Row]:
    """The lines of the table; `asked` and the errors are sentences."""
    return [
        {
            "pc": line.pc,
            "breaks": bool(line.breaks),
            "asked": _(
                "Decided after about %(master)s of %(items)s questions for a master, %(lacking)s for somebody who lacks it.",
                master=_tenths(line.master.length),
                lacking=_tenths(line.lacking.length),
                items=line.items,
            ),
            "least": ngettext(
                "Everybody is asked at least %(num)s.", "Everybody is asked at least %(num)s.", line.least
            ),
            "kinds": _(
                "A master answers %(master)s rightly, somebody who lacks it %(lacking)s.",
                master=percent(line.master.chance),
                lacking=percent(line.lacking.chance),
            ),
            "passes": _error(line.passes_wrongly, line.false_pass),
            "passes_break": "false_pass" in line.breaks,
            "fails": _error(line.fails_wrongly, line.false_fail),
            "fails_break": "false_fail" in line.breaks,
            "smallest": _smallest(line),
        }
        for line in lines
    ]


def early_methods() -> list[tuple[str, str]]:
    """The ways in which a criterion may end, for the builder."""
    return [
        ("", _("all, always")),
        ("curtailed", _("until no answer can change the result")),
        ("ratio", _("until masters and others can be told apart")),
        ("posterior", _("until the result is sure enough")),
    ]


def early_balances() -> list[tuple[str, str]]:
    """What the questions of a criterion may be mixed by, for the builder."""
    return [("", _("by chance")), ("difficulty", _("by difficulty")), ("type", _("by kind"))]


def early_rules(section: bank.PlanSection) -> dict[str, bool]:
    """What a stored section says of its criteria's ends, as words of rules that hold."""
    rules = section.adaptive
    if rules is None:
        return {}
    told = dict(early_methods())[rules.method.value]
    limit = rules.exposure
    return {
        _("questions of a criterion are asked %(until)s", until=told): True,
        _("at least %(num)s of each criterion", num=rules.least): rules.least > 1,
        _("easy and hard ones mixed"): rules.balance is bank.Balance.DIFFICULTY,
        _("kinds of question mixed"): rules.balance is bank.Balance.TYPE,
        _(
            "no question is a first one in more than %(share)s of the papers",
            share="" if limit is None else percent(limit),
        ): limit is not None,
    }


def percent(share: Fraction) -> str:
    """A share as a percentage that no line break takes apart."""
    return common.percent(share).replace(" ", "\u00a0")


def _tenths(value: Fraction) -> str:
    tenths = round(value * 10)
    return f"{tenths // 10}.{tenths % 10}"


def _error(found: Fraction, most: Fraction | None) -> str:
    tenths = round(found * 1000)
    shown = f"{tenths // 10}.{tenths % 10}\u00a0%"
    if most is None:
        return shown
    return _("%(found)s (wanted: at most %(most)s)", found=shown, most=percent(most))


def _smallest(line: bank.AdaptiveLine) -> str:
    if not line.breaks:
        return ""
    if line.smallest is None:
        return _(
            "No number of questions keeps both. Allow more errors, or end this criterion in another way."
        )
    return _("With %(num)s questions both would be kept.", num=line.smallest)
