# SPDX-License-Identifier: Apache-2.0
"""One learner's line: what is asked for, what is believed, what the server would like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid
from proctor.monitoring.chain import Batch, Entry, digest_of, first_link, next_link
from proctor.monitoring.line import ANSWER_SECONDS, CLOSER_SECONDS, LARGER_SECONDS, SILENT_SECONDS, Line
from proctor.monitoring.pacing import CALM_FRAMES
from proctor.rules.inputs import ChainBreak, ChainBroken
from tests.property.test_proctor_chain import Page

START = datetime(2026, 11, 22, 6, tzinfo=UTC)


def jpeg(page: Page, number: int) -> bytes:
    """The bytes whose digest the page committed to."""
    return b"%s %d" % (page.segment.encode(), number)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_about_one_in_ten_of_the_pictures_that_were_not_sent_is_asked_for_by_each_session_otherwise() -> None:
    drawn = set()
    for _ in range(3):
        line, page = Line(), Page()
        page.take(400)
        demands = [
            number for batch in page.batches() for number in line.commit(batch, at=START, sent=False).demands
        ]
        assert 15 <= len(demands) <= 75
        assert line.counts.demanded == len(demands)
        drawn.add(tuple(demands))
    assert len(drawn) == 3


def test_a_demanded_picture_is_believed_once_when_it_is_the_one_that_was_announced() -> None:
    line, page = Line(), Page()
    page.take(3)
    line.commit(page.batch(1, 3), at=START, sent=True)
    line.ask(2, at=START)
    arrived = line.receive(2, jpeg(page, 2), at=after(1))
    assert arrived.demanded
    assert arrived.at == START - timedelta(seconds=1), "a second before the third, which came as it was taken"
    with pytest.raises(Conflict, match="frame_not_committed"):
        line.receive(2, jpeg(page, 2), at=after(2))
    with pytest.raises(Invalid, match="frame_altered"):
        line.receive(1, b"another picture", at=after(3))
    counts = line.view().counts
    assert (counts.delivered, counts.late, counts.altered, counts.refused) == (1, 1, 1, 1)
    assert line.view().waiting == 0


def test_a_page_that_has_the_picture_no_longer_or_never_answers_is_told_as_missing_not_as_altered() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(2)
    line.commit(page.batch(1, 2), at=START, sent=True)
    line.ask(1, at=START)
    (gone,) = line.gone(1, at=after(1))
    assert (gone.kind, gone.frames) == (ChainBreak.MISSING, 1)
    with pytest.raises(Conflict, match="frame_not_committed"):
        line.gone(1, at=after(1))
    line.ask(1, at=after(2))
    page.take(1)
    (silent,) = line.commit(page.batch(3, 3), at=after(3 + ANSWER_SECONDS), sent=True).broken
    assert (silent.kind, silent.frames) == (ChainBreak.MISSING, 1)
    assert line.counts.undelivered == 2


def test_a_lost_connection_forgives_the_time_without_a_line_and_asks_the_same_page_again() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(2)
    line.commit(page.batch(1, 2), at=START, sent=True)
    line.ask(1, at=START)
    line.connected()
    page.take(1)
    again = line.commit(page.batch(3, 3), at=after(10 * ANSWER_SECONDS), sent=True)
    assert (again.broken, again.demands) == ((), (1,))
    page.take(1)
    assert line.commit(page.batch(4, 4), at=after(601), sent=True).demands == (), "once for each connection"
    assert line.receive(1, jpeg(page, 1), at=after(610)).demanded
    assert (line.counts.demanded, line.counts.delivered) == (1, 1)


def test_who_connects_anew_after_each_demand_does_not_get_round_it() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(2)
    line.commit(page.batch(1, 2), at=START, sent=True)
    line.ask(1, at=START)
    told: list[ChainBroken] = []
    at = 0.0
    for _ in range(4):
        for _ in range(20):  # seconds on each connection
            at += 1
            page.take(1)
            told += line.commit(page.batch(len(page.taken), len(page.taken)), at=after(at), sent=True).broken
        line.connected()
        line.connected()
        at += 300
    assert [(one.kind, one.frames) for one in told] == [(ChainBreak.MISSING, 1)]
    assert line.counts.undelivered == 1


def test_a_page_that_is_loaded_anew_has_nothing_left_to_send_and_that_is_counted() -> None:
    line, page, other = Line(secret=b"n" * 32), Page(), Page(segment="4567-page-two")
    page.take(2)
    line.commit(page.batch(1, 2), at=START, sent=True)
    line.ask(1, at=START)
    line.connected()
    other.take(1)
    turned = line.commit(other.batch(1, 1), at=after(1), sent=True)
    assert (turned.another_page, turned.demands, turned.broken) == (True, (), ())
    assert (line.counts.demanded, line.counts.forgiven) == (1, 1)
    other.take(1)
    assert not line.commit(other.batch(2, 2), at=after(2), sent=True).another_page


def test_a_picture_that_comes_at_once_after_its_claim_is_delivered() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(1)
    line.commit(page.batch(1, 1), at=START, sent=False, draw=False)
    line.ask(1, at=START)
    line.ask(1, at=after(50))
    assert line.counts.demanded == 1, "who says it again gets no more time"
    line.commit(page.batch(1, 1), at=after(1), sent=True)
    assert (line.counts.delivered, line.asked) == (1, {})


def test_many_that_are_asked_for_at_once_may_come_one_after_the_other() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(31)
    line.commit(page.batch(1, 31), at=START, sent=True, draw=False)
    for number in range(1, 31):
        line.ask(number, at=START)
    told: list[object] = []
    for number in range(1, 31):
        at = after(8.0 * number)
        line.receive(number, jpeg(page, number), at=at)
        page.take(1)
        told += line.commit(page.batch(31 + number, 31 + number), at=at, sent=True).broken
    assert told == []
    assert line.counts.delivered == 30


def test_what_the_server_has_no_room_for_is_not_held_against_the_page() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(2)
    line.commit(page.batch(1, 2), at=START, sent=True)
    line.ask(1, at=START)
    line.put_off(1, at=after(50))
    page.take(1)
    assert line.commit(page.batch(3, 3), at=after(100), sent=True).broken == ()
    assert line.receive(1, jpeg(page, 1), at=after(101)).demanded
    assert (line.counts.put_off, line.counts.floods, line.counts.refused) == (1, 0, 0)


def test_a_gap_after_a_very_long_silence_is_counted_and_not_told() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(100)
    line.commit(page.batch(1, 1), at=START, sent=True)
    told = line.commit(page.batch(61, 100), at=after(SILENT_SECONDS + 1), sent=True).broken
    assert (told, line.counts.missing) == ((), 59)
    page.take(10)
    (gap,) = line.commit(page.batch(110, 110), at=after(SILENT_SECONDS + 60), sent=True).broken
    assert (gap.kind, gap.frames) == (ChainBreak.MISSING, 9)


def test_a_page_is_not_blamed_for_a_picture_older_than_what_it_keeps() -> None:
    line, page = Line(secret=b"n" * 32), Page()
    page.take(300)
    for batch in page.batches():
        line.commit(batch, at=START, sent=True)
    line.ask(2, at=START)
    assert line.gone(2, at=START) == ()


def test_later_pictures_come_in_a_trickle() -> None:
    line, page = Line(), Page()
    page.take(20)
    line.commit(page.batch(1, 20), at=START, sent=True)
    for number in range(1, 5):
        line.receive(number, jpeg(page, number), at=after(1))
    for number in range(5, 9):
        with pytest.raises(Conflict, match="frame_too_fast"):
            line.receive(number, jpeg(page, number), at=after(1))
    assert (line.counts.late, line.counts.floods) == (4, 4)
    assert line.receive(5, jpeg(page, 5), at=after(2)).demanded is False


def test_the_least_delayed_picture_says_what_the_page_s_clock_shows() -> None:
    line, page = Line(), Page()
    page.take(2)
    line.commit(page.batch(1, 1), at=after(9), sent=True)  # eight seconds on the way
    line.commit(page.batch(2, 2), at=after(2), sent=True)
    page.take(8)
    line.commit(page.batch(3, 10), at=after(10), sent=True)
    assert line.receive(7, jpeg(page, 7), at=after(30)).at == after(7)


def test_a_page_that_had_a_chain_cannot_leave_it_off() -> None:
    line, page = Line(), Page()
    line.unchained()
    page.take(1)
    line.commit(page.batch(1, 1), at=START, sent=True)
    with pytest.raises(Invalid, match="chain_missing"):
        line.unchained()
    assert (line.counts.unchained, line.counts.refused, line.counts.chained) == (1, 1, 1)


def test_the_time_between_pictures_is_measured_within_what_the_rules_can_use() -> None:
    line, page = Line(), Page()
    page.take(1)
    line.commit(page.batch(1, 1), at=START, sent=True)
    assert line.spacing_seconds == 1.0
    link = page.links[0]
    for at_ms, seconds in ((3500, 2.5), (60_000, 5.0), (60_010, 0.5)):
        entry = Entry(line.chain.tip.number + 1, at_ms, digest_of(b"x"))
        link = next_link(link, entry)
        batch = Batch(page.segment, entry.number, ((at_ms, entry.digest),), link)
        assert line.commit(batch, at=START, sent=True).broken == ()
        assert line.spacing_seconds == seconds
    assert first_link(page.segment) != link


def test_a_server_with_too_much_to_do_asks_for_less_and_for_more_again_when_it_keeps_up() -> None:
    line = Line()
    assert line.sent(dropped=0).every_ms == 0
    assert line.sent(dropped=1).every_ms == 2500
    assert line.sent(dropped=3).every_ms == 5000
    assert line.sent(dropped=4).every_ms == 5000
    asked = [line.sent(dropped=4).every_ms for _ in range(2 * CALM_FRAMES)]
    assert asked == [5000] * (CALM_FRAMES - 1) + [2500] * CALM_FRAMES + [0]


def test_larger_pictures_are_asked_for_as_often_as_somebody_wants_them() -> None:
    line = Line()
    line.want(width=640, frames=2)
    assert [line.sent(dropped=0).width for _ in range(3)] == [640, 640, 0]


def test_what_begins_is_looked_at_closely_for_a_moment_and_seldom() -> None:
    line = Line()
    line.closer(at=START)
    assert [line.sent(dropped=0).width for _ in range(4)] == [640, 640, 640, 0]
    line.closer(at=after(CLOSER_SECONDS - 1))
    assert line.sent(dropped=0).width == 0, "however much happens"
    line.closer(at=after(CLOSER_SECONDS))
    assert line.sent(dropped=0).width == 640
    busy = Line()
    busy.sent(dropped=1)
    busy.closer(at=START)
    assert busy.sent(dropped=1).width == 0, "there is too much to do already"


def test_a_line_of_small_pictures_is_asked_for_a_larger_one_now_and_then() -> None:
    line = Line()
    line.larger(at=START, width=320)
    assert [line.sent(dropped=0).width for _ in range(2)] == [320, 0]
    line.larger(at=after(LARGER_SECONDS - 1), width=320)
    assert line.sent(dropped=0).width == 0
    line.closer(at=after(LARGER_SECONDS))
    line.larger(at=after(LARGER_SECONDS), width=320)
    assert line.sent(dropped=0).width == 640, "nothing smaller takes the place of what a person wants"
