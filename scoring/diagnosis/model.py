# SPDX-License-Identifier: Apache-2.0
"""A fitted diagnosis model: what is estimated about items, attributes and the whole, with a reason where there is no number.

How the maximum is found lives in `fitting`, persons in `persons`, suggestions for the Q-matrix in `suggestions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final

import numpy as np

from scoring.diagnosis.design import Design, Matrix, QMatrix, Rule, Vector, all_profiles, design_of
from scoring.diagnosis.fitting import (
    Maximum,
    Prior,
    maximise,
    no_prior,
    random_start,
    standard_start,
)
from scoring.diagnosis.identifiability import Identification, identify
from scoring.diagnosis.likelihood import Responses, require_room, responses_of
from scoring.diagnosis.precision import Precision, crossed_precision_of, precision_of
from scoring.errors import StatisticsError
from scoring.tables import ResponseTable

ENOUGH_PERSONS: Final = 200
"""Below, estimates are drawn towards a stated prior: de la Torre, Hong & Deng 2010 find DINA estimates unstable for fewer."""
FEWEST_PERSONS: Final = 30
"""Below, no model is fitted at all."""
PRIOR_ANSWERS: Final = 4.0
PRIOR_PERSONS: Final = 4.0


class Shrink(StrEnum):
    """Whether estimates are drawn towards a prior: for fewer than 200 persons, always, never."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class NoItemNumber(StrEnum):
    """Why an item has no estimate: nobody answered it; everybody was right, or everybody wrong."""

    NO_SCORES = "no_scores"
    NO_VARIATION = "no_variation"


class NoNumber(StrEnum):
    """Why one estimate is missing, or has no standard error.

    ``no_attribute``: the item needs nothing, so nobody can guess. ``nobody``: nobody is expected in the group. ``edge``: the
    estimate is 0 or 1. ``undetermined``: other values fit these data as well. ``too_large``: too many parameters for second
    derivatives.
    """

    NO_ATTRIBUTE = "no_attribute"
    NOBODY = "nobody"
    EDGE = "edge"
    UNDETERMINED = "undetermined"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error; what is missing has its reason.

    `error` is from the observed information, `crossed` from cross-products of scores.
    """

    value: float | None
    error: float | None
    reason: NoNumber | None = None
    crossed: float | None = None


@dataclass(frozen=True, slots=True)
class ItemEstimates:
    """One item. `groups`: what the mastered attributes of each group are, and the chance to be right there.

    `guess`: the chance of those who lack all (DINA: who lack one; DINO: all); `slip`: 1 less the chance of those who have
    enough. `deltas`: named effects on the chance (de la Torre 2011, equation 1); `rmsea`: distance between expected and
    modelled chances (Oliveri & von Davier 2011), both answers counted, as R's CDM prints it.
    """

    item: str
    attributes: tuple[str, ...]
    groups: tuple[tuple[tuple[str, ...], Estimate, float], ...]
    guess: Estimate
    slip: Estimate
    deltas: tuple[tuple[str, Estimate], ...]
    rmsea: float | None
    reason: NoItemNumber | None


@dataclass(frozen=True, slots=True)
class AttributeEstimate:
    """One attribute.

    `marginal`: the share of learners who master it, if all profiles of a class were equally usual (the convention of R's
    CDM and GDINA); `lower`, `upper`: what is true whatever they are; `share_right`: of all answers to its items.
    """

    attribute: str
    marginal: Estimate
    lower: float
    upper: float
    share_right: float | None


@dataclass(frozen=True, slots=True, eq=False)
class DiagnosisFit:
    """Everything that was estimated. `parameters` counts 2^K - 1 masses, as R does; `determined` only one for each class."""

    rule: Rule
    q: QMatrix
    n: float
    data: Responses
    design: Design
    prior: Prior
    maximum: Maximum
    maxima: tuple[float, ...]
    precision: Precision | None
    identification: Identification
    items: tuple[ItemEstimates, ...]
    attributes: tuple[AttributeEstimate, ...]
    shrunk: bool
    left_out: Mapping[str, NoItemNumber]

    @property
    def loglik(self) -> float:
        """The log-likelihood of the data, without the prior."""
        return self.maximum.found.loglik

    @property
    def parameters(self) -> int:
        return self.design.parameters + len(self.design.profiles) - 1

    @property
    def determined(self) -> int:
        return self.design.parameters + self.design.classes - 1

    def criterion(self, each: float) -> float:
        """-2 log-likelihood + `each` for each parameter: 2 is AIC, log n is BIC."""
        return -2.0 * self.loglik + each * self.parameters


def fit_diagnosis(
    table: ResponseTable,
    q: QMatrix,
    rule: Rule,
    *,
    shrink: Shrink = Shrink.AUTO,
    starts: int = 1,
    seed: int = 1,
) -> DiagnosisFit:
    """Fit DINA, DINO or G-DINA to scores of 0 and 1 by marginal maximum likelihood with a saturated distribution of profiles.

    `q.items` are the items of `table` in its order. The first start is the standard one; more are random (`seed`), and the best
    counts. With a prior (`prior_of`) the estimates are posterior modes. Missing answers count nothing.

    Raises StatisticsError: `q_items_other`, `not_binary`, `diagnosis_few_persons` (fewer than 30), `diagnosis_no_items`,
    `diagnosis_too_large`, `diagnosis_starts`.
    """
    if q.items != table.items:
        raise StatisticsError("q_items_other", items=[item for item in table.items if item not in q.items])
    if starts < 1:
        raise StatisticsError("diagnosis_starts", starts=starts)
    table.require_binary()
    answered = table.rows((table.seen.any(axis=1)) & (table.weights > 0)) if table.seen.any() else table
    if answered.n < FEWEST_PERSONS or not table.seen.any():
        raise StatisticsError("diagnosis_few_persons", persons=answered.n, fewest=FEWEST_PERSONS)
    left_out = _unusable(answered)
    kept = [place for place, item in enumerate(q.items) if item not in left_out]
    if not kept:
        raise StatisticsError("diagnosis_no_items", items=len(q.items))
    used = QMatrix(tuple(q.items[place] for place in kept), q.attributes, q.required[kept])
    design = design_of(used, rule)
    data = responses_of(answered.scores[:, kept], answered.weights)
    require_room(data, design)
    shrunk = shrink is Shrink.ALWAYS or (shrink is Shrink.AUTO and data.n < ENOUGH_PERSONS)
    prior = prior_of(design) if shrunk else no_prior(design)
    best, maxima = _best(data, design, prior, starts, seed)
    precision = precision_of(data, design, best, prior)
    reader = _Reader(data, design, best, prior, precision, crossed_precision_of(data, design, best, prior))
    return DiagnosisFit(
        rule,
        q,
        data.n,
        data,
        design,
        prior,
        best,
        maxima,
        precision,
        identify(design),
        tuple(
            reader.item(kept.index(place)) if place in kept else _no_item(q, place, left_out[q.items[place]])
            for place in range(len(q.items))
        ),
        tuple(reader.attribute(place) for place in range(len(q.attributes))),
        shrunk,
        left_out,
    )


def prior_of(design: Design) -> Prior:
    """The prior for few persons.

    Each group of each item gets four imagined answers, .2 to .8 of them right as in the standard start; four imagined
    persons are spread evenly over all profiles.
    """
    start = standard_start(design)
    return Prior(
        PRIOR_ANSWERS * start.probability,
        PRIOR_ANSWERS * (1.0 - start.probability),
        PRIOR_PERSONS * start.mass,
    )


def _best(
    data: Responses, design: Design, prior: Prior, starts: int, seed: int
) -> tuple[Maximum, tuple[float, ...]]:
    draw = np.random.default_rng(seed)
    first = maximise(data, design, standard_start(design), prior)
    others = [maximise(data, design, random_start(design, draw), prior) for _ in range(starts - 1)]
    everyone = [first, *others]
    return max(everyone, key=lambda maximum: maximum.objective), tuple(m.found.loglik for m in everyone)


def _unusable(table: ResponseTable) -> dict[str, NoItemNumber]:
    found = {}
    for place, item in enumerate(table.items):
        seen = table.categories(place)
        if not seen.size:
            found[item] = NoItemNumber.NO_SCORES
        elif seen.size == 1:
            found[item] = NoItemNumber.NO_VARIATION
    return found


def _no_item(q: QMatrix, place: int, reason: NoItemNumber) -> ItemEstimates:
    nothing = Estimate(None, None)
    return ItemEstimates(q.items[place], q.needs(place), (), nothing, nothing, (), None, reason)


def _at_edge(probability: Vector) -> Vector:
    """0 and 1 where the search was on its way there and less than 1e-8 off."""
    return np.where(probability < 1e-8, 0.0, np.where(probability > 1.0 - 1e-8, 1.0, probability))


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """Reads estimates with their errors off a maximum."""

    data: Responses
    design: Design
    maximum: Maximum
    prior: Prior
    precision: Precision | None
    crossed: Precision | None

    def item(self, place: int) -> ItemEstimates:
        names = self.design.q.needs(place)
        cells = self.design.of_item(place)
        values = _at_edge(self.maximum.at.probability[cells])
        tried = self.maximum.found.tried[cells]
        groups = tuple(
            (group, self._linear(place, unit, float(value)), float(count))
            for group, unit, value, count in zip(
                self._groups(place), np.eye(len(values)), values, tried, strict=True
            )
        )
        last = groups[-1][1]
        slip = Estimate(
            None if last.value is None else 1.0 - last.value, last.error, last.reason, last.crossed
        )
        guess = groups[0][1] if names else Estimate(None, None, NoNumber.NO_ATTRIBUTE)
        deltas = tuple(
            (name, self._linear(place, weights, float(weights @ values)))
            for name, weights in self._effects(place)
        )
        return ItemEstimates(
            self.design.q.items[place], names, groups, guess, slip, deltas, self._rmsea(place), None
        )

    def attribute(self, place: int) -> AttributeEstimate:
        design, mass = self.design, self.maximum.at.mass
        held = np.bincount(
            design.class_of, weights=design.profiles[:, place].astype(np.float64), minlength=design.classes
        )
        share = held / design.spread
        marginal = float(mass @ share)
        gradient = np.concatenate([np.zeros(design.parameters), mass * (share - marginal)])
        required = design.q.required[:, place]
        seen = self.data.right if self.data.seen is None else self.data.seen
        asked = self.data.weights @ (np.ones_like(seen) if self.data.seen is None else seen)[:, required]
        right = self.data.weights @ self.data.right[:, required]
        return AttributeEstimate(
            design.q.attributes[place],
            self._estimate(marginal, gradient),
            float(mass[share == 1.0].sum()),
            float(mass[share > 0.0].sum()),
            float(right.sum() / asked.sum()) if asked.sum() > 0 else None,
        )

    def _linear(self, place: int, weights: Vector, value: float) -> Estimate:
        """A weighted sum of an item's probabilities."""
        cells = self.design.of_item(place)
        used = weights != 0
        if (
            self.maximum.found.tried[cells][used] + (self.prior.right + self.prior.wrong)[cells][used] < 1e-3
        ).any():
            return Estimate(None, None, NoNumber.NOBODY)
        inside = self.maximum.at.probability[cells]
        gradient = np.zeros(self.design.parameters + self.design.classes)
        gradient[cells] = weights * inside * (1.0 - inside)
        at_edge = self.precision is not None and not self.precision.free[cells][used].all()
        if at_edge:
            return Estimate(value, None, NoNumber.EDGE)
        found = self._estimate(value, gradient)
        if (
            found.error is not None and found.error > np.abs(weights).sum()
        ):  # it could be anything that a chance can be
            return Estimate(value, None, NoNumber.UNDETERMINED)
        return found

    def _estimate(self, value: float, gradient: Vector) -> Estimate:
        if self.precision is None:
            return Estimate(value, None, NoNumber.TOO_LARGE)
        error = self.precision.error(gradient)
        crossed = None if self.crossed is None else self.crossed.error(gradient)
        return Estimate(value, error, None if error is not None else NoNumber.UNDETERMINED, crossed)

    def _groups(self, place: int) -> tuple[tuple[str, ...], ...]:
        names = self.design.q.needs(place)
        if not names:
            return ((),)
        if self.design.rule is Rule.GDINA:
            return tuple(
                tuple(name for name, has in zip(names, profile, strict=True) if has)
                for profile in all_profiles(len(names))
            )
        return ((), names)

    def _effects(self, place: int) -> tuple[tuple[str, Vector], ...]:
        """The names of the deltas and their weights on the probabilities (the Möbius inversion of the design matrix)."""
        names, size = self.design.q.needs(place), int(self.design.sizes[place])
        if size <= 2:
            joint = {Rule.DINA: "*", Rule.DINO: "|", Rule.GDINA: "*"}[self.design.rule].join(names)
            whole = [("0", np.eye(size)[0]), (joint, np.array([-1.0, 1.0]))]
            return tuple(whole[:size])
        profiles = all_profiles(len(names))
        effects = []
        for order in range(len(names) + 1):
            for chosen in combinations(range(len(names)), order):
                inside = np.isin(np.arange(len(names)), chosen)
                below = ~(profiles & ~inside).any(axis=1)
                signs = np.where((order - profiles.sum(axis=1)) % 2 == 0, 1.0, -1.0)
                effects.append(("*".join(names[k] for k in chosen) or "0", np.where(below, signs, 0.0)))
        return tuple(effects)

    def _rmsea(self, place: int) -> float:
        """Both answers: sqrt(sum over classes of mass times 2 (expected share right - model)^2)."""
        found, mass = self.maximum.found, self.maximum.at.mass
        right = self.data.right[:, place] @ found.posterior
        tried: Matrix = (
            found.in_class if self.data.seen is None else self.data.seen[:, place] @ found.posterior
        )
        some = tried > 1e-10
        share = np.where(some, right / np.where(some, tried, 1.0), 0.0)
        model = self.maximum.at.probability[self.design.cells[place]]
        return float(np.sqrt(2.0 * (mass[some] @ (share[some] - model[some]) ** 2)))
