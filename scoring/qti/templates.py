# SPDX-License-Identifier: Apache-2.0
"""The standard response processing templates as rules on RESPONSE and SCORE. An item's own rules live with the item."""

from __future__ import annotations

from scoring.errors import QtiError
from scoring.qti.tree import Element
from scoring.qti.values import BaseType


def _e(name: str, /, *children: Element, text: str = "", **attributes: str) -> Element:
    return Element(name, attributes, children, text)


_RESPONSE = _e("variable", identifier="RESPONSE")
_IS_CORRECT = _e("match", _RESPONSE, _e("correct", identifier="RESPONSE"))
_NOTHING = _e("isNull", _RESPONSE)


def _set(outcome: str, expression: Element) -> Element:
    return _e("setOutcomeValue", expression, identifier=outcome)


def _float(text: str) -> Element:
    return _e("baseValue", baseType="float", text=text)


def _word(text: str) -> Element:
    return _e("baseValue", baseType="identifier", text=text)


def _either(condition: Element, yes: tuple[Element, ...], no: tuple[Element, ...]) -> Element:
    return _e("responseCondition", _e("responseIf", condition, *yes), _e("responseElse", *no))


def _mapped(expression: str) -> Element:
    return _either(
        _NOTHING,
        (_set("SCORE", _float("0")),),
        (_set("SCORE", _e(expression, identifier="RESPONSE")),),
    )


_MATCH_CORRECT = (_either(_IS_CORRECT, (_set("SCORE", _float("1")),), (_set("SCORE", _float("0")),)),)
#: The rules of a template by its name in lower case; those of Common Cartridge give feedback, too.
TEMPLATES: dict[str, tuple[Element, ...]] = {
    "match_correct": _MATCH_CORRECT,
    "map_response": (_mapped("mapResponse"),),
    "map_response_point": (_mapped("mapResponsePoint"),),
    "cc2_match": _MATCH_CORRECT,
    "cc2_match_basic": (
        _either(
            _IS_CORRECT,
            (_set("SCORE", _e("variable", identifier="MAXSCORE")), _set("FEEDBACKBASIC", _word("correct"))),
            (_set("FEEDBACKBASIC", _word("incorrect")),),
        ),
    ),
    "cc2_map_response": (
        _mapped("mapResponse"),
        _either(
            _e(
                "equal",
                _e("variable", identifier="SCORE"),
                _e("variable", identifier="MAXSCORE"),
                toleranceMode="exact",
            ),
            (_set("FEEDBACK", _word("correct")),),
            (_set("FEEDBACK", _word("incorrect")),),
        ),
    ),
}
#: The outcomes that a template sets or reads, which it implies where an item does not declare them.
_SCORE = {"SCORE": BaseType.FLOAT}
OUTCOMES: dict[str, dict[str, BaseType]] = {
    "match_correct": _SCORE,
    "map_response": _SCORE,
    "map_response_point": _SCORE,
    "cc2_match": _SCORE,
    "cc2_match_basic": {**_SCORE, "MAXSCORE": BaseType.FLOAT, "FEEDBACKBASIC": BaseType.IDENTIFIER},
    "cc2_map_response": {**_SCORE, "MAXSCORE": BaseType.FLOAT, "FEEDBACK": BaseType.IDENTIFIER},
}


def template_name(processing: Element) -> str | None:
    """The standard template that a responseProcessing names, by the last part of its address in any version."""
    for stated in (processing.get("template"), processing.get("templateLocation")):
        name = (stated or "").strip().rstrip("/").rpartition("/")[2].lower().removesuffix(".xml")
        if name in TEMPLATES:
            return name
    return None


def rules_of(processing: Element) -> tuple[Element, ...]:
    """The rules to carry out: those of a standard template, else the item's own.

    Raises QtiError `template_unknown` if another template is named and there are no rules.
    """
    name = template_name(processing)
    if name is not None:
        return TEMPLATES[name]
    stated = processing.get("template") or processing.get("templateLocation")
    if stated and not processing.children:
        raise QtiError(
            "template_unknown",
            reason=f"The response processing template {stated[:120]} is none of the standard ones.",
            where=processing.name,
        )
    return processing.children
