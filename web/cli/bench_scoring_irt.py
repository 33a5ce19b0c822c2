# SPDX-License-Identifier: Apache-2.0
"""The figures of models of ability for ``kasauti bench scoring``, side by side with what a user would pick instead.

mirt 1.2.0 (a Rust core) and girth 0.8.0 are tools of developers: where they are not installed, the ratios to them are left out.
All take turns, so that a machine that is busy with other things slows all of them.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.irt.api import Rasch, TwoPL, abilities
from web.cli.bench import Figure, figure

PERSONS, ITEMS = 10_000, 50
_TURNS = 5


@dataclass(frozen=True, slots=True)
class _Timed:
    seconds: float
    result: Any


def figures() -> list[Figure]:
    """2PL and EAP of 10,000 x 50 by us, by mirt and by girth; Rasch, and forms with missing items, by us."""
    scores = sitting()
    mirt, girth = _package("mirt"), _package("girth")
    found = [*_fits(scores, mirt), *_scores(scores, mirt)]
    if girth is not None:
        slow = _taken(lambda: girth.twopl_mml(scores.T.astype(int)))
        ours = statistics.median(_taken(lambda: TwoPL().fit(scores)).seconds for _ in range(3))
        note = f"girth 0.8.0: {slow.seconds:.1f} s, once"
        found.append(
            figure("irt_2pl_faster_than_girth", slow.seconds / ours, "x", goal=10, at_least=True, note=note)
        )
    return [*found, *_others(scores)]


def sitting(persons: int = PERSONS, items: int = ITEMS) -> NDArray[np.float64]:
    """Answers drawn from a 2PL model: slopes log-normal (0, 0.3), difficulties and abilities standard normal."""
    draw = np.random.default_rng(1)
    slopes, difficulties = draw.lognormal(0, 0.3, items), draw.normal(0, 1, items)
    chance = 1 / (1 + np.exp(-slopes * (draw.normal(size=(persons, 1)) - difficulties)))
    return (draw.random((persons, items)) < chance).astype(np.float64)


def _fits(scores: NDArray[np.float64], mirt: ModuleType | None) -> list[Figure]:
    whole = scores.astype(int)
    ours: list[_Timed] = []
    theirs: list[_Timed] = []
    for _ in range(_TURNS):
        ours.append(_taken(lambda: TwoPL().fit(scores)))
        if mirt is not None:
            theirs.append(_taken(lambda: mirt.fit_mirt(whole, "2PL", compute_standard_errors=False)))
    model: TwoPL = ours[-1].result
    seconds = _middle(ours)
    shape = f"{len(scores):,} x {scores.shape[1]}"
    told = [
        figure(
            "irt_2pl_fit",
            seconds,
            "s",
            note=f"{shape}, with standard errors; {model.n_iter_} steps, log-likelihood {model.loglik_:.3f}",
        )
    ]
    if mirt is None:
        return told
    fine = _taken(lambda: mirt.fit_mirt(whole, "2PL", compute_standard_errors=False, n_quadpts=61)).result
    off = abs(model.loglik_ - fine.log_likelihood)
    coarse = theirs[-1].result.log_likelihood
    note = f"mirt with 61 points too: {fine.log_likelihood:.3f}; with its own 21, as it was timed, less exact: {coarse:.3f}"
    ratio = seconds / _middle(theirs)
    timed = f"mirt 1.2.0, 21 points, without standard errors: {_middle(theirs):.3f} s; median of {_TURNS}, in turns"
    return [
        *told,
        figure("irt_2pl_time_over_mirt", ratio, "x", goal=2, note=timed),
        figure("irt_2pl_loglik_difference_to_mirt", off, "", goal=0.1, note=note),
    ]


def _scores(scores: NDArray[np.float64], mirt: ModuleType | None) -> list[Figure]:
    model = TwoPL().fit(scores)
    whole = scores.astype(int)
    fitted = None if mirt is None else mirt.fit_mirt(whole, "2PL", compute_standard_errors=False)
    ours: list[_Timed] = []
    theirs: list[_Timed] = []
    for _ in range(3 * _TURNS):
        ours.append(_taken(lambda: abilities(model.curves_, scores)))
        if mirt is not None:
            theirs.append(_taken(lambda: mirt.fscores(fitted, whole, method="EAP")))
    milliseconds = 1000 * _middle(ours)
    told = [
        figure("irt_eap", milliseconds, "ms", note=f"{len(scores):,} persons with standard errors, 61 points")
    ]
    if mirt is None:
        return told
    slower = _middle(theirs) / _middle(ours)
    note = f"mirt 1.2.0: {1000 * _middle(theirs):.0f} ms"
    return [*told, figure("irt_eap_faster_than_mirt", slower, "x", goal=5, at_least=True, note=note)]


def _others(scores: NDArray[np.float64]) -> list[Figure]:
    rasch = _middle([_taken(lambda: Rasch().fit(scores)) for _ in range(3)])
    forms = scores.copy()
    items = np.arange(scores.shape[1])
    for form in range(4):
        forms[form::4, (items >= 10) & (items % 4 == form)] = np.nan
    several = _middle([_taken(lambda: TwoPL().fit(forms)) for _ in range(3)])
    return [
        figure(
            "irt_rasch_fit", rasch, "s", note=f"{len(scores):,} x {scores.shape[1]}, with standard errors"
        ),
        figure(
            "irt_2pl_four_forms",
            several,
            "s",
            note="the same persons, a fifth of the items common to all forms",
        ),
    ]


def _taken(work: Callable[[], Any]) -> _Timed:
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the other packages
        result = work()
    return _Timed(time.perf_counter() - began, result)


def _middle(timed: list[_Timed]) -> float:
    return statistics.median(one.seconds for one in timed)


def _package(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None
