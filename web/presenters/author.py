# SPDX-License-Identifier: Apache-2.0
"""What the author's and reviewer's pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from web.presenters.common import bilingual
from web.words import _

PAPERS = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of items is narrowed to, as it stands in the address; empty = everything. ``page`` counts from 1."""

    nos: str = ""
    pc: str = ""
    state: str = ""
    type: str = ""
    difficulty: str = ""
    language: str = ""
    q: str = ""
    page: str = ""
    practice: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        words = (self.nos, self.pc, self.state, self.type, self.difficulty, self.language, self.practice)
        return any(words) or bool(self.q.strip())

    @property
    def number(self) -> int:
        """The page that is asked for; anything that is no number is the first."""
        return page_asked(self.page)

    def bank_filter(self, credentials: Sequence[bank.CredentialVersion]) -> bank.BankFilter | None:
        """The same for the bank; None where a word of the address means nothing, so that no item fits."""
        try:
            return bank.BankFilter(
                pcs=self._pcs(credentials),
                state=bank.ItemState(self.state) if self.state else None,
                interaction=bank.Interaction(self.type) if self.type else None,
                difficulty=bank.Difficulty(self.difficulty) if self.difficulty else None,
                language=self.language,
                words=self.q,
                practice={"yes": True, "no": False}[self.practice] if self.practice else None,
            )
        except (ValueError, KeyError):
            return None

    def _pcs(self, credentials: Sequence[bank.CredentialVersion]) -> tuple[str, ...]:
        if self.pc:
            return (self.pc,)
        if not self.nos:
            return ()
        every = [nos for credential in credentials for nos in credential.document.nos if nos.code == self.nos]
        if not every:
            raise ValueError(self.nos)
        return tuple(dict.fromkeys(pc.id for nos in every for pc in nos.pcs))

    def address(self, **changes: object) -> dict[str, object]:
        """The parts of the address of this list with changes; empty ones are left out."""
        return {
            name: value
            for name, value in {**asdict(self), **changes}.items()
            if value not in ("", None, False)
        }


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a page stands in a long list."""

    number: int
    pages: int
    total: int
    first: int
    last: int


def page_asked(text: str) -> int:
    """The page that is asked for; anything that is no number is the first."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def pager(total: int, *, number: int, size: int = bank.PAGE) -> Pager:
    """The page ``number`` of a list, or the last one where there are fewer."""
    pages = max(1, -(-total // size))
    number = min(number, pages)
    return Pager(number, pages, total, (number - 1) * size + 1 if total else 0, min(number * size, total))


def item_rows(
    versions: Iterable[bank.ItemVersion], *, actor: Actor, practised: Mapping[str, bool]
) -> list[dict[str, Any]]:
    """The bank as a list. ``practised``: the items of the practice pool, False for those that were in it."""
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
            "stem": {
                body.language: plain_stem(body, rich=version.content.is_rich)
                for body in version.content.bodies
            },
            "languages": list(version.content.languages),
            "updated_at": version.created_at,
            "own": version.author_id == actor.id,
            "practised": practised.get(version.item_id),
        }
        for version in versions
    ]


def counts_by_pc(counts: Iterable[bank.BankCount], pcs: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many items of each state a PC has; a PC without any is there, with zeros."""
    counted = Counter({(count.pc, count.state): count.items for count in counts})
    return {pc: {state.value: counted[pc, state] for state in bank.ItemState} for pc in pcs}


def plain_stem(body: bank.Body, *, rich: bool) -> str:
    """The question in plain words, for a list."""
    return bank.plain_text(body.stem) if rich else body.stem


def bank_overview(
    credentials: Sequence[bank.CredentialVersion], counts: Sequence[bank.BankCount]
) -> dict[str, Any]:
    """What the bank holds for each PC, what it needs, and the NOS and PCs to filter by.

    A bank may stand for a qualification pack with hundreds of PCs: only those with items or with a need are listed.
    """
    held = {count.pc for count in counts}
    shown = [one for one in credentials if any(pc.id in held for pc in one.document.pcs)] or list(credentials)
    nos = {standard.code: bilingual(standard.title) for one in shown for standard in one.document.nos}
    pcs = sorted({pc.id for one in shown for pc in one.document.pcs} | held)
    return {
        "pcs": pcs,
        "nos": nos,
        "counts": counts_by_pc(counts, pcs),
        "pc_titles": pc_titles(shown),
        "needed": needed_per_pc(shown),
        "credential_title": bilingual(shown[0].document.title) if len(shown) == 1 else None,
    }


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
        "key_lines": key_lines(document),
        "marks": _number(document.content.marks),
        "normalise": [step.value for step in document.key.normalise],
        "comments": [
            {"at": entry.at, "by": names.get(entry.actor_id, "–"), "text": entry.comment}
            for entry in history
            if entry.comment
        ],
    }


def key_lines(document: bank.ItemDocument) -> list[dict[str, Any]]:
    """The key of each part of a rich item in words: what is right, and how marks are given. A simple item has none."""
    return [_key_line(document, part) for part in document.content.parts]


def _key_line(document: bank.ItemDocument, part: bank.InteractionPart) -> dict[str, Any]:
    key, body = document.key.part(part.id), document.content.bodies[0]

    def named(value: str) -> str:
        texts = [bank.plain_text(body.text(f"{part.id}.{name}")) or name for name in value.split(" ")]
        known = {choice.id for choice in (*part.choices, *part.targets)}
        return " – ".join(texts) if known.issuperset(value.split(" ")) else value

    facts: list[str] = []
    if document.key.program is not None:
        facts.append(_("Scored by the rules that were imported with it."))
    if part.kind.by_hand:
        facts.append(_("A person marks it."))
    if key is not None:
        facts += [
            _("%(answer)s: %(marks)s", answer=named(value), marks=_number(marks))
            for value, marks in _mapped(key)
        ]
        facts += [text for _language, text in key.guide]
        if key.tolerance is not None:
            facts.append(
                _(
                    "From %(below)s below to %(above)s above counts.",
                    below=key.tolerance.below,
                    above=key.tolerance.above,
                )
            )
    return {
        "part": part.id,
        "label": _("Right"),
        "correct": [named(value) for value in key.correct] if key else [],
        "facts": facts,
    }


def _mapped(key: bank.PartKey) -> Sequence[tuple[str, Fraction]]:
    return key.mapping.entries if key.mapping else ()


def _number(value: Fraction) -> object:
    return int(value) if value.denominator == 1 else float(value)


def allowed_steps(version: bank.ItemVersion, *, actor: Actor) -> dict[str, bool]:
    """Which buttons this person gets; the operations check again."""
    draft, in_review = version.state is bank.ItemState.DRAFT, version.state is bank.ItemState.IN_REVIEW
    own = actor.id in (version.author_id, version.submitted_by)
    author, reviewer = Role.AUTHOR in actor.roles, Role.REVIEWER in actor.roles
    return {
        "edit": author,
        "submit": draft and author,
        "approve": in_review and reviewer and not own,
        "reject": in_review and reviewer and not own,
        "withdraw": version.state is not bank.ItemState.WITHDRAWN and (reviewer or (author and own)),
    }
