# SPDX-License-Identifier: Apache-2.0
"""One learner's line: the chain of pictures, which of them are asked for, and how many the server would like.

Nothing here accuses a thin line: what it lets fall is counted, and only pictures that a page says it no longer has, or
that come as others, are told to the rules. No picture is looked at and no rule is judged here.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import Conflict, Invalid
from core.ids import random_bytes
from proctor.monitoring.chain import Batch, Chain, Folded, came, digest_of, fold
from proctor.monitoring.flow import TokenBucket
from proctor.monitoring.pacing import NO_WISH, Load, Wish, wish_of
from proctor.monitoring.schedule import is_audited
from proctor.rules.inputs import ChainBreak, ChainBroken

MEMORY_NUMBERS = 150
"""A page keeps its last 200 pictures; it is not blamed for older ones."""
ANSWER_SECONDS = 60.0
"""A page that is heard from and has not answered a demand for so long has not delivered."""
LONGEST_SPACING = 5.0
SHORTEST_SPACING = 0.5


@dataclass(slots=True, kw_only=True)
class LineCounts:
    """What went over the line beside the pictures that were sent at once.

    `unchained`: pictures without a chain; `missing`, `altered`: what the chain showed; `demanded` = `delivered` +
    `undelivered` + those still waited for or forgiven with a lost connection; `late`: pictures that came later in proven
    order (the delivered ones too); `refused`: messages about the chain that were not believed; `floods`: messages too many.
    """

    chained: int = 0
    unchained: int = 0
    missing: int = 0
    altered: int = 0
    demanded: int = 0
    delivered: int = 0
    undelivered: int = 0
    late: int = 0
    refused: int = 0
    floods: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """The counts, the pages of which frames came (`segments`), those yet to come, and how far apart pictures are taken."""

    counts: LineCounts = field(default_factory=LineCounts)
    segments: int = 0
    waiting: int = 0
    spacing_seconds: float = 1.0


NO_LINE = LineView()


@dataclass(frozen=True, slots=True)
class Committed:
    """What a message led to: what the rules are to be told, and the numbers that the page is asked for."""

    broken: tuple[ChainBroken, ...] = ()
    demands: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A picture that came later: when it was taken by the server's clock, and whether it was asked for."""

    at: datetime
    demanded: bool


@dataclass(slots=True, kw_only=True)
class Line:
    """The state of one session's line; safe for several threads."""

    secret: bytes = field(default_factory=lambda: random_bytes(32))
    chain: Chain = field(default_factory=Chain)
    counts: LineCounts = field(default_factory=LineCounts)
    load: Load = field(default_factory=Load)
    wish: Wish = NO_WISH
    spacing_seconds: float = 1.0
    asked: dict[int, datetime] = field(default_factory=dict)
    offset: tuple[str, datetime] | None = None
    late_bucket: TokenBucket = field(default_factory=lambda: TokenBucket(per_second=1.0, burst=4.0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connected(self) -> None:
        """A connection began: what the last one was asked for it need not answer."""
        with self.lock:
            self.asked.clear()

    def unchained(self) -> None:
        """A picture came without a chain. Invalid(`chain_missing`) from a page that had one."""
        with self.lock:
            if self.chain.segments:
                self.counts.refused += 1
                raise Invalid("chain_missing")
            self.counts.unchained += 1

    def commit(self, batch: Batch, *, at: datetime, sent: bool, draw: bool = True) -> Committed:
        """Fold a batch in; `sent`: the last entry is that of the picture in hand, which nobody needs to ask for.

        `draw`: some of those that were not sent are asked for, which nobody can foresee.
        """
        with self.lock:
            before = self.chain
            self.chain, folded = fold(before, batch)
            last = batch.first + len(batch.entries) - 1
            if sent:
                self.chain = came(self.chain, last)
                self.counts.chained += 1
            self._measure(before, batch, at, sent=sent)
            self.counts.missing += folded.missing
            self.counts.altered += folded.altered
            fresh = [number for number in self.chain.unsent if number not in before.unsent]
            demands = tuple(number for number in fresh if draw and is_audited(self.secret, number))
            self.asked.update(dict.fromkeys(demands, at))
            self.counts.demanded += len(demands)
            return Committed(_told(folded, at) + self._overdue(at), demands)

    def ask(self, number: int, *, at: datetime) -> None:
        """Wait for a picture that somebody else demanded."""
        with self.lock:
            self.asked[number] = at
            self.counts.demanded += 1

    def receive(self, number: int, jpeg: bytes, *, at: datetime) -> Arrived:
        """A picture that was committed to earlier is here.

        Raises Conflict(`frame_too_fast` | `frame_not_committed`) and Invalid(`frame_altered`); after the last, tell the rules.
        """
        with self.lock:
            if not self.late_bucket.take(at):
                self.counts.floods += 1
                raise Conflict("frame_too_fast")
            entry = self.chain.unsent.get(number)
            if entry is None:
                self.counts.refused += 1
                raise Conflict("frame_not_committed")
            self.chain = came(self.chain, number)
            demanded = self.asked.pop(number, None) is not None
            if digest_of(jpeg) != entry.digest:
                self.counts.altered += 1
                raise Invalid("frame_altered")
            self.counts.late += 1
            self.counts.delivered += demanded
            taken = at if self.offset is None else self.offset[1] + timedelta(milliseconds=entry.at_ms)
            return Arrived(min(taken, at), demanded)

    def gone(self, number: int, *, at: datetime) -> tuple[ChainBroken, ...]:
        """The page says that it no longer has a picture that it was asked for."""
        with self.lock:
            if self.asked.pop(number, None) is None:
                self.counts.refused += 1
                raise Conflict("frame_not_committed")
            return self._undelivered([number], at)

    def sent(self, *, dropped: int) -> Wish:
        """A picture was taken in; so many of this learner's were dropped for newer ones so far. What the server would like."""
        with self.lock:
            self.load = self.load.after(dropped)
            wish, self.wish = wish_of(self.load, self.wish)
            return wish

    def want(self, *, width: int, frames: int) -> None:
        """Ask for the next `frames` pictures at `width` pixels: for a person who looks, or to know a face."""
        with self.lock:
            self.wish = replace(self.wish, width=width, frames=frames)

    def flooded(self) -> None:
        """A message too many was turned away."""
        with self.lock:
            self.counts.floods += 1

    def disbelieved(self) -> None:
        """A message about the chain could not be understood."""
        with self.lock:
            self.counts.refused += 1

    def view(self) -> LineView:
        """A copy for readers."""
        with self.lock:
            return LineView(
                counts=replace(self.counts),
                segments=self.chain.segments,
                waiting=len(self.chain.unsent),
                spacing_seconds=self.spacing_seconds,
            )

    def _measure(self, before: Chain, batch: Batch, at: datetime, *, sent: bool) -> None:
        """How far apart pictures are taken, and what the page's clock says by ours; the least delayed message knows best."""
        times = [entry_ms for entry_ms, _digest in batch.entries]
        if before.segment == batch.segment and before.tip.number:
            times.insert(0, before.tip.at_ms)
        if len(times) > 1 and times[-1] > times[-2]:
            self.spacing_seconds = min(max((times[-1] - times[-2]) / 1000, SHORTEST_SPACING), LONGEST_SPACING)
        if sent:
            began = at - timedelta(milliseconds=times[-1])
            if self.offset is None or self.offset[0] != batch.segment or began < self.offset[1]:
                self.offset = (batch.segment, began)

    def _overdue(self, at: datetime) -> tuple[ChainBroken, ...]:
        late = [
            number for number, since in self.asked.items() if (at - since).total_seconds() > ANSWER_SECONDS
        ]
        for number in late:
            del self.asked[number]
        return self._undelivered(late, at)

    def _undelivered(self, numbers: list[int], at: datetime) -> tuple[ChainBroken, ...]:
        self.counts.undelivered += len(numbers)
        due = [number for number in numbers if number > self.chain.tip.number - MEMORY_NUMBERS]
        return _told(Folded(missing=len(due)), at)


def _told(folded: Folded, at: datetime) -> tuple[ChainBroken, ...]:
    kinds = ((ChainBreak.MISSING, folded.missing), (ChainBreak.ALTERED, folded.altered))
    return tuple(ChainBroken(at=at, kind=kind, frames=frames) for kind, frames in kinds if frames)
