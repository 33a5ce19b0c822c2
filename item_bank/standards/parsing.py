# SPDX-License-Identifier: Apache-2.0
"""From a JSON credential document to ``CredentialDocument``. Malformed is refused here; bad but well-formed is ``findings``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from core.errors import Invalid
from item_bank.document import Part, duplicates
from item_bank.standards.model import (
    Component,
    CredentialDocument,
    Hours,
    Level,
    Nos,
    PerformanceCriterion,
    PracticalCriterion,
    PracticalTask,
    VivaQuestion,
    mark_maxima,
)
from scoring.api import AllOf, MarkError, Rule, RuleError, ScoringError, parse_rule

_CODE = re.compile(r"[A-Z0-9]{2,12}(/[A-Z0-9]{1,12}){1,3}")
_VERSION = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){1,2}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_COMPONENT = re.compile(r"[a-z][a-z_]{1,19}")
_NAME = 200


def parse_credential(document: object) -> CredentialDocument:
    """Read a credential document.

    Invalid(``credential_malformed``, problems=[{where, code, reason}, …]) names every malformed part by its JSON path.
    """
    root = Part(document)
    credential = _credential(root)
    if root.problems:
        raise Invalid("credential_malformed", problems=[problem.as_fact() for problem in root.problems])
    return credential


def _credential(root: Part) -> CredentialDocument:
    part = root.members(
        "code", "version", "language", "title", "awarding_body", "hours", "level", "assessment_minutes",
        "components", "nos", "rule", optional=("practical", "viva"),
    )  # fmt: skip
    languages = tuple(entry.language() for entry in part["language"].elements(minimum=1, maximum=30))
    _refuse_repeats(part["language"], languages, "language")
    components = tuple(_component(entry) for entry in part["components"].elements(minimum=1, maximum=10))
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
        code=part["code"].name(_CODE, example="SDP/MC/0701"),
        version=part["version"].name(_VERSION, example="1.0"),
        languages=languages,
        title=part["title"].localised(languages, maximum=_NAME),
        awarding_body=part["awarding_body"].text(maximum=_NAME),
        hours=_hours(part["hours"]),
        level=part["level"].decimal(),
        assessment_minutes=part["assessment_minutes"].whole(minimum=1, maximum=6000),
        components=components,
        nos=nos,
        rule=_rule(part["rule"], nos),
        practical=_practical(part["practical"], languages, pc_ids),
        viva=_viva(part["viva"], languages, pc_ids),
    )


def _hours(part: Part) -> Hours:
    hours = part.members("total", "theory", "practical", "ojt")
    if part.present and hours["total"].present and hours["total"].decimal() <= Decimal(0):
        hours["total"].refuse("out_of_range", "the total must be above 0 hours")
    return Hours(**{name: value.decimal() for name, value in hours.items()})


def _component(part: Part) -> Component:
    members = part.members("id", "minutes")
    return Component(
        id=members["id"].name(_COMPONENT, example="theory"),
        minutes=members["minutes"].whole(minimum=1, maximum=6000),
    )


def _nos(part: Part, languages: Sequence[str], components: Sequence[Component]) -> Nos:
    members = part.members("code", "title", "weight", "pcs")
    return Nos(
        code=members["code"].name(_CODE, example="SDP/N0701"),
        title=members["title"].localised(languages, maximum=_NAME),
        weight=members["weight"].fraction(),
        pcs=tuple(
            _pc(entry, languages, components) for entry in members["pcs"].elements(minimum=1, maximum=500)
        ),
    )


def _pc(part: Part, languages: Sequence[str], components: Sequence[Component]) -> PerformanceCriterion:
    members = part.members("id", "title", "knowledge", "marks", optional=("mandatory", "threshold"))
    known = {component.id for component in components}
    marks: list[tuple[str, Fraction]] = []
    for component, value in members["marks"].entries().items():
        if component not in known:
            value.refuse("unknown_component", f"the document has no component {component!r}")
        marks.append((component, value.fraction()))
    return PerformanceCriterion(
        id=members["id"].name(_ID, example="PC1"),
        title=members["title"].localised(languages),
        knowledge=tuple(entry.localised(languages) for entry in members["knowledge"].elements(maximum=50)),
        mandatory=members["mandatory"].boolean() if members["mandatory"].present else None,
        threshold=_threshold(members["threshold"]),
        marks=tuple(marks),
    )


def _threshold(part: Part) -> Fraction | None:
    if not part.present:
        return None
    threshold = part.fraction()
    if threshold > 1:
        part.refuse("out_of_range", f"a threshold is a share of the marks, at most 1, not {threshold}")
    return threshold


def _rule(part: Part, nos: Sequence[Nos]) -> Rule:
    nothing = Rule(AllOf(()))
    if not part.present or part.problems:
        # A rule is checked against the marks, so it says nothing until the rest of the document is sound.
        return nothing
    try:
        return parse_rule(part.value, credential=mark_maxima(nos))
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
    pc = part.name(_ID, example="PC1")
    if pc and pc not in pc_ids:
        part.refuse("unknown_pc", f"the document has no PC {pc[:40]!r}")
    return pc


def _refuse_repeats(part: Part, values: Sequence[str], what: str) -> None:
    for value in duplicates([value for value in values if value]):
        part.refuse("duplicate", f"the {what} {value!r} occurs twice")
