# SPDX-License-Identifier: Apache-2.0
"""What a file turns into on its way into the bank, and the report that comes back. No file is opened here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from item_bank.document import Path, Problem
from item_bank.items.model import ItemDocument
from item_bank.items.parts import ItemSource, MediaFile

Locate = Callable[[Path], str]
"""From a path inside an item to a place that its author can find: ``row 5, column key`` or ``$[4].key``."""


NO_CELLS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """What an item gets that its file says nothing of: its criterion, difficulty, planned seconds and language.

    Empty (or None) leaves it to the format: medium, 60 seconds, the language that the script of the text shows. A criterion
    is never guessed; an item without one comes in unassigned, but a row of a sheet without one is refused.
    """

    pc: str = ""
    difficulty: str = ""
    seconds: int | None = None
    language: str = ""


class ImportMode(StrEnum):
    """What an import does with what it refuses."""

    ALL_OR_NOTHING = "all_or_nothing"
    SKIP_REFUSED = "skip_refused"
    DRY_RUN = "dry_run"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not taken, and where it stands."""

    where: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loss:
    """What a file holds that is not kept."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item as read from a file. ``document`` is to be trusted only where ``problems`` is empty.

    ``source`` is kept beside the version, byte for byte, where the format is worth it. ``cells`` is its row as it stood in a
    sheet, by the sheet's own column names, so that a refused row can be handed back.
    """

    document: ItemDocument
    problems: tuple[Problem, ...]
    locate: Locate = field(compare=False)
    source: ItemSource | None = None
    cells: Mapping[str, str] = field(default_factory=lambda: NO_CELLS, compare=False)

    def refusals(self, *more: Problem) -> list[Refusal]:
        """Every problem, placed for the author."""
        return [
            Refusal(self.locate(found.path), found.code, found.reason) for found in (*self.problems, *more)
        ]


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A file after reading, before the bank has looked at it.

    ``media`` are the files that its items show; ``columns`` the names at the head of a sheet, in order.
    """

    format: str
    items: tuple[ReadItem, ...]
    losses: tuple[Loss, ...] = ()
    media: tuple[MediaFile, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfTest:
    """Whether the declared correct response of each item scores the maximum."""

    maximum_reached: int
    not_reached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """An item that was not taken, with every reason."""

    item: ReadItem
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do.

    ``read`` = ``imported`` + ``unchanged`` + ``refused_items``, unless a refusal stopped an all-or-nothing import: then
    ``imported`` is 0 and nothing was written.
    """

    format: str
    mode: ImportMode
    read: int
    imported: int
    unchanged: int
    refused_items: int
    refused: tuple[Refusal, ...]
    losses: tuple[Loss, ...]
    self_test: SelfTest
    written: bool
    rejects: tuple[Reject, ...] = field(default=(), compare=False)

    def to_document(self) -> dict[str, object]:
        """The report as ``kasauti items import --json`` prints it."""
        return {
            "format": self.format,
            "mode": self.mode.value,
            "read": self.read,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "refused_items": self.refused_items,
            "refused": [{"where": one.where, "code": one.code, "reason": one.reason} for one in self.refused],
            "losses": [{"where": one.where, "what": one.what} for one in self.losses],
            "self_test": {
                "maximum_reached": self.self_test.maximum_reached,
                "not_reached": list(self.self_test.not_reached),
            },
            "written": self.written,
        }
