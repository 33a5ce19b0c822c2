# SPDX-License-Identifier: Apache-2.0
"""The chain of pictures: whatever is dropped, exchanged or moved is noticed, and an honest thin line never accuses itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from proctor.monitoring.chain import (
    MAXIMUM_ENTRIES,
    Batch,
    Chain,
    Entry,
    came,
    digest_of,
    first_link,
    fold,
    next_link,
)
from proctor.monitoring.line import Line

START = datetime(2026, 11, 22, 6, tzinfo=UTC)
KEPT = 360  # web/static/js/chain.js: MOST_KEPT


@dataclass
class Page:
    """A page as web/static/js/chain.js keeps its chain."""

    segment: str = "0123-page-one"
    taken: list[Entry] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)
    heard: int = 0

    def take(self, count: int = 1) -> None:
        for _ in range(count):
            number = len(self.taken) + 1
            entry = Entry(number, 1000 * number, digest_of(b"%s %d" % (self.segment.encode(), number)))
            self.links.append(next_link(self.links[-1] if self.links else first_link(self.segment), entry))
            self.taken.append(entry)

    def batch(self, first: int, last: int) -> Batch:
        entries = tuple((entry.at_ms, entry.digest) for entry in self.taken[first - 1 : last])
        return Batch(self.segment, first, entries, self.links[last - 1])

    def batches(self) -> list[Batch]:
        """All that is not known to have been heard."""
        starts = range(self.heard + 1, len(self.taken) + 1, MAXIMUM_ENTRIES)
        return [self.batch(first, min(first + MAXIMUM_ENTRIES - 1, len(self.taken))) for first in starts]


def told(chain: Chain, batches: list[Batch]) -> tuple[Chain, int, int]:
    missing = altered = 0
    for batch in batches:
        chain, found = fold(chain, batch)
        missing, altered = missing + found.missing, altered + found.altered
    return chain, missing, altered


@given(
    st.lists(
        st.tuples(
            st.integers(1, 90), st.sampled_from(["ack", "lost ack", "lost", "reload", "restart", "back"])
        ),
        max_size=12,
    )
)
def test_an_honest_line_is_never_altered_and_misses_nothing(way: list[tuple[int, str]]) -> None:
    pages = [Page()]
    page, chain = pages[0], Chain()
    for count, happens in way:
        page.take(count)
        batches = page.batches()
        if happens == "lost":  # only the beginning gets through, and nobody knows
            batches = batches[: len(batches) // 2]
        if happens == "restart":
            chain = Chain()
        chain, missing, altered = told(chain, batches)
        assert (missing, altered) == (0, 0)
        if happens == "ack":
            page.heard = chain.tip.number
        if happens == "reload":
            page = Page(segment=f"{len(pages)}-page-again")
            pages.append(page)
        if happens == "back" and chain.segments:
            page = pages[0]
            page.heard = max(
                page.heard, chain.pages[page.segment].number if page.segment in chain.pages else 0
            )
    if page.taken and chain.segment == page.segment:
        assert chain.tip.link == page.links[chain.tip.number - 1]


@settings(deadline=None, max_examples=60)
@given(before=st.integers(1, 20), away=st.integers(1, 400), broken=st.sets(st.integers(1, 12), max_size=6))
@example(before=5, away=400, broken=set())
@example(before=1, away=361, broken={1, 2})
def test_a_time_without_a_line_of_any_length_is_never_told_as_missing(
    before: int, away: int, broken: set[int]
) -> None:
    """As the page does it: it names and keeps the last KEPT, one in five seconds, and sends what it has one in three."""
    page, line, now = Page(), Line(secret=b"n" * 32), START
    told: list[object] = []
    asked: list[int] = []
    for number in range(1, before + 1):
        page.take()
        now += timedelta(seconds=1)
        told += line.commit(page.batch(number, number), at=now, sent=True).broken
    page.take(away)
    now += timedelta(seconds=5 * away)
    for turn in range(1, 20 + away):
        if turn == 1 or turn in broken:
            line.connected()
        page.take()
        now += timedelta(seconds=3)
        page.heard = max(line.chain.tip.number, len(page.taken) - KEPT)
        batches = page.batches()
        for batch in batches:
            done = line.commit(batch, at=now, sent=batch is batches[-1])
            told += done.broken
            asked += [number for number in done.demands if number not in asked]
        gone = [number for number in asked if number <= len(page.taken) - KEPT]
        for number in gone:
            told += line.gone(number, at=now)
        asked = [number for number in asked if number not in gone]
        if asked and turn not in broken:
            number = asked.pop(0)
            assert line.receive(number, b"%s %d" % (page.segment.encode(), number), at=now).demanded
        if turn > max(broken, default=1) and not asked:
            break
    assert told == []
    assert (line.counts.altered, line.counts.refused, asked) == (0, 0, [])


@given(st.data(), st.integers(2, 60))
def test_a_picture_that_is_left_out_exchanged_moved_or_given_another_time_is_noticed(
    data: st.DataObject, count: int
) -> None:
    page = Page()
    page.take(1)
    chain, _ = fold(Chain(), page.batch(1, 1))  # the server knows the page
    page.take(count)
    entries = [(entry.at_ms, entry.digest) for entry in page.taken[1:]]
    at = data.draw(st.integers(0, count - 1))
    match data.draw(st.sampled_from(["drop", "change", "swap", "time"])):
        case "drop":
            del entries[at]
        case "change":
            entries[at] = (entries[at][0], digest_of(b"another picture"))
        case "time":
            entries[at] = (entries[at][0] + 1, entries[at][1])
        case "swap":
            other = data.draw(st.integers(0, count - 1).filter(lambda number: number != at))
            entries[at], entries[other] = entries[other], entries[at]
    chain, found = fold(chain, Batch(page.segment, 2, tuple(entries), page.links[-1]))
    assert found.missing + found.altered > 0 or not entries
    page.take(1)
    after, again = fold(chain, page.batch(chain.tip.number + 1, len(page.taken)))
    if chain.tip.number == count + 1:
        assert (again.missing, again.altered) == (0, 0), "one break is told once"
    assert after.tip.number == len(page.taken)


@given(st.integers(1, 300))
def test_a_gap_is_counted_with_its_size(gap: int) -> None:
    page = Page()
    page.take(gap + 2)
    chain, _ = fold(Chain(), page.batch(1, 1))
    chain, found = fold(chain, page.batch(gap + 2, gap + 2))
    assert (found.missing, found.altered) == (gap, 0)


def test_what_was_said_before_must_stay_so_when_it_is_said_again() -> None:
    page = Page()
    page.take(5)
    chain, _ = fold(Chain(), page.batch(1, 5))
    lie = Batch(page.segment, 3, ((3000, digest_of(b"other")), (4000, page.taken[3].digest)), page.links[3])
    same, found = fold(chain, lie)
    assert (found.missing, found.altered) == (0, 1)
    assert same.tip == chain.tip
    assert fold(chain, page.batch(2, 5))[1].altered == 0


def test_a_picture_that_came_is_waited_for_no_longer_and_another_page_sends_none_of_this_one() -> None:
    page = Page()
    page.take(3)
    chain, _ = fold(Chain(), page.batch(1, 3))
    assert list(chain.unsent) == [1, 2, 3]
    chain = came(came(chain, 2), 2)
    assert list(chain.unsent) == [1, 3]
    other = Page(segment="4567-page-two")
    other.take(1)
    chain, found = fold(chain, other.batch(1, 1))
    assert (list(chain.unsent), chain.segments, found.missing) == ([1], 2, 0)
    assert chain.unsent[1].digest == other.taken[0].digest


def test_a_clock_that_runs_back_is_noticed() -> None:
    page = Page()
    page.take(2)
    page.taken[1] = Entry(2, 500, page.taken[1].digest)
    page.links[1] = next_link(page.links[0], page.taken[1])
    assert fold(Chain(), page.batch(1, 2))[1].altered == 1
