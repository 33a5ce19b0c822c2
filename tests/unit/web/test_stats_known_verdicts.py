# SPDX-License-Identifier: Apache-2.0
"""`kasauti stats` on verdicts, accuracy, forensics and rescoring against calculations done otherwise."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise, product
from math import comb, exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest

from item_bank.samples import load_sample
from tests.unit.web.shell import Shell
from tests.unit.web.test_stats_known_answers import GOLDEN, rows_of, stats, wrote

# --------------------------------------------------------------------------------------------- decide


def test_a_cohort_is_decided_as_fractions_of_the_rows_say(shell: Shell, tmp_path: Path) -> None:
    document = json.loads(json.dumps(load_sample("con_q0602").credential))
    share = {"scope": {"credential": True}, "component": "all", "basis": "raw", "at_least": "7/10"}
    document["rule"] = {"version": 1, "rule": {"share": share}}
    (tmp_path / "credential.json").write_text(json.dumps(document), encoding="utf-8")
    draw, rows, earned = random.Random(70), [], {}
    maximum = Fraction(0)
    for nos in document["nos"]:
        for element in nos["elements"]:
            for component, most in element["marks"].items():
                maximum += Fraction(str(most))
                for person in range(40):
                    level = Fraction(7, 10) if person == 0 else Fraction(draw.randint(10, 20), 20)
                    mark = level * Fraction(str(most))
                    earned[person] = earned.get(person, Fraction(0)) + mark
                    rows.append([f"P{person}", nos["code"], element["id"], "", component, mark])
    head = ["person", "nos", "element", "pc", "component", "mark"]
    found = stats(shell, "decide", tmp_path / "credential.json", wrote(tmp_path / "marks.csv", head, rows))
    assert found["credential"]["maximum"] == str(maximum) == "750"
    for person in found["persons"]:
        own = earned[int(person["person"][1:])]
        assert person["verdict"] == ("pass" if own * 10 >= maximum * 7 else "fail")
        assert Fraction(person["margin"]) == own / maximum - Fraction(7, 10)
    # exactly seven tenths of everything: floats would fail this learner
    assert (found["persons"][0]["verdict"], found["persons"][0]["margin"]) == ("pass", "0")


# ------------------------------------------------------------------------------------------- accuracy


def test_accuracy_by_livingston_and_lewis_is_an_integral_over_its_own_parameters(shell: Shell) -> None:
    from scipy.integrate import quad
    from scipy.stats import beta

    found = stats(
        shell,
        "accuracy",
        "--method",
        "livingston-lewis",
        "--cut",
        3,
        GOLDEN / "lsat6.csv",
        "--weights",
        "freq",
    )
    law = beta(found["parameters"]["alpha"], found["parameters"]["beta"])
    n, need = found["parameters"]["etl_rounded"], found["cuts"][0]["observed_cut"]

    def passes(p: float) -> float:
        return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(need, n + 1))

    right = (
        quad(lambda p: law.pdf(p) * (1 - passes(p)), 0, 0.6)[0]
        + quad(lambda p: law.pdf(p) * passes(p), 0.6, 1)[0]
    )
    alike = quad(lambda p: law.pdf(p) * (passes(p) ** 2 + (1 - passes(p)) ** 2), 0, 1)[0]
    assert (found["accuracy"], found["consistency"]) == pytest.approx((right, alike), abs=1e-7)
    # effective length by its formula (Livingston & Lewis 1995, eq. 1)
    mean, variance, alpha = 3.819, found_variance(), found["reliability"]["value"]
    length = (mean * (5 - mean) - alpha * variance) / (variance * (1 - alpha))
    assert found["parameters"]["etl"] == pytest.approx(length, abs=1e-6)


def found_variance() -> float:
    """The variance of the totals of section 6 over one person less."""
    totals = [
        sum(int(row[f"Item{n}"]) for n in range(1, 6))
        for row in rows_of("lsat6.csv")
        for _ in range(int(row["freq"]))
    ]
    return float(np.var(totals, ddof=1))


def test_accuracy_by_lee_adds_up_all_answer_patterns(shell: Shell, tmp_path: Path) -> None:
    from scipy.integrate import quad
    from scipy.optimize import brentq
    from scipy.stats import norm

    items = [(0.825, -3.36), (0.723, -1.37), (0.891, -0.28), (0.688, -1.87), (0.657, -3.12)]
    file = wrote(tmp_path / "items.csv", ["item", "a", "b"], [[f"i{n}", *one] for n, one in enumerate(items)])
    found = stats(shell, "accuracy", "--method", "lee", "--cut", 4, file)

    def chances(theta: float) -> list[float]:
        return [1 / (1 + exp(-a * (theta - b))) for a, b in items]

    def passes(theta: float) -> float:
        whole = 0.0
        for pattern in product((0, 1), repeat=5):
            if sum(pattern) >= 4:
                whole += float(
                    np.prod([p if right else 1 - p for p, right in zip(chances(theta), pattern, strict=True)])
                )
        return whole

    cut = brentq(lambda theta: sum(chances(theta)) - 4, -6, 6)
    right = (
        quad(lambda t: norm.pdf(t) * (1 - passes(t)), -8, cut)[0]
        + quad(lambda t: norm.pdf(t) * passes(t), cut, 8)[0]
    )
    alike = quad(lambda t: norm.pdf(t) * (passes(t) ** 2 + (1 - passes(t)) ** 2), -8, 8)[0]
    assert (found["accuracy"], found["consistency"]) == pytest.approx((right, alike), abs=1e-6)


def test_accuracy_by_rudner_is_the_normal_law_around_each_ability(shell: Shell, tmp_path: Path) -> None:
    from scipy.integrate import quad
    from scipy.stats import norm

    items = [(1.2, -0.5), (0.9, 0.4), (1.5, 0.1), (1.1, -1.2), (0.8, 0.9), (1.3, 0.0)]
    file = wrote(tmp_path / "items.csv", ["item", "a", "b"], [[f"i{n}", *one] for n, one in enumerate(items)])
    found = stats(shell, "accuracy", "--method", "rudner", "--cut", 0.2, file)

    def above(theta: float) -> float:
        chances = [(a, 1 / (1 + exp(-a * (theta - b)))) for a, b in items]
        information = sum(a * a * p * (1 - p) for a, p in chances)
        return float(norm.sf((0.2 - theta) * sqrt(information)))

    right = (
        quad(lambda t: norm.pdf(t) * (1 - above(t)), -8, 0.2)[0]
        + quad(lambda t: norm.pdf(t) * above(t), 0.2, 8)[0]
    )
    assert found["accuracy"] == pytest.approx(right, abs=1e-6)


# -------------------------------------------------------------------------------- forensics, rescoring


def sitting(persons: int, items: int, seed: int) -> list[list[str]]:
    """Choices A to D, A the right one; the last person is the first but for two answers."""
    draw = random.Random(seed)
    rows = []
    for _ in range(persons):
        able = draw.uniform(0.3, 0.9)
        rows.append(["A" if draw.random() < able else draw.choice("BCD") for _ in range(items)])
    rows[-1] = [*rows[0][:-2], "B", "C"]
    return rows


def test_the_k_index_is_the_binomial_of_those_with_as_many_wrong(shell: Shell, tmp_path: Path) -> None:
    from scipy.stats import binom

    rows = sitting(40, 16, seed=4)
    names = [f"q{n}" for n in range(16)]
    file = wrote(tmp_path / "x.csv", ["id", *names], [[f"P{n}", *row] for n, row in enumerate(rows)])
    key = wrote(tmp_path / "key.csv", ["item", "key"], [[name, "A"] for name in names])
    found = stats(shell, "pairs", file, "--key", key, "--id", "id", "--method", "k", "--all")
    wrong = [{(n, choice) for n, choice in enumerate(row) if choice != "A"} for row in rows]
    checked = 0
    for pair in found["asked"]:
        copier, source = int(pair["copier"][1:]), int(pair["source"][1:])
        if not wrong[source]:
            continue
        group = [own for own in wrong if len(own) == len(wrong[copier])]
        share = sum(len(own & wrong[source]) for own in group) / len(group) / len(wrong[source])
        share = min(max(share, 0.001), 0.999)
        same = len(wrong[copier] & wrong[source])
        assert pair["p"] == pytest.approx(binom.sf(same - 1, len(wrong[source]), share), rel=1e-9)
        checked += 1
    assert checked > 1000


def test_the_binomial_test_of_all_answers_is_the_recursion_over_its_own_chances(
    shell: Shell, tmp_path: Path
) -> None:
    from scipy.optimize import minimize_scalar

    rows = sitting(260, 12, seed=9)
    names = [f"q{n}" for n in range(12)]
    head = ["id", *names]
    file = wrote(tmp_path / "x.csv", head, [[f"P{n}", *row] for n, row in enumerate(rows)])
    key = wrote(tmp_path / "key.csv", ["item", "key"], [[name, "A"] for name in names])
    model = stats(shell, "irt", file, "--id", "id", "--key", key, "--model", "nrm")
    options = [
        dict(
            zip(
                item["categories"],
                zip(item["bock_slopes"], item["bock_intercepts"], strict=True),
                strict=True,
            )
        )
        for item in model["items"]
    ]

    def chances(theta: float, item: int) -> dict[str, float]:
        power = {name: exp(a * theta + c) for name, (a, c) in options[item].items()}
        return {name: one / sum(power.values()) for name, one in power.items()}

    def ability(row: list[str]) -> float:
        def off(theta: float) -> float:  # a normal prior of variance 10, as CopyDetect takes it
            return theta * theta / 20 - sum(log(chances(theta, n)[choice]) for n, choice in enumerate(row))

        return float(minimize_scalar(off, bounds=(-8, 8), method="bounded", options={"xatol": 1e-9}).x)

    thetas = {n: ability(rows[n]) for n in (0, 1, 2, 259)}
    chances_of: list[float] = []
    for first, second in ((0, 259), (0, 1), (1, 2)):
        asked = ("--pair", f"P{first}", f"P{second}")
        found = stats(shell, "pairs", file, "--key", key, "--id", "id", "--method", "gbt", *asked)
        law = np.ones(1)
        for item in range(12):
            one, other = chances(thetas[first], item), chances(thetas[second], item)
            same = sum(one[name] * other[name] for name in one)
            law = np.convolve(law, [1 - same, same])
        matches = sum(a == b for a, b in zip(rows[first], rows[second], strict=True))
        [pair] = found["asked"]
        assert pair["matches"] == matches
        assert pair["p"] == pytest.approx(float(law[matches:].sum()), rel=1e-4)
        chances_of.append(pair["p"])
    assert min(chances_of) == chances_of[0], "the two that have ten of twelve answers in common"


def test_rescoring_counts_what_a_loop_counts(shell: Shell, tmp_path: Path) -> None:
    rows = sitting(120, 10, seed=2)
    names = [f"q{n}" for n in range(10)]
    file = wrote(tmp_path / "x.csv", names, rows)
    old = wrote(tmp_path / "old.csv", ["item", "key"], [[name, "A"] for name in names])
    new = wrote(
        tmp_path / "new.csv", ["item", "key"], [[name, "B" if name == "q3" else "A"] for name in names]
    )
    found = stats(shell, "rescore", file, "--key", old, "--new-key", new, "--cut", "7/10")
    before = [sum(choice == "A" for choice in row) for row in rows]
    after = [total + (row[3] == "B") - (row[3] == "A") for total, row in zip(before, rows, strict=True)]
    both = list(zip(before, after, strict=True))
    assert {
        name: found[name] for name in ("totals_changed", "up", "down", "fail_to_pass", "pass_to_fail")
    } == {
        "totals_changed": sum(one != other for one, other in both),
        "up": sum(one < other for one, other in both),
        "down": sum(one > other for one, other in both),
        "fail_to_pass": sum(one < 7 <= other for one, other in both),
        "pass_to_fail": sum(other < 7 <= one for one, other in both),
    }


def test_guttman_errors_are_the_pairs_that_are_the_wrong_way_round(shell: Shell, tmp_path: Path) -> None:
    rows = [[int(choice == "A") for choice in row] for row in sitting(150, 9, seed=6)]
    shares = [sum(row[item] for row in rows) for item in range(9)]
    assert len(set(shares)) == 9, "no ties, so that the order of the items is one"
    order = sorted(range(9), key=lambda item: -shares[item])
    file = wrote(tmp_path / "x.csv", [f"q{n}" for n in range(9)], rows)
    found = stats(shell, "patterns", file, "--model", "rasch", "--draws", "99")
    persons = {one["person"]: one for one in found["persons"]}
    checked = 0
    for number, row in enumerate(rows, start=1):
        sorted_row = [row[item] for item in order]
        errors = sum(easy < hard for place, easy in enumerate(sorted_row) for hard in sorted_row[place + 1 :])
        if str(number) in persons and persons[str(number)]["guttman_errors"] is not None:
            assert persons[str(number)]["guttman_errors"] == errors
            checked += 1
    assert checked > 50


def test_thresholds_of_graded_items_rise(shell: Shell) -> None:
    found = stats(shell, "irt", GOLDEN / "science.csv", "--weights", "freq", "--model", "grm")
    for item in found["items"]:
        assert all(lower < upper for lower, upper in pairwise(item["b"]))
