# SPDX-License-Identifier: Apache-2.0
"""``kasauti stats dina`` and ``gdina`` print one document with every number or its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoring.diagnosis.design import QMatrix, Rule
from scoring.diagnosis.documents import diagnosis_document
from scoring.diagnosis.model import fit_diagnosis
from scoring.tables import ResponseTable
from tests.unit.scoring.diagnosis.worlds import FRACTIONS, FRACTIONS_Q, drawn, fractions_q, promised
from web.cli import run
from web.cli.bench_scoring_diagnosis import simulated

Q = QMatrix.of([[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 1]], items=["a", "b", "c", "d", "e", "f"])
TABLE = drawn(Q, Rule.DINA, np.tile([0.15, 0.85], 6), np.array([0.3, 0.2, 0.1, 0.4]), 300, seed=9)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    responses, matrix = tmp_path / "answers.csv", tmp_path / "q.csv"
    rows = [",".join(str(int(score)) for score in row) for row in TABLE.scores]
    responses.write_text("\n".join([",".join(Q.items), *rows]) + "\n", encoding="utf-8")
    lines = [f"{item},{int(row[0])},{int(row[1])}" for item, row in zip(Q.items, Q.required, strict=True)]
    matrix.write_text("\n".join(["item,PC1,PC2", *lines]) + "\n", encoding="utf-8")
    return str(responses), str(matrix)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["stats", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_fraction_data_say_what_they_cannot_tell(capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "dina", str(FRACTIONS), "--q", str(FRACTIONS_Q))
    assert (found["profiles"], found["equivalent_classes"]) == (256, 58)
    assert [one["attribute"] for one in found["attributes"] if one["identified"]] == ["A2", "A7"]
    assert found["loglik"] == pytest.approx(-4402.2877, abs=1e-4)
    assert found["items"][0]["guess"] == pytest.approx(0.0298, abs=1e-4)
    assert found["items"][0]["slip"] == pytest.approx(0.0892, abs=1e-4)
    assert found["attributes"][0]["marginal_se"] is None
    assert found["attributes"][0]["reason"] == "profiles_alike"
    assert "not_identified" in found["reasons"]
    assert len(found["classes"]) == 58


def test_gdina_prints_effects_groups_persons_and_suggestions(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = printed(capsys, "gdina", files[0], "--q", files[1], "--scores", "--suggest")
    item = found["items"][2]
    assert item["delta_names"] == ["0", "PC1", "PC2", "PC1*PC2"]
    assert item["deltas"][0] == item["groups"][0]["right"] == item["guess"]
    assert sum(item["deltas"]) == pytest.approx(1 - item["slip"])
    assert len(found["persons"]) == 300
    assert {"attribute", "eap", "lower", "upper", "masters"} == set(found["persons"][0]["attributes"][0])
    assert [row["change"] for row in found["suggestions"]["items"]] == ["keep"] * 6
    assert found["identified"] is True
    assert found["pair_fit"]["pairs"] == 15


def test_dino_is_a_model_of_dina(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "dina", files[0], "--q", files[1], "--model", "dino", "--starts", "3")
    assert (found["model"], found["starts"], len(found["maxima"])) == ("dino", 3, 3)
    assert found["reasons"] == []


def test_few_persons_get_the_prior_and_very_few_plain_shares(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Path(files[0]).read_text(encoding="utf-8").splitlines()
    few = tmp_path / "few.csv"
    few.write_text("\n".join(lines[:101]) + "\n", encoding="utf-8")
    found = printed(capsys, "dina", str(few), "--q", files[1], "--suggest")
    assert found["estimation"] == "posterior mode"
    assert found["prior"]["answers_per_group"] == 4.0
    assert "few_persons" in found["reasons"]
    assert found["suggestions"]["reason"] == "few_persons"
    few.write_text("\n".join(lines[:11]) + "\n", encoding="utf-8")
    found = printed(capsys, "gdina", str(few), "--q", files[1])
    assert (found["loglik"], found["reason"], found["items"][0]["guess"]) == (None, "few_persons", None)
    share = TABLE.scores[:10][:, Q.required[:, 0]].mean()
    assert found["attributes"][0]["share_right"] == pytest.approx(share)


def test_items_without_answers_and_persons_without_any_are_named(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = Path(files[0]).read_text(encoding="utf-8").splitlines()
    odd = tmp_path / "odd.csv"
    odd.write_text(
        "\n".join([lines[0], *("," + line[2:] for line in lines[1:]), ",,,,,"]) + "\n", encoding="utf-8"
    )
    found = printed(capsys, "dina", str(odd), "--q", files[1], "--scores")
    assert (found["items"][0]["guess"], found["items"][0]["reason"]) == (None, "no_scores")
    assert (found["persons"][-1]["reason"], found["persons"][-1]["map"]) == ("no_scores", None)
    assert found["n"] == 300


def test_people_read_a_table(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stats", "dina", files[0], "--q", files[1]]) == 0
    out = capsys.readouterr().out
    assert out.startswith("DINA model of answers.csv")
    assert "marginal" in out


def test_a_matrix_for_other_items_is_refused(files: tuple[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("item,PC1\na,1\nz,1\n", encoding="utf-8")
    assert run(["stats", "dina", files[0], "--q", str(other)]) == 3


def test_reasons_say_what_is_odd_about_a_fit() -> None:
    odd = np.tile([0.15, 0.85], 6)
    odd[:2] = [0.9, 0.3]
    table = promised(Q, Rule.DINA, odd, np.array([0.3, 0.2, 0.1, 0.4]), 1000.0)
    fit = fit_diagnosis(table, Q, Rule.DINA)
    stopped = replace(fit, maximum=replace(fit.maximum, converged=False), maxima=(-10.0, -10.02))
    document = diagnosis_document(stopped, table, suggestions=None, with_persons=False)
    assert document["reasons"] == ["not_converged", "several_maxima", "reversed_items"]
    one = QMatrix.of([[1]])
    single = ResponseTable.of(np.repeat([[0.0], [1.0]], 150, axis=0), items=one.items)
    alone = diagnosis_document(
        fit_diagnosis(single, one, Rule.DINA), single, suggestions=None, with_persons=False
    )
    assert alone["pair_fit"] is None


def test_the_bench_works_on_the_shape_of_the_fraction_data() -> None:
    table, q = simulated()
    assert table.scores.shape == (536, 20)
    assert (q.required == fractions_q().required).all()
    assert table.complete
    assert table.binary
