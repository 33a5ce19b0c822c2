# SPDX-License-Identifier: Apache-2.0
"""Reads the sections of a blueprint and holds them against its lines, time and languages. The rest is in ``plan_parsing``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from item_bank.blueprints.plan_adaptive_parsing import read_adaptive
from item_bank.blueprints.plan_sections import Navigation, PlanSection, SessionControl, named_pcs
from item_bank.document import Part, duplicates

MOST_SECTIONS: Final = 20
MOST_ATTEMPTS: Final = 10
LONGEST_TITLE: Final = 80
_ID = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_NAME = re.compile(r"\S(.{0,78}\S)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def read_sections(part: Part, *, languages: Sequence[str]) -> tuple[PlanSection, ...]:
    """The sections of a plan in these languages; an absent member is none."""
    if not part.present:
        return ()
    known = [language for language in dict.fromkeys(languages) if _LANGUAGE.fullmatch(language)]
    found = tuple(_section(entry, known) for entry in part.elements(minimum=1, maximum=MOST_SECTIONS))
    for name in duplicates([section.id for section in found]):
        part.refuse("duplicate", f"two sections have the id {name!r}")
    return found


def check_sections(
    part: Part,
    sections: Sequence[PlanSection],
    *,
    planned: Sequence[str],
    standards: Sequence[tuple[str, tuple[str, ...]]],
    seconds: int,
) -> None:
    """Every planned PC stands in exactly one section, every section has a PC, and their times fit into the paper's."""
    known = dict(standards)
    counted: Counter[str] = Counter()
    for place, section in enumerate(sections):
        for number, nos in enumerate(section.nos):
            if nos not in known:
                reason = f"the credential has no NOS {nos!r}"
                part.problem_at(place, "nos", number, code="unknown_nos", reason=reason)
        for number, pc in enumerate(section.pcs):
            if pc not in planned:
                reason = f"the blueprint has no line for {pc!r}"
                part.problem_at(place, "pcs", number, code="unknown_pc", reason=reason)
        named = named_pcs(section, standards=known, planned=planned)
        counted.update(named)
        if not named:
            part.problem_at(place, code="section_empty", reason="the section names no PC of the blueprint")
    for pc in planned:
        if counted[pc] > 1:
            part.refuse("section_repeats_pc", f"{pc} stands in more than one section")
        elif not counted[pc]:
            part.refuse("section_misses_pc", f"{pc} stands in no section")
    own = sum(section.seconds or 0 for section in sections)
    if own > seconds:
        part.refuse("section_time", f"the sections take {own} s, but the paper has {seconds} s")


def _section(entry: Part, languages: Sequence[str]) -> PlanSection:
    parts = entry.members(
        "id", "title", "seconds", "navigation", "item_session_control", optional=("nos", "pcs", "adaptive")
    )
    control = parts["item_session_control"].members(
        "allow_skipping", "allow_review", "max_attempts", "validate_responses"
    )
    return PlanSection(
        id=parts["id"].name(_ID, example="s1"),
        title=parts["title"].localised(languages, maximum=LONGEST_TITLE),
        nos=_names(parts["nos"], example="SDP/N0701"),
        pcs=_names(parts["pcs"], example="PC1"),
        seconds=parts["seconds"].whole(minimum=1, maximum=360_000) if parts["seconds"].present else None,
        navigation=parts["navigation"].one_of(Navigation),
        control=SessionControl(
            allow_skipping=control["allow_skipping"].boolean(),
            allow_review=control["allow_review"].boolean(),
            max_attempts=control["max_attempts"].whole(minimum=0, maximum=MOST_ATTEMPTS),
            validate_responses=control["validate_responses"].boolean(),
        ),
        adaptive=read_adaptive(parts["adaptive"]),
    )


def _names(part: Part, *, example: str) -> tuple[str, ...]:
    if not part.present:
        return ()
    found = tuple(entry.name(_NAME, example=example) for entry in part.elements(minimum=1, maximum=1000))
    for name in duplicates(found):
        part.refuse("duplicate", f"{name!r} occurs twice")
    return found
