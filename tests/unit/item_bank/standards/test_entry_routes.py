# SPDX-License-Identifier: Apache-2.0
"""Ways of entry: how they are written, and whom they admit where something is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessor.api import NSQF_LEVELS
from item_bank.standards.entry_routes import NSQF, EntryRoute, read_route
from item_bank.standards.parsing import parse_credential
from tests.unit.item_bank.builders import credential


@pytest.mark.parametrize(
    ("text", "route", "printed"),
    [
        ("class 10", EntryRoute(school_class=10), "class 10"),
        (" Class  8 +2 Years ", EntryRoute(school_class=8, years=2), "class 8 + 2 years"),
        ("age 18+1 year", EntryRoute(years=1, age=18), "1 year + age 18"),
        ("level 2.5", EntryRoute(level=Decimal("2.5")), "level 2.5"),
    ],
)
def test_a_way_is_read_and_printed_in_one_order(text: str, route: EntryRoute, printed: str) -> None:
    assert read_route(text) == route
    assert str(route) == printed
    assert read_route(printed) == route


@pytest.mark.parametrize(
    "text",
    ["", "+", "class", "class ten", "class 0", "class 13", "level 9", "level 7.5", "class 8 + class 9", "2 years +",
     "class 8 or 2 years", "class -1", "class 1000", "class १०"],
)  # fmt: skip
def test_what_is_no_way_is_not_guessed_at(text: str) -> None:
    assert read_route(text) is None


@pytest.mark.parametrize(
    ("given", "admitted"),
    [
        ((8, 2), True),
        ((9, 3), True),
        ((7, 2), False),
        ((8, 1), False),
        ((7, None), False),
        ((None, 1), False),
        ((8, None), None),
        ((None, 2), None),
        ((None, None), None),
    ],
)
def test_one_part_that_fails_closes_a_way_and_one_that_is_not_known_leaves_it_open(
    given: tuple[int | None, int | None], admitted: bool | None
) -> None:
    route = EntryRoute(school_class=8, years=2)
    assert route.admits(school_class=given[0], level=None, years=given[1], age=None) is admitted


def test_age_and_level_count_from_their_own_value_on() -> None:
    route = EntryRoute(level=Decimal("2.5"), age=18)
    for level, age, admitted in (("2.5", 18, True), ("3", 40, True), ("2", 18, False), ("2.5", 17, False)):
        assert route.admits(school_class=None, level=Decimal(level), years=None, age=age) is admitted


def test_the_levels_are_those_of_the_framework() -> None:
    assert set(NSQF) == set(map(Decimal, NSQF_LEVELS))


def test_a_document_holds_them_and_one_without_is_as_it_was() -> None:
    document = parse_credential(credential(entry_routes=["class 10", "class 8 + 2 years"]))
    assert list(map(str, document.dossier.entry_routes)) == ["class 10", "class 8 + 2 years"]
    assert parse_credential(credential()).dossier.entry_routes == ()
