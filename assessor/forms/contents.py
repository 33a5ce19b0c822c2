# SPDX-License-Identifier: Apache-2.0
"""From drawn item versions to what a form pins. Drawing and storing live elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from assessor.forms.items import form_item
from assessor.forms.model import Draw, FormContent
from assessor.forms.sections import FormSection, Navigation
from core.uow import UnitOfWork
from item_bank.api import CompiledForm, Plan, item_versions


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


def compiled_content(uow: UnitOfWork, assessment_id: str, form: CompiledForm, *, plan: Plan) -> FormContent:
    """The content of a form that was compiled by a plan, its items in the order of the plan's sections."""
    versions = item_versions(uow, form.version_ids)
    drawn = [(version_id, versions[version_id].content.pc) for version_id in form.version_ids]
    ordered, sections = _in_sections(plan, drawn)
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
    plan: Plan, drawn: Sequence[tuple[str, str]]
) -> tuple[tuple[str, ...], tuple[FormSection, ...]]:
    """Drawn items, as (version, PC), in the order of the plan's sections, and these sections; without any: as drawn."""
    if not plan.sections:
        return tuple(version for version, _ in drawn), ()
    made = []
    for section in plan.sections:
        pcs = set(plan.pcs_of_section(section))
        made.append(
            FormSection(
                id=section.id,
                title=section.title.by_language,
                items=tuple(version for version, pc in drawn if pc in pcs),
                seconds=section.seconds,
                navigation=Navigation(section.navigation.value),
                allow_skipping=section.control.allow_skipping,
                allow_review=section.control.allow_review,
                max_attempts=section.control.max_attempts,
                validate=section.control.validate_responses,
            )
        )
    return tuple(version for section in made for version in section.items), tuple(made)
