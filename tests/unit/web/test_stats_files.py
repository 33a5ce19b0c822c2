# SPDX-License-Identifier: Apache-2.0
"""Files for ``kasauti stats``: dialects, what is missing, and a named refusal for whatever cannot be read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from scoring.errors import StatisticsError
from web.cli.stats import files
from web.cli.stats.files import read_choices, read_grid, read_key, read_q, read_scores

NAN = float("nan")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "answers.csv"


def wrote(file: Path, content: str | bytes) -> Path:
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return file


@pytest.mark.parametrize(
    "content",
    [
        "a,b,c\n1,0,\n0,NA,1\n",
        "a;b;c\n1;0;\n0;NA;1\n",
        "a\tb\tc\n1\t0\t\n0\tNaN\t1\n",
        "\ufeffa,b,c\r\n1,0,.\r\n0,NaN,1\r\n",
        '"a","b","c"\n"1","0",""\n"0","NA","1"\n',
        "\n\na,b,c\n1,0,\n\n 0 , . ,1\n\n",
        'a,b,"c"\n1.0,0e0,\n+0,,.1e1\n',
    ],
)
def test_a_table_is_read_whatever_its_dialect(file: Path, content: str) -> None:
    table, others = read_scores(wrote(file, content), ids=None, weights=None)
    assert (table.items, table.persons, others) == (("a", "b", "c"), ("1", "2"), {})
    np.testing.assert_equal(table.scores, [[1, 0, NAN], [0, NAN, 1]])


def test_a_separator_within_quotes_is_none(file: Path) -> None:
    table, _ = read_scores(wrote(file, '"a,b,c";"d"\n1;0\n'), ids=None, weights=None)
    assert table.items == ("a,b,c", "d")


def test_columns_that_are_no_items_are_named(file: Path) -> None:
    wrote(file, "who,a,b,times,sex\nann,1,0,2,f\nbob,0,1,3,NA\n")
    table, others = read_scores(file, ids="who", weights="times", others=["sex"])
    assert (table.persons, table.items, table.weights.tolist()) == (("ann", "bob"), ("a", "b"), [2, 3])
    assert others == {"sex": ("f", "")}


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "",
        "Person",
        "candidate_id",
        "rownames",
        "Student No.",
        "Roll Number",
        "id_person",
        "UserID",
        "pid",
        "Unnamed: 0",
    ],
)
def test_the_first_column_may_say_who_a_row_is_about(
    file: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table, _ = read_scores(wrote(file, f'"{name}",a\nx,1\ny,0\n'), ids=None, weights=None)
    assert (table.persons, table.items) == (("x", "y"), ("a",))
    assert (name in capsys.readouterr().err) or not name


@pytest.mark.parametrize("name", ["No.", "name", "Index", "case"])
def test_a_doubtful_name_says_who_a_row_is_about_only_if_its_cells_differ(file: Path, name: str) -> None:
    table, _ = read_scores(wrote(file, f"{name},a\n1,1\n2,0\n3,0\n"), ids=None, weights=None)
    assert (table.persons, table.items) == (("1", "2", "3"), ("a",))
    table, _ = read_scores(wrote(file, f"{name},a\n1,1\n0,0\n1,0\n"), ids=None, weights=None)
    assert table.items == (name, "a")


@pytest.mark.parametrize("name", ["s", "S1", "Item1", "q1", "paid", "coded", "lid", "subject matter"])
def test_an_item_is_not_taken_for_a_person(file: Path, name: str) -> None:
    table, _ = read_scores(wrote(file, f"{name},a\n1,1\n0,0\n"), ids=None, weights=None)
    assert table.items == (name, "a")


def test_the_case_of_letters_does_not_keep_a_named_column_among_the_items(file: Path) -> None:
    wrote(file, "ID,a,Count,Gender\nx,1,2,f\ny,0,3,m\n")
    table, others = read_scores(file, ids="id", weights="count", others=["gender"])
    assert (table.items, table.weights.tolist(), others) == (("a",), [2, 3], {"gender": ("f", "m")})


def test_options_and_groups_are_the_same_with_a_nought_behind_the_point(file: Path, tmp_path: Path) -> None:
    key = wrote(tmp_path / "key.csv", "item,key\nq1,2.0|3\nq2,1.5\n")
    wrote(file, "q1,q2,g\n2.0,1.5,1.0\n3,15,1\n1.00,,0.0\n")
    choices, others = read_choices(file, ids=None, weights=None, others=["g"], key=read_key(key))
    assert choices.choices.tolist() == [["2", "1.5"], ["3", "15"], ["1", ""]]
    assert others == {"g": ("1", "1", "0")}
    np.testing.assert_equal(choices.score(read_key(key)).scores, [[1, 1], [1, 0], [0, NAN]])


def test_a_column_named_by_an_option_is_not_taken_for_the_id(file: Path) -> None:
    table, others = read_scores(wrote(file, "id,a\n7,1\n7,0\n"), ids=None, weights=None, others=["id"])
    assert (table.persons, others) == (("1", "2"), {"id": ("7", "7")})


def test_choices_are_scored_by_the_key_and_what_it_does_not_name_is_left_out_aloud(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = wrote(tmp_path / "key.csv", "item,key\nq1,A|C\nq2,B\n")
    wrote(file, "id,q1,q2,remark\nx, A ,C,fine\ny,C,B,\nz,,NA,\n")
    table, _ = read_scores(file, ids=None, weights=None, key=key)
    np.testing.assert_equal(table.scores, [[1, 0], [1, 1], [NAN, NAN]])
    assert "not in the key, left out: remark" in capsys.readouterr().err
    choices, _ = read_choices(file, ids=None, weights=None)
    assert choices.items == ("q1", "q2", "remark")
    assert choices.choices[2].tolist() == ["", "", ""]


def test_many_columns_that_are_left_out_are_counted(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["q1", *(f"c{number}" for number in range(20))]
    wrote(file, ",".join(names) + "\n" + ",".join("A" * 21) + "\n")
    read_choices(file, ids=None, weights=None, key={"q1": "A"})
    assert "and 8 more" in capsys.readouterr().err


def test_a_key_that_names_an_unknown_item_is_refused(file: Path, tmp_path: Path) -> None:
    key = wrote(tmp_path / "key.csv", "Item;Key;remark\nq1;A;x\nq9;B;y\n")
    with pytest.raises(StatisticsError, match=r"key_item_unknown .*q9"):
        read_scores(wrote(file, "q1,q2\nA,B\n"), ids=None, weights=None, key=key)


def test_the_lines_of_a_key_in_any_order(tmp_path: Path) -> None:
    assert read_key(wrote(tmp_path / "k.csv", "key,item\nB,q2\nA|C,q1\n")) == {"q2": "B", "q1": "A|C"}


Q = "item,PC1,PC2\nq2,0,1\nq1,1,0\n"


@pytest.mark.parametrize(
    "content",
    [
        Q,
        Q.replace("item", ""),
        Q.replace("item", "Question"),
        "PC1,PC2\n1,0\n0,1\n",
        '"",PC1,PC2\n1,1,0\n2,0,1\n',
        "item,PC1,PC2\n1,1,0\n2,0,1\n",
    ],
)
def test_a_q_matrix_is_read_by_item_or_by_place(tmp_path: Path, content: str) -> None:
    matrix, names = read_q(wrote(tmp_path / "q.csv", content), ("q1", "q2"))
    assert names == ("PC1", "PC2")
    assert matrix.tolist() == [[True, False], [False, True]]


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("stats_q_rows", "item,PC1\nq1,1\n"),
        ("stats_q_rows", "item,PC1\nq1,1\nq3,1\n"),
        ("stats_q_rows", "item,PC1\nq1,1\nq2,1\nq2,1\n"),
        ("stats_q_rows", "PC1\n1\n"),
        ("stats_q_values", "item,PC1\nq1,1\nq2,2\n"),
        ("stats_q_values", "item,PC1\nq1,1\nq2,\n"),
        ("stats_q_attributes", "item\nq1\nq2\n"),
        ("stats_not_a_number", "item,PC1\nq1,yes\nq2,1\n"),
    ],
)
def test_a_q_matrix_that_does_not_fit_is_refused(tmp_path: Path, code: str, content: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_q(wrote(tmp_path / "q.csv", content), ("q1", "q2"))
    assert refused.value.code == code


REFUSED: list[tuple[str, dict[str, object], str | bytes]] = [
    ("stats_header", {}, ""),
    ("stats_header", {}, "\n\n"),
    ("stats_no_rows", {}, "a,b\n"),
    ("stats_file_binary", {}, b"a,b\n1,\x000\n"),
    ("stats_file_encoding", {"byte": 4}, b"a,b\n\xff,0\n"),
    ("stats_file_quotes", {"line": 2}, 'a,b\n"1,0\n'),
    ("stats_file_quotes", {"line": 2}, "a,b\n1," + "0" * 200_000 + "\n"),
    ("stats_columns_twice", {"column": "a"}, "a,b,a\n1,0,1\n"),
    ("stats_columns_twice", {"column": "1"}, "1,0,1,1\n0,1,1,1\n"),
    ("stats_column_unnamed", {"column": 2}, "a,,c\n1,0,1\n"),
    ("stats_row_length", {"line": 3, "cells": 3, "columns": 2}, "a,b\n1,0\n1,0,1\n"),
    ("stats_row_length", {"line": 4, "cells": 1}, "\na,b\n1,0\n1\n"),
    ("stats_not_a_number", {"line": 3, "column": "b"}, "a,b\n1,0\n1,x\n"),
    ("stats_not_a_number", {"column": "a"}, "a,b\n1_0,0\n"),
    ("stats_not_a_number", {"column": "a"}, "a,b\ninf,0\n"),
    ("stats_not_a_number", {"column": "a"}, "a,b\n1e999,0\n"),
    ("stats_not_a_number", {"column": "b"}, "a,b\n0,-1e16\n"),
    ("stats_not_a_number", {"column": "a"}, "a;b\n0,5;0\n"),
    ("stats_not_a_number", {"column": "a"}, "a,b\nnan,0\n"),
    ("stats_not_a_number", {"column": "a"}, "a,b\n१,0\n"),
    ("stats_person_twice", {"line": 3, "column": "id"}, "id,a\nx,1\nx,0\n"),
    ("stats_person_twice", {"line": 2}, "id,a\n,1\n"),
    ("stats_no_items", {}, "id\nx\n"),
]


@pytest.mark.parametrize(("code", "facts", "content"), REFUSED)
def test_a_broken_file_is_refused_with_its_line_and_column(
    file: Path, code: str, facts: dict[str, object], content: str | bytes
) -> None:
    with pytest.raises(Invalid) as refused:
        read_scores(wrote(file, content), ids=None, weights=None)
    assert refused.value.code == code
    assert refused.value.facts["file"] == "answers.csv"
    assert facts.items() <= refused.value.facts.items()


@pytest.mark.parametrize(
    ("code", "content", "named"),
    [
        ("stats_column_unknown", "a,b\n1,0\n", {"ids": "who"}),
        ("stats_column_unknown", "a,b\n1,0\n", {"weights": "times"}),
        ("stats_column_unknown", "Who,WHO,b\n1,1,0\n", {"ids": "who"}),
        ("stats_weight", "a,n\n1,2\n0,-1\n", {"weights": "n"}),
        ("stats_weight", "a,n\n1,2\n0,\n", {"weights": "n"}),
        ("stats_no_rows", "a,n\n1,0\n0,0\n", {"weights": "n"}),
    ],
)
def test_columns_that_do_not_fit_their_option_are_refused(
    file: Path, code: str, content: str, named: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        read_scores(wrote(file, content), **{"ids": None, "weights": None, **named})
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("stats_key_twice", "item,key\nq1,A\nq1,B\n"),
        ("stats_key_item", "item,key\n,A\n"),
        ("stats_column_unknown", "question,key\nq1,A\n"),
    ],
)
def test_a_broken_key_is_refused(tmp_path: Path, code: str, content: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_key(wrote(tmp_path / "key.csv", content))
    assert refused.value.code == code


def test_files_of_absurd_size_are_refused_before_they_are_taken_in(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote(file, ",".join(f"c{number}" for number in range(100_000)) + "\n")
    with pytest.raises(Invalid) as refused:
        read_grid(file)
    assert (refused.value.code, refused.value.facts["columns"]) == ("stats_columns_many", 100_000)
    wrote(file, "a,b\n" + "1,0\n" * 50)
    monkeypatch.setattr(files, "MOST_CELLS", 80)
    with pytest.raises(Invalid, match="stats_file_cells"):
        read_grid(file)
    monkeypatch.setattr(files, "LARGEST_BYTES", 100)
    with pytest.raises(Invalid, match="stats_file_large"):
        read_grid(file)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=60)
    | st.text(st.sampled_from('ab,;\t"\n\r01. \ufeff'), max_size=40).map(lambda text: text.encode())
)
def test_any_bytes_are_a_table_or_are_refused_by_name(file: Path, content: bytes) -> None:
    with suppress(Invalid):  # and no other error
        table, _ = read_scores(wrote(file, content), ids=None, weights=None)
        assert table.scores.shape == (len(table.persons), len(table.items))


def test_a_table_of_one_column_keeps_its_gaps(file: Path) -> None:
    table, _ = read_scores(wrote(file, "a\n1\n\n0\n"), ids=None, weights=None)
    np.testing.assert_equal(table.scores, [[1], [NAN], [0]])
