# SPDX-License-Identifier: Apache-2.0
"""What staff see of the rules for browsers: how to give the file out, and who was let in without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessor import api as assessor
from core.identity import queries as identity
from core.uow import UnitOfWork
from web.presenters.telemetry import noted_of
from web.words import _


def rules_page(
    sitting: assessor.Sitting,
    releases: Sequence[assessor.BrowserRelease],
    entries: Sequence[assessor.Entry],
    names: Mapping[str, str],
    *,
    password: str,
    config_key: str,
    links: Mapping[str, str],
) -> dict[str, Any]:
    """The page of one sitting; ``names`` of people by id."""
    candidates = {one.id: one.candidate_name for one in entries}
    return {
        "sitting": sitting,
        "password": password,
        "config_key": config_key,
        "links": links,
        "candidates": sorted(candidates.items(), key=lambda pair: pair[1]),
        "releases": [
            {
                **release,
                "who": candidates.get(release["entry_id"], "–") if release["entry_id"] else _("Everybody"),
            }
            for release in release_lines(releases, names)
        ],
    }


def browser_part(uow: UnitOfWork, line: assessor.RosterLine) -> dict[str, Any]:
    """What the record of one attempt says of its browsers: what they noted, releases, and the keys that were right."""
    entry = line.entry
    releases = assessor.browser_releases(uow, entry.sitting.id, entry_id=entry.id)
    return {
        "noted": noted_of(uow, line.attempt.id, entry),
        "releases": release_lines(releases, identity.names(uow, {one.released_by for one in releases})),
        "checks": check_lines(assessor.browser_checks(uow, entry.id)),
    }


def release_lines(
    releases: Sequence[assessor.BrowserRelease], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Releases as pages show them, oldest first."""
    return [
        {
            "entry_id": one.entry_id,
            "at": one.released_at,
            "by": names.get(one.released_by, "–"),
            "reason": one.reason,
        }
        for one in releases
    ]


def check_lines(checks: Sequence[assessor.BrowserCheck]) -> list[dict[str, Any]]:
    """The browsers of an entry that showed the right key."""
    return [
        {
            "at": one.checked_at,
            "browser": one.browser,
            "means": _("Browser Exam Key") if one.means is assessor.Means.EXAM_KEY else _("Config Key"),
        }
        for one in checks
    ]
