# SPDX-License-Identifier: Apache-2.0
"""Split-half reliability: odd against even, first against last half, and over many splits. No random state lives here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.classical.moments import correlation
from scoring.classical.reliability import spearman_brown

ALL_UP_TO: Final = 20_000  # splits; where there are more, as many as SAMPLED are drawn
SAMPLED: Final = 5_000
SEED: Final = 1


@dataclass(frozen=True, slots=True)
class Half:
    """One split: the correlation of the halves, stepped up by Spearman-Brown, and Guttman's coefficient of the split.

    Guttman (1945), the same as Flanagan's and Rulon's: 2 (1 - (variance of a + variance of b) / variance of the sum).
    None where a half or the sum does not vary.
    """

    correlation: float | None
    spearman_brown: float | None
    guttman: float | None


@dataclass(frozen=True, slots=True)
class Splits:
    """Splits of a test into halves of equal size (one item apart where their number is odd).

    `lowest`, `mean` and `highest` are Guttman's coefficient over the splits and `mean_spearman_brown` the mean of the
    stepped-up correlations; `every` says whether the `count` splits are all that there are or drawn with the seed `seed`. The
    highest over every split is Guttman's lambda 4, else a value that lambda 4 is not below.
    """

    odd_even: Half
    first_last: Half
    count: int
    every: bool
    seed: int | None
    lowest: float
    mean: float
    highest: float
    mean_spearman_brown: float | None


def half(covariances: NDArray[np.float64], chosen: NDArray[np.bool_]) -> Half:
    """The split of the items that are `chosen` against the others, from items x items covariances."""
    a = float(covariances[np.ix_(chosen, chosen)].sum())
    b = float(covariances[np.ix_(~chosen, ~chosen)].sum())
    across = float(covariances[np.ix_(chosen, ~chosen)].sum())
    r = correlation(across, a, b)
    total = a + b + 2 * across
    return Half(r, None if r is None else spearman_brown(r, 2), 4 * across / total if total > 0 else None)


def splits(covariances: NDArray[np.float64], *, seed: int = SEED) -> Splits | None:
    """Splits of a test from items x items covariances; None where the sum does not vary or fewer than two items are there."""
    k = covariances.shape[0]
    total = float(covariances.sum())
    if k < 2 or not total > 0:
        return None
    places = np.arange(k)
    count = comb(k, k // 2) // (2 if k % 2 == 0 else 1)
    every = count <= ALL_UP_TO
    chosen = _all(k) if every else _drawn(k, seed)
    signs = np.where(chosen, 1.0, -1.0)
    guttman = 1 - np.einsum("si,ij,sj->s", signs, covariances, signs, optimize=True) / total
    a = np.einsum("si,ij,sj->s", chosen, covariances, chosen, optimize=True)
    across = guttman * total / 4
    b = total - a - 2 * across
    varying = (a > 0) & (b > 0)
    r = np.clip(across[varying] / np.sqrt(a[varying] * b[varying]), -1, 1)
    r = r[r > -1]
    return Splits(
        odd_even=half(covariances, places % 2 == 0),
        first_last=half(covariances, places < (k + 1) // 2),
        count=len(chosen),
        every=every,
        seed=None if every else seed,
        lowest=float(guttman.min()),
        mean=float(guttman.mean()),
        highest=float(guttman.max()),
        mean_spearman_brown=float((2 * r / (1 + r)).mean()) if r.size else None,
    )


def _all(k: int) -> NDArray[np.bool_]:
    """Every split once: with an even number of items the first stands in the chosen half."""
    picks = [pick for pick in combinations(range(k), k // 2) if k % 2 or 0 in pick]
    chosen = np.zeros((len(picks), k), dtype=np.bool_)
    np.put_along_axis(chosen, np.array(picks, dtype=np.intp), values=True, axis=1)
    return chosen


def _drawn(k: int, seed: int) -> NDArray[np.bool_]:
    order = np.random.default_rng(seed).permuted(np.tile(np.arange(k), (SAMPLED, 1)), axis=1)
    return order < k // 2
