# SPDX-License-Identifier: Apache-2.0
"""Tables of stops: what they say, how they come about, and that none of them rules against its threshold unnoticed."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from scoring.adaptive.api import (
    Losses,
    Rates,
    RatioRule,
    Ruling,
    Settled,
    StopTable,
    curtailed,
    fixed_table,
    mastered,
    operate,
    optimal_table,
    posterior_table,
    ratio_table,
    read_stops,
    settled_verdict,
    two_kinds,
    wald,
)
from scoring.api import Cell, Verdict, credential_marks, parse_rule
from scoring.certainty.api import JEFFREYS, Prior
from scoring.errors import StatisticsError
from tests.unit.scoring.adaptive.brute import everybody, passed_by, stop_of

TENTH = Fraction(1, 10)
SEVEN = Fraction(7, 10)
RATES = Rates(Fraction(1, 2), Fraction(17, 20))
BAD_TABLES = [(), ((-2, 0),), ((0, 0),), ((-1, 2), (0, 2)), ((0, 3), (0, 1)), ((-1, 2),)]


@pytest.mark.parametrize("stops", BAD_TABLES)
def test_a_table_that_leaves_somebody_without_a_ruling_or_rules_twice_is_refused(stops: object) -> None:
    with pytest.raises(StatisticsError) as refusal:
        StopTable(stops)  # type: ignore[arg-type]
    assert refusal.value.code == "adaptive_stops"


def test_a_table_of_more_than_two_hundred_items_is_refused() -> None:
    with pytest.raises(StatisticsError):
        StopTable((*((-1, n + 1) for n in range(1, 201)), (100, 101)))


def test_a_table_comes_back_from_its_document() -> None:
    table = curtailed(fixed_table(5, share=SEVEN))
    assert read_stops(table.to_document()) == table


@pytest.mark.parametrize(
    "document", [None, {}, [1], [[1]], [[0, 1, 2]], [["0", 1]], [[True, 1]], [[0.0, 1]], []]
)
def test_a_document_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(StatisticsError) as refusal:
        read_stops(document)
    assert refusal.value.code == "adaptive_stops"


def test_answers_are_followed_to_the_first_stop_and_no_further() -> None:
    table = curtailed(fixed_table(3, share=SEVEN))
    assert table.settle([False, True, True]) == Settled(Ruling.NOT_MET, 0, 1)
    assert table.settle([True, True]) == Settled(Ruling.GO_ON, 2, 2)
    assert table.settle([]) == Settled(Ruling.GO_ON, 0, 0)
    assert table.settle([True] * 9) == Settled(Ruling.MET, 3, 3)
    assert (table.items, table.least) == (3, 1)
    assert table.ruling(0, 0) is Ruling.GO_ON


@pytest.mark.parametrize(("right", "presented"), [(-1, 2), (3, 2), (0, 4)])
def test_a_count_that_cannot_be_is_refused(right: int, presented: int) -> None:
    with pytest.raises(StatisticsError) as refusal:
        fixed_table(3, share=SEVEN).ruling(right, presented)
    assert refusal.value.code == "right_of_items"


@pytest.mark.parametrize("items", range(1, 9))
@pytest.mark.parametrize("share", [Fraction(1, 3), Fraction(1, 2), SEVEN, Fraction(1)])
def test_a_curtailed_paper_passes_and_fails_exactly_the_same_people(items: int, share: Fraction) -> None:
    whole, short = fixed_table(items, share=share), curtailed(fixed_table(items, share=share))
    for answers in everybody(items):
        assert whole.settle(answers).ruling is short.settle(answers).ruling
    assert short.against(share) == ()
    assert short.least == min(whole.items, stop_of(items, share))


@pytest.mark.parametrize("items", range(2, 10))
def test_curtailing_a_ratio_test_changes_no_ruling_and_never_asks_more(items: int) -> None:
    table = ratio_table(items, RATES, wald(false_pass=TENTH, false_fail=TENTH), share=SEVEN)
    short = curtailed(table)
    for answers in everybody(items):
        before, after = table.settle(answers), short.settle(answers)
        assert (after.ruling, after.presented <= before.presented) == (before.ruling, True)
    assert curtailed(short) == short


def test_curtailing_holds_the_least_number_of_items() -> None:
    whole = fixed_table(6, share=SEVEN)
    assert curtailed(whole).least == 2
    held = curtailed(whole, least=4)
    assert held.least == 4
    assert all(held.settle(one).ruling is whole.settle(one).ruling for one in everybody(6))


def test_curtailing_leaves_a_state_that_nobody_comes_to_in_peace() -> None:
    table = StopTable(((0, 1), (-1, 3), (1, 2)))
    assert curtailed(table).stops[0] == (0, 1)


def test_wald_s_bounds_are_the_fractions_that_he_names() -> None:
    rule = wald(false_pass=TENTH, false_fail=Fraction(1, 5), least=2)
    assert (rule.accept, rule.reject, rule.cut, rule.least) == (Fraction(8), Fraction(2, 9), Fraction(1), 2)


@pytest.mark.parametrize(
    ("false_pass", "false_fail"), [(0, TENTH), (TENTH, 0), (Fraction(1, 2), Fraction(1, 2))]
)
def test_errors_that_no_test_can_have_are_refused(false_pass: Fraction, false_fail: Fraction) -> None:
    with pytest.raises(StatisticsError) as refusal:
        wald(false_pass=Fraction(false_pass), false_fail=Fraction(false_fail))
    assert refusal.value.code == "adaptive_errors"


def test_a_cut_outside_of_very_unlike_bounds_is_moved_to_the_nearer_one() -> None:
    rule = wald(false_pass=Fraction(8, 10), false_fail=Fraction(1, 10))
    assert rule.cut == 1
    assert rule.accept == Fraction(9, 8)
    low = wald(false_pass=Fraction(1, 10), false_fail=Fraction(85, 100))
    assert low.reject == Fraction(17, 18)
    assert low.cut == 1


@pytest.mark.parametrize(
    ("lacking", "master"), [(0, TENTH), (TENTH, TENTH), (Fraction(1, 2), TENTH), (TENTH, 1)]
)
def test_rates_that_tell_nobody_apart_are_refused(lacking: Fraction, master: Fraction) -> None:
    with pytest.raises(StatisticsError) as refusal:
        Rates(Fraction(lacking), Fraction(master))
    assert refusal.value.code == "adaptive_rates"


@pytest.mark.parametrize(("reject", "accept"), [(0, 2), (2, 3), (Fraction(1, 2), Fraction(3, 4)), (1, 1)])
def test_bounds_that_leave_no_room_are_refused(reject: Fraction, accept: Fraction) -> None:
    with pytest.raises(StatisticsError) as refusal:
        RatioRule(Fraction(reject), Fraction(accept))
    assert refusal.value.code == "adaptive_bounds"


def test_the_stops_of_a_ratio_test_are_those_of_its_ratios_worked_out_by_hand() -> None:
    # 1.7 for a right answer, 0.3 for a wrong one; bounds 9 and 1/9. 1.7^4 = 8.35, 1.7^5 = 14.2; 0.3^2 = 0.09.
    table = ratio_table(6, RATES, wald(false_pass=TENTH, false_fail=TENTH))
    assert table.stops == ((-1, 2), (0, 3), (0, 4), (1, 5), (2, 5), (4, 5))
    assert [RATES.ratio(*state) for state in ((1, 1), (0, 1), (1, 2))] == [
        Fraction(17, 10),
        Fraction(3, 10),
        Fraction(51, 100),
    ]


def test_no_stop_before_the_least_number_of_items() -> None:
    table = ratio_table(8, RATES, wald(false_pass=TENTH, false_fail=TENTH, least=4))
    assert table.least == 4
    assert table.stops[2] == (-1, 4)
    assert posterior_table(6, share=SEVEN, sure_met=SEVEN, sure_not_met=SEVEN, least=3).least == 3


def test_a_posterior_of_two_kinds_stops_where_bayes_says() -> None:
    masters, sure = Fraction(3, 5), Fraction(9, 10)
    rule = two_kinds(masters=masters, sure_met=sure, sure_not_met=sure)
    for right, presented in product(range(9), range(1, 9)):
        if right <= presented:
            good = masters * RATES.master**right * (1 - RATES.master) ** (presented - right)
            bad = (1 - masters) * RATES.lacking**right * (1 - RATES.lacking) ** (presented - right)
            chance = good / (good + bad)
            wanted = Ruling.MET if chance >= sure else Ruling.NOT_MET if 1 - chance >= sure else Ruling.GO_ON
            assert rule.ruling(RATES.ratio(right, presented), presented, last=False) is wanted
            assert (rule.ruling(RATES.ratio(right, presented), presented, last=True) is Ruling.MET) == (
                chance >= Fraction(1, 2)
            )


@pytest.mark.parametrize("masters", [Fraction(0), Fraction(1)])
def test_a_prior_that_is_sure_already_is_refused(masters: Fraction) -> None:
    with pytest.raises(StatisticsError) as refusal:
        two_kinds(masters=masters, sure_met=SEVEN, sure_not_met=SEVEN)
    assert refusal.value.code == "adaptive_prior"


@pytest.mark.parametrize("levels", [(Fraction(1, 2), SEVEN), (SEVEN, Fraction(1))])
def test_a_level_that_is_not_between_a_half_and_one_is_refused(levels: tuple[Fraction, Fraction]) -> None:
    for make in (
        lambda: two_kinds(masters=SEVEN, sure_met=levels[0], sure_not_met=levels[1]),
        lambda: posterior_table(5, share=SEVEN, sure_met=levels[0], sure_not_met=levels[1]),
    ):
        with pytest.raises(StatisticsError) as refusal:
            make()
        assert refusal.value.code == "sure_range"


@pytest.mark.parametrize("items", [0, 201])
def test_a_length_out_of_range_is_refused(items: int) -> None:
    with pytest.raises(StatisticsError) as refusal:
        fixed_table(items, share=SEVEN)
    assert refusal.value.code == "adaptive_length"


@pytest.mark.parametrize("share", [Fraction(0), Fraction(11, 10)])
def test_a_threshold_out_of_range_is_refused(share: Fraction) -> None:
    with pytest.raises(StatisticsError) as refusal:
        ratio_table(5, RATES, wald(false_pass=TENTH, false_fail=TENTH), share=share)
    assert refusal.value.code == "share_range"


@pytest.mark.parametrize("prior", [Prior(Fraction(1), Fraction(1)), JEFFREYS])
def test_the_posterior_of_a_share_stops_at_its_levels(prior: Prior) -> None:
    sure = Fraction(9, 10)
    table = posterior_table(10, share=SEVEN, sure_met=sure, sure_not_met=sure, prior=prior)
    for right, presented, ruling in table.states():
        chance = mastered(right, presented, share=SEVEN, prior=prior)
        if presented < 10:
            assert (ruling is Ruling.MET) == (chance >= sure)
            assert (ruling is Ruling.NOT_MET) == (1 - chance >= sure)
        else:
            assert (ruling is Ruling.MET) == (right >= 7)
    assert table.against(SEVEN) == ()


def test_a_table_that_rules_against_the_threshold_of_its_own_items_is_found() -> None:
    # Rates around .30: two right of four are far more than those who lack it manage, and less than 70 %.
    table = ratio_table(12, Rates(TENTH, Fraction(1, 2)), wald(false_pass=TENTH, false_fail=TENTH))
    found = table.against(SEVEN)
    assert found
    for right, presented in found:
        assert table.ruling(right, presented) is Ruling.MET
        assert right < SEVEN * presented


@pytest.mark.parametrize(
    ("cost", "by_share"), [(0, True), (Fraction(1, 200), True), (Fraction(1, 200), False), (2, True)]
)
def test_no_other_table_of_three_items_costs_less_than_the_optimal_one(
    cost: Fraction, by_share: bool
) -> None:
    losses = Losses(Fraction(2), Fraction(1), Fraction(cost))
    best = optimal_table(3, share=SEVEN, losses=losses, by_share=by_share)

    def loss(table: StopTable) -> Fraction:
        total = Fraction(0)
        for answers in everybody(3):
            settled = table.settle(answers)
            chance = mastered(settled.right, settled.presented, share=SEVEN)
            wrong = (
                losses.false_pass * (1 - chance)
                if settled.ruling is Ruling.MET
                else losses.false_fail * chance
            )
            total += passed_by(answers) * (wrong + losses.item * settled.presented)
        return total

    lows = {n: [(low, high) for low in range(-1, n + 1) for high in range(low + 1, n + 2)] for n in (1, 2)}
    tables = (
        StopTable((*stops, (need - 1, need))) for stops in product(lows[1], lows[2]) for need in range(5)
    )
    lawful = [table for table in tables if not by_share or not table.against(SEVEN)]
    assert len(lawful) > 3
    assert loss(best.table) == best.loss == min(loss(table) for table in lawful)


def test_dearer_items_stop_earlier_and_the_least_number_holds() -> None:
    cheap, dear = (
        optimal_table(12, share=SEVEN, losses=Losses(Fraction(20), Fraction(20), Fraction(cost)), least=2)
        for cost in (0, 1)
    )
    assert cheap.loss < dear.loss
    assert (
        operate(dear.table, chance=Fraction(1, 2)).length < operate(cheap.table, chance=Fraction(1, 2)).length
    )
    assert dear.table.least >= 2


@pytest.mark.parametrize("losses", [(0, 1, 0), (1, 0, 0), (1, 1, -1)])
def test_losses_that_reward_errors_are_refused(losses: tuple[int, int, int]) -> None:
    with pytest.raises(StatisticsError) as refusal:
        Losses(*map(Fraction, losses))
    assert refusal.value.code == "adaptive_losses"


def test_a_whole_rule_is_settled_when_no_open_mark_can_turn_it() -> None:
    one, two = (Cell(nos="N1", component="theory", pc=pc) for pc in ("PC1", "PC2"))
    credential = credential_marks([(one, "5"), (two, "5")], weights={})
    bar = {"scope": {"credential": True}, "component": "all", "basis": "raw", "at_least": "7/10"}
    rule = parse_rule({"version": 1, "rule": {"share": bar}}, credential=credential)
    least, most = {one: Fraction(2), two: Fraction(0)}, {one: Fraction(2), two: Fraction(5)}
    assert settled_verdict(credential, least, most, rule) is None
    assert (
        settled_verdict(credential, {**least, one: Fraction(0)}, {**most, one: Fraction(1)}, rule)
        is Verdict.FAIL
    )
    assert (
        settled_verdict(
            credential, {one: Fraction(5), two: Fraction(2)}, {one: Fraction(5), two: Fraction(4)}, rule
        )
        is Verdict.PASS
    )
    for wrong in ({one: Fraction(2)}, {one: Fraction(1), two: Fraction(5)}):
        with pytest.raises(StatisticsError) as refusal:
            settled_verdict(credential, least, wrong, rule)
        assert refusal.value.code == "adaptive_marks"
