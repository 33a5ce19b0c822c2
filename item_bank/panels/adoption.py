# SPDX-License-Identifier: Apache-2.0
"""Writing a panel's recommendation into a credential's draft: only by a person, only where the draft has such a threshold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.errors import Conflict, Forbidden, Invalid
from core.ids import new_id
from core.uow import ActorKind, UnitOfWork
from item_bank.panels import events
from item_bank.panels.loading import panels_of, scope_of
from item_bank.panels.model import Panel, Recommended
from item_bank.panels.queries import panel_minutes
from item_bank.panels.tables import PanelAdoptionRow, PanelRow
from item_bank.standards.model import CredentialDocument, CredentialState, CredentialVersion
from item_bank.standards.operations import save_credential_draft
from item_bank.standards.queries import credential_json, credential_version, credential_versions
from item_bank.tenancy import require_owner
from scoring.api import Level, MarkError, Scope


def concluded_panel(uow: UnitOfWork, panel_id: str) -> Panel:
    """A concluded panel for its owner or for who owns the credential; NotFound(``panel_unknown``)."""
    panel_minutes(uow, panel_id)  # refuses whoever may not read it
    return panels_of(uow, [uow.db.get_one(PanelRow, panel_id)])[0]


def adoptable_drafts(uow: UnitOfWork, found: Panel) -> list[CredentialVersion]:
    """The drafts of the actor's organisation that carry the code of the panel's credential."""
    code = credential_version(uow, found.credential_version_id).document.code
    return [
        one
        for one in credential_versions(uow, state=CredentialState.DRAFT)
        if one.owner_id == uow.actor.organisation_id and one.document.code == code
    ]


def adopt_recommendation(
    uow: UnitOfWork, panel_id: str, *, draft_id: str, scopes: Collection[Scope]
) -> CredentialVersion:
    """Put recommended shares (of ``scopes``) in the place of the draft's thresholds; who did it and what changed is recorded.

    Forbidden(``person_needed``), NotFound(``panel_unknown`` | ``credential_unknown``), Invalid(``panel_nothing`` |
    ``panel_scope``), Conflict(``panel_other_credential`` | ``panel_threshold_absent`` where the draft has no such
    threshold, and as `save_credential_draft`).
    """
    if uow.actor.kind is not ActorKind.PERSON:
        raise Forbidden("person_needed")
    found = concluded_panel(uow, panel_id)
    draft = credential_version(uow, draft_id)
    require_owner(uow, draft.owner_id, code="credential_unknown")
    if credential_version(uow, found.credential_version_id).document.code != draft.document.code:
        raise Conflict("panel_other_credential")
    chosen = _chosen(found, scopes)
    document = credential_json(uow, draft_id)
    changes = [_write(document, draft.document, one) for one in chosen]
    after = save_credential_draft(uow, draft_id, document=document, replaces=draft.sha256)
    uow.db.add(
        PanelAdoptionRow(
            id=new_id(),
            panel_id=found.id,
            credential_version_id=draft_id,
            adopted_by=uow.actor.id,
            changes=changes,
            sha256_before=draft.sha256,
            sha256=after.sha256,
            at=uow.now,
        )
    )
    uow.db.flush()
    uow.emit(
        events.RecommendationAdopted(
            organisation_id=draft.owner_id,
            subject_id=found.id,
            credential_version_id=draft_id,
            scopes=len(changes),
            sha256=after.sha256,
        )
    )
    return after


def thresholds(document: Mapping[str, Any], credential: CredentialDocument, scope: Scope) -> list[str]:
    """The shares that a document's JSON asks of a scope over all components: in its rule, and beside its PC or element."""
    bars = _bars(document, credential, scope)
    return [str(bar["at_least"]) for bar in bars] + [
        str(part["threshold"]) for part in _parts(document, scope) if part.get("threshold") is not None
    ]


def _chosen(found: Panel, scopes: Collection[Scope]) -> list[Recommended]:
    known = {one.scope: one for one in found.recommended}
    if not scopes:
        raise Invalid("panel_nothing")
    for scope in scopes:
        if scope not in known:
            raise Invalid("panel_scope", scope=scope.label)
    return [known[scope] for scope in known if scope in scopes]


def _write(document: dict[str, Any], credential: CredentialDocument, one: Recommended) -> dict[str, Any]:
    """Change the JSON in its place; returns what was there and what is there now."""
    before = thresholds(document, credential, one.scope)
    share = str(one.share)
    bars = _bars(document, credential, one.scope)
    held = [part for part in _parts(document, one.scope) if part.get("threshold") is not None]
    if not bars and not held:
        raise Conflict("panel_threshold_absent", scope=one.scope.label)
    for bar in bars:
        bar["at_least"] = share
    for part in held:
        part["threshold"] = share
    return {"scope": one.scope.to_document(), "before": before, "after": share}


def _bars(document: Mapping[str, Any], credential: CredentialDocument, scope: Scope) -> list[dict[str, Any]]:
    """The share and critical nodes of the rule's JSON on a scope over all components, wherever they stand."""
    return [bar for bar in _walk(document.get("rule")) if _same(bar, credential, scope)]


def _walk(node: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if isinstance(node, dict):
        for kind, body in node.items():
            if kind in ("share", "critical") and isinstance(body, dict):
                found.append(body)
            else:
                found += _walk(body)
    elif isinstance(node, list):
        for part in node:
            found += _walk(part)
    return found


def _same(bar: Mapping[str, Any], credential: CredentialDocument, scope: Scope) -> bool:
    if bar.get("component", "all") != "all":
        return False
    stated = bar.get("scope", bar)
    if "item" in stated:
        return False
    try:
        return credential.marks.resolve(scope_of(dict(stated))) == credential.marks.resolve(scope)
    except MarkError:
        return False


def _parts(document: Mapping[str, Any], scope: Scope) -> list[dict[str, Any]]:
    """The PC or element of the JSON that a scope names."""
    found: list[dict[str, Any]] = []
    for nos in document.get("nos", ()):
        if scope.nos not in (None, nos.get("code")):
            continue
        elements = nos.get("elements", [])
        if scope.level is Level.ELEMENT:
            found += [one for one in elements if one.get("id") == scope.name]
        if scope.level is Level.PC:
            own = [*nos.get("pcs", []), *(pc for one in elements for pc in one.get("pcs", []))]
            found += [pc for pc in own if isinstance(pc, dict) and pc.get("id") == scope.name]
    return found
