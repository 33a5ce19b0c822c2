# SPDX-License-Identifier: Apache-2.0
"""What a learner is shown of a form: an allow-list under the attempt's own names. No key is read here."""

from __future__ import annotations

from dataclasses import dataclass

from assessor.attempts.model import require_running, time_left_ms
from assessor.attempts.names import names_of
from assessor.attempts.queries import load_attempt, refs_of
from assessor.attempts.tables import AttemptRow
from assessor.forms import queries as forms
from assessor.forms.sections import FormSection, Navigation
from core.uow import UnitOfWork
from item_bank.api import CandidateItem, MediaFile, media_file, pinned_contents, project


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSection:
    """A section as its learner may know it: a `FormSection` under the attempt's names, without what ends a PC."""

    id: str
    title: tuple[tuple[str, str], ...]
    items: tuple[str, ...]
    seconds: int | None
    navigation: Navigation
    allow_skipping: bool
    allow_review: bool
    max_attempts: int
    validate: bool
    adaptive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePaper:
    """What a learner is shown: the items under this attempt's own names, in which sections, and the time."""

    attempt_id: str
    remaining_ms: int
    items: tuple[CandidateItem, ...]
    sections: tuple[PaperSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What a learner may know of the paper before the start: how long it is. `refs` names its items, in order."""

    questions: int
    limit_seconds: int
    refs: tuple[str, ...]


def candidate_paper(uow: UnitOfWork, attempt_id: str, *, media_base: str = "media:") -> CandidatePaper:
    """The paper of a running attempt, without keys; the addresses of its media begin with `media_base`.

    Raises NotFound `attempt_unknown`; Conflict `attempt_not_started`, `attempt_closed`, `form_altered`.
    """
    row = load_attempt(uow, attempt_id)
    require_running(row.to_model())
    return paper_of(uow, row, media_base=media_base)


def paper_of(uow: UnitOfWork, row: AttemptRow, *, media_base: str) -> CandidatePaper:
    """The paper of an attempt in whatever state, for who has looked at that; raises Conflict `form_altered`."""
    form = forms.unaltered_form(uow, row.form_id)
    names = refs_of(uow, row)
    contents = pinned_contents(uow, {item.version_id: item.sha256 for item in form.content.items})
    return CandidatePaper(
        attempt_id=row.id,
        remaining_ms=time_left_ms(row.to_model(), now=uow.now),
        items=tuple(
            project(
                contents[item.version_id],
                version_id=item.version_id,
                opaque=names.opaque,
                media_base=media_base,
            )
            for item in form.content.items
        ),
        sections=tuple(
            paper_section(section, tuple(map(names.of_item, section.items)))
            for section in form.content.sections
        ),
    )


def paper_section(section: FormSection, items: tuple[str, ...]) -> PaperSection:
    """A section with the names that its learner's browser knows its items by."""
    return PaperSection(
        id=section.id,
        title=section.title,
        items=items,
        seconds=section.seconds,
        navigation=section.navigation,
        allow_skipping=section.allow_skipping,
        allow_review=section.allow_review,
        max_attempts=section.max_attempts,
        validate=section.validate,
        adaptive=section.adaptive,
    )


def paper_media(uow: UnitOfWork, attempt_id: str, ref: str) -> MediaFile:
    """A picture, sound or film of a running attempt's paper, by the attempt's own name for it.

    Raises NotFound `attempt_unknown`, `media_unknown`; Conflict `attempt_not_started`, `attempt_closed`.
    """
    row = load_attempt(uow, attempt_id)
    require_running(row.to_model())
    media = refs_of(uow, row).media(ref)
    return media_file(uow, media.sha256, owner_id=row.agency_id)


def paper_facts(uow: UnitOfWork, attempt_id: str) -> PaperFacts:
    """The length of an attempt's paper; raises NotFound `attempt_unknown`."""
    names = names_of(uow.db.connection(), attempt_id).refs
    return PaperFacts(
        questions=len(names.content.items),
        limit_seconds=names.content.limit_seconds,
        refs=tuple(names.of_item(item.version_id) for item in names.content.items),
    )
