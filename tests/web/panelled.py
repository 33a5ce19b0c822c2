# SPDX-License-Identifier: Apache-2.0
"""Panels for the stage: being set up, in a second round, between rounds with its plots, and concluded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from core.identity import queries as identity
from core.identity.model import Person, Role
from core.identity.tables import PersonRow, RoleGrantRow
from core.ids import new_id
from core.uow import UnitOfWork
from item_bank import api as bank
from scoring.api import CREDENTIAL

PORTRAIT = "Pays a shop by QR code alone, and asks for help when the amount shown is not the one agreed on."
EXPERTISE = "Ten years at a bank's counter."
SHARES = tuple(Fraction(part, 40) for part in range(8, 40, 2))

# What the stage's callers send to routes of panels, and whose panel each of them is asked for.
SENT: dict[str, dict[str, str]] = {
    "panels.create": {
        "name": "Cut of 2028",
        "credential": "{credential_id}",
        "method": "angoff",
        "portrait": PORTRAIT,
    },
    "panels.save_words": {"name": "Cut of 2028", "portrait": PORTRAIT},
    "panels.choose": {"component": "theory"},
    "panels.batch": {"batch": "{batch_id}"},
    "panels.change_round": {"act": "cancel"},
    "panels.notes": {"notes": "All agree."},
    "panels.adopt": {"draft": "{panel_draft_id}", "scope": "credential||"},
    "judging.answer": {"answer": "accept", "expertise": EXPERTISE},
    "judging.judge": {"value-1": "60"},
}
OTHER_ID = {
    **{(f"judging.{name}", "panel_id"): "seat_panel_id" for name in ("show", "answer", "judge", "media")},
    **{(f"panels.{name}", "panel_id"): "concluded_panel_id" for name in ("minutes", "adopt")},
    **{(f"panels.{name}", "panel_id"): "told_panel_id" for name in ("notes", "conclude")},
}
OF_THE_BODY = {
    "panel_id": "body_panel_id",
    "seat_panel_id": "body_seat_panel_id",
    "told_panel_id": "body_told_panel_id",
    "judge_id": "body_judge_id",
}
"""The awarding body's own panel in the place of the agency's."""


def add_panels(uow: UnitOfWork, ids: dict[str, str]) -> None:
    """Panels of the sample's agency and awarding body; every id by name."""
    from tests.web.world import acting_as, person  # which calls this

    sample = {role: person(uow, role) for role in _STAFF}
    staff = {role: acting_as(uow, one) for role, one in sample.items()}
    chair, body = staff[Role.MANAGER], staff[Role.AWARDING_BODY]
    judges = [staff[role] for role in (Role.AUTHOR, Role.REVIEWER, Role.ASSESSOR)]
    credential = ids["credential_id"]
    other_chair = acting_as(uow, _colleague(uow, sample[Role.MANAGER], Role.MANAGER))
    friend, second = (
        acting_as(uow, _colleague(uow, sample[Role.AWARDING_BODY], Role.AWARDING_BODY)) for _ in range(2)
    )
    ids["panel_id"] = _of_items(chair, credential)
    ids["judge_id"] = bank.invite_judges(chair, ids["panel_id"], people=[judges[0].actor.id]).judges[0].id
    ids["body_panel_id"] = _of_criteria(body, credential)
    ids["body_judge_id"] = (
        bank.invite_judges(body, ids["body_panel_id"], people=[friend.actor.id]).judges[0].id
    )
    ids["seat_panel_id"] = _of_items(other_chair, credential)
    _second_round(other_chair, ids["seat_panel_id"], [*judges, chair])
    ids["body_seat_panel_id"] = _of_criteria(friend, credential)
    seat(friend, ids["body_seat_panel_id"], [body, second])
    bank.open_round(friend, ids["body_seat_panel_id"])
    ids["told_panel_id"] = _told(chair, credential, judges)
    ids["body_told_panel_id"] = _told(body, credential, [friend, second])
    ids["concluded_panel_id"] = _concluded(chair, credential, judges)
    document = bank.credential_json(body, credential) | {"version": "9.9"}
    owner = str(body.actor.organisation_id)
    ids["panel_draft_id"] = bank.add_credential_version(body, owner_id=owner, document=document).id


_STAFF = (Role.MANAGER, Role.AUTHOR, Role.REVIEWER, Role.ASSESSOR, Role.AWARDING_BODY)


def new_panel(chair: UnitOfWork, credential_id: str, method: bank.PanelMethod, *, name: str) -> str:
    """A panel of the chair's organisation; its id."""
    return bank.create_panel(
        chair,
        owner_id=str(chair.actor.organisation_id),
        credential_version_id=credential_id,
        name=name,
        method=method,
        portrait=PORTRAIT,
        chair_id=chair.actor.id,
    ).id


def seat(chair: UnitOfWork, panel_id: str, judges: Sequence[UnitOfWork]) -> None:
    """Everybody is asked and accepts."""
    bank.invite_judges(chair, panel_id, people=[judge.actor.id for judge in judges])
    for judge in judges:
        bank.accept_seat(judge, panel_id, expertise=EXPERTISE, interest="")


def a_round(chair: UnitOfWork, panel_id: str, said: Sequence[tuple[UnitOfWork, Sequence[str]]]) -> None:
    """A whole round: who judges, and the values in the order of the objects."""
    bank.open_round(chair, panel_id)
    for judge, values in said:
        bank.save_judgements(judge, panel_id, values=dict(enumerate(values, start=1)))
        bank.hand_in(judge, panel_id)
    bank.close_round(chair, panel_id)


def _colleague(uow: UnitOfWork, of: Person, role: Role) -> Person:
    row = PersonRow(
        id=new_id(),
        organisation_id=of.organisation_id,
        name=f"Colleague of {of.name}",
        email=f"{new_id()}@example.org",
        password_hash="none",
        created_at=uow.now,
        grants=[RoleGrantRow(role=role, granted_at=uow.now)],
    )
    uow.db.add(row)
    uow.db.flush()
    found = identity.person(uow, row.id)
    assert found is not None
    return found


def _of_items(chair: UnitOfWork, credential_id: str) -> str:
    made = new_panel(chair, credential_id, bank.PanelMethod.ANGOFF, name="Cut by items")
    bank.draw_items(chair, made, component="theory", per_pc=1)
    return made


def _of_criteria(chair: UnitOfWork, credential_id: str) -> str:
    made = new_panel(chair, credential_id, bank.PanelMethod.ANGOFF, name="Cut by criteria")
    pcs = [
        one
        for one in bank.possible_objects(chair, bank.panel(chair, made), component="practical")
        if one.kind is bank.ObjectKind.PC
    ]
    chosen = [(one.kind, one.reference) for one in pcs]
    bank.choose_objects(chair, made, component="practical", chosen=chosen)
    return made


def _second_round(chair: UnitOfWork, panel_id: str, judges: Sequence[UnitOfWork]) -> None:
    bank.describe_panel(chair, panel_id, name="Cut by items, again", portrait=PORTRAIT, show_facts=True)
    labels = [one.label for one in bank.panel(chair, panel_id).objects]
    bank.put_facts(
        chair, panel_id, facts={label: bank.ObjectFacts(facility="0.62", people=41) for label in labels}
    )
    bank.put_impact(chair, panel_id, shares=SHARES, source="June")
    seat(chair, panel_id, judges)
    values = [(judge, [str(30 + 9 * place)] * len(labels)) for place, judge in enumerate(judges)]
    a_round(chair, panel_id, values)
    bank.open_round(chair, panel_id)


def _told(chair: UnitOfWork, credential_id: str, judges: Sequence[UnitOfWork]) -> str:
    made = new_panel(chair, credential_id, bank.PanelMethod.HOFSTEE, name="Limits of the whole test")
    seat(chair, made, judges)
    bank.put_impact(chair, made, shares=SHARES, source="June")
    boxes = (("45", "70", "5", "50"), ("50", "75", "10", "40"), ("40", "65", "0", "45"))
    a_round(chair, made, list(zip(judges, boxes, strict=False)))
    return made


def _concluded(chair: UnitOfWork, credential_id: str, judges: Sequence[UnitOfWork]) -> str:
    made = new_panel(chair, credential_id, bank.PanelMethod.YES_NO, name="Cut by yes and no")
    bank.draw_items(chair, made, component="theory", per_pc=1)
    seat(chair, made, judges)
    count = len(bank.panel(chair, made).objects)
    a_round(chair, made, [(judge, ["1", *["0", "1"] * count][:count]) for judge in judges])
    [outcome] = bank.panel_outcomes(
        chair, bank.panel(chair, made), bank.credential_version(chair, credential_id).document
    )
    cut = outcome.cut(CREDENTIAL)
    assert cut is not None
    assert cut.share is not None
    bank.conclude_panel(chair, made, shares={CREDENTIAL: f"{cut.share * 100:.0f}"}, reasons={})
    return made
