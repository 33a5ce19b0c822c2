# SPDX-License-Identifier: Apache-2.0
"""What the learners of a chaos run sent and what they were told: the account that the database is held against."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

Value = None | str | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One save as a browser sends it; values are the opaque ids of that attempt's page."""

    attempt: str
    device: str
    epoch: int
    seq: int
    item: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The receipt for a save. ``tries`` is how often it had to be sent; ``after_seconds`` when the answer came, by the
    tests' own monotonic clock."""

    revision: int
    received_at: str
    receipt: str
    remaining_ms: int
    tries: int
    after_seconds: float

    @property
    def proof(self) -> tuple[int, str, str]:
        """What may never change, however often the same save is sent."""
        return self.revision, self.received_at, self.receipt


Key = tuple[str, str, int]
"""(attempt, device, number): what a save is known by."""


@dataclass
class Journal:
    """Everything sent and everything acknowledged, and what was wrong at once. Safe to write from many threads."""

    sent: dict[Key, Sent] = field(default_factory=dict)
    acknowledged: dict[Key, Acknowledged] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)
    slips: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    """The hand-in slip of each attempt: item -> (revision, received_at)."""
    refused: Counter[str] = field(default_factory=Counter)
    """How often the server asked to come again, by what it said was the matter."""
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def come_again(self, code: str) -> None:
        """Note an answer that asks to come again."""
        with self._changed:
            self.refused[code] += 1
            self._changed.notify_all()

    def wait_for_refusals(self, count: int, *, seconds: float) -> bool:
        """Until so many have been asked to come again since the beginning; False when that takes too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self.refused.total() >= count, timeout=seconds)

    def sends(self, save: Sent) -> Key:
        """Note a save before its first byte leaves."""
        key = (save.attempt, save.device, save.seq)
        with self._changed:
            self.sent[key] = save
        return key

    def told(self, key: Key, answer: Acknowledged) -> None:
        """Note an acknowledgement; a second one for the same save must say the same."""
        with self._changed:
            before = self.acknowledged.setdefault(key, answer)
            if before.proof != answer.proof:
                self.contradictions.append(f"{key}: acknowledged as {before.proof}, then as {answer.proof}")
            self._changed.notify_all()

    def wait_for_more(self, count: int, *, seconds: float) -> bool:
        """Wait until ``count`` more saves have been acknowledged; False when it took longer than ``seconds``."""
        with self._changed:
            goal = len(self.acknowledged) + count
            return self._changed.wait_for(lambda: len(self.acknowledged) >= goal, seconds)

    def first_after(self, instant: float) -> float:
        """When the first acknowledgement after ``instant`` came."""
        with self._changed:
            return min(one.after_seconds for one in self.acknowledged.values() if one.after_seconds > instant)

    def last_by_item(self, attempt: str) -> dict[str, tuple[Sent, Acknowledged | None]]:
        """The newest save of each item of an attempt, by (epoch, seq)."""
        newest: dict[str, tuple[Sent, Acknowledged | None]] = {}
        for key, save in sorted(self.sent.items(), key=lambda pair: (pair[1].epoch, pair[1].seq)):
            if save.attempt == attempt:
                newest[save.item] = (save, self.acknowledged.get(key))
        return newest

    def write(self, file: Path) -> None:
        """Keep the account beside the database, for a look after a failure."""
        with self._changed:
            document = {
                "sent": [asdict(save) for save in self.sent.values()],
                "acknowledged": [
                    {"key": list(key), **asdict(answer)} for key, answer in self.acknowledged.items()
                ],
                "contradictions": self.contradictions,
            }
        file.write_text(json.dumps(document), encoding="utf-8")
