# SPDX-License-Identifier: Apache-2.0
"""Commands on a panel's set-up: what it judges, who judges, what is known. Rounds are in ``judging``; all are the chair's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import delete

from core.errors import Conflict, Invalid, NotFound
from core.identity import queries as identity
from core.identity.model import Role
from core.ids import new_id, seeded
from core.uow import ActorKind, UnitOfWork
from item_bank.panels import events
from item_bank.panels.model import (
    MOST_JUDGES,
    MOST_OBJECTS,
    JudgeState,
    ObjectFacts,
    ObjectKind,
    Panel,
    PanelMethod,
    PanelObject,
    PanelState,
    number_objects,
    read_expertise,
    read_name,
    read_portrait,
    require_chair,
    require_state,
)
from item_bank.panels.outcome import curves_of
from item_bank.panels.queries import panel, panel_seat, possible_objects
from item_bank.panels.tables import PanelJudgeRow, PanelObjectRow, PanelRow
from item_bank.standards.queries import credential_version
from item_bank.tenancy import require_owner
from scoring.cut_scores.api import booklet
from scoring.errors import StatisticsError

CHAIRS = frozenset({Role.MANAGER, Role.AWARDING_BODY})
JUDGES = frozenset({Role.MANAGER, Role.AWARDING_BODY, Role.AUTHOR, Role.REVIEWER, Role.ASSESSOR})
_SHORTEST_EXPERTISE = 10


def create_panel(
    uow: UnitOfWork,
    *,
    owner_id: str,
    credential_version_id: str,
    name: str,
    method: PanelMethod,
    portrait: str,
    chair_id: str,
) -> Panel:
    """Set a panel up for a credential that the owner may see. ``portrait`` says what a learner just good enough can do.

    NotFound(``organisation_unknown`` | ``credential_unknown``), Invalid(``panel_name`` | ``panel_portrait`` | ``panel_chair``).
    """
    require_owner(uow, owner_id, code="organisation_unknown")
    credential = credential_version(uow, credential_version_id)
    chair = identity.person(uow, chair_id)
    if chair is None or chair.organisation_id != owner_id or not CHAIRS & chair.roles:
        raise Invalid("panel_chair")
    row = PanelRow(
        id=new_id(),
        owner_id=owner_id,
        credential_version_id=credential.id,
        name=read_name(name),
        method=method,
        portrait=read_portrait(portrait),
        state=PanelState.SETUP,
        chair_id=chair.id,
        show_facts=False,
        sha256="",
        created_at=uow.now,
    )
    uow.db.add(row)
    uow.db.flush()
    _add_objects(uow, row.id, number_objects(method))
    uow.db.flush()
    uow.emit(
        events.PanelCreated(
            organisation_id=owner_id,
            subject_id=row.id,
            credential_version_id=credential.id,
            method=method.value,
        )
    )
    return panel(uow, row.id)


def describe_panel(uow: UnitOfWork, panel_id: str, *, name: str, portrait: str, show_facts: bool) -> Panel:
    """Change the words of a panel before its first round, and whether judges see what real learners reached between rounds.

    Conflict(``panel_state``), Forbidden(``panel_chair_only``), Invalid as `create_panel`.
    """
    found = _led(uow, panel_id, PanelState.SETUP)
    row = uow.db.get_one(PanelRow, found.id)
    row.name = read_name(name)
    row.portrait = read_portrait(portrait)
    row.show_facts = show_facts
    return _changed(uow, found)


def choose_objects(
    uow: UnitOfWork, panel_id: str, *, component: str, chosen: Collection[tuple[ObjectKind, str]]
) -> Panel:
    """Judge exactly these things in a component; what was chosen in other components stays.

    NotFound(``panel_object_unknown``) for what cannot be judged there, Invalid(``panel_objects_many`` | ``panel_objects_twice``
    where a PC is judged as a whole and in parts), Conflict(``panel_state`` | ``panel_of_people`` | ``panel_of_numbers``).
    """
    found = _led(uow, panel_id, PanelState.SETUP)
    _require_items(found)
    known = {(one.kind, one.reference): one for one in possible_objects(uow, found, component=component)}
    if missing := set(chosen) - known.keys():
        raise NotFound("panel_object_unknown", objects=len(missing))
    facts = {(one.kind, one.reference): one.facts for one in found.objects}
    wanted = [one for one in found.objects if one.component != component]
    wanted += [
        replace(one, facts=facts.get(key, ObjectFacts())) for key, one in known.items() if key in set(chosen)
    ]
    return _put(uow, found, wanted)


def draw_items(uow: UnitOfWork, panel_id: str, *, component: str, per_pc: int) -> Panel:
    """Judge as many live items of each PC, drawn by chance that repeats for this panel; fewer where a PC has fewer.

    Invalid(``panel_draw``: 1 to 20), and as `choose_objects`.
    """
    if not 1 <= per_pc <= 20:
        raise Invalid("panel_draw")
    found = _led(uow, panel_id, PanelState.SETUP)
    by_pc: dict[str, list[PanelObject]] = defaultdict(list)
    for one in possible_objects(uow, found, component=component):
        if one.kind is ObjectKind.ITEM:
            by_pc[one.pc].append(one)
    chance = seeded(found.id)
    drawn = [one for own in by_pc.values() for one in chance.sample(own, min(per_pc, len(own)))]
    chosen = {(one.kind, one.reference) for one in drawn}
    return choose_objects(uow, panel_id, component=component, chosen=chosen)


def put_people(
    uow: UnitOfWork, panel_id: str, *, people: Sequence[tuple[str, str, Fraction]], source: str
) -> Panel:
    """Judge learners of a batch: (entry id, label without a name, share of the credential's marks), which is the impact too.

    Conflict(``panel_state`` | ``panel_of_items`` | ``panel_of_numbers``), Invalid(``panel_objects_many`` | ``panel_scores``).
    """
    found = _led(uow, panel_id, PanelState.SETUP)
    if not found.method.of_people:
        raise Conflict("panel_of_numbers" if found.method.numbers else "panel_of_items")
    _set_impact(uow, found, [share for _entry, _label, share in people], source=source)
    wanted = [
        PanelObject(
            number=number,
            kind=ObjectKind.PERSON,
            reference=entry,
            label=label,
            pc="",
            component="",
            maximum=Fraction(1),
            facts=ObjectFacts(score=str(share)),
        )
        for number, (entry, label, share) in enumerate(people, start=1)
    ]
    return _put(uow, found, wanted)


def put_facts(uow: UnitOfWork, panel_id: str, *, facts: Mapping[str, ObjectFacts]) -> Panel:
    """Say what is known of items, by their label: what real learners reached, and the parameters of a model.

    NotFound(``panel_item_unknown``, naming the first), Invalid(``panel_parameters``, naming the item),
    Conflict(``panel_state`` | ``panel_of_people`` | ``panel_of_numbers``).
    """
    found = _led(uow, panel_id, PanelState.SETUP)
    _require_items(found)
    labels = {one.label for one in found.objects}
    for label in facts:
        if label not in labels:
            raise NotFound("panel_item_unknown", item=label[:60])
    wanted = [replace(one, facts=facts.get(one.label, one.facts)) for one in found.objects]
    for one in wanted:
        _check_parameters(one)
    return _put(uow, found, wanted)


def put_impact(uow: UnitOfWork, panel_id: str, *, shares: Sequence[Fraction], source: str) -> Panel:
    """Say what real learners reached, as shares of the credential's marks; ``source`` is the batch's name.

    Between rounds too, since many panels look at consequences late. Conflict(``panel_state``), Invalid(``panel_scores``).
    """
    found = _led(uow, panel_id, PanelState.SETUP, PanelState.DISCUSSING)
    _set_impact(uow, found, shares, source=source)
    return _changed(uow, found)


def invite_judges(uow: UnitOfWork, panel_id: str, *, people: Collection[str]) -> Panel:
    """Ask colleagues to judge; who was asked before is not asked again, who was released is.

    Invalid(``panel_judge`` for who is no colleague with a fitting role | ``panel_judges_many``), Conflict(``panel_state`` |
    ``panel_chair_judges``).
    """
    found = _led(uow, panel_id, PanelState.SETUP, PanelState.DISCUSSING)
    if found.chair_id in people:
        raise Conflict("panel_chair_judges")
    colleagues = {one.id for one in identity.people(uow, found.owner_id) if JUDGES & one.roles}
    if not set(people) <= colleagues:
        raise Invalid("panel_judge")
    seats = {judge.person_id: judge for judge in found.judges}
    if len(seats.keys() | set(people)) > MOST_JUDGES:
        raise Invalid("panel_judges_many", most=MOST_JUDGES)
    for person_id in sorted(set(people)):
        known = seats.get(person_id)
        if known is None:
            _seat(uow, found, person_id, number=len(seats) + 1)
            seats[person_id] = panel(uow, found.id).judges[-1]
        elif known.state is JudgeState.RELEASED:
            row = uow.db.get_one(PanelJudgeRow, known.id)
            row.state, row.invited_at, row.answered_at = JudgeState.INVITED, uow.now, None
        else:
            continue
        uow.emit(
            events.JudgeInvited(organisation_id=found.owner_id, subject_id=found.id, person_id=person_id)
        )
    uow.db.flush()
    return panel(uow, found.id)


def release_judge(uow: UnitOfWork, panel_id: str, *, judge_id: str) -> Panel:
    """Take a seat back between rounds; judgements of earlier rounds stay. NotFound(``panel_judge_unknown``)."""
    found = _led(uow, panel_id, PanelState.SETUP, PanelState.DISCUSSING)
    judge = next((one for one in found.judges if one.id == judge_id), None)
    if judge is None:
        raise NotFound("panel_judge_unknown")
    uow.db.get_one(PanelJudgeRow, judge.id).state = JudgeState.RELEASED
    return _answered(uow, found, judge.person_id, JudgeState.RELEASED)


def accept_seat(uow: UnitOfWork, panel_id: str, *, expertise: str, interest: str) -> Panel:
    """Take part: say what one knows of the work, and any tie to who is tested. Both stand in the minutes.

    Invalid(``panel_expertise``), Conflict(``panel_state``), NotFound(``panel_unknown``).
    """
    found, judge = panel_seat(uow, panel_id)
    require_state(found, PanelState.SETUP, PanelState.DISCUSSING, PanelState.JUDGING)
    row = uow.db.get_one(PanelJudgeRow, judge.id)
    row.expertise = read_expertise(expertise, fewest=_SHORTEST_EXPERTISE)
    row.interest = read_expertise(interest, fewest=0)
    row.state, row.answered_at = JudgeState.ACCEPTED, uow.now
    return _answered(uow, found, judge.person_id, JudgeState.ACCEPTED)


def decline_seat(uow: UnitOfWork, panel_id: str) -> Panel:
    """Not take part. Conflict(``panel_state``), NotFound(``panel_unknown``)."""
    found, judge = panel_seat(uow, panel_id)
    require_state(found, PanelState.SETUP, PanelState.DISCUSSING)
    row = uow.db.get_one(PanelJudgeRow, judge.id)
    row.state, row.answered_at = JudgeState.DECLINED, uow.now
    return _answered(uow, found, judge.person_id, JudgeState.DECLINED)


def led(uow: UnitOfWork, panel_id: str) -> Panel:
    """A panel for its chair. Forbidden(``person_needed`` | ``panel_chair_only``), NotFound(``panel_unknown``)."""
    found = panel(uow, panel_id)
    require_chair(found, actor_id=uow.actor.id, is_person=uow.actor.kind is ActorKind.PERSON)
    return found


def _led(uow: UnitOfWork, panel_id: str, *states: PanelState) -> Panel:
    found = led(uow, panel_id)
    require_state(found, *states)
    return found


def _require_items(found: Panel) -> None:
    if not found.method.of_items:
        raise Conflict("panel_of_numbers" if found.method.numbers else "panel_of_people")


def _set_impact(uow: UnitOfWork, found: Panel, shares: Sequence[Fraction], *, source: str) -> None:
    if not shares or not all(0 <= share <= 1 for share in shares):
        raise Invalid("panel_scores")
    uow.db.get_one(PanelRow, found.id).impact = {
        "source": source[:200],
        "shares": [str(share) for share in shares],
    }


def _check_parameters(one: PanelObject) -> None:
    if not (one.facts.slope or one.facts.difficulties):
        return
    try:
        [curve] = curves_of([one])
        booklet([curve])
    except (StatisticsError, ValueError) as error:
        raise Invalid("panel_parameters", item=one.label) from error
    if curve.maximum != one.maximum:
        raise Invalid("panel_parameters", item=one.label)


def _put(uow: UnitOfWork, found: Panel, wanted: Sequence[PanelObject]) -> Panel:
    if len(wanted) > MOST_OBJECTS:
        raise Invalid("panel_objects_many", most=MOST_OBJECTS)
    whole = {(one.pc, one.component) for one in wanted if one.kind is ObjectKind.PC}
    if any(one.kind is not ObjectKind.PC and (one.pc, one.component) in whole for one in wanted):
        raise Invalid("panel_objects_twice")
    uow.db.execute(delete(PanelObjectRow).where(PanelObjectRow.panel_id == found.id))
    _add_objects(uow, found.id, wanted)
    return _changed(uow, found)


def _add_objects(uow: UnitOfWork, panel_id: str, wanted: Sequence[PanelObject]) -> None:
    uow.db.add_all(
        PanelObjectRow(
            panel_id=panel_id,
            number=number,
            kind=one.kind,
            reference=one.reference,
            label=one.label,
            pc=one.pc,
            component=one.component,
            maximum=str(one.maximum),
            facts=one.facts.to_document(),
        )
        for number, one in enumerate(wanted, start=1)
    )


def _changed(uow: UnitOfWork, found: Panel) -> Panel:
    uow.db.flush()
    after = panel(uow, found.id)
    uow.emit(
        events.PanelChanged(organisation_id=found.owner_id, subject_id=found.id, objects=len(after.objects))
    )
    return after


def _seat(uow: UnitOfWork, found: Panel, person_id: str, *, number: int) -> None:
    uow.db.add(
        PanelJudgeRow(
            id=new_id(),
            panel_id=found.id,
            person_id=person_id,
            number=number,
            state=JudgeState.INVITED,
            expertise="",
            interest="",
            invited_at=uow.now,
        )
    )
    uow.db.flush()


def _answered(uow: UnitOfWork, found: Panel, person_id: str, state: JudgeState) -> Panel:
    uow.db.flush()
    uow.emit(
        events.JudgeAnswered(
            organisation_id=found.owner_id, subject_id=found.id, person_id=person_id, state=state.value
        )
    )
    return panel(uow, found.id)
