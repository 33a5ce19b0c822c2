# SPDX-License-Identifier: Apache-2.0
"""Reads of assessment definitions and forms; rows stay inside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Text, bindparam, cast, select

from assessor.forms.model import FormContent, FormState, changes, parse_content, require_unchanged
from assessor.forms.tables import AssessmentRow, FormRow
from core.errors import Conflict, NotFound
from core.kept import Kept
from core.prepared import Prepared
from core.uow import UnitOfWork
from item_bank.api import BankItem, content_hashes, item_versions, same_item

# Built once, and the document as it is stored: what was parsed from the same text before is taken again.
_FORM = Prepared(
    select(
        FormRow.id,
        FormRow.assessment_id,
        FormRow.state,
        FormRow.sha256,
        FormRow.sealed_at,
        cast(FormRow.document, Text).label("text"),
    ).where(FormRow.id == bindparam("form_id"))
)
_facts: Kept[str, FormFacts] = Kept(5_000)
"""By form: what a form holds never changes, from its draft on."""
_credentials: Kept[tuple[str, str], str] = Kept(5_000)
"""By assessment and its agency: a definition never changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An assessment definition."""

    id: str
    agency_id: str
    credential_version_id: str
    blueprint_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFacts:
    """How long a form is; `adaptive`: perhaps not all of it is asked."""

    questions: int
    limit_seconds: int
    adaptive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form with its content; `sha256` and `sealed_at` are None while it is a draft."""

    id: str
    assessment_id: str
    state: FormState
    content: FormContent
    sha256: str | None
    sealed_at: datetime | None


def assessment(uow: UnitOfWork, assessment_id: str, *, organisation_id: str) -> Assessment:
    """One definition of an agency; raises NotFound `assessment_unknown`."""
    row = uow.db.get(AssessmentRow, assessment_id)
    if row is None or row.agency_id != organisation_id:
        raise NotFound("assessment_unknown")
    return assessment_of(row)


def credential_of_assessment(uow: UnitOfWork, assessment_id: str, *, organisation_id: str) -> str:
    """The id of the credential version that a definition of an agency is for; raises NotFound `assessment_unknown`."""
    known = _credentials.get((assessment_id, organisation_id))
    if known is not None:
        return known
    found = assessment(uow, assessment_id, organisation_id=organisation_id)
    return _credentials.put((assessment_id, organisation_id), found.credential_version_id)


def assessments(uow: UnitOfWork, *, organisation_id: str) -> list[Assessment]:
    """An agency's definitions, newest first."""
    query = select(AssessmentRow).where(AssessmentRow.agency_id == organisation_id)
    return [assessment_of(row) for row in uow.db.scalars(query.order_by(AssessmentRow.id.desc()))]


def form(uow: UnitOfWork, form_id: str) -> Form:
    """One form; raises NotFound `form_unknown`. Callers have established whose it is."""
    row = uow.db.get(FormRow, form_id)
    if row is None:
        raise NotFound("form_unknown")
    return form_of(row)


def form_changes(uow: UnitOfWork, form_id: str) -> tuple[str, ...]:
    """What differs today from what was sealed, as `changes` names it; empty for a sound form.

    Raises NotFound `form_unknown`; Conflict `form_state` for a form that was never sealed, `form_altered` for one
    whose document cannot be read any more.
    """
    return _changes(uow, form(uow, form_id))


def unaltered_form(uow: UnitOfWork, form_id: str) -> Form:
    """A form that is exactly what was sealed; raises as `form_changes`, and Conflict `form_altered`."""
    uow.db.flush()
    row = _FORM.one_or_none(uow.db.connection(), {"form_id": form_id})
    if row is None:
        raise NotFound("form_unknown")
    found = Form(
        id=row.id,
        assessment_id=row.assessment_id,
        state=row.state,
        content=_content(row.text, row.id),
        sha256=row.sha256,
        sealed_at=row.sealed_at,
    )
    require_unchanged(form_id, _changes(uow, found))
    return found


def forms(uow: UnitOfWork, assessment_id: str, *, organisation_id: str) -> list[Form]:
    """The forms of an agency's assessment, in the order in which they were assembled."""
    assessment(uow, assessment_id, organisation_id=organisation_id)
    query = select(FormRow).where(FormRow.assessment_id == assessment_id).order_by(FormRow.id)
    return [form_of(row) for row in uow.db.scalars(query)]


def _changes(uow: UnitOfWork, sealed: Form) -> tuple[str, ...]:
    if sealed.sha256 is None:
        raise Conflict("form_state", state=sealed.state.value)
    hashes = content_hashes(uow, [item.version_id for item in sealed.content.items])
    return changes(sealed.sha256, sealed.content, hashes=hashes)


def exposure(uow: UnitOfWork, *, organisation_id: str, credential_version_id: str) -> dict[str, int]:
    """In how many of an agency's forms for a credential each item version stands."""
    query = (
        select(FormRow)
        .join(AssessmentRow, AssessmentRow.id == FormRow.assessment_id)
        .where(
            AssessmentRow.agency_id == organisation_id,
            AssessmentRow.credential_version_id == credential_version_id,
        )
    )
    return Counter(item.version_id for row in uow.db.scalars(query) for item in form_of(row).content.items)


def sealed_use(
    uow: UnitOfWork,
    *,
    organisation_id: str,
    credential_version_id: str,
    bank: Sequence[BankItem] = (),
) -> dict[str, int]:
    """In how many forms that were ever sealed each item stands, whatever its version; ``bank`` saves looking versions up."""
    query = (
        select(FormRow)
        .join(AssessmentRow, AssessmentRow.id == FormRow.assessment_id)
        .where(
            AssessmentRow.agency_id == organisation_id,
            AssessmentRow.credential_version_id == credential_version_id,
            FormRow.sealed_at.is_not(None),
        )
    )
    forms = [form_of(row).content.items for row in uow.db.scalars(query)]
    names = _item_ids(uow, {item.version_id for items in forms for item in items}, bank=bank)
    return dict(Counter(names[item.version_id] for items in forms for item in items))


def earlier_forms(
    uow: UnitOfWork, assessment_id: str, *, bank: Sequence[BankItem] = ()
) -> list[frozenset[str]]:
    """The item ids of each form of an assessment that is not withdrawn, oldest first."""
    query = select(FormRow).where(
        FormRow.assessment_id == assessment_id, FormRow.state != FormState.WITHDRAWN
    )
    forms = [form_of(row).content.items for row in uow.db.scalars(query.order_by(FormRow.id))]
    names = _item_ids(uow, {item.version_id for items in forms for item in items}, bank=bank)
    return [frozenset(names[item.version_id] for item in items) for items in forms]


def _item_ids(uow: UnitOfWork, version_ids: AbstractSet[str], *, bank: Sequence[BankItem]) -> dict[str, str]:
    known = {item.version_id: same_item(item) for item in bank}
    rest = item_versions(uow, [version_id for version_id in version_ids if version_id not in known])
    return known | {version_id: version.item_id for version_id, version in rest.items()}


def load_form(uow: UnitOfWork, form_id: str, *, organisation_id: str) -> FormRow:
    """The row of an agency's form, for this slice; raises NotFound `form_unknown`."""
    row = uow.db.get(FormRow, form_id)
    owner = None if row is None else uow.db.get(AssessmentRow, row.assessment_id)
    if row is None or owner is None or owner.agency_id != organisation_id:
        raise NotFound("form_unknown")
    return row


def assessment_of(row: AssessmentRow) -> Assessment:
    """The definition that a row holds."""
    return Assessment(
        id=row.id,
        agency_id=row.agency_id,
        credential_version_id=row.credential_version_id,
        blueprint_id=row.blueprint_id,
        created_at=row.created_at,
    )


def form_of(row: FormRow) -> Form:
    """The form that a row holds; raises Conflict `form_altered` when its document is not one of ours."""
    return Form(
        id=row.id,
        assessment_id=row.assessment_id,
        state=row.state,
        content=_content(json.dumps(row.document, ensure_ascii=False), row.id),
        sha256=row.sha256,
        sealed_at=row.sealed_at,
    )


@lru_cache(maxsize=512)
def _content(text: str, form_id: str) -> FormContent:
    """Contents are values, so that the same text need not be parsed again; every start and every page of a test asks."""
    return parse_content(json.loads(text), form_id=form_id)


def lengths(uow: UnitOfWork, form_ids: Collection[str]) -> dict[str, int]:
    """How many items each form has."""
    return {form_id: facts.questions for form_id, facts in _all_facts(uow, form_ids).items()}


def form_facts(uow: UnitOfWork, form_id: str) -> FormFacts:
    """How long a form is; raises NotFound `form_unknown`. Callers have established whose it is."""
    facts = _all_facts(uow, [form_id]).get(form_id)
    if facts is None:
        raise NotFound("form_unknown")
    return facts


def _all_facts(uow: UnitOfWork, form_ids: Collection[str]) -> dict[str, FormFacts]:
    found = {form_id: facts for form_id in form_ids if (facts := _facts.get(form_id)) is not None}
    missing = [form_id for form_id in form_ids if form_id not in found]
    if missing:
        query = select(FormRow.id, FormRow.document).where(FormRow.id.in_(missing))
        for row in uow.db.execute(query):
            facts = FormFacts(
                questions=len(row.document["items"]),
                limit_seconds=row.document["limit_seconds"],
                adaptive=any("stops" in section for section in row.document.get("sections", ())),
            )
            found[row.id] = _facts.put(row.id, facts)
    return found
