# SPDX-License-Identifier: Apache-2.0
"""The results feed for awarding bodies: pull, acknowledge or return; and its OpenAPI 3.1 document."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar, cast

from apiflask import APIBlueprint, APIFlask, Schema
from apiflask.exceptions import HTTPError
from apiflask.fields import Boolean, DateTime, Dict, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range
from flask import Response, current_app, g, jsonify, request

from assessor import api as assessor
from core.errors import Forbidden, Invalid
from core.identity import operations as identity
from core.identity import queries as identity_queries
from core.identity.model import ApiKey
from core.uow import Actor, ActorKind
from web.access import api_client, public, services
from web.errors import answer
from web.input_texts import require_object

blueprint = APIBlueprint("api", __name__, url_prefix="/api")
MAXIMUM_PAGE = 200
SECURITY = "ApiKey"


class CursorQuery(Schema):
    """Where to go on. Any other name is refused: a misspelt cursor would begin anew without a word."""

    cursor = String(
        metadata={
            "description": "The next_cursor of the page before; leave out to begin at the first result."
        },
        validate=Length(max=64),
    )
    limit = Integer(
        load_default=100, validate=Range(1, MAXIMUM_PAGE), metadata={"description": "Results a page."}
    )


class NamedOut(Schema):
    """Somebody or something with its name."""

    id = String(required=True)
    name = String(required=True)


class ResultOut(Schema):
    """One declared result. It never changes; a correction is a new result with a higher sequence that supersedes it."""

    id = String(required=True)
    sequence = Integer(required=True, metadata={"description": "Gap-free per awarding body, from 1."})
    declared_at = DateTime(required=True)
    state = String(required=True, metadata={"description": "declared or superseded"})
    passed = Boolean(required=True)
    candidate = Nested(NamedOut, required=True)
    batch = Nested(NamedOut, required=True)
    digest = String(required=True, metadata={"description": "sha256 of the document in RFC 8785 form."})
    document = Dict(
        required=True,
        metadata={
            "description": "Marks and decisions per PC, NOS and credential; every number is an exact string."
        },
    )
    delivery = String(required=True, metadata={"description": "delivered, acknowledged or returned"})


class FeedOut(Schema):
    """A page of the feed."""

    results = List(Nested(ResultOut), required=True)
    next_cursor = String(required=True, metadata={"description": "Keep it; it stays valid for ever."})
    more = Boolean(required=True, metadata={"description": "Whether another page is there already."})


class AckIn(Schema):
    """What the awarding body says to a result."""

    decision = String(required=True, validate=OneOf(["acknowledged", "returned"]))
    reason = String(
        load_default="", validate=Length(max=2000), metadata={"description": "Needed to return a result."}
    )


class AckOut(Schema):
    """What is now on record."""

    id = String(required=True)
    delivery = String(required=True)
    reason = String(required=True)
    at = DateTime(required=True)


class ProblemOut(Schema):
    """A refusal (RFC 9457): what happened and what to do next."""

    class Meta:
        """The members of problem+json."""

        unknown: ClassVar[str] = "include"

    type = String(required=True)
    title = String(required=True)
    status = Integer(required=True)
    code = String(required=True)
    detail = String(required=True)
    what_next = String(required=True)
    facts = Dict(required=True)


def _problems(*statuses: int) -> dict[int, Any]:
    return {
        status: {
            "description": "Refused, with a reason and what to do next.",
            "content": {"application/problem+json": {"schema": ProblemOut}},
        }
        for status in statuses
    }


@blueprint.get("/v1/results")
@api_client
@blueprint.input(CursorQuery, location="query", arg_name="query", unknown="raise")
@blueprint.output(FeedOut)
@blueprint.doc(
    security=SECURITY,
    operation_id="pullResults",
    summary="Pull declared results in their order",
    responses=_problems(401, 422, 503),
)
def results(query: dict[str, Any]) -> dict[str, Any]:
    """At-least-once, gap-free per awarding body. Polling with the last next_cursor misses nothing and repeats nothing."""
    key = g.api_key
    after = read_cursor(query.get("cursor"))
    with services().store.write(_actor(key)) as uow:
        identity.note_key_use(uow, key.id)
        page = assessor.feed_page(uow, key.organisation_id, after=after, limit=query["limit"])
        return {
            "results": [_result(one) for one in page.results],
            "next_cursor": make_cursor(page.next),
            "more": page.more,
        }


@blueprint.post("/v1/results/<result_id>/ack")
@api_client
@blueprint.input(AckIn, arg_name="body")
@blueprint.output(AckOut)
@blueprint.doc(
    security=SECURITY,
    operation_id="answerResult",
    summary="Acknowledge a result, or return it for correction",
    responses=_problems(401, 404, 409, 413, 422, 503),
)
def acknowledge(result_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Idempotent: the same answer again is harmless, another one is a conflict."""
    key = g.api_key
    with services().store.write(_actor(key)) as uow:
        delivery = assessor.acknowledge(
            uow,
            key.organisation_id,
            result_id,
            decision=assessor.DeliveryAnswer(body["decision"]),
            reason=body["reason"],
        )
    return {
        "id": result_id,
        "delivery": delivery.state.value,
        "reason": delivery.reason or "",
        "at": delivery.answered_at,
    }


@public
@blueprint.doc(hide=True)
def openapi() -> Response:
    """The OpenAPI 3.1 document of this interface."""
    return jsonify(cast(APIFlask, current_app).spec)


def install(app: APIFlask) -> None:
    """Describe the interface and give its validation errors our form."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        DESCRIPTION="Results of assessments, for awarding bodies. Authenticate with an API key as bearer token.",
        LICENSE={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        SECURITY_SCHEMES={SECURITY: {"type": "http", "scheme": "bearer", "description": "An API key, kst_…"}},
        VALIDATION_ERROR_STATUS_CODE=422,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        LOCAL_SPEC_PATH=None,
        SERVERS=[{"url": "/"}],  # relative to where the document was fetched; never what a Host header says
    )
    app.add_url_rule("/api/openapi.json", endpoint="api_document", view_func=openapi)

    def problem(error: HTTPError) -> Response:
        code = "request_malformed" if error.status_code in (400, 422) else "media_type"
        return answer(code, error.status_code, {"fields": error.detail} if error.detail else {})

    @app.spec_processor
    def only_the_interface(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        document = cast("dict[str, Any]", spec)  # text only where YAML was asked for
        prefix = f"{blueprint.url_prefix}/"
        paths = {path: item for path, item in document["paths"].items() if path.startswith(prefix)}
        document["paths"] = paths
        for item in paths.values():
            for operation in item.values():
                if "requestBody" in operation:
                    operation["requestBody"]["required"] = True
        return document

    app.error_callback = problem  # its decorator would take the errors of all pages as well


def make_cursor(sequence: int) -> str:
    """An opaque name for a place in the feed."""
    return base64.urlsafe_b64encode(f"r1:{sequence}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int:
    """The sequence after which to go on; 0 without a cursor. Invalid(``cursor_malformed``)."""
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        version, _, number = text.partition(":")
        if version != "r1" or not number.isdecimal() or len(number) > 15:
            raise ValueError(cursor)
        return int(number)
    except (ValueError, binascii.Error) as error:
        raise Invalid("cursor_malformed") from error


@blueprint.before_request
def _require_key() -> None:
    """Before the input is looked at: without a key nobody learns what would be accepted."""
    g.api_key = _key()
    if request.is_json:
        require_object()


def _key() -> ApiKey:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret or len(secret) > 200:
        raise Forbidden("api_key_needed")
    with services().store.read(Actor.system()) as uow:
        key = identity_queries.find_api_key(uow, secret)
    if key is None:
        raise Forbidden("api_key_needed")
    return key


def _actor(key: ApiKey) -> Actor:
    return Actor(ActorKind.API_CLIENT, key.id, key.organisation_id)


def _result(one: assessor.FeedResult) -> dict[str, Any]:
    summary = one.result.summary
    delivered = one.delivery.state if one.delivery else assessor.DeliveryState.DELIVERED
    return {
        "id": summary.id,
        "sequence": one.number,
        "declared_at": summary.declared_at,
        "state": summary.state.value,
        "passed": summary.passed,
        "candidate": {"id": one.entry.candidate_id, "name": one.entry.candidate_name},
        "batch": {"id": one.entry.sitting.batch_id, "name": one.entry.sitting.batch_name},
        "digest": summary.sha256,
        "document": one.result.document,
        "delivery": delivered.value,
    }
