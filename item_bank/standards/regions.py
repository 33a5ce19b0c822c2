# SPDX-License-Identifier: Apache-2.0
"""The states and union territories of India as data, and territories that are made of them. Pure; no rule lives here.

A territory is text: "IN" for the whole country, or codes and names (English, Hindi, earlier codes) with commas between.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from item_bank.text import comparable

COUNTRY: Final = "IN"
_COUNTRY_NAMES: Final = ("in", "india", "all india", "pan india", "भारत")


@dataclass(frozen=True, slots=True)
class Region:
    """A state or union territory: its ISO 3166-2:IN code, its LGD state code, its names."""

    code: str
    kind: str
    lgd: int
    english: str
    hindi: str
    also: tuple[str, ...]

    def name(self, language: str) -> str:
        """The name in Hindi or English."""
        return self.hindi if language == "hi" else self.english


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory read from text: ``codes`` (all of them for the whole country) and the parts that no list knows."""

    codes: frozenset[str]
    unknown: tuple[str, ...]

    def covers(self, code: str) -> bool:
        """Whether a region lies inside, as far as the codes say."""
        return code in self.codes


@cache
def regions() -> tuple[Region, ...]:
    """Every region, by its English name."""
    text = files("item_bank.standards").joinpath("regions.json").read_text("utf-8")
    found = [
        Region(one["code"], one["kind"], one["lgd"], one["en"], one["hi"], tuple(one["also"]))
        for one in json.loads(text)["regions"]
    ]
    return tuple(sorted(found, key=lambda one: one.english))


def find_region(text: str) -> Region | None:
    """The region with this code or name, or None."""
    return _by_name().get(comparable(text))


def read_territory(text: str) -> Territory:
    """The regions that a territory's text names; a part that no list knows stands in ``unknown``."""
    codes: set[str] = set()
    unknown: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        if comparable(part) in _COUNTRY_NAMES:
            codes |= {one.code for one in regions()}
        elif found := find_region(part):
            codes.add(found.code)
        elif part:
            unknown.append(part)
    return Territory(frozenset(codes), tuple(unknown))


def share_ground(one: str, other: str) -> bool:
    """Whether two territories overlap; words that no list knows only overlap with the same words."""
    first, second = read_territory(one), read_territory(other)
    unknown = set(map(comparable, first.unknown)) & set(map(comparable, second.unknown))
    return bool(first.codes & second.codes or unknown)


def territory_text(codes: Iterable[str]) -> str:
    """The stored text of chosen codes: "IN" where they are the whole country."""
    chosen = {code for code in codes if code == COUNTRY or find_region(code)}
    if COUNTRY in chosen or len(chosen) == len(regions()):
        return COUNTRY
    return ",".join(sorted(chosen))


@cache
def _by_name() -> Mapping[str, Region]:
    return {
        comparable(name): one for one in regions() for name in (one.code, one.english, one.hindi, *one.also)
    }
