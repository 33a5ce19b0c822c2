# SPDX-License-Identifier: Apache-2.0
"""From the part keys of a rich item to the QTI program that scores it: declarations and response processing.

SCORE is the sum over the parts. A part with a mapping (or mapped areas) gives its mapped sum, any other all of its marks or
none; a part that a person marks gives nothing here. Server only: a program holds the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from item_bank.items.model import ItemContent, ItemKey
from item_bank.items.parts import Area, Part, PartKey, Tolerance, ToleranceMode
from scoring.api import Element, Interaction, ItemProgram, Normalisation, format_mark, normalise

_POINTS: Final = (Interaction.SELECT_POINT, Interaction.POSITION_OBJECT)
_NUMBERS: Final = (Interaction.NUMERIC, Interaction.SLIDER)


def item_program(content: ItemContent, key: ItemKey) -> ItemProgram:
    """The program of a rich item: the imported one, or one compiled from the keys of its parts."""
    if key.program is not None:
        return ItemProgram.from_document(key.program)
    pairs = [(part, found) for part in content.parts if (found := key.part(part.id)) is not None]
    return ItemProgram(
        declarations=(*(response_declaration(part, found) for part, found in pairs), *_outcomes(content)),
        response_processing=_element(
            "responseProcessing",
            children=[_add_to_score(*pair) for pair in pairs if not pair[0].kind.by_hand],
        ),
        normalise={found.part: found.normalise for _, found in pairs if found.normalise},
    )


def response_declaration(part: Part, key: PartKey) -> Element:
    """The declaration of one part's response variable, with its key and mapping."""
    children = []
    answers = _accepted(key)
    if answers:
        shown = answers[:1] if part.cardinality.value == "single" else answers
        children.append(_element("correctResponse", children=[_value(answer) for answer in shown]))
    if key.mapping is not None:
        bounds = {
            name: format_mark(bound)
            for name, bound in (("lowerBound", key.mapping.lower), ("upperBound", key.mapping.upper))
            if bound is not None
        }
        children.append(
            _element(
                "mapping",
                {"defaultValue": format_mark(key.mapping.default), **bounds},
                [
                    _element(
                        "mapEntry",
                        {"mapKey": value, "mappedValue": format_mark(marks), "caseSensitive": "true"},
                    )
                    for value, marks in key.mapping.entries
                ],
            )
        )
    if key.areas:
        children.append(
            _element(
                "areaMapping",
                {"defaultValue": "0", "upperBound": format_mark(key.marks)},
                [
                    _element("areaMapEntry", {**area_attributes(area), "mappedValue": format_mark(marks)})
                    for area, marks in key.areas
                ],
            )
        )
    return _element(
        "responseDeclaration",
        {"identifier": part.id, "cardinality": part.cardinality.value, "baseType": part.base_type.value},
        children,
    )


def area_attributes(area: Area) -> dict[str, str]:
    """An area in QTI's attributes."""
    return {"shape": area.shape.value, "coords": ",".join(map(str, area.coords))}


def _outcomes(content: ItemContent) -> Iterable[Element]:
    by_hand = {"externalScored": "human"} if any(part.kind.by_hand for part in content.parts) else {}
    for name, value, extra in (("SCORE", Fraction(0), by_hand), ("MAXSCORE", content.marks, {})):
        yield _element(
            "outcomeDeclaration",
            {"identifier": name, "cardinality": "single", "baseType": "float", **extra},
            [_element("defaultValue", children=[_value(format_mark(value))])],
        )


def _add_to_score(part: Part, key: PartKey) -> Element:
    gained: Element
    if key.mapping is not None:
        gained = _element("mapResponse", {"identifier": part.id})
    elif key.areas:
        gained = _element("mapResponsePoint", {"identifier": part.id})
    else:
        return _if(_matches(part, key), _set_score(_float(key.marks)))
    return _if(
        _element("not", children=[_element("isNull", children=[_variable(part.id)])]), _set_score(gained)
    )


def _matches(part: Part, key: PartKey) -> Element:
    """The condition under which the whole part is right."""
    variable = _variable(part.id)
    if part.kind is Interaction.TEXT_ENTRY:
        accepted = [_base("string", answer) for answer in _accepted(key)]
        return _element("member", children=[variable, _element("multiple", children=accepted)])
    if part.kind in _NUMBERS:
        return _equal(variable, _element("correct", {"identifier": part.id}), key.tolerance or Tolerance())
    return _element("match", children=[variable, _element("correct", {"identifier": part.id})])


def _equal(left: Element, right: Element, tolerance: Tolerance) -> Element:
    attributes = {
        "toleranceMode": tolerance.mode.value,
        "includeLowerBound": "true",
        "includeUpperBound": "true",
    }
    if tolerance.mode is not ToleranceMode.EXACT:
        attributes["tolerance"] = f"{format_mark(tolerance.below)} {format_mark(tolerance.above)}"
    # QTI measures the second value from the first, so the key comes first.
    return _element("equal", attributes, [right, left])


def _accepted(key: PartKey) -> Sequence[str]:
    """The correct answers as the program compares them: normalised like the response, without repetition."""
    steps: tuple[Normalisation, ...] = key.normalise
    return list(dict.fromkeys(normalise(answer, steps) for answer in key.correct))


def _if(condition: Element, *rules: Element) -> Element:
    return _element("responseCondition", children=[_element("responseIf", children=[condition, *rules])])


def _set_score(gained: Element) -> Element:
    total = _element("sum", children=[_variable("SCORE"), gained])
    return _element("setOutcomeValue", {"identifier": "SCORE"}, [total])


def _variable(name: str) -> Element:
    return _element("variable", {"identifier": name})


def _float(number: Fraction) -> Element:
    return _base("float", format_mark(number))


def _base(base_type: str, text: str) -> Element:
    return _element("baseValue", {"baseType": base_type}, text=text)


def _value(text: str) -> Element:
    return _element("value", text=text)


def _element(
    name: str, attributes: Mapping[str, str] | None = None, children: Iterable[Element] = (), text: str = ""
) -> Element:
    return Element(name, attributes or {}, tuple(children), text)
