# SPDX-License-Identifier: Apache-2.0
"""How good decisions on total scores are: Livingston and Lewis (1995), and Hanson and Brennan (1990).

Both take true scores to be beta distributed; errors are binomial over an effective number of items, or follow Lord's two-term
approximation of the compound binomial over the items themselves. Item response theory lives in `lee` and `rudner`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.certainty.quality import DecisionQuality, category_of, check_cuts, from_conditional
from scoring.certainty.true_scores import (
    TrueScores,
    effective_length,
    fit_true_scores,
    lords_k,
    true_moments,
)
from scoring.errors import StatisticsError

FEWEST_PERSONS: Final = 30  # below this, four moments say nothing; results are given and marked
LONGEST: Final = 5_000
_SMALLEST_BIN: Final = 10.0
_WHOLE: Final = 1e-9
_GRID: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How well the model gives back the scores that occurred: chi-square over bins of at least 10 expected persons.

    `chi2` and `p` are None where too few bins are left (`reason` = `too_few_bins`), or the scores stand on no even grid
    (`scores_not_evenly_spaced`).
    """

    chi2: float | None
    df: int
    p: float | None
    reason: str | None = None

    def to_document(self) -> dict[str, object]:
        """As JSON."""
        return {"chi2": self.chi2, "df": self.df, "p": self.p, "reason": self.reason}


@dataclass(frozen=True, slots=True, eq=False)
class TotalDecisions:
    """Decisions on totals under a model: their quality, and what the model is.

    `length` is the effective number of items as estimated, `rounded` the whole number that errors are computed with (the same
    in Hanson and Brennan); `k` is Lord's k (0 in Livingston and Lewis); `observed_cuts` are the cuts on 0 to `rounded`,
    `unrounded_cuts` the same as they come. `score_chances` is true points x scores 0 to `rounded`; `nodes` and `node_weights`
    are those points.
    """

    quality: DecisionQuality
    true_scores: TrueScores
    length: float
    rounded: int
    k: float
    observed_cuts: tuple[int, ...]
    unrounded_cuts: tuple[float, ...]
    true_cuts: tuple[float, ...]
    persons: float
    fit: Fit | None
    nodes: NDArray[np.float64]
    node_weights: NDArray[np.float64]
    score_chances: NDArray[np.float64]

    def truly_passes(self, cut: int = 0) -> NDArray[np.float64]:
        """For each score 0 to `rounded`: the chance that the true score reaches the cut (its place), or NaN if impossible.

        Bayes' rule with the fitted true scores as the prior.
        """
        joint = self.node_weights[:, None] * self.score_chances
        above = joint[self.nodes >= self.true_cuts[cut]].sum(axis=0)
        whole = joint.sum(axis=0)
        out = np.full(whole.shape, np.nan)
        np.divide(above, whole, out=out, where=whole > 0)
        return out

    def as_ll_ca(self) -> DecisionQuality | None:
        """What betafunctions 1.9.0 prints for one cut (`LL.CA`), where that differs; None where it does not.

        There the second of the two tests has its cut cut off instead of rounded, so that the consistency matrix is not
        symmetric: a slip of that package, given for comparison only.
        """
        lower = int(np.floor(self.unrounded_cuts[0] + _WHOLE))
        if len(self.observed_cuts) > 1 or lower == self.observed_cuts[0]:
            return None
        first, second = (self.score_chances[:, cut:].sum(axis=1) for cut in (self.observed_cuts[0], lower))
        joint = np.stack([1 - first, first]) @ (
            self.node_weights[:, None] * np.stack([1 - second, second], axis=1)
        )
        return DecisionQuality(self.quality.against_truth, joint)

    def to_document(self) -> dict[str, object]:
        """As JSON: the figures of `DecisionQuality`, then the model, each cut on its own, and how well it fits."""
        document = self.quality.to_document()
        document["persons"] = self.persons
        document["parameters"] = self.true_scores.to_document() | {
            "etl": self.length,
            "etl_rounded": self.rounded,
            "k": self.k,
        }
        document["cuts"] = [
            {"observed_cut": observed, "true_cut": true} | self.quality.at(place).to_document()
            for place, (observed, true) in enumerate(zip(self.observed_cuts, self.true_cuts, strict=True))
        ]
        other = self.as_ll_ca()
        document["betafunctions_ll_ca"] = (
            None if other is None else {"consistency": other.consistency, "kappa": other.kappa}
        )
        document["fit"] = None if self.fit is None else self.fit.to_document()
        if self.persons < FEWEST_PERSONS:
            document["warning"] = f"fewer than {FEWEST_PERSONS} persons"
        return document


@dataclass(frozen=True, slots=True)
class Scale:
    """What a total can be: from `minimum` to `maximum`, both in marks."""

    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        if not -np.inf < self.minimum < self.maximum < np.inf:
            raise StatisticsError("scale_empty", minimum=self.minimum, maximum=self.maximum)


def livingston_lewis(
    scores: NDArray[np.float64],
    *,
    weights: NDArray[np.float64] | None = None,
    reliability: float,
    cuts: Sequence[float],
    scale: Scale,
    true_cuts: Sequence[float] | None = None,
    parameters: int = 4,
    ends: tuple[float, float] = (0.0, 1.0),
) -> TotalDecisions:
    """Accuracy and consistency of decisions on any kind of total, from one test and its reliability.

    `scores` (n,) within the scale, NaN not allowed; a total on a cut passes; `true_cuts` are on the same scale (the cuts, if
    None); `parameters` is 4 or 2, the latter between `ends`. The conventions are those of betafunctions 1.9.0 (`LL.CA.MC`):
    moments with the effective length as estimated, errors with the rounded one, cuts rounded half to even on 0 to that
    length, consistency as in Hanson (1991). Its `LL.CA` cuts the second test's score down instead of rounding it, so
    that its two tests differ: that is not done here.

    Raises StatisticsError: `totals_missing`, `totals_outside`, `reliability_range`, `scores_equal`, `effective_length`,
    `no_true_variance`, `true_scores_too_spread`, `cut_…`.
    """
    counted = _weights_of(scores, weights, scale)
    cuts = check_cuts(cuts, minimum=scale.minimum, maximum=scale.maximum)
    mean, variance = _mean_and_variance(scores, counted)
    length = effective_length(
        mean=mean,
        variance=variance,
        reliability=reliability,
        minimum=scale.minimum,
        maximum=scale.maximum,
    )
    _check_length(length)
    on_length = (scores - scale.minimum) / (scale.maximum - scale.minimum) * length
    moments = true_moments(on_length, counted, length=length, k=0.0)
    true_scores = fit_true_scores(moments, parameters=parameters, lower=ends[0], upper=ends[1])
    rounded = round(length)
    return _decide(
        true_scores,
        length=length,
        rounded=rounded,
        k=0.0,
        unrounded=[_on_length(cut, scale, rounded) for cut in cuts],
        true=_proportions(true_cuts if true_cuts is not None else cuts, scale, len(cuts)),
        seen=_Seen(scores, counted, scale),
    )


def hanson_brennan(
    scores: NDArray[np.float64],
    *,
    weights: NDArray[np.float64] | None = None,
    reliability: float,
    cuts: Sequence[float],
    items: int,
    true_cuts: Sequence[float] | None = None,
    parameters: int = 4,
    ends: tuple[float, float] = (0.0, 1.0),
) -> TotalDecisions:
    """Accuracy and consistency of decisions on the number of right answers among `items` right-or-wrong items.

    Hanson & Brennan (1990), J. Educ. Meas. 27, 345-359, as computed in Hanson (1991): four-parameter beta true scores, Lord's
    two-term errors. `scores` are whole numbers 0 to `items`. Raises StatisticsError as `livingston_lewis`, and
    `totals_not_whole`.
    """
    scale = Scale(0.0, float(items))
    counted = _weights_of(scores, weights, scale)
    cuts = check_cuts(cuts, minimum=0.0, maximum=float(items))
    if (np.abs(scores - np.rint(scores)) > _WHOLE).any():
        raise StatisticsError("totals_not_whole")
    if not 0 < reliability < 1:
        raise StatisticsError("reliability_range", reliability=reliability)
    mean, variance = _mean_and_variance(scores, counted)
    if not variance > 0:
        raise StatisticsError("scores_equal")
    k = lords_k(mean=mean, variance=variance, reliability=reliability, length=items)
    moments = true_moments(scores, counted, length=float(items), k=k)
    true_scores = fit_true_scores(moments, parameters=parameters, lower=ends[0], upper=ends[1])
    return _decide(
        true_scores,
        length=float(items),
        rounded=items,
        k=k,
        unrounded=[float(np.ceil(cut - _WHOLE)) for cut in cuts],
        true=_proportions(true_cuts if true_cuts is not None else cuts, scale, len(cuts)),
        seen=_Seen(np.rint(scores), counted, scale),
    )


def from_model(
    true_scores: TrueScores, *, length: float, cuts: Sequence[float], scale: Scale, k: float = 0.0
) -> TotalDecisions:
    """The same from a stated model, without data: `length` > 1 items. Raises StatisticsError (`effective_length`, `cut_…`)."""
    _check_length(length)
    cuts = check_cuts(cuts, minimum=scale.minimum, maximum=scale.maximum)
    rounded = round(length)
    return _decide(
        true_scores,
        length=length,
        rounded=rounded,
        k=k,
        unrounded=[_on_length(cut, scale, rounded) for cut in cuts],
        true=_proportions(cuts, scale, len(cuts)),
        seen=None,
    )


def error_chances(proportions: NDArray[np.float64], *, length: int, k: float = 0.0) -> NDArray[np.float64]:
    """The chance of each number right 0 to `length` at true proportions (t,): t x (length + 1), rows sum to 1.

    Binomial, less Lord's second term (Lord 1965, as in Hanson 1991), which may make a chance slightly negative.
    """
    from scipy.stats import binom

    numbers = np.arange(length + 1)
    p = proportions[:, None]
    chances = np.asarray(binom.pmf(numbers, length, p), dtype=np.float64)
    if k == 0 or length < 2:
        return chances
    shorter = np.zeros((len(proportions), length + 3))
    shorter[:, 2 : length + 1] = binom.pmf(numbers[:-2], length - 2, p)
    second = shorter[:, 2:] - 2 * shorter[:, 1:-1] + shorter[:, :-2]
    return np.asarray(chances - k * p * (1 - p) * second, dtype=np.float64)


def _decide(
    true_scores: TrueScores,
    *,
    length: float,
    rounded: int,
    k: float,
    unrounded: Sequence[float],
    true: Sequence[float],
    seen: _Seen | None,
) -> TotalDecisions:
    nodes, node_weights = true_scores.nodes(true)
    chances = error_chances(nodes, length=rounded, k=k)
    observed = [round(cut) for cut in unrounded]
    edges = [0, *observed, rounded + 1]
    decisions = np.stack([chances[:, low:high].sum(axis=1) for low, high in pairwise(edges)], axis=1)
    quality = from_conditional(
        node_weights, decisions, category_of(nodes, true), categories=len(observed) + 1
    )
    persons = 0.0 if seen is None else float(seen.weights.sum())
    fit = (
        None if seen is None else _fit(seen, node_weights @ chances * persons, parameters=true_scores.fitted)
    )
    return TotalDecisions(
        quality,
        true_scores,
        length,
        rounded,
        k,
        tuple(observed),
        tuple(unrounded),
        tuple(true),
        persons,
        fit,
        nodes,
        node_weights,
        chances,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The scores that occurred, their weights and scale."""

    scores: NDArray[np.float64]
    weights: NDArray[np.float64]
    scale: Scale


def _fit(seen: _Seen, on_length: NDArray[np.float64], *, parameters: int) -> Fit:
    """Chi-square of the scores against the expected numbers of people at 0 to the rounded length.

    The two scales need not have as many steps: each score is spread evenly over its own width, as on paper, and the expected
    people of a score are those over its width.
    """
    gaps = np.diff(np.unique(seen.scores))
    wide = seen.scale.maximum - seen.scale.minimum
    steps = round(wide / float(gaps.min()))
    places = (seen.scores - seen.scale.minimum) / wide * steps
    if steps > LONGEST or (np.abs(places - np.rint(places)) > _GRID).any():
        return Fit(None, 0, None, "scores_not_evenly_spaced")
    length = len(on_length) - 1
    edges = np.concatenate([[-0.5], (np.arange(1, steps + 1) - 0.5) * length / steps, [length + 0.5]])
    below = np.interp(edges, np.arange(length + 2) - 0.5, np.concatenate([[0.0], np.cumsum(on_length)]))
    counts = np.bincount(np.rint(places).astype(np.int64), weights=seen.weights, minlength=steps + 1)
    return _chi_square(counts.tolist(), np.diff(below).tolist(), parameters=parameters)


def _chi_square(seen: Sequence[float], expected: Sequence[float], *, parameters: int) -> Fit:
    """Over neighbouring scores put together until 10 persons are expected; bins - fitted parameters df."""
    bins: list[list[float]] = []
    for observed, wanted in zip(seen, expected, strict=True):
        if bins and bins[-1][1] < _SMALLEST_BIN:
            bins[-1] = [bins[-1][0] + observed, bins[-1][1] + wanted]
        else:
            bins.append([observed, wanted])
    if len(bins) > 1 and bins[-1][1] < _SMALLEST_BIN:
        observed, wanted = bins.pop()
        bins[-1] = [bins[-1][0] + observed, bins[-1][1] + wanted]
    df = len(bins) - parameters
    if df < 1:
        return Fit(None, df, None, "too_few_bins")
    from scipy.stats import chi2

    statistic = sum((observed - wanted) ** 2 / wanted for observed, wanted in bins)
    return Fit(statistic, df, float(chi2.sf(statistic, df)))


def _weights_of(
    scores: NDArray[np.float64], weights: NDArray[np.float64] | None, scale: Scale
) -> NDArray[np.float64]:
    if scores.size < 2 or np.isnan(scores).any():
        raise StatisticsError("totals_missing", persons=int(scores.size))
    low, high = float(scores.min()), float(scores.max())
    if low < scale.minimum or high > scale.maximum:
        raise StatisticsError(
            "totals_outside", lowest=low, highest=high, minimum=scale.minimum, maximum=scale.maximum
        )
    return np.ones_like(scores) if weights is None else weights


def _mean_and_variance(scores: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """The mean, and the variance over one person less, as R has it; weights are frequencies."""
    mean = float(np.average(scores, weights=weights))
    persons = float(weights.sum())
    if persons <= 1:
        raise StatisticsError("totals_missing", persons=int(persons))
    return mean, float((weights * (scores - mean) ** 2).sum() / (persons - 1))


def _check_length(length: float) -> None:
    # An effective length of 1 or less means that errors are larger than one right-or-wrong item can make them.
    if not 1.5 <= length <= LONGEST:
        raise StatisticsError("effective_length", length=length, most=LONGEST)


def _on_length(cut: float, scale: Scale, length: int) -> float:
    return (cut - scale.minimum) / (scale.maximum - scale.minimum) * length


def _proportions(cuts: Sequence[float], scale: Scale, count: int) -> list[float]:
    if len(cuts) != count:
        raise StatisticsError("true_cuts_number", cuts=count, true_cuts=len(cuts))
    found = check_cuts(cuts, minimum=scale.minimum, maximum=scale.maximum)
    return [(cut - scale.minimum) / (scale.maximum - scale.minimum) for cut in found]
