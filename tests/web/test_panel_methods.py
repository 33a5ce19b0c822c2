# SPDX-License-Identifier: Apache-2.0
"""Every method from the first page to the recommendation, with published figures or such that can be followed by hand.

The sample's credential has 60 marks, and each of its six criteria as many as the others.
"""

from __future__ import annotations

import io
import re
from fractions import Fraction
from math import exp, log
from statistics import mean, stdev

import pytest

from core.identity.model import Role
from tests.web.judged import walk
from tests.web.reported import sat_batch
from tests.web.site import Site

# Shrout & Fleiss (1979), Psychological Bulletin 86, table 2: six targets and four judges, here as tens of learners in a hundred
SHROUT_FLEISS = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
# Hours of study of 20 students, and who passed: the example of Wikipedia's article "Logistic regression"
PASSED = ("1.75", "2.25", "2.75", "3.25", "4.0", "4.25", "4.5", "4.75", "5.0", "5.5")
FAILED = ("0.5", "0.75", "1.0", "1.25", "1.5", "1.75", "2.0", "2.5", "3.0", "3.5")
# 100 learners by their per cent of the marks: at 50 per cent 30 of them are below, one mark further 50
PEOPLE = [
    Fraction(share, 100)
    for share, count in ((30, 5), (40, 10), (45, 15), (50, 20), (55, 25), (60, 15), (70, 10))
    for _ in range(count)
]


def words(page: str) -> str:
    """What a page says, in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_angoff_with_the_published_table_of_six_targets_and_four_judges(site: Site) -> None:
    found = walk(site, "angoff", judges=4)
    found.draw()
    found.seat()
    columns = [[str(row[judge] * 10) for row in SHROUT_FLEISS] for judge in range(4)]
    page = words(found.round(*columns))
    own = [mean(map(int, column)) for column in columns]
    assert f"{mean(own):.1f} %" == "52.9 %"
    assert "52.9 %" in page
    assert f"± {stdev(own) / 2:.1f} points (standard error)" in page
    # their table 4: ICC(2,4) = .62, ICC(2,1) = .29
    assert "0.62 Dependability of the panel's mean (1 is perfect); of one judge alone 0.29." in page
    assert "worth a talk" in page
    told = words(found.judges[1].get(f"{found.panel}/seat").text)
    assert "You: 25 %. The panel: 53 %" in told
    assert "3 judges ask for more." in told
    assert "All, from low to high: 25 %, 43 %, 67 %, 77 %" in told
    again = words(found.round(*[["50"] * 6] * 4))
    assert "50.0 %" in again
    assert "all judgements are the same" in again
    minutes = found.conclude("50")
    assert [held["cuts"][0]["share"] for held in minutes["rounds"]] == ["0.529167", "0.500000"]


def test_yes_and_no_counts_what_the_judges_expect_to_be_right(site: Site) -> None:
    found = walk(site, "yes_no")
    found.draw()
    found.seat()
    page = words(found.round(list("111100"), list("111000"), list("111110")))
    # 4, 3 and 5 of 6 criteria that count alike: two thirds, and a standard deviation of a sixth
    assert "66.7 %" in page
    assert f"± {100 / 6 / 3**0.5:.1f} points" in page
    assert "Talk about it" in page
    assert found.conclude("67")["recommended"][0]["share"] == "67/100"


def test_a_bookmark_is_the_share_that_is_expected_at_the_median_page(site: Site) -> None:
    found = walk(site, "bookmark")
    found.draw()
    difficulties = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0)
    lines = [
        f"{one.label},0.6,40,1,{difficulty},"
        for one, difficulty in zip(found.objects(), difficulties, strict=True)
    ]
    text = "\n".join(["item,facility,people,slope,difficulty,guess", *lines])
    found.lead("facts", {"file": (io.BytesIO(text.encode()), "known.csv")})
    found.seat()
    page = words(found.round(["3"], ["4"], ["5"], first=0))
    # page 4 is mastered by two of three at 0 + ln 2; every item stands for a sixth of the marks
    at = log(2)
    share = mean(1 / (1 + exp(difficulty - at)) for difficulty in difficulties)
    assert f"{share * 100:.1f} %" in page
    assert "page 3" in page
    assert "page 5" in page
    assert "each judge sets one bookmark only" in page
    assert found.conclude(f"{share * 100:.0f}")["rounds"][0]["bookmarks"]


def test_contrasting_groups_with_the_published_hours_of_study(site: Site) -> None:
    found = walk(site, "contrasting_groups", judges=2)
    found.learners([Fraction(hours) / 10 for hours in (*PASSED, *FAILED)])
    found.seat()
    found.act("open")
    seen = found.judges[0].get(f"{found.panel}/seat").text
    assert "Candidate 001" in seen
    assert "0.175" not in seen
    assert "7/40" not in seen, "no score on a judge's page"
    for place in range(2):
        found.hand_in(place, ["1"] * 10 + ["0"] * 10)
    found.act("close")
    page = words(found.chair.get(found.panel).text)
    assert "27.1 %" in page, "a chance of one half at 2.71 hours"
    assert "10 can do it, 10 cannot yet, 0 at the border or undecided." in page
    minutes = found.conclude("27")
    assert minutes["rounds"][0]["groups"]["logistic"]["intercept"] == "-4.077713"
    assert minutes["rounds"][0]["groups"]["logistic"]["slope"] == "15.046454"


def test_the_borderline_group_is_the_middle_of_those_whom_most_judges_put_there(site: Site) -> None:
    """The 2nd and 9th of ten hold the median with 1 - 22/1024 (Conover 1999)."""
    found = walk(site, "borderline_group")
    border = [61, 55, 58, 49, 66, 70, 52, 57, 60, 63]
    found.learners([Fraction(share, 100) for share in (*border, 20, 30, 90, 95)])
    found.seat()
    everybody = ["1/2"] * 10 + ["0", "0", "1", "1"]
    one_apart = ["1", *everybody[1:]]
    page = words(found.round(everybody, one_apart, everybody))
    assert "59.0 %" in page
    assert "10 learners are at the border for most judges" in page
    assert "52 % – 66 % (98 % certain)" in page
    minutes = found.conclude("59")
    assert minutes["rounds"][0]["borderline"]["people"] == 10
    assert minutes["rounds"][0]["cuts"][0]["share"] == "0.590000"


def test_too_small_a_borderline_group_gives_a_reason_and_no_cut(site: Site) -> None:
    found = walk(site, "borderline_group", judges=2)
    found.learners([Fraction(share, 100) for share in (40, 60)])
    found.seat()
    page = words(found.round(["1/2", "1"], ["1/2", "1"]))
    assert "fewer than two learners are at the border" in page
    assert "There is no cut to recommend yet" in page
    refused = found.lead("conclude", {"scope": "credential||", "share-credential||": "50"}, status=422)
    assert "There is no cut for" in refused


def test_hofstees_line_meets_the_curve_of_the_real_learners(site: Site) -> None:
    """The means say 40 to 60 per cent of the marks and 10 to 50 fails: at 50 the line is at 30, and as many are below."""
    found = walk(site, "hofstee", judges=2)
    found.seat()
    first = words(found.round(["38", "58", "5", "45"], ["42", "62", "15", "55"]))
    assert "first take what real learners reached from a batch" in first
    assert "There is no cut to recommend yet" in first
    found.impact(PEOPLE)
    page = found.chair.get(found.panel).text
    assert "50.0 %" in words(page)
    assert "30 % of the learners of June would fail at it." in words(page)
    assert page.count("<report-plot") == 2
    minutes = found.conclude("50")
    assert minutes["rounds"][0]["cuts"][0]["share"] == "0.500000"
    assert [one["label"] for one in minutes["objects"]] == [
        "lowest_cut", "highest_cut", "lowest_fails", "highest_fails",
    ]  # fmt: skip


def test_a_judge_of_hofstees_method_cannot_turn_the_limits_round_and_loses_nothing(site: Site) -> None:
    found = walk(site, "hofstee", judges=2)
    found.seat()
    found.act("open")
    judge = found.judges[0]
    judge.get(f"{found.panel}/seat")
    turned = {"value-1": "60", "value-2": "40", "value-3": "5", "value-4": "45", "act": "hand_in"}
    answer = judge.post(f"{found.panel}/judgements", turned)
    assert answer.status_code == 422
    assert "The lowest is not below the highest." in answer.text
    assert 'value="60"' in judge.get(f"{found.panel}/seat").text
    found.hand_in(0, ["40", "60", "5", "45"])


def test_where_the_judges_accept_fewer_fails_than_there_are_the_lowest_cut_is_taken_and_said(
    site: Site,
) -> None:
    found = walk(site, "hofstee", judges=2)
    found.impact(PEOPLE)
    found.seat()
    page = words(found.round(*[["56", "60", "0", "20"]] * 2))
    assert "56.0 %" in page
    assert "even the lowest cut fails more learners than the judges accept" in page


def test_beuks_line_meets_the_curve_and_what_judges_agree_on_counts_more(site: Site) -> None:
    """Means 55 and 60, standard deviations 5 and 10: two points of passes for one of cut.

    At 50 per cent (30 of 60 marks) 70 pass, a mark further 50; the line begins there at 50 and rises by 2/60 a mark. They meet
    after .2 / (.2 + 2/60) of that mark.
    """
    found = walk(site, "beuk")
    found.impact(PEOPLE)
    found.seat()
    page = words(found.round(["50", "50"], ["55", "70"], ["60", "60"]))
    share = (30 + 0.2 / (0.2 + 2 / 60)) / 60
    assert f"{share * 100:.1f} %" == "51.4 %"
    assert "51.4 %" in page
    told = words(found.judges[2].get(f"{found.panel}/seat").text)
    assert "You: 60 %. The panel: 51 %" in told
    agreed = words(found.round(["50", "50"], ["50", "70"], ["50", "60"]))
    assert "50.0 %" in agreed, "who agree on the cut alone get it"
    assert found.conclude("50")["rounds"][0]["cuts"][0]["share"] == f"{share:.6f}"


@pytest.mark.parametrize("method", ["hofstee", "contrasting_groups"])
def test_what_learners_reached_comes_from_a_closed_batch_by_the_form(site: Site, method: str) -> None:
    made = sat_batch(site, persons=12)
    found = walk(site, method, judges=2)
    found.lead("batch", {"batch": made.batch_id})
    page = words(found.chair.get(found.panel).text)
    assert "Consequences are shown for 12 learners of Sat in full." in page
    assert site.staff(Role.PROCTOR).post(f"{found.panel}/batch", {"batch": made.batch_id}).status_code in (
        400,
        404,
    )
