# SPDX-License-Identifier: Apache-2.0
"""The sections of a plan: ordered parts of a paper with their own time, way through and rules for answers. No parsing here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from item_bank.blueprints.plan_adaptive import AdaptiveRules
from item_bank.document import LocalText


class Navigation(StrEnum):
    """The way through a section (QTI 3 navigation-mode): item after item, or in any order."""

    LINEAR = "linear"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionControl:
    """What a learner may do with an item (QTI 3 item-session-control).

    ``max_attempts`` is how often an item may be confirmed; 0 is no limit, and nothing needs to be confirmed.
    """

    allow_skipping: bool = True
    allow_review: bool = True
    max_attempts: int = 0
    validate_responses: bool = False

    def to_document(self) -> dict[str, object]:
        """The JSON form."""
        return {
            "allow_skipping": self.allow_skipping,
            "allow_review": self.allow_review,
            "max_attempts": self.max_attempts,
            "validate_responses": self.validate_responses,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSection:
    """One section: whole NOS and single PCs, the time in seconds (None: only that of the paper), and its rules.

    ``adaptive`` says when a PC has been asked enough; None: every item is asked.
    """

    id: str
    title: LocalText
    nos: tuple[str, ...]
    pcs: tuple[str, ...]
    seconds: int | None
    navigation: Navigation
    control: SessionControl
    adaptive: AdaptiveRules | None = None

    def to_document(self) -> dict[str, object]:
        """The JSON form; ``nos`` and ``pcs`` stand in it where they name something."""
        document: dict[str, object] = {"id": self.id, "title": dict(self.title.by_language)}
        if self.nos:
            document["nos"] = list(self.nos)
        if self.pcs:
            document["pcs"] = list(self.pcs)
        return {
            **document,
            "seconds": self.seconds,
            "navigation": self.navigation.value,
            "item_session_control": self.control.to_document(),
            **({} if self.adaptive is None else {"adaptive": self.adaptive.to_document()}),
        }


def named_pcs(
    section: PlanSection, *, standards: Mapping[str, Collection[str]], planned: Collection[str]
) -> list[str]:
    """The PCs that a section names, as often as it names them: those of its NOS as far as they are planned, and its own."""
    of_nos = [pc for nos in section.nos for pc in standards.get(nos, ()) if pc in planned]
    return [*of_nos, *section.pcs]
