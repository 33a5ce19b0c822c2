# SPDX-License-Identifier: Apache-2.0
"""What a panel refuses, keeps to itself and does not write over."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy import select

from core.audit import AuditRow
from core.errors import Conflict
from item_bank import api
from item_bank.panels.tables import PanelJudgementRow, PanelRow
from scoring.api import CREDENTIAL
from tests.db.banks import Bank, code_of, count
from tests.db.panels import PCS, PORTRAIT, agency_panel, body_panel
from tests.unit.item_bank.builders import item


def test_a_cancelled_panel_keeps_its_judgements_and_recommends_nothing(bank: Bank) -> None:
    stage = body_panel(bank, judges=2)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    stage.round(["60", "70"], ["60", "70"])
    done = stage.lead(api.cancel_panel)
    assert isinstance(done, api.Panel)
    assert done.state is api.PanelState.CANCELLED
    assert done.recommended == ()
    with bank.store.read(stage.chair) as uow:
        assert count(uow, PanelJudgementRow) == 4
        assert code_of(api.panel_minutes, uow, stage.id) == "panel_unknown"
        assert uow.db.scalars(select(PanelRow.sha256)).one() == ""


def test_no_event_carries_a_name_a_judgement_or_a_word(bank: Bank) -> None:
    stage = body_panel(bank, judges=2)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.lead(api.describe_panel, name="Another name", portrait=PORTRAIT + " Again.", show_facts=True)
    stage.seat()
    stage.round(["37", "70"], ["37", "70"])
    stage.conclude("54")
    with bank.store.read(stage.chair) as uow:
        told = uow.db.scalars(select(AuditRow).where(AuditRow.name.like("panel_%"))).all()
        written, kinds = str([row.payload for row in told]), {row.name for row in told}
    assert kinds == {
        "panel_created", "panel_changed", "panel_judge_invited", "panel_judge_answered", "panel_round_opened",
        "panel_judgements_handed_in", "panel_round_closed", "panel_concluded",
    }  # fmt: skip
    for secret in ("Another", "Judge 1", "counter", "'37'", "QR code"):
        assert secret not in written


def test_an_item_that_was_withdrawn_after_the_choice_is_still_judged(bank: Bank) -> None:
    stage = agency_panel(bank)
    drawn = stage.lead(api.draw_items, component="theory", per_pc=2)
    assert isinstance(drawn, api.Panel)
    with bank.store.write(bank.reviewer) as uow:
        api.withdraw_item(uow, drawn.objects[0].reference)
    stage.seat()
    stage.round(["60"] * 3, ["60"] * 3, ["60"] * 3)
    assert stage.outcomes()[0].objects[0].mean == pytest.approx(0.6)
    with bank.store.write(stage.chair) as uow:
        assert code_of(
            api.describe_panel, uow, stage.id, name="Late", portrait=PORTRAIT, show_facts=False
        ) == ("panel_state")


def test_items_of_the_bank_that_nobody_made_live_cannot_be_chosen(bank: Bank) -> None:
    stage = agency_panel(bank)
    bank.bring(item(id="DRAFT-1"))
    with bank.store.read(stage.chair) as uow:
        possible = api.possible_objects(uow, api.panel(uow, stage.id), component="theory")
        practical = api.possible_objects(uow, api.panel(uow, stage.id), component="practical")
    assert "DRAFT-1" not in [one.label for one in possible]
    assert {one.component for one in practical} == {"practical"}


def test_the_whole_test_is_judged_by_numbers_and_by_nothing_else(bank: Bank) -> None:
    stage = body_panel(bank, method=api.PanelMethod.HOFSTEE, judges=2)
    assert [one.reference for one in stage.panel().objects] == [
        "lowest_cut", "highest_cut", "lowest_fails", "highest_fails",
    ]  # fmt: skip
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.choose_objects, uow, stage.id, component="theory", chosen=[]) == "panel_of_numbers"
        assert code_of(api.put_facts, uow, stage.id, facts={}) == "panel_of_numbers"
        assert code_of(api.put_people, uow, stage.id, people=[], source="June") == "panel_of_numbers"
    stage.seat()
    stage.lead(api.put_impact, shares=[Fraction(mark, 20) for mark in range(20)], source="June")
    stage.lead(api.open_round)
    with bank.store.write(stage.judges[0]) as uow:
        api.save_judgements(uow, stage.id, values={1: "60", 2: "40", 3: "30", 4: "70"})
        assert code_of(api.hand_in, uow, stage.id) == "panel_box"
    for place in (0, 1):
        stage.judge(place, {1: "40", 2: "60", 3: "30", 4: "70"})
    stage.lead(api.close_round)
    assert stage.outcomes()[0].cut(CREDENTIAL).share == pytest.approx(0.5)  # type: ignore[union-attr]
    assert stage.conclude("50").recommended[0].share == Fraction(1, 2)


def test_what_another_window_said_is_not_written_over(bank: Bank) -> None:
    stage = agency_panel(bank, judges=2)
    with bank.store.read(stage.chair) as uow:
        items = [
            (one.kind, one.reference) for one in api.possible_objects(uow, stage.panel(), component="theory")
        ]
    stage.lead(api.choose_objects, component="theory", chosen=items[:3])
    stage.seat()
    stage.lead(api.open_round)

    def save(values: dict[int, str], seen: int | None) -> int:
        with bank.store.write(stage.judges[0]) as uow:
            return api.save_judgements(uow, stage.id, values=values, seen=seen)

    assert save({1: "50", 2: "40"}, 0) == 2
    with pytest.raises(Conflict, match="panel_judged_elsewhere") as refused:
        save({1: "60", 2: "40", 3: "30"}, 0)
    assert refused.value.facts == {"objects": 1, "first": 1}
    assert save({3: "30"}, 0) == 1, "of which the other window said nothing"
    assert save({1: "60"}, 3) == 1
    assert save({1: "70"}, None) == 1
    with bank.store.read(stage.judges[0]) as uow:
        found, judge = api.panel_seat(uow, stage.id)
        assert api.judgement_log(uow, found, judge) == [(1, "50"), (2, "40"), (3, "30"), (1, "60"), (1, "70")]
        assert api.judged_keys(uow, found, judge) == {}


def test_an_adoption_names_the_panel_and_its_minutes(bank: Bank) -> None:
    stage = body_panel(bank, method=api.PanelMethod.BEUK, judges=2)
    stage.seat()
    stage.lead(api.put_impact, shares=[Fraction(mark, 20) for mark in range(20)], source="June")
    stage.round(["40", "50"], ["60", "50"])
    concluded = stage.conclude("50")
    with bank.store.write(stage.chair) as uow:
        document = api.credential_json(uow, bank.credential_id) | {"version": "2.0"}
        draft = api.add_credential_version(uow, owner_id=str(stage.chair.organisation_id), document=document)
        api.adopt_recommendation(uow, stage.id, draft_id=draft.id, scopes=[CREDENTIAL])
        [found] = api.credential_adoptions(uow, draft.id)
        assert api.credential_adoptions(uow, bank.credential_id) == []
        assert api.panel_adoptions(uow, stage.id) == [found]
    assert (found.panel_id, found.panel_name) == (stage.id, "Cut of 2027")
    assert (found.minutes_sha256, found.adopted_by) == (concluded.sha256, stage.chair.id)
