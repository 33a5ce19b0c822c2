# SPDX-License-Identifier: Apache-2.0
"""The application factory: routes, guards, languages and headers around the wired services."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web import (
    access,
    answer_lane,
    compression,
    device_files,
    drawing,
    errors,
    i18n,
    icons,
    input_texts,
    navigation,
    security,
    static_files,
)
from web.blueprints import (
    account,
    allocating,
    allocations,
    analyses,
    api,
    assessor,
    attempt_reviews,
    attempts,
    author,
    awarding,
    blind_reviews,
    blueprints,
    browser,
    calls,
    candidates,
    check,
    checkin,
    cohorts,
    consent,
    corrections,
    credentials,
    editor,
    engagements,
    engaging,
    enrolments,
    entries,
    formative,
    imports,
    integrity,
    judging,
    learner,
    learner_review,
    links,
    lti,
    manager,
    moving,
    notices,
    offline,
    oidc,
    panels,
    people,
    practice,
    practising,
    privacy,
    privacy_desk,
    proctor,
    public,
    reviewing,
    room,
    second_factor,
    shifts,
    sittings,
    telemetry,
    walls,
    watching,
)
from web.sockets import live
from web.turn_taking import TurnTaking
from web.wiring import Services

MAXIMUM_BODY = 12 * 1024 * 1024
FAILED_TRIES = {
    "public.enter": 200,
    "public.sign_in_check": 30,
    "second_factor.check": 30,
    "links.invitation": 60,
    "links.reset": 60,
    "oidc.confirm": 30,
    "privacy.export_mine": 60,
    "privacy.ask_erasure": 60,
}
"""From one address in five minutes. A code has 49 bits, so guessing is hopeless; fifty learners who mistype theirs are not."""
ALL_TRIES = {
    "check.download": 1_500,
    "check.upload": 1_500,
    "check.time": 3_000,
    "check.keep": 300,
    "links.ask_new_password": 20,
    "oidc.begin": 100,
    "lti.our_keys": 600,
}
"""From one address in five minutes, whatever the answer: it is the same for everybody."""
csrf = CSRFProtect()


def create_app(parts: Services) -> APIFlask:
    """Build the application around ``parts``."""
    app = APIFlask(
        "web",
        title="Kasauti",
        version="1",
        spec_path=None,
        docs_path=None,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
    )
    app.config.update(
        SECRET_KEY=parts.config.key("forms"),
        SESSION_COOKIE_NAME="__Host-kasauti" if parts.config.secure else "kasauti",
        SESSION_COOKIE_SECURE=parts.config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAXIMUM_BODY,
        MAX_FORM_PARTS=5000,  # an item of many interactions has thousands of fields
        WTF_CSRF_TIME_LIMIT=None,  # a test may last longer than any limit; the token dies with the browser's cookie
        WTF_CSRF_SSL_STRICT=parts.config.secure,
    )
    app.extensions["kasauti"] = parts
    if parts.config.trusted_proxies:
        count = parts.config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    csrf.init_app(app)
    drawing.install(app)
    input_texts.install(app)
    compression.install(app)
    security.install(app, secure=parts.config.secure)
    errors.install(app)
    access.install(app)
    i18n.install(app, cache=parts.config.var / "translations")
    navigation.install(app)
    static_files.install(app, parts.config)
    device_files.install(app, parts.config)
    icons.install(app)
    for part in (
        public,
        learner,
        checkin,
        consent,
        room,
        telemetry,
        learner_review,
        privacy,
        browser,
        practice,
        check,
        formative,
        practising,
        offline,
        author,
        editor,
        imports,
        reviewing,
        panels,
        judging,
        manager,
        candidates,
        enrolments,
        notices,
        privacy_desk,
        sittings,
        moving,
        entries,
        allocations,
        allocating,
        corrections,
        analyses,
        cohorts,
        engagements,
        engaging,
        attempts,
        blueprints,
        assessor,
        proctor,
        walls,
        watching,
        shifts,
        calls,
        integrity,
        attempt_reviews,
        blind_reviews,
        awarding,
        credentials,
        people,
        account,
        second_factor,
        links,
        oidc,
        lti,
    ):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(api.blueprint)
    api.install(app)
    csrf.exempt(api.blueprint)
    for view in (lti.begin_by_form, lti.launch):
        csrf.exempt(view)  # forms of other sites; state and cookie take the token's place
    oidc.install(app)
    lti.install(app)
    _limit(app)
    live.install(app)
    answer_lane.install(app, parts)
    app.wsgi_app = TurnTaking(app.wsgi_app)  # type: ignore[assignment]
    return app


def _limit(app: APIFlask) -> None:
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=True)
    limited_ones = FAILED_TRIES.keys() | ALL_TRIES.keys()
    limiter.request_filter(lambda: request.endpoint not in limited_ones)

    # Only failures count: a hall of fifty learners behind one address must be able to come in at once.
    def failed(response: object) -> bool:
        return getattr(response, "status_code", 200) >= 400

    for endpoint, tries in FAILED_TRIES.items():
        limited: Any = limiter.limit(f"{tries} per 5 minutes", deduct_when=failed)(
            app.view_functions[endpoint]
        )
        app.view_functions[endpoint] = limited
    for endpoint, tries in ALL_TRIES.items():
        limited = limiter.limit(f"{tries} per 5 minutes")(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited
