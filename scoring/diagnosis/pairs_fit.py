# SPDX-License-Identifier: Apache-2.0
"""Whether a diagnosis model reproduces how pairs of items go together. Fit of single items lives in `model`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scoring.diagnosis.design import Vector
from scoring.diagnosis.model import DiagnosisFit


@dataclass(frozen=True, slots=True)
class PairFit:
    """Fit over all pairs of items (Chen, de la Torre & Zhang 2013; R's CDM::modelfit.cor).

    `srmsr`: root mean square difference of observed and expected correlations, `mean_difference`: its mean size (MADcor);
    `largest_chi2`: of the 2 x 2 tables, with 1 degree of freedom, for the items `worst`, `p`: after Holm for all `pairs`.
    """

    pairs: int
    srmsr: float
    mean_difference: float
    largest_chi2: float
    worst: tuple[str, str]
    p: float


def pair_fit(fit: DiagnosisFit) -> PairFit | None:
    """The fit of pairs that somebody answered; None where there is no such pair whose items vary."""
    data, at = fit.data, fit.maximum.at
    seen = np.ones_like(data.right) if data.seen is None else data.seen
    asked = seen.T @ (seen * data.weights[:, None])
    both = data.right.T @ (data.right * data.weights[:, None])
    one = data.right.T @ (seen * data.weights[:, None])  # j right, where k was answered
    chance = at.probability[fit.design.cells]
    model_both, model_one = chance @ (chance * at.mass).T, chance @ at.mass
    differences, chi2, named = [], [], []
    items = fit.design.q.items
    for j in range(len(items)):
        for k in range(j + 1, len(items)):
            n = asked[j, k]
            if n <= 0:
                continue
            observed = np.array([both[j, k], one[j, k] - both[j, k], one[k, j] - both[j, k], 0.0]) / n
            observed[3] = 1.0 - observed.sum()
            expected = np.array(
                [model_both[j, k], model_one[j] - model_both[j, k], model_one[k] - model_both[j, k], 0.0]
            )
            expected[3] = 1.0 - expected.sum()
            correlations = _correlation(observed), _correlation(expected)
            if None in correlations or (expected <= 1e-12).any():
                continue
            differences.append(abs(float(correlations[0] or 0.0) - float(correlations[1] or 0.0)))
            chi2.append(float(n * ((observed - expected) ** 2 / expected).sum()))
            named.append((items[j], items[k]))
    if not chi2:
        return None
    worst = int(np.argmax(chi2))
    return PairFit(
        len(chi2),
        float(np.sqrt(np.mean(np.square(differences)))),
        float(np.mean(differences)),
        chi2[worst],
        named[worst],
        min(1.0, len(chi2) * math.erfc(math.sqrt(chi2[worst] / 2.0))),
    )


def _correlation(cells: Vector) -> float | None:
    """Of two 0/1 variables with the shares 11, 10, 01, 00; None where one does not vary."""
    both, first, second, _ = (float(cell) for cell in cells)
    a, b = both + first, both + second
    spread = a * (1 - a) * b * (1 - b)
    return (both - a * b) / math.sqrt(spread) if spread > 1e-15 else None
