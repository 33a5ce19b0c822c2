# SPDX-License-Identifier: Apache-2.0
"""From the stored attempts of a batch to arrays. No statistic is computed here.

Only what was handed in under an entry that stands is read; items count by the same rules as in results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import numpy as np

from assessor.analyses import logs
from assessor.analyses.data import BatchData, Person, cell_name
from assessor.analyses.grid import AttemptLog, Grid
from assessor.analyses.item_facts import known_items
from assessor.analyses.logs import Answered, Away, Moved, Sat, Standing
from assessor.analyses.model import Progress
from assessor.analyses.queries import batch_standing, labels_of
from assessor.forms import queries as forms
from assessor.forms.model import FormContent
from assessor.marking.answers import hand_marks
from assessor.results.correction_model import ItemRule
from assessor.results.gathering import counting_corrections, rules_of
from assessor.scheduling.candidates import Gender
from assessor.scheduling.queries import batch
from core.uow import UnitOfWork
from item_bank.api import credential_version, scoring_view
from scoring.api import Cell, Scoring

One = TypeVar("One", Answered, Moved, Away)
STAGE: Final = "gathering"


def gather_batch(
    uow: UnitOfWork,
    batch_id: str,
    *,
    organisation_id: str,
    devices: Mapping[str, str] | None = None,
    progress: Progress = lambda _share, _stage: None,
) -> BatchData:
    """The handed-in attempts of an agency's batch as arrays; `devices` has the class of device by entry, where it is known.

    An item that a correction dropped is left out. One with parts that wait for a person's marks is NaN for that person, and so
    is one of an adaptive section that did not have to be asked. Raises NotFound `batch_unknown`; Conflict `form_altered`,
    `item_altered`, `result_not_computable` (facts cause).
    """
    progress(0.0, STAGE)
    found = batch(uow, batch_id, organisation_id=organisation_id)
    definition = forms.assessment(uow, found.assessment_id, organisation_id=organisation_id)
    credential = credential_version(uow, definition.credential_version_id)
    sat = logs.sat_in(uow, batch_id)
    contents = {
        form_id: forms.unaltered_form(uow, form_id).content
        for form_id in dict.fromkeys(one.form_id for one in sat)
    }
    items = {item.version_id: item for content in contents.values() for item in content.items}
    scoring = scoring_view(uow, {version_id: item.sha256 for version_id, item in items.items()})
    rules, corrections = _rules(uow, scoring)
    known = known_items(uow, items, rules, pcs=[pc.id for pc in credential.document.pcs])
    progress(0.2, STAGE)
    standing = batch_standing(uow, batch_id)
    grid = Grid.of(sat, known, contents, scoring=scoring)
    sealed = {form_id: content.sha256 for form_id, content in contents.items()}
    grid.hash([batch_id, standing.closed, credential.sha256, sealed, corrections])
    _fill(uow, grid, sat, batch_id=batch_id, contents=contents, progress=progress)
    results = logs.results_in(uow, batch_id)
    labels = labels_of(uow, batch_id)
    names = _Names()
    persons = tuple(
        _person(one, labels[one.entry_id], results.get(one.entry_id), devices or {}, names=names)
        for one in sat
    )
    for one, person in zip(sat, persons, strict=True):
        result = results.get(one.entry_id)
        grid.hash([person.entry_id, dict(person.groups), None if result is None else result.sha256])
    progress(1.0, STAGE)
    return BatchData(
        batch_id=batch_id,
        name=found.name,
        closed=standing.closed,
        credential=credential.document,
        persons=persons,
        items=tuple(one.facts for one in known),
        marks=grid.marks,
        answered=grid.answered,
        choices=np.array(grid.choices, dtype=np.str_).reshape(grid.marks.shape),
        seconds=grid.seconds,
        changes=tuple(grid.changes),
        sha256="sha256:" + grid.digest.hexdigest(),
    )


def _rules(uow: UnitOfWork, scoring: Mapping[str, Scoring]) -> tuple[dict[str, ItemRule], list[str]]:
    """What each item counts by today, and the hashes of the corrections that make it so."""
    corrections = counting_corrections(uow, scoring)
    rules = {version_id: ItemRule((one,)) for version_id, one in scoring.items()}
    return rules | rules_of(uow, scoring, corrections), [one.sha256 for one in corrections]


def _person(
    sat: Sat,
    label: str,
    result: Standing | None,
    devices: Mapping[str, str],
    *,
    names: _Names,
) -> Person:
    return Person(
        entry_id=sat.entry_id,
        candidate_id=sat.candidate_id,
        label=label,
        form_id=sat.form_id,
        sitting_id=sat.sitting_id,
        passed=None if result is None else result.passed,
        groups={
            "language": sat.language,
            "gender": "" if sat.gender == Gender.NOT_SAID else sat.gender,
            "centre": sat.place,
            "device": devices.get(sat.entry_id, ""),
        },
        cells={} if result is None else {names.of(line): line["awarded"] for line in result.marks},
        started_at=sat.started_at,
    )


class _Names:
    """The names of cells by what the lines of results say of them; thousands of results have the same ones."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, ...], str] = {}

    def of(self, line: Mapping[str, Any]) -> str:
        """The name of the cell that a line is about."""
        said = line["nos"], line["component"], line["element"], line["pc"], line.get("item")
        name = self._known.get(said)
        if name is None:
            nos, component, element, pc, item = said
            cell = Cell(nos=nos, component=component, element=element, pc=pc, item=item)
            name = self._known[said] = cell_name(cell)
        return name


def _fill(
    uow: UnitOfWork,
    grid: Grid,
    sat: Sequence[Sat],
    *,
    batch_id: str,
    contents: Mapping[str, FormContent],
    progress: Progress,
) -> None:
    """Every attempt's row, from one query for each kind of row."""
    hands = logs.hand_marks_in(uow, batch_id)
    answers, moves = _by_attempt(logs.answers_in(uow, batch_id)), _by_attempt(logs.moves_in(uow, batch_id))
    pauses, outages = _by_attempt(logs.pauses_in(uow, batch_id)), _by_attempt(logs.outages_in(uow, batch_id))
    for row, one in enumerate(sat):
        if row % 100 == 0:
            progress(0.5 + 0.5 * row / len(sat), STAGE)
        log = AttemptLog(
            sat=one,
            answers=answers.get(one.attempt_id, ()),
            moves=moves.get(one.attempt_id, ()),
            pauses=pauses.get(one.attempt_id, ()),
            outages=outages.get(one.attempt_id, ()),
            hands=hand_marks(contents[one.form_id], hands[one.entry_id]) if one.entry_id in hands else {},
        )
        grid.take(row, log)


def _by_attempt(rows: Iterable[One]) -> dict[str, list[One]]:
    found: dict[str, list[One]] = {}
    for row in rows:
        found.setdefault(row.attempt_id, []).append(row)
    return found
