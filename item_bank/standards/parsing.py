# SPDX-License-Identifier: Apache-2.0
"""From a JSON credential document to ``CredentialDocument``. Malformed is refused here; bad but well-formed is ``findings``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from core.errors import Invalid
from item_bank.document import Part, Problem, duplicates
from item_bank.standards.dossier import CredentialKind
from item_bank.standards.dossier_parsing import (
    CODE,
    DOSSIER_MEMBERS,
    NAME,
    PC_ID,
    VERSION,
    read_adoption,
    read_capacity,
    read_dossier,
)
from item_bank.standards.model import (
    Component,
    CredentialDocument,
    Element,
    Hours,
    Level,
    MarkedItem,
    Nos,
    PerformanceCriterion,
    PracticalCriterion,
    PracticalTask,
    VivaQuestion,
    looks_at_items,
    mark_maxima,
    marked_items,
)
from scoring.api import AllOf, MarkError, Rule, RuleError, ScoringError, check_rule, parse_rule

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_COMPONENT = re.compile(r"[a-z][a-z_]{1,19}")


def parse_credential(document: object) -> CredentialDocument:
    """Read a credential document.

    Invalid(``credential_malformed``, problems=[{where, code, reason}, …]) names every malformed part by its JSON path.
    """
    root = Part(document)
    credential = _credential(root)
    if root.problems:
        raise Invalid("credential_malformed", problems=[problem.as_fact() for problem in root.problems])
    return credential


def credential_problems(document: object) -> tuple[Problem, ...]:
    """Everything that is malformed in a document; nothing where ``parse_credential`` would take it."""
    root = Part(document)
    _credential(root)
    return root.problems


def _credential(root: Part) -> CredentialDocument:
    part = root.members(
        "code", "version", "language", "title", "awarding_body", "hours", "level", "assessment_minutes",
        "components", "nos", "rule", optional=("practical", "viva", "kind", "adoption", *DOSSIER_MEMBERS),
    )  # fmt: skip
    languages = tuple(entry.language() for entry in part["language"].elements(minimum=1, maximum=30))
    _refuse_repeats(part["language"], languages, "language")
    components = tuple(
        _component(entry, languages) for entry in part["components"].elements(minimum=1, maximum=10)
    )
    _refuse_repeats(part["components"], [component.id for component in components], "component")
    nos = tuple(_nos(entry, languages, components) for entry in part["nos"].elements(minimum=1, maximum=50))
    pc_ids = [pc.id for standard in nos for pc in standard.pcs]
    _refuse_repeats(part["nos"], [standard.code for standard in nos], "NOS")
    _refuse_repeats(part["nos"], pc_ids, "PC")
    if not root.problems and sum(standard.weight for standard in nos) != 100:
        part["nos"].refuse(
            "weights_not_100", f"the weights add up to {sum(standard.weight for standard in nos)}, not to 100"
        )
    return CredentialDocument(
        code=part["code"].name(CODE, example="SDP/MC/0701"),
        version=part["version"].name(VERSION, example="1.0"),
        languages=languages,
        title=part["title"].localised(languages, maximum=NAME),
        awarding_body=part["awarding_body"].text(maximum=NAME),
        hours=_hours(part["hours"]),
        level=part["level"].decimal(),
        assessment_minutes=part["assessment_minutes"].whole(minimum=1, maximum=6000),
        components=components,
        nos=nos,
        rule=_rule(part["rule"], nos, _items(part, languages, pc_ids)),
        practical=_practical(part["practical"], languages, pc_ids),
        viva=_viva(part["viva"], languages, pc_ids),
        kind=part["kind"].one_of(CredentialKind) if part["kind"].present else CredentialKind.MICRO_CREDENTIAL,
        dossier=read_dossier(part, languages),
        adoption=read_adoption(part["adoption"], pc_ids),
    )


def _hours(part: Part) -> Hours:
    hours = part.members("total", "theory", "practical", "ojt")
    if part.present and hours["total"].present and hours["total"].decimal() <= Decimal(0):
        hours["total"].refuse("out_of_range", "the total must be above 0 hours")
    return Hours(**{name: value.decimal() for name, value in hours.items()})


def _component(part: Part, languages: Sequence[str]) -> Component:
    members = part.members("id", "minutes", optional=("online", "reason"))
    return Component(
        id=members["id"].name(_COMPONENT, example="theory"),
        minutes=members["minutes"].whole(minimum=1, maximum=6000),
        online=members["online"].boolean() if members["online"].present else None,
        reason=members["reason"].localised(languages) if members["reason"].present else None,
    )


def _nos(part: Part, languages: Sequence[str], components: Sequence[Component]) -> Nos:
    members = part.members(
        "code", "title", "weight", optional=("pcs", "elements", "credits", "total", "hours")
    )
    known = [component.id for component in components]
    elements: list[Element] = []
    pcs: list[PerformanceCriterion] = []
    if members["elements"].present:
        for entry in members["elements"].elements(minimum=1, maximum=100):
            element, inside = _element(entry, languages, known)
            elements.append(element)
            pcs += inside
        _refuse_repeats(members["elements"], [element.id for element in elements], "element")
    if members["pcs"].present:
        pcs += [_pc(entry, languages, known) for entry in members["pcs"].elements(minimum=1, maximum=500)]
    elif not members["elements"].present:
        members["pcs"].refuse("missing", "the member 'pcs' is missing")
    standard = Nos(
        code=members["code"].name(CODE, example="SDP/N0701"),
        title=members["title"].localised(languages, maximum=NAME),
        weight=members["weight"].fraction(),
        pcs=tuple(pcs),
        elements=tuple(elements),
        credits=members["credits"].decimal() if members["credits"].present else None,
        total=members["total"].fraction() if members["total"].present else None,
        hours=members["hours"].decimal() if members["hours"].present else None,
    )
    if not part.problems and standard.total not in (None, standard.maximum):
        reason = f"the marks add up to {standard.maximum}, the total says {standard.total}"
        members["total"].refuse("total_differs", reason)
    return standard


def _element(
    part: Part, languages: Sequence[str], components: Sequence[str]
) -> tuple[Element, list[PerformanceCriterion]]:
    members = part.members("id", "title", "pcs", optional=("marks", "threshold"))
    name = members["id"].name(_ID, example="E1")
    marked = members["marks"].present
    pcs = [
        _pc(entry, languages, components, element=name, marked=not marked)
        for entry in members["pcs"].elements(minimum=1, maximum=500)
    ]
    element = Element(
        id=name,
        title=members["title"].localised(languages, maximum=NAME),
        pcs=tuple(pc.id for pc in pcs),
        marks=_marks(members["marks"], components) if marked else (),
        threshold=_threshold(members["threshold"]),
    )
    return element, pcs


def _pc(
    part: Part,
    languages: Sequence[str],
    components: Sequence[str],
    *,
    element: str | None = None,
    marked: bool = True,
) -> PerformanceCriterion:
    """One PC. ``marked`` False: its element has the marks, so that it has none itself, and no threshold over them."""
    members = part.members(
        "id", "title", "knowledge", *(("marks",) if marked else ()),
        optional=("mandatory", "label", "hours", "capacity", "threshold"),
    )  # fmt: skip
    if not marked and members["threshold"].present:
        reason = "the marks sit on the element, so that a threshold can only stand there"
        members["threshold"].refuse("threshold_without_marks", reason)
    return PerformanceCriterion(
        id=members["id"].name(PC_ID, example="PC1"),
        title=members["title"].localised(languages),
        knowledge=tuple(entry.localised(languages) for entry in members["knowledge"].elements(maximum=50)),
        mandatory=members["mandatory"].boolean() if members["mandatory"].present else None,
        threshold=_threshold(members["threshold"]),
        marks=_marks(members["marks"], components) if marked else (),
        label=members["label"].text(maximum=40) if members["label"].present else "",
        element=element,
        hours=members["hours"].decimal() if members["hours"].present else None,
        capacity=read_capacity(members["capacity"]),
    )


def _marks(part: Part, components: Sequence[str]) -> tuple[tuple[str, Fraction], ...]:
    marks: list[tuple[str, Fraction]] = []
    for component, value in part.entries().items():
        if component not in components:
            value.refuse("unknown_component", f"the document has no component {component!r}")
        marks.append((component, value.fraction()))
    return tuple(marks)


def _threshold(part: Part) -> Fraction | None:
    if not part.present:
        return None
    threshold = part.fraction()
    if threshold > 1:
        part.refuse("out_of_range", f"a threshold is a share of the marks, at most 1, not {threshold}")
    return threshold


def _items(
    part: Mapping[str, Part], languages: Sequence[str], pc_ids: Sequence[str]
) -> tuple[MarkedItem, ...]:
    """What is marked item by item; nothing where those parts have mistakes, which are named where they are read."""
    practical, viva = Part(part["practical"].value), Part(part["viva"].value)
    found = marked_items(_practical(practical, languages, pc_ids), _viva(viva, languages, pc_ids))
    return () if practical.problems or viva.problems else found


def _rule(part: Part, nos: Sequence[Nos], items: Sequence[MarkedItem]) -> Rule:
    nothing = Rule(AllOf(()))
    if not part.present or part.problems:
        # A rule is checked against the marks, so it says nothing until the rest of the document is sound.
        return nothing
    try:
        rule = parse_rule(part.value)
        check_rule(rule, mark_maxima(nos, items=items if looks_at_items(rule) else ()))
        return rule
    except RuleError as error:
        inner = str(error.facts.get("where", "$")).removeprefix("$").removeprefix(".")
        part.problem_at(*([inner] if inner else []), code=error.code, reason=_explain(error))
    except MarkError as error:
        part.refuse(error.code, _explain(error))
    return nothing


def _explain(error: ScoringError) -> str:
    details = ", ".join(f"{name} {value}" for name, value in error.facts.items() if name != "where")
    return error.code.replace("_", " ") + (f": {details}" if details else "")


def _practical(part: Part, languages: Sequence[str], pc_ids: Sequence[str]) -> PracticalTask | None:
    if not part.present:
        return None
    members = part.members("task", "criteria")
    criteria = tuple(
        _practical_criterion(entry, languages, pc_ids) for entry in members["criteria"].elements(minimum=1)
    )
    _refuse_repeats(members["criteria"], [criterion.id for criterion in criteria], "criterion")
    return PracticalTask(members["task"].localised(languages, maximum=10_000), criteria)


def _practical_criterion(part: Part, languages: Sequence[str], pc_ids: Sequence[str]) -> PracticalCriterion:
    members = part.members("id", "pc", "text", "levels")
    return PracticalCriterion(
        id=members["id"].name(_ID, example="PC1-P1"),
        pc=_known_pc(members["pc"], pc_ids),
        text=members["text"].localised(languages),
        levels=_levels(members["levels"], languages),
    )


def _viva(part: Part, languages: Sequence[str], pc_ids: Sequence[str]) -> tuple[VivaQuestion, ...]:
    if not part.present:
        return ()
    members = part.members("questions")
    questions = tuple(
        _viva_question(entry, languages, pc_ids) for entry in members["questions"].elements(minimum=1)
    )
    _refuse_repeats(members["questions"], [question.id for question in questions], "question")
    return questions


def _viva_question(part: Part, languages: Sequence[str], pc_ids: Sequence[str]) -> VivaQuestion:
    members = part.members("id", "pc", "text", "expected", "levels")
    return VivaQuestion(
        id=members["id"].name(_ID, example="PC1-V1"),
        pc=_known_pc(members["pc"], pc_ids),
        text=members["text"].localised(languages),
        expected=members["expected"].localised(languages),
        levels=_levels(members["levels"], languages),
    )


def _levels(part: Part, languages: Sequence[str]) -> tuple[Level, ...]:
    levels = []
    for entry in part.elements(minimum=2, maximum=20):
        members = entry.members("marks", "text")
        levels.append(Level(members["marks"].fraction(), members["text"].localised(languages)))
    marks = [level.marks for level in levels]
    if marks != sorted(set(marks)):
        part.refuse("levels_not_rising", "the marks of the levels must rise from one level to the next")
    return tuple(levels)


def _known_pc(part: Part, pc_ids: Sequence[str]) -> str:
    pc = part.name(PC_ID, example="PC1")
    if pc and pc not in pc_ids:
        part.refuse("unknown_pc", f"the document has no PC {pc[:40]!r}")
    return pc


def _refuse_repeats(part: Part, values: Sequence[str], what: str) -> None:
    for value in duplicates([value for value in values if value]):
        part.refuse("duplicate", f"the {what} {value!r} occurs twice")
