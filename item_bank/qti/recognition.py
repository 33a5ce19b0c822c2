# SPDX-License-Identifier: Apache-2.0
"""Response processing that says no more than part keys can: which part is scored how. Whether it is so is tried in ``keys``.

Every function gives None for rules of any other form; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from item_bank.items.parts import Tolerance, ToleranceMode
from scoring.api import Element

_TEMPLATE = re.compile(r"(match_correct|map_response_point|map_response)(?:\.xml)?/?\Z", re.IGNORECASE)
_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_CANONICAL: Final = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


class Way(StrEnum):
    """How a part gives marks."""

    CORRECT = "correct"
    MAPPED = "mapResponse"
    MAPPED_POINT = "mapResponsePoint"


@dataclass(frozen=True, slots=True)
class Scored:
    """One part as the rules score it; ``values`` are answers that stand in the rule itself."""

    part: str
    way: Way
    marks: Fraction = Fraction(1)
    values: tuple[str, ...] | None = None
    tolerance: Tolerance | None = None


@dataclass(frozen=True, slots=True)
class _Clause:
    scored: Scored
    adds: bool
    resets: bool = False


def canonical_processing(processing: Element | None) -> Element | None:
    """Rules without white space between elements, a standard template by its address in QTI 2.1."""
    if processing is None:
        return None
    cleaned = without_space(processing)
    template = cleaned.get("template") or ""
    found = _TEMPLATE.search(template)
    if found is None:
        return cleaned
    attributes = {**cleaned.attributes, "template": _CANONICAL + found[1].lower()}
    attributes.pop("templateLocation", None)
    return replace(cleaned, attributes=attributes)


_OF_RESPONSE: Final = (
    Element("variable", {"identifier": "RESPONSE"}),
    Element("correct", {"identifier": "RESPONSE"}),
)
_ONE_MORE: Final = Element(
    "sum",
    children=(
        Element("variable", {"identifier": "SCORE"}),
        Element("baseValue", {"baseType": "float"}, text="1"),
    ),
)
_ALL_OR_NOTHING: Final = Element(
    "responseProcessing",
    children=(
        Element(
            "responseCondition",
            children=(
                Element(
                    "responseIf",
                    children=(
                        Element("match", children=_OF_RESPONSE),
                        Element("setOutcomeValue", {"identifier": "SCORE"}, (_ONE_MORE,)),
                    ),
                ),
            ),
        ),
    ),
)


def standard_form(processing: Element | None) -> Element | None:
    """The standard template in place of compiled rules that say the same: one part, one mark, all or nothing."""
    if processing == _ALL_OR_NOTHING:
        return Element("responseProcessing", {"template": f"{_CANONICAL}match_correct"})
    return canonical_processing(processing)


def without_space(element: Element) -> Element:
    """An element without the white space between its children."""
    text = "" if element.children and not element.text.strip() else element.text
    return replace(element, text=text, children=tuple(map(without_space, element.children)))


def standard_template(processing: Element) -> Way | None:
    """The standard template that the rules name, if they are nothing but that."""
    found = _TEMPLATE.search(processing.get("template") or "")
    if found is None or processing.children:
        return None
    return {
        "match_correct": Way.CORRECT, "map_response": Way.MAPPED, "map_response_point": Way.MAPPED_POINT,
    }[found[1].lower()]  # fmt: skip


def without_outcomes(rules: tuple[Element, ...], outcomes: Collection[str]) -> tuple[Element, ...]:
    """The rules without those that only set one of these outcomes."""
    kept = []
    for one in rules:
        rule = one
        if rule.name in ("setOutcomeValue", "lookupOutcomeValue") and rule.get("identifier") in outcomes:
            continue
        if rule.name == "responseCondition":
            branches = [_branch(branch, outcomes) for branch in rule.children]
            while branches and branches[-1].name != "responseIf" and not _does(branches[-1]):
                branches.pop()
            if not any(map(_does, branches)):
                continue
            rule = replace(rule, children=tuple(branches))
        elif rule.name == "responseProcessingFragment":
            rule = replace(rule, children=without_outcomes(rule.children, outcomes))
        kept.append(rule)
    return tuple(kept)


def _branch(branch: Element, outcomes: Collection[str]) -> Element:
    if branch.name == "responseElse":
        return replace(branch, children=without_outcomes(branch.children, outcomes))
    return replace(branch, children=branch.children[:1] + without_outcomes(branch.children[1:], outcomes))


def _does(branch: Element) -> bool:
    return len(branch.children) > (0 if branch.name == "responseElse" else 1)


def reads(rules: tuple[Element, ...], outcomes: Collection[str]) -> bool:
    """Whether any rule looks at one of these variables."""
    return any(
        element.name == "variable" and element.get("identifier") in outcomes
        for rule in rules
        for element in rule.descend()
    )


def set_outcomes(rules: tuple[Element, ...]) -> frozenset[str]:
    """The outcomes that any rule sets."""
    return frozenset(
        element.get("identifier") or ""
        for rule in rules
        for element in rule.descend()
        if element.name in ("setOutcomeValue", "lookupOutcomeValue")
    )


def recognise(rules: tuple[Element, ...], *, maximum: Fraction | None) -> list[Scored] | None:
    """The parts that the rules score, each on its own; None where they do anything else."""
    clauses: list[_Clause] = []
    for rule in rules:
        found = _clauses(rule, maximum)
        if found is None:
            return None
        clauses += found
    parts = [clause.scored.part for clause in clauses]
    if not clauses or len(set(parts)) != len(parts):
        return None
    if len(clauses) > 1 and any(not clause.adds or clause.resets for clause in clauses):
        return None
    return [clause.scored for clause in clauses]


def _clauses(rule: Element, maximum: Fraction | None) -> list[_Clause] | None:
    if rule.name == "setOutcomeValue":
        return _summed(rule)
    if rule.name != "responseCondition" or not rule.children or rule.children[0].name != "responseIf":
        return None
    first, *others = rule.children
    empty = _null_test(first.children[0]) if len(first.children) == 1 else None
    if empty is not None and empty[1] and others and others[0].name == "responseElseIf":
        # Nothing given, nothing done: what is matched afterwards is not null anyway.
        first, *others = others
        found = _condition(first.children[0]) if first.children else None
        if found is None or found.part != empty[0]:
            return None
    if len(first.children) != 2 or len(others) > 1 or (others and others[0].name != "responseElse"):
        return None
    condition, action = first.children
    other = others[0].children if others else ()
    empty = _null_test(condition)
    if empty is not None:
        return _mapped(empty, action, other)
    resets = bool(other)
    if resets and not (len(other) == 1 and _sets_zero(other[0])):
        return None
    gained = _gained(action, maximum)
    scored = _condition(condition)
    if gained is None or scored is None or gained[0] <= 0:
        return None
    return [_Clause(replace(scored, marks=gained[0]), adds=gained[1], resets=resets)]


def _summed(rule: Element) -> list[_Clause] | None:
    """SCORE set to a mapped response, or to a sum of them."""
    if rule.get("identifier") != "SCORE" or len(rule.children) != 1:
        return None
    (value,) = rule.children
    if (found := _map(value)) is not None:
        return [_Clause(found, adds=False)]
    if value.name != "sum":
        return None
    mapped = [one for one in value.children if not _is_variable(one, "SCORE")]
    found_all = [_map(one) for one in mapped]
    if len(value.children) - len(mapped) > 1 or any(one is None for one in found_all):
        return None
    return [_Clause(one, adds=True) for one in found_all if one is not None]


def _mapped(empty: tuple[str, bool], action: Element, other: tuple[Element, ...]) -> list[_Clause] | None:
    """``if R is null then 0 else mapped``, or ``if R is not null then mapped``."""
    response, is_null = empty
    if is_null:
        if len(other) != 1 or not _sets_zero(action):
            return None
        action, other = other[0], ()
    if other and not (len(other) == 1 and _sets_zero(other[0])):
        return None
    found = _summed(action)
    if found is None or len(found) != 1 or found[0].scored.part != response:
        return None
    return [replace(found[0], resets=is_null or bool(other))]


def _null_test(condition: Element) -> tuple[str, bool] | None:
    match condition:
        case Element(name="isNull", children=(Element(name="variable") as variable,)):
            return variable.get("identifier") or "", True
        case Element(
            name="not", children=(Element(name="isNull", children=(Element(name="variable") as variable,)),)
        ):
            return variable.get("identifier") or "", False
        case _:
            return None


def _map(value: Element) -> Scored | None:
    if value.name not in (Way.MAPPED.value, Way.MAPPED_POINT.value) or value.children:
        return None
    return Scored(value.get("identifier") or "", Way(value.name))


def _gained(action: Element, maximum: Fraction | None) -> tuple[Fraction, bool] | None:
    """The marks that a branch gives, and whether it adds them."""
    if action.name != "setOutcomeValue" or action.get("identifier") != "SCORE" or len(action.children) != 1:
        return None
    (value,) = action.children
    if value.name == "sum" and len(value.children) == 2:
        first, second = value.children
        if _is_variable(second, "SCORE"):
            first, second = second, first
        number = _constant(second, maximum) if _is_variable(first, "SCORE") else None
        return None if number is None else (number, True)
    number = _constant(value, maximum)
    return None if number is None else (number, False)


def _constant(value: Element, maximum: Fraction | None) -> Fraction | None:
    if _is_variable(value, "MAXSCORE"):
        return maximum
    if value.name != "baseValue" or value.get("baseType") not in ("float", "integer"):
        return None
    return Fraction(value.text.strip()) if _DECIMAL.fullmatch(value.text.strip()) else None


def _sets_zero(rule: Element) -> bool:
    gained = _gained(rule, None)
    return gained == (Fraction(0), False)


def _is_variable(value: Element, name: str) -> bool:
    return (
        value.name == "variable"
        and value.get("identifier") == name
        and "weightIdentifier" not in value.attributes
    )


def _condition(condition: Element) -> Scored | None:
    if condition.name == "and" and len(condition.children) == 1:
        return _condition(condition.children[0])
    match condition:
        case Element(name="match", children=(left, right)):
            return _matched(left, right)
        case Element(name="equal", children=(left, right)):
            return _equal(condition, left, right)
        case Element(
            name="member",
            children=(Element(name="variable") as variable, Element(name="multiple") as several),
        ):
            values = [_literal(one, "string") for one in several.children]
            if not values or any(value is None for value in values):
                return None
            return Scored(variable.get("identifier") or "", Way.CORRECT, values=tuple(map(str, values)))
        case Element(name="or", children=several) if several:
            found = [_condition(one) for one in several]
            parts = {one.part for one in found if one is not None}
            texts = [one.values for one in found if one is not None and one.values and one.tolerance is None]
            if len(parts) != 1 or len(texts) != len(several):
                return None
            return Scored(parts.pop(), Way.CORRECT, values=tuple(text for one in texts for text in one))
        case _:
            return None


def _matched(left: Element, right: Element) -> Scored | None:
    if right.name == "variable":
        left, right = right, left
    if left.name != "variable":
        return None
    name = left.get("identifier") or ""
    if right.name == "correct" and right.get("identifier") == name:
        return Scored(name, Way.CORRECT)
    if right.name == "baseValue":
        return Scored(name, Way.CORRECT, values=(right.text,))
    several = right.name in ("multiple", "ordered") and bool(right.children)
    if several and all(one.name == "baseValue" for one in right.children):
        return Scored(name, Way.CORRECT, values=tuple(one.text for one in right.children))
    return None


def _equal(condition: Element, left: Element, right: Element) -> Scored | None:
    """``equal`` with the key first, or with the same tolerance on both sides; the bounds count."""
    swapped = left.name == "variable"
    variable, key = (left, right) if swapped else (right, left)
    if variable.name != "variable":
        return None
    name = variable.get("identifier") or ""
    values: tuple[str, ...] | None = None
    if key.name == "baseValue":
        values = (key.text.strip(),)
    elif not (key.name == "correct" and key.get("identifier") == name):
        return None
    mode = condition.get("toleranceMode", "exact")
    if mode == "exact":
        return Scored(name, Way.CORRECT, values=values, tolerance=Tolerance())
    numbers = (condition.get("tolerance") or "").split()
    if (
        mode not in ("absolute", "relative")
        or not 1 <= len(numbers) <= 2
        or any(_DECIMAL.fullmatch(number) is None or number.startswith("-") for number in numbers)
        or condition.get("includeLowerBound", "true") != "true"
        or condition.get("includeUpperBound", "true") != "true"
    ):
        return None
    below, above = Fraction(numbers[0]), Fraction(numbers[-1])
    if swapped:
        if mode == "relative":
            return None
        below, above = above, below
    return Scored(name, Way.CORRECT, values=values, tolerance=Tolerance(ToleranceMode(mode), below, above))


def _literal(value: Element, base: str) -> str | None:
    return value.text if value.name == "baseValue" and value.get("baseType") == base else None
