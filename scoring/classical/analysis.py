# SPDX-License-Identifier: Apache-2.0
"""The whole classical analysis of a test: total scores, reliability, items and options, with what makes it shaky.

Formulas do not live here but in the modules beside this one; printing lives in the callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.classical.items import ItemFigures, item_figures, rest_scores
from scoring.classical.moments import Missing, Moments, moments, prepared
from scoring.classical.one_factor import OneFactor, one_factor
from scoring.classical.options import ChoiceFigures, choice_figures
from scoring.classical.reliability import Reliability, reliability
from scoring.classical.splits import SEED, Splits, splits
from scoring.tables import ChoiceTable, ResponseTable


@dataclass(frozen=True, slots=True)
class Caution:
    """A sample smaller than a rule of thumb asks for, with the rule's source."""

    code: str
    needed: float
    has: float
    source: str


@dataclass(frozen=True, slots=True)
class Totals:
    """The sum score: `mean` and `sd` in marks (`sd` with n - 1, `sd_population` with n), `skewness` and `kurtosis`.

    Skewness and excess kurtosis are from Fisher's k-statistics, as Moodle prints them; `lowest` and `highest` are reached
    scores. None where `reasons` says why.
    """

    mean: float
    sd: float | None
    sd_population: float | None
    lowest: float
    highest: float
    skewness: float | None
    kurtosis: float | None
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What `kasauti stats ctt` says about a test; `cells_missing` is before `missing` was applied."""

    n: float
    items_count: int
    missing: Missing
    cells_missing: int
    smallest_pair: float
    totals: Totals
    reliability: Reliability
    splits: Splits | None
    one_factor: OneFactor
    items: tuple[ItemFigures, ...]
    options: tuple[ChoiceFigures, ...]
    cautions: tuple[Caution, ...]


# (code, persons needed, persons needed per item, source)
_RULES: Final = (
    ("few_persons_for_items", 200, 0, "Crocker & Algina (1986)"),
    ("few_persons_per_item", 0, 5, "Nunnally (1967): five to ten persons per item"),
    ("few_persons_for_alpha", 300, 0, "Nunnally & Bernstein (1994)"),
)


def analyse(
    table: ResponseTable,
    *,
    missing: Missing = Missing.AVAILABLE,
    choices: ChoiceTable | None = None,
    key: Mapping[str, str] | None = None,
    maxima: NDArray[np.float64] | None = None,
    seed: int = SEED,
) -> Analysis:
    """The classical analysis of scores, and of the choices behind them where `choices` and `key` are given.

    `maxima` are the highest marks of the items, by default the highest that were reached. Raises StatisticsError
    (`no_complete_rows`, `too_few_persons`, `item_unseen`, `maxima_shape`).
    """
    cells = int((~table.seen[table.weights > 0]).sum())
    whole = prepared(table, missing)
    found = moments(whole, maxima=maxima)
    return Analysis(
        n=found.n,
        items_count=found.k,
        missing=missing,
        cells_missing=cells,
        smallest_pair=found.smallest_n,
        totals=_totals(whole, found),
        reliability=reliability(found, binary=whole.binary),
        splits=splits(found.covariances),
        one_factor=one_factor(found),
        items=item_figures(whole, found),
        options=() if choices is None or key is None else choice_figures(choices, key, missing=missing),
        cautions=cautions(found.smallest_n, found.k),
    )


def cautions(n: float, k: int) -> tuple[Caution, ...]:
    """The rules of thumb that a sample of n persons on k items falls short of."""
    return tuple(
        Caution(code, needed, n, source)
        for code, persons, per_item, source in _RULES
        if n < (needed := max(persons, per_item * k))
    )


def _totals(table: ResponseTable, found: Moments) -> Totals:
    """Mean and spread are those of the moments; the shape is that of the sums, raised to the whole test where scores lack."""
    sums = rest_scores(table)
    weights = table.weights
    n = found.n
    variance = found.total_variance
    reasons: dict[str, str] = {}
    if not variance >= 0:
        reasons |= dict.fromkeys(("sd", "sd_population"), "pair_never_seen_together")
    shape = _shape(sums, weights)
    if shape[0] is None:
        reasons["skewness"] = "too_few_persons" if n < 3 else "total_does_not_vary"
    if shape[1] is None:
        reasons["kurtosis"] = "too_few_persons" if n < 4 else "total_does_not_vary"
    return Totals(
        mean=float(found.means.sum()),
        sd=float(np.sqrt(variance)) if variance >= 0 else None,
        sd_population=float(np.sqrt(variance * (n - 1) / n)) if variance >= 0 else None,
        lowest=float(np.nanmin(sums)),
        highest=float(np.nanmax(sums)),
        skewness=shape[0],
        kurtosis=shape[1],
        reasons=reasons,
    )


def _shape(sums: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """k3 / k2^1.5 and k4 / k2^2 of Fisher's k-statistics."""
    n = float(weights.sum())
    deviations = sums - weights @ sums / n
    m2, m3, m4 = (float(weights @ deviations**power / n) for power in (2, 3, 4))
    if n < 3 or not m2 > 1e-20:
        return None, None
    k2 = m2 * n / (n - 1)
    k3 = m3 * n**2 / ((n - 1) * (n - 2))
    if n < 4:
        return float(k3 / k2**1.5), None
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return float(k3 / k2**1.5), float(k4 / k2**2)


def document(analysis: Analysis) -> dict[str, object]:
    """The analysis as JSON-able members; members that are None have their reason in `reasons` beside them."""
    options = {one.item: one for one in analysis.options}
    totals, found = analysis.totals, analysis.reliability
    return {
        "n": _count(analysis.n),
        "item_count": analysis.items_count,
        "missing": {
            "cells": analysis.cells_missing,
            "treated_as": analysis.missing.value,
            "smallest_pair": _count(analysis.smallest_pair),
        },
        **_members(totals, without=("reasons",)),
        **_members(found, without=("reasons",)),
        "omega": analysis.one_factor.omega,
        "split_half": None if analysis.splits is None else _split_members(analysis.splits),
        "one_factor": _members(analysis.one_factor),
        "reasons": {**totals.reasons, **found.reasons, **_omega_reason(analysis.one_factor)},
        "cautions": [_members(one) | {"has": _count(one.has)} for one in analysis.cautions],
        "items": [_item_members(one, options.get(one.item)) for one in analysis.items],
        "suspicious_keys": [one.item for one in analysis.options if one.suspicious_key],
    }


def _omega_reason(found: OneFactor) -> dict[str, str]:
    return {name: reason for name, reason in found.reasons.items() if name == "omega"}


def _split_members(found: Splits) -> dict[str, object]:
    return {
        **_members(found, without=("odd_even", "first_last")),
        "odd_even": _members(found.odd_even),
        "first_last": _members(found.first_last),
        "lambda4": found.highest if found.every else None,
        **({} if found.every else {"reason": "lambda4_needs_every_split"}),
    }


def _item_members(item: ItemFigures, options: ChoiceFigures | None) -> dict[str, object]:
    members = _members(item) | {"n": _count(item.n)}
    if options is not None:
        members["distractors"] = [_members(one) | {"count": _count(one.count)} for one in options.options]
        members["suspicions"] = [_members(one) for one in options.suspicions]
    return members


def _count(number: float) -> int | float:
    """A number of persons: whole unless the weights are not."""
    return int(number) if number.is_integer() else number


def _members(value: object, *, without: tuple[str, ...] = ()) -> dict[str, object]:
    """The members of a dataclass, nested ones included."""
    found: dict[str, object] = {}
    for field in fields(value):  # type: ignore[arg-type]
        if field.name in without:
            continue
        member = getattr(value, field.name)
        found[field.name] = _members(member) if hasattr(member, "__dataclass_fields__") else member
    return found
