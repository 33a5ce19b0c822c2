# SPDX-License-Identifier: Apache-2.0
"""What a test in sections should hold, in the plainest words: the model that the real operations are compared with."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sectioned import SECONDS
from tests.unit.assessor.world import GRACE, TEST_SECONDS

RULES = {"allow_review": False, "allow_skipping": False, "max_attempts": 1}
"""Those of the second section, which is linear."""


@dataclass(frozen=True)
class Sent:
    """A message on its way: an answer (a place of an item, and whether it says something) or a move."""

    device: str
    epoch: int
    seq: int
    kind: str
    section: int
    item: int = 0
    said: bool = True

    @property
    def order(self) -> tuple[int, int]:
        return self.epoch, self.seq

    @property
    def what(self) -> tuple[object, ...]:
        return self.kind, self.section, self.item, self.said


@dataclass
class Model:
    """What a test in sections should hold, in the plainest words. Times are seconds since the start."""

    held: dict[tuple[str, int], tuple[Sent, int, int]] = field(default_factory=dict)
    copies: set[tuple[object, ...]] = field(default_factory=set)
    holders: list[str] = field(default_factory=list)
    elapsed: int = 0
    credit: int = 0

    def lease(self, device: str) -> int:
        if not self.holders or self.holders[-1] != device:
            self.holders.append(device)
        return len(self.holders)

    def deliver(self, sent: Sent) -> str:
        """What becomes of a message; `ok` when it is acknowledged."""
        known = self.held.get((sent.device, sent.seq))
        if known is not None:
            return "ok" if known[0].what == sent.what else self._keep(sent, "sequence_conflict")
        if self.elapsed >= TEST_SECONDS + self.credit + GRACE:
            return self._keep(sent, "late_answer")
        fault = self._lease(sent) or (self._answer(sent) if sent.kind == "answer" else self._move(sent))
        if fault:
            return self._keep(sent, fault)
        self.held[sent.device, sent.seq] = (sent, self.elapsed, self.credit)
        return "ok"

    def entered(self, section: int, before: tuple[int, int] | None = None) -> tuple[Sent, int, int] | None:
        return min(self._moves("enter_section", section, before), key=lambda one: one[0].order, default=None)

    def left(self, section: int, before: tuple[int, int] | None = None) -> tuple[Sent, int, int] | None:
        began = self.entered(section, before)
        if began is None:
            return None
        ways = [
            *self._moves("leave_section", section, before),
            *(one for later in range(section + 1, 3) for one in self._moves("enter_section", later, before)),
        ]
        after = [one for one in ways if one[0].order > began[0].order]
        return min(after, key=lambda one: one[0].order, default=None)

    def end(self, section: int, before: tuple[int, int] | None = None) -> int:
        """When an entered section's time is up."""
        whole, began = TEST_SECONDS + self.credit, self.entered(section, before)
        assert began is not None
        if section == 2:
            return whole
        gone = self.left(section, before)
        return min(whole, began[1] + SECONDS + (gone[2] if gone else self.credit) - began[2])

    def state(self, section: int, before: tuple[int, int] | None = None) -> str:
        if self.entered(section, before) is None:
            return "waiting"
        over = self.left(section, before) is not None or self.elapsed >= self.end(section, before)
        return "closed" if over else "open"

    def _moves(self, kind: str, section: int, before: tuple[int, int] | None) -> list[tuple[Sent, int, int]]:
        return [
            one
            for one in self.held.values()
            if one[0].kind == kind and one[0].section == section and (before is None or one[0].order < before)
        ]

    def _lease(self, sent: Sent) -> str | None:
        granted = sent.epoch <= len(self.holders) and self.holders[sent.epoch - 1] == sent.device
        if sent.kind != "answer":
            return None if granted and sent.epoch == len(self.holders) else "lease_lost"
        newer = any(
            one.kind == "answer"
            and (one.section, one.item) == (sent.section, sent.item)
            and one.epoch > sent.epoch
            for one, _, _ in self.held.values()
        )
        return None if granted and not newer else "lease_lost"

    def _answer(self, sent: Sent) -> str | None:
        if self.entered(sent.section) is None:
            return "section_order"
        gone = self.left(sent.section)
        if (gone and gone[0].order < sent.order) or self.elapsed >= self.end(sent.section) + GRACE:
            return "section_closed"
        if sent.section != 1:
            return None
        visits = self._moves("visit", 1, None)
        if sent.item > max((one.item for one, _, _ in visits), default=0):
            return "section_order"
        if any(one.item > sent.item and one.order < sent.order for one, _, _ in visits):
            return "item_closed"
        told = [one for one, _, _ in self._moves("confirm", 1, sent.order) if one.item == sent.item]
        return "attempts_used_up" if told else None

    def _move(self, sent: Sent) -> str | None:
        state, section = self.state(sent.section, sent.order), sent.section
        if sent.kind == "enter_section":
            if state == "closed":
                return "section_closed"
            ready = all(self.state(one, sent.order) == "closed" for one in range(section))
            return None if ready else "section_order"
        if state == "waiting":
            return "section_order"
        if sent.kind == "leave_section":
            strict = section == 1 and state == "open"
            return self._skipped(sent.order, 8) if strict else None
        if self.left(section, sent.order) or self.elapsed >= self.end(section, sent.order) + GRACE:
            return "section_closed"
        return self._in_linear(sent) if section == 1 else None

    def _in_linear(self, sent: Sent) -> str | None:
        visits = [one for one, _, _ in self._moves("visit", 1, sent.order)]
        reached = max((one.item for one in visits), default=0)
        if sent.item < reached:
            return "item_closed"
        if sent.kind == "visit":
            return self._skipped(sent.order, sent.item)
        if sent.item > reached:
            return "section_order"
        if any(one.item == sent.item for one, _, _ in self._moves("confirm", 1, sent.order)):
            return "attempts_used_up"
        return self._skipped(sent.order, sent.item + 1, first=sent.item)

    def _skipped(self, before: tuple[int, int], stop: int, *, first: int = 0) -> str | None:
        said = self.said(1, before)
        return None if all(said.get(item) for item in range(first, stop)) else "skipping_not_allowed"

    def said(self, section: int, before: tuple[int, int] | None = None) -> dict[int, bool]:
        found = sorted(
            (one for one, _, _ in self._moves("answer", section, before)), key=lambda one: one.order
        )
        return {one.item: one.said for one in found}

    def _keep(self, sent: Sent, reason: str) -> str:
        self.copies.add((sent.device, sent.seq, reason, *sent.what))
        return reason
