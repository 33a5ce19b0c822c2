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
from proctor.monitoring.pacing import NO_WISH, WIDTHS, Load, Wish, wish_of
from proctor.monitoring.schedule import is_audited
from proctor.rules.inputs import ChainBreak, ChainBroken

MEMORY_NUMBERS = 290
"""A page keeps its last 360 pictures; it is blamed for none but the newest of them, since some are on their way."""
ANSWER_SECONDS = 60.0
"""A page that is heard from and has not answered a demand for so long, over all its connections, has not delivered."""
EACH_SECONDS = 10.0
"""So much longer for each picture that was asked for before: they come one after the other, on a thin line slowly."""
SILENT_SECONDS = 1500.0
"""Who was not heard for longer may have taken more pictures than a page names: such a gap is counted and not told."""
CLOSER_SECONDS = 20.0
"""No more often than this larger pictures are asked for, CLOSER_FRAMES of them, however much happens."""
CLOSER_FRAMES = 3
LARGER_SECONDS = 30.0
"""And on a line that carries only small ones no more often than this a middling one, to look for things."""
LONGEST_SPACING = 5.0
SHORTEST_SPACING = 0.5


@dataclass(slots=True, kw_only=True)
class LineCounts:
    """What went over the line beside the pictures that were sent at once.

    `unchained`: pictures without a chain; `missing`, `altered`: what the chain showed; `demanded` = `delivered` +
    `undelivered` + `forgiven` (the page was loaded anew and has them no longer) + those still waited for; `late`: pictures
    that came later in proven order; `put_off`: those that the server had no room for yet, so that they come again;
    `refused`: messages about the chain that were not believed; `floods`: messages too many.
    """

    chained: int = 0
    unchained: int = 0
    missing: int = 0
    altered: int = 0
    demanded: int = 0
    delivered: int = 0
    undelivered: int = 0
    forgiven: int = 0
    late: int = 0
    put_off: int = 0
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
    """What a message led to: what the rules are to be told, and the numbers that the page is asked for.

    `another_page`: it is not the page that spoke last, which can send nothing any more.
    """

    broken: tuple[ChainBroken, ...] = ()
    demands: tuple[int, ...] = ()
    another_page: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """A picture that came later: when it was taken by the server's clock, and whether it was asked for."""

    at: datetime
    demanded: bool


@dataclass(slots=True)
class Asked:
    """A picture that is waited for: since when on this connection, and how many seconds of connections are left for it."""

    since: datetime
    seconds: float


@dataclass(slots=True, kw_only=True)
class Line:
    """The state of one session's line; safe for several threads."""

    secret: bytes = field(default_factory=lambda: random_bytes(32))
    chain: Chain = field(default_factory=Chain)
    counts: LineCounts = field(default_factory=LineCounts)
    load: Load = field(default_factory=Load)
    wish: Wish = NO_WISH
    spacing_seconds: float = 1.0
    asked: dict[int, Asked] = field(default_factory=dict)
    again: bool = False
    connection: int = 0
    heard_at: datetime | None = None
    closer_at: datetime | None = None
    larger_at: datetime | None = None
    offset: tuple[str, datetime] | None = None
    late_bucket: TokenBucket = field(default_factory=lambda: TokenBucket(per_second=1.0, burst=4.0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connected(self, connection: int = 0) -> None:
        """The connection of this number began: what the last one was asked for the same page is asked for again.

        The time without a line does not count; the time on the last connection does, so that whoever connects anew
        after each demand does not get round it.
        """
        with self.lock:
            for one in self.asked.values():
                heard = max(self.heard_at or one.since, one.since)
                one.seconds -= (heard - one.since).total_seconds()
                one.since = heard
            self.again, self.connection = True, max(self.connection, connection)

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
            before, heard_at = self.chain, self.heard_at
            self.chain, folded = fold(before, batch)
            self.heard_at = at
            another = bool(before.segments) and batch.segment != before.segment
            if another:
                self.counts.forgiven += len(self.asked)
                self.asked.clear()
            if sent:
                self._came(batch.first + len(batch.entries) - 1)
            self._measure(before, batch, at, sent=sent)
            self.counts.missing += folded.missing
            self.counts.altered += folded.altered
            if heard_at is not None and (at - heard_at).total_seconds() > SILENT_SECONDS:
                folded = replace(folded, missing=0)
            known = {} if another else before.unsent
            fresh = [number for number in self.chain.unsent if number not in known]
            demands = self._asked_again(at)
            for number in fresh:
                if draw and is_audited(self.secret, number):
                    self._ask(number, at)
                    demands.append(number)
            return Committed(_told(folded, at) + self._overdue(at), tuple(demands), another)

    def ask(self, number: int, *, at: datetime) -> None:
        """Wait for a picture that somebody else demanded."""
        with self.lock:
            self._ask(number, at)

    def receive(self, number: int, jpeg: bytes, *, at: datetime) -> Arrived:
        """A picture that was committed to earlier is here.

        Raises Conflict(`frame_too_fast` | `frame_not_committed`) and Invalid(`frame_altered`); after the last, tell the rules.
        """
        with self.lock:
            self.heard_at = at
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

    def put_off(self, number: int, *, at: datetime) -> None:
        """There is no room for a picture that came later: it is to come again, and its time begins anew."""
        with self.lock:
            self.counts.put_off += 1
            if number in self.asked:
                self.asked[number].since = at

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

    def closer(self, *, at: datetime) -> None:
        """Something begins, or a person looks: some pictures in detail, unless there is too much to do already."""
        with self.lock:
            rested = self.closer_at is None or (at - self.closer_at).total_seconds() >= CLOSER_SECONDS
            if rested and not self.load.level:
                self.closer_at = at
                self.wish = replace(self.wish, width=WIDTHS[-1], frames=CLOSER_FRAMES)

    def larger(self, *, at: datetime, width: int) -> None:
        """Something is to be looked for that does not show in pictures as small as this line's."""
        with self.lock:
            rested = self.larger_at is None or (at - self.larger_at).total_seconds() >= LARGER_SECONDS
            if rested and not self.wish.frames:
                self.larger_at = at
                self.wish = replace(self.wish, width=width, frames=1)

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

    def _came(self, number: int) -> None:
        """The picture in hand is the one of this number; it may have been asked for."""
        self.chain = came(self.chain, number)
        self.counts.chained += 1
        self.counts.delivered += self.asked.pop(number, None) is not None

    def _ask(self, number: int, at: datetime) -> None:
        if number in self.asked:
            return
        self.asked[number] = Asked(at, ANSWER_SECONDS + EACH_SECONDS * len(self.asked))
        self.counts.demanded += 1

    def _asked_again(self, at: datetime) -> list[int]:
        """What a new connection of the same page is asked for again."""
        if not self.again:
            return []
        self.again = False
        for one in self.asked.values():
            one.since = at
        return list(self.asked)

    def _overdue(self, at: datetime) -> tuple[ChainBroken, ...]:
        late = [
            number for number, one in self.asked.items() if (at - one.since).total_seconds() > one.seconds
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
