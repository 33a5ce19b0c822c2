# SPDX-License-Identifier: Apache-2.0
"""Part of ``kasauti bench scoring``: how long the diagnosis models take, beside what a user would pick instead."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from scoring.diagnosis.api import DiagnosisFit, QMatrix, Rule, fit_diagnosis
from scoring.tables import ResponseTable
from web.cli.bench import Figure, figure

PERSONS, ITEMS, ATTRIBUTES = 536, 20, 8
GDINA_SECONDS = 3.0
_OTHERS_STEPS = 2000


def figures() -> list[Figure]:
    """G-DINA and DINA on answers of the size of the fraction-subtraction data, and DINA by ``mirt`` where it is installed."""
    table, q = simulated()
    gdina, whole = _timed(lambda: fit_diagnosis(table, q, Rule.GDINA))
    dina, gates = _timed(lambda: fit_diagnosis(table, q, Rule.DINA))
    size = f"{PERSONS} x {ITEMS}, {ATTRIBUTES} attributes"
    found = [
        figure(
            "gdina_fit", gdina, "s", goal=GDINA_SECONDS, note=f"{size}; {_ended(whole)}, with standard errors"
        ),
        figure("dina_fit", dina, "s", note=f"{size}; {_ended(gates)}, with standard errors"),
    ]
    if find_spec("mirt") is not None:
        others, _ = _timed(lambda: _mirt(table, q))
        found.append(
            figure("dina_fit_mirt", others, "s", note=f"{size}; mirt.fit_cdm to 1e-6, no standard errors")
        )
    return found


def simulated(seed: int = 20) -> tuple[ResponseTable, QMatrix]:
    """536 persons and 20 items with the Q-matrix of the fraction-subtraction data (de la Torre & Douglas 2004), drawn by DINA.

    Guess and slip are .1 to .3; the attributes go together by one factor (tetrachoric correlation .6).
    """
    draw = np.random.default_rng(seed)
    needs = "4 6 7|4 7|4 7|2 3 5 7|2 4 7 8|7|1 2 7|7|2|2 5 7 8|2 5 7|7 8|2 4 5 7|2 7|1 7|2 7|2 5 7|2 5 6 7|1 2 3 5 7|2 3 5 7"
    required: NDArray[np.int64] = np.zeros((ITEMS, ATTRIBUTES), dtype=np.int64)
    for item, text in enumerate(needs.split("|")):
        required[item, [int(name) - 1 for name in text.split()]] = 1
    factor = draw.normal(size=(PERSONS, 1))
    mastered = np.sqrt(0.6) * factor + np.sqrt(0.4) * draw.normal(size=(PERSONS, ATTRIBUTES)) > -0.3
    able = (mastered @ required.T) == required.sum(axis=1)
    chance = np.where(able, 1 - draw.uniform(0.1, 0.3, ITEMS), draw.uniform(0.1, 0.3, ITEMS))
    scores = (draw.random((PERSONS, ITEMS)) < chance).astype(np.float64)
    q = QMatrix.of(required)
    return ResponseTable.of(scores, items=q.items), q


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def _ended(fit: object) -> str:
    if not isinstance(fit, DiagnosisFit):
        raise TypeError(type(fit).__name__)
    return f"log-likelihood {fit.loglik:.3f} in {fit.maximum.steps} passes"


def _mirt(table: ResponseTable, q: QMatrix) -> object:
    done: object = import_module("mirt").fit_cdm(
        table.scores.astype(np.int64),
        q.required.astype(np.int64),
        model="DINA",
        max_iter=_OTHERS_STEPS,
        tol=1e-6,
    )
    return done
