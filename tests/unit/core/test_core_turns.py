# SPDX-License-Identifier: Apache-2.0
"""Turns at the interpreter: who goes when, and that nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.turns import LONG_SECONDS, Turn, Turns

PATIENCE = 20.0


@contextmanager
def running(*acts: Callable[[], None]) -> Iterator[None]:
    """Threads that have ended when the block has."""
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(told: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not told():
        assert time.monotonic() < end
        threading.Event().wait(0.001)


def waiting(turns: Turns) -> int:
    return len(turns._urgent) + len(turns._waiting)


@pytest.mark.parametrize("places", [1, 3])
def test_never_more_go_at_once_than_there_are_places_and_all_come_through(places: int) -> None:
    turns, lock = Turns(places), threading.Lock()
    inside: list[int] = []
    most: list[int] = []

    def act() -> None:
        for number in range(50):
            with turns.taken(urgent=number % 3 == 0):
                with lock:
                    inside.append(number)
                    most.append(len(inside))
                with lock:
                    inside.remove(number)

    with running(*[act] * 8):
        pass
    assert len(most) == 400
    assert max(most) <= places
    assert not turns.held


def test_the_urgent_go_first_and_the_others_in_the_order_in_which_they_came() -> None:
    turns = Turns()
    came: list[str] = []

    def act(name: str, *, urgent: bool) -> Callable[[], None]:
        def take() -> None:
            with turns.taken(urgent=urgent):
                came.append(name)

        return take

    threads = []
    with turns.taken():
        for place, (name, urgent) in enumerate([("a", False), ("b", False), ("save", True)], 1):
            threads.append(threading.Thread(target=act(name, urgent=urgent)))
            threads[-1].start()
            until(lambda place=place: waiting(turns) == place)  # type: ignore[misc]
    for thread in threads:
        thread.join(PATIENCE)
    assert came == ["save", "a", "b"]


def test_who_has_a_turn_takes_no_second_one() -> None:
    turns = Turns()
    with turns.taken():
        with turns.taken(urgent=True):
            assert turns.held
        assert turns.held
    assert not turns.held


def test_whoever_steps_aside_lets_another_in_and_has_a_turn_again_afterwards() -> None:
    turns, gone = Turns(), threading.Event()
    held: list[bool] = []

    def other() -> None:
        with turns.taken():
            gone.set()

    with turns.taken():
        with running(other), turns.aside():
            assert gone.wait(PATIENCE)
            held.append(turns.held)
        held.append(turns.held)
        with turns.kept():
            turns.leave()
            held.append(turns.held)
        held.append(turns.held)
    assert held == [False, True, False, True]


def test_who_had_no_turn_gets_none() -> None:
    turns = Turns()
    with turns.aside():
        assert not turns.held
    assert not turns.held


def test_a_turn_that_is_not_given_back_for_long_is_no_reason_to_wait() -> None:
    turns, gone = Turns(), threading.Event()

    def other() -> None:
        with turns.taken():
            gone.set()

    with running(other), turns.taken():
        assert gone.wait(PATIENCE)
        assert turns.held
    with turns.taken():
        assert len(turns._running) == 1, "its place was counted once"


def test_a_parked_thread_goes_on_when_it_is_called_back_and_its_turn_has_come() -> None:
    turns, turn = Turns(), Turn()
    seen: list[bool] = []

    def caller() -> None:
        with turns.taken():
            turns.call_back(turn)
            seen.append(turn.given.locked())

    with turns.taken():
        with running(caller), turns.parked(turn, timeout=PATIENCE):
            pass
        assert turns.held
    assert seen == [True], "not before the caller had given its own turn back"


def test_a_parked_thread_that_nobody_calls_back_gives_up_and_leaves_no_place_taken() -> None:
    turns, turn = Turns(), Turn()
    began = time.monotonic()
    with turns.taken():
        with pytest.raises(TimeoutError), turns.parked(turn, timeout=LONG_SECONDS):
            pass
        assert turns.held
    assert time.monotonic() - began >= LONG_SECONDS
    turns.call_back(turn)
    assert turns._running == []
    with pytest.raises(TimeoutError), turns.parked(Turn(), timeout=0):
        pass
    assert not turns.held
