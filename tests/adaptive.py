# SPDX-License-Identifier: Apache-2.0
"""The sample in three sections, the linear one adaptive: PC3 (four fifths) and PC4 (seven tenths), four items each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assessor import api
from tests.sectioned import LINEAR, items_of, moved, running_in_sections
from tests.unit.assessor.world import World

ONE_WAY = {"allow_skipping": False, "allow_review": False}
CURTAILED = {"method": "curtailed", "marks": "share", "least": 1}
RATIO = {
    "method": "ratio",
    "marks": "share",
    "least": 2,
    "lacking": "1/4",
    "master": "9/10",
    "false_pass": "1/5",
    "false_fail": "2/5",
}


@dataclass
class Walk:
    """Somebody in the adaptive section, at its first item."""

    world: World
    enrolled: api.Enrolled
    refs: list[str]
    pcs: dict[str, str]
    key: dict[str, Any]
    seq: int = 0
    answered: list[str] = field(default_factory=list)

    def next(self) -> int:
        self.seq += 1
        return self.seq

    def answer(self, ref: str, *, right: bool) -> api.Receipt | api.Refusal:
        value = self.key[ref] if right else self._wrong(ref)
        self.answered.append(ref)
        return self.world.save(self.enrolled, ref, value, seq=self.next())

    def visit(self, ref: str) -> api.MoveReceipt:
        return moved(self.world, self.enrolled, "visit", ref, seq=self.next())

    def leave(self) -> api.MoveReceipt:
        return moved(self.world, self.enrolled, "leave_section", LINEAR, seq=self.next())

    def follow(self, right: dict[str, list[bool]]) -> tuple[str, ...]:
        """Answer as the server asks, PC by PC as given; the items that were asked."""
        withheld: set[str] = set()
        given = {pc: iter(answers) for pc, answers in right.items()}
        for place, ref in enumerate(self.refs):
            if ref in withheld:
                continue
            if place:
                withheld |= set(self.visit(ref).withheld)
            if ref in withheld:
                continue
            self.answer(ref, right=next(given[self.pcs[ref]]))
        self.leave()
        return tuple(self.answered)

    def _wrong(self, ref: str) -> object:
        item = next(one for one in items_of(self.world, self.enrolled, LINEAR) if one.ref == ref)
        if item.interaction == "text_entry":
            return "surely wrong"
        options = [option.id for option in item.bodies[0].options]
        return [next(one for one in options if [one] != self.key[ref])]


def walk(world: World, *, adaptive: dict[str, Any] = CURTAILED, **more: Any) -> Walk:
    """Start, pass the first section, and enter the adaptive one."""
    enrolled = running_in_sections(world, **ONE_WAY, adaptive=adaptive, **more)
    with world.store.read(world.manager) as uow:
        line = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)
        forms = api.forms(uow, line.entry.assessment_id, organisation_id=world.ids.agency)
    content = next(one for one in forms if one.id == line.entry.form_id).content
    section = next(one for one in content.sections if one.id == LINEAR)
    refs = [item.ref for item in items_of(world, enrolled, LINEAR)]
    by_version = {item.version_id: item.pc for item in content.items}
    pcs = dict(zip(refs, (by_version[version] for version in section.items), strict=True))
    started = Walk(world, enrolled, refs, pcs, world.key(enrolled))
    for kind, target in (("enter_section", "s1"), ("leave_section", "s1"), ("enter_section", LINEAR)):
        moved(world, enrolled, kind, target, seq=started.next())
    return started
