# SPDX-License-Identifier: Apache-2.0
"""Holds drawn forms against the thresholds of their credential and, before they are sealed, against their blueprint."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from assessor.forms.model import FormContent, FormState
from assessor.forms.queries import assessment, form_of, sealed_use
from assessor.forms.tables import FormRow
from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.api import (
    BlueprintLint,
    CredentialDocument,
    ItemVersion,
    StoredBlueprint,
    blueprint,
    credential_version,
    guess_chance,
    item_versions,
    lint_form,
    standards_of,
    waivers,
)
from scoring.api import (
    FormFault,
    Judgement,
    check_form,
    check_overlap,
    check_sections,
    check_use,
    format_mark,
    item_judgement,
)


class Support:
    """Whether a blueprint's papers support the thresholds that they are decided by, as far as nobody has recorded a reason."""

    def __init__(self, uow: UnitOfWork, stored: StoredBlueprint, credential: CredentialDocument) -> None:
        self._uow, self._stored, self._credential = uow, stored, credential
        self._waived = {pc for waiver in waivers(uow, stored.id) for pc in waiver.pcs}

    def require(self, lint: BlueprintLint) -> None:
        """Conflict `blueprint_unsound` (facts blueprint, pcs) where a PC blocks that nobody has waived."""
        blocking = [pc for pc in lint.blocking if pc not in self._waived]
        if blocking:
            raise Conflict("blueprint_unsound", blueprint=self._stored.name, pcs=blocking)

    def require_form(self, content: FormContent) -> None:
        """The same for a paper as it was drawn, with the options that its items really have."""
        versions = item_versions(self._uow, [item.version_id for item in content.items])
        judged: dict[str, list[Judgement]] = defaultdict(list)
        for item in content.items:
            guess = guess_chance(item.interaction, options=len(item.options))
            judged[item.pc].append(item_judgement(versions[item.version_id].content.marks, guess=guess))
        self.require(lint_form(self._stored.blueprint, self._credential, items=judged))


def require_sound(
    uow: UnitOfWork, content: FormContent, *, organisation_id: str, draw_id: str | None
) -> None:
    """Hold a form against its blueprint's document by code that shares nothing with what drew it.

    Conflict `form_unsound` (facts faults: codes with places).
    """
    definition = assessment(uow, content.assessment_id, organisation_id=organisation_id)
    stored = blueprint(uow, definition.blueprint_id)
    credential = credential_version(uow, definition.credential_version_id).document
    document: dict[str, Any] = stored.blueprint.to_document()
    versions = item_versions(uow, [item.version_id for item in content.items])
    items = [_facts(versions[item.version_id]) for item in content.items]
    standards = dict(standards_of(credential))
    faults = check_form(document, items, standards=standards)
    faults += check_sections(document, _section_facts(content), standards=standards)
    if document["version"] != 1:
        used = sealed_use(
            uow, organisation_id=organisation_id, credential_version_id=definition.credential_version_id
        )
        own = [item["item"] for item in items]
        faults = (*faults, *_shared_faults(uow, document, own, used=used, draw_id=draw_id))
    if faults:
        raise Conflict("form_unsound", faults=[f"{fault.code} {fault.where}" for fault in faults])


def _shared_faults(
    uow: UnitOfWork, document: dict[str, Any], own: list[str], *, used: dict[str, int], draw_id: str | None
) -> tuple[FormFault, ...]:
    """What a form breaks together with the forms that are sealed already."""
    query = select(FormRow).where(FormRow.draw_id == draw_id, FormRow.state == FormState.SEALED)
    sealed = [form_of(row).content.items for row in uow.db.scalars(query)] if draw_id else []
    names = item_versions(uow, {item.version_id for form in sealed for item in form})
    forms = [own, *[[names[item.version_id].item_id for item in form] for form in sealed]]
    return (
        *check_use([own], cap=document["exposure_cap"], used=used),
        *check_overlap(forms, cap=document["overlap"]["most"]),
    )


def _section_facts(content: FormContent) -> list[dict[str, Any]]:
    """The sections with their items' PCs, and whether their items are the form's, in the form's order."""
    pcs = {item.version_id: item.pc for item in content.items}
    held = [
        {**section.to_document(), "pcs": [pcs.get(version_id) for version_id in section.items]}
        for section in content.sections
    ]
    listed = [version_id for section in content.sections for version_id in section.items]
    whole = listed == [item.version_id for item in content.items]
    return held if whole or not held else [{**held[0], "id": None}, *held[1:]]


def _facts(version: ItemVersion) -> dict[str, Any]:
    content = version.content
    return {
        "version": version.id,
        "item": version.item_id,
        "pc": content.pc,
        "seconds": content.seconds,
        "difficulty": content.difficulty.value,
        "marks": format_mark(content.marks),
        "languages": content.languages,
        "type": content.interaction.value,
        "tags": content.tags,
    }
