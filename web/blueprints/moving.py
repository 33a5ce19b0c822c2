# SPDX-License-Identifier: Apache-2.0
"""The page on which a manager moves candidates to another sitting of their batch, one, some, or all of a cancelled one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Conflict, Invalid
from core.identity.model import Role
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.code_pages import codes_page, send_where_asked
from web.enrolling import news_of
from web.forms.reading import reasons, sentence
from web.presenters.moving import move_findings, move_rows, sitting_choices
from web.words import _, ngettext

blueprint = Blueprint("moving", __name__, url_prefix="/manager/sittings")


@blueprint.get("/<sitting_id>/move")
@staff(Role.MANAGER)
def form(sitting_id: str) -> str:
    """Who may be moved, and where to; of a cancelled sitting everybody is chosen already."""
    return _page(sitting_id, chosen=request.args.getlist("entry") or None)


@blueprint.post("/<sitting_id>/move")
@staff(Role.MANAGER)
def move(sitting_id: str) -> str | Response | tuple[str, int]:
    """Show what a move would mean for each candidate, or carry it out for all who are chosen and tell them."""
    chosen, target = list(dict.fromkeys(request.form.getlist("entry"))), request.form.get("to", "")[:40]
    if not target or not chosen:
        return _page(sitting_id, chosen=chosen, error=_("Choose at least one candidate, and a sitting.")), 422
    if request.form.get("action") != "move":
        return _page(sitting_id, chosen=chosen, target=target)
    try:
        codes, sent = _carry_out(sitting_id, chosen, target)
    except (Conflict, Invalid) as refusal:
        return _page(sitting_id, chosen=chosen, target=target, error=sentence(refusal)), 409
    made = {entry_id: code for entry_id, code in codes.items() if code is not None}
    said = ngettext(
        "%(num)s candidate is moved and told.", "%(num)s candidates are moved and told.", len(codes)
    )
    if made:
        return codes_page(target, made, said=said, sent=sent)
    return go("candidates.index", message=said, sitting_id=target)


def _carry_out(sitting_id: str, chosen: Sequence[str], target: str) -> tuple[dict[str, str | None], bool]:
    parts = services()
    with parts.store.write(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        batch = assessor.batch(uow, sitting.batch_id, organisation_id=organisation_id())
        codes = assessor.move_entries(
            uow,
            chosen,
            organisation_id=organisation_id(),
            sitting_id=target,
            reasons=reasons(request.form),
            pepper=parts.code_pepper if request.form.get("codes") == "new" else None,
            news=news_of(uow, batch),
        )
        made = {entry_id: code for entry_id, code in codes.items() if code is not None}
        return codes, bool(made) and send_where_asked(uow, made)


def _page(sitting_id: str, *, chosen: Sequence[str] | None, target: str = "", error: str = "") -> str:
    with services().store.read(actor()) as uow:
        sitting = assessor.sitting(uow, sitting_id, organisation_id=organisation_id())
        page = assessor.batch_page(uow, sitting.batch_id, organisation_id=organisation_id())
        lines = [line for line in page.lines if line.entry.sitting.id == sitting_id]
        choices = sitting_choices(page.sittings, sitting, now=uow.now)
        previews: Mapping[str, assessor.MoveLine] = {}
        if target and chosen and len(chosen) <= assessor.MAXIMUM_MOVE:
            previews = {
                one.entry.id: one
                for one in assessor.check_moves(
                    uow,
                    chosen,
                    organisation_id=organisation_id(),
                    sitting_id=target,
                    reasons=reasons(request.form),
                )
            }
    off = sitting.state is assessor.SittingState.CANCELLED
    return render_template(
        "manager/move.html",
        sitting=sitting,
        choices=choices,
        rows=move_rows(lines, previews, chosen=chosen, everybody=off, most=assessor.MAXIMUM_MOVE),
        findings=move_findings(previews.values()),
        target=target,
        target_zone=next((one.time_zone for one in page.sittings if one.id == target), sitting.time_zone),
        previewed=bool(previews),
        codes=request.form.get("codes", "new" if off else "keep"),
        values=request.form,
        error=error,
        most=assessor.MAXIMUM_MOVE,
        can_send=bool(services().channels.open),
    )
