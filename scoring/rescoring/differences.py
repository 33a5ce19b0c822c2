# SPDX-License-Identifier: Apache-2.0
"""What a corrected key changes: who, by how much, why, and whose verdict. Nothing is decided or stored here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.exact import format_mark, format_share
from scoring.rescoring.records import Scored
from scoring.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item whose mark changed for a person; None where the item does not count."""

    item: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person whose marks change; `items` say why. `weight` is how many persons it stands for."""

    person: str
    weight: Fraction
    before: Scored
    after: Scored
    items: tuple[ItemChange, ...]

    @property
    def share_change(self) -> Fraction:
        """How much more of what can be earned is earned now, -1 … 1."""
        return self.after.share - self.before.share

    @property
    def verdict_changes(self) -> bool:
        return self.before.verdict is not self.after.verdict

    def to_document(self) -> dict[str, object]:
        """The change as JSON; it quotes no response."""
        return {
            "person": self.person,
            "total_before": format_mark(self.before.earned),
            "total_after": format_mark(self.after.earned),
            "maximum_before": format_mark(self.before.maximum),
            "maximum_after": format_mark(self.after.maximum),
            "share_change": format_share(self.share_change),
            "verdict_before": self.before.verdict.value,
            "verdict_after": self.after.verdict.value,
            "bands_before": dict(self.before.bands),
            "bands_after": dict(self.after.bands),
            "items": [
                {
                    "item": one.item,
                    "before": None if one.before is None else format_mark(one.before),
                    "after": None if one.after is None else format_mark(one.after),
                }
                for one in self.items
            ],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two scorings of the same persons; `changes` has those whose marks or verdict differ."""

    n: Fraction
    changes: tuple[PersonChange, ...]

    @property
    def totals_changed(self) -> Fraction:
        """How many persons earn another share of the marks."""
        return self.up + self.down

    @property
    def up(self) -> Fraction:
        return sum((one.weight for one in self.changes if one.share_change > 0), Fraction(0))

    @property
    def down(self) -> Fraction:
        return sum((one.weight for one in self.changes if one.share_change < 0), Fraction(0))

    def moved(self, before: Verdict, after: Verdict) -> Fraction:
        """How many persons go from one verdict to another."""
        return sum(
            (
                one.weight
                for one in self.changes
                if (one.before.verdict, one.after.verdict) == (before, after)
            ),
            Fraction(0),
        )


def difference(
    before: Mapping[str, Scored],
    after: Mapping[str, Scored],
    *,
    weights: Mapping[str, Fraction] | None = None,
) -> Difference:
    """Compare two scorings person by person; `weights` are ones where not given.

    A total counts as changed where the share of what can be earned changed: with a dropped item the marks alone do not
    compare. Both have the same persons.
    """
    known = weights or {}
    changes = []
    for person, old in before.items():
        new = after[person]
        items = tuple(
            ItemChange(item, mark, now)
            for (item, mark), now in zip(
                old.marks.items(), (new.marks[item] for item in old.marks), strict=True
            )
            if mark is not now and mark != now
        )
        if items or old.verdict is not new.verdict or old.bands != new.bands:
            changes.append(PersonChange(person, known.get(person, Fraction(1)), old, new, items))
    n = sum((known.get(person, Fraction(1)) for person in before), Fraction(0))
    return Difference(n, tuple(changes))
