# SPDX-License-Identifier: Apache-2.0
"""Which attempts are drawn, and what the answers say about misses and agreement. Pure; the seed is given."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Invalid
from proctor.incidents.model import IncidentState
from proctor.rates import Rate

DEFAULT_PERCENT = 5
LOOK_DAYS = 30
"""So long after the draw, or after a mark, the samples of an attempt wait for people."""
TWICE_ONE_IN = 2
"""Of so many drawn attempts, one is looked at by two people, so that their agreement can be told."""


class Answer(StrEnum):
    """What somebody says who sees pictures and no mark of a machine."""

    NOTHING = "nothing"
    MARKED = "marked"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One attempt of a sample; `clean`: no incident stood against it; `readers`: how many people look at it."""

    attempt_id: str
    clean: bool
    readers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One answer; `truth` holds how all incidents of the attempt stand, `raised` how the one stands that this mark became."""

    task_id: str
    sample_id: str
    clean: bool
    answer: Answer
    reviewer_id: str
    at: datetime
    raised: IncidentState | None = None
    truth: frozenset[IncidentState] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the sample says.

    `missed`: attempts without incident in which a person marked something; `confirmed`: those, of as many, in which two
    people upheld that mark since; `expected`: how many of the `clean` attempts that were drawn from would show as much if
    those not looked at are like the others, sample by sample (None where none was looked at); `found`: attempts with an
    upheld incident in which somebody blind saw something too; `agreed`: attempts that two people looked at and called the
    same.
    """

    missed: Rate
    confirmed: Rate
    found: Rate
    agreed: Rate
    expected: float | None
    clean: int


def require_percent(typed: str) -> int:
    """A share in per cent, 1 to 100. Raises Invalid(`review_settings_malformed`)."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3 and 1 <= int(typed) <= 100):
        raise Invalid("review_settings_malformed")
    return int(typed)


def draw(
    clean: Collection[str], flagged: Collection[str], *, percent: int, generator: random.Random
) -> tuple[Drawn, ...]:
    """A sample in the order in which it is looked at: so many per cent of the clean ones, at least one, and as many flagged.

    The same seed and the same attempts give the same sample, whatever order they come in.
    """
    wanted = -(-len(clean) * percent // 100)
    chosen = generator.sample(sorted(clean), min(len(clean), max(1, wanted)))
    mixed = generator.sample(sorted(flagged), min(len(flagged), max(1, len(chosen))))
    attempts = [*((one, True) for one in chosen), *((one, False) for one in mixed)]
    generator.shuffle(attempts)
    return tuple(
        Drawn(attempt_id, is_clean, readers=2 if place % TWICE_ONE_IN == 0 else 1)
        for place, (attempt_id, is_clean) in enumerate(attempts)
    )


def estimate(readings: Iterable[Reading], *, clean: Mapping[str, int]) -> Estimate:
    """What the answers say, each attempt counted once: marked by anybody is marked.

    `clean`: how many clean attempts each sample was drawn from; samples of which no clean one was looked at do not count.
    """
    tasks: dict[str, list[Reading]] = {}
    for reading in readings:
        tasks.setdefault(reading.task_id, []).append(reading)
    looked = [one for one in tasks.values() if one[0].clean]
    upheld = [one for one in tasks.values() if not one[0].clean and IncidentState.UPHELD in one[0].truth]
    twice = [one for one in tasks.values() if len(one) > 1]
    samples: dict[str, list[list[Reading]]] = {}
    for one in looked:
        samples.setdefault(one[0].sample_id, []).append(one)
    shares = {sample_id: _share(those) for sample_id, those in samples.items()}
    return Estimate(
        missed=_share(looked),
        confirmed=Rate(
            hits=sum(any(each.raised is IncidentState.UPHELD for each in one) for one in looked),
            of=len(looked),
        ),
        found=_share(upheld),
        agreed=Rate(hits=sum(len({each.answer for each in one}) == 1 for one in twice), of=len(twice)),
        expected=sum(one.hits * clean[sample_id] / one.of for sample_id, one in shares.items())
        if shares
        else None,
        clean=sum(clean[sample_id] for sample_id in shares),
    )


def _marked(readings: Sequence[Reading]) -> bool:
    return any(one.answer is Answer.MARKED for one in readings)


def _share(tasks: Sequence[Sequence[Reading]]) -> Rate:
    return Rate(hits=sum(_marked(one) for one in tasks), of=len(tasks))
