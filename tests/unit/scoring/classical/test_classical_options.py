# SPDX-License-Identifier: Apache-2.0
"""Options of choice items: their figures, and keys that look wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from scoring.classical.api import ChoiceFigures, Missing, Suspicion, analyse, choice_figures, document
from scoring.tables import ChoiceTable


def choices(rows: list[str], weights: list[float] | None = None) -> ChoiceTable:
    """A table from rows such as "ABD A", a blank for no choice."""
    cells = np.array([[letter.strip() for letter in row] for row in rows], dtype=np.str_)
    persons = tuple(str(number) for number in range(len(rows)))
    items = tuple(f"q{number}" for number in range(1, cells.shape[1] + 1))
    return ChoiceTable(persons, items, cells, np.array(weights or [1.0] * len(rows)))


def simulated(*, wrong_key: bool = False, n: int = 300, seed: int = 1) -> tuple[ChoiceTable, dict[str, str]]:
    """Twelve items of four options; the better somebody is the likelier A, and with a wrong key q1 says B."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=(n, 1))
    right = rng.random((n, 12)) < 1 / (1 + np.exp(-1.5 * ability))
    other = rng.choice(["B", "C", "D"], size=(n, 12))
    cells = np.where(right, "A", other)
    items = tuple(f"q{number}" for number in range(1, 13))
    key = dict.fromkeys(items, "A") | ({"q1": "B"} if wrong_key else {})
    return ChoiceTable(tuple(map(str, range(n))), items, cells, np.ones(n)), key


def test_the_figures_of_an_option_are_those_of_who_chose_it() -> None:
    table, key = simulated(n=100)
    scores = table.score(key).scores
    for item, found in enumerate(choice_figures(table, key)):
        rest = scores.sum(axis=1) - scores[:, item]
        assert [one.option for one in found.options] == ["A", "B", "C", "D"]
        assert sum(one.share for one in found.options) == pytest.approx(1)
        assert sum(one.discrimination for one in found.options) == pytest.approx(0)
        for one in found.options:
            taken = table.choices[:, item] == one.option
            assert one.right == (one.option == "A")
            assert one.count == taken.sum()
            assert one.mean_rest == pytest.approx(rest[taken].mean())
            assert one.point_biserial == pytest.approx(np.corrcoef(taken, rest)[0, 1])
            assert one.point_biserial_total == pytest.approx(np.corrcoef(taken, scores.sum(axis=1))[0, 1])
            assert one.discrimination == pytest.approx(one.upper - one.lower)
            assert np.mean(one.curve) == pytest.approx(one.share)
        assert found.options[0].curve[4] > found.options[0].curve[0]


def test_frequencies_count_as_rows() -> None:
    rows, often = ["ABA", "BBA", "AAC", "CBB"], [3.0, 1.0, 2.0, 2.0]
    key = {"q1": "A", "q2": "B", "q3": "A"}
    written = [row for row, count in zip(rows, often, strict=True) for _ in range(int(count))]
    for one, other in zip(
        choice_figures(choices(rows, often), key), choice_figures(choices(written), key), strict=True
    ):
        for left, right in zip(one.options, other.options, strict=True):
            assert (left.option, left.count) == (right.option, right.count)
            assert left.point_biserial == pytest.approx(right.point_biserial)
            assert left.curve == pytest.approx(right.curve)


def test_a_wrong_key_is_likely_and_sound_keys_are_not_suspected() -> None:
    table, key = simulated(wrong_key=True)
    found = {one.item: one for one in choice_figures(table, key)}
    assert [item for item, one in found.items() if one.suspicious_key] == ["q1"]
    kinds = {(one.kind, one.option, one.likely) for one in found["q1"].suspicions}
    assert (Suspicion.OPTION_BEATS_KEY, "A", True) in kinds
    assert (Suspicion.KEY_NEGATIVE, "B", True) in kinds


def test_sound_keys_are_hardly_ever_likely_to_be_wrong() -> None:
    suspected = sum(
        one.suspicious_key for seed in range(40) for one in choice_figures(*simulated(n=80, seed=seed))
    )
    assert suspected <= 5  # of 480 items; the stated error is one in a hundred where nothing discriminates


def test_two_right_options_are_each_right() -> None:
    table = choices(["AAA", "BAA", "CBB", "DBB", "ABA"])
    found = choice_figures(table, {"q1": "A|B", "q2": "A", "q3": "A"})[0]
    assert [(one.option, one.right) for one in found.options] == [
        ("A", True),
        ("B", True),
        ("C", False),
        ("D", False),
    ]


def test_a_key_that_nobody_chose_is_shown_with_nothing() -> None:
    found = choice_figures(choices(["BA", "CA", "BB", "BA"]), {"q1": "D", "q2": "A"})[0]
    first = found.options[0]
    assert (first.option, first.count, first.share, first.mean_rest, first.point_biserial) == (
        "D",
        0,
        0,
        None,
        None,
    )
    assert Suspicion.OPTION_BEATS_KEY in {one.kind for one in found.suspicions}
    assert not found.suspicious_key  # four persons prove nothing


def test_unused_and_attractive_distractors_are_named() -> None:
    rows = ["AAA"] * 20 + ["CAA"] * 12 + ["BBB"] * 12 + ["ABB"] * 4 + ["DBA"]
    found = choice_figures(choices(rows), {"q1": "A", "q2": "A", "q3": "A"})[0]
    kinds = {(one.kind, one.option) for one in found.suspicions}
    assert (Suspicion.DISTRACTOR_UNUSED, "D") in kinds
    assert (Suspicion.OPTION_BEATS_KEY, "C") in kinds or (Suspicion.DISTRACTOR_POSITIVE, "C") in kinds


def test_one_in_twenty_is_enough_for_a_distractor() -> None:
    for others, unused in ((19, False), (20, True)):
        rows = ["AA"] * (others - 5) + ["BB"] * 5 + ["CB"]
        found = choice_figures(choices(rows), {"q1": "A", "q2": "A"})[0]
        kinds = {(one.kind, one.option) for one in found.suspicions}
        assert ((Suspicion.DISTRACTOR_UNUSED, "C") in kinds) is unused


def test_a_suspicion_is_likely_below_one_in_a_hundred_over_the_wrong_options() -> None:
    for taken, likely in ((14, True), (13, False)):
        # one wrong option that goes with the rest; by the t test of its correlation with 38 degrees of freedom
        rows = ["BA"] * taken + ["AA"] * (20 - taken) + ["BB"] * 6 + ["AB"] * 14
        found = choice_figures(choices(rows), {"q1": "A", "q2": "A"})[0]
        r = found.options[1].point_biserial or 0
        p = t.sf(r * np.sqrt(38 / (1 - r * r)), 38)
        assert bool(p < 0.01) is likely
        beats = next(one for one in found.suspicions if one.kind is Suspicion.OPTION_BEATS_KEY)
        assert beats.likely is likely


def test_a_distractor_below_the_key_is_only_attractive() -> None:
    rows = ["AAA"] * 30 + ["CAA"] * 5 + ["CBB"] * 4 + ["BBB"] * 30
    found = choice_figures(choices(rows), {"q1": "A", "q2": "A", "q3": "A"})[0]
    assert {(one.kind, one.option) for one in found.suspicions} == {(Suspicion.DISTRACTOR_POSITIVE, "C")}


def test_a_perfect_option_is_certain_unless_hardly_anybody_is_there() -> None:
    many = choice_figures(choices(["BA", "BA", "BA", "AB", "AB"]), {"q1": "A", "q2": "A"})[0]
    assert many.suspicious_key
    few = choice_figures(choices(["BA", "BA", "AB"]), {"q1": "A", "q2": "A"})[0]
    assert few.suspicions
    assert not few.suspicious_key


def test_leaving_an_item_out_is_an_option_of_its_own() -> None:
    table = choices(["AAB", " AB", "BAA", " BB", "ABB"])
    key = {"q1": "A", "q2": "A", "q3": "B"}
    found = choice_figures(table, key)
    assert [(one.option, one.count) for one in found[0].options] == [("A", 2), ("B", 1), ("", 2)]
    assert all(one.option for one in found[0].suspicions)
    whole = choice_figures(table, key, missing=Missing.COMPLETE)
    assert [(one.option, one.count) for one in whole[0].options] == [("A", 2), ("B", 1)]


def test_gaps_in_the_rest_count_as_asked() -> None:
    table = choices(["AA ", "AAA", "BBA", "BB "])
    key = dict.fromkeys(("q1", "q2", "q3"), "A")
    raised = choice_figures(table, key)[0].options[0].mean_rest
    zero = choice_figures(table, key, missing=Missing.ZERO)[0].options[0].mean_rest
    assert (raised, zero) == (2.0, 1.5)


def test_somebody_with_one_answer_only_has_no_rest() -> None:
    table = choices(["A  ", "AAA", "BBA", "BBB", "ABA"])
    found: ChoiceFigures = choice_figures(table, dict.fromkeys(("q1", "q2", "q3"), "A"))[0]
    assert sum(one.count for one in found.options) == 4


def test_the_analysis_takes_the_options_along() -> None:
    table, key = simulated(wrong_key=True)
    made = document(analyse(table.score(key), choices=table, key=key))
    assert made["suspicious_keys"] == ["q1"]
    first = made["items"][0]  # type: ignore[index]
    assert [one["option"] for one in first["distractors"]] == ["B", "A", "C", "D"]
    assert first["suspicions"][0]["kind"] == "key_negative"
