# SPDX-License-Identifier: Apache-2.0
"""Panels walked through their pages: a chair and judges at their browsers, and short words for what they do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.identity import operations as identity
from core.identity import queries
from core.identity.model import Role
from core.uow import Actor, ActorKind
from item_bank import api as bank
from tests.web.panelled import EXPERTISE, PORTRAIT
from tests.web.site import Site, Visitor
from tests.web.world import person
from web import demo

JUDGES = (Role.AUTHOR, Role.REVIEWER, Role.ASSESSOR)


@dataclass
class Walk:
    """A panel of the sample's agency; `judges` sit at their browsers in the order of `people`."""

    site: Site
    chair: Visitor
    judges: tuple[Visitor, ...]
    people: tuple[str, ...]
    panel: str

    @property
    def id(self) -> str:
        return self.panel.rsplit("/", 1)[1]

    def lead(self, path: str, form: Mapping[str, Any], *, status: int = 302) -> str:
        """The chair sends a form."""
        self.chair.get(self.panel)
        answer = self.chair.post(f"{self.panel}/{path}", dict(form))
        assert answer.status_code == status, answer.text
        return answer.text

    def act(self, act: str) -> None:
        self.lead("round", {"act": act})

    def seat(self) -> None:
        """Everybody is asked and accepts."""
        self.lead("judges", {"person": list(self.people)})
        for judge in self.judges:
            judge.get(f"{self.panel}/seat")
            answer = judge.post(f"{self.panel}/seat", {"answer": "accept", "expertise": EXPERTISE})
            assert answer.status_code == 302, answer.text

    def hand_in(self, place: int, values: Sequence[str], *, first: int = 1) -> None:
        """A judge fills the page in and hands it in."""
        page = self.judges[place].get(f"{self.panel}/seat").text
        form = {f"value-{number}": value for number, value in enumerate(values, start=first)}
        assert all(f'name="{name}"' in page for name in form)
        answer = self.judges[place].post(f"{self.panel}/judgements", {**form, "act": "hand_in"})
        assert answer.status_code == 302, answer.text

    def round(self, *said: Sequence[str], first: int = 1) -> str:
        """A whole round; the chair's page afterwards."""
        self.act("open")
        for place, values in enumerate(said):
            self.hand_in(place, values, first=first)
        self.act("close")
        return self.chair.get(self.panel).text

    def conclude(self, share: str, *, reason: str = "") -> dict[str, Any]:
        """The chair recommends a share of the whole credential; the minutes."""
        self.lead(
            "conclude",
            {"scope": "credential||", "share-credential||": share, "reason-credential||": reason},
        )
        found = json.loads(self.chair.get(f"{self.panel}/minutes?format=json").text)
        assert isinstance(found, dict)
        return found

    def draw(self, per_pc: int = 1) -> None:
        """So many items of each criterion."""
        self.lead("objects", {"component": "theory", "draw": "yes", "per_pc": str(per_pc)})

    def objects(self) -> tuple[bank.PanelObject, ...]:
        with self.site.parts.store.read(Actor.system()) as uow:
            return bank.panel(uow, self.id).objects

    def learners(self, shares: Sequence[Fraction]) -> None:
        """Learners of a batch with these shares of the marks."""
        people = [(f"entry{n}", f"Candidate {n:03}", share) for n, share in enumerate(shares, start=1)]
        with self.site.parts.store.write(chair_of(self.site)) as uow:
            bank.put_people(uow, self.id, people=people, source="June")

    def impact(self, shares: Sequence[Fraction]) -> None:
        with self.site.parts.store.write(chair_of(self.site)) as uow:
            bank.put_impact(uow, self.id, shares=shares, source="June")


def chair_of(site: Site) -> Actor:
    with site.parts.store.read(Actor.system()) as uow:
        found = person(uow, Role.MANAGER)
    return Actor(ActorKind.PERSON, found.id, found.organisation_id, found.roles)


def walk(site: Site, method: str, *, judges: int = 3) -> Walk:
    """A new panel with so many people at their browsers who could judge; nobody is asked yet."""
    with site.parts.store.write(Actor.system()) as uow:
        manager = person(uow, Role.MANAGER)
        known = {person(uow, role).email: person(uow, role).id for role in JUDGES[:judges]}
        for number in range(len(known), judges):
            more = identity.add_person(
                uow,
                organisation_id=manager.organisation_id,
                name=f"Judge {number}",
                email=f"judge{number}@parakh.example",
                password=demo.PASSWORD,
                roles=[Role.ASSESSOR],
            )
            known[more.email] = more.id
        assert all(queries.person(uow, one) for one in known.values())
        credential = bank.find_credential_version(uow, code="SDP/MC/0701", version="1.0")
        assert credential is not None
    chair = site.staff(Role.MANAGER)
    chair.get("/panels/new")
    form = {"name": "Cut of 2027", "credential": credential.id, "method": method, "portrait": PORTRAIT}
    made = chair.post("/panels", form)
    assert made.status_code == 302, made.text
    visitors = tuple(site.sign_in(email) for email in known)
    return Walk(site, chair, visitors, tuple(known.values()), str(made.headers["Location"]))
