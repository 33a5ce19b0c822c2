# SPDX-License-Identifier: Apache-2.0
"""What the answers to an adaptive section settle, and which of its items count. Pure; nothing is read or stored here.

The items have one order. Going through it, each PC counts its items until its table of stops says that it is settled; the PC's
share of marks is that of the items that counted. An answer is looked at only when its item was left behind for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessor.attempts.sections import MoveKind, Run
from assessor.forms.sections import FormSection
from scoring.adaptive.model import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """One PC of an adaptive section: what its answers say, and what became of its items, by version in their order.

    `counted` items make its marks. `spared` were not asked, because the PC was settled; `missed` were spared by answers that
    count otherwise now, so that today they would be asked. `extra` were answered after the end (without a line nobody can say
    so in time) and change nothing. `ahead` are still to come. With nothing ahead, GO_ON means that the share of what was asked
    decides before any stop, as it always does.
    """

    section: str
    pc: str
    ruling: Ruling
    right: int
    counted: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether nothing more has to be asked."""
        return self.ruling is not Ruling.GO_ON

    def to_document(self) -> dict[str, Any]:
        """As a result names it: ids and counts, no answer."""
        return {
            "section": self.section,
            "pc": self.pc,
            "ruling": self.ruling.value,
            "right": self.right,
            "counted": list(self.counted),
            "not_asked": [*self.missed, *self.spared],
            "after_the_end": list(self.extra),
        }


def settle(
    section: FormSection,
    pcs: Mapping[str, str],
    right: Mapping[str, bool],
    *,
    passed: int,
    ended: bool = False,
) -> tuple[Settling, ...]:
    """What the first `passed` items settle, PC by PC in the order of the section's tables.

    `pcs` are the PCs of the items; `right` says of each answered item whether its answer is right by the key of the form. An
    item that was left behind without an answer does not count: the server lets nobody pass one that is still needed, so it had
    seen the PC settled. `ended`: nothing more comes, and what was not reached counts as wrong, as in any paper.
    """
    return tuple(
        _settle_pc(
            section,
            pc,
            [item for item in section.items if pcs[item] == pc],
            right,
            passed=passed,
            ended=ended,
        )
        for pc, _ in section.stops
    )


def _settle_pc(
    section: FormSection, pc: str, items: list[str], right: Mapping[str, bool], *, passed: int, ended: bool
) -> Settling:
    table = dict(section.stops)[pc]
    behind = set(section.items[:passed])
    ruling, good = Ruling.GO_ON, 0
    places: dict[str, list[str]] = {"counted": [], "spared": [], "missed": [], "extra": [], "ahead": []}
    for item in items:
        given = right.get(item)
        left = item in behind
        if not left and not ended:
            places["ahead"].append(item)
        elif ruling is not Ruling.GO_ON:
            places["spared" if given is None else "extra"].append(item)
        elif left and given is None:
            places["missed"].append(item)
        else:
            places["counted"].append(item)
            good += given is True
            ruling = table.ruling(good, len(places["counted"]))
    return Settling(
        section=section.id,
        pc=pc,
        ruling=ruling,
        right=good,
        **{name: tuple(one) for name, one in places.items()},
    )


def withheld(
    section: FormSection, settled: tuple[Settling, ...], right: Mapping[str, bool]
) -> tuple[str, ...]:
    """The items without an answer that were not asked, or need not be asked any more, in their order."""
    done = {
        item for one in settled for item in (*one.spared, *one.missed, *(one.ahead if one.settled else ()))
    }
    return tuple(item for item in section.items if item in done and item not in right)


def passed_of(run: Run) -> int:
    """How many items of a section were left behind for good: those before the reached one, and all once it was finished."""
    if run.entered is None:
        return 0
    finished = run.left is not None and run.left.kind is MoveKind.LEAVE_SECTION
    return len(run.section.items) if finished else run.reached
