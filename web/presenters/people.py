# SPDX-License-Identifier: Apache-2.0
"""Words and rows for the pages about staff. No database here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.identity.model import OrganisationKind, Role, StaffMember, roles_of
from web.words import _

# What stands in a browser's own words, and what people call it; the first that fits.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def browser_of(user_agent: str) -> str:
    """A short name for a browser, such as ``Firefox, Windows``; enough to recognise one's own."""
    browser = next((name for mark, name in _BROWSERS.items() if re.search(rf"\b{mark}\b", user_agent)), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)


def role_names() -> dict[str, str]:
    """Role -> its name in the reader's language."""
    return {
        Role.AUTHOR.value: _("Author"),
        Role.REVIEWER.value: _("Reviewer"),
        Role.MANAGER.value: _("Manager"),
        Role.ASSESSOR.value: _("Assessor"),
        Role.PROCTOR.value: _("Proctor"),
        Role.INTEGRITY_REVIEWER.value: _("Integrity reviewer"),
        Role.AWARDING_BODY.value: _("Awarding body"),
        Role.OPERATOR.value: _("Operator"),
        Role.ADMINISTRATOR.value: _("Administrator"),
    }


def role_hints() -> dict[str, str]:
    """Role -> what it lets somebody do, in one line."""
    return {
        Role.AUTHOR.value: _("writes items and brings in banks"),
        Role.REVIEWER.value: _("approves what others wrote"),
        Role.MANAGER.value: _("runs batches and declares results"),
        Role.ASSESSOR.value: _("marks practicals and vivas"),
        Role.PROCTOR.value: _("watches sittings live"),
        Role.INTEGRITY_REVIEWER.value: _("decides on incidents"),
        Role.AWARDING_BODY.value: _("keeps credentials and takes in results"),
        Role.OPERATOR.value: _("runs the platform"),
        Role.ADMINISTRATOR.value: _("invites staff and gives roles; sees no content and no results"),
    }


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """One role to tick."""

    value: str
    label: str
    hint: str
    held: bool


def role_choices(kind: OrganisationKind, held: frozenset[Role] = frozenset()) -> list[RoleChoice]:
    """The roles of a kind of organisation, each with its name and meaning."""
    names, hints = role_names(), role_hints()
    return [
        RoleChoice(role.value, names[role.value], hints[role.value], role in held) for role in roles_of(kind)
    ]


def roles_text(roles: frozenset[Role]) -> str:
    """The names of roles in one line."""
    names = role_names()
    return ", ".join(names[role.value] for role in Role if role in roles)


def staff_rows(members: list[StaffMember]) -> list[dict[str, object]]:
    """The list of staff, for the table and the csv."""
    return [
        {
            "id": member.id,
            "name": member.name,
            "email": member.email,
            "roles": roles_text(member.roles),
            "active": member.active,
            "second_factor": member.second_factor,
            "last_sign_in_at": member.last_sign_in_at,
        }
        for member in members
    ]
