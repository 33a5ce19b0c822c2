# SPDX-License-Identifier: Apache-2.0
"""A compiled rule: exact whole numbers whatever carries them, and refusals of what cannot be scored."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from scoring.api import (
    CREDENTIAL,
    Cell,
    Compensate,
    CredentialMarks,
    MarkError,
    Rule,
    RuleError,
    Share,
    Unit,
    credential_marks,
    parse_rule,
    pc_scope,
)
from scoring.cohort import FAIL, INCOMPLETE, PASS, Column, compile_rule, form_columns, score_choices
from scoring.errors import StatisticsError
from tests.unit.scoring.rules.tables import bands, document, share

PC1, PC2 = (Cell(nos="N1", pc=f"PC{number}", component="theory") for number in (1, 2))
TWO = credential_marks([(PC1, "7"), (PC2, "3")])
ONE_MARK = Fraction(1)


def of(rule: Any, credential: CredentialMarks = TWO) -> Rule:
    return parse_rule(document(rule), credential=credential)


def test_a_paper_shares_the_marks_of_a_cell_out_exactly() -> None:
    columns = form_columns(TWO, [(PC1, Fraction(1)), (PC1, Fraction(2)), (PC2, Fraction(5))])
    assert [column.step for column in columns] == [Fraction(7, 3), Fraction(14, 3), Fraction(3)]


def test_items_worth_nothing_share_out_no_marks() -> None:
    with pytest.raises(MarkError, match="no_marks_in_scope"):
        form_columns(TWO, [(PC1, Fraction(0))])
    with pytest.raises(MarkError, match="unknown_cell"):
        form_columns(TWO, [(Cell(nos="N9", pc="PC1", component="theory"), ONE_MARK)])


def test_choices_are_right_by_exact_equality() -> None:
    letters = np.array([["A", "B", ""], ["C", "B", "D"]])
    assert score_choices(letters, ["A", "B", "D"]).tolist() == [[True, True, False], [False, True, True]]
    words = np.array([["10", "1"], ["1", "10"]])
    assert score_choices(words, ["1", "10"]).tolist() == [[False, False], [True, True]]
    assert score_choices(letters, ["AA", "B", "D"])[:, 0].tolist() == [False, False]
    codes = np.array([[0, 3], [1, 3]], dtype=np.uint8)
    assert score_choices(codes, [1, 3]).tolist() == [[False, True], [True, True]]
    for wrong in (letters[0], letters):
        with pytest.raises(StatisticsError, match="key_shape"):
            score_choices(wrong, ["A", "B"])


@pytest.mark.parametrize(("scale", "kind"), [(1, np.float32), (10**7, np.float64), (10**16, object)])
def test_the_numbers_are_carried_by_what_holds_them_exactly(scale: int, kind: Any) -> None:
    credential = credential_marks([(PC1, scale), (PC2, 1)])
    rule = Rule(Share(scope=CREDENTIAL, at_least=Fraction(scale, scale + 1)))
    columns = [Column(cell=PC1, step=ONE_MARK, steps=scale), Column(cell=PC2, step=Fraction(1, 7), steps=7)]
    compiled = compile_rule(rule, credential, columns)
    assert compiled.matrix.dtype == kind
    # One seventh of a mark below the bar, at it, above it.
    found = compiled.decide(np.array([[scale - 1, 6], [scale, 0], [scale - 1, 7], [scale, 1]]))
    assert found.verdicts.tolist() == [FAIL, PASS, PASS, PASS]
    margins = [found.margin("$.rule", person) for person in range(4)]
    assert margins == [Fraction(-1, 7), 0, 0, Fraction(1, 7)]


@pytest.mark.parametrize("scale", [1, 10**7, 10**15, 10**17])
@pytest.mark.parametrize("unit", ["marks", "share"])
def test_a_compensation_is_balanced_on_one_scale(scale: int, unit: str) -> None:
    credential = credential_marks([(PC1, 7 * scale), (PC2, 3 * scale)])
    limit = Fraction(scale) if unit == "marks" else Fraction(1, 7)
    bars = tuple(
        Share(scope=pc_scope(pc), at_least=Fraction(at_least))
        for pc, at_least in (("PC1", "6/7"), ("PC2", "2/3"))
    )
    rule = Rule(Compensate(k=1, limit=limit, unit=Unit(unit), of=bars))
    columns = [Column(cell=cell, step=Fraction(scale), steps=steps) for cell, steps in ((PC1, 7), (PC2, 3))]
    found = compile_rule(rule, credential, columns).decide(np.array([[5, 3], [4, 3], [5, 2], [7, 1], [6, 2]]))
    # By shares 1/3 of PC2 is too much to miss, and one mark of PC1 makes up for a seventh only.
    one_of_pc2 = PASS if unit == "marks" else FAIL
    assert found.verdicts.tolist() == [PASS, FAIL, FAIL, one_of_pc2, PASS]


def test_a_balance_of_shares_that_no_machine_number_holds_is_still_exact() -> None:
    maxima = (10**15 + 37, 10**15 + 91)  # without a common factor: shares of both need thirty digits
    credential = credential_marks(zip((PC1, PC2), maxima, strict=True))
    half = tuple(Share(scope=pc_scope(pc), at_least=Fraction(1, 2)) for pc in ("PC1", "PC2"))
    rule = Rule(Compensate(k=1, limit=Fraction(1, 10), unit=Unit.SHARE, of=half))
    columns = [
        Column(cell=cell, step=ONE_MARK, steps=most) for cell, most in zip((PC1, PC2), maxima, strict=True)
    ]
    compiled = compile_rule(rule, credential, columns)
    assert compiled.matrix.dtype == np.float64
    low = 5 * 10**14 - 10**12
    # Of the larger paper nineteen more marks are a hair too few to make up for what is short, and twenty are enough.
    high = [maxima[1] // 2 + 10**12 + more for more in range(40)]
    found = compiled.decide(np.array([[low, number] for number in high]))
    assert found.verdicts.tolist() == [FAIL] * 20 + [PASS] * 20
    assert [Fraction(low, maxima[0]) + Fraction(number, maxima[1]) >= 1 for number in high] == [
        False
    ] * 20 + [True] * 20
    # Far above both bars: in machine numbers the sign of a margin would be a matter of luck.
    above = [(10**12 + 10**9 * more, 10**13 + 10**10 * more) for more in range(40)]
    well = np.array([[maxima[0] // 2 + one, maxima[1] // 2 + other] for one, other in above])
    assert compiled.decide(well).verdicts.tolist() == [PASS] * 40


def test_what_is_missing_is_open_and_what_has_no_column_is_for_everybody() -> None:
    rule = of({"all_of": [share({"pc": "PC1"}), share(at_least="1/2")]})
    full = compile_rule(rule, TWO, form_columns(TWO, [(PC1, ONE_MARK), (PC2, ONE_MARK)]))
    steps = np.array([[1, 0], [0, 1], [0, 1]])
    missing = np.array([[False, True], [True, False], [False, False]])
    assert full.decide(steps, missing=missing).verdicts.tolist() == [PASS, INCOMPLETE, FAIL]
    part = compile_rule(rule, TWO, form_columns(TWO, [(PC2, ONE_MARK)]))
    assert part.decide(np.array([[1], [0]])).verdicts.tolist() == [INCOMPLETE, INCOMPLETE]
    nothing = compile_rule(rule, TWO, [])
    assert nothing.decide(np.zeros((2, 0), dtype=np.int64)).verdicts.tolist() == [INCOMPLETE, INCOMPLETE]


def test_groups_count_what_is_met() -> None:
    pcs = [Cell(nos="N1", pc=f"PC{number}", component="theory") for number in range(3)]
    credential = credential_marks([(cell, "1") for cell in pcs])
    columns = form_columns(credential, [(cell, ONE_MARK) for cell in pcs])
    steps = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]], dtype=np.bool_)
    bars = [share({"pc": cell.pc}) for cell in pcs]
    for rule, verdicts in (
        ({"all_of": bars}, [FAIL, FAIL, FAIL, PASS]),
        ({"any_of": bars}, [PASS, PASS, FAIL, PASS]),
        ({"at_least": {"k": 2, "of": bars}}, [PASS, FAIL, FAIL, PASS]),
    ):
        assert (
            compile_rule(of(rule, credential), credential, columns).decide(steps).verdicts.tolist()
            == verdicts
        )
    critical = Rule(Share(scope=pc_scope("PC0"), at_least=ONE_MARK))
    found = compile_rule(critical, credential, columns).decide(steps)
    assert found.met["$.rule"].tolist() == [True, True, False, True]


def test_weights_are_counted_exactly() -> None:
    cells = [Cell(nos=nos, pc="PC1", component="theory") for nos in ("N1", "N2")]
    credential = credential_marks([(cells[0], "3"), (cells[1], "7")], weights={"N1": "70", "N2": "30"})
    columns = [
        Column(cell=cell, step=ONE_MARK, steps=steps) for cell, steps in zip(cells, (3, 7), strict=True)
    ]
    compiled = compile_rule(of(share(basis="weighted"), credential), credential, columns)
    found = compiled.decide(np.array([[3, 0], [2, 6], [2, 5], [0, 7]]))
    assert found.verdicts.tolist() == [PASS, PASS, FAIL, FAIL]
    assert found.margin("$.rule", 1) == Fraction(140, 3) + Fraction(180, 7) - 70


def test_bands_are_read_off_for_everybody() -> None:
    columns = [Column(cell=cell, step=Fraction(1, 2), steps=steps) for cell, steps in ((PC1, 14), (PC2, 6))]
    compiled = compile_rule(of(bands()), TWO, columns)
    found = compiled.decide(np.array([[14, 3], [14, 2], [14, 0], [13, 0], [4, 6], [4, 5]]))
    assert found.bands["$.rule"].tolist() == [0, 1, 1, 2, 2, -1]
    assert found.verdicts.tolist() == [PASS, PASS, PASS, PASS, PASS, FAIL]


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (np.array([1, 0]), "cohort_shape"),
        (np.array([[1]]), "cohort_shape"),
        (np.array([[2, 0]]), "cohort_steps"),
        (np.array([[-1, 0]]), "cohort_steps"),
        (np.array([[0.5, 0.0]]), "cohort_steps"),
    ],
)
def test_marks_that_no_column_has_are_refused(steps: Any, code: str) -> None:
    compiled = compile_rule(of(share()), TWO, form_columns(TWO, [(PC1, ONE_MARK), (PC2, ONE_MARK)]))
    with pytest.raises(StatisticsError) as refused:
        compiled.decide(steps)
    assert refused.value.code == code


def test_a_column_without_steps_is_looked_at_even_in_flags() -> None:
    compiled = compile_rule(of(share()), TWO, [Column(cell=PC1, step=ONE_MARK, steps=0)])
    with pytest.raises(StatisticsError, match="cohort_steps"):
        compiled.decide(np.array([[True]]))


def test_columns_fit_the_credential() -> None:
    with pytest.raises(MarkError, match="unknown_cell"):
        compile_rule(
            of(share()), TWO, [Column(cell=Cell(nos="N2", pc="X", component="theory"), step=ONE_MARK)]
        )
    with pytest.raises(MarkError, match="mark_above_maximum"):
        compile_rule(of(share()), TWO, [Column(cell=PC2, step=ONE_MARK, steps=4)])
    with pytest.raises(RuleError, match="unknown_nos"):
        compile_rule(parse_rule(document(share({"nos": "N9"}))), TWO, [])
