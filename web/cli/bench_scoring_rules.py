# SPDX-License-Identifier: Apache-2.0
"""A million responses under a pass rule: scored and decided per PC in memory, and what one decision with its trace costs."""

from __future__ import annotations

import statistics
import time
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.api import (
    CREDENTIAL,
    AllOf,
    Cell,
    CredentialMarks,
    MarkTable,
    Rule,
    Share,
    credential_marks,
    decide,
    decide_with_readings,
    pc_scope,
    readings,
)
from scoring.cohort import PASS, CohortRule, compile_rule, form_columns, score_choices
from web.cli.bench import Figure, figure

PERSONS: Final = 20_000
ITEMS: Final = 50
PCS: Final = 10
TRACED: Final = 400
_REPEATS: Final = 9
_BAR: Final = Fraction(7, 10)


def figures() -> list[Figure]:
    """Every figure that rules promise."""
    return [_cohort(), _traced(), _one(), _with_readings()]


def _credential() -> tuple[CredentialMarks, Rule]:
    cells = [Cell(nos="N1", pc=f"PC{number}", component="theory") for number in range(1, PCS + 1)]
    bars = [Share(scope=pc_scope(cell.pc or "", nos="N1"), at_least=_BAR) for cell in cells]
    whole = Share(scope=CREDENTIAL, at_least=_BAR)
    return credential_marks([(cell, 10) for cell in cells]), Rule(AllOf((*bars, whole)))


def paper() -> tuple[CohortRule, NDArray[np.str_], list[str]]:
    """The rule compiled for a paper, everybody's choices, and the key."""
    credential, rule = _credential()
    cells = list(credential.maxima)
    columns = form_columns(credential, [(cells[number % PCS], Fraction(1)) for number in range(ITEMS)])
    draw = np.random.default_rng(7)
    choices = draw.choice(np.array(list("ABCD")), size=(PERSONS, ITEMS), p=[0.85, 0.05, 0.05, 0.05])
    return compile_rule(rule, credential, columns), choices, ["A"] * ITEMS


def _cohort() -> Figure:
    """From choices of one letter to verdicts: the median of several runs, the rule compiled beforehand."""
    compiled, choices, key = paper()
    took = []
    passed = 0
    for _ in range(_REPEATS):
        began = time.perf_counter()
        found = compiled.decide(score_choices(choices, key))
        took.append((time.perf_counter() - began) * 1000)
        passed = int((found.verdicts == PASS).sum())
    return figure(
        "million_responses_decided",
        statistics.median(took),
        "ms",
        goal=10,
        note=(
            f"{PERSONS} learners x {ITEMS} items, {PCS} PCs and the total, {passed} pass; whole numbers in "
            f"{compiled.matrix.dtype}; fastest {min(took):.2f} ms"
        ),
    )


def _traced() -> Figure:
    """The same with everybody's trace: each bar with its verdict, marks and margin as exact strings."""
    compiled, choices, key = paper()
    began = time.perf_counter()
    traces = compiled.decide(score_choices(choices, key)).traces()
    took = (time.perf_counter() - began) * 1000
    return figure(
        "million_responses_traced", took, "ms", goal=2000, note=f"{len(traces)} traces of {PCS + 1} bars"
    )


def _with_readings() -> Figure:
    """A thousand learners with every node of the rule, and all other readings of it: what an awarding body is shown."""
    credential, rule = _credential()
    draw = np.random.default_rng(11)
    tables = [
        MarkTable(
            credential,
            {cell: Fraction(int(mark), 2) for cell, mark in zip(credential.maxima, row, strict=True)},
        )
        for row in draw.binomial(20, 0.8, size=(1000, PCS)).tolist()
    ]
    began = time.perf_counter()
    others = readings(rule, credential)
    found = decide_with_readings(rule, tables, others)
    took = (time.perf_counter() - began) * 1000
    turned = sum(bool(flips) for _, flips in found)
    return figure(
        "thousand_learners_with_other_readings",
        took,
        "ms",
        note=f"{len(others)} readings, {turned} verdicts that one of them would change",
    )


def _one() -> Figure:
    """One learner with every node and every scope: what a result page shows."""
    credential, rule = _credential()
    awarded = dict.fromkeys(credential.maxima, Fraction(7))
    began = time.perf_counter()
    for _ in range(TRACED):
        decide(credential, awarded, rule)
    each = (time.perf_counter() - began) * 1000 / TRACED
    return figure("decision_with_trace", each, "ms", note=f"{PCS} PCs and the total, in fractions")
