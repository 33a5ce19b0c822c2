# SPDX-License-Identifier: Apache-2.0
"""Holds a finished form against its blueprint, from the blueprint's JSON document and plain facts about the items.

It shares nothing with what assembles forms: no value type, no parser, no solver. Assembling must not be imported here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class FormFault:
    """One constraint that a form does not keep: its code, and where in the blueprint it stands."""

    code: str
    where: str


ItemFacts = Mapping[str, Any]
"""version, item, pc, seconds, difficulty, marks (exact text), languages, type, tags."""


def check_form(
    blueprint: Mapping[str, Any], items: Sequence[ItemFacts], *, standards: Mapping[str, Sequence[str]]
) -> tuple[FormFault, ...]:
    """What a form breaks of its blueprint, empty for a sound one.

    ``standards`` are the PCs of each NOS, and of each element under ``NOS element``. Codes: ``repeated``, ``foreign_pc``,
    ``pc_items``, ``pc_marks``, ``quota``, ``time``, ``language``, ``component`` and ``enemies``.
    """
    faults: list[FormFault] = []
    if len({one["item"] for one in items}) < len(items):
        faults.append(FormFault("repeated", "$"))
    if sum(one["seconds"] for one in items) > blueprint["seconds"]:
        faults.append(FormFault("time", "$.seconds"))
    faults += _pc_faults(blueprint["pcs"], items)
    if blueprint["version"] == 1:
        return tuple(faults)
    for number, quota in enumerate(blueprint["quotas"]):
        found = [one for one in items if _fits(quota, one, standards)]
        marks = sum((Fraction(one["marks"]) for one in found), Fraction(0))
        if not quota["least"] <= len(found) <= quota["most"] or marks != Fraction(quota.get("marks", marks)):
            faults.append(FormFault("quota", f"$.quotas[{number}]"))
    wanted = set(blueprint["languages"])
    if any(not wanted.issubset(one["languages"]) for one in items):
        faults.append(FormFault("language", "$.languages"))
    if any(_elsewhere(one, blueprint["component"]) for one in items):
        faults.append(FormFault("component", "$.component"))
    return (*faults, *_enemies(blueprint["enemies"], items))


def check_sections(
    blueprint: Mapping[str, Any],
    sections: Sequence[Mapping[str, Any]],
    *,
    standards: Mapping[str, Sequence[str]],
) -> tuple[FormFault, ...]:
    """Where the sections of a form are not those of its blueprint: code ``section``.

    A section of the form has ``id``, ``title``, ``seconds``, ``navigation``, the rules for its items, and the ``pcs`` of its
    items, one for each item; an adaptive one has ``stops`` for each PC, as many as the PC has items.
    """
    wanted = blueprint.get("sections", [])
    if len(wanted) != len(sections):
        return (FormFault("section", "$.sections"),)
    faults = []
    for number, (asked, held) in enumerate(zip(wanted, sections, strict=True)):
        pcs = {*asked.get("pcs", ()), *(pc for nos in asked.get("nos", ()) for pc in standards[nos])}
        rules = asked["item_session_control"]
        same = (
            all(asked[name] == held[name] for name in ("id", "title", "seconds", "navigation"))
            and all(rules[name] == held[name] for name in ("allow_skipping", "allow_review", "max_attempts"))
            and rules["validate_responses"] == held["validate"]
        )
        counted = Counter(held["pcs"])
        settled = {pc: len(stops) for pc, stops in held.get("stops", {}).items()}
        ends = settled == (dict(counted) if asked.get("adaptive") else {})
        if not (same and ends) or not pcs.issuperset(held["pcs"]):
            faults.append(FormFault("section", f"$.sections[{number}]"))
    return tuple(faults)


def check_use(
    forms: Sequence[Sequence[str]], *, cap: int | None, used: Mapping[str, int]
) -> tuple[FormFault, ...]:
    """Whether some item stands in more than ``cap`` forms, counting the ``used`` ones before; ids are items."""
    if cap is None:
        return ()
    counted = Counter(one for form in forms for one in form)
    over = any(number + used.get(one, 0) > cap for one, number in counted.items())
    return (FormFault("exposure", "$.exposure_cap"),) if over else ()


def check_overlap(forms: Sequence[Sequence[str]], *, cap: int | None) -> tuple[FormFault, ...]:
    """Whether two of the forms share more than ``cap`` items; ids are items. Every pair is looked at."""
    if cap is None or len(forms) < 2:
        return ()
    import numpy as np
    from scipy.sparse import csr_array

    names = {name: column for column, name in enumerate(sorted({one for form in forms for one in form}))}
    columns = np.array([names[one] for form in forms for one in form])
    starts = np.concatenate([[0], np.cumsum([len(form) for form in forms])])
    shape = (len(forms), len(names))
    matrix = csr_array((np.ones(len(columns), dtype=np.int32), columns, starts), shape=shape)
    turned = matrix.T.tocsr()
    for first in range(0, len(forms), _BLOCK):
        shared = (matrix[first : first + _BLOCK] @ turned).tocoo()
        pairs = shared.data[shared.row + first != shared.col]
        if len(pairs) and pairs.max() > cap:
            return (FormFault("overlap", "$.overlap"),)
    return ()


_BLOCK = 500


def _pc_faults(lines: Sequence[Mapping[str, Any]], items: Sequence[ItemFacts]) -> list[FormFault]:
    faults = []
    foreign = {one["pc"] for one in items}
    for number, line in enumerate(lines):
        own = [one for one in items if one["pc"] == line["pc"]]
        foreign.discard(line["pc"])
        # A line of version 1 has an exact number.
        if not line.get("items", line.get("least")) <= len(own) <= line.get("items", line.get("most")):
            faults.append(FormFault("pc_items", f"$.pcs[{number}]"))
        marks = sum((Fraction(one["marks"]) for one in own), Fraction(0))
        if "marks" in line and marks != Fraction(line["marks"]):
            faults.append(FormFault("pc_marks", f"$.pcs[{number}].marks"))
    if foreign:
        faults.append(FormFault("foreign_pc", "$.pcs"))
    return faults


def _fits(quota: Mapping[str, Any], one: ItemFacts, standards: Mapping[str, Sequence[str]]) -> bool:
    return (
        ("pc" not in quota or one["pc"] == quota["pc"])
        and ("nos" not in quota or one["pc"] in standards.get(_name(quota), ()))
        and ("difficulty" not in quota or one["difficulty"] == quota["difficulty"])
        and ("type" not in quota or one["type"] == quota["type"])
        and ("tag" not in quota or quota["tag"] in one["tags"])
    )


def _name(quota: Mapping[str, Any]) -> str:
    return " ".join(quota[part] for part in ("nos", "element") if part in quota)


def _elsewhere(one: ItemFacts, component: str) -> bool:
    places = {tag.partition(":")[2] for tag in one["tags"] if tag.startswith("component:")}
    return bool(places) and component not in places


def _enemies(groups: Sequence[Sequence[str]], items: Sequence[ItemFacts]) -> list[FormFault]:
    names = {one["item"] for one in items}
    faults = [
        FormFault("enemies", f"$.enemies[{number}]")
        for number, group in enumerate(groups)
        if len(names.intersection(group)) > 1
    ]
    tags = Counter(tag for one in items for tag in set(one["tags"]) if tag.startswith("enemy:"))
    if any(number > 1 for number in tags.values()):
        faults.append(FormFault("enemies", "$"))
    return faults
