# SPDX-License-Identifier: Apache-2.0
"""Every kind of ``kasauti stats`` on files as a user calls it: published figures of public data, and sums done another way.

Nothing of `scoring` is imported here: what is expected comes from the literature, from plain loops, from fractions of the
standard library, from scipy and from statsmodels.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from itertools import product
from math import exp, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
