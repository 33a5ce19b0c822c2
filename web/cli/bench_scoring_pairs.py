# SPDX-License-Identifier: Apache-2.0
"""The figures of answer similarity for ``kasauti bench scoring``: every pair of a national sitting, exactly where it counts."""

from __future__ import annotations

import time

import numpy as np

from scoring.forensics.api import Answers, PairMethod, fit_options, similar_pairs
from scoring.forensics.tails import distribution
from web.cli.bench import Figure, figure

PERSONS, ITEMS, OPTIONS = 1600, 170, 4
_COPIERS = 5
_BY_HAND = 100  # pairs whose exact chance is computed one by one, as CopyDetect does


def figures() -> list[Figure]:
    """All pairs by the generalised binomial test, the model of options before it, and the usual loop beside it."""
    answers = sitting()
    began = time.perf_counter()
    fitted = fit_options(answers)
    fitting = time.perf_counter() - began
    began = time.perf_counter()
    report = similar_pairs(answers, PairMethod.GBT, model=fitted.chances)
    comparing = time.perf_counter() - began
    found = {(pair.first, pair.second) for pair in report.pairs}
    planted = sum((row, row + 100) in found for row in range(_COPIERS))
    chances = fitted.chances.chances
    began = time.perf_counter()
    for row in range(_BY_HAND):
        law = distribution((chances[row] * chances[row + 1]).sum(axis=1))
        law[(answers.codes[row] == answers.codes[row + 1]).sum() :].sum()
    one_by_one = (time.perf_counter() - began) / _BY_HAND * report.tests
    return [
        figure(
            "pairs_gbt",
            comparing,
            "s",
            goal=10,
            note=f"{report.tests:,} pairs of {PERSONS} x {ITEMS}, {report.exact} done exactly because they might be alarms; "
            f"{planted} of {_COPIERS} planted copies named, {len(found) - planted} others",
        ),
        figure("pairs_gbt_with_nominal_model", fitting + comparing, "s", note=f"the model {fitting:.1f} s"),
        figure("pairs_gbt_one_by_one", one_by_one, "s", note=f"from {_BY_HAND} pairs, a recursion for each"),
    ]


def sitting() -> Answers:
    """Answers drawn from Bock's nominal model; the first few persons copied a third of the paper from the one 100 rows on."""
    draw = np.random.default_rng(170)
    slopes, intercepts = draw.normal(0, 0.4, (ITEMS, OPTIONS)), draw.normal(0, 0.7, (ITEMS, OPTIONS))
    slopes[:, 0] += 1.0
    intercepts[:, 0] += 0.8
    power = np.exp(draw.normal(size=(PERSONS, 1, 1)) * slopes + intercepts)
    steps = (power / power.sum(axis=2, keepdims=True)).cumsum(axis=2)
    codes = (draw.random((PERSONS, ITEMS, 1)) > steps[:, :, :-1]).sum(axis=2)
    for row in range(_COPIERS):
        copied = draw.random(ITEMS) < 0.4
        codes[row, copied] = codes[row + 100, copied]
    return Answers(
        persons=tuple(str(row) for row in range(PERSONS)),
        items=tuple(str(item) for item in range(ITEMS)),
        options=(("A", "B", "C", "D"),) * ITEMS,
        codes=codes,
        right=np.eye(OPTIONS, dtype=np.bool_)[[0] * ITEMS],
    )
