# SPDX-License-Identifier: Apache-2.0
"""What the author's and reviewer's pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from web.presenters.common import bilingual

PAPERS = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of items is narrowed to; empty = everything."""

    pc: str = ""
    state: str = ""
    type: str = ""
    difficulty: str = ""
    q: str = ""

    def admits(self, version: bank.ItemVersion) -> bool:
        """Whether a version is shown."""
        content = version.content
        exact = (
            (self.pc, content.pc),
            (self.state, version.state.value),
            (self.type, content.interaction.value),
            (self.difficulty, content.difficulty.value),
        )
        if any(wanted and wanted != found for wanted, found in exact):
            return False
        words = self.q.casefold().split()
        text = " ".join([version.external_id, *(body.stem for body in content.bodies)]).casefold()
        return all(word in text for word in words)


def item_rows(versions: Iterable[bank.ItemVersion], *, actor: Actor) -> list[dict[str, Any]]:
    """The bank as a list."""
    return [
        {
            "id": version.id,
            "external_id": version.external_id,
            "pc": version.content.pc,
            "type": version.content.interaction.value,
            "difficulty": version.content.difficulty.value,
            "state": version.state.value,
            "version": version.number,
            "seconds": version.content.seconds,
            "stem": {body.language: body.stem for body in version.content.bodies},
            "languages": list(version.content.languages),
            "updated_at": version.created_at,
            "own": version.author_id == actor.id,
        }
        for version in versions
    ]


def counts_by_pc(versions: Iterable[bank.ItemVersion], pcs: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many items of each state a PC has; a PC without any is there, with zeros."""
    counted = Counter((version.content.pc, version.state.value) for version in versions)
    return {pc: {state.value: counted[pc, state.value] for state in bank.ItemState} for pc in pcs}


def pc_titles(credentials: Sequence[bank.CredentialVersion]) -> dict[str, dict[str, str]]:
    """The titles of the PCs that the bank is for."""
    return {pc.id: bilingual(pc.title) for credential in credentials for pc in credential.document.pcs}


def needed_per_pc(credentials: Sequence[bank.CredentialVersion]) -> int | None:
    """How many live items each PC should have: three papers' worth (domain, section 4); None where PCs differ."""
    wanted = {pc.marks_in("theory") for credential in credentials for pc in credential.document.pcs}
    return int(PAPERS * wanted.pop()) if len(wanted) == 1 else None


def item_page(
    document: bank.ItemDocument,
    version: bank.ItemVersion,
    *,
    credential: bank.CredentialDocument,
    history: Sequence[bank.ReviewEntry],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """One version with its scoring view."""
    rationales = dict(document.key.rationale.by_language) if document.key.rationale else {}
    pc = credential.pc(version.content.pc)
    approved = [entry for entry in history if entry.step.value == "approved"]
    return {
        "id": version.id,
        "external_id": version.external_id,
        "pc": version.content.pc,
        "pc_title": bilingual(pc.title if pc else None),
        "type": version.content.interaction.value,
        "difficulty": version.content.difficulty.value,
        "state": version.state.value,
        "version": version.number,
        "seconds": version.content.seconds,
        "shuffle": version.content.shuffle,
        "digest": version.content_hash,
        "author_name": names.get(version.author_id, "–"),
        "reviewer_name": names.get(approved[-1].actor_id) if approved else None,
        "bodies": {
            body.language: {
                "stem": body.stem,
                "options": [asdict(option) for option in body.options],
                "rationale": rationales.get(body.language, ""),
            }
            for body in version.content.bodies
        },
        "key": list(document.key.correct),
        "normalise": [step.value for step in document.key.normalise],
        "comments": [
            {"at": entry.at, "by": names.get(entry.actor_id, "–"), "text": entry.comment}
            for entry in history
            if entry.comment
        ],
    }


def allowed_steps(version: bank.ItemVersion, *, actor: Actor) -> dict[str, bool]:
    """Which buttons this person gets; the operations check again."""
    draft, in_review = version.state is bank.ItemState.DRAFT, version.state is bank.ItemState.IN_REVIEW
    own = actor.id in (version.author_id, version.submitted_by)
    author, reviewer = Role.AUTHOR in actor.roles, Role.REVIEWER in actor.roles
    return {
        "submit": draft and author,
        "approve": in_review and reviewer and not own,
        "reject": in_review and reviewer and not own,
        "withdraw": version.state is not bank.ItemState.WITHDRAWN and (reviewer or (author and own)),
    }
