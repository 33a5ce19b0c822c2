# SPDX-License-Identifier: Apache-2.0
"""Other readings of a rule: which are offered, what they make of it, and whose verdict they would change."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.api import (
    Cell,
    CredentialMarks,
    MarkInput,
    Place,
    ReadingContext,
    ReadingKind,
    Rule,
    RuleError,
    bearers,
    credential_marks,
    decide,
    dump_rule,
    element_scope,
    flips,
    headline,
    mark_table,
    parse_rule,
    pc_scope,
    reading_names,
    readings,
)
from tests.unit.scoring.rules.tables import Document, bands, compensate, document, of_nos, share

ARITHMETIC = ["whole_per_cent", "whole_marks", "strictly_above", "missing_as_zero", "missing_left_out"]
UNEVEN = credential_marks(
    [
        (Cell(nos=nos, element="E1", component=component), most)
        for nos, most in (("N1", "50"), ("N2", "25"))
        for component in ("theory", "practical")
    ],
    weights={"N1": "40", "N2": "60"},
)


def parsed(rule: Document) -> Rule:
    return parse_rule(document(rule))


def offered(
    rule: Document, credential: CredentialMarks = UNEVEN, context: ReadingContext | None = None
) -> dict[str, Any]:
    """The readings that are other rules, with those."""
    found = readings(parsed(rule), credential, context)
    assert [one.kind.value for one in found if one.rule is None] == ARITHMETIC
    return {one.kind.value: dump_rule(one.rule)["rule"] for one in found if one.rule is not None}


def flipped(
    rule: Document,
    credential: CredentialMarks,
    marks: dict[Cell, MarkInput],
    context: ReadingContext | None = None,
) -> dict[str, str]:
    """Reading -> the verdict that it gives, where it is another one."""
    own = parsed(rule)
    root = decide(credential, marks, own).root
    found = flips(root, mark_table(credential, marks), own, readings(own, credential, context))
    return {one.kind.value: one.verdict.value for one in found}


def test_every_reading_has_a_name_in_both_languages() -> None:
    for kind in ReadingKind:
        names = reading_names(kind)
        assert set(names) == {"en", "hi"}
        assert names["en"].endswith(".")
        assert names["hi"].endswith("।")


def test_an_aggregate_is_read_on_the_other_basis_in_each_nos_and_in_each_part() -> None:
    found = offered(share())
    assert list(found) == ["weighted_aggregate", "each_nos", "each_component", "each_pc", "share_of_pcs"]
    assert found["weighted_aggregate"] == share(basis="weighted")
    assert found["each_nos"] == {"all_of": [share({"nos": "N1"}), share({"nos": "N2"})]}
    assert found["each_component"] == {"all_of": [share(component="theory"), share(component="practical")]}
    elements = [share({"nos": "N1", "element": "E1"}), share({"nos": "N2", "element": "E1"})]
    assert found["share_of_pcs"] == {"at_least": {"share": "7/10", "of": elements}}


def test_a_basis_that_changes_nothing_is_no_other_reading() -> None:
    even = of_nos(N1="100", N2="100")  # the weights are as the totals
    assert list(offered(share(), even)) == ["each_nos", "each_pc", "share_of_pcs"]
    unweighted = credential_marks([(Cell(nos="N1", element="E1", component="theory"), "10")])
    assert offered(share(), unweighted) == {}


def test_a_rule_on_each_nos_is_read_as_an_aggregate() -> None:
    each = {"all_of": [share({"nos": "N1"}), share({"nos": "N2"})]}
    found = offered(each)
    assert found["aggregate_only_raw"] == share()
    assert found["aggregate_only_weighted"] == share(basis="weighted")
    assert "each_nos" not in found
    assert headline(parsed(each)) is not None


def test_other_conditions_stay_when_the_headline_is_read_differently() -> None:
    rule = {"all_of": [share(), share({"nos": "N1"}, "2/5")]}
    found = offered(rule)
    assert found["each_nos"] == {
        "all_of": [share({"nos": "N1"}), share({"nos": "N2"}), share({"nos": "N1"}, "2/5")]
    }
    assert found["aggregate_only_raw"] == share()


def test_the_level_has_a_usual_share() -> None:
    for level, usual in (("1", "1/2"), ("3", "1/2"), ("4", None), ("8", None), ("3.5", None)):
        found = offered(share(), context=ReadingContext(level=Fraction(level)))
        assert found.get("level_default") == (share(at_least=usual) if usual else None)
    low = offered(share(at_least="1/2"), context=ReadingContext(level=Fraction(4)))
    assert low["level_default"] == share()
    ladder = offered(bands(), context=ReadingContext(level=Fraction(4)))
    assert ladder["level_default"] == share()
    nested = {"any_of": [share({"nos": "N1"}), {"all_of": [share({"nos": "N2"})]}]}
    found = offered(nested, context=ReadingContext(level=Fraction(2)))
    assert found["level_default"] == {
        "any_of": [share({"nos": "N1"}, "1/2"), {"all_of": [share({"nos": "N2"}, "1/2")]}]
    }


def test_bars_on_single_parts_are_read_together() -> None:
    rule = {"all_of": [share(component="theory"), share(at_least="1/2", component="practical")]}
    assert offered(rule)["components_together"] == {"all_of": [share(), share(at_least="1/2")]}


def test_a_compensation_is_read_without_it() -> None:
    rule = compensate(share({"nos": "N1"}), share({"nos": "N2"}))
    found = offered({"all_of": [rule, {"at_least": {"k": 1, "of": [rule, share()]}}]})
    assert found["no_compensation"] == {
        "all_of": [
            {"all_of": [share({"nos": "N1"}), share({"nos": "N2"})]},
            {"at_least": {"k": 1, "of": [{"all_of": rule["compensate"]["of"]}, share()]}},
        ]
    }


PCS = credential_marks(
    [(Cell(nos="N1", pc=f"PC{number}", component="theory"), "10") for number in (1, 2, 3)]
    + [(Cell(nos="N1", element="E1", component="theory"), "10")],
    pcs=[Place(nos="N1", element="E1", pc="PC4")],
)


def test_declared_thresholds_are_read_as_bars_on_each_criterion() -> None:
    declared = ReadingContext(
        thresholds={pc_scope("PC1", nos="N1"): Fraction(4, 5), element_scope("E1", nos="N1"): Fraction(1, 2)}
    )
    assert [scope.name for scope in bearers(PCS)] == ["E1", "PC1", "PC2", "PC3"]
    found = offered(share(), PCS, declared)
    assert found["each_pc"] == {
        "all_of": [
            share({"nos": "N1", "element": "E1"}, "1/2"),
            share({"nos": "N1", "pc": "PC1"}, "4/5"),
            share({"nos": "N1", "pc": "PC2"}),
            share({"nos": "N1", "pc": "PC3"}),
        ]
    }
    assert found["share_of_pcs"]["at_least"]["share"] == "7/10"


def test_without_a_headline_only_what_does_not_need_one_is_offered() -> None:
    rule = {"all_of": [share({"pc": "PC1"}, "1/2"), share({"pc": "PC2"}, "4/5")]}
    assert headline(parsed(rule)) is None
    assert offered(rule, PCS) == {}
    every = {scope: Fraction(1, 2) for scope in bearers(PCS)}
    found = offered(rule, PCS, ReadingContext(thresholds=every))
    assert list(found) == ["each_pc", "share_of_pcs"]


def test_a_critical_criterion_stays_critical() -> None:
    critical = {"critical": {"pc": "PC1", "component": "all", "at_least": "1"}}
    found = offered({"all_of": [critical, share()]}, PCS)
    assert critical in found["each_pc"]["all_of"]


def test_the_share_that_all_bars_have_in_common_is_the_headline() -> None:
    main = headline(parsed({"any_of": [share({"pc": "PC1"}), share({"pc": "PC2"})]}))
    assert main is not None
    assert main.share == Fraction(7, 10)
    together = headline(parsed({"all_of": [share(component="theory"), share()]}))
    assert together is not None
    assert together.asked_by == (parsed(share()).root,)


def test_a_reading_that_asks_for_what_cannot_be_earned_is_left_out() -> None:
    mixed = credential_marks(
        [
            (Cell(nos="N1", pc="PC1", component="practical"), "10"),
            (Cell(nos="N1", element="E1", pc="PC2", component="practical"), "10"),
            (Cell(nos="N1", element="E1", component="theory"), "10"),
        ]
    )
    # PC2 has practical marks of its own, but its element holds the theory: all components cannot be asked of it.
    assert "components_together" not in offered(share({"pc": "PC2"}, component="practical"), mixed)
    assert "components_together" in offered(share({"pc": "PC1"}, component="practical"), mixed)
    assert "components_together" not in offered(
        share({"pc": "PC1"}, "1/2", component="practical"),
        credential_marks([(Cell(nos="N1", pc="PC1", component="practical"), "10")]),
    )


def both(first: str | None, second: str | None) -> dict[Cell, MarkInput]:
    """The marks of N1 (of 100, weight 80) and of N2 (of 100, weight 20)."""
    given = zip(HEAVY.maxima, (first, second), strict=True)
    return {cell: mark for cell, mark in given if mark is not None}


HEAVY = credential_marks(
    [(Cell(nos=nos, pc=f"{nos}P", component="theory"), "100") for nos in ("N1", "N2")],
    weights={"N1": "80", "N2": "20"},
)


def test_a_verdict_that_hangs_on_the_basis_is_named() -> None:
    assert flipped(share(), HEAVY, both("90", "40")) == {"weighted_aggregate": "pass"}
    every = ("weighted_aggregate", "each_nos", "each_pc", "share_of_pcs")
    assert flipped(share(), HEAVY, both("50", "95")) == dict.fromkeys(every, "fail")


def test_exactly_at_the_bar_only_a_stricter_comparison_flips() -> None:
    assert flipped(share(), HEAVY, both("70", "70")) == {"strictly_above": "fail"}


def test_rounding_lifts_what_is_half_a_per_cent_below() -> None:
    assert flipped(share(), HEAVY, both("69.5", "69.5")) == {"whole_per_cent": "pass", "whole_marks": "pass"}
    assert flipped(share(), HEAVY, both("69.4", "69.6")) == {"whole_per_cent": "pass"}
    assert flipped(share(), HEAVY, both("69.4", "69.4")) == {}


def test_whole_marks_never_exceed_the_maximum() -> None:
    odd = credential_marks([(Cell(nos="N1", pc="PC1", component="theory"), "4.5")])
    [cell] = odd.maxima
    assert flipped(share(at_least="1"), odd, {cell: "4.5"}) == {"strictly_above": "fail"}


def test_missing_marks_are_read_as_zero_or_left_out() -> None:
    assert flipped(share(), HEAVY, both("90", None)) == {
        "weighted_aggregate": "pass",  # 72 points are there already
        "missing_as_zero": "fail",
        "missing_left_out": "pass",
    }
    # A bar on what nobody has marked at all cannot leave it out.
    unmarked = flipped(share({"nos": "N2"}), HEAVY, both("90", None))
    assert unmarked == {"aggregate_only_weighted": "pass", "missing_as_zero": "fail"}
    assert "whole_per_cent" not in flipped(share(), HEAVY, both("69.5", None))


COMPENSATED = compensate(share({"nos": "N1"}), share({"nos": "N2"}), limit="10")


def test_readings_reach_into_groups_and_compensations() -> None:
    assert flipped(COMPENSATED, HEAVY, both("60", "80"))["no_compensation"] == "fail"
    assert flipped(COMPENSATED, HEAVY, both("59.5", "81"))["whole_per_cent"] == "pass"
    # Met exactly in both bars: to exceed both is more than one bar too many.
    assert flipped(COMPENSATED, HEAVY, both("70", "70"))["strictly_above"] == "fail"
    assert "strictly_above" not in flipped(COMPENSATED, HEAVY, both("70", "71"))
    assert "strictly_above" not in flipped(COMPENSATED, HEAVY, both("65", "76"))
    either = {"any_of": [share({"nos": "N1"}), share({"nos": "N2"})]}
    assert flipped(either, HEAVY, both("69.5", "0"))["whole_per_cent"] == "pass"
    assert flipped(either, HEAVY, both("70", "0"))["strictly_above"] == "fail"
    assert "whole_per_cent" not in flipped(either, HEAVY, both("60", "0"))


def test_a_ladder_that_only_names_the_result_asks_for_nothing_to_exceed() -> None:
    rule = {"all_of": [bands(ladder="A 9/10, B 0"), share(at_least="1/2")]}
    assert "strictly_above" not in flipped(rule, HEAVY, both("90", "90"))


def test_a_flip_is_written_with_its_margin() -> None:
    own = parsed(share())
    marks = both("90", "40")
    root = decide(HEAVY, marks, own).root
    found = flips(root, mark_table(HEAVY, marks), own, readings(own, HEAVY))
    first = found[0].to_document()
    assert first["reading"] == "weighted_aggregate"
    assert (first["verdict"], first["margin_share"]) == ("pass", "1/10")
    at_bar = both("70", "70")
    strict = flips(decide(HEAVY, at_bar, own).root, mark_table(HEAVY, at_bar), own, readings(own, HEAVY))
    assert strict[0].to_document()["margin_share"] is None


def test_a_rule_that_does_not_fit_has_no_readings() -> None:
    with pytest.raises(RuleError, match="unknown_nos"):
        readings(parsed(share({"nos": "N9"})), HEAVY)
