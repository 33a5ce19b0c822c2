# SPDX-License-Identifier: Apache-2.0
"""Versions of a key: what each response to an item earns, as data with a hash; and what a corrected key becomes under a policy.

Whoever changes a key, and who approves it, does not live here. A key never leaves the server before release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final, assert_never

from scoring.errors import MarkError, StatisticsError
from scoring.exact import format_mark, parse_mark
from scoring.rescoring.canonical import digest

_NOTHING: Final = Fraction(0)


class Treatment(StrEnum):
    """How an item counts."""

    KEYED = "keyed"  # by the response
    GIVEN = "given"  # the response is a mark that was given, by a person or by the item's own program
    EVERYBODY = "everybody"  # full marks for everybody, answered or not
    DROPPED = "dropped"  # neither earned nor to be earned


class Policy(StrEnum):
    """What a corrected key does to those who were scored under the old one."""

    FULL = "full"  # the new key counts, up and down
    HARM_FREE = "harm-free"  # on each item the better of both marks counts
    DROP = "drop"  # items whose key was wrong do not count at all


@dataclass(frozen=True, slots=True)
class ItemKey:
    """The key of one item worth `maximum` marks, which count in the cells at the places `cells` of its credential.

    `marks` has the marks of each response that earns any, by the response as text, with several options in sorted order and
    one blank between; another response earns 0, no response 0 (KEYED) or nothing yet (GIVEN). `source` names the versions of
    what gave the mark (GIVEN), such as the hash of an item's program.
    """

    maximum: Fraction
    cells: tuple[int, ...]
    marks: Mapping[str, Fraction] = field(default_factory=dict)
    treatment: Treatment = Treatment.KEYED
    source: tuple[str, ...] = ()

    def mark(self, response: str | None) -> Fraction | None:
        """What a response earns; None where nothing was given yet, and for a dropped item.

        Raises StatisticsError(`replay_mark`) where a given mark is none, or above the maximum.
        """
        match self.treatment:
            case Treatment.DROPPED:
                return None
            case Treatment.EVERYBODY:
                return self.maximum
            case Treatment.KEYED:
                return _NOTHING if response is None else self.marks.get(response, _NOTHING)
            case Treatment.GIVEN:
                return None if response is None else _given(response, self.maximum)
            case _:
                assert_never(self.treatment)

    def to_document(self) -> dict[str, object]:
        """The key of the item as JSON, marks as exact strings."""
        document: dict[str, object] = {
            "treatment": self.treatment.value,
            "maximum": format_mark(self.maximum),
            "cells": list(self.cells),
        }
        if self.treatment is Treatment.KEYED:
            document["marks"] = {name: format_mark(mark) for name, mark in sorted(self.marks.items())}
        if self.source:
            document["source"] = list(self.source)
        return document


@dataclass(frozen=True, slots=True)
class Key:
    """One version of the key of a form: its items in order."""

    items: Mapping[str, ItemKey]

    def to_document(self) -> dict[str, object]:
        """The key as JSON; its canonical form is what `sha256` is taken of."""
        return {"items": {item: one.to_document() for item, one in self.items.items()}}

    @property
    def sha256(self) -> str:
        """The version: the hash of the document."""
        return digest(self.to_document())


def choice_key(right: Mapping[str, tuple[str, ...]], *, cell: int = 0) -> Key:
    """A key of choice items worth one mark each, all in one cell, from the right options of each."""
    return Key(
        {
            item: ItemKey(Fraction(1), (cell,), dict.fromkeys(options, Fraction(1)))
            for item, options in right.items()
        }
    )


def changed_items(old: Key, new: Key) -> tuple[str, ...]:
    """The items whose key differs, in order. StatisticsError(`replay_keys_differ`) where the items themselves do."""
    if set(old.items) != set(new.items):
        raise StatisticsError("replay_keys_differ", items=sorted(set(old.items) ^ set(new.items)))
    return tuple(
        item for item, one in old.items.items() if one.to_document() != new.items[item].to_document()
    )


def corrected(old: Key, new: Key, policy: Policy) -> Key:
    """The key that counts from now on, so that every score stays a function of one key.

    Raises StatisticsError(`replay_keys_differ`), and (`replay_maximum`) where a correction moves an item or changes what it
    is worth, which is another test and no correction.
    """
    changed = changed_items(old, new)
    for item in changed:
        before, after = old.items[item], new.items[item]
        if (before.maximum, before.cells) != (after.maximum, after.cells):
            raise StatisticsError("replay_maximum", item=item)
    if policy is Policy.FULL:
        return new
    if policy is Policy.DROP:
        taken = {item: _with(old.items[item], Treatment.DROPPED) for item in changed}
    else:
        taken = {item: _better(old.items[item], new.items[item]) for item in changed}
    return Key({item: taken.get(item, one) for item, one in old.items.items()})


def _better(old: ItemKey, new: ItemKey) -> ItemKey:
    """The key that gives each response the better of both marks; an item that is to be dropped is given to everybody."""
    if old.treatment is new.treatment is Treatment.KEYED:
        names = old.marks.keys() | new.marks.keys()
        marks = {name: max(old.marks.get(name, _NOTHING), new.marks.get(name, _NOTHING)) for name in names}
        return ItemKey(old.maximum, old.cells, marks)
    if Treatment.GIVEN in (old.treatment, new.treatment):
        raise StatisticsError("replay_given", treatment=new.treatment.value)
    return _with(old, Treatment.EVERYBODY)


def _with(key: ItemKey, treatment: Treatment) -> ItemKey:
    return ItemKey(key.maximum, key.cells, {}, treatment)


def _given(response: str, maximum: Fraction) -> Fraction:
    try:
        mark = parse_mark(response)
    except MarkError as error:
        raise StatisticsError("replay_mark", maximum=format_mark(maximum)) from error
    if mark > maximum:
        raise StatisticsError("replay_mark", maximum=format_mark(maximum))
    return mark
