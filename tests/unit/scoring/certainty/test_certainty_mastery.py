# SPDX-License-Identifier: Apache-2.0
"""How sure one criterion is: the printed table, closed forms, and advice that a small enumeration confirms."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from scoring.blueprint_lint import pass_chance
from scoring.certainty.api import (
    FLAT,
    JEFFREYS,
    Advice,
    Prior,
    borderline,
    borderline_score,
    chance_of_settling,
    decision_at,
    posterior_mastery,
    threshold_quality,
)
from scoring.errors import StatisticsError

SHARE = Fraction(7, 10)


@pytest.mark.parametrize(
    ("items", "printed"), [(2, ".657"), (3, ".760"), (4, ".832"), (5, ".882"), (7, ".942"), (10, ".980")]
)
def test_all_right_gives_the_chances_of_the_printed_table(items: int, printed: str) -> None:
    found = posterior_mastery(items, items, share=SHARE)
    assert found.exact == 1 - SHARE ** (items + 1)
    assert f"{found.chance:.3f}"[1:] == printed


@pytest.mark.parametrize("prior", [FLAT, Prior(Fraction(3), Fraction(2))])
@pytest.mark.parametrize(("right", "items"), [(0, 0), (3, 4), (0, 6), (6, 6), (17, 23)])
def test_the_exact_posterior_is_the_beta_tail(right: int, items: int, prior: Prior) -> None:
    from scipy.stats import beta

    found = posterior_mastery(right, items, share=SHARE, prior=prior)
    a, b = float(prior.right) + right, float(prior.wrong) + items - right
    assert found.exact is not None
    assert float(found.exact) == pytest.approx(beta.sf(0.7, a, b), rel=1e-11)
    assert (found.lower, found.upper) == pytest.approx(beta.interval(0.95, a, b))
    assert found.mean == Fraction(int(a), int(a + b))


def test_a_prior_that_is_not_whole_has_no_fraction() -> None:
    from scipy.stats import beta

    found = posterior_mastery(3, 4, share=SHARE, prior=JEFFREYS)
    assert found.exact is None
    assert found.chance == pytest.approx(beta.sf(0.7, 3.5, 1.5), rel=1e-12)
    assert found.to_document()["prior"] == ["1/2", "1/2"]


def test_the_rule_looks_at_the_raw_share_alone() -> None:
    assert posterior_mastery(7, 10, share=SHARE).meets_rule
    assert not posterior_mastery(6, 9, share=SHARE).meets_rule
    assert not posterior_mastery(0, 0, share=SHARE).meets_rule
    assert posterior_mastery(0, 0, share=SHARE).exact == Fraction(3, 10)


def test_a_threshold_of_everything_can_never_be_surpassed() -> None:
    found = posterior_mastery(5, 5, share=Fraction(1))
    assert (found.exact, found.chance) == (0, 0.0)


@pytest.mark.parametrize("chance", [Fraction(9, 10), Fraction(1, 2), Fraction(7, 10)])
def test_decisions_at_a_stated_chance_are_exact(chance: Fraction) -> None:
    found = decision_at(5, share=SHARE, chance=chance)
    passes = sum((comb(5, x) * chance**x * (1 - chance) ** (5 - x) for x in range(4, 6)), Fraction(0))
    assert (found.needed, found.passes) == (4, passes)
    assert found.correct == (passes if chance >= SHARE else 1 - passes)
    assert found.consistent == passes**2 + (1 - passes) ** 2
    assert passes == pass_chance(5, share=SHARE, chance=chance)


def test_the_quality_of_a_threshold_is_the_beta_binomial_in_fractions() -> None:
    """Flat prior, 4 items, 3 needed, share 1/2: sums of beta functions of whole numbers."""
    quality = threshold_quality(4, share=Fraction(1, 2), needed=3)
    numbers = range(5)
    both = sum(
        (
            Fraction(comb(4, x) * comb(4, y), 9 * comb(8, x + y))
            for x in numbers
            for y in numbers
            if (x >= 3) == (y >= 3)
        ),
        Fraction(0),
    )
    assert quality.consistency == pytest.approx(float(both), abs=1e-14)
    right = Fraction(0)
    for x in numbers:
        exact = posterior_mastery(x, 4, share=Fraction(1, 2)).exact
        assert exact is not None
        right += Fraction(1, 5) * (exact if x >= 3 else 1 - exact)
    assert quality.accuracy == pytest.approx(float(right), abs=1e-13)
    assert quality.observed[1] == pytest.approx(0.4, abs=1e-14)
    assert threshold_quality(4, share=Fraction(1, 2)).observed[1] == pytest.approx(0.6, abs=1e-14)
    assert threshold_quality(4, share=SHARE, needed=0).observed[1] == pytest.approx(1, abs=1e-14)


def test_more_items_make_a_threshold_better() -> None:
    figures = [threshold_quality(items, share=SHARE).accuracy for items in (5, 10, 20, 40, 80)]
    assert figures == sorted(figures)
    assert figures[-1] > 0.94


def test_enough_answers_settle_a_criterion() -> None:
    met = borderline(10, 10, share=SHARE)
    assert (met.advice, met.reason, met.least, met.likely) == (Advice.NONE, "settled_met", None, None)
    assert not met.in_doubt
    missed = borderline(1, 6, share=SHARE)
    assert missed.reason == "settled_not_met"
    assert not missed.against_rule


def test_few_answers_are_in_doubt_and_a_few_more_would_settle_them() -> None:
    """2 of 2 right: .657. One more right gives .760, two .832; two wrong give .163; so that two more may settle it."""
    found = borderline(2, 2, share=SHARE)
    assert found.in_doubt
    assert posterior_mastery(3, 3, share=SHARE).chance < 0.8 < posterior_mastery(4, 4, share=SHARE).chance
    assert posterior_mastery(2, 4, share=SHARE).chance < 0.2 < posterior_mastery(2, 3, share=SHARE).chance
    # after 2 of 2, p is Beta(3, 1): two more right have the chance 3/5, two wrong 1/10
    assert chance_of_settling(2, 2, 2, share=SHARE) == pytest.approx(0.7, abs=1e-13)
    assert chance_of_settling(2, 2, 1, share=SHARE) == 0
    assert (found.least, found.likely) == (2, 2)
    assert (found.advice, found.reason) == (Advice.MORE_ITEMS, "few_items")


def test_what_can_settle_may_come_before_what_probably_does() -> None:
    found = borderline(0, 1, share=SHARE)  # P = (3/10)^2: one wrong answer already
    assert (found.mastery.exact, found.in_doubt) == (Fraction(9, 100), False)
    doubtful = borderline(3, 4, share=SHARE)
    assert doubtful.least is not None
    assert doubtful.likely is not None
    assert doubtful.least < doubtful.likely
    assert all(chance_of_settling(3, 4, more, share=SHARE) < 0.5 for more in range(1, doubtful.likely))
    assert chance_of_settling(3, 4, doubtful.likely, share=SHARE) >= 0.5


def test_one_more_item_is_enough_where_it_settles() -> None:
    """3 of 3 right: .760; a fourth right gives .832 and comes with the chance 4/5."""
    found = borderline(3, 3, share=SHARE)
    assert (found.least, found.likely, found.advice) == (1, 1, Advice.MORE_ITEMS)
    assert chance_of_settling(3, 3, 1, share=SHARE) == pytest.approx(0.8, abs=1e-13)


def test_the_chance_of_settling_is_a_sum_over_what_may_come() -> None:
    settled = Fraction(0)
    for good in range(5):
        exact = posterior_mastery(2 + good, 6, share=SHARE).exact
        assert exact is not None
        if max(exact, 1 - exact) >= Fraction(4, 5):
            # beta-binomial after 2 of 2: Beta(3, 1)
            settled += Fraction(comb(4, good) * 3, (6 + 1) * comb(6, 2 + good))
    assert chance_of_settling(2, 2, 4, share=SHARE) == pytest.approx(float(settled), abs=1e-13)
    assert chance_of_settling(10, 10, 0, share=SHARE) == pytest.approx(1)


def test_many_answers_at_the_threshold_call_for_a_viva() -> None:
    found = borderline(14, 20, share=SHARE)
    assert (found.advice, found.reason) == (Advice.VIVA, "close_to_threshold")
    assert found.least is not None
    assert borderline(140, 200, share=SHARE, sure=Fraction(99, 100)).likely is None


def test_evidence_against_the_rule_is_named() -> None:
    found = borderline(7, 10, share=SHARE)  # met, but p is more likely below 0.7 than above
    assert found.mastery.meets_rule
    assert found.mastery.chance < 0.5
    assert found.against_rule
    document = found.to_document()
    assert document["meets_rule"] is True
    assert document["against_rule"] is True
    assert document["borderline"] is True
    assert document["threshold"] == "7/10"
    assert document["exact"] == str(found.mastery.exact)


def test_an_item_more_or_less_is_asked_for_as_the_limit_says() -> None:
    found = borderline(2, 2, share=SHARE)
    assert found.likely is not None
    assert borderline(2, 2, share=SHARE, most_more=found.likely - 1).advice is Advice.VIVA
    assert borderline(2, 2, share=SHARE, most_more=found.likely).advice is Advice.MORE_ITEMS


def test_a_total_hangs_on_luck_within_about_a_standard_error_of_its_cut() -> None:
    close = borderline_score(62, 60, standard_error=4.0)
    assert close.chance == pytest.approx(0.6914624612740131)  # one half of an error above
    assert (close.in_doubt, close.advice, close.reason) == (True, Advice.VIVA, "close_to_cut")
    clear = borderline_score(70, 60, standard_error=4.0)
    assert (clear.in_doubt, clear.reason) == (False, "settled_met")
    below = borderline_score(50, 60, standard_error=4.0)
    assert below.reason == "settled_not_met"
    assert below.chance == pytest.approx(1 - (clear.chance or 0))
    assert borderline_score(62, 60, standard_error=4.0, sure=Fraction(2, 3)).reason == "settled_met"


@pytest.mark.parametrize("error", [None, 0.0])
def test_a_total_without_an_error_is_not_called_settled(error: float | None) -> None:
    document = borderline_score(10, 7, standard_error=error).to_document()
    assert (document["chance"], document["reason"], document["advice"]) == (None, "no_error", "viva")


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("right_of_items", lambda: posterior_mastery(3, 2, share=SHARE)),
        ("right_of_items", lambda: posterior_mastery(-1, 2, share=SHARE)),
        ("right_of_items", lambda: posterior_mastery(1, 2000, share=SHARE)),
        ("right_of_items", lambda: decision_at(0, share=SHARE, chance=Fraction(1))),
        ("right_of_items", lambda: threshold_quality(0, share=SHARE)),
        ("share_range", lambda: posterior_mastery(1, 2, share=Fraction(0))),
        ("share_range", lambda: decision_at(2, share=Fraction(11, 10), chance=Fraction(1))),
        ("chance_range", lambda: decision_at(2, share=SHARE, chance=Fraction(3, 2))),
        ("prior_range", lambda: Prior(Fraction(0), Fraction(1))),
        ("prior_range", lambda: Prior(Fraction(1), Fraction(1001))),
        ("sure_range", lambda: borderline_score(1, 2, standard_error=1, sure=Fraction(1))),
        ("sure_range", lambda: borderline(1, 2, share=SHARE, sure=Fraction(1, 2))),
    ],
)
def test_what_cannot_be_is_refused_by_name(code: str, call: object) -> None:
    assert callable(call)
    with pytest.raises(StatisticsError, match=code):
        call()
