# SPDX-License-Identifier: Apache-2.0
"""Awarding bodies and their programs with everything that can be sent wrong. A result is answered once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from core.identity.model import Role
from tests.conftest import NOON
from tests.web import world
from tests.web.calm import calm
from tests.web.site import Site, open_site
from web import demo
from web.blueprints.api import make_cursor

Declared = tuple[Site, str]
"""A site, and the id of a declared result that nobody has pulled yet."""


@pytest.fixture(scope="module")
def declared_folder(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The whole way is gone once for all tests."""
    var = tmp_path_factory.mktemp("declared") / "var"
    shutil.copytree(sample_folder, var)
    with open_site(var, at=NOON) as site:
        return var, world.declare_one(site)


@pytest.fixture
def declared(declared_folder: tuple[Path, str], tmp_path: Path) -> Iterator[Declared]:
    folder, result = declared_folder
    shutil.copytree(folder, tmp_path / "var")
    with open_site(tmp_path / "var", at=NOON) as site:
        yield site, result


def test_an_awarding_body_s_forms_say_what_is_missing(declared: Declared) -> None:
    site, result = declared
    visitor = site.staff(Role.AWARDING_BODY)
    path = f"/awarding/results/{result}"
    calm(visitor.post(path, {"decision": "maybe"}), 422, "request_malformed")
    calm(visitor.post(path, {"decision": "return"}), 422, "reason_missing")
    calm(visitor.post(path, {"decision": "return", "reason": "x" * 3000}), 422, "reason_too_long")
    assert visitor.post(path, {"decision": "accept"}).status_code == 302
    calm(visitor.post(path, {"decision": "return", "reason": "No."}), 409, "delivery_answered")
    for label in ("", " ", "x" * 101):
        calm(visitor.post("/awarding/keys", {"label": label}), 422, "label_length")
    calm(visitor.post("/awarding/keys/x/revoke"), 404, "api_key_unknown")


def program(site: Site, method: str, path: str, *, key: str | None = None, **sent: Any) -> TestResponse:
    """A request of the awarding body's program."""
    headers = {
        "Authorization": f"Bearer {demo.sample_key(site.parts) if key is None else key}",
        **sent.pop("headers", {}),
    }
    return site.app.test_client().open(path, method=method, headers=headers, **sent)


def test_a_key_that_is_none_of_ours_opens_nothing_and_says_how_to_send_one(declared: Declared) -> None:
    site, result = declared
    ack = f"/api/v1/results/{result}/ack"
    for key in ("", "x", "kst_" + "0" * 64, "\u00fc" * 20, "x" * 5000, demo.sample_key(site.parts)[:-1]):
        for method, path in (("GET", "/api/v1/results?cursor=wrong"), ("POST", ack)):
            answer = calm(program(site, method, path, key=key, data=b"{"), 401, "api_key_needed")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    basic = program(site, "GET", "/api/v1/results", headers={"Authorization": "Basic eDp5"})
    calm(basic, 401, "api_key_needed")


def test_a_cursor_or_a_limit_that_is_none_of_ours_is_refused(declared: Declared) -> None:
    site, _ = declared
    for cursor in (
        "x",
        "!!!!",
        "cjE6",
        "cjE6LTE",
        "cjI6MQ",
        "cjE6MS41",
        "x" * 65,
        "%00",
        "%ff",
        "cjE6OTk5OTk5OTk5OTk5OTk5OQ",
    ):
        answer = program(site, "GET", f"/api/v1/results?cursor={cursor}")
        assert calm(answer, 422).json["code"] in ("cursor_malformed", "request_malformed")  # type: ignore[index]
    calm(program(site, "GET", f"/api/v1/results?cursor={make_cursor(2**31)}"), 422, "number_out_of_range")
    for limit in ("0", "-1", "201", "x", "1.5", "9" * 5000, ""):
        calm(program(site, "GET", f"/api/v1/results?limit={limit}"), 422, "request_malformed")
    beyond = program(site, "GET", f"/api/v1/results?cursor={make_cursor(99)}")
    assert beyond.json == {"more": False, "next_cursor": make_cursor(99), "results": []}


def test_an_acknowledgement_that_makes_no_sense_changes_nothing(declared: Declared) -> None:
    site, result = declared
    path = f"/api/v1/results/{result}/ack"
    good = {"decision": "acknowledged"}
    calm(program(site, "POST", path, json=good), 409, "result_not_delivered")
    assert program(site, "GET", "/api/v1/results").status_code == 200
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b"[" * 100_000,
        b'{"decision": ' + b"9" * 5000 + b"}",
    ]
    wrong: list[Any] = [
        {},
        {"decision": "maybe"},
        {"decision": None},
        {"decision": ["acknowledged"]},
        {**good, "more": 1},
    ]
    wrong += [{**good, "reason": 5}, {**good, "reason": "x" * 2001}, [good]]
    for body in [*bodies, *(json.dumps(one).encode() for one in wrong)]:
        answer = program(site, "POST", path, data=body, content_type="application/json")
        calm(answer, 422, "request_malformed")
    calm(program(site, "POST", path, json={"decision": "returned"}), 422, "reason_missing")
    calm(
        program(site, "POST", path, json={"decision": "returned", "reason": "\ud800"}),
        422,
        "request_malformed",
    )
    form = program(site, "POST", path, data=good)
    assert calm(form, 422).json is not None
    for name in ("x", "a" * 26, "%01", "%ed%a0%80"):
        calm(program(site, "POST", f"/api/v1/results/{name}/ack", json=good), 404, "result_unknown")
    shown = program(site, "GET", "/api/v1/results").json
    assert shown is not None
    assert shown["results"][0]["delivery"] == "delivered"


def test_the_same_acknowledgement_again_is_harmless_and_another_is_a_conflict(declared: Declared) -> None:
    site, result = declared
    path = f"/api/v1/results/{result}/ack"
    program(site, "GET", "/api/v1/results")
    returned = {"decision": "returned", "reason": "The name is misspelt."}
    first = program(site, "POST", path, json=returned)
    site.clock.advance(60)
    assert program(site, "POST", path, json=returned).json == first.json
    calm(program(site, "POST", path, json={"decision": "acknowledged"}), 409, "delivery_answered")


def test_a_method_or_an_address_that_the_interface_does_not_have_is_refused_in_json(site: Site) -> None:
    answer = calm(program(site, "DELETE", "/api/v1/results"), 405, "method_unknown")
    assert answer.mimetype == "application/problem+json"
    assert "GET" in answer.headers["Allow"]
    assert (
        calm(program(site, "GET", "/api/v1/nothing"), 404, "page_unknown").mimetype
        == "application/problem+json"
    )
