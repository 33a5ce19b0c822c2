# SPDX-License-Identifier: Apache-2.0
"""Safe Exam Browser at our doors: the file of a sitting, and whether the browser of this request is the right one.

Asked where a test is entered (gate, start, lease, room) and never where an answer is saved: a browser that stumbles must lose
nothing. A login that showed itself right once stays right in the same browser.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import request, url_for

from assessor import api as assessor
from core.errors import Forbidden
from core.identity.secrets import hash_key
from core.ids import normalise_code
from core.uow import UnitOfWork
from web import login
from web.access import actor, entry_id, services

CONFIG_HEADER = "X-SafeExamBrowser-ConfigKeyHash"
EXAM_HEADER = "X-SafeExamBrowser-RequestHash"
MEDIA_TYPE = "application/seb"


class Admission(StrEnum):
    """What a door says to this browser."""

    OPEN = "open"
    MISSING = "safe_browser_needed"
    WRONG = "safe_browser_wrong_key"


def base() -> str:
    """Where people reach us, without a slash at the end: as configured, since a proxy may hide it, else as asked for."""
    return (services().config.public_url or request.host_url).rstrip("/")


def page_url() -> str:
    """The absolute address that this request's browser knows."""
    return base() + (request.full_path if request.query_string else request.path)


def password_of(sitting_id: str) -> str:
    """What closes Safe Exam Browser at this sitting."""
    return normalise_code(assessor.quit_password(services().config.key("safe-browser"), sitting_id))


def settings_of(sitting_id: str, *, camera: bool) -> dict[str, Any]:
    """The settings of a sitting's file."""
    return assessor.safe_browser_settings(
        base_url=base(), sitting_id=sitting_id, camera=camera, password=password_of(sitting_id)
    )


def links_of(sitting_id: str) -> dict[str, str]:
    """Where the file lies, for a download and for Safe Exam Browser itself (`seb:` stands for http, `sebs:` for https)."""
    path = url_for("browser.settings_file", sitting_id=sitting_id)
    scheme, _, rest = base().partition("://")
    return {"file": path, "open": f"{'sebs' if scheme == 'https' else 'seb'}://{rest}{path}"}


def sent_proof() -> assessor.Proof:
    """What this request's headers carry."""
    headers = request.headers
    return assessor.Proof(
        config_hash=headers.get(CONFIG_HEADER, "")[:128], exam_hash=headers.get(EXAM_HEADER, "")[:128]
    )


def admission(
    uow: UnitOfWork,
    *,
    proof: assessor.Proof | None = None,
    url: str = "",
    asked: assessor.EntryBrowser | None = None,
) -> tuple[Admission, assessor.Means | None]:
    """Whether the learner of this request may go on, and what has to be noted of it (`note`), if anything.

    A proof that came in a script is given with the address of its page; else the headers of this request are looked at.
    ``asked``: what the sitting asks, where it is at hand.
    """
    asked = asked or assessor.rules_of_entry(uow, entry_id())
    if asked.rules.secure_browser is not assessor.SecureBrowser.REQUIRED:
        return Admission.OPEN, None
    if assessor.browser_releases(uow, asked.sitting_id, entry_id=entry_id()):
        return Admission.OPEN, None
    if assessor.is_browser_checked(uow, entry_id(), **_this_browser()):
        return Admission.OPEN, None
    proof = proof or sent_proof()
    key = assessor.config_key(settings_of(asked.sitting_id, camera=asked.camera))
    means = assessor.proven(proof, [url or page_url()], config=key, exam_keys=asked.rules.exam_keys)
    if means is not None:
        return Admission.OPEN, means
    return (Admission.MISSING if proof.is_empty else Admission.WRONG), None


@dataclass(frozen=True, slots=True)
class Door:
    """What the gate says to this browser. `shown`: links to the file, and what the sitting asks of browsers."""

    answer: Admission
    means: assessor.Means | None
    shown: dict[str, Any]

    @property
    def template(self) -> str:
        """The page behind this door."""
        return "gate" if self.answer is Admission.OPEN else "safe_browser"


def at_gate(uow: UnitOfWork) -> Door:
    """The gate's own look at this browser."""
    asked = assessor.rules_of_entry(uow, entry_id())
    answer, means = admission(uow, asked=asked)
    used = asked.rules.secure_browser is not assessor.SecureBrowser.OFF
    shown = {
        "offered": asked.rules.secure_browser is assessor.SecureBrowser.OFFERED,
        "full_screen": asked.rules.full_screen,
        "paste": asked.rules.paste,
        "links": links_of(asked.sitting_id) if used else None,
        "wrong": answer is Admission.WRONG,
    }
    return Door(answer, means, shown)


def way_out(uow: UnitOfWork, sitting_id: str) -> str:
    """The address that closes Safe Exam Browser, where a sitting uses it; else ""."""
    off = assessor.browser_rules(uow, sitting_id).secure_browser is assessor.SecureBrowser.OFF
    return "" if off else assessor.quit_url(base(), sitting_id)


def note(uow: UnitOfWork, means: assessor.Means | None) -> None:
    """Keep that this login's browser is the right one."""
    if means is not None:
        assessor.note_browser_check(uow, entry_id(), means=means, **_this_browser())


def require(uow: UnitOfWork) -> None:
    """Refuse a browser that is not the right one, and keep that it is.

    Raises Forbidden ``safe_browser_needed``, ``safe_browser_wrong_key``.
    """
    answer, means = admission(uow)
    if answer is Admission.WRONG:
        raise Forbidden("safe_browser_wrong_key")
    if answer is Admission.MISSING:
        raise Forbidden("safe_browser_needed")
    note(uow, means)


def keep(means: assessor.Means | None) -> None:
    """As `note`, after a page that only read."""
    if means is not None:
        with services().store.write(actor()) as uow:
            note(uow, means)


def _this_browser() -> dict[str, str]:
    """Fingerprints of the login and of the program that shows it; neither can be turned back."""
    token = request.cookies.get(login.cookie_name(services().config), "")
    agent = request.headers.get("User-Agent", "")[:1000]
    return {"login_hash": hash_key(token), "browser_hash": hashlib.sha256(agent.encode()).hexdigest()}
