# SPDX-License-Identifier: Apache-2.0
"""Form luck: which verdicts would turn if every paper were equally hard. It reports; it changes no verdict.

Everybody may have a paper of his own. The items of all papers are put on one scale by the Rasch model, the pass mark is put
there as an ability, and each paper gets the mark that this ability is worth on it. Other ways of linking live beside this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.irt.binary import Rasch
from scoring.tables import ResponseTable

_FAR: Final = 60.0
_EXACT: Final = 1e-9


class Turn(StrEnum):
    """Which way a verdict would turn at the mark that is fair on the paper."""

    WOULD_PASS = "would_pass"  # noqa: S105 - a verdict
    WOULD_FAIL = "would_fail"


@dataclass(frozen=True, slots=True)
class FormFigures:
    """One paper.

    `items` of it, `shared` of them also on another paper; `persons` who took it (by weight), their `mean_score` in marks and
    `pass_share`; `mean_ability` of them and `mean_difficulty` of its items in logits (None where no item has one), so that an
    easy paper and a strong group are told apart. `needed`: the marks that the rule asks for; `fair_cut`: the marks, with a
    fraction, that the same ability is worth on it; `fair_cut_se` its standard error from those of the difficulties (taken
    as independent); `shift` = fair cut less the rule's share of the marks: below 0 where the paper is harder than the
    reference. `turned`: persons whose verdict would turn.
    """

    form: str
    items: int
    shared: int
    persons: float
    mean_score: float
    pass_share: float
    mean_ability: float
    mean_difficulty: float | None
    needed: int
    fair_cut: float
    fair_cut_se: float
    shift: float
    turned: float


@dataclass(frozen=True, slots=True)
class TurnedVerdict:
    """One person whose verdict hangs on the paper.

    `score` of `items` marks with `needed` and `fair_cut` as on the paper; `margin` = score less fair cut; `ability` and its
    `se` in logits; `chance_own`, `chance_easiest`, `chance_hardest`: the chance (0 to 1) that somebody of this ability passes
    this paper, the easiest and the hardest one.
    """

    person: str
    form: str
    turn: Turn
    score: float
    items: int
    needed: int
    fair_cut: float
    margin: float
    ability: float
    se: float
    chance_own: float
    chance_easiest: float
    chance_hardest: float


@dataclass(frozen=True, slots=True)
class FormLuck:
    """The report: the pass mark as an `ability` (logits), every form, every verdict that would turn.

    `shift_sd` and `shift_range` are in marks over forms, weighted by persons; `turned_share` of all persons. `cautions`:
    those of the fit (`forms_share_no_item`: then only the random draw of papers links them) and `one_form`.
    """

    ability: float
    reference: str
    persons: float
    forms: tuple[FormFigures, ...]
    turned: tuple[TurnedVerdict, ...]
    turned_share: float
    shift_sd: float
    shift_range: tuple[float, float]
    easiest: str
    hardest: str
    left_out: float
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Paper:
    name: str
    items: NDArray[np.intp]
    rows: NDArray[np.intp]
    needed: int
    fair: float
    fair_se: float
    asked: float  # the rule's share of the marks, before it is rounded up

    @property
    def shift(self) -> float:
        return self.fair - self.asked


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """The people and the scale that all papers share.

    `difficulties` of all items (infinite for an item that all or none got right, NaN for one that nobody had) with their
    `errors`; `theta` and `se` of the people; `anchor`: the items on which the pass mark is an `ability`.
    """

    table: ResponseTable
    difficulties: NDArray[np.float64]
    errors: NDArray[np.float64]
    theta: NDArray[np.float64]
    se: NDArray[np.float64]
    anchor: NDArray[np.intp]
    share: Fraction

    def chances(self, ability: float, items: NDArray[np.intp]) -> NDArray[np.float64]:
        """The chances of a right answer."""
        return np.asarray(0.5 * (1 + np.tanh((ability - self.difficulties[items]) / 2)))


def form_luck(
    table: ResponseTable,
    forms: Sequence[str] | None,
    *,
    share: Fraction,
    reference: str | None = None,
) -> FormLuck:
    """Report the papers and the verdicts that depend on them.

    `table`: scores 0, 1, NaN = not on the person's paper (an omitted answer must be 0). `forms`: the name of each row's
    paper, "" for a row that is left out; None takes people with the same items for takers of one paper. `share` of the marks
    (above 0, below 1) passes. `reference`: the paper on which the pass mark stands as it is; None takes all items together.
    Source: Rasch true-score equating (Kolen & Brennan 2014, sec. 6.5), applied to the cut. StatisticsError: `not_binary`,
    `luck_share`, `luck_nobody`, `luck_form_unknown`, `reference_without_spread`,
    `link_item_unestimated`, and the refusals of the Rasch fit.
    """
    if not 0 < share < 1:
        raise StatisticsError("luck_share", share=str(share))
    table.require_binary()
    names = _by_items(table) if forms is None else list(forms)
    kept = np.array([bool(name) for name in names]) & table.seen.any(axis=1) & (table.weights > 0)
    if reference is not None and reference not in {
        name for name, used in zip(names, kept.tolist(), strict=True) if used
    }:
        raise StatisticsError("luck_form_unknown", form=reference)
    left_out = float(table.weights[~kept].sum())
    if not kept.any():
        raise StatisticsError("luck_nobody")
    table = table.rows(kept)
    names = [name for name, used in zip(names, kept.tolist(), strict=True) if used]
    places = _places(table, names)
    anchor = np.flatnonzero(table.seen.any(axis=0)) if reference is None else places[reference][0]
    model = Rasch().fit(table.scores, sample_weight=table.weights)
    people = model.abilities(table.scores)
    errors = np.nan_to_num(model.difficulty_errors_)
    study = _Study(table, _difficulties(model, table.items), errors, people.theta, people.se, anchor, share)
    ability = _ability(study)
    papers = [_paper(name, *places[name], study, ability) for name in sorted(places)]
    return _report(study, papers, ability, reference or "all items", (left_out, model.cautions_))


def _by_items(table: ResponseTable) -> list[str]:
    """People with the same items share a paper: 1, 2, … in the order of the first of them."""
    known: dict[bytes, str] = {}
    return [known.setdefault(row.tobytes(), str(len(known) + 1)) for row in table.seen]


def _places(
    table: ResponseTable, names: Sequence[str]
) -> dict[str, tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Of each form its items and its rows."""
    labels = np.array(names, dtype=object)
    found = {}
    for name in dict.fromkeys(names):
        rows = np.flatnonzero(labels == name)
        found[name] = np.flatnonzero(table.seen[rows].any(axis=0)), rows
    return found


def _difficulties(model: Rasch, items: Sequence[str]) -> NDArray[np.float64]:
    ends = {"item_all_right": -np.inf, "item_all_wrong": np.inf}
    for name, reason in zip(items, model.reasons_, strict=True):
        if reason == "slope_without_end":
            raise StatisticsError("link_item_unestimated", item=name, why=reason)
    return np.array(
        [
            ends.get(reason or "", value)
            for reason, value in zip(model.reasons_, model.difficulties_, strict=True)
        ]
    )


def _ability(study: _Study) -> float:
    """Where the expected share of the marks on the anchor is the asked one."""
    from scipy.optimize import brentq

    def gap(ability: float) -> float:
        return float(study.chances(ability, study.anchor).mean()) - float(study.share)

    if gap(-_FAR) >= 0 or gap(_FAR) <= 0:
        raise StatisticsError("reference_without_spread", share=str(study.share))
    return float(brentq(gap, -_FAR, _FAR, xtol=1e-12))


def _paper(
    name: str, items: NDArray[np.intp], rows: NDArray[np.intp], study: _Study, ability: float
) -> _Paper:
    asked = study.share * items.size
    fair = float(study.chances(ability, items).sum())
    # d fair / d difficulty: the paper's own items, and through the ability that the pass mark is put at
    own, shared = np.zeros(study.errors.size), np.zeros(study.errors.size)
    for slopes, places in ((own, items), (shared, study.anchor)):
        chance = study.chances(ability, places)
        slopes[places] = chance * (1 - chance)
    slopes = -own + own.sum() * shared / shared.sum()
    fair_se = float(np.sqrt(np.sum((slopes * study.errors) ** 2)))
    return _Paper(name, items, rows, ceil(asked), fair, fair_se, float(asked))


def _report(
    study: _Study, papers: Sequence[_Paper], ability: float, reference: str, fit: tuple[float, Sequence[str]]
) -> FormLuck:
    left_out, cautions = fit
    by_ease = sorted(papers, key=lambda paper: (paper.shift / paper.items.size, paper.name))
    hardest, easiest = by_ease[0], by_ease[-1]
    uses = np.zeros(len(study.table.items))
    for paper in papers:
        uses[paper.items] += 1
    figures, turned = [], []
    for paper in papers:
        verdicts = _turned(study, paper, (easiest, hardest))
        turned += verdicts
        figures.append(_figures(study, paper, uses, verdicts))
    persons = np.array([form.persons for form in figures])
    shifts = np.array([form.shift for form in figures])
    mean = float(np.average(shifts, weights=persons))
    return FormLuck(
        ability=ability,
        reference=reference,
        persons=float(persons.sum()),
        forms=tuple(figures),
        turned=tuple(sorted(turned, key=lambda one: (one.turn, one.form, one.person))),
        turned_share=float(sum(form.turned for form in figures) / persons.sum()),
        shift_sd=float(np.sqrt(np.average((shifts - mean) ** 2, weights=persons))),
        shift_range=(float(shifts.min()), float(shifts.max())),
        easiest=easiest.name,
        hardest=hardest.name,
        left_out=left_out,
        cautions=(*cautions, "one_form") if len(papers) == 1 else tuple(cautions),
    )


def _figures(
    study: _Study, paper: _Paper, uses: NDArray[np.float64], turned: Sequence[TurnedVerdict]
) -> FormFigures:
    table = study.table
    weights = table.weights[paper.rows]
    scores = _scores(table, paper)
    known = study.difficulties[paper.items]
    known = known[np.isfinite(known)]
    rows = {table.persons[row]: float(table.weights[row]) for row in paper.rows}
    return FormFigures(
        form=paper.name,
        items=paper.items.size,
        shared=int((uses[paper.items] > 1).sum()),
        persons=float(weights.sum()),
        mean_score=float(np.average(scores, weights=weights)),
        pass_share=float(np.average(scores >= paper.needed, weights=weights)),
        mean_ability=float(np.average(study.theta[paper.rows], weights=weights)),
        mean_difficulty=float(known.mean()) if known.size else None,
        needed=paper.needed,
        fair_cut=paper.fair,
        fair_cut_se=paper.fair_se,
        shift=paper.shift,
        turned=sum(rows[one.person] for one in turned),
    )


def _scores(table: ResponseTable, paper: _Paper) -> NDArray[np.float64]:
    return np.asarray(np.nansum(table.scores[np.ix_(paper.rows, paper.items)], axis=1))


def _turned(study: _Study, paper: _Paper, ends: tuple[_Paper, _Paper]) -> list[TurnedVerdict]:
    table, found = study.table, []
    for row, score in zip(paper.rows.tolist(), _scores(table, paper).tolist(), strict=True):
        passed, fair = score >= paper.needed, score >= paper.fair - _EXACT
        if passed == fair:
            continue
        ability = float(study.theta[row])
        own, easiest, hardest = (_chance(study, one, ability) for one in (paper, *ends))
        found.append(
            TurnedVerdict(
                person=table.persons[row],
                form=paper.name,
                turn=Turn.WOULD_PASS if fair else Turn.WOULD_FAIL,
                score=score,
                items=paper.items.size,
                needed=paper.needed,
                fair_cut=paper.fair,
                margin=score - paper.fair,
                ability=ability,
                se=float(study.se[row]),
                chance_own=own,
                chance_easiest=easiest,
                chance_hardest=hardest,
            )
        )
    return found


def _chance(study: _Study, paper: _Paper, ability: float) -> float:
    """The chance of at least the needed marks, by Lord & Wingersky's (1984, Appl. Psychol. Meas. 8, p. 453) recursion."""
    totals = np.ones(1)
    for chance in study.chances(ability, paper.items).tolist():
        totals = np.convolve(totals, [1 - chance, chance])
    return min(1.0, float(totals[paper.needed :].sum()))
