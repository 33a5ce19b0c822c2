# SPDX-License-Identifier: Apache-2.0
"""Every refusal of the interface is a problem document (RFC 9457) that says what to do next and nothing of the inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.contract.feed import Feed
from web.app import MAXIMUM_BODY

ACK = "/api/v1/results/{id}/ack"
JSON = "application/json"


def problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """The members of a problem document, with the types that RFC 9457 section 3.1 gives them."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    document = dict(answer.json or {})
    assert document["status"] == status
    assert isinstance(document["title"], str)
    assert document["title"]
    for name in ("type", "detail", "instance"):  # may be absent; "about:blank" is what no type means
        assert isinstance(document.get(name, ""), str)
    assert isinstance(document["code"], str)
    assert document["what_next"]
    assert "Traceback" not in answer.text
    return document


CASES: dict[str, tuple[int, Callable[[Feed, str], TestResponse]]] = {
    "a limit of zero": (422, lambda feed, _: feed.call("GET", "/api/v1/results?limit=0")),
    "a limit above the largest": (422, lambda feed, _: feed.call("GET", "/api/v1/results?limit=201")),
    "a limit in words": (422, lambda feed, _: feed.call("GET", "/api/v1/results?limit=ten")),
    "a misspelt parameter": (422, lambda feed, _: feed.call("GET", "/api/v1/results?curser=cjE6MQ")),
    "a cursor that is none": (422, lambda feed, _: feed.call("GET", "/api/v1/results?cursor=abc")),
    "a cursor beyond all numbers": (
        422,
        lambda feed, _: feed.call("GET", "/api/v1/results?cursor=cjE6OTk5OTk5OTk5OTk5OTk"),
    ),
    "a cursor of another version": (422, lambda feed, _: feed.call("GET", "/api/v1/results?cursor=cjI6MQ")),
    "a long cursor": (422, lambda feed, _: feed.call("GET", "/api/v1/results?cursor=" + "a" * 65)),
    "an unknown result": (404, lambda feed, _: feed.answer("nobody", "acknowledged")),
    "an unknown decision": (422, lambda feed, one: feed.answer(one, "perhaps")),
    "a member too many": (
        422,
        lambda feed, one: feed.call("POST", ACK.format(id=one), json={"decision": "acknowledged", "x": 1}),
    ),
    "a list": (422, lambda feed, one: feed.call("POST", ACK.format(id=one), json=["acknowledged"])),
    "a number for a word": (
        422,
        lambda feed, one: feed.call("POST", ACK.format(id=one), json={"decision": 1}),
    ),
    "a reason too long": (422, lambda feed, one: feed.answer(one, "returned", "x" * 2001)),
    "a return without a reason": (422, lambda feed, one: feed.answer(one, "returned", "  ")),
    "a form": (
        422,
        lambda feed, one: feed.call("POST", ACK.format(id=one), data={"decision": "acknowledged"}),
    ),
    "broken json": (
        422,
        lambda feed, one: feed.call("POST", ACK.format(id=one), data="{", content_type=JSON),
    ),
    "broken text": (
        422,
        lambda feed, one: feed.call("POST", ACK.format(id=one), data=b"\xff\xfe", content_type=JSON),
    ),
    "nothing": (422, lambda feed, one: feed.call("POST", ACK.format(id=one), data=b"", content_type=JSON)),
    "more than anybody sends": (
        413,
        lambda feed, one: feed.call(
            "POST", ACK.format(id=one), data=b" " * (MAXIMUM_BODY + 1), content_type=JSON
        ),
    ),
    "a method it does not have": (405, lambda feed, _: feed.call("DELETE", "/api/v1/results")),
    "an address it does not have": (404, lambda feed, _: feed.call("GET", "/api/v1/result")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_is_a_problem_document(declared: Feed, case: str) -> None:
    status, ask = CASES[case]
    result_id = declared.pull()[0][0]["id"]
    problem(ask(declared, result_id), status)
    assert declared.pull()[0][0]["delivery"] == "delivered", "a refused request changes nothing"


def test_without_a_key_the_way_to_give_one_is_named(declared: Feed) -> None:
    client = declared.site.app.test_client()
    for answer in (
        client.get("/api/v1/results"),
        client.post(ACK.format(id="0" * 26), json={}),
        client.get("/api/v1/results", headers={"Authorization": "Basic eDp5"}),
    ):
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_method_that_an_address_does_not_have_names_those_that_it_has(declared: Feed) -> None:
    assert "GET" in declared.call("DELETE", "/api/v1/results").headers["Allow"]


def test_a_field_that_is_refused_is_named(declared: Feed) -> None:
    document = problem(declared.call("GET", "/api/v1/results?limit=0"), 422)
    assert "limit" in str(document["facts"])


def test_an_answered_result_refuses_another_answer_with_a_code(declared: Feed) -> None:
    result_id = declared.pull()[0][0]["id"]
    declared.answer(result_id, "acknowledged")
    document = problem(declared.answer(result_id, "returned", "Too late."), 409)
    assert document["code"] == "delivery_answered"


def test_a_browser_s_accept_header_does_not_change_the_form(declared: Feed) -> None:
    client = declared.site.app.test_client()
    problem(client.get("/api/v1/results", headers={"Accept": "text/html"}), 401)
    problem(client.get("/api/nothing", headers={"Accept": "text/html,*/*;q=0.8"}), 404)
