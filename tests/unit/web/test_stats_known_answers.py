# SPDX-License-Identifier: Apache-2.0
"""Every kind of ``kasauti stats`` on files as a user calls it: published figures of public data, and sums done another way.

Nothing of `scoring` is imported here: what is expected comes from the literature, from plain loops, from fractions of the
standard library, from scipy and from statsmodels.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import comb, exp, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from item_bank.samples import load_sample
from tests.unit.web.shell import Shell

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "statistics"
DIAGNOSIS = Path(__file__).resolve().parents[1] / "scoring" / "diagnosis"


def stats(shell: Shell, kind: str, *arguments: object) -> dict[str, Any]:
    """The one object that a kind prints."""
    said = shell("stats", kind, *map(str, arguments), "--json")
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def wrote(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    lines = [",".join(head), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows_of(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(items: list[dict[str, Any]], member: str) -> list[Any]:
    return [item[member] for item in items]


# ------------------------------------------------------------------------------------------------ ctt


def test_ctt_of_section_6_is_as_ltm_describes_it(shell: Shell) -> None:
    # R: descript(LSAT) of ltm (Rizopoulos 2006, J. Stat. Soft. 17(5), section 3)
    found = stats(shell, "ctt", GOLDEN / "lsat6.csv", "--weights", "freq")
    assert found["n"] == 1000
    assert found["alpha"] == pytest.approx(0.2950, abs=5e-5)
    assert shown(found["items"], "difficulty") == pytest.approx([0.924, 0.709, 0.553, 0.763, 0.870])
    assert shown(found["items"], "item_rest") == pytest.approx(
        [0.1128, 0.1532, 0.1728, 0.1444, 0.1216], abs=5e-5
    )
    assert shown(found["items"], "alpha_if_deleted") == pytest.approx(
        [0.2754, 0.2376, 0.2168, 0.2459, 0.2663], abs=5e-5
    )


def test_ctt_is_what_plain_loops_over_persons_give(shell: Shell) -> None:
    rows = [
        [int(row[f"Item{n}"]) for n in range(1, 6)]
        for row in rows_of("lsat7.csv")
        for _ in range(int(row["freq"]))
    ]
    n, k = len(rows), 5
    totals = [sum(row) for row in rows]
    mean = sum(totals) / n
    variance = sum((total - mean) ** 2 for total in totals) / (n - 1)
    shares = [sum(row[item] for row in rows) / n for item in range(k)]
    of_items = sum(share * (1 - share) * n / (n - 1) for share in shares)
    alpha = k / (k - 1) * (1 - of_items / variance)
    found = stats(shell, "ctt", GOLDEN / "lsat7.csv", "--weights", "freq")
    assert (found["mean"], found["sd"], found["alpha"]) == pytest.approx((mean, sqrt(variance), alpha))
    assert found["kr20"] == pytest.approx(alpha)
    assert found["sem"] == pytest.approx(sqrt(variance * (1 - alpha)))
    assert shown(found["items"], "difficulty") == pytest.approx(shares)


# ------------------------------------------------------------------------------------------------ irt


@pytest.mark.parametrize(
    ("name", "loglik", "slopes", "intercepts"),
    [
        # ltm: rasch(LSAT); ltm(LSAT ~ z1); mirt: mirt(LSAT7, 1), as its manual prints them
        ("lsat6 1pl", -2466.938, [0.755] * 5, [2.730, 0.999, 0.240, 1.306, 2.099]),
        ("lsat6 2pl", -2466.653, [0.825, 0.723, 0.891, 0.688, 0.657], [2.773, 0.990, 0.249, 1.285, 2.053]),
        ("lsat7 2pl", -2658.805, [0.988, 1.081, 1.707, 0.765, 0.736], [1.856, 0.808, 1.805, 0.486, 1.854]),
    ],
)
def test_models_of_the_law_school_data_are_those_of_r(
    name: str, loglik: float, slopes: list[float], intercepts: list[float], shell: Shell
) -> None:
    file, model = name.split()
    found = stats(shell, "irt", GOLDEN / f"{file}.csv", "--weights", "freq", "--model", model)
    assert found["loglik"] == pytest.approx(loglik, abs=1e-3)
    assert shown(found["items"], "a") == pytest.approx(slopes, abs=1.5e-3)
    assert shown(found["items"], "d") == pytest.approx(intercepts, abs=1.5e-3)
    assert [item["b"] for item in found["items"]] == pytest.approx(
        [-item["d"] / item["a"] for item in found["items"]]
    )


def test_the_likelihood_of_two_parameters_is_that_of_an_integral_done_otherwise(shell: Shell) -> None:
    from scipy.integrate import quad

    found = stats(shell, "irt", GOLDEN / "lsat7.csv", "--weights", "freq", "--model", "2pl", "--scores")
    items = [(item["a"], item["d"]) for item in found["items"]]
    loglik, eaps = 0.0, []
    for row in rows_of("lsat7.csv"):
        pattern = [int(row[f"Item{n}"]) for n in range(1, 6)]

        def joint(theta: float, power: int = 0, pattern: list[int] = pattern) -> float:
            density = exp(-theta * theta / 2) / sqrt(2 * np.pi) * theta**power
            for right, (a, d) in zip(pattern, items, strict=True):
                chance = 1 / (1 + exp(-(a * theta + d)))
                density *= chance if right else 1 - chance
            return density

        whole = quad(joint, -9, 9, epsabs=1e-14)[0]
        loglik += int(row["freq"]) * log(whole)
        eaps.append(quad(joint, -9, 9, args=(1,), epsabs=1e-14)[0] / whole)
    assert found["loglik"] == pytest.approx(loglik, abs=1e-6)
    assert shown(found["scores"], "eap") == pytest.approx(eaps, abs=1e-6)


@pytest.mark.parametrize(
    ("model", "loglik", "slopes"),
    [
        # mirt's manual: Science under graded, gpcm; log-likelihoods to 3 decimals where its EM ends near the maximum
        ("grm", -1608.870, [1.04, 1.23, 2.29, 1.10]),
        ("gpcm", -1612.683, [0.86, 0.84, 2.20, 0.72]),
    ],
)
def test_items_of_several_marks_are_fitted_as_mirt_does(
    model: str, loglik: float, slopes: list[float], shell: Shell
) -> None:
    found = stats(shell, "irt", GOLDEN / "science.csv", "--weights", "freq", "--model", model)
    assert found["n"] == 392
    assert loglik - 1e-3 <= found["loglik"] <= loglik + 3e-3  # ours is the maximum, mirt's ends close below
    assert shown(found["items"], "a") == pytest.approx(slopes, rel=0.02)


# ------------------------------------------------------------------------------------------ diagnosis


def test_fraction_subtraction_has_58_profiles_and_two_attributes_that_can_be_told(shell: Shell) -> None:
    # R: CDM, din.equivalent.class, example 1: 256 skill classes, 58 distinguishable
    found = stats(
        shell, "dina", DIAGNOSIS / "fraction_subtraction.csv", "--q", DIAGNOSIS / "fraction_subtraction_q.csv"
    )
    assert found["equivalent_classes"] == 58
    assert [one["attribute"] for one in found["attributes"] if one["identified"]] == ["A2", "A7"]
    assert found["loglik"] == pytest.approx(-4402.288, abs=1e-3)
    # which items need the same as another is in the Q-matrix, and so is how many profiles answers can tell apart
    with (DIAGNOSIS / "fraction_subtraction_q.csv").open(encoding="utf-8", newline="") as file:
        needs = [[int(cell) for cell in row[1:]] for row in list(csv.reader(file))[1:]]
    patterns = {
        tuple(all(has >= need for has, need in zip(profile, row, strict=True)) for row in needs)
        for profile in product((0, 1), repeat=8)
    }
    assert len(patterns) == 58


@pytest.mark.parametrize("kind", ["dina", "gdina"])
def test_two_latent_classes_of_three_items_reach_the_likelihood_of_the_table_itself(
    kind: str, shell: Shell, tmp_path: Path
) -> None:
    # seven parameters for eight cells (Goodman 1974): the closed form is the entropy of the table
    counts = [60, 25, 20, 30, 15, 22, 18, 110]
    rows = [[*pattern, count] for pattern, count in zip(product((0, 1), repeat=3), counts, strict=True)]
    table = wrote(tmp_path / "x.csv", ["i1", "i2", "i3", "n"], rows)
    q = wrote(tmp_path / "q.csv", ["item", "PC1"], [[f"i{n}", 1] for n in (1, 2, 3)])
    found = stats(shell, kind, table, "--q", q, "--weights", "n")
    assert found["loglik"] == pytest.approx(sum(n * log(n / 300) for n in counts), abs=1e-5)


# ------------------------------------------------------------------------------------ fairness, linking


def test_dif_of_verbal_aggression_is_that_of_statsmodels(shell: Shell) -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    rows = rows_of("verbal_aggression.csv")
    items = [name for name in rows[0] if name != "Gender"]
    scores = np.array([[int(row[item]) for item in items] for row in rows])
    men = np.array([row["Gender"] == "M" for row in rows])
    totals = scores.sum(axis=1)
    found = stats(
        shell, "dif", GOLDEN / "verbal_aggression.csv", "--group", "Gender", "--focal", "M", "--method", "mh"
    )
    assert [one["item"] for one in found["items"]] == items
    for place in (0, 5, 12, 22):
        tables = []
        for total in np.unique(totals):
            here = totals == total
            cells = [
                [((scores[:, place] == right) & here & (men == who)).sum() for right in (1, 0)]
                for who in (0, 1)
            ]
            if here.sum() > 1 and np.sum(cells, axis=0).all() and np.sum(cells, axis=1).all():
                tables.append(np.array(cells, dtype=float))
        expected = StratifiedTable(tables)
        item = found["items"][place]
        assert item["alpha_mh"] == pytest.approx(expected.oddsratio_pooled)
        assert item["delta_mh"] == pytest.approx(-2.35 * expected.logodds_pooled)
        assert item["chi2"] == pytest.approx(expected.test_null_odds(correction=True).statistic)
    # and the item that difR 5.1 names: difMH(verbal, group = "Gender", focal.name = 1)
    assert "S2WantShout" in found["flagged"]


def test_logistic_dif_is_the_likelihood_ratio_of_statsmodels(shell: Shell) -> None:
    from scipy.stats import chi2
    from statsmodels.api import GLM, families

    rows = rows_of("verbal_aggression.csv")
    items = [name for name in rows[0] if name != "Gender"]
    scores = np.array([[int(row[item]) for item in items] for row in rows], dtype=float)
    men = np.array([row["Gender"] == "M" for row in rows], dtype=float)
    total = scores.sum(axis=1)
    ones = np.ones(len(rows))
    found = stats(
        shell,
        "dif",
        GOLDEN / "verbal_aggression.csv",
        "--group",
        "Gender",
        "--focal",
        "M",
        "--method",
        "logistic",
    )
    for place in (1, 7):
        small = GLM(scores[:, place], np.column_stack((ones, total)), families.Binomial()).fit()
        large = GLM(
            scores[:, place], np.column_stack((ones, total, men, total * men)), families.Binomial()
        ).fit()
        ratio = 2 * (large.llf - small.llf)
        item = found["items"][place]
        assert item["chi2"] == pytest.approx(ratio, abs=1e-5)
        assert item["p"] == pytest.approx(chi2.sf(ratio, 2), abs=1e-6)


@pytest.mark.parametrize(
    ("method", "slope", "intercept"),
    # Kolen & Brennan (2014), ch. 4, with all weight on the new group; equate 2.0 with the groups' own weights
    [("tucker", 1.0292, 0.5378), ("levine", 1.0110, 0.2514), ("chained", 1.0213, 0.3937)],
)
def test_lines_of_kolen_and_brennan(method: str, slope: float, intercept: float, shell: Shell) -> None:
    forms = (GOLDEN / "kolen_brennan_x.csv", GOLDEN / "kolen_brennan_y.csv")
    options = ("--anchor", "anchor", "--weights", "count", "--errors", "none", "--method", method)
    found = stats(shell, "link", *forms, *options)
    assert (found["slope"], found["intercept"]) == pytest.approx((slope, intercept), abs=1.1e-4)


def test_act_mathematics_is_equated_as_in_the_book(shell: Shell) -> None:
    file = GOLDEN / "act_mathematics.csv"
    options = ("--weights", "xcount", "--weights-y", "ycount", "--errors", "none")
    curve = stats(shell, "link", file, file, *options, "--method", "equipercentile")
    # Kolen & Brennan (2014), table 2.7
    assert [row["equivalent"] for row in curve["table"][1:4]] == pytest.approx(
        [0.9796, 1.6462, 2.2856], abs=5.1e-5
    )
    line = stats(shell, "link", file, file, *options, "--method", "linear")
    moments = []
    for column in ("xcount", "ycount"):
        counted = [(int(row["total"]), int(row[column])) for row in rows_of("act_mathematics.csv")]
        n = sum(count for _, count in counted)
        mean = sum(total * count for total, count in counted) / n
        moments.append((mean, sqrt(sum((total - mean) ** 2 * count for total, count in counted) / (n - 1))))
    (mean_x, sd_x), (mean_y, sd_y) = moments
    assert (line["slope"], line["intercept"]) == pytest.approx((sd_y / sd_x, mean_y - sd_y / sd_x * mean_x))


def test_a_form_is_worth_itself_and_one_paper_leaves_nothing_to_luck(shell: Shell, tmp_path: Path) -> None:
    draw = np.random.default_rng(8)
    scores = (
        draw.normal(size=(400, 1)) > draw.normal(-0.3, 1, 10) + draw.logistic(size=(400, 10)) * 0.6
    ).astype(int)
    names = [f"i{n}" for n in range(10)]
    file = wrote(tmp_path / "one.csv", names, scores.tolist())
    scale = stats(shell, "scale", file, file, "--model", "2pl")
    assert (scale["slope"], scale["intercept"]) == pytest.approx((1.0, 0.0), abs=1e-8)
    luck = stats(shell, "luck", file, "--share", "60%")
    assert "one_form" in luck["cautions"]
    assert [form["turned"] for form in luck["forms"]] == [0]


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
