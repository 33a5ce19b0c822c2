# SPDX-License-Identifier: Apache-2.0
"""The import: hold a read file against its credential, then store all of it, the good part of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.errors import Conflict
from core.uow import UnitOfWork
from item_bank.document import Problem
from item_bank.formats.model import (
    ImportMode,
    ImportReport,
    Loss,
    ParsedFile,
    ReadItem,
    Refusal,
    Reject,
    SelfTest,
)
from item_bank.items.events import ItemsImported
from item_bank.items.media import missing_media, store_media
from item_bank.items.model import UNASSIGNED, ItemDocument
from item_bank.items.operations import StoragePlan, plan_storage, store_plan
from item_bank.items.parts import MediaFile
from item_bank.items.self_test import reaches_maximum
from item_bank.standards.model import CredentialDocument, CredentialState
from item_bank.standards.queries import credential_version, engagement_between
from item_bank.tenancy import require_owner

Progress = Callable[[str, int, int], None]
"""Told now and then what is done of how much: (``checking`` | ``storing``, done, all)."""

_SIDE_BY_SIDE: Final = frozenset({"xlsx", "csv", "json"})
"""Formats in which one item holds all its languages, so that a language that others in the file have is missed."""
_STEP: Final = 500
_STORED_AT_ONCE: Final = 2_000


def no_progress(_stage: str, _done: int, _all: int) -> None:
    """Tell nobody."""


def import_items(
    uow: UnitOfWork,
    *,
    owner_id: str,
    credential_version_id: str,
    parsed: ParsedFile,
    mode: ImportMode,
    progress: Progress = no_progress,
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
    checked = _check(uow, parsed, credential.document, owner_id=owner_id, progress=progress)
    plan = plan_storage(uow, checked.good, owner_id=owner_id, credential_version_id=credential_version_id)
    stopped = mode is ImportMode.ALL_OR_NOTHING and bool(checked.rejects)
    writes = mode is not ImportMode.DRY_RUN and not stopped and plan.writes > 0
    if writes:
        store_media(uow, _shown(parsed, checked.good), owner_id=owner_id)
        sources = {item.document.external_id: item.source for item in parsed.items if item.source is not None}
        done = 0
        for slice_ in _slices(plan):
            store_plan(
                uow, slice_, owner_id=owner_id, credential_version_id=credential_version_id, sources=sources
            )
            done += slice_.writes
            progress("storing", done, plan.writes)
        uow.emit(
            ItemsImported(
                organisation_id=owner_id,
                subject_id=credential_version_id,
                format=parsed.format,
                new_items=len(plan.new),
                new_versions=len(plan.changed),
                unchanged=len(plan.unchanged),
                refused=len(checked.rejects),
            )
        )
    imported = 0 if stopped else plan.writes
    return _report(
        parsed, checked, mode=mode, imported=imported, unchanged=len(plan.unchanged), written=writes
    )


def check_file(parsed: ParsedFile, *, progress: Progress = no_progress) -> ImportReport:
    """What a file holds in itself, before there is a bank to bring it into: a dry run that knows no credential."""
    checked = _Checked()
    for number, item in enumerate(parsed.items, start=1):
        if refusals := _refusals(item, [], checked=checked):
            checked.rejects.append(Reject(item, tuple(refusals)))
        else:
            checked.good.append(item.document)
        if number % _STEP == 0 or number == len(parsed.items):
            progress("checking", number, len(parsed.items))
    return _report(
        parsed, checked, mode=ImportMode.DRY_RUN, imported=len(checked.good), unchanged=0, written=False
    )


def _report(
    parsed: ParsedFile, checked: _Checked, *, mode: ImportMode, imported: int, unchanged: int, written: bool
) -> ImportReport:
    reached = sum(not item.problems for item in parsed.items) - len(checked.not_reached)
    return ImportReport(
        format=parsed.format,
        mode=mode,
        read=len(parsed.items),
        imported=imported,
        unchanged=unchanged,
        refused_items=len(checked.rejects),
        refused=tuple(refusal for reject in checked.rejects for refusal in reject.refusals),
        losses=(*parsed.losses, *checked.losses),
        self_test=SelfTest(reached, tuple(checked.not_reached)),
        written=written,
        rejects=tuple(checked.rejects),
    )


@dataclass(slots=True)
class _Checked:
    """The items of a file, sorted."""

    good: list[ItemDocument] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


def _check(
    uow: UnitOfWork, parsed: ParsedFile, credential: CredentialDocument, *, owner_id: str, progress: Progress
) -> _Checked:
    brought = {file.sha256 for file in parsed.media}
    shown = {media.sha256 for item in parsed.items for media in item.document.content.media} - brought
    absent = missing_media(uow, shown, owner_id=owner_id) if shown else frozenset()
    needed = needed_languages(parsed, credential)
    checked = _Checked()
    lacking: dict[str, list[str]] = {}
    for number, item in enumerate(parsed.items, start=1):
        more = credential_problems(item, credential, needed=needed)
        more += [
            Problem(
                ("media",),
                "media_missing",
                f"the file {media.name!r} is neither in this file nor in the bank",
            )
            for media in item.document.content.media
            if media.sha256 in absent
        ]
        refusals = _refusals(item, more, checked=checked)
        if refusals:
            checked.rejects.append(Reject(item, tuple(refusals)))
        else:
            checked.good.append(item.document)
            for language in credential.languages:
                if language not in item.document.content.languages:
                    lacking.setdefault(language, []).append(item.locate(()))
        if number % _STEP == 0 or number == len(parsed.items):
            progress("checking", number, len(parsed.items))
    for language, places in lacking.items():
        shown_places = "; ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
        what = (
            f"there is no text in {language!r}: papers in that language cannot hold it until it is translated"
        )
        checked.losses.append(Loss(shown_places, what))
    return checked


def _refusals(item: ReadItem, more: list[Problem], *, checked: _Checked) -> list[Refusal]:
    """Every reason to refuse an item: what was found while reading it, ``more``, and the self-test."""
    if not item.problems and not reaches_maximum(item.document):
        checked.not_reached.append(item.document.external_id)
        more = [
            *more,
            Problem(("key",), "self_test", "the declared correct answer does not score the maximum"),
        ]
    return item.refusals(*more) if item.problems or more else []


def _slices(plan: StoragePlan) -> Iterator[StoragePlan]:
    """A plan in pieces that are written one after the other, so that a large one need not be in memory twice."""
    for start in range(0, len(plan.new), _STORED_AT_ONCE):
        yield StoragePlan(plan.new[start : start + _STORED_AT_ONCE], (), ())
    for start in range(0, len(plan.changed), _STORED_AT_ONCE):
        yield StoragePlan((), plan.changed[start : start + _STORED_AT_ONCE], ())


def _shown(parsed: ParsedFile, documents: Sequence[ItemDocument]) -> list[MediaFile]:
    """The files of an import that the stored items show."""
    wanted = {media.sha256 for document in documents for media in document.content.media}
    return [file for file in parsed.media if file.sha256 in wanted]


def needed_languages(parsed: ParsedFile, credential: CredentialDocument) -> tuple[str, ...]:
    """The languages that each item of this file must have: those of the credential, as far as the file carries them.

    A file in one language is taken as such: what it lacks is named among its losses. In formats with one language a
    question, each question is its own file in that sense.
    """
    if parsed.format not in _SIDE_BY_SIDE:
        return ()
    carried = {language for item in parsed.items for language in item.document.content.languages}
    return tuple(language for language in credential.languages if language in carried)


def credential_problems(
    item: ReadItem, credential: CredentialDocument, *, needed: Sequence[str]
) -> list[Problem]:
    """What is wrong with an item only because of the credential that it is for."""
    found: list[Problem] = []
    content = item.document.content
    named = content.pc and not any(one.path == ("pc",) or one.code == "pc_missing" for one in item.problems)
    if named and content.pc != UNASSIGNED and credential.pc(content.pc) is None:
        known = ", ".join(pc.id for pc in credential.pcs)
        reason = f"the credential has no PC {content.pc!r}; it has {known}"
        found.append(Problem(("pc",), "unknown_pc", reason))
    if content.bodies:
        missing = [language for language in needed if language not in content.languages]
        found += [
            Problem(
                (language,),
                "language_missing",
                f"the text in {language!r} is missing; the credential needs it",
            )
            for language in missing
        ]
    return found
