# SPDX-License-Identifier: Apache-2.0
"""The report on diagnosis: which PCs persons master by a DINA model, whether the answers can tell, and items on the wrong PC.

Estimation lives in `scoring.diagnosis`. An item needs one PC, so that DINA and G-DINA say the same of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assessor.analyses.model import Progress
from assessor.analyses.reports.diagnosed import MOST_TOGETHER, Part, groups_of, part_of
from assessor.analyses.reports.document import (
    Document,
    Section,
    axis,
    coded,
    column,
    figure,
    plot,
    series,
    table,
    unavailable,
)
from assessor.analyses.reports.study import Study
from scoring.diagnosis.api import (
    ENOUGH_PERSONS,
    FEWEST_PERSONS,
    DiagnosisFit,
    all_profiles,
    certainty,
    diagnose,
    pair_fit,
)
from scoring.diagnosis.suggestions import profile_chances, row_variances

SECTIONS: Final = ("can_tell", "criteria", "items", "profiles", "suggestions", "persons")
FEWEST_ANSWERS: Final = 200
"""Answers to an item below which nothing is suggested about it."""
LEAST_SHARE: Final = 0.5
LEAST_GAIN: Final = 0.25
"""Another PC is named that accounts for at least half of the variance, and for a quarter more of it than the own one."""
_FLAT: Final = 1e-8
_SHOWN_PROFILES: Final = 30


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    if not study.right_or_wrong.any():
        return [unavailable(name, "items_with_parts") for name in SECTIONS]
    groups = list(groups_of(study))
    parts = []
    for place, (name, pcs) in enumerate(groups):
        progress(0.1 + 0.5 * place / len(groups), "model")
        parts.append(part_of(study, name, pcs))
    progress(0.6, "suggestions")
    suggested = _suggestions(study, parts)
    progress(0.9, "persons")
    made = [_can_tell(study, parts)]
    fitted = [part for part in parts if part.fit is not None]
    if not fitted:
        why = parts[0].refused
        return [*made, *(Section(name, unavailable=why) for name in SECTIONS[1:])]
    made += [
        _criteria(study, parts),
        _items(study, parts),
        _profiles(fitted),
        suggested,
        _persons(study, fitted),
    ]
    return made


def _can_tell(study: Study, parts: Sequence[Part]) -> Section:
    """What the items let any answers tell, before one is looked at."""
    section = Section("can_tell")
    rows = []
    for part in parts:
        for one in part.known.attributes:
            reason = [] if one.why is None else [one.why.value]
            rows.append([one.attribute, one.items, one.alone, one.identified, one.determined, reason])
    section.figures = [
        figure("criteria", len(rows), "count"),
        figure("criteria_identified", sum(bool(row[3]) for row in rows), "count"),
        figure("profiles", sum(part.known.profiles for part in parts), "count"),
        figure("profiles_told_apart", sum(part.known.classes for part in parts), "count"),
    ]
    section.notes = [coded("three_items_each"), coded("one_criterion_each")]
    if len(parts) > 1:
        section.notes.append(coded("criteria_in_parts", parts=len(parts), most=MOST_TOGETHER))
    if study.parts:
        section.notes.append(coded("items_with_parts", count=len(study.parts)))
    section.table = table(
        (
            column("pc", "pc"),
            column("items", "count"),
            column("items_alone", "count"),
            column("identified", "yes_no"),
            column("determined", "code"),
            column("reasons", "reasons"),
        ),
        rows,
    )
    return section


def _criteria(study: Study, parts: Sequence[Part]) -> Section:
    section = Section("criteria")
    rows: list[list[object]] = []
    points = []
    for part in parts:
        if part.fit is None:
            code = str(part.refused["code"]) if part.refused else "not_computable"
            rows.extend([name, *[None] * 7, [code]] for name in part.q.attributes)
            continue
        section.notes.extend(_notes(part.fit))
        for one, known, sure in zip(
            part.fit.attributes, part.known.attributes, certainty(part.fit), strict=True
        ):
            error = one.marginal.error if known.identified else None
            value = one.marginal.value if known.identified else None
            reason = known.why or one.marginal.reason
            if value is not None and error is not None:
                points.append(
                    [value, len(rows), max(0.0, value - 1.96 * error), min(1.0, value + 1.96 * error)]
                )
            rows.append(
                [
                    one.attribute,
                    value,
                    error,
                    one.lower,
                    one.upper,
                    one.share_right,
                    sure.accuracy if sure is not None and known.identified else None,
                    sure.consistency if sure is not None and known.identified else None,
                    [] if reason is None else [reason.value],
                ]
            )
    section.notes = _once(section.notes)
    section.table = table(
        (
            column("pc", "pc"),
            column("masters", "share"),
            column("masters_error", "share"),
            column("masters_least", "share"),
            column("masters_most", "share"),
            column("share_right", "share"),
            column("accuracy", "share"),
            column("consistency", "share"),
            column("reasons", "reasons"),
        ),
        rows,
    )
    section.plots = [
        plot(
            "masters_of_criteria",
            "interval",
            x=axis("masters", "share", low=0, high=1),
            y=axis("criteria", "pc", categories=[str(row[0]) for row in rows]),
            rows=[series(points, label_code="masters")],
        )
    ]
    return section


def _once(notes: Sequence[Document]) -> list[Document]:
    return [note for place, note in enumerate(notes) if note not in notes[:place]]


def _notes(fit: DiagnosisFit) -> list[Document]:
    found = []
    if fit.shrunk:
        found.append(coded("drawn_to_prior", persons=fit.n))
    if not fit.maximum.converged:
        found.append(coded("not_converged"))
    if not fit.identification.identified:
        found.append(coded("not_identified"))
    return found


def _items(study: Study, parts: Sequence[Part]) -> Section:
    """The chance to be right of those who master the PC, and of those who do not."""
    section = Section("items")
    ids = {item.label: item for item in study.data.items}
    rows, refs = [], []
    for part in parts:
        for one in part.fit.items if part.fit is not None else ():
            guess, slip = one.guess.value, one.slip.value
            tells = None if guess is None or slip is None else 1 - slip - guess
            reason = one.reason or one.guess.reason or one.slip.reason
            rows.append(
                [
                    one.item,
                    ids[one.item].pc,
                    guess,
                    one.guess.error,
                    slip,
                    one.slip.error,
                    tells,
                    one.rmsea,
                    ["reversed"] if tells is not None and tells < 0 else [],
                    [] if reason is None else [reason.value],
                ]
            )
            refs.append({"item": ids[one.item].version_id})
    fits = [pair_fit(part.fit) for part in parts if part.fit is not None]
    worst = [one.srmsr for one in fits if one is not None]
    section.figures = [figure("srmsr", max(worst) if worst else None, reason="no_pairs")]
    section.table = table(
        (
            column("item", "item"),
            column("pc", "pc"),
            column("guess", "share"),
            column("guess_error", "share"),
            column("slip", "share"),
            column("slip_error", "share"),
            column("discrimination"),
            column("rmsea"),
            column("look_at", "codes"),
            column("reasons", "reasons"),
        ),
        rows,
        refs=refs,
    )
    return section


def _profiles(parts: Sequence[Part]) -> Section:
    """The most usual sets of mastered PCs."""
    section = Section("profiles")
    rows: list[list[object]] = []
    left = 0
    for part in parts:
        assert part.fit is not None  # noqa: S101 - only parts with a model come here
        mass = part.fit.maximum.at.mass
        order = np.argsort(-mass, kind="stable")
        shown = [int(place) for place in order[:_SHOWN_PROFILES] if mass[place] >= 0.001]
        left += int(mass.size) - len(shown)
        for place in shown:
            member = int(np.flatnonzero(part.fit.design.class_of == place)[0])
            held = part.fit.design.profiles[member]
            names = [name for name, has in zip(part.q.attributes, held.tolist(), strict=True) if has]
            alike = int((part.fit.design.class_of == place).sum())
            rows.append([", ".join(names), len(names), float(mass[place]), alike])
    section.notes = [coded("profiles_not_shown", count=left)] if left else []
    section.table = table(
        (
            column("mastered", "text"),
            column("criteria", "count"),
            column("share", "share"),
            column("profiles_alike", "count"),
        ),
        rows,
    )
    return section


@dataclass(frozen=True, slots=True)
class _Other:
    """An item whose answers speak for another PC: the shares of the variance that the own PC and the other account for."""

    item: str
    written_for: str
    answers_say: str
    own: float
    other: float


def _others(fit: DiagnosisFit) -> list[_Other]:
    """Items for which one other PC accounts for much more of the variance between profiles than the own one.

    PVAF of de la Torre & Chiu (2016, equation 6) of the rows with one PC only, as an item here needs one.
    """
    chance, mass = profile_chances(fit)
    used = np.flatnonzero(fit.design.q.required.any(axis=0))
    single = np.eye(used.size, dtype=np.bool_)
    every = np.ones((1, used.size), dtype=np.bool_)
    variances = row_variances(chance, mass, all_profiles(used.size), np.concatenate([single, every]))
    found = []
    for place, item in enumerate(fit.design.q.items):
        whole = variances[place, -1]
        if whole <= _FLAT:
            continue
        shares = variances[place, :-1] / whole
        own = int(np.argmax(fit.design.q.required[place, used]))
        best = int(np.argmax(shares))
        if best != own and shares[best] >= LEAST_SHARE and shares[best] - shares[own] >= LEAST_GAIN:
            names = [fit.q.attributes[int(used[k])] for k in (own, best)]
            found.append(_Other(item, names[0], names[1], float(shares[own]), float(shares[best])))
    return found


def _suggestions(study: Study, parts: Sequence[Part]) -> Section:
    """Items whose answers speak for another PC than the one that they are written for."""
    ids = {item.label: item.version_id for item in study.data.items}
    found: list[_Other] = []
    looked = few = 0
    why: Document | None = None
    for part in parts:
        if part.fit is None or part.fit.shrunk:
            why = part.refused or coded("few_persons", fewest=ENOUGH_PERSONS)
            continue
        answers = dict(zip(part.table.items, part.table.seen.sum(axis=0).tolist(), strict=True))
        enough = {item for item in part.fit.design.q.items if answers[item] >= FEWEST_ANSWERS}
        looked += len(enough)
        few += len(answers) - len(enough)
        found += [one for one in _others(part.fit) if one.item in enough]
    if not looked:
        return Section("suggestions", unavailable=why or coded("few_answers_an_item", fewest=FEWEST_ANSWERS))
    section = Section("suggestions")
    section.figures = [
        figure("items_looked_at", looked, "count"),
        figure("items_few_answers", few, "count"),
        figure("items_other_pc", len(found), "count"),
    ]
    section.notes = [coded("people_decide_suggestions", least=LEAST_SHARE, gain=LEAST_GAIN)]
    section.table = table(
        (
            column("item", "item"),
            column("written_for", "text"),
            column("answers_say", "text"),
            column("pvaf", "share"),
            column("pvaf_suggested", "share"),
        ),
        [[one.item, one.written_for, one.answers_say, one.own, one.other] for one in found],
        refs=[{"item": ids[one.item]} for one in found],
    )
    return section


def _persons(study: Study, parts: Sequence[Part]) -> Section:
    """Each person's chance to master each PC, by all answers together; only of PCs that the answers can tell."""
    columns = [column("person", "person")]
    cells: list[list[object]] = [[label] for label in study.data.labels]
    for part in parts:
        assert part.fit is not None  # noqa: S101 - only parts with a model come here
        found = diagnose(part.fit)
        answered = np.flatnonzero(part.table.seen.any(axis=1))
        row_of = {int(person): row for row, person in enumerate(answered)}
        for place, one in enumerate(part.known.attributes):
            if not one.identified:
                continue
            columns.append(column("chance_of_mastery", "share", label=one.attribute))
            for person, held in enumerate(cells):
                row = row_of.get(person)
                held.append(None if row is None else float(found.eap[row, place]))
    if len(columns) == 1:
        return unavailable("persons", "not_identified")
    section = Section("persons")
    section.notes = [coded("mastery_by_model"), coded("fewest_for_model", fewest=FEWEST_PERSONS)]
    section.table = table(columns, cells, refs=[{"entry": person.entry_id} for person in study.data.persons])
    return section
