# SPDX-License-Identifier: Apache-2.0
"""The builder's form as it is shown, stored blueprints in words, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from werkzeug.datastructures import MultiDict

from assessor import api as assessor
from item_bank import api as bank
from web.forms.blueprint_sections import section_count
from web.presenters.blueprint_early import early_balances, early_methods, early_rules
from web.presenters.blueprints import Row, quota_text
from web.presenters.common import bilingual, component_label, exact, percent
from web.presenters.editor_words import kind_words, language_name
from web.words import _, ngettext

USUAL_KINDS = ("choice_single", "choice_multiple", "text_entry")


def credential_options(credentials: Sequence[bank.CredentialVersion]) -> list[Row]:
    """Credentials to choose from."""
    return [
        {
            "id": one.id,
            "code": one.document.code,
            "version": one.document.version,
            "title": bilingual(one.document.title),
        }
        for one in credentials
    ]


def builder_view(
    credential: bank.CredentialVersion, values: MultiDict[str, str], *, errors: Mapping[str, str]
) -> Row:
    """Everything that the builder's form shows."""
    document = credential.document
    component = values.get("component", "theory")
    natural = bank.natural_plan(document, component=component)
    part = document.component(component)
    kinds = kind_words()
    shown = [
        *USUAL_KINDS,
        *(kind for kind in kinds if kind not in USUAL_KINDS and values.get(f"type:{kind}")),
    ]
    return {
        "credential": credential_options([credential])[0],
        "values": values,
        "errors": errors,
        "chosen_languages": values.getlist("language"),
        "languages_asked": [(code, language_name(code)) for code in document.languages],
        "components": [
            (one.id, component_label(one.id)) for one in document.components if _has_marks(document, one.id)
        ],
        "minutes": part.minutes if part else 0,
        "lines": [_line(document, line) for line in natural.lines],
        "standards": [(one.code, bilingual(one.title)) for one in document.nos]
        if len(document.nos) > 1
        else [],
        "kinds": [(kind, kinds[kind]["name"]) for kind in shown],
        "levels": level_names(),
        "sections": _sections(document, natural, values),
        "may_add_section": section_count(values) < bank.MOST_SECTIONS,
    }


def _sections(
    document: bank.CredentialDocument, natural: bank.Plan, values: MultiDict[str, str]
) -> list[Row]:
    """The sections of the form: what they may be about, and what is chosen; ``key`` begins the names of their fields."""
    planned = {line.pc for line in natural.lines}
    standards = [(f"nos:{one.code}", one.code, bilingual(one.title)) for one in document.nos]
    criteria = [(f"pc:{one.id}", one.id, bilingual(one.title)) for one in document.pcs if one.id in planned]
    return [
        {
            "number": number,
            "key": f"section:{number}",
            "chosen": values.getlist(f"section:{number}:of"),
            "allowed": values.getlist(f"section:{number}:allow"),
            "standards": standards if len(standards) > 1 else [],
            "criteria": criteria,
            "methods": early_methods(),
            "balances": early_balances(),
        }
        for number in range(1, section_count(values) + 1)
    ]


def section_rows(plan: bank.Plan) -> list[Row]:
    """The sections of a stored plan in words."""
    return [
        {
            "title": bilingual(section.title),
            "about": ", ".join((*section.nos, *section.pcs)),
            "minutes": "" if section.seconds is None else exact(Fraction(section.seconds, 60)),
            "order": _("One question after the other")
            if section.navigation.value == "linear"
            else _("Any order"),
            "rules": _rules(section),
        }
        for section in plan.sections
    ]


def _rules(section: bank.PlanSection) -> list[str]:
    control = section.control
    told = {
        _("every question must be answered"): not control.allow_skipping,
        **early_rules(section),
        _("no way back to earlier questions"): section.navigation.value == "linear"
        and not control.allow_review,
        _("answers in part are not taken"): control.validate_responses,
        ngettext(
            "each question may be confirmed %(num)s time",
            "each question may be confirmed %(num)s times",
            control.max_attempts,
        ): bool(control.max_attempts),
    }
    return [words for words, holds in told.items() if holds]


def level_names() -> list[tuple[str, str]]:
    """The difficulties with their names."""
    return [("easy", _("Easy")), ("medium", _("Medium")), ("hard", _("Hard"))]


def _has_marks(document: bank.CredentialDocument, component: str) -> bool:
    return bool(bank.natural_plan(document, component=component).lines)


def _line(document: bank.CredentialDocument, line: bank.PcLine) -> Row:
    pc = document.pc(line.pc)
    usual = str(line.least) if line.least == line.most else f"{line.least}-{line.most}"
    return {
        "pc": line.pc,
        "title": bilingual(pc.title) if pc else {},
        "usual": usual,
        "marks": exact(line.marks) if line.marks is not None else "",
        "threshold": percent(pc.threshold) if pc and pc.threshold is not None else "",
    }


def plan_view(blueprint: bank.AnyBlueprint, *, names: Mapping[str, str]) -> Row:
    """A stored blueprint in words."""
    if not isinstance(blueprint, bank.Plan):
        return {
            "lines": [(pc, str(count)) for pc, count in blueprint.items_per_pc],
            "quotas": [],
            "enemies": [],
            "enemy_groups": 0,
            "languages": [],
            "exposure": None,
            "overlap": "0",
            "sections": [],
            "minutes": exact(Fraction(blueprint.seconds, 60)),
        }
    return {
        "lines": [
            (line.pc, str(line.least) if line.least == line.most else f"{line.least}–{line.most}")
            for line in blueprint.lines
        ],
        "quotas": [quota_text(quota.to_document()) for quota in blueprint.quotas],
        "enemies": [
            ", ".join(names[item] for item in group if item in names) for group in blueprint.enemies if names
        ],
        "enemy_groups": len(blueprint.enemies),
        "languages": [language_name(code) for code in blueprint.languages],
        "exposure": blueprint.exposure_cap,
        "overlap": None if blueprint.overlap_cap is None else str(blueprint.overlap_cap),
        "sections": section_rows(blueprint),
        "minutes": exact(Fraction(blueprint.seconds, 60)),
    }


def draw_rows(draws: Sequence[assessor.DrawRecord]) -> list[Row]:
    """The draws of a blueprint."""
    return [
        {
            "id": one.id,
            "at": one.created_at,
            "papers": one.count,
            "seed": str(one.seed),
            "bank": one.bank_sha256,
            "compiler": one.compiler,
        }
        for one in draws
    ]


def waiver_rows(waivers: Sequence[bank.Waiver], *, people: Mapping[str, str]) -> list[Row]:
    """The recorded reasons, with the names of those who gave them."""
    return [
        {
            "by": people.get(one.person_id, ""),
            "at": one.created_at,
            "pcs": list(one.pcs),
            "reason": one.reason,
        }
        for one in waivers
    ]


def problem_lines(problems: Sequence[Any], document: Mapping[str, Any]) -> list[str]:
    """What is wrong with a blueprint, in sentences; the place is told by what stands there."""
    words = {
        "over_budget": _("The paper takes longer than its component may."),
        "over_assessment_budget": _(
            "With the other components the assessment takes longer than half an hour for each 7.5 hours of learning."
        ),
        "unknown_component": _("The credential has no such component."),
        "unknown_language": _("The credential is not in one of these languages."),
        "marks_differ": _("The items do not make the marks that the credential gives the criterion."),
        "pc_missing": _("A criterion with marks in this component has no items."),
        "contradiction": _("No bank can fill this: the bounds contradict each other."),
        "section_repeats_pc": _("A criterion stands in more than one section."),
        "section_misses_pc": _("A criterion with items stands in no section."),
        "section_empty": _("A section has no criterion that has items."),
        "adaptive_way": _(
            "An adaptive section goes one question after the other, each answered once, with no way back."
        ),
        "adaptive_no_marks": _("A criterion of an adaptive section has no marks of its own in this paper."),
        "adaptive_no_threshold": _(
            "A criterion of an adaptive section has no threshold that could settle it."
        ),
        "adaptive_thresholds": _("A criterion of an adaptive section has two different thresholds."),
        "adaptive_rule_adds": _(
            "The pass rule adds the marks of a criterion to others, so it must not end early."
        ),
        "adaptive_count": _("In an adaptive section every criterion needs one fixed number of questions."),
        "adaptive_number": _("The adaptive section has a number that its method does not use."),
        "adaptive_numbers": _("No test can be made of the numbers of the adaptive section."),
        "adaptive_against_threshold": _(
            "The adaptive section would settle a criterion against its own threshold."
        ),
        "adaptive_exposure": _("The limit on first questions is not a part of the papers."),
        "adaptive_exposure_low": _(
            "So low a limit on first questions cannot be kept: everybody is asked too many of too few questions."
        ),
        "section_time": _("The sections take longer than the paper."),
        "count": _("There is nothing to choose: give at least one criterion some items."),
    }
    found = []
    for problem in problems:
        text = words.get(problem["code"], problem["reason"])
        place = problem["where"]
        if place.startswith("$.quotas["):
            number = int(place.removeprefix("$.quotas[").partition("]")[0])
            text = f"{text} ({quota_text(document['quotas'][number])})"
        elif place.startswith("$.sections["):
            number = int(place.removeprefix("$.sections[").partition("]")[0])
            text = f"{_('Section %(number)s', number=number + 1)}: {text}"
        elif place.startswith("$.pcs["):
            number = int(place.removeprefix("$.pcs[").partition("]")[0])
            text = f"{document['pcs'][number]['pc']}: {text}"
        found.append(text)
    return list(dict.fromkeys(found))
