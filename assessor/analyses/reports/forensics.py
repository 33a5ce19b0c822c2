# SPDX-License-Identifier: Apache-2.0
"""The report on conduct: answers that agree, rapid answers, odd patterns, items that drifted, late changes.

Everything here is evidence for a person to look into, with a stated rate of false alarms, and never a finding: nothing is held
against anybody by itself. Methods live in `scoring.forensics`; agreement of answers is put together in `agreement`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.model import Progress
from assessor.analyses.reports.agreement import agreement
from assessor.analyses.reports.document import (
    Section,
    coded,
    column,
    figure,
    reasoned,
    table,
    unavailable,
)
from assessor.analyses.reports.effort import rapid
from assessor.analyses.reports.signs import RATE, Signs, entry_refs, false_alarms, listed_reason
from assessor.analyses.reports.study import Study
from scoring.errors import StatisticsError
from scoring.forensics.api import (
    ItemDrift,
    item_drift,
    late_changes,
    odd_patterns,
    right_chances,
    surprising_rights,
)
from scoring.tables import ResponseTable

SECTIONS: Final = ("signs", "pairs", "clusters", "rapid", "limits", "patterns", "drift", "exposed", "changes")
SEED: Final = 6
ENOUGH_FOR_SLOPES: Final = 200


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    signs = Signs()
    progress(0.02, "pairs")
    pairs, clusters, named = agreement(study, progress)
    signs.add(named, "sign_pairs")
    progress(0.5, "times")
    made = [pairs, clusters, *rapid(study, signs)]
    progress(0.6, "patterns")
    made.append(reasoned("patterns", partial(_patterns, study, signs)))
    progress(0.8, "drift")
    made.extend(_drift(study, signs))
    progress(0.9, "changes")
    made.append(reasoned("changes", partial(_changes, study, signs)))
    return [_signs(study, signs), *made]


def _model(study: Study) -> str:
    return "2pl" if study.persons >= ENOUGH_FOR_SLOPES else "rasch"


def _signs(study: Study, signs: Signs) -> Section:
    """Who is named by several sections; each sign stands on its own evidence."""
    section = Section("signs")
    rows = sorted(signs.found, key=lambda row: (-len(set(signs.found[row])), row))
    section.figures = [
        figure("persons", study.persons, "count"),
        figure("persons_named", len(rows), "count"),
        figure("persons_several_signs", sum(len(set(signs.found[row])) > 1 for row in rows), "count"),
    ]
    section.notes = [coded("evidence_not_finding"), coded("signs_not_independent")]
    section.table = table(
        (column("person", "person"), column("signs", "count"), column("kinds", "codes")),
        [
            [study.data.labels[row], len(set(signs.found[row])), list(dict.fromkeys(signs.found[row]))]
            for row in rows
        ],
        refs=entry_refs(study, rows),
    )
    return section


def _patterns(study: Study, signs: Signs) -> Section:
    """Whose right and wrong answers do not fit the ability: hard items right, easy ones wrong."""
    if not study.right_or_wrong.any():
        return unavailable("patterns", "items_with_parts")
    model = _model(study)
    found = odd_patterns(study.right, draw=np.random.default_rng(SEED), model=model, rate=RATE)
    listed = np.flatnonzero(found.flagged | found.guttman.flagged)
    listed = listed[np.argsort(np.nan_to_num(found.p[listed], nan=1.0), kind="stable")]
    signs.add(np.flatnonzero(found.flagged), "sign_pattern")
    section = Section("patterns")
    section.figures = [
        figure("persons_tested", int(np.isfinite(found.p).sum()), "count"),
        figure("flagged_lz_star", int(found.flagged.sum()), "count"),
        figure("flagged_u3", int(found.guttman.flagged.sum()), "count"),
        figure("model", model, "code"),
    ]
    section.notes = [false_alarms(), coded("patterns_have_many_causes")]
    untested: dict[str, int] = defaultdict(int)
    for reason in found.reasons:
        if reason is not None:
            untested[reason] += 1
    section.notes.extend(
        coded("persons_untested", reason=reason, count=count) for reason, count in sorted(untested.items())
    )
    section.table = table(
        (
            column("person", "person"),
            column("ability"),
            column("lz"),
            column("lz_star"),
            column("p", "p"),
            column("p_adjusted", "p"),
            column("guttman_errors", "count"),
            column("u3"),
            column("p_u3_adjusted", "p"),
            column("share_of_marks", "share"),
        ),
        [
            [
                study.data.labels[row],
                found.ability[row],
                found.lz[row],
                found.lz_star[row],
                found.p[row],
                found.p_adjusted[row],
                found.guttman.errors[row],
                found.guttman.u3[row],
                found.guttman.p_adjusted[row],
                study.totals[row],
            ]
            for row in listed
        ],
        refs=entry_refs(study, listed.tolist()),
    )
    return section


def _drift(study: Study, signs: Signs) -> tuple[Section, Section]:
    """Items that became easier in the course of time, and who did better on those than on the others."""
    if not study.right_or_wrong.any():
        return unavailable("drift", "items_with_parts"), unavailable("exposed", "items_with_parts")
    started = [person.started_at for person in study.data.persons]
    known = np.array([at is not None for at in started], dtype=np.bool_)
    if not known.any():
        return unavailable("drift", "no_instants"), unavailable("exposed", "no_instants")
    instants = [at.timestamp() for at in started if at is not None]
    try:
        found = item_drift(study.right.rows(known), instants, rate=RATE)
    except StatisticsError as error:
        return unavailable("drift", error.code), unavailable("exposed", error.code)
    drifted = [one.item for one in found if one.flagged]
    made = _drift_section(study, found, sorted({at for at in started if at is not None}))
    if not drifted:
        return made, unavailable("exposed", "no_item_drifted")
    return made, reasoned("exposed", partial(_exposed, study, drifted, signs))


def _drift_section(study: Study, found: tuple[ItemDrift, ...], instants: Sequence[datetime]) -> Section:
    section = Section("drift")
    ids = {item.label: item.version_id for item in study.data.items}
    order = sorted(range(len(found)), key=lambda place: (not found[place].flagged, place))
    section.figures = [
        figure("items_tested", sum(one.reason is None for one in found), "count"),
        figure("items_flagged", sum(one.flagged for one in found), "count"),
    ]
    section.notes = [false_alarms(), coded("drift_has_many_causes")]
    section.table = table(
        (
            column("item", "item"),
            column("answers", "count"),
            column("flagged", "yes_no"),
            column("p", "p"),
            column("p_adjusted", "p"),
            column("last_before", "instant"),
            column("share_before", "share"),
            column("share_after", "share"),
            column("p_harder", "p"),
            column("reasons", "reasons"),
        ),
        [
            [
                one.item,
                one.answers,
                one.flagged,
                one.p_easier,
                one.p_adjusted,
                instants[one.turn] if one.flagged and one.turn is not None else None,
                one.early,
                one.late,
                one.p_harder,
                listed_reason(one.reason),
            ]
            for one in (found[place] for place in order)
        ],
        refs=[{"item": ids[found[place].item]} for place in order],
    )
    return section


def _exposed(study: Study, drifted: list[str], signs: Signs) -> Section:
    """Persons whose right answers on the drifted items their other answers do not lead one to expect."""
    right = study.right
    tested = np.zeros(right.scores.shape, dtype=np.bool_)
    tested[:, [right.items.index(name) for name in drifted]] = True
    found = surprising_rights(right, tested, right_chances(right, _model(study)), rate=RATE)
    listed = np.flatnonzero(found.flagged)
    signs.add(listed, "sign_exposed")
    section = Section("exposed")
    section.figures = [
        figure("items_drifted", len(drifted), "count"),
        figure("persons_tested", int(np.isfinite(found.p).sum()), "count"),
        figure("persons_flagged", int(listed.size), "count"),
    ]
    section.notes = [false_alarms(), coded("exposed_after_drift", items=", ".join(drifted))]
    section.table = table(
        (
            column("person", "person"),
            column("tested", "count"),
            column("right", "count"),
            column("expected"),
            column("p", "p"),
            column("p_adjusted", "p"),
        ),
        [
            [
                study.data.labels[row],
                found.tested[row],
                found.right[row],
                found.expected[row],
                found.p[row],
                found.p_adjusted[row],
            ]
            for row in listed
        ],
        refs=entry_refs(study, listed.tolist()),
    )
    return section


def _changes(study: Study, signs: Signs) -> Section:
    """Changed answers, and whether those changed after the end became right more often than luck explains."""
    changes = study.data.changes
    late = [change for change in changes if change.late]
    section = Section("changes")
    section.figures = [
        figure("changes", len(changes), "count"),
        figure("wrong_to_right", sum(not one.right_before and one.right_after for one in changes), "count"),
        figure("right_to_wrong", sum(one.right_before and not one.right_after for one in changes), "count"),
        figure("late_changes", len(late), "count"),
        figure("persons_late", len({one.person for one in late}), "count"),
    ]
    section.notes = [false_alarms(), coded("late_answers_count_only_if_admitted")]
    if not late:
        return section
    if not study.right_or_wrong.any():
        section.notes.append(coded("items_with_parts", count=len(study.parts)))
        return section
    before, after, touched = _late(study)
    found = late_changes(before, after, right_chances(study.right, _model(study)), changed=touched, rate=RATE)
    surprise = found.surprise
    listed = np.flatnonzero(found.changed > 0)
    signs.add(np.flatnonzero(surprise.flagged), "sign_changes")
    section.figures.append(figure("persons_flagged", int(surprise.flagged.sum()), "count"))
    section.table = table(
        (
            column("person", "person"),
            column("changed", "count"),
            column("wrong_to_right", "count"),
            column("right_to_wrong", "count"),
            column("wrong_to_wrong", "count"),
            column("right", "count"),
            column("expected"),
            column("p", "p"),
            column("p_adjusted", "p"),
            column("flagged", "yes_no"),
            column("reasons", "reasons"),
        ),
        [
            [
                study.data.labels[row],
                found.changed[row],
                found.wrong_to_right[row],
                found.right_to_wrong[row],
                found.wrong_to_wrong[row],
                surprise.right[row],
                surprise.expected[row],
                surprise.p[row],
                surprise.p_adjusted[row],
                surprise.flagged[row],
                [] if np.isfinite(surprise.p[row]) else ["few_answers_tell_ability"],
            ]
            for row in listed
        ],
        refs=entry_refs(study, listed.tolist()),
    )
    return section


def _late(study: Study) -> tuple[ResponseTable, ResponseTable, NDArray[np.bool_]]:
    """The scores at the end of the attempt, those after the last late change, and where there was one."""
    places = {int(item): place for place, item in enumerate(np.flatnonzero(study.right_or_wrong))}
    right = study.right
    before, after = right.scores.copy(), right.scores.copy()
    touched = np.zeros(before.shape, dtype=np.bool_)
    for change in sorted((one for one in study.data.changes if one.late), key=lambda one: one.at):
        place = places.get(change.item)
        if place is None or np.isnan(right.scores[change.person, place]):
            continue
        if not touched[change.person, place]:
            before[change.person, place] = float(change.right_before)
        after[change.person, place] = float(change.right_after)
        touched[change.person, place] = True
    tables = [ResponseTable(right.persons, right.items, scores, right.weights) for scores in (before, after)]
    return tables[0], tables[1], touched
