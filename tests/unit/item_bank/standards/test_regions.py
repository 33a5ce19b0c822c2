# SPDX-License-Identifier: Apache-2.0
"""States and union territories as data, and the territories that are made of them."""

from __future__ import annotations

import pytest

from item_bank.standards.checks_of_facts import covers, takes_in
from item_bank.standards.regions import find_region, read_territory, regions, territory_text


def test_there_are_28_states_and_8_union_territories_each_with_codes_of_its_own() -> None:
    kinds = [one.kind for one in regions()]
    assert (kinds.count("state"), kinds.count("union_territory")) == (28, 8)
    assert len({one.code for one in regions()}) == len({one.lgd for one in regions()}) == 36
    assert all(one.code.startswith("IN-") and one.hindi for one in regions())


@pytest.mark.parametrize("text", ["IN-OD", "in-or", "Odisha", " ORISSA ", "ओडिशा"])
def test_a_region_is_found_by_every_name_it_has(text: str) -> None:
    found = find_region(text)
    assert found is not None
    assert found.code == "IN-OD"
    assert (found.name("hi"), found.name("en")) == ("ओडिशा", "Odisha")


def test_a_territory_is_read_from_codes_names_or_the_country() -> None:
    assert read_territory("IN-MH, Goa").codes == {"IN-MH", "IN-GA"}
    assert len(read_territory("India").codes) == 36
    mixed = read_territory("Kerala, the hills,, ")
    assert (mixed.codes, mixed.unknown) == ({"IN-KL"}, ("the hills",))
    assert mixed.covers("IN-KL")
    assert not mixed.covers("IN-TN")
    assert find_region("Atlantis") is None


def test_a_territory_is_stored_in_one_form() -> None:
    assert territory_text(["IN-MH", "IN-GA", "IN-GA", "nowhere"]) == "IN-GA,IN-MH"
    assert territory_text(["IN", "IN-MH"]) == "IN"
    assert territory_text(one.code for one in regions()) == "IN"


def test_a_recognised_territory_takes_in_a_smaller_one() -> None:
    assert takes_in(("Maharashtra", "Goa"), "IN-GA")
    assert not takes_in(("Maharashtra",), "IN-MH,IN-GA")
    assert takes_in(("India",), "IN")
    assert takes_in(("The hills",), "the hills")
    assert not takes_in(("The hills",), "the coast")


def test_a_place_lies_in_a_territory_by_its_address() -> None:
    assert covers(("IN-MH",), "Nashik, Maharashtra")
    assert covers(("Nashik",), "College Road, Nashik")
    assert not covers(("Goa",), "Nashik, Maharashtra")
