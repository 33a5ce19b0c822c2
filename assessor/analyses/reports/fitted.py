# SPDX-License-Identifier: Apache-2.0
"""Which model of ability fits a batch, fitted and put on one standard scale for tables and plots.

Estimation lives in `scoring.irt`; what reports say about it lives in `ability`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assessor.analyses.reports.study import Study
from scoring.errors import StatisticsError
from scoring.irt.api import (
    Abilities,
    CalibratedCurves,
    Calibration,
    GeneralizedPartialCredit,
    GradedResponse,
    Method,
    Model,
    PartialCredit,
    PolytomousModel,
    Rasch,
    ThreePL,
    TwoPL,
    abilities,
    item_information,
    probabilities,
)
from scoring.irt.fit_document import calibration_of

ENOUGH_FOR_SLOPES: Final = 200
"""Persons from which a slope for every item is tried; whether it is worth its parameters is decided by BIC."""
ENOUGH_FOR_GUESSING: Final = 1000
"""Persons from which a guess for every item is tried (Hulin, Lissak & Drasgow 1982 ask for as many)."""
MOST_GUESSED: Final = 60
"""Items up to which a guess for every item is tried: more take minutes."""
FEWEST: Final = {"rasch": 30, "pcm": 50}
FEWEST_OF_PAPER: Final = 100
"""Persons with all items of one paper, from which the model is tested on that paper where papers differ."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that was tried; `reason` (a code) where it could not be fitted."""

    name: str
    model: Model | None
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """The chosen model on the standard scale: abilities have mean 0 and standard deviation 1 in the population.

    `places` are the items of the study that were estimated, `codes` persons x these, category numbers. `worth` has for each of
    them the share of its marks that each category earns; `people` the EAP abilities.
    """

    candidates: tuple[Candidate, ...]
    name: str
    model: Model
    calibration: Calibration
    places: tuple[int, ...]
    codes: NDArray[np.float64]
    worth: tuple[NDArray[np.float64], ...]
    people: Abilities

    @property
    def sd(self) -> float:
        """Logits in one standard deviation of the population."""
        return float(np.sqrt(self.model.variance_))

    def expected(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Items x abilities: the expected share of each item's marks."""
        chances = probabilities(CalibratedCurves(self.calibration), theta)
        steps = np.concatenate(self.worth)[:, None]
        starts = np.concatenate(([0], np.cumsum([len(one) for one in self.worth])[:-1])).astype(np.intp)
        return np.asarray(np.add.reduceat(chances * steps, starts, axis=0))

    def information(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Items x abilities: Fisher information for an ability in standard deviations."""
        return np.asarray(item_information(CalibratedCurves(self.calibration), theta))

    def by(self, method: Method) -> Abilities:
        """The abilities by another method than EAP, on the same scale."""
        return abilities(CalibratedCurves(self.calibration), self.codes, method=method)


@dataclass(frozen=True, slots=True, eq=False)
class WholePaper:
    """The persons who have every item of one paper: what a test of the model is computed from.

    `numbers` are the paper's items among the fitted ones, `calibration` is cut to these, `codes` persons x these without a
    gap. `enough` says whether the persons suffice.
    """

    calibration: Calibration
    numbers: tuple[int, ...]
    codes: NDArray[np.float64]
    enough: bool


def whole_paper(study: Study, fitted: Fitted) -> WholePaper:
    """Everybody where all had the same items, else the persons of the largest paper who have all of its items."""
    if study.same_paper:
        return WholePaper(fitted.calibration, tuple(range(len(fitted.places))), fitted.codes, enough=True)
    number = Counter(study.forms).most_common(1)[0][0]
    rows, items = study.of_form(number)
    kept = tuple(place for place, item in enumerate(fitted.places) if items[item])
    codes = fitted.codes[rows][:, list(kept)]
    codes = codes[~np.isnan(codes).any(axis=1)]
    enough = len(codes) >= FEWEST_OF_PAPER and len(kept) > 1
    return WholePaper(_cut(fitted.calibration, kept), kept, codes, enough)


def _cut(calibration: Calibration, kept: Sequence[int]) -> Calibration:
    """The calibration of some of its items; what was estimated of the others alone is not counted."""
    used = sorted({int(place) for item in kept for place in calibration.places[item] if place >= 0})
    moved = {before: after for after, before in enumerate(used)}
    return Calibration(
        tuple(calibration.items[item] for item in kept),
        tuple(
            np.array([moved.get(int(place), -1) for place in calibration.places[item]], dtype=np.intp)
            for item in kept
        ),
        len(used),
    )


def fit_study(study: Study, *, guesses: bool = True) -> Fitted:
    """Rasch, 2PL or 3PL where every item is right or wrong, else (generalised) partial credit or graded; the lowest BIC counts.

    Without `guesses` no 3PL is tried, whose fit takes longest: the order of people hardly depends on it. Raises the
    StatisticsError of the simplest model where not even that can be fitted.
    """
    plain = not study.parts
    simple = "rasch" if plain else "pcm"
    first = _simple(study, plain=plain)
    candidates = [Candidate(simple, first, None)]
    wider = ("gpcm", "grm") if not plain else ("2pl", "3pl") if guesses else ("2pl",)
    for name in wider:
        enough = ENOUGH_FOR_GUESSING if name == "3pl" else ENOUGH_FOR_SLOPES
        if first.n_persons_ < enough:
            candidates.append(Candidate(name, None, "too_few_persons"))
        elif name == "3pl" and study.right.scores.shape[1] > MOST_GUESSED:
            candidates.append(Candidate(name, None, "too_many_items"))
        else:
            candidates.append(_wider(study, name))
    chosen = min(
        (one for one in candidates if one.model is not None),
        key=lambda one: one.model.bic_ if one.model is not None else np.inf,
    )
    assert chosen.model is not None  # noqa: S101 - the simple model is there
    return _standard(study, tuple(candidates), chosen.name, chosen.model)


def _simple(study: Study, *, plain: bool) -> Model:
    if plain:
        return Rasch().fit(study.right)
    return PartialCredit().fit(study.table)


def _wider(study: Study, name: str) -> Candidate:
    try:
        match name:
            case "2pl":
                return Candidate(name, TwoPL().fit(study.right), None)
            case "3pl":
                return Candidate(name, ThreePL().fit(study.right), None)
            case "grm":
                return Candidate(name, GradedResponse().fit(study.table), None)
            case _:
                return Candidate(name, GeneralizedPartialCredit().fit(study.table), None)
    except StatisticsError as error:
        return Candidate(name, None, error.code)


def _standard(study: Study, candidates: tuple[Candidate, ...], name: str, model: Model) -> Fitted:
    calibration = calibration_of(model, study.data.item_labels)
    codes = (
        model.codes(study.table) if isinstance(model, PolytomousModel) else study.right.scores[:, model.used_]
    )
    places = tuple(int(place) for place in np.flatnonzero(model.used_))
    labels: Sequence[tuple[str, ...]] | None = getattr(model, "categories_", None)
    worth = []
    for number, place in enumerate(places):
        if labels is None:
            worth.append(np.array([0.0, 1.0]))
        else:
            worth.append(np.array([float(text) for text in labels[number]]) / study.data.maxima[place])
    people = abilities(CalibratedCurves(calibration), codes)
    return Fitted(candidates, name, model, calibration, places, codes, tuple(worth), people)
