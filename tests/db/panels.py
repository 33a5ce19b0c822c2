# SPDX-License-Identifier: Apache-2.0
"""People on panels, for the tests of standard setting: chairs, judges, and short words for what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.identity.model import Role
from core.identity.tables import PersonRow, RoleGrantRow
from core.ids import new_id
from core.uow import Actor, ActorKind, Store
from item_bank import api
from scoring.api import CREDENTIAL, Scope
from tests.db.banks import Bank
from tests.unit.item_bank.builders import item

PCS = [(api.ObjectKind.PC, "PC1"), (api.ObjectKind.PC, "PC2")]
PORTRAIT = "Pays a shop by QR code alone, and asks for help when the amount shown is not the one agreed on."


@dataclass
class Stage:
    """A panel in the making: who chairs, who judges, and the panel's id."""

    store: Store
    chair: Actor
    judges: tuple[Actor, ...]
    id: str

    def panel(self) -> api.Panel:
        with self.store.read(self.chair) as uow:
            return api.panel(uow, self.id)

    def lead(self, act: Callable[..., object], **arguments: object) -> object:
        """The chair does something."""
        with self.store.write(self.chair) as uow:
            return act(uow, self.id, **arguments)

    def seat(self) -> None:
        """Everybody is asked and accepts."""
        self.lead(api.invite_judges, people=[judge.id for judge in self.judges])
        for judge in self.judges:
            with self.store.write(judge) as uow:
                api.accept_seat(uow, self.id, expertise="Ten years at a bank's counter.", interest="")

    def judge(self, place: int, values: Mapping[int, str]) -> None:
        with self.store.write(self.judges[place]) as uow:
            api.save_judgements(uow, self.id, values=values)
            api.hand_in(uow, self.id)

    def round(self, *said: Sequence[str] | str) -> None:
        """A whole round: each judge's values in the order of the objects, or a page."""
        self.lead(api.open_round)
        for place, values in enumerate(said):
            numbered = {0: values} if isinstance(values, str) else dict(enumerate(values, start=1))
            self.judge(place, numbered)
        self.lead(api.close_round)

    def outcomes(self) -> list[api.PanelOutcome]:
        with self.store.read(self.chair) as uow:
            found = api.panel(uow, self.id)
            return api.panel_outcomes(
                uow, found, api.credential_version(uow, found.credential_version_id).document
            )

    def conclude(self, share: str, *, scope: Scope = CREDENTIAL, reason: str = "") -> api.Panel:
        with self.store.write(self.chair) as uow:
            return api.conclude_panel(uow, self.id, shares={scope: share}, reasons={scope: reason})


def colleague(store: Store, organisation_id: str, name: str, role: Role) -> Actor:
    """Somebody with a role; nobody signs in as them, so that no password is hashed."""
    with store.write(Actor.system()) as uow:
        row = PersonRow(
            id=new_id(),
            organisation_id=organisation_id,
            name=name,
            email=f"{name.lower().replace(' ', '.')}@example.org",
            password_hash="none",
            created_at=uow.now,
            grants=[RoleGrantRow(role=role, granted_at=uow.now)],
        )
        uow.db.add(row)
        uow.db.flush()
    return Actor(ActorKind.PERSON, row.id, organisation_id, frozenset({role}))


def body_panel(bank: Bank, *, method: api.PanelMethod = api.PanelMethod.ANGOFF, judges: int = 3) -> Stage:
    """A panel of the awarding body, over PCs and criteria of its own document."""
    assert bank.body.organisation_id is not None
    return _stage(
        bank,
        bank.body.organisation_id,
        chairs=Role.AWARDING_BODY,
        sits=Role.AWARDING_BODY,
        method=method,
        judges=judges,
    )


def agency_panel(bank: Bank, *, method: api.PanelMethod = api.PanelMethod.ANGOFF, judges: int = 3) -> Stage:
    """A panel of the agency; its bank has two live items of PC1 and one of PC2."""
    for name, pc in (("A-1", "PC1"), ("A-2", "PC1"), ("B-1", "PC2")):
        bank.bring(item(id=name, pc=pc))
        bank.make_live(name)
    return _stage(bank, bank.agency, chairs=Role.MANAGER, sits=Role.ASSESSOR, method=method, judges=judges)


def _stage(
    bank: Bank, owner_id: str, *, chairs: Role, sits: Role, method: api.PanelMethod, judges: int
) -> Stage:
    chair = colleague(bank.store, owner_id, "Chair Person", chairs)
    people = tuple(colleague(bank.store, owner_id, f"Judge {place}", sits) for place in range(1, judges + 1))
    with bank.store.write(chair) as uow:
        made = api.create_panel(
            uow,
            owner_id=owner_id,
            credential_version_id=bank.credential_id,
            name="Cut of 2027",
            method=method,
            portrait=PORTRAIT,
            chair_id=chair.id,
        )
    return Stage(bank.store, chair, people, made.id)
