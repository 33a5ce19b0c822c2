# SPDX-License-Identifier: Apache-2.0
"""Link the scores of form X to those of form Y by a named method. The methods live beside this module."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.linking import linear, precision
from scoring.linking.equipercentile import equipercentile
from scoring.linking.frequency import braun_holland, chained_equipercentile, frequency_estimation
from scoring.linking.linear import Line, Moments
from scoring.linking.loglinear import Choice, Smoothed, chosen, compare, compare_joint, smooth, smooth_joint
from scoring.linking.scores import Distribution, Joint

FEWEST: Final = 5
"""Persons of a form below which nothing is linked."""
ENOUGH_LINEAR: Final = 400
ENOUGH_CURVED: Final = 1500
"""Persons a form below which a line or a curve carries a caution (Kolen & Brennan 2014, p. 304)."""
GROUPS_DIFFER: Final = 0.3
"""Standard deviations between the groups on the anchor from which methods part (Kolen & Brennan 2014, p. 303)."""
ANCHOR_SHARE: Final = 0.2
"""The least share of the test that its anchor should be (Kolen & Brennan 2014, p. 288)."""
UNSEEN: Final = 0.01


class LinkMethod(StrEnum):
    """The methods; the first four are for groups that are equivalent, the others need an anchor."""

    IDENTITY = "identity"
    MEAN = "mean"
    LINEAR = "linear"
    EQUIPERCENTILE = "equipercentile"
    TUCKER = "tucker"
    LEVINE = "levine"
    LEVINE_TRUE = "levine-true"
    NOMINAL = "nominal"
    CHAINED = "chained"
    BRAUN_HOLLAND = "braun-holland"
    FREQUENCY = "frequency"
    CHAINED_EQUIPERCENTILE = "chained-equipercentile"

    @property
    def needs_anchor(self) -> bool:
        """Whether the groups may differ, so that an anchor must tell how."""
        return self not in {
            LinkMethod.IDENTITY,
            LinkMethod.MEAN,
            LinkMethod.LINEAR,
            LinkMethod.EQUIPERCENTILE,
        }

    @property
    def curved(self) -> bool:
        """Whether the link is a curve (and may be smoothed), not a line."""
        return self in {
            LinkMethod.EQUIPERCENTILE,
            LinkMethod.FREQUENCY,
            LinkMethod.CHAINED_EQUIPERCENTILE,
        }


class Errors(StrEnum):
    """How standard errors are found: by formula or the delta method, by drawing again, or not at all."""

    DELTA = "delta"
    BOOTSTRAP = "bootstrap"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How the forms are linked.

    `weight` is the share (0 to 1) of the population of X in the synthetic population; None takes the shares of the
    samples, as the R package equate does (Kolen & Brennan's examples take 1). `internal` says that the anchor's marks
    are part of the totals. `mean_only` sets the slope of a line to 1. `degree` smooths a curve's distributions first:
    a number, or the rule that chooses it; None does not smooth. `cross` are the powers of total x anchor that are kept.
    """

    method: LinkMethod
    weight: float | None = None
    internal: bool = True
    mean_only: bool = False
    degree: int | Choice | None = None
    cross: int = 1
    errors: Errors = Errors.DELTA
    replications: int = 500


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """A link: for every score of X's scale its equivalent on Y and the standard error (marks of Y, NaN where none exists).

    `line` where the method is a straight one; `moments` of the synthetic population where there is one; `weight` the
    share of X's population in it; `smoothed` the models of X and Y; `unsmoothed` the equivalents without them;
    `unseen` and `cautions` say what weakens it.
    """

    settings: LinkSettings
    scores: NDArray[np.float64]
    equivalents: NDArray[np.float64]
    errors: NDArray[np.float64] | None
    line: Line | None
    moments: Moments | None
    weight: float | None
    smoothed: tuple[Smoothed, Smoothed] | None
    unsmoothed: NDArray[np.float64] | None
    cautions: tuple[str, ...]


Form: TypeAlias = Distribution | Joint


def link(x: Form, y: Form, settings: LinkSettings, *, rng: np.random.Generator | None = None) -> Link:
    """Link form X to form Y; `rng` is needed for bootstrap errors only.

    Raises `StatisticsError`: `anchor_needed`, `too_few_to_link`, `synthetic_weight`, `rng_needed`, and what the method raises.
    """
    method = settings.method
    _check(x, y, settings)
    cautions = _cautions(x, y, settings)
    if not method.needs_anchor:
        x, y = _totals(x), _totals(y)
    weight = settings.weight if settings.weight is not None else x.n / (x.n + y.n)
    smoothed = None
    if method.curved and settings.degree is not None:
        smoothed = (
            _smoothed(x, settings.degree, settings.cross),
            _smoothed(y, settings.degree, settings.cross),
        )
    raw = _run(x, y, settings, weight)
    final = raw if smoothed is None else _run(_with(x, smoothed[0]), _with(y, smoothed[1]), settings, weight)
    return Link(
        settings=settings,
        scores=_totals(x).scale.points,
        equivalents=final.equivalents,
        errors=_errors((x, y), settings, weight=weight, smoothed=smoothed, rng=rng),
        line=final.line,
        moments=final.moments,
        weight=weight if method.needs_anchor and _synthetic(method) else None,
        smoothed=smoothed,
        unsmoothed=None if smoothed is None else raw.equivalents,
        cautions=(*cautions, "anchor_scores_unseen") if final.unseen > UNSEEN else cautions,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    equivalents: NDArray[np.float64]
    line: Line | None = None
    moments: Moments | None = None
    unseen: float = 0.0


def _check(x: Form, y: Form, settings: LinkSettings) -> None:
    if settings.method.needs_anchor and not (isinstance(x, Joint) and isinstance(y, Joint)):
        raise StatisticsError("anchor_needed", method=settings.method.value)
    if min(x.n, y.n) < FEWEST:
        raise StatisticsError("too_few_to_link", x=x.n, y=y.n, fewest=FEWEST)
    if settings.weight is not None and not 0 <= settings.weight <= 1:
        raise StatisticsError("synthetic_weight", weight=settings.weight)
    if settings.errors is Errors.BOOTSTRAP and settings.replications < 2:
        raise StatisticsError("bad_replications", replications=settings.replications)


def _synthetic(method: LinkMethod) -> bool:
    return method not in {LinkMethod.CHAINED, LinkMethod.CHAINED_EQUIPERCENTILE, LinkMethod.LEVINE_TRUE}


def _totals(form: Form) -> Distribution:
    return form.total if isinstance(form, Joint) else form


def _with(form: Form, fit: Smoothed) -> Form:
    return _again(form, fit.counts)


def _again(form: Form, counts: NDArray[np.float64]) -> Form:
    if isinstance(form, Joint):
        return Joint(form.totals, form.anchors, counts)
    return Distribution(form.scale, counts)


def _run(x: Form, y: Form, settings: LinkSettings, weight: float) -> _Found:
    if isinstance(x, Joint) and isinstance(y, Joint):
        return _by_anchor(x, y, settings, weight)
    return _by_totals(_totals(x), _totals(y), settings)


def _by_totals(x: Distribution, y: Distribution, settings: LinkSettings) -> _Found:
    if settings.method is LinkMethod.EQUIPERCENTILE:
        return _Found(equipercentile(x, y))
    if settings.method is LinkMethod.IDENTITY:
        line = Line(1.0, 0.0)
    else:
        mean_only = settings.mean_only or settings.method is LinkMethod.MEAN
        line = linear.random_groups(x, y, mean_only=mean_only)
    return _Found(line.at(x.scale.points), line)


def _by_anchor(x: Joint, y: Joint, settings: LinkSettings, weight: float) -> _Found:
    mean_only, internal = settings.mean_only, settings.internal
    match settings.method:
        case LinkMethod.FREQUENCY:
            equivalents, both = frequency_estimation(x, y, weight=weight)
            return _Found(equivalents, unseen=both.unseen)
        case LinkMethod.CHAINED_EQUIPERCENTILE:
            return _Found(chained_equipercentile(x, y))
        case LinkMethod.CHAINED:
            return _straight(x, linear.chained(x, y, mean_only=mean_only))
        case LinkMethod.LEVINE_TRUE:
            return _straight(x, linear.levine_true(x, y, internal=internal, mean_only=mean_only))
        case LinkMethod.TUCKER:
            moments = linear.tucker(x, y, weight=weight)
        case LinkMethod.LEVINE:
            moments = linear.levine(x, y, weight=weight, internal=internal)
        case LinkMethod.NOMINAL:
            moments, mean_only = linear.nominal(x, y, weight=weight), True
        case _:
            moments = braun_holland(x, y, weight=weight)
    return _straight(x, moments.line(mean_only=mean_only), moments)


def _straight(x: Joint, line: Line, moments: Moments | None = None) -> _Found:
    return _Found(line.at(x.totals.points), line, moments)


def _smoothed(form: Form, degree: int | Choice, cross: int) -> Smoothed:
    if isinstance(degree, Choice):
        fits = compare_joint(form, cross=cross) if isinstance(form, Joint) else compare(form)
        return chosen(fits, degree)
    if isinstance(form, Joint):
        return smooth_joint(form, degree=degree, cross=cross)
    return smooth(form, degree=degree)


def _errors(
    forms: tuple[Form, Form],
    settings: LinkSettings,
    *,
    weight: float,
    smoothed: tuple[Smoothed, Smoothed] | None,
    rng: np.random.Generator | None,
) -> NDArray[np.float64] | None:
    method = settings.method
    if settings.errors is Errors.NONE or method is LinkMethod.IDENTITY:
        return None
    x, y = forms

    def plain(counts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        return _run(_again(x, counts[0]), _again(y, counts[1]), settings, weight).equivalents

    def anew(counts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        if smoothed is None:
            return plain(counts)
        return plain(
            [
                _smoothed(_again(form, cells), fit.degree, settings.cross).counts
                for form, cells, fit in zip((x, y), counts, smoothed, strict=True)
            ]
        )

    if settings.errors is Errors.BOOTSTRAP:
        if rng is None:
            raise StatisticsError("rng_needed")
        return precision.bootstrap_errors(
            (x.counts, y.counts), anew, replications=settings.replications, rng=rng
        )
    if isinstance(x, Distribution) and isinstance(y, Distribution) and smoothed is None:
        return _by_formula(x, y, settings)
    found = precision.delta_errors((x.counts, y.counts), plain, smoothed=smoothed)
    return np.where(found > 0, found, np.nan) if method.curved else found


def _by_formula(x: Distribution, y: Distribution, settings: LinkSettings) -> NDArray[np.float64]:
    if settings.method is LinkMethod.EQUIPERCENTILE:
        return precision.equipercentile_errors(x, y)
    if settings.mean_only or settings.method is LinkMethod.MEAN:
        return precision.mean_errors(x, y)
    return precision.linear_errors(x, y)


def _cautions(x: Form, y: Form, settings: LinkSettings) -> tuple[str, ...]:
    method = settings.method
    found = []
    fewest = min(x.n, y.n)
    if method.curved and fewest < ENOUGH_CURVED:
        found.append("few_for_a_curve")
    elif method is not LinkMethod.IDENTITY and fewest < ENOUGH_LINEAR:
        found.append("few_for_a_line")
    if isinstance(x, Joint) and isinstance(y, Joint):
        if not method.needs_anchor:
            found.append("anchor_not_used")
        elif x.anchors.high < ANCHOR_SHARE * min(x.totals.high, y.totals.high):
            found.append("short_anchor")
        if abs(anchor_gap(x, y)) > GROUPS_DIFFER:
            found.append("groups_differ")
    return tuple(found)


def anchor_gap(x: Joint, y: Joint) -> float:
    """How far the group of X is above that of Y on the anchor, in pooled standard deviations; 0 without any spread."""
    pooled = ((x.n - 1) * x.anchor.variance + (y.n - 1) * y.anchor.variance) / (x.n + y.n - 2)
    return (x.anchor.mean - y.anchor.mean) / float(np.sqrt(pooled)) if pooled > 0 else 0.0
