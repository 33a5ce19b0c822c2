# SPDX-License-Identifier: Apache-2.0
"""Several proctors of one sitting: who looks after whom, the hand-over between shifts, who watched when."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from assessor import api as assessor
from core.errors import Invalid
from core.identity.model import Role
from core.uow import UnitOfWork
from proctor import api as proctor
from web import talking
from web.access import actor, organisation_id, services, staff
from web.answers import go
from web.presenters.shifts import shift_page
from web.presenters.wall import sitting_part, tiles_of, wall_facts
from web.words import _, ngettext

blueprint = Blueprint("shifts", __name__, url_prefix="/proctor/sittings/<sitting_id>/shift")


@blueprint.get("")
@staff(Role.PROCTOR)
def show(sitting_id: str) -> str:
    """The shift: open matters, offers, who looks after whom, the log."""
    with services().store.read(actor()) as uow:
        roster = _roster(uow, sitting_id)
        crew = talking.crew_of(uow, sitting_id, organisation_id=organisation_id())
        ids = [line.attempt.id for line in roster.lines]
        live = services().pipeline.view
        facts = wall_facts(uow, sitting_id, ids, organisation_id=organisation_id(), live=live)
        tiles = tiles_of(uow, roster.lines, facts, me=actor().id, names=crew, version=0)
        offers = proctor.hand_overs_of_sitting(uow, sitting_id)
        log = proctor.watch_log(uow, sitting_id)
        page = shift_page(tiles, crew, offers, log, me=actor().id, shares=facts.shares, now=uow.now)
    return render_template("proctor/shift.html", shift=page, sitting=sitting_part(roster.sitting))


@blueprint.post("/shares")
@staff(Role.PROCTOR)
def share(sitting_id: str) -> Response:
    """Say who looks after whom: as chosen in the list, or evenly."""
    with services().store.write(actor()) as uow:
        roster = _roster(uow, sitting_id)
        crew = talking.crew_of(uow, sitting_id, organisation_id=organisation_id())
        ids = [line.attempt.id for line in roster.lines]
        wanted = proctor.share_evenly(ids, list(crew)) if "evenly" in request.form else _chosen(ids, crew)
        changed = proctor.share_learners(uow, sitting_id, organisation_id=organisation_id(), shares=wanted)
    told = ngettext("%(num)s learner changed hands.", "%(num)s learners changed hands.", changed)
    return go("shifts.show", sitting_id=sitting_id, message=told)


@blueprint.post("/offers")
@staff(Role.PROCTOR)
def offer(sitting_id: str) -> Response:
    """Offer my learners, or all of the sitting, to another proctor, with a note."""
    with services().store.write(actor()) as uow:
        roster = _roster(uow, sitting_id)
        ids = [line.attempt.id for line in roster.lines]
        mine = [one for one, who in proctor.shares_of_sitting(uow, sitting_id).items() if who == actor().id]
        proctor.offer_hand_over(
            uow,
            sitting_id,
            organisation_id=organisation_id(),
            to_id=request.form.get("to", ""),
            note=request.form.get("note", ""),
            chosen=_offered(mine, ids),
            crew=talking.crew_of(uow, sitting_id, organisation_id=organisation_id()),
            roster=ids,
        )
    return go(
        "shifts.show", sitting_id=sitting_id, message=_("Offered. Stay until the other proctor accepts.")
    )


@blueprint.post("/offers/<hand_over_id>")
@staff(Role.PROCTOR)
def answer(sitting_id: str, hand_over_id: str) -> Response:
    """Accept or decline what was offered to me, or take back what I offered."""
    said = proctor.require_answer(request.form.get("answer", ""))
    with services().store.write(actor()) as uow:
        _roster(uow, sitting_id)
        proctor.answer_hand_over(
            uow, hand_over_id, sitting_id=sitting_id, organisation_id=organisation_id(), said=said
        )
    told = {
        proctor.HandOverAnswer.ACCEPT: _("You look after these learners now."),
        proctor.HandOverAnswer.DECLINE: _("Declined. Nothing changed."),
        proctor.HandOverAnswer.WITHDRAW: _("Taken back. Nothing changed."),
    }[said]
    return go("shifts.show", sitting_id=sitting_id, message=told)


def _roster(uow: UnitOfWork, sitting_id: str) -> assessor.Roster:
    return assessor.proctor_roster(uow, sitting_id, person_id=actor().id, organisation_id=organisation_id())


def _offered(mine: list[str], everybody: list[str]) -> list[str]:
    """The learners of an offer, as the form says it. Invalid(``request_malformed``)."""
    which = request.form.get("which")
    if which not in ("mine", "all"):
        raise Invalid("request_malformed")
    return mine if which == "mine" else everybody


def _chosen(attempt_ids: list[str], crew: dict[str, str]) -> dict[str, str | None]:
    """What the list of learners says. Invalid(``hand_over_to_nobody``)."""
    wanted = {one: request.form[one] for one in attempt_ids if one in request.form}
    if not set(wanted.values()) <= {"", *crew}:
        raise Invalid("hand_over_to_nobody")
    return {one: proctor_id or None for one, proctor_id in wanted.items()}
