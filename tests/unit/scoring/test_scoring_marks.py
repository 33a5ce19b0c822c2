# SPDX-License-Identifier: Apache-2.0
from fractions import Fraction

import pytest

from scoring.api import (
    CREDENTIAL,
    Basis,
    Cell,
    CredentialMarks,
    Level,
    MarkError,
    MarkInput,
    Place,
    Scope,
    Total,
    credential_marks,
    element_scope,
    mark_table,
    nos_scope,
    pc_scope,
)


def cell(component: str, *, nos: str = "N1", element: str | None = None, pc: str | None = None) -> Cell:
    return Cell(nos=nos, element=element, pc=pc, component=component)


def two_nos() -> CredentialMarks:
    """N1 has its marks on PCs, N2 on an element of two PCs; PC1 occurs in both. Worth 10 + 30 marks, 60 + 40 %."""
    return credential_marks(
        [
            (cell("theory", pc="PC1"), "4"),
            (cell("practical", pc="PC1"), "2.5"),
            (cell("theory", pc="PC2"), "3.5"),
            (cell("theory", nos="N2", element="E1"), "10"),
            (cell("practical", nos="N2", element="E1"), "20"),
        ],
        weights={"N1": "60", "N2": "40"},
        pcs=[Place(nos="N2", element="E1", pc="PC1"), Place(nos="N2", element="E1", pc="PC9")],
    )


def total_of(
    scope: Scope,
    *,
    awarded: dict[Cell, MarkInput] | None = None,
    components: tuple[str, ...] | None = None,
    basis: Basis = Basis.RAW,
) -> Total:
    return mark_table(two_nos(), awarded or {}).total(scope, components=components, basis=basis)


def refusal(scope: Scope, components: tuple[str, ...] | None = None) -> tuple[str, object]:
    with pytest.raises(MarkError) as refused:
        total_of(scope, components=components)
    return refused.value.code, refused.value.facts


def test_sums_follow_the_scope() -> None:
    assert total_of(CREDENTIAL).maximum == 40
    assert total_of(nos_scope("N1")).maximum == 10
    assert total_of(element_scope("E1")).maximum == 30
    assert total_of(pc_scope("PC1", nos="N1")).maximum == Fraction("6.5")
    assert total_of(pc_scope("PC2")).maximum == Fraction("3.5")


def test_sums_follow_the_set_of_components() -> None:
    assert total_of(CREDENTIAL, components=("theory",)).maximum == Fraction("17.5")
    assert total_of(CREDENTIAL, components=("practical",)).maximum == Fraction("22.5")
    assert total_of(CREDENTIAL, components=("practical", "theory")).maximum == 40
    assert total_of(pc_scope("PC1", nos="N1"), components=("practical",)).maximum == Fraction("2.5")


def test_a_missing_mark_is_open_and_a_zero_is_not() -> None:
    awarded: dict[Cell, MarkInput] = {cell("theory", pc="PC1"): "0", cell("theory", pc="PC2"): "1.5"}
    assert total_of(nos_scope("N1"), awarded=awarded) == Total(
        earned=Fraction("1.5"), maximum=Fraction(10), open=Fraction("2.5")
    )


def test_weighted_sums_are_percentage_points_of_the_credential() -> None:
    # N1: 7 of 10 at 60 % = 42 points. N2: 15 of 30 at 40 % = 20 points.
    awarded: dict[Cell, MarkInput] = {
        cell("theory", pc="PC1"): "4",
        cell("practical", pc="PC1"): "2.5",
        cell("theory", pc="PC2"): "0.5",
        cell("theory", nos="N2", element="E1"): "10",
        cell("practical", nos="N2", element="E1"): "5",
    }
    whole = total_of(CREDENTIAL, awarded=awarded, basis=Basis.WEIGHTED)
    assert whole == Total(earned=Fraction(62), maximum=Fraction(100), open=Fraction(0))
    first = total_of(nos_scope("N1"), awarded=awarded, basis=Basis.WEIGHTED)
    assert first == Total(earned=Fraction(42), maximum=Fraction(60), open=Fraction(0))
    # PC2: 0.5 of 3.5 marks at 6 points a mark.
    second = total_of(pc_scope("PC2"), awarded=awarded, basis=Basis.WEIGHTED)
    assert second == Total(earned=Fraction(3), maximum=Fraction(21), open=Fraction(0))


def test_a_weight_covers_the_marks_of_the_asked_components() -> None:
    # Theory alone: N1 has 7.5 theory marks for its 60 points, N2 has 10 for its 40; 3.75 of 7.5 is 30 points.
    awarded: dict[Cell, MarkInput] = {cell("theory", pc="PC1"): "3.75", cell("theory", pc="PC2"): 0}
    theory = total_of(CREDENTIAL, awarded=awarded, components=("theory",), basis=Basis.WEIGHTED)
    assert theory == Total(earned=Fraction(30), maximum=Fraction(100), open=Fraction(40))


def test_a_nos_without_the_component_carries_no_weight_there() -> None:
    marks = credential_marks(
        [
            (cell("theory", pc="PC1"), 10),
            (cell("practical", nos="N2", pc="PC1"), 10),
            (cell("theory", nos="N2", pc="PC1"), 0),
        ],
        weights={"N1": 30, "N2": 70},
    )
    theory = mark_table(marks, {}).total(CREDENTIAL, components=("theory",), basis=Basis.WEIGHTED)
    assert theory == Total(earned=Fraction(0), maximum=Fraction(30), open=Fraction(30))


def test_a_pc_whose_marks_sit_on_its_element_is_refused_by_name() -> None:
    assert refusal(pc_scope("PC9")) == (
        "marks_on_element",
        {"nos": "N2", "element": "E1", "pc": "PC9", "component": "theory"},
    )
    assert refusal(pc_scope("PC9"), ("practical",))[1] == {
        "nos": "N2",
        "element": "E1",
        "pc": "PC9",
        "component": "practical",
    }


def test_a_pc_with_its_own_marks_in_one_component_only_has_that_component() -> None:
    marks = credential_marks(
        [(cell("theory", element="E1"), 10), (cell("practical", element="E1", pc="PC1"), 5)],
    )
    table = mark_table(marks, {})
    assert table.total(pc_scope("PC1"), components=("practical",)).maximum == 5
    assert table.total(element_scope("E1")).maximum == 15
    assert marks.components_of(pc_scope("PC1", nos="N1")) == ()
    assert marks.components_of(element_scope("E1", nos="N1")) == ("theory", "practical")
    with pytest.raises(MarkError, match="marks_on_element"):
        table.total(pc_scope("PC1"))


def test_a_name_found_in_two_nos_must_say_which() -> None:
    assert refusal(pc_scope("PC1")) == ("ambiguous_pc", {"pc": "PC1", "in_nos": ["N1", "N2"]})


@pytest.mark.parametrize(
    ("scope", "code", "facts"),
    [
        (pc_scope("PC7"), "unknown_pc", {"pc": "PC7"}),
        (pc_scope("PC2", nos="N2"), "unknown_pc", {"nos": "N2", "pc": "PC2"}),
        (element_scope("E2"), "unknown_element", {"element": "E2"}),
        (nos_scope("N3"), "unknown_nos", {"nos": "N3"}),
    ],
)
def test_unknown_names_are_refused(scope: Scope, code: str, facts: dict[str, str]) -> None:
    assert refusal(scope) == (code, facts)


def test_unknown_components_are_refused() -> None:
    assert refusal(CREDENTIAL, ("theory", "viva")) == ("unknown_component", {"component": "viva"})


def test_a_scope_in_which_nothing_can_be_earned_is_refused() -> None:
    assert refusal(pc_scope("PC2"), ("practical",)) == (
        "no_marks_in_scope",
        {"scope": {"pc": "PC2"}, "components": ["practical"]},
    )


def test_a_nos_of_no_weight_decides_nothing_on_the_weighted_basis() -> None:
    marks = credential_marks(
        [(cell("theory", pc="PC1"), 1), (cell("theory", nos="N2", pc="PC1"), 1)], weights={"N1": 100, "N2": 0}
    )
    with pytest.raises(MarkError) as refused:
        mark_table(marks, {}).total(nos_scope("N2"), basis=Basis.WEIGHTED)
    assert refused.value.code == "no_marks_in_scope"
    assert refused.value.facts["components"] == "all"


def test_the_weighted_basis_needs_a_weightage_table() -> None:
    marks = credential_marks([(cell("theory", pc="PC1"), 1)])
    with pytest.raises(MarkError) as refused:
        mark_table(marks, {}).total(CREDENTIAL, basis=Basis.WEIGHTED)
    assert (refused.value.code, refused.value.facts) == ("no_weights", {"nos": "N1"})


def test_scopes_and_components_keep_the_order_of_the_document() -> None:
    marks = two_nos()
    assert marks.components == ("theory", "practical")
    assert [scope.label for scope in marks.scopes(Level.NOS)] == ["N1", "N2"]
    assert [(scope.nos, scope.name) for scope in marks.scopes(Level.PC)] == [
        ("N1", "PC1"),
        ("N1", "PC2"),
        ("N2", "PC1"),
        ("N2", "PC9"),
    ]
    assert CREDENTIAL.label == "credential"


def test_a_scope_is_resolved_to_its_nos() -> None:
    assert two_nos().resolve(pc_scope("PC2")) == pc_scope("PC2", nos="N1")
    assert two_nos().resolve(element_scope("E1")) == element_scope("E1", nos="N2")
    assert two_nos().resolve(CREDENTIAL) is CREDENTIAL


THEORY = Cell(nos="N1", pc="PC1", component="theory")


@pytest.mark.parametrize(
    ("maxima", "code"),
    [
        ([], "no_marks"),
        ([(THEORY, "0")], "no_marks"),
        ([(THEORY, "4"), (THEORY, "4")], "duplicate_cell"),
        ([(Cell(nos="N1", component="theory"), "4")], "cell_without_place"),
        ([(Cell(nos="N1", element="E1", item="Q1", component="theory"), "4")], "item_without_pc"),
        ([(Cell(nos="N1", pc="PC1", component="all"), "4")], "bad_component"),
        ([(Cell(nos="N1", pc="PC1", component=""), "4")], "bad_component"),
        ([(THEORY, "-4")], "bad_mark"),
        ([(THEORY, 0.5)], "float_mark"),
        (
            [
                (Cell(nos="N1", element="E1", pc="PC1", component="theory"), 1),
                (Cell(nos="N1", element="E2", pc="PC1", component="viva"), 1),
            ],
            "pc_in_two_elements",
        ),
    ],
)
def test_a_wrong_table_of_maxima_is_refused(maxima: list[tuple[Cell, MarkInput]], code: str) -> None:
    with pytest.raises(MarkError) as refused:
        credential_marks(maxima)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("weights", "code", "facts"),
    [
        ({"N1": "100"}, "weight_missing", {"nos": "N2"}),
        ({"N1": "50", "N2": "40", "N3": "10"}, "unknown_nos", {"nos": "N3"}),
        ({"N1": "50", "N2": "49.5"}, "weights_not_100", {"total": "99.5"}),
        ({"N1": "50", "N2": 0.5}, "float_mark", {"value": "0.5"}),
    ],
)
def test_wrong_weights_are_refused(
    weights: dict[str, MarkInput], code: str, facts: dict[str, object]
) -> None:
    maxima = [(cell("theory", pc="PC1"), 1), (cell("theory", nos="N2", pc="PC1"), 1)]
    with pytest.raises(MarkError) as refused:
        credential_marks(maxima, weights=weights)
    assert (refused.value.code, refused.value.facts) == (code, facts)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place(nos="N9", pc="PC5"), "unknown_nos"),
        (Place(nos="N1", pc="PC5", element="E9"), "unknown_element"),
        (Place(nos="N1", pc="PC1", element="E1"), "pc_in_two_elements"),
    ],
)
def test_a_pc_in_an_unknown_place_is_refused(place: Place, code: str) -> None:
    with pytest.raises(MarkError) as refused:
        credential_marks([(THEORY, 1), (cell("theory", element="E1"), 1)], pcs=[place])
    assert refused.value.code == code


def test_a_pc_without_any_marks_has_nothing_to_decide() -> None:
    marks = credential_marks([(THEORY, 1)], pcs=[Place(nos="N1", pc="PC2")])
    assert marks.components_of(pc_scope("PC2", nos="N1")) == ()
    with pytest.raises(MarkError, match="no_marks_in_scope"):
        mark_table(marks, {}).total(pc_scope("PC2"))


def test_a_mark_above_its_maximum_is_refused() -> None:
    with pytest.raises(MarkError) as refused:
        mark_table(two_nos(), {cell("practical", pc="PC1"): "3"})
    assert refused.value.code == "mark_above_maximum"
    assert refused.value.facts == {
        "nos": "N1",
        "element": None,
        "pc": "PC1",
        "component": "practical",
        "mark": "3",
        "maximum": "2.5",
    }


def test_a_mark_in_no_cell_of_the_credential_is_refused() -> None:
    with pytest.raises(MarkError) as refused:
        mark_table(two_nos(), {cell("viva", pc="PC1"): "1"})
    assert refused.value.code == "unknown_cell"


def test_full_marks_are_accepted_and_a_float_is_not() -> None:
    assert mark_table(two_nos(), {cell("theory", pc="PC1"): "4"}).awarded == {cell("theory", pc="PC1"): 4}
    with pytest.raises(MarkError, match="float_mark"):
        mark_table(two_nos(), {cell("theory", pc="PC1"): 4.0})  # type: ignore[dict-item]


def test_an_error_without_facts_is_its_code() -> None:
    assert str(MarkError("no_marks")) == "no_marks"
