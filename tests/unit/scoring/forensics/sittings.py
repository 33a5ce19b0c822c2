# SPDX-License-Identifier: Apache-2.0
"""Sittings drawn from Bock's nominal model, for the tests of forensics."""

import numpy as np
from numpy.typing import NDArray

from scoring.forensics.calibration import honest_answers
from scoring.forensics.options import Answers, OptionChances, OptionModelKind

Matrix = NDArray[np.float64]


def item_parameters(items: int, options: int, draw: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Slopes and intercepts, items x options; option 0 is right: it rises with ability."""
    slopes = draw.normal(0, 0.4, (items, options))
    slopes[:, 0] += 1.0
    intercepts = draw.normal(0, 0.7, (items, options))
    intercepts[:, 0] += 0.8
    return slopes, intercepts


def true_chances(abilities: Matrix, slopes: Matrix, intercepts: Matrix) -> OptionChances:
    power = np.exp(abilities[:, None, None] * slopes + intercepts)
    return OptionChances(OptionModelKind.NOMINAL, abilities, power / power.sum(axis=2, keepdims=True))


def no_answers(persons: int, items: int, options: int) -> Answers:
    """Everybody chose option 0 of every item, which is right."""
    return Answers(
        persons=tuple(f"p{n}" for n in range(persons)),
        items=tuple(f"i{n}" for n in range(items)),
        options=(tuple("ABCDEFGH"[:options]),) * items,
        codes=np.zeros((persons, items), dtype=np.int64),
        right=np.eye(options, dtype=np.bool_)[[0] * items],
    )


def sitting(
    persons: int, items: int, *, options: int = 4, seed: int = 1
) -> tuple[Answers, OptionChances, Matrix, Matrix]:
    """Answers of people who work alone, the true chances of their options, and the slopes and intercepts."""
    draw = np.random.default_rng(seed)
    slopes, intercepts = item_parameters(items, options, draw)
    model = true_chances(draw.normal(size=persons), slopes, intercepts)
    answers = honest_answers(no_answers(persons, items, options), model, draw)
    return answers, model, slopes, intercepts
