# SPDX-License-Identifier: Apache-2.0
"""Worlds whose truth is known: every possible answer pattern with the frequency that given parameters promise."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import numpy as np

from scoring.diagnosis.design import QMatrix, Rule, design_of
from scoring.tables import ResponseTable

HERE = Path(__file__).parent
FRACTIONS = HERE / "fraction_subtraction.csv"
FRACTIONS_Q = HERE / "fraction_subtraction_q.csv"


def fractions() -> ResponseTable:
    """536 learners, 20 items: K. K. Tatsuoka (1984), published with C. Tatsuoka (2002), J. R. Stat. Soc. C 51, 337-350."""
    with FRACTIONS.open(encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    return ResponseTable.of(np.array(rows, dtype=np.float64), items=header)


def fractions_q() -> QMatrix:
    """Their 8 attributes, as in de la Torre & Douglas (2004), table 8, and in R's CDM::fraction.subtraction.qmatrix."""
    with FRACTIONS_Q.open(encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    return QMatrix.of(
        np.array([row[1:] for row in rows], dtype=int), items=[row[0] for row in rows], attributes=header[1:]
    )


def promised(q: QMatrix, rule: Rule, probability: np.ndarray, mass: np.ndarray, n: float) -> ResponseTable:
    """All 2^J patterns, weighted as `probability` (G) and `mass` (2^K, the first attribute slowest) promise for n persons."""
    design = design_of(q, rule)
    chance = probability[design.cells][:, design.class_of]
    patterns = np.array(list(product((0.0, 1.0), repeat=len(q.items))))
    likelihood = np.prod(np.where(patterns[:, :, None] == 1, chance[None], 1 - chance[None]), axis=1)
    return ResponseTable.of(patterns, items=q.items, weights=n * (likelihood @ mass))


def drawn(
    q: QMatrix, rule: Rule, probability: np.ndarray, mass: np.ndarray, n: int, *, seed: int
) -> ResponseTable:
    """n persons drawn from the same."""
    draw = np.random.default_rng(seed)
    design = design_of(q, rule)
    chance = probability[design.cells][:, design.class_of]
    profiles = draw.choice(len(mass), size=n, p=mass)
    return ResponseTable.of(
        (draw.random((n, len(q.items))) < chance[:, profiles].T).astype(float), items=q.items
    )
