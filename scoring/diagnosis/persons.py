# SPDX-License-Identifier: Apache-2.0
"""Which attributes each person masters, with what certainty, and how sure such classifications are on the whole.

Where the Q-matrix cannot tell profiles of a person apart there are two bounds and no verdict. Estimation does not live here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.diagnosis.design import Bools, Design, Indices, Matrix, Vector
from scoring.diagnosis.likelihood import Responses, log_likelihoods
from scoring.diagnosis.model import DiagnosisFit

HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class PersonDiagnoses:
    """Persons x attributes unless said otherwise.

    `eap`: chance that the attribute is mastered, all profiles of a class taken as equally usual (as R prints it); `lower`,
    `upper`: what holds whatever they are. `map_class`, `mle_class`: N, the class of the largest posterior, of the largest
    likelihood (the first of several); `map_chance`: N, its posterior. `profiles`: C x K, what a class has; `open_`: C x K,
    where its profiles differ.
    """

    eap: Matrix
    lower: Matrix
    upper: Matrix
    map_class: Indices
    mle_class: Indices
    map_chance: Vector
    profiles: Bools
    open_: Bools

    def name(self, found: int) -> str:
        """A class as text: 1 mastered, 0 not, ? cannot be told."""
        return "".join(
            "?" if unknown else "1" if has else "0"
            for has, unknown in zip(self.profiles[found], self.open_[found], strict=True)
        )

    def masters(self, person: int, attribute: int) -> bool | None:
        """Whether the attribute is mastered rather than not; None where the bounds lie on both sides of one half."""
        if self.lower[person, attribute] >= HALF:
            return True
        return False if self.upper[person, attribute] < HALF else None


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure the classification of one attribute is on the whole: `accuracy`, `consistency`, 0.5 to 1 each.

    Accuracy is the mean posterior of the more likely state (Wang, Song, Chen, Meng & Ding 2015, equation 6); consistency,
    the chance that a parallel test classifies alike, the mean of p^2 + (1 - p)^2 (Johnson & Sinharay 2018, equation 8).
    """

    accuracy: float
    consistency: float


def class_shares(design: Design) -> Matrix:
    """C x K: the share of a class's profiles that have the attribute."""
    held = np.stack(
        [
            np.bincount(design.class_of, weights=column, minlength=design.classes)
            for column in design.profiles.T.astype(np.float64)
        ],
        axis=1,
    )
    shares: Matrix = held / design.spread[:, None]
    return shares


def diagnose(fit: DiagnosisFit, data: Responses | None = None) -> PersonDiagnoses:
    """The persons of the data that the model was fitted to, by its estimates; or of others with the same items.

    Items that were left out of the fit must be left out of other data too.
    """
    data = fit.data if data is None else data
    design, at = fit.design, fit.maximum.at
    likelihood = log_likelihoods(data, design, at.probability)
    joint = likelihood + np.log(np.maximum(at.mass, 1e-300))
    joint = np.exp(joint - joint.max(axis=1, keepdims=True))
    joint /= joint.sum(axis=1, keepdims=True)
    shares = class_shares(design)
    rows = data.row_of
    best = joint.argmax(axis=1)
    return PersonDiagnoses(
        (joint @ shares)[rows],
        (joint @ (shares == 1.0))[rows],
        (joint @ (shares > 0.0))[rows],
        best[rows],
        likelihood.argmax(axis=1)[rows],
        joint.max(axis=1)[rows],
        shares > HALF,
        (shares > 0.0) & (shares < 1.0),
    )


def certainty(fit: DiagnosisFit) -> tuple[Certainty | None, ...]:
    """One for each attribute; None where its profiles cannot be told apart."""
    data, design = fit.data, fit.design
    shares = class_shares(design)
    chance = fit.maximum.found.posterior @ shares / np.maximum(data.weights, 1e-300)[:, None]
    weights = data.weights / data.n
    apart = ((shares == 0.0) | (shares == 1.0)).all(axis=0)
    found: list[Certainty | None] = []
    for attribute in range(shares.shape[1]):
        if not apart[attribute]:
            found.append(None)
            continue
        p = np.clip(chance[:, attribute], 0.0, 1.0)
        found.append(
            Certainty(float(weights @ np.maximum(p, 1 - p)), float(weights @ (p * p + (1 - p) ** 2)))
        )
    return tuple(found)
