# SPDX-License-Identifier: Apache-2.0
"""The chain of pictures: a page commits to each picture that it takes before anybody knows which will be asked for.

Each picture of a page has a number n (from 1), the page's own time at_ms, and the SHA-256 of its JPEG. The chain is
link_0 = SHA-256(segment) and link_n = SHA-256(link_{n-1} || n || at_ms || digest_n), n and at_ms as four bytes, high
byte first. A page that is loaded anew begins a new segment. Pictures that are dropped, exchanged, put in another order or
given another time no longer fit. Pure; no picture is looked at here and nothing is accused: a line may lose what it likes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

MAXIMUM_ENTRIES = 40
"""In one message."""
MAXIMUM_KNOWN = 400
"""Pictures that were committed to and have not come: half an hour without a line, one in five seconds."""
MAXIMUM_SEGMENTS = 12
"""Pages whose ends are remembered, for a learner who goes back to an earlier one."""
MAXIMUM_NUMBER = 2**31 - 1
MAXIMUM_MS = 2**32 - 1
RECENT = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture as the page committed to it: its number, the page's milliseconds, the SHA-256 of its bytes."""

    number: int
    at_ms: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """The entries that follow each other, the first of number `first`, and the link behind the last one."""

    segment: str
    first: int
    entries: tuple[tuple[int, bytes], ...]
    link: bytes


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a segment's chain ends."""

    number: int
    at_ms: int
    link: bytes


@dataclass(frozen=True, slots=True)
class Folded:
    """What a batch showed: pictures never committed to, and pictures or links that differ from what was committed."""

    missing: int = 0
    altered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """All that is remembered of one session's chain.

    `recent` holds the digests of the last RECENT numbers of this segment, sent or not; `unsent` what was committed to
    and has not come; `pages` the ends of the other segments.
    """

    segment: str = ""
    segments: int = 0
    tip: Tip = Tip(0, 0, b"")
    recent: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))
    unsent: Mapping[int, Entry] = field(default_factory=lambda: MappingProxyType({}))
    pages: Mapping[str, Tip] = field(default_factory=lambda: MappingProxyType({}))


def digest_of(jpeg: bytes) -> bytes:
    """The SHA-256 of a picture's bytes."""
    return hashlib.sha256(jpeg).digest()


def first_link(segment: str) -> bytes:
    """The link before the first picture of a page."""
    return hashlib.sha256(segment.encode()).digest()


def next_link(link: bytes, entry: Entry) -> bytes:
    """The link behind an entry."""
    return hashlib.sha256(link + entry.number.to_bytes(4) + entry.at_ms.to_bytes(4) + entry.digest).digest()


def fold(chain: Chain, batch: Batch) -> tuple[Chain, Folded]:
    """The chain after a batch, and what the batch showed.

    What is known already is compared and not folded again, so that a page may repeat what it does not know to have come.
    After a break the chain goes on from the page's own link: one break is counted once. The first page of which we hear may
    be in the middle of its chain (the server was started anew), so that nothing is missed before it.
    """
    unknown = not chain.segments
    chain = _on_page(chain, batch.segment)
    tip, recent, unsent = chain.tip, dict(chain.recent), dict(chain.unsent)
    altered, missing, whole = 0, 0, batch.first <= tip.number + 1
    new = 0
    for number, (at_ms, digest) in enumerate(batch.entries, start=batch.first):
        entry = Entry(number, at_ms, digest)
        if number <= tip.number:
            altered += recent.get(number, digest) != digest
            continue
        missing += 0 if unknown else number - tip.number - 1
        unknown = False
        altered += at_ms < tip.at_ms
        tip = Tip(number, at_ms, next_link(tip.link, entry))
        recent[number], unsent[number] = digest, entry
        new += 1
    if new and tip.link != batch.link:
        altered += whole  # over a gap nobody but the page knows the link
        tip = replace(tip, link=batch.link)
    after = replace(chain, tip=tip, recent=_last(recent, RECENT), unsent=_last(unsent, MAXIMUM_KNOWN))
    return after, Folded(missing, altered)


def came(chain: Chain, number: int) -> Chain:
    """The picture of this number is here: nobody waits for it any more."""
    if number not in chain.unsent:
        return chain
    return replace(chain, unsent={key: entry for key, entry in chain.unsent.items() if key != number})


def _on_page(chain: Chain, segment: str) -> Chain:
    """The chain on this page: the same, one that was left for another page, or a new one.

    What another page has not sent it cannot send any more.
    """
    if segment == chain.segment:
        return chain
    pages = {**chain.pages, chain.segment: chain.tip} if chain.segments else {}
    known = pages.pop(segment, None)
    return Chain(
        segment=segment,
        segments=chain.segments + (known is None),
        tip=known or Tip(0, 0, first_link(segment)),
        pages=_last(pages, MAXIMUM_SEGMENTS),
    )


def _last(kept: Mapping[K, V], most: int) -> Mapping[K, V]:
    return dict(list(kept.items())[-most:]) if len(kept) > most else kept
