# SPDX-License-Identifier: Apache-2.0
"""The sections of a form as its document pins them. Pure; who may answer what and when is in `assessor.attempts.sections`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scoring.adaptive.model import StopTable, read_stops


class Navigation(StrEnum):
    """The way through a section: item after item, or in any order."""

    LINEAR = "linear"
    FREE = "free"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """An ordered part of a form: its items by version, its own time in seconds (None: only the form's), and its rules.

    `title` has a text for each language. `max_attempts` is how often an item may be confirmed, 0 for no limit.
    `validate`: an item that is answered only in part cannot be left behind. `stops` are the tables of an adaptive section by
    PC: after how many right answers of how many it is settled (`scoring.adaptive`); none: every item is asked.
    """

    id: str
    title: tuple[tuple[str, str], ...]
    items: tuple[str, ...]
    seconds: int | None
    navigation: Navigation
    allow_skipping: bool = True
    allow_review: bool = True
    max_attempts: int = 0
    validate: bool = False
    stops: tuple[tuple[str, StopTable], ...] = ()

    @property
    def linear(self) -> bool:
        """One item after the other."""
        return self.navigation is Navigation.LINEAR

    @property
    def adaptive(self) -> bool:
        """Whether it ends a PC as soon as that is settled."""
        return bool(self.stops)

    def to_document(self) -> dict[str, Any]:
        """The section as it stands in the form's document; `stops` only in an adaptive one."""
        document: dict[str, Any] = {
            "id": self.id,
            "title": dict(self.title),
            "items": list(self.items),
            "seconds": self.seconds,
            "navigation": self.navigation.value,
            "allow_skipping": self.allow_skipping,
            "allow_review": self.allow_review,
            "max_attempts": self.max_attempts,
            "validate": self.validate,
        }
        if self.stops:
            document["stops"] = {pc: table.to_document() for pc, table in self.stops}
        return document


def parse_section(document: Mapping[str, Any]) -> FormSection:
    """The section that `to_document` wrote; raises KeyError, TypeError, ValueError or ScoringError for anything else."""
    return FormSection(
        id=document["id"],
        title=tuple(document["title"].items()),
        items=tuple(document["items"]),
        seconds=document["seconds"],
        navigation=Navigation(document["navigation"]),
        allow_skipping=document["allow_skipping"],
        allow_review=document["allow_review"],
        max_attempts=document["max_attempts"],
        validate=document["validate"],
        stops=tuple((pc, read_stops(table)) for pc, table in document.get("stops", {}).items()),
    )
