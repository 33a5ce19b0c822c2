# SPDX-License-Identifier: Apache-2.0
"""What people see of a round: a judge the own place among nameless others, the chair everything, papers letters only. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from core.ids import seeded
from item_bank.panels.cuts import ObjectOutcome, PanelOutcome
from item_bank.panels.model import Panel
from scoring.api import Scope

_APART = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCut:
    """A judge's own cut of a part of the credential among all of them: shares in rising order, and which of them is one's own.

    ``panel`` is what the judges come to together.
    """

    scope: Scope
    own: float
    panel: float
    all: tuple[float, ...]

    @property
    def lower(self) -> int:
        """How many judges ask for less, by half a point of per cent or more: that is what a page shows."""
        return sum(share < self.own - _APART for share in self.all)

    @property
    def higher(self) -> int:
        """How many judges ask for more, in the same way."""
        return sum(share > self.own + _APART for share in self.all)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnObject:
    """One object for a judge: what one said oneself, and what the panel did; the facts only where the chair shows them."""

    outcome: ObjectOutcome
    own: float | None
    facility: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeFeedback:
    """What one judge learns of a closed round."""

    cuts: tuple[OwnCut, ...]
    objects: tuple[OwnObject, ...]


def panel_feedback(panel: Panel, outcome: PanelOutcome, *, judge_id: str) -> JudgeFeedback:
    """The feedback of a closed round for one of its judges; for somebody whose judgements do not count, without own ones."""
    place = outcome.judges.index(judge_id) if judge_id in outcome.judges else None
    facts = {one.number: one.facts for one in panel.objects}
    return JudgeFeedback(
        cuts=tuple(
            OwnCut(scope=cut.scope, own=cut.by_judge[place], panel=cut.share, all=tuple(sorted(cut.by_judge)))
            for cut in outcome.cuts
            if place is not None and cut.by_judge and cut.share is not None
        ),
        objects=tuple(
            OwnObject(
                outcome=one,
                own=one.values[place] if place is not None and one.values else None,
                facility=facts[one.number].facility if panel.show_facts else "",
                people=facts[one.number].people if panel.show_facts else 0,
            )
            for one in outcome.objects
        ),
    )


def judge_letters(panel: Panel) -> Mapping[str, str]:
    """A letter for each judge (by id), in an order that says nothing of who it is and stays the same for a panel."""
    order = [judge.id for judge in panel.judges]
    seeded(panel.id).shuffle(order)
    return {judge: _letter(place) for place, judge in enumerate(order)}


def _letter(place: int) -> str:
    rounds, at = divmod(place, len(ascii_uppercase))
    return ascii_uppercase[at] + (str(rounds + 1) if rounds else "")
