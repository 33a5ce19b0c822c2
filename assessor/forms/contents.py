# SPDX-License-Identifier: Apache-2.0
"""From drawn item versions to what a form pins. Drawing and storing live elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from assessor.forms.adaptive import (
    FirstUse,
    asked_of_all,
    require_settling,
    section_order,
    section_stops,
)
from assessor.forms.items import form_item
from assessor.forms.model import Draw, FormContent
from assessor.forms.sections import FormSection, Navigation
from core.uow import UnitOfWork
from item_bank.api import CompiledForm, ItemVersion, Plan, item_versions


def form_content(
    uow: UnitOfWork,
    assessment_id: str,
    drawn: Sequence[str],
    *,
    seed: int,
    limit_seconds: int,
) -> FormContent:
    """The content of a form of these versions, in their order."""
    versions = item_versions(uow, drawn)
    return FormContent(
        assessment_id=assessment_id,
        seed=seed,
        limit_seconds=limit_seconds,
        items=tuple(form_item(versions[version_id]) for version_id in drawn),
    )


def compiled_contents(
    uow: UnitOfWork, assessment_id: str, forms: Sequence[CompiledForm], *, plan: Plan
) -> list[FormContent]:
    """The contents of the forms of one draw, in its order: what a paper asks of everybody depends on those before it."""
    before = FirstUse()
    return [_compiled(uow, assessment_id, form, plan=plan, before=before) for form in forms]


def _compiled(
    uow: UnitOfWork, assessment_id: str, form: CompiledForm, *, plan: Plan, before: FirstUse
) -> FormContent:
    """A form that was compiled by a plan, its items in the order of the plan's sections."""
    versions = item_versions(uow, form.version_ids)
    drawn = [versions[version_id] for version_id in form.version_ids]
    # The papers of a draw have one seed, and each its own orders.
    ordered, sections = _in_sections(plan, drawn, seed=(form.seed << 32) + form.number, before=before)
    require_settling(sections, versions)
    for planned, section in zip(plan.sections, sections, strict=True):
        if planned.adaptive is not None:
            before.add(planned.adaptive, asked_of_all(section, versions))
    before.papers += 1
    draw = Draw(
        number=form.number,
        blueprint_sha256=form.plan_sha256,
        bank_sha256=form.bank_sha256,
        compiler=form.compiler,
    )
    return FormContent(
        assessment_id=assessment_id,
        seed=form.seed,
        limit_seconds=plan.seconds,
        items=tuple(form_item(versions[version_id]) for version_id in ordered),
        draw=draw,
        sections=sections,
    )


def _in_sections(
    plan: Plan, drawn: Sequence[ItemVersion], *, seed: int, before: FirstUse
) -> tuple[tuple[str, ...], tuple[FormSection, ...]]:
    """Drawn items in the order of the plan's sections, and these sections; without any: as drawn."""
    if not plan.sections:
        return tuple(one.id for one in drawn), ()
    made = []
    for section in plan.sections:
        pcs = set(plan.pcs_of_section(section))
        own = [one for one in drawn if one.content.pc in pcs]
        made.append(
            FormSection(
                id=section.id,
                title=section.title.by_language,
                items=section_order(section, own, seed=seed, before=before),
                seconds=section.seconds,
                navigation=Navigation(section.navigation.value),
                allow_skipping=section.control.allow_skipping,
                allow_review=section.control.allow_review,
                max_attempts=section.control.max_attempts,
                validate=section.control.validate_responses,
                stops=section_stops(section, own),
            )
        )
    return tuple(version for section in made for version in section.items), tuple(made)
