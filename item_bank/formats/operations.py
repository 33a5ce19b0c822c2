# SPDX-License-Identifier: Apache-2.0
"""The import: hold a read file against its credential, then store all of it, the good part of it, or nothing."""

from __future__ import annotations

from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.document import Problem
from item_bank.formats.model import ImportMode, ImportReport, ParsedFile, ReadItem, Refusal, SelfTest
from item_bank.items.events import ItemsImported
from item_bank.items.model import ItemDocument
from item_bank.items.operations import plan_storage, store_plan
from item_bank.items.parsing import reaches_maximum
from item_bank.standards.model import CredentialDocument, CredentialState
from item_bank.standards.queries import credential_version, engagement_between
from item_bank.tenancy import require_owner


def import_items(
    uow: UnitOfWork, *, owner_id: str, credential_version_id: str, parsed: ParsedFile, mode: ImportMode
) -> ImportReport:
    """Bring items into an agency's bank as drafts; a dry run works in a read-only unit too.

    Refused items are in the report, never half in the bank. What the newest version of an item holds already is unchanged.
    NotFound(``organisation_unknown`` | ``credential_unknown``), Conflict(``credential_state`` | ``no_engagement``).
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    credential = credential_version(uow, credential_version_id)
    if credential.state is not CredentialState.LIVE:
        raise Conflict("credential_state", state=credential.state.value, command="import")
    if engagement_between(uow, agency_id=owner_id, credential_version_id=credential_version_id) is None:
        raise Conflict("no_engagement")
    good: list[ItemDocument] = []
    refused: list[Refusal] = []
    not_reached: list[str] = []
    for item in parsed.items:
        more = credential_problems(item, credential.document)
        if not item.problems and not reaches_maximum(item.document):
            not_reached.append(item.document.external_id)
            more.append(
                Problem(("key",), "self_test", "the declared correct answer does not score the maximum")
            )
        if item.problems or more:
            refused += item.refusals(*more)
        else:
            good.append(item.document)
    plan = plan_storage(uow, good, owner_id=owner_id, credential_version_id=credential_version_id)
    stopped = mode is ImportMode.ALL_OR_NOTHING and bool(refused)
    writes = mode is not ImportMode.DRY_RUN and not stopped and plan.writes > 0
    if writes:
        store_plan(uow, plan, owner_id=owner_id, credential_version_id=credential_version_id)
        uow.emit(
            ItemsImported(
                organisation_id=owner_id,
                subject_id=credential_version_id,
                format=parsed.format,
                new_items=len(plan.new),
                new_versions=len(plan.changed),
                unchanged=len(plan.unchanged),
                refused=len(parsed.items) - len(good),
            )
        )
    reached = sum(not item.problems for item in parsed.items) - len(not_reached)
    return ImportReport(
        format=parsed.format,
        mode=mode,
        read=len(parsed.items),
        imported=0 if stopped else plan.writes,
        unchanged=len(plan.unchanged),
        refused_items=len(parsed.items) - len(good),
        refused=tuple(refused),
        losses=parsed.losses,
        self_test=SelfTest(reached, tuple(not_reached)),
        written=writes,
    )


def credential_problems(item: ReadItem, credential: CredentialDocument) -> list[Problem]:
    """What is wrong with an item only because of the credential that it is for."""
    found: list[Problem] = []
    content = item.document.content
    if content.pc and credential.pc(content.pc) is None:
        known = ", ".join(pc.id for pc in credential.pcs)
        found.append(
            Problem(("pc",), "unknown_pc", f"the credential has no PC {content.pc!r}; it has {known}")
        )
    if content.bodies:
        found += [
            Problem(
                (language,),
                "language_missing",
                f"the text in {language!r} is missing; the credential needs it",
            )
            for language in credential.languages
            if language not in content.languages
        ]
    return found
