# SPDX-License-Identifier: Apache-2.0
"""What every page knows: who is signed in and where they may go."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request, url_for

from core.identity.model import Role
from item_bank import api as bank
from web.words import _

_UNDER = {
    "integrity.notes": "integrity.incidents",
    "attempt_reviews.review": "integrity.incidents",
    "cohorts.agency": "manager.batches",
    "cohorts.body": "awarding.results",
}
"""Pages below an entry whose address theirs does not begin with."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main navigation."""

    href: str
    label: str
    active: bool


def entries() -> list[tuple[str, str, frozenset[Role]]]:
    """Endpoint, label and the roles that it is offered to."""
    return [
        ("author.items", _("Items"), frozenset({Role.AUTHOR, Role.REVIEWER})),
        ("reviewing.queue", _("Review"), frozenset({Role.AUTHOR, Role.REVIEWER})),
        ("imports.form", _("Import"), frozenset({Role.AUTHOR})),
        ("manager.batches", _("Batches"), frozenset({Role.MANAGER})),
        ("corrections.index", _("Corrected keys"), frozenset({Role.AUTHOR, Role.REVIEWER, Role.MANAGER})),
        ("allocations.index", _("Allocations"), frozenset({Role.MANAGER})),
        ("blueprints.index", _("Blueprints"), frozenset({Role.MANAGER})),
        ("notices.index", _("Messages"), frozenset({Role.MANAGER})),
        ("practising.use", _("Practice"), frozenset({Role.MANAGER})),
        ("privacy_desk.index", _("Personal data"), frozenset({Role.MANAGER})),
        ("blueprints.coverage", _("Coverage"), frozenset({Role.AUTHOR, Role.REVIEWER, Role.MANAGER})),
        ("assessor.tasks", _("Marking"), frozenset({Role.ASSESSOR})),
        ("proctor.sittings", _("Live wall"), frozenset({Role.PROCTOR})),
        ("integrity.incidents", _("Incidents"), frozenset({Role.INTEGRITY_REVIEWER})),
        ("analyses.batches", _("Reports"), frozenset({Role.INTEGRITY_REVIEWER})),
        ("blind_reviews.index", _("Blind looks"), frozenset({Role.INTEGRITY_REVIEWER, Role.MANAGER})),
        ("awarding.results", _("Results"), frozenset({Role.AWARDING_BODY})),
        ("analyses.body_reports", _("Reports"), frozenset({Role.AWARDING_BODY})),
        ("allocating.index", _("Allocations"), frozenset({Role.AWARDING_BODY})),
        ("awarding.credentials", _("Credentials"), frozenset({Role.AWARDING_BODY})),
        ("blueprints.index", _("Blueprints"), frozenset({Role.AWARDING_BODY})),
        ("blueprints.coverage", _("Coverage"), frozenset({Role.AWARDING_BODY})),
        ("awarding.keys", _("API keys"), frozenset({Role.AWARDING_BODY})),
        ("panels.index", _("Panels"), bank.CHAIRS | bank.JUDGES),
        ("people.index", _("People"), frozenset({Role.ADMINISTRATOR})),
    ]


def home_of(roles: frozenset[Role]) -> str:
    """The endpoint where somebody with these roles starts."""
    return next((endpoint for endpoint, _label, wanted in entries() if wanted & roles), "public.welcome")


def install(app: Flask) -> None:
    """Give templates ``current_user`` and ``nav``."""

    @app.context_processor
    def context() -> dict[str, object]:
        user = g.get("user")
        nav: list[NavItem] = []
        if user is not None and user.entry_id is None:
            offered = [
                (url_for(endpoint), label)
                for endpoint, label, wanted in entries()
                if wanted & user.actor.roles
            ]
            # The entry whose address begins this page's address; the longest one, so that /import is not /items.
            under = _UNDER.get(request.endpoint or "")
            path = url_for(under) if under else request.path
            here = max((href for href, _label in offered if path.startswith(href)), key=len, default="")
            nav = [NavItem(href, label, href == here) for href, label in offered]
        return {"current_user": user, "nav": nav}
