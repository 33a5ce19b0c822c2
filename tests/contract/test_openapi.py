# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document is valid, says what is there and nothing else, and the interface keeps to it under odd input."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.contract.feed import Feed
from tests.web.site import Site
from web.access import Audience, policy_of
from web.blueprints.api import MAXIMUM_PAGE

EXAMPLES = 60


@pytest.fixture
def document(site: Site) -> dict[str, Any]:
    """The document as it is served."""
    answer = site.app.test_client().get("/api/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json or {})


def api_routes(app: Flask) -> set[tuple[str, str]]:
    """(method, path in OpenAPI's writing) of every route that wants an API key."""
    found = set()
    for rule in app.url_map.iter_rules():
        policy = policy_of(app, rule.endpoint)
        if policy is not None and policy.audience is Audience.API_KEY:
            path = "".join(f"{{{part}}}" if is_variable else part for is_variable, part in rule._trace)
            found |= {
                (method, path.removeprefix("|")) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            }
    return found


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    errors = [
        f"{list(error.absolute_path)}: {error.message}"
        for error in OpenAPIV31SpecValidator(document).iter_errors()
    ]
    assert errors == []


def test_the_document_describes_exactly_the_routes_that_want_a_key(
    site: Site, document: dict[str, Any]
) -> None:
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == api_routes(site.app)
    assert ("GET", "/api/v1/results") in described


def test_every_operation_names_itself_its_key_and_its_refusals(document: dict[str, Any]) -> None:
    names = []
    for item in document["paths"].values():
        for operation in item.values():
            names.append(operation["operationId"])
            assert operation["summary"]
            assert operation["security"] == [{"ApiKey": []}]
            assert {"200", "401"} <= operation["responses"].keys()
            for status, answer in operation["responses"].items():
                kind = "application/json" if status == "200" else "application/problem+json"
                assert list(answer["content"]) == [kind]
    assert len(set(names)) == len(names)


def test_the_document_does_not_repeat_what_a_host_header_says(site: Site) -> None:
    client = site.app.test_client()
    first = client.get("/api/openapi.json", headers={"Host": "evil.example"})
    assert "evil.example" not in first.text
    assert first.text == client.get("/api/openapi.json").text


def asks_in_order(case: schemathesis.Case, url: str) -> bool:
    """Whether what is sent is right: nothing but a limit in its range. A key was put in, and an empty list sends nothing."""
    sent = parse_qs(urlsplit(url).query, keep_blank_values=True)
    limits = sent.pop("limit", ["1"])
    return (
        case.path == "/api/v1/results"
        and case.method == "GET"
        and not sent
        and len(limits) == 1
        and limits[0].isascii()
        and limits[0].isdigit()
        and str(int(limits[0])) == limits[0]
        and 1 <= int(limits[0]) <= MAXIMUM_PAGE
    )


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", ["/api/v1/results", "/api/v1/results/{result_id}/ack"])
def test_the_interface_keeps_to_its_document(declared: Feed, path: str, mode: GenerationMode) -> None:
    interface = schemathesis.openapi.from_wsgi("/api/openapi.json", declared.site.app)
    (operation,) = [found.ok() for found in interface.get_all_operations() if found.ok().path == path]

    known = declared.pull()[0][0]["id"]
    seen = set()

    @given(case=operation.as_strategy(generation_mode=mode), real=booleans())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def keeps_to_it(case: schemathesis.Case, real: bool) -> None:
        if real and mode is GenerationMode.POSITIVE and case.path_parameters:
            case.path_parameters["result_id"] = known  # no generator finds one
        key = {"Authorization": f"Bearer {declared.key}"}
        answer = case.call(headers=key)
        # An opaque cursor and a result's id cannot be described by a schema: well-formed ones may be refused.
        left_out = [positive_data_acceptance]
        if asks_in_order(case, str(answer.request.url)):
            left_out.append(negative_data_rejection)  # what was wrong did not reach the wire
        case.validate_response(answer, headers=key, excluded_checks=left_out)
        seen.add(answer.status_code)

    keeps_to_it()
    assert 200 in seen or mode is GenerationMode.NEGATIVE, "no case got through"
