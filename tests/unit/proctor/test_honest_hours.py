# SPDX-License-Identifier: Apache-2.0
"""How often rules spoke about honest learners, and what so many hours can say."""

from __future__ import annotations

import pytest

from proctor.reviews.honest_hours import HonestHours, HonestRate, Watched, tally
from proctor.rules.alerts import RuleName, Weight

HOUR = 3600.0
GONE, SPEECH = RuleName.FACE_GONE, RuleName.SPEECH


def watched(
    hours: float, *alerts: tuple[RuleName, bool], upheld: bool = False, heard: float = 0.0
) -> Watched:
    """A test in which faces were looked for all the time, and speech was listened for `heard` hours."""
    rules = {
        "face_gone": {"available": hours * HOUR},
        "speech": {"available": heard * HOUR, "not_available": (hours - heard) * HOUR},
        "a rule that is gone": {"available": hours * HOUR},
    }
    return Watched({"seconds": hours * HOUR, "rules": rules}, upheld, alerts)


def of(found: HonestHours, rule: RuleName) -> HonestRate:
    (one,) = [one for one in found.rules if one.rule is rule]
    return one


def test_fifteen_hours_without_an_alert_support_the_budget() -> None:
    one = of(tally([watched(7.5), watched(7.5)]), GONE)
    assert (one.hours, one.alerts, one.per_hour) == (15.0, 0, 0.0)
    assert one.highest == pytest.approx(0.1997, abs=1e-4)
    assert one.lowest == 0.0
    assert one.within_budget is True


def test_fewer_hours_say_too_little_and_many_alerts_miss_it() -> None:
    assert of(tally([watched(14)]), GONE).within_budget is None
    perhaps = of(tally([watched(10, *[(GONE, False)] * 3)]), GONE)
    assert perhaps.per_hour == 0.3
    assert perhaps.lowest == pytest.approx(0.0818, abs=1e-4)
    assert perhaps.within_budget is None, "0.3 an hour, but it may be 0.08"
    missed = of(tally([watched(10, *[(GONE, False)] * 30)]), GONE)
    assert missed.lowest == pytest.approx(2.1594, abs=1e-3)
    assert missed.within_budget is False
    few = of(tally([watched(10, (GONE, False))]), GONE)
    assert few.within_budget is None, "0.1 an hour, but it may be 0.47"


def test_a_rule_counts_only_the_time_in_which_it_could_see() -> None:
    found = tally([watched(20, heard=5)])
    assert of(found, SPEECH).hours == 5.0
    assert of(found, SPEECH).within_budget is None
    blind = of(found, RuleName.PHONE_POSSIBLE)
    assert (blind.hours, blind.per_hour, blind.highest, blind.lowest) == (0.0, None, None, None)
    assert blind.within_budget is None


def test_who_was_upheld_is_not_honest_and_what_waits_counts_as_false() -> None:
    found = tally(
        [
            watched(1, (GONE, False), upheld=True),
            watched(2, (GONE, True), (SPEECH, False)),
            watched(3),
            Watched({}, upheld=False, alerts=((GONE, False),)),
        ]
    )
    assert (found.tests, found.hours, found.left_out, found.unrecorded) == (2, 5.0, 1, 1)
    assert (of(found, GONE).alerts, of(found, GONE).undecided) == (1, 1)
    assert (found.incidents.alerts, found.incidents.weight) == (1, Weight.INCIDENT)
    assert (found.notes.alerts, found.notes.hours) == (1, 5.0)
    assert RuleName.HAND_RAISED not in {one.rule for one in found.rules}, "it accuses nobody"


def test_of_nothing_nothing_is_said() -> None:
    found = tally([])
    assert (found.tests, found.hours, found.incidents.highest) == (0, 0.0, None)
