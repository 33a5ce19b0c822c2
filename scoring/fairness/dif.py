# SPDX-License-Identifier: Apache-2.0
"""Differential item functioning of a whole test: which items treat equally able people of two or more groups differently.

The tests themselves live beside this module; words for the screen and reading of files do not live here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.errors import StatisticsError
from scoring.fairness.groups import Grouping, cautions
from scoring.fairness.logistic import DifKind, Logistic, logistic
from scoring.fairness.mantel import MantelTest, MeanDifference, mantel, mean_difference
from scoring.fairness.mantel_haenszel import MantelHaenszel, mantel_haenszel
from scoring.fairness.matching import Matched, Matcher, Purification, anchors_of, purify
from scoring.fairness.multiple import Control, adjusted, rejected
from scoring.fairness.standardisation import Standardised, standardised
from scoring.tables import ResponseTable

LEVEL: Final = 0.05


class DifMethod(StrEnum):
    """How an item is tested.

    `mh` is Mantel-Haenszel, and Mantel's test where an item has more than two scores or there are several focal groups.
    """

    MH = "mh"
    LOGISTIC = "logistic"


class Favours(StrEnum):
    """Whom an item favours among equally able people."""

    REFERENCE = "reference"
    FOCAL = "focal"


@dataclass(frozen=True, slots=True, eq=False)
class DifSettings:
    """How the items are compared.

    `level` is the share of false alarms that `control` bounds; the purification works at the same level without control,
    as difR does. `anchors` name the items that are matched on and not tested; with them nothing is purified. `external`
    replaces the sum of scores: one value a row, NaN = not known. `correct` chooses the continuity correction.
    """

    method: DifMethod = DifMethod.MH
    kind: DifKind = DifKind.BOTH
    level: float = LEVEL
    control: Control = Control.BH
    anchors: tuple[str, ...] | None = None
    purify: bool = False
    external: NDArray[np.float64] | None = None
    correct: bool = True
    exact: bool = False


@dataclass(frozen=True, slots=True)
class PairDif:
    """One focal group against the reference group on one item."""

    focal: str
    mantel_haenszel: MantelHaenszel | None
    mean_difference: MeanDifference
    standardised: Standardised | None


@dataclass(frozen=True, slots=True)
class ItemDif:
    """One item: the test that decides (`chi2`, `df`, `p`, `p_adjusted`, `flagged`), and the details of the method.

    `p_adjusted` and `flagged` are by the control over all items that were tested. `favours` is for one focal group.
    `reason` says why a figure that should be there is None. `pairs` has a group each; for logistic regression, which does not
    need it, only where there is one focal group: it tells the size on the scale of Mantel and Haenszel.
    """

    item: str
    persons: float
    chi2: float | None
    df: int | None
    p: float | None
    p_adjusted: float | None = None
    flagged: bool = False
    favours: Favours | None = None
    mantel: MantelTest | None = None
    pairs: tuple[PairDif, ...] = ()
    logistic: Logistic | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DifReport:
    """All items of a test. `sizes` are the persons of each group; `left_out` those without a group that is compared."""

    groups: tuple[str, ...]
    sizes: tuple[float, ...]
    left_out: float
    settings: DifSettings
    anchors: tuple[str, ...]
    purification: Purification | None
    cautions: tuple[str, ...]
    items: tuple[ItemDif, ...]

    @property
    def flagged(self) -> tuple[str, ...]:
        """The items that are flagged, in the order of the test."""
        return tuple(item.item for item in self.items if item.flagged)


def dif(table: ResponseTable, groups: Grouping, settings: DifSettings | None = None) -> DifReport:
    """Compare the groups on every item of the table, among people of equal ability.

    Raises `StatisticsError`: `items_not_in_table` (an anchor), `alarm_level`, `table_shape` (`external`).
    """
    settings = settings or DifSettings()
    if settings.external is not None and settings.external.shape != (len(table.persons),):
        raise StatisticsError(
            "table_shape", persons=len(table.persons), items=1, shape=list(settings.external.shape)
        )
    matcher = Matcher(table, groups, settings.external)
    anchors = anchors_of(table, settings.anchors)
    cleaned = None
    if settings.purify and settings.anchors is None and settings.external is None:
        cleaned = purify(
            lambda mask: _p_values(matcher, mask, settings), len(table.items), level=settings.level
        )
        anchors = cleaned.anchors
    untested = anchors if settings.anchors is not None else np.zeros_like(anchors)
    items = [
        _item(matcher, place, anchors, untested=bool(untested[place]), settings=settings)
        for place in range(anchors.size)
    ]
    kept = groups.compared
    return DifReport(
        groups=groups.names,
        sizes=tuple(groups.sizes(table.weights).tolist()),
        left_out=float(table.weights[~kept].sum()),
        settings=settings,
        anchors=tuple(name for name, chosen in zip(table.items, anchors.tolist(), strict=True) if chosen),
        purification=cleaned,
        cautions=cautions(groups, table),
        items=_controlled(tuple(items), settings),
    )


def control_together(reports: Mapping[str, DifReport]) -> dict[str, DifReport]:
    """The same reports with their p-values adjusted as ONE family, where a test is compared by several groupings.

    All reports must have one level and one control; StatisticsError(`mixed_control`).
    """
    rules = {(report.settings.level, report.settings.control) for report in reports.values()}
    if len(rules) != 1:
        raise StatisticsError("mixed_control", comparisons=sorted(reports))
    settings = next(iter(reports.values())).settings
    together = iter(
        _controlled(tuple(item for report in reports.values() for item in report.items), settings)
    )
    return {
        name: replace(report, items=tuple(next(together) for _ in report.items))
        for name, report in reports.items()
    }


def _controlled(items: tuple[ItemDif, ...], settings: DifSettings) -> tuple[ItemDif, ...]:
    p_values = np.array([np.nan if item.p is None else item.p for item in items])
    alarms = rejected(p_values, settings.level, settings.control).tolist()
    after = adjusted(p_values, settings.control).tolist()
    return tuple(
        replace(item, p_adjusted=None if item.p is None else value, flagged=alarm)
        for item, value, alarm in zip(items, after, alarms, strict=True)
    )


def _p_values(matcher: Matcher, anchors: NDArray[np.bool_], settings: DifSettings) -> NDArray[np.float64]:
    plain = replace(settings, exact=False)
    found = [
        _item(matcher, place, anchors, untested=False, settings=plain).p for place in range(anchors.size)
    ]
    return np.array([np.nan if p is None else p for p in found])


def _item(
    matcher: Matcher, place: int, anchors: NDArray[np.bool_], *, untested: bool, settings: DifSettings
) -> ItemDif:
    name = matcher.table.items[place]
    matched = matcher.item(place, anchors)
    persons = float(matched.weights.sum())
    if untested:
        return ItemDif(name, persons, None, None, None, reason="anchor")
    binary = bool(np.isin(matched.scores, (0.0, 1.0)).all())
    if settings.method is DifMethod.LOGISTIC:
        return _by_logistic(name, matched, matcher.groups.names, settings.kind, binary=binary)
    return _by_mantel(name, matched, matcher.groups.names, settings, binary=binary)


def _by_logistic(
    name: str, matched: Matched, groups: tuple[str, ...], kind: DifKind, *, binary: bool
) -> ItemDif:
    persons = float(matched.weights.sum())
    if not binary:
        return ItemDif(name, persons, None, None, None, reason="not_binary")
    fit = logistic(matched)
    test = fit.test(kind)
    if test is None:
        return ItemDif(name, persons, None, None, None, logistic=fit, reason=fit.reason)
    favours = None
    pairs: tuple[PairDif, ...] = ()
    if matched.group_count == 2:
        pairs = (_pair(groups[1], matched, exact=False, binary=True),)
        favours = _favoured(pairs[0].mean_difference.smd)
    return ItemDif(name, persons, test.chi2, test.df, test.p, favours=favours, pairs=pairs, logistic=fit)


def _by_mantel(
    name: str, matched: Matched, groups: tuple[str, ...], settings: DifSettings, *, binary: bool
) -> ItemDif:
    whole = mantel(matched)
    pairs = tuple(
        _pair(focal, _only(matched, code), exact=settings.exact, binary=binary)
        for code, focal in enumerate(groups[1:], start=1)
    )
    chi2, p, reason = whole.chi2, whole.p, whole.reason
    favours = None
    if len(pairs) == 1:
        favours = _favoured(pairs[0].mean_difference.smd)
        haenszel = pairs[0].mantel_haenszel
        if haenszel is not None:
            reason = haenszel.reason
            if settings.correct:
                chi2, p = haenszel.chi2, haenszel.p
    return ItemDif(
        name,
        float(matched.weights.sum()),
        chi2,
        whole.df,
        p,
        favours=favours,
        mantel=whole,
        pairs=pairs,
        reason=reason,
    )


def _pair(focal: str, matched: Matched, *, exact: bool, binary: bool) -> PairDif:
    return PairDif(
        focal,
        mantel_haenszel(matched, exact=exact) if binary else None,
        mean_difference(matched),
        standardised(matched) if binary else None,
    )


def _only(matched: Matched, code: int) -> Matched:
    """The reference group and one focal group."""
    if matched.group_count == 2:
        return matched
    kept = (matched.groups == 0) | (matched.groups == code)
    values, strata = np.unique(matched.strata[kept], return_inverse=True)
    return replace(
        matched,
        scores=matched.scores[kept],
        groups=(matched.groups[kept] > 0).astype(np.intp),
        matching=matched.matching[kept],
        strata=strata.astype(np.intp),
        weights=matched.weights[kept],
        strata_count=values.size,
        group_count=2,
    )


def _favoured(smd: float | None) -> Favours | None:
    if smd is None or smd == 0:
        return None
    return Favours.REFERENCE if smd < 0 else Favours.FOCAL
