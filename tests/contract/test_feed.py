# SPDX-License-Identifier: Apache-2.0
"""What an awarding body may rely on: the feed misses nothing and repeats nothing, and an answer is taken once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.canonical import digest
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import OrganisationKind
from core.uow import Actor
from tests.contract.conftest import READY
from tests.contract.feed import Feed, declare, declare_next, waiting_results
from tests.web.site import Site
from web import demo


@pytest.fixture
def other(site: Site) -> Feed:
    """Another awarding body's program."""
    with site.parts.store.write(Actor.system()) as uow:
        body = identity.add_organisation(
            uow, name="Dusra Skills Council", kind=OrganisationKind.AWARDING_BODY
        )
        return Feed(site, identity.issue_api_key(uow, body.id, label="pull").secret)


def test_before_the_first_declaration_the_feed_is_empty_and_its_cursor_goes_on_from_there(feed: Feed) -> None:
    nothing, cursor = feed.pull()
    assert nothing == []
    declared = declare_next(feed.site.parts, count=2)
    found, _ = feed.pull(cursor)
    assert [one["id"] for one in found] == declared


def test_results_declared_at_the_same_time_are_pulled_once_each_without_a_gap(feed: Feed) -> None:
    parts, waiting = feed.site.parts, waiting_results(feed.site.parts)
    assert len(waiting) == READY
    over = threading.Event()

    def follow(limit: int) -> list[tuple[int, str]]:
        """A client that polls while results are being declared, each page from the cursor before."""
        seen: list[tuple[int, str]] = []
        cursor: str | None = None
        while True:
            last = over.is_set()
            found, cursor = feed.pull(cursor, limit)
            seen += [(one["sequence"], one["id"]) for one in found]
            if last:
                return seen

    with ThreadPoolExecutor(7) as crowd:
        following = [crowd.submit(follow, limit) for limit in (1, 2, 200)]
        managers = [
            crowd.submit(lambda ids: [declare(parts, one) for one in ids], waiting[part::4])
            for part in range(4)
        ]
        for manager in managers:
            manager.result()
        over.set()
        seen = [client.result() for client in following]
    assert [sequence for sequence, _ in seen[0]] == list(range(1, READY + 1))
    assert {result_id for _, result_id in seen[0]} == set(waiting)
    assert seen[0] == seen[1] == seen[2]


def test_whatever_the_page_size_the_same_results_come_in_the_same_order(feed: Feed) -> None:
    declare_next(feed.site.parts, count=11)
    whole, _ = feed.pull()
    assert [one["sequence"] for one in whole] == list(range(1, 12))

    @given(limits=st.lists(st.integers(1, 200), min_size=1, max_size=12))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def same(limits: list[int]) -> None:
        found, cursor, at = [], None, 0
        while True:
            page = feed.page(cursor, limits[at % len(limits)])
            found += page["results"]
            cursor, at = page["next_cursor"], at + 1
            if not page["more"]:
                break
        assert found == whole
        assert feed.page(cursor)["results"] == []

    same()


def test_an_old_cursor_stays_valid_and_repeats_what_came_after_it(feed: Feed) -> None:
    declare_next(feed.site.parts, count=3)
    first = feed.page(limit=1)
    rest, end = feed.pull(first["next_cursor"])
    declare_next(feed.site.parts, count=2)
    again, _ = feed.pull(first["next_cursor"])
    newer, _ = feed.pull(end)
    assert again == rest + newer


def test_each_document_makes_its_digest(declared: Feed) -> None:
    found, _ = declared.pull()
    assert len(found) == 3
    for one in found:
        assert digest(one["document"]) == one["digest"]
        assert one["state"] == "declared"
        assert one["passed"] is False  # nobody answered an item


def test_an_acknowledgement_may_be_sent_again_and_nothing_else_takes_its_place(declared: Feed) -> None:
    result_id = declared.pull()[0][0]["id"]
    first = declared.answer(result_id, "acknowledged")
    again = declared.answer(result_id, "acknowledged")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    other = declared.answer(result_id, "returned", "A mark is missing.")
    assert other.status_code == 409
    assert declared.pull()[0][0]["delivery"] == "acknowledged"


def test_a_returned_result_keeps_its_reason(declared: Feed) -> None:
    result_id = declared.pull()[0][1]["id"]
    without = declared.answer(result_id, "returned")
    assert without.status_code == 422
    returned = declared.answer(result_id, "returned", "A mark is missing.")
    assert returned.json is not None
    assert (returned.json["delivery"], returned.json["reason"]) == ("returned", "A mark is missing.")
    assert declared.answer(result_id, "returned", "A mark is missing.").json == returned.json
    assert declared.answer(result_id, "acknowledged").status_code == 409


def test_twenty_acknowledgements_at_once_leave_one_record(declared: Feed) -> None:
    result_id = declared.pull()[0][0]["id"]
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: declared.answer(result_id, "acknowledged"), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert audited(declared.site, "result_answered") == 1


def test_a_result_that_was_not_pulled_yet_cannot_be_answered(declared: Feed) -> None:
    (newest,) = declare_next(declared.site.parts, count=1)
    refused = declared.answer(newest, "acknowledged")
    assert refused.status_code == 409


def test_a_result_that_waits_to_be_declared_is_unknown(declared: Feed) -> None:
    assert declared.answer(waiting_results(declared.site.parts)[0], "acknowledged").status_code == 404


def test_pulling_again_delivers_only_once(declared: Feed) -> None:
    for _ in range(3):
        declared.pull()
    assert audited(declared.site, "result_delivered") == 3


def test_another_body_sees_nothing_and_can_answer_nothing(declared: Feed, other: Feed) -> None:
    found, cursor = declared.pull()
    assert other.pull() == ([], other.page()["next_cursor"])
    assert other.page(cursor)["results"] == []
    theirs, nobodys = other.answer(found[0]["id"], "acknowledged"), other.answer("0" * 26, "acknowledged")
    assert (theirs.status_code, theirs.json) == (404, nobodys.json)
    assert declared.pull()[0][0]["delivery"] == "delivered"


@pytest.mark.parametrize(
    "change", ["one letter more", "one letter less", "another case", "nothing", "no scheme"]
)
def test_a_key_that_is_not_whole_opens_nothing(declared: Feed, change: str) -> None:
    key = declared.key
    header = {
        "one letter more": f"Bearer {key}0",
        "one letter less": f"Bearer {key[:-1]}",
        "another case": f"Bearer {key.upper()}",
        "nothing": "Bearer ",
        "no scheme": key,
    }[change]
    answer = declared.site.app.test_client().get("/api/v1/results", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "results" not in (answer.json or {})


def test_a_revoked_key_ends_at_its_next_use(declared: Feed) -> None:
    with declared.site.parts.store.write(Actor.system()) as uow:
        key = identity_queries.find_api_key(uow, demo.sample_key(declared.site.parts))
        assert key is not None
        identity.revoke_api_key(uow, key.organisation_id, key.id)
    assert declared.call("GET", "/api/v1/results").status_code == 401


def audited(site: Site, name: str) -> int:
    """How often an event is in the audit log."""
    with site.parts.engine.connect() as connection:
        sql = "SELECT count(*) FROM audit_log WHERE name = ?"
        return int(connection.exec_driver_sql(sql, (name,)).scalar_one())
