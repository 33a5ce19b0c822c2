# SPDX-License-Identifier: Apache-2.0
"""The report on the model of ability: parameters, fit, curves, information, and the map of persons and items.

Estimation lives in `scoring.irt`; which model is taken lives in `fitted`.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.model import Progress
from assessor.analyses.reports.document import (
    Section,
    Span,
    axis,
    coded,
    column,
    figure,
    mark,
    plot,
    reasoned,
    refusal,
    series,
    steps,
    table,
    unavailable,
)
from assessor.analyses.reports.fitted import FEWEST_OF_PAPER, Candidate, Fitted, fit_study, whole_paper
from assessor.analyses.reports.parameters import parameters
from assessor.analyses.reports.study import Study, bars_of
from scoring.errors import StatisticsError
from scoring.fairness.api import rejected
from scoring.forensics.tails import normal_upper
from scoring.irt.api import Method
from scoring.irt.local_dependence import PairDependence, local_dependence
from scoring.irt.overall_fit import overall_fit
from scoring.irt.wright_map import wright_map

SECTIONS: Final = (
    "models",
    "parameters",
    "curves",
    "information",
    "wright_map",
    "fit",
    "dependence",
    "abilities",
)
THETA: Final = np.linspace(-4.0, 4.0, 33)
MOST_ITEMS_M2: Final = 60
MOST_PAIRS: Final = 20_000
DEPENDENT: Final = 0.2
"""From here a pair's Q3, less the mean of all, is a reason to look (Christensen, Makransky & Horton 2017)."""
_GROUPS: Final = 8
_MOST_FORMS: Final = 8


def sections(study: Study, progress: Progress) -> list[Section]:
    """The sections in the order of SECTIONS."""
    progress(0.05, "model")
    try:
        fitted = fit_study(study)
    except StatisticsError as error:
        return [Section(name, unavailable=refusal(error)) for name in SECTIONS]
    progress(0.4, "curves")
    made = [_models(study, fitted), reasoned("parameters", partial(parameters, study, fitted))]
    made.extend((_curves(study, fitted), _information(study, fitted), _map(fitted)))
    progress(0.6, "fit")
    made.append(reasoned("fit", partial(_fit, study, fitted)))
    progress(0.7, "dependence")
    made.append(_dependence(study, fitted))
    made.append(_abilities(study, fitted))
    return made


def _models(study: Study, fitted: Fitted) -> Section:
    section = Section("models")
    model = fitted.model
    section.figures = [
        figure("model", fitted.name, "code"),
        figure("persons", int(model.n_persons_), "count"),
        figure("items_estimated", len(fitted.places), "count"),
        figure("converged", bool(model.converged_), "yes_no"),
        figure("loglik", model.loglik_),
        figure(
            "ability_sd",
            fitted.sd if fitted.name in {"rasch", "pcm"} else None,
            "logits",
            reason="fixed_at_one",
        ),
        figure("reliability_of_abilities", fitted.people.reliability(), reason="too_few_persons"),
    ]
    section.notes = [coded(code) for code in model.cautions_]
    if not model.converged_:
        section.notes.append(coded("not_converged"))
    left_out = len(study.data.items) - len(fitted.places)
    if left_out:
        section.notes.append(coded("items_not_estimated", count=left_out))
    section.table = table(
        (
            column("model", "code"),
            column("parameters", "count"),
            column("loglik"),
            column("aic"),
            column("bic"),
            column("chosen", "yes_no"),
            column("reasons", "reasons"),
        ),
        [_candidate(one, fitted) for one in fitted.candidates],
    )
    return section


def _candidate(one: Candidate, fitted: Fitted) -> list[object]:
    if one.model is None:
        return [one.name, None, None, None, None, False, [one.reason]]
    model = one.model
    return [one.name, model.n_parameters_, model.loglik_, model.aic_, model.bic_, one.name == fitted.name, []]


def _curves(study: Study, fitted: Fitted) -> Section:
    """The curve of each item, with what groups of like ability really earned."""
    section = Section("curves")
    section.notes = [coded("observed_by_ability", groups=_GROUPS)]
    expected = fitted.expected(THETA)
    groups = _ability_groups(fitted.people.theta)
    for number, place in enumerate(fitted.places):
        rows = [
            series(steps(THETA, expected[number]), label_code="model_says"),
            series(_observed(study, fitted, place, groups), label_code="observed", style="dots"),
        ]
        section.plots.append(
            plot(
                "item_curve",
                "lines",
                subject=study.data.items[place].label,
                x=axis("ability", "sd", low=-4, high=4),
                y=axis("share_of_marks", "share", low=0, high=1),
                rows=rows,
            )
        )
    return section


def _ability_groups(theta: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of each person's group of like ability, -1 without one."""
    known = np.isfinite(theta)
    edges = np.unique(np.quantile(theta[known], np.arange(1, _GROUPS) / _GROUPS))
    return np.where(known, np.searchsorted(edges, np.nan_to_num(theta), side="right"), -1)


def _observed(study: Study, fitted: Fitted, place: int, groups: NDArray[np.int64]) -> list[list[object]]:
    """For each group its mean ability, and the mean share of the item's marks with its 95 % reach."""
    points: list[list[object]] = []
    shares = study.shares[:, place]
    for group in range(int(groups.max()) + 1):
        inside = (groups == group) & ~np.isnan(shares)
        count = int(inside.sum())
        if count < 5:
            continue
        mean = float(shares[inside].mean())
        reach = 1.96 * float(np.sqrt(max(shares[inside].var(ddof=1), 0.0) / count))
        points.append(
            [float(fitted.people.theta[inside].mean()), mean, max(0.0, mean - reach), min(1.0, mean + reach)]
        )
    return points


def _information(study: Study, fitted: Fitted) -> Section:
    """How much each paper tells at each ability, and the standard error that this leaves."""
    each = fitted.information(THETA)
    numbers = list(dict.fromkeys(study.forms))
    shown = numbers[:_MOST_FORMS]
    section = Section("information")
    section.notes = bars_of(study.data).notes
    if len(numbers) > len(shown):
        section.notes.append(coded("first_papers_only", shown=len(shown), forms=len(numbers)))
    informed, errors, rows = [], [], []
    bar = _bar_ability(study, fitted)
    for number in shown:
        _, items = study.of_form(number)
        total = each[[bool(items[place]) for place in fitted.places]].sum(axis=0)
        error = np.divide(1.0, np.sqrt(total), out=np.full_like(total, np.nan), where=total > 0)
        informed.append(series(steps(THETA, total), label=number))
        errors.append(series(steps(THETA, np.where(error <= 2, error, np.nan)), label=number))
        at_bar = None if bar is None else float(np.interp(bar, THETA, total))
        best = int(np.argmax(total))
        rows.append(
            [
                number,
                int(items.sum()),
                float(THETA[best]),
                float(total[best]),
                at_bar,
                at_bar**-0.5 if at_bar else None,
            ]
        )
    marks = [] if bar is None else [mark("x", bar, "ability_at_bar")]
    section.figures = [figure("ability_at_bar", bar, "sd", reason="no_total_bar")]
    section.plots = [
        plot(
            name,
            "lines",
            x=axis("ability", "sd", low=-4, high=4),
            y=axis(name, low=0),
            rows=rows_,
            marks=marks,
        )
        for name, rows_ in (("test_information", informed), ("error_of_ability", errors))
    ]
    section.table = table(
        (
            column("form", "form"),
            column("items", "count"),
            column("best_at", "sd"),
            column("information_best"),
            column("information_at_bar"),
            column("error_at_bar", "sd"),
        ),
        rows,
        refs=[{"form": study.form_ids[number]} for number in shown],
    )
    return section


def _bar_ability(study: Study, fitted: Fitted) -> float | None:
    """The ability whose expected share of the marks of all estimated items is the bar of the total; None beyond -4 to 4."""
    cut = bars_of(study.data).cut
    if cut is None:
        return None
    worth = study.data.maxima[list(fitted.places)]
    fine = np.linspace(-4.0, 4.0, 1601)
    expected = worth @ fitted.expected(fine) / worth.sum()
    above = np.flatnonzero(expected >= float(cut))
    return float(fine[above[0]]) if above.size and above[0] > 0 else None


def _map(fitted: Fitted) -> Section:
    told = wright_map(fitted.calibration, fitted.people.theta, np.ones(len(fitted.people.theta)))
    middles = (told.edges[1:] + told.edges[:-1]) / 2
    shown = [one for one in told.thresholds if one.at is not None and abs(one.at) <= 4]
    section = Section("wright_map")
    section.figures = [
        figure("persons_below", told.below, "count"),
        figure("persons_above", told.above, "count"),
        figure("thresholds_beyond", len(told.thresholds) - len(shown), "count"),
    ]
    section.notes = [coded("standard_scale")]
    section.plots = [
        plot(
            "wright_map",
            "people_items",
            x=axis("ability", "sd", low=-4, high=4),
            y=axis("persons", "count", low=0),
            rows=[
                series(steps(middles, told.persons), label_code="persons"),
                series(
                    [[one.at, 1] for one in shown],
                    label_code="items",
                    names=[_step_name(fitted, one.item, one.step) for one in shown],
                ),
            ],
        )
    ]
    section.table = table(
        (
            column("item", "item"),
            column("step", "count"),
            column("difficulty", "sd"),
            column("reasons", "reasons"),
        ),
        [
            [one.item, one.step, one.at, [] if one.at is not None else ["no_threshold_there"]]
            for one in told.thresholds
        ],
    )
    return section


def _step_name(fitted: Fitted, item: str, step: int) -> str:
    return item if fitted.name in {"rasch", "2pl", "3pl"} else f"{item} ({step})"


def _fit(study: Study, fitted: Fitted) -> Section:
    """Whether the model as a whole gives back how items go together, by persons who all had the same items."""
    paper = whole_paper(study, fitted)
    if not paper.enough:
        return unavailable("fit", "paper_too_small", persons=len(paper.codes), fewest=FEWEST_OF_PAPER)
    if len(paper.numbers) > MOST_ITEMS_M2:
        return unavailable("fit", "too_many_items", items=len(paper.numbers), most=MOST_ITEMS_M2)
    found = overall_fit(paper.calibration, paper.codes, np.ones(len(paper.codes)))
    section = Section("fit")
    span = None
    if found.rmsea_low is not None and found.rmsea_high is not None:
        span = Span(found.rmsea_low, found.rmsea_high)
    section.figures = [
        figure("m2", found.statistic, reason=found.reason),
        figure("df", found.df, "count", reason=found.reason),
        figure("p", found.p, "p", reason=found.reason),
        figure("rmsea", found.rmsea, span=span, reason=found.reason),
        figure("srmsr", found.srmsr, reason=found.reason),
        figure("tli", found.tli, reason=found.reason),
        figure("cfi", found.cfi, reason=found.reason),
    ]
    section.notes = [coded("rmsea_interval_90")]
    if not study.same_paper:
        section.notes.append(coded("of_largest_paper", persons=len(paper.codes)))
    return section


def _dependence(study: Study, fitted: Fitted) -> Section:
    """Pairs of items that share more than the ability."""
    count = len(fitted.places)
    if count * (count - 1) // 2 > MOST_PAIRS:
        return unavailable("dependence", "too_many_items", items=count, most=200)
    pairs = local_dependence(fitted.calibration, fitted.codes, np.ones(study.persons), fitted.people.theta)
    known = [pair for pair in pairs if pair.q3_adjusted is not None]
    high = _surely_dependent(known)
    section = Section("dependence")
    section.figures = [
        figure("pairs", len(pairs), "count"),
        figure("pairs_without_persons", len(pairs) - len(known), "count"),
        figure("pairs_dependent", len(high), "count"),
    ]
    section.notes = [coded("q3_bound", bound=DEPENDENT)]
    ids = {item.label: item.version_id for item in study.data.items}
    section.table = table(
        (
            column("first", "item"),
            column("second", "item"),
            column("persons", "count"),
            column("q3"),
            column("q3_adjusted"),
        ),
        [[pair.first, pair.second, int(pair.n), pair.q3, pair.q3_adjusted] for pair in high],
        refs=[{"item": ids[pair.first], "other": ids[pair.second]} for pair in high],
    )
    return section


def _surely_dependent(pairs: list[PairDependence]) -> list[PairDependence]:
    """Pairs beyond the bound whose residuals go together more than chance explains, over all pairs; the closest first.

    Chance: the correlation's Fisher z, one-sided, held by Benjamini & Hochberg (1995) at .05.
    """
    values = np.array([np.clip(pair.q3_adjusted or 0.0, -0.999999, 0.999999) for pair in pairs])
    sizes = np.array([pair.n for pair in pairs])
    p = normal_upper(np.arctanh(values) * np.sqrt(np.maximum(sizes - 3, 0.0)))
    alarms = rejected(p, 0.05)
    found = [
        pair for pair, value, alarm in zip(pairs, values, alarms, strict=True) if alarm and value > DEPENDENT
    ]
    return sorted(found, key=lambda pair: -(pair.q3_adjusted or 0.0))


def _abilities(study: Study, fitted: Fitted) -> Section:
    section = Section("abilities")
    section.notes = [coded("eap"), coded("map_and_ml"), coded("standard_scale")]
    people = fitted.people
    likeliest, unaided = fitted.by(Method.MAP), fitted.by(Method.ML)
    section.table = table(
        (
            column("person", "person"),
            column("ability", "sd"),
            column("ability_error", "sd"),
            column("ability_map", "sd"),
            column("ability_ml", "sd"),
            column("reasons", "reasons"),
        ),
        [
            [
                label,
                people.theta[row],
                people.se[row],
                likeliest.theta[row],
                unaided.theta[row],
                [reason] if (reason := people.reasons[row] or unaided.reasons[row]) else [],
            ]
            for row, label in enumerate(study.data.labels)
        ],
        refs=[{"entry": person.entry_id} for person in study.data.persons],
    )
    return section
