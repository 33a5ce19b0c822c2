# SPDX-License-Identifier: Apache-2.0
"""How well faces of one person and of others are told apart: all pairs of labelled pictures, and averages of three probes.

Pure counting over vectors; no picture is read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.ids import seeded
from proctor.evaluating import SeenPicture
from proctor.rates import Rate
from proctor.rules.parameters import Probes
from proctor.vision.identity import mean_of
from proctor.vision.observation import Floats

FALSE_ACCEPTS = 0.001
PROBES = 3
LEAST_ENROLLED, MOST_ENROLLED = 3, 5
"""As at the check-in; fewer are enrolled only where no two persons have pictures enough."""
TRIALS_OF_A_PERSON = 40
TRIALS_OF_A_PAIR = 4
MOST_PAIRS = 10_000
"""Of more ordered pairs of persons, so many are drawn, always the same ones."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trials:
    """Similarities of one person's looks, and of two persons', to what was enrolled; one row of probes for each trial."""

    same: Values
    different: Values


def describe_identity(
    pictures: Sequence[SeenPicture], probes: Probes, *, averages: bool = True
) -> dict[str, Any] | None:
    """All pairs, and with `averages` the trials of three probes; None when no picture says who it shows."""
    labelled = [seen for seen in pictures if seen.label.same_as is not None]
    if not labelled:
        return None
    single = [seen for seen in labelled if seen.vector is not None]
    used = [seen for seen in single if seen.near]
    found: dict[str, Any] = {
        "pictures": len(labelled),
        "without_one_face": len(labelled) - len(single),
        "too_small": len(single) - len(used),
        "persons": len({seen.label.same_as for seen in used}),
        "pairs": _measures(all_pairs(used), probes.same_from),
        "note": "pairs and trials share pictures: the intervals are too narrow",
    }
    if averages:
        ahead = [seen for seen in used if seen.turned is None or seen.turned <= probes.turned_degrees]
        persons = _by_person(ahead)
        trials = probe_trials(persons)
        found["three_probes"] = {
            **_measures(Trials(trials.same.mean(axis=1), trials.different.mean(axis=1)), probes.same_from),
            "enrolled_at_least": least_enrolled(persons),
            "persons_with_enough": sum(
                len(one) >= least_enrolled(persons) + PROBES for one in persons.values()
            ),
            "turned_too_far": len(used) - len(ahead),
        }
        found["someone_else"] = {
            "detection": _alarms(trials.different, probes).described(),
            "false_alarm": _alarms(trials.same, probes).described(),
        }
    return found


def all_pairs(pictures: Sequence[SeenPicture]) -> Trials:
    """The similarity of every two pictures."""
    vectors = [seen.vector for seen in pictures if seen.vector is not None]
    if len(vectors) < 2:
        return Trials(np.empty(0), np.empty(0))
    table = np.stack(vectors).astype(np.float64)
    names = np.array([seen.label.same_as for seen in pictures])
    first, second = np.triu_indices(len(vectors), k=1)
    alike = (table @ table.T)[first, second]
    same = names[first] == names[second]
    return Trials(alike[same], alike[~same])


def probe_trials(persons: Mapping[str, Sequence[Floats]]) -> Trials:
    """Trials as the rule has them: some pictures enrolled, three others as probes, drawn by a fixed seed."""
    draw, least = seeded(20261120), least_enrolled(persons)
    same, different = list[list[float]](), list[list[float]]()
    for vectors in persons.values():
        enrolled = min(MOST_ENROLLED, len(vectors) - PROBES)
        if enrolled < least:
            continue
        for _ in range(TRIALS_OF_A_PERSON):
            chosen = draw.sample(list(vectors), enrolled + PROBES)
            same.append(_alike(chosen[:enrolled], chosen[enrolled:]))
    pairs = [
        (one, other)
        for one in persons
        for other in persons
        if one != other and len(persons[other]) >= PROBES and len(persons[one]) >= least
    ]
    if len(pairs) > MOST_PAIRS:
        pairs = draw.sample(pairs, MOST_PAIRS)
    for one, other in pairs:
        enrolled = min(MOST_ENROLLED, len(persons[one]))
        for _ in range(TRIALS_OF_A_PAIR):
            probes = draw.sample(list(persons[other]), PROBES)
            different.append(_alike(draw.sample(list(persons[one]), enrolled), probes))
    empty = np.empty((0, PROBES))
    return Trials(
        np.array(same, np.float64) if same else empty, np.array(different, np.float64) if different else empty
    )


def least_enrolled(persons: Mapping[str, Sequence[Floats]]) -> int:
    """How many pictures a trial enrols at least: as at the check-in, if two persons have as many and three others as probes."""
    enough = sum(len(vectors) >= LEAST_ENROLLED + PROBES for vectors in persons.values())
    return LEAST_ENROLLED if enough >= 2 else 1


def threshold_at(different: Values, share: float) -> float:
    """The lowest threshold from which at most this share of different persons' similarities is accepted."""
    allowed = int(share * len(different))
    return float(np.nextafter(np.sort(different)[::-1][allowed], np.inf))


def _by_person(pictures: Sequence[SeenPicture]) -> dict[str, list[Floats]]:
    persons = dict[str, list[Floats]]()
    for seen in pictures:
        if seen.vector is not None and seen.label.same_as is not None:
            persons.setdefault(seen.label.same_as, []).append(seen.vector)
    return persons


def _alike(enrolled: Sequence[Floats], probes: Sequence[Floats]) -> list[float]:
    middle = mean_of(enrolled)
    return [float(probe @ middle) for probe in probes]


def _alarms(trials: Values, probes: Probes) -> Rate:
    """How often the shipped rule takes the probes for another person's."""
    told = (trials.mean(axis=1) < probes.different_below) & (trials < probes.same_from).all(axis=1)
    return Rate(int(told.sum()), len(trials))


def _measures(trials: Trials, shipped: float) -> dict[str, Any]:
    """True and false accepts at the shipped threshold and at a false-accept rate of 0.1 %."""
    same, different = trials.same, trials.different
    found: dict[str, Any] = {
        "same": len(same),
        "different": len(different),
        "threshold": shipped,
        "true_accepts": _accepted(same, shipped).described(),
        "false_accepts": _accepted(different, shipped).described(),
        "lowest_same": round(float(same.min()), 4) if len(same) else None,
        "highest_different": round(float(different.max()), 4) if len(different) else None,
        "at_false_accepts_0_001": None,
    }
    if len(different):
        threshold = threshold_at(different, FALSE_ACCEPTS)
        found["at_false_accepts_0_001"] = {
            "threshold": round(threshold, 4),
            "true_accepts": _accepted(same, threshold).described(),
            "resolved": len(different) >= 1 / FALSE_ACCEPTS,
        }
    return found


def _accepted(values: Values, threshold: float) -> Rate:
    return Rate(int((values >= threshold).sum()), len(values))
