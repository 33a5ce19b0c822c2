# SPDX-License-Identifier: Apache-2.0
"""Long lists of candidates: enrolled beside running tests, stopped, taken up again after a restart, and nobody twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from core.errors import Unavailable
from core.identity.model import Role
from core.notices.model import NoticeKind
from core.notices.queries import notices
from core.uow import Actor, ActorKind
from tests.web.calm import calm
from tests.web.site import Site, Visitor, on_both
from tests.web.test_candidates import codes_on, enrol, names, report
from tests.web.world import person
from web import enrolment_jobs as jobs

ROWS = 100


def long_list(rows: int = ROWS, *, more: str = "") -> str:
    """A list of people who have nothing in common but the day on which they were born."""
    lines = [f"Learner {number},05-03-2001,L-{number},learner{number}@example.in" for number in range(rows)]
    return "Name,DOB,Roll no,E-mail\n" + "\n".join(lines) + "\n" + more


@pytest.fixture
def manager(site: Site) -> Visitor:
    return site.staff(Role.MANAGER)


@pytest.fixture
def sitting_id(site: Site) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        return str(uow.db.scalar(text("SELECT id FROM sittings ORDER BY id")))


@pytest.fixture(autouse=True)
def no_breath(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody waits for the writer in most of these tests."""
    monkeypatch.setattr(jobs, "BREATH_SECONDS", 0.0)
    monkeypatch.setattr(jobs, "LARGE", 60)
    yield
    for token in list(jobs._running):
        jobs.wait(token)


def token_of(where: str) -> str:
    return where.rstrip("/").rpartition("/")[2]


def acting(site: Site) -> Actor:
    with site.parts.store.read(Actor.system()) as uow:
        found = person(uow, Role.MANAGER)
    return Actor(ActorKind.PERSON, found.id, found.organisation_id, found.roles)


def ordered(manager: Visitor, where: str, page: str, **more: str) -> TestResponse:
    answer = enrol(manager, where, page, **more)
    assert answer.status_code == 302, answer.text
    assert answer.location.endswith(f"{where}/progress")
    return answer


def run_to_its_end(manager: Visitor, where: str) -> str:
    jobs.wait(token_of(where))
    return manager.get(f"{where}/progress").text


def enrolled(site: Site, sitting_id: str) -> set[str]:
    return {name for name in names(site, sitting_id) if name.startswith("Learner ")}


class Gate:
    """Holds a run before a chunk of its rows, as a slow machine would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, before: int) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        self._before, self._seen, real = before, 0, jobs._enrol_chunk

        def held(*given: Any) -> None:
            if self._seen == self._before:
                self.reached.set()
                assert self.go.wait(60)
            self._seen += 1
            real(*given)

        monkeypatch.setattr(jobs, "_enrol_chunk", held)


@on_both
def test_a_long_list_is_enrolled_by_a_run_whose_codes_are_shown_once(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id, long_list())
    ordered(manager, where, page, send="yes")
    done = run_to_its_end(manager, where)
    assert f"{ROWS} candidates are enrolled." in done
    assert len(enrolled(site, sitting_id)) == ROWS
    state = manager.get(f"{where}/state").json or {}
    assert (state["stage"], state["enrolled"], state["refused_in_all"], state["over"]) == (
        "done",
        ROWS,
        0,
        True,
    )
    shown = manager.post(f"{where}/codes")
    codes = codes_on(shown.text)
    assert len(set(codes.values())) == ROWS
    visitor = site.visitor()
    visitor.get("/")
    assert visitor.post("/enter", {"code": next(iter(codes.values()))}).status_code == 302
    with site.parts.store.read(acting(site)) as uow:
        sent = notices(uow, organisation_id=acting(site).organisation_id or "", limit=1_000)
    assert sum(one.kind is NoticeKind.ACCESS_CODE for one in sent) == ROWS
    calm(manager.post(f"{where}/codes"), 404, "upload_gone")
    assert not [
        file for file in (site.parts.config.var / "uploads").iterdir() if token_of(where) in file.name
    ]


def test_what_waits_on_the_disk_tells_no_name_and_no_code(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id, long_list(more="Ravi,31-02-2001,X-1,\n"))
    ordered(manager, where, page, mode="good")
    run_to_its_end(manager, where)
    codes = jobs.codes_of(site.parts, acting(site), token_of(where))
    assert len(codes) == ROWS
    for file in (site.parts.config.var / "uploads").iterdir():
        data = file.read_bytes()
        assert b"Learner 7" not in data
        assert b"Ravi" not in data
        assert not any(code.encode() in data for code in list(codes.values())[:50])


def test_all_or_nothing_is_looked_at_before_the_first_row(
    site: Site, manager: Visitor, sitting_id: str
) -> None:
    where, page = report(manager, sitting_id, long_list(more="Ravi,31-02-2001,X-1,\n"))
    ordered(manager, where, page, mode="all")
    answer = run_to_its_end(manager, where)
    assert "Nobody was enrolled" in answer
    assert enrolled(site, sitting_id) == set()
    assert manager.get(where).status_code == 200, (
        "the check is there again, and the good rows can be enrolled"
    )
    ordered(manager, where, page, mode="good")
    assert f"{ROWS} candidates are enrolled." in run_to_its_end(manager, where)
    assert "no date that can be read" in manager.get(f"{where}/progress").text


def test_a_run_is_stopped_and_goes_on_without_enrolling_anybody_twice(
    site: Site, manager: Visitor, sitting_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, before=3)
    where, page = report(manager, sitting_id, long_list())
    ordered(manager, where, page)
    assert gate.reached.wait(60)
    assert "The list is being enrolled" in manager.get(f"{where}/progress").text
    assert manager.get(where).location.endswith("/progress"), "the check leads to the run"
    assert manager.post(f"{where}/stop").status_code == 302
    gate.go.set()
    stopped = run_to_its_end(manager, where)
    assert "The enrolment has stopped" in stopped
    assert "40 candidates are enrolled already" in stopped
    assert len(enrolled(site, sitting_id)) == 40
    ordered(manager, where, page)  # the button once more is the same order
    assert f"{ROWS} candidates are enrolled." in run_to_its_end(manager, where)
    assert len(enrolled(site, sitting_id)) == ROWS
    assert len(codes_on(manager.post(f"{where}/codes").text)) == ROWS


def test_a_run_that_a_restart_cut_off_after_a_commit_goes_on_where_it_was(
    site: Site, manager: Visitor, sitting_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the second transaction and before anything was noted of it."""
    real, seen = jobs._enrol_chunk, []

    class Killed(BaseException):
        pass

    def dying(parts: Any, actor: Any, rows: Any, codes: Any, state: Any) -> None:
        kept = dict(state)
        real(parts, actor, rows, codes, state)
        seen.append(len(rows))
        if len(seen) == 2:
            state.update(kept)
            raise Killed

    monkeypatch.setattr(jobs, "_enrol_chunk", dying)
    monkeypatch.setattr(threading, "excepthook", lambda _info: None)
    write = jobs._write
    monkeypatch.setattr(jobs, "_write", lambda file, value: None if len(seen) >= 2 else write(file, value))
    where, page = report(manager, sitting_id, long_list())
    ordered(manager, where, page)
    jobs.wait(token_of(where))
    assert len(enrolled(site, sitting_id)) == 20
    monkeypatch.setattr(jobs, "_enrol_chunk", real)
    monkeypatch.setattr(jobs, "_write", write)
    assert jobs.go_on_with_all(site.parts) == 1
    assert f"{ROWS} candidates are enrolled." in run_to_its_end(manager, where)
    assert len(enrolled(site, sitting_id)) == ROWS
    assert jobs.go_on_with_all(site.parts) == 0


def test_a_refusal_on_the_way_says_who_is_enrolled_and_who_is_not(
    site: Site, manager: Visitor, sitting_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch, before=2)
    where, page = report(manager, sitting_id, long_list())
    ordered(manager, where, page)
    assert gate.reached.wait(60)
    assert (
        enrol(manager, *report(manager, sitting_id, "Name,DOB,Roll no\nSana,01-01-1990,L-25\n")).status_code
        == 200
    )
    gate.go.set()
    answer = run_to_its_end(manager, where)
    assert "The enrolment has stopped" in answer
    assert "20 candidates are enrolled already" in answer
    assert len(enrolled(site, sitting_id)) == 20


def test_a_run_whose_end_cannot_be_written_down_is_taken_up_again(
    site: Site, manager: Visitor, sitting_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: Any) -> dict[str, str]:
        raise Unavailable("database_away")

    real = jobs.codes_of
    monkeypatch.setattr(jobs, "codes_of", away)
    where, page = report(manager, sitting_id, long_list())
    ordered(manager, where, page)
    jobs.wait(token_of(where))
    assert token_of(where) not in jobs._running
    assert enrolled(site, sitting_id) == set()
    monkeypatch.setattr(jobs, "codes_of", real)
    manager.get(f"{where}/progress")
    assert f"{ROWS} candidates are enrolled." in run_to_its_end(manager, where)
    assert len(enrolled(site, sitting_id)) == ROWS


def test_a_refused_row_says_which_other_row_it_repeats(site: Site, manager: Visitor, sitting_id: str) -> None:
    where, page = report(manager, sitting_id, long_list(more="Ravi,01-01-1990,L-5,\n"))
    ordered(manager, where, page, mode="good")
    run_to_its_end(manager, where)
    assert "This candidate is in the list already, in row 7." in manager.get(f"{where}/progress").text


def test_a_save_beside_a_run_waits_for_one_small_transaction_at_most(
    site: Site, manager: Visitor, sitting_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BREATH_SECONDS", 0.05)
    held: list[float] = []
    real = jobs._enrol_chunk

    def measured(*given: Any) -> None:
        begun = perf_counter()
        real(*given)
        held.append(perf_counter() - begun)

    monkeypatch.setattr(jobs, "_enrol_chunk", measured)
    where, page = report(manager, sitting_id, long_list(340))
    ordered(manager, where, page)
    waits: list[float] = []
    while token_of(where) in jobs._running:
        begun = perf_counter()
        with site.parts.store.write(Actor.system()) as uow:
            uow.db.execute(text("UPDATE sittings SET place = place WHERE id = :id"), {"id": sitting_id})
        waits.append(perf_counter() - begun)
    assert len(held) == 340 // jobs.CHUNK
    assert median(held) < 0.5, "a chunk holds the one writer for well under a second"
    assert len(waits) >= len(held), "others have a turn after every chunk"
    assert max(waits) < max(held) + 0.5, "nobody waits for more than the chunk that is under way"
    assert re.search("Learner 7", " ".join(enrolled(site, sitting_id)))


def test_a_run_is_its_owners_and_its_sittings_alone(site: Site, manager: Visitor, sitting_id: str) -> None:
    where, page = report(manager, sitting_id, long_list())
    ordered(manager, where, page)
    run_to_its_end(manager, where)
    with site.parts.store.read(Actor.system()) as uow:
        other = uow.db.scalars(text("SELECT id FROM sittings ORDER BY id")).all()[1]
    for path in (f"/manager/sittings/{other}/candidates/import/{token_of(where)}", f"{where}x"):
        calm(manager.get(f"{path}/progress"), 404, "upload_gone")
        calm(manager.post(f"{path}/codes"), 404, "upload_gone")
        calm(manager.post(f"{path}/stop"), 404, "upload_gone")
