# SPDX-License-Identifier: Apache-2.0
"""The pass rule as it decided one result: each of its sentences with what came of it, in words. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from item_bank import api as bank
from scoring.api import describe
from web.i18n import language
from web.presenters.common import exact, percent
from web.words import _, ngettext

Node = Mapping[str, Any]


def rule_trace(root: Node, credential: bank.CredentialDocument) -> list[dict[str, Any]]:
    """The sentences of the rule in their nesting, each with its verdict and, where it says more, a note.

    `verdict` is pass, fail, incomplete, or made_up for a bar that was missed and made up for.
    """
    nodes = {node["path"]: node for node in _nodes(root)}
    made_up = {path for node in nodes.values() for path in node.get("made_up", ())}
    lines = describe(credential.rule, language())
    return [
        {
            "depth": min(line.depth, 2),
            "text": line.text,
            "verdict": "made_up" if line.path in made_up else nodes[line.path]["verdict"],
            "note": _note(nodes[line.path]),
        }
        for line in lines
        if line.path in nodes
    ]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node["children"]:
        yield from _nodes(child)


def _note(node: Node) -> str:
    if node["verdict"] == "incomplete":
        return _("Marks are still missing.")
    match node["kind"]:
        case "all_of":
            return _counted(node) if node["verdict"] == "fail" else ""
        case "any_of" | "at_least":
            return _counted(node)
        case "compensate":
            return _compensation(node)
        case _:
            return _bar(node)


def _counted(node: Node) -> str:
    return _(
        "%(passed)s of %(all)s are met; %(needed)s are needed.",
        passed=node["passed"],
        all=node["of"],
        needed=node["needed"],
    )


def _bar(node: Node) -> str:
    margin = Fraction(node["margin"])
    if margin < 0:
        return _("Missing: %(marks)s.", marks=_marks(-margin, weighted=node["basis"] == "weighted"))
    return "" if margin else _("Exactly reached, which is enough.")


def _compensation(node: Node) -> str:
    """Why the misses are made up for, or which of the three conditions fails."""
    missed = [child for child in node["children"] if Fraction(child["margin"]) < 0]
    if not missed:
        return _("Nothing had to be made up for.")
    short, over = _amount(node, node["shortfall"]), _amount(node, node["surplus"])
    if node["verdict"] == "pass":
        return ngettext(
            "%(num)s is missed, by %(short)s. The others are above theirs by %(over)s: that makes up for it.",
            "%(num)s are missed, by %(short)s together. The others are above theirs by %(over)s: that makes up for it.",
            len(missed),
            short=short,
            over=over,
        )
    if len(missed) > node["most"]:
        return _("%(missed)s are missed; at most %(most)s may be.", missed=len(missed), most=node["most"])
    limit = Fraction(node["limit"])
    key = "margin" if node["unit"] == "marks" else "margin_share"
    far = [child["label"] for child in missed if -Fraction(child[key]) > limit]
    if far:
        return _(
            "Missed by more than %(limit)s: %(list)s.",
            list=", ".join(far),
            limit=_amount(node, node["limit"]),
        )
    return _(
        "What is missed lacks %(short)s. The others are above theirs by %(over)s: that does not make up for it.",
        short=short,
        over=over,
    )


def _amount(node: Node, text: str) -> str:
    if node["unit"] == "share":
        return percent(Fraction(text))
    return _marks(Fraction(text), weighted=node["children"][0]["basis"] == "weighted")


def _marks(marks: Fraction, *, weighted: bool) -> str:
    if weighted:
        return _("%(number)s percentage points", number=exact(marks))
    return _("%(number)s marks", number=exact(marks)) if marks != 1 else _("1 mark")
