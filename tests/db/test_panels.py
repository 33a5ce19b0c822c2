# SPDX-License-Identifier: Apache-2.0
"""Panels on a real database: who may do what when, that a judgement is never overwritten, and what a person adopts."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core.canonical import digest
from core.identity.model import Role
from core.uow import Actor
from item_bank import api
from item_bank.panels.tables import PanelAdoptionRow, PanelJudgementRow
from scoring.api import CREDENTIAL, pc_scope
from tests.db.banks import Bank, code_of, count
from tests.db.panels import PCS, PORTRAIT, agency_panel, body_panel, colleague
from tests.unit.item_bank.builders import changed, credential


def test_a_panel_of_the_body_goes_from_set_up_to_a_threshold_in_a_draft(bank: Bank) -> None:
    stage = body_panel(bank)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    stage.round(["60", "70"], ["50", "70"], ["70", "80"])
    stage.lead(api.note_discussion, notes="PC1 is done at a counter, so nobody guesses.")
    stage.round(["60", "70"], ["60", "70"], ["60", "80"])
    first, second = stage.outcomes()
    whole = first.cut(CREDENTIAL)
    assert whole is not None
    assert whole.share is not None
    assert whole.share == pytest.approx(2 / 3)
    assert second.changed == 2
    assert second.cut(pc_scope("PC1", nos="SDP/N0701")).share == pytest.approx(0.6)  # type: ignore[union-attr]
    done = stage.conclude("60", scope=pc_scope("PC1", nos="SDP/N0701"))
    assert done.state is api.PanelState.CONCLUDED
    assert done.recommended[0].share == Fraction(3, 5)
    with bank.store.read(stage.chair) as uow:
        minutes = api.panel_minutes(uow, stage.id)
        assert digest(minutes) == done.sha256
    assert [one["name"] for one in minutes["judges"]] == ["Judge 1", "Judge 2", "Judge 3"]
    assert minutes["rounds"][0]["notes"] == "PC1 is done at a counter, so nobody guesses."
    with bank.store.write(stage.chair) as uow:
        draft = api.add_credential_version(
            uow, owner_id=stage.chair.organisation_id or "", document=credential(version="2.0")
        )
        assert [one.id for one in api.adoptable_drafts(uow, done)] == [draft.id]
        after = api.adopt_recommendation(uow, stage.id, draft_id=draft.id, scopes=[done.recommended[0].scope])
    assert after.document.pc("PC1").threshold == Fraction(3, 5)  # type: ignore[union-attr]
    assert after.document.pc("PC2").threshold == Fraction(7, 10)  # type: ignore[union-attr]
    with bank.store.read(stage.chair) as uow:
        [adopted] = api.panel_adoptions(uow, stage.id)
        assert adopted.adopted_by == stage.chair.id
        assert adopted.changes[0]["after"] == "3/5"
        assert set(adopted.changes[0]["before"]) == {"7/10"}
        assert adopted.sha256 == after.sha256


def test_the_chair_alone_leads_and_only_colleagues_see_a_panel(bank: Bank) -> None:
    stage = body_panel(bank)
    with bank.store.write(stage.judges[0]) as uow:
        assert code_of(api.open_round, uow, stage.id) == "panel_chair_only"
        assert code_of(api.panel_seat, uow, stage.id) == "panel_unknown", "nobody has invited them yet"
        assert code_of(api.accept_seat, uow, stage.id, expertise="Ten years.", interest="") == "panel_unknown"
    with bank.store.write(Actor.system()) as uow:
        assert code_of(api.open_round, uow, stage.id) == "person_needed"
    for stranger in (bank.stranger, bank.author):
        with bank.store.write(stranger) as uow:
            assert code_of(api.panel, uow, stage.id) == "panel_unknown"
            assert code_of(api.panel_minutes, uow, stage.id) == "panel_unknown"
            assert code_of(api.panels, uow, owner_id=stage.chair.organisation_id) == "organisation_unknown"
    with bank.store.read(stage.chair) as uow:
        assert [one.id for one in api.panels(uow, owner_id=stage.chair.organisation_id or "")] == [stage.id]


def test_a_panel_needs_a_chair_with_the_role_a_portrait_and_a_name(bank: Bank) -> None:
    stage = body_panel(bank)
    words = {
        "owner_id": stage.chair.organisation_id,
        "credential_version_id": bank.credential_id,
        "method": api.PanelMethod.ANGOFF,
        "name": "Cut",
        "portrait": PORTRAIT,
        "chair_id": stage.chair.id,
    }
    foreign = colleague(bank.store, bank.agency, "Manager There", Role.MANAGER)
    with bank.store.write(stage.chair) as uow:
        for wrong, code in (
            ({"chair_id": foreign.id}, "panel_chair"),
            ({"chair_id": "nobody"}, "panel_chair"),
            ({"name": "  x "}, "panel_name"),
            ({"name": "x" * 121}, "panel_name"),
            ({"name": "<b>bold</b>"}, "panel_name"),
            ({"portrait": "Short."}, "panel_portrait"),
            ({"credential_version_id": "none"}, "credential_unknown"),
            ({"owner_id": bank.agency}, "organisation_unknown"),
        ):
            assert code_of(api.create_panel, uow, **{**words, **wrong}) == code


def test_a_round_opens_only_with_judges_and_something_to_judge(bank: Bank) -> None:
    stage = body_panel(bank)
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.open_round, uow, stage.id) == "panel_judges_few"
    stage.seat()
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.open_round, uow, stage.id) == "panel_objects_few"
        assert code_of(api.close_round, uow, stage.id) == "panel_state"
        assert code_of(api.conclude_panel, uow, stage.id, shares={}, reasons={}) == "panel_state"


def test_judgements_are_kept_as_they_were_and_the_newest_counts(bank: Bank) -> None:
    stage = body_panel(bank, judges=2)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    stage.lead(api.open_round)
    with bank.store.write(stage.judges[0]) as uow:
        assert api.save_judgements(uow, stage.id, values={1: "40", 2: ""}) == 1
        assert api.save_judgements(uow, stage.id, values={1: "40"}) == 0, "the same again is no new judgement"
        assert api.save_judgements(uow, stage.id, values={1: "55"}) == 1
        assert code_of(api.hand_in, uow, stage.id) == "panel_incomplete"
        assert code_of(api.save_judgements, uow, stage.id, values={9: "1"}) == "panel_object_unknown"
        assert code_of(api.save_judgements, uow, stage.id, values={1: "101"}) == "panel_value"
        found, seat = api.panel_seat(uow, stage.id)
        assert api.own_judgements(uow, found, seat) == {1: "55"}
        assert api.judgements_said(uow, found) == {seat.id: 1}
        assert count(uow, PanelJudgementRow) == 2
    stage.judge(0, {2: "70"})
    with bank.store.write(stage.judges[0]) as uow:
        assert code_of(api.save_judgements, uow, stage.id, values={1: "1"}) == "panel_handed_in"
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.close_round, uow, stage.id) == "panel_round_few"
        assert code_of(api.give_back, uow, stage.id, judge_id="nobody") == "panel_judge_unknown"
        api.give_back(uow, stage.id, judge_id=seat.id)
    stage.judge(0, {1: "60"})
    stage.judge(1, {1: "80", 2: "80"})
    stage.lead(api.close_round)
    [made] = stage.outcomes()
    assert made.objects[0].values == (0.6, 0.8)


def test_a_new_round_begins_with_what_was_said_and_who_hands_in_nothing_does_not_count(bank: Bank) -> None:
    stage = body_panel(bank)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    stage.round(["60", "70"], ["50", "70"], ["70", "80"])
    stage.lead(api.open_round)
    stage.judge(0, {})
    stage.judge(1, {1: "70"})
    stage.lead(api.close_round)
    _first, second = stage.outcomes()
    assert second.objects[0].values == (0.6, 0.7)
    assert len(second.judges) == 2
    assert second.changed == 1


def test_a_judge_declines_is_released_and_is_asked_again(bank: Bank) -> None:
    stage = body_panel(bank)
    stage.lead(api.invite_judges, people=[one.id for one in stage.judges])
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.invite_judges, uow, stage.id, people=[stage.chair.id]) == "panel_chair_judges"
        assert code_of(api.invite_judges, uow, stage.id, people=["nobody"]) == "panel_judge"
        again = api.invite_judges(uow, stage.id, people=[stage.judges[0].id])
        assert len(again.judges) == 3, "who was asked is not asked twice"
        assert code_of(api.release_judge, uow, stage.id, judge_id="nobody") == "panel_judge_unknown"
    with bank.store.write(stage.judges[0]) as uow:
        assert [one.id for one in api.panel_seats(uow)] == [stage.id]
        assert code_of(api.accept_seat, uow, stage.id, expertise="short", interest="") == "panel_expertise"
        assert api.decline_seat(uow, stage.id).judges[0].state is api.JudgeState.DECLINED
    seat = stage.panel().judges[1]
    stage.lead(api.release_judge, judge_id=seat.id)
    with bank.store.write(stage.judges[1]) as uow:
        assert code_of(api.panel_seat, uow, stage.id) == "panel_unknown"
        assert api.panel_seats(uow) == []
    stage.lead(api.invite_judges, people=[stage.judges[1].id])
    assert stage.panel().judges[1].state is api.JudgeState.INVITED


def test_who_joins_while_a_round_runs_can_judge_and_who_did_not_accept_cannot(bank: Bank) -> None:
    stage = body_panel(bank)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    late = colleague(bank.store, stage.chair.organisation_id or "", "Late Judge", Role.AWARDING_BODY)
    stage.lead(api.invite_judges, people=[late.id])
    stage.lead(api.open_round)
    with bank.store.write(late) as uow:
        assert code_of(api.save_judgements, uow, stage.id, values={1: "50"}) == "panel_not_seated"
        api.accept_seat(uow, stage.id, expertise="A trainer of many years.", interest="My brother trains.")
        assert api.save_judgements(uow, stage.id, values={1: "50"}) == 1


def test_an_agency_judges_its_items_and_the_body_reads_what_it_recommends(bank: Bank) -> None:
    stage = agency_panel(bank)
    with bank.store.read(stage.chair) as uow:
        possible = api.possible_objects(uow, stage.panel(), component="theory")
    assert [(one.kind.value, one.label) for one in possible] == [
        ("item", "A-1"), ("item", "A-2"), ("item", "B-1"), ("pc", "PC1"), ("pc", "PC2"),
    ]  # fmt: skip
    drawn = stage.lead(api.draw_items, component="theory", per_pc=1)
    assert isinstance(drawn, api.Panel)
    assert sorted(one.pc for one in drawn.objects) == ["PC1", "PC2"]
    assert stage.lead(api.draw_items, component="theory", per_pc=1) == drawn, "chance that repeats"
    items = [(one.kind, one.reference) for one in possible if one.kind is api.ObjectKind.ITEM]
    stage.lead(api.choose_objects, component="theory", chosen=items)
    stage.seat()
    stage.round(["60", "80", "50"], ["60", "80", "50"], ["60", "80", "50"])
    [made] = stage.outcomes()
    # PC1 and PC2 carry the same marks, though the sample has two items of PC1
    assert made.cut(CREDENTIAL).share == pytest.approx((0.7 + 0.5) / 2)  # type: ignore[union-attr]
    assert made.cut(CREDENTIAL).covered == Fraction(8, 20)  # type: ignore[union-attr]
    with bank.store.read(stage.judges[0]) as uow:
        found, judge = api.panel_seat(uow, stage.id)
        assert sorted(api.judged_items(uow, found, judge)) == [1, 2, 3]
        assert sorted(one.external_id for one in api.judged_keys(uow, found, judge).values()) == [
            "A-1",
            "A-2",
            "B-1",
        ]
    stage.conclude("60")
    with bank.store.read(bank.body) as uow:
        assert [one.id for one in api.panel_recommendations(uow)] == [stage.id]
        assert api.concluded_panel(uow, stage.id).recommended[0].share == Fraction(3, 5)
        assert code_of(api.panel, uow, stage.id) == "panel_unknown", "what is judged stays with the agency"
        assert "B-1" in str(api.panel_minutes(uow, stage.id))
    with bank.store.read(bank.stranger) as uow:
        assert code_of(api.panel_minutes, uow, stage.id) == "panel_unknown"
        assert api.panel_recommendations(uow) == []
    with bank.store.read(stage.chair) as uow:
        assert api.panel_recommendations(uow) == []


def test_what_cannot_be_judged_together_is_refused(bank: Bank) -> None:
    stage = agency_panel(bank)
    with bank.store.write(stage.chair) as uow:
        found = api.panel(uow, stage.id)
        possible = api.possible_objects(uow, found, component="theory")
        mixed = [(one.kind, one.reference) for one in possible]
        assert (
            code_of(api.choose_objects, uow, stage.id, component="theory", chosen=mixed)
            == "panel_objects_twice"
        )
        strange = [(api.ObjectKind.ITEM, "nothing")]
        assert (
            code_of(api.choose_objects, uow, stage.id, component="theory", chosen=strange)
            == "panel_object_unknown"
        )
        assert code_of(api.draw_items, uow, stage.id, component="theory", per_pc=21) == "panel_draw"
        assert code_of(api.put_people, uow, stage.id, people=[], source="x") == "panel_of_items"


def test_what_is_known_of_items_is_checked_before_a_bookmark_can_stand(bank: Bank) -> None:
    stage = agency_panel(bank, method=api.PanelMethod.BOOKMARK)
    with bank.store.write(stage.chair) as uow:
        possible = api.possible_objects(uow, api.panel(uow, stage.id), component="theory")
        items = [(one.kind, one.reference) for one in possible if one.kind is api.ObjectKind.ITEM]
        api.choose_objects(uow, stage.id, component="theory", chosen=items)
    stage.seat()
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.open_round, uow, stage.id) == "panel_parameters_missing"
        for wrong in (
            api.ObjectFacts(slope="0", difficulties=("1",)),
            api.ObjectFacts(slope="-1", difficulties=("1",)),
            api.ObjectFacts(slope="x", difficulties=("1",)),
            api.ObjectFacts(slope="1"),
            api.ObjectFacts(slope="1", difficulties=("0", "1")),
            api.ObjectFacts(slope="1", difficulties=("0",), guess="0.8"),
        ):
            assert code_of(api.put_facts, uow, stage.id, facts={"A-1": wrong}) == "panel_parameters"
        assert code_of(api.put_facts, uow, stage.id, facts={"Z": api.ObjectFacts()}) == "panel_item_unknown"
        known = {"A-1": "-1", "A-2": "0", "B-1": "1"}
        api.put_facts(
            uow,
            stage.id,
            facts={
                name: api.ObjectFacts(slope="1", difficulties=(step,), facility="3/5", people=40)
                for name, step in known.items()
            },
        )
        api.put_impact(uow, stage.id, shares=[Fraction(1, 2), Fraction(9, 10)], source="June")
        assert code_of(api.put_impact, uow, stage.id, shares=[], source="June") == "panel_scores"
        assert code_of(api.put_impact, uow, stage.id, shares=[Fraction(2)], source="June") == "panel_scores"
    stage.round("2", "2", "3")
    [made] = stage.outcomes()
    assert [page.item for page in made.pages] == ["1", "2", "3"]
    assert made.marks == (2, 2, 3)
    assert made.cut(CREDENTIAL).below == pytest.approx(0.5)  # type: ignore[union-attr]


def test_learners_are_sorted_without_their_scores_and_without_names(bank: Bank) -> None:
    stage = agency_panel(bank, method=api.PanelMethod.CONTRASTING_GROUPS)
    scores = [Fraction(part, 20) for part in (4, 8, 11, 10, 14, 17, 12)]
    people = [
        (f"entry{place}", f"Candidate {place:03}", share) for place, share in enumerate(scores, start=1)
    ]
    stage.lead(api.put_people, people=people, source="June")
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.choose_objects, uow, stage.id, component="theory", chosen=[]) == "panel_of_people"
        assert code_of(api.put_facts, uow, stage.id, facts={}) == "panel_of_people"
    stage.seat()
    stage.round(
        ["0", "0", "0", "1", "1", "1", "1/2"],
        ["0", "0", "0", "1", "1", "1", "1"],
        ["0", "0", "1", "1", "1", "-", "0"],
    )
    [made] = stage.outcomes()
    assert (made.masters, made.others, made.border) == (3, 3, 1)
    [cut] = made.cuts
    assert cut.share is not None
    assert 0.4 < cut.share < 0.7
    assert cut.below is not None
    stage.conclude(f"{cut.share * 100:.0f}")
    with bank.store.read(bank.body) as uow:
        minutes = api.panel_minutes(uow, stage.id)
    assert minutes["rounds"][0]["groups"]["masters"] == 3
    assert "entry1" not in str(minutes), "the minutes go to another organisation"


def test_a_recommendation_far_from_what_came_out_needs_a_reason_and_nothing_is_adopted_by_itself(
    bank: Bank,
) -> None:
    stage = body_panel(bank, judges=2)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    stage.round(["60", "70"], ["60", "70"])
    with bank.store.read(stage.chair) as uow:
        before = api.credential_version(uow, bank.credential_id).sha256
    for share, scope, reason, code in (
        ("70", CREDENTIAL, "", "panel_reason"),
        ("0", CREDENTIAL, "", "panel_share"),
        ("101", CREDENTIAL, "", "panel_share"),
        ("much", CREDENTIAL, "", "panel_share"),
        ("65", pc_scope("PC9", nos="SDP/N0701"), "", "panel_scope"),
        ("65", CREDENTIAL, "<script>" + "x" * 20, "panel_reason"),
    ):
        with bank.store.write(stage.chair) as uow:
            assert (
                code_of(api.conclude_panel, uow, stage.id, shares={scope: share}, reasons={scope: reason})
                == code
            )
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.conclude_panel, uow, stage.id, shares={}, reasons={}) == "panel_nothing"
    done = stage.conclude("7/10", reason="The guideline asks for 70 per cent at this level.")
    assert (done.recommended[0].computed, done.recommended[0].share) == ("0.6500", Fraction(7, 10))
    with bank.store.read(stage.chair) as uow:
        assert api.credential_version(uow, bank.credential_id).sha256 == before
        assert count(uow, PanelAdoptionRow) == 0
    with bank.store.write(stage.chair) as uow:
        assert code_of(api.cancel_panel, uow, stage.id) == "panel_state"


def test_a_threshold_goes_only_into_a_draft_of_the_same_credential_that_has_such_a_one(bank: Bank) -> None:
    stage = body_panel(bank, judges=2)
    stage.lead(api.choose_objects, component="theory", chosen=PCS)
    stage.seat()
    stage.round(["60", "70"], ["60", "70"])
    stage.conclude("65")
    owner = stage.chair.organisation_id or ""
    alone = changed(credential(version="3.0"), "rule", "rule", to={
        "all_of": [
            {"share": {"scope": {"pc": name}, "component": "all", "basis": "raw", "at_least": "7/10"}}
            for name in ("PC1", "PC2")
        ]
    })  # fmt: skip
    with bank.store.write(stage.chair) as uow:
        adopt, scopes = api.adopt_recommendation, [CREDENTIAL]
        assert code_of(adopt, uow, stage.id, draft_id=bank.credential_id, scopes=scopes) == "credential_state"
        assert code_of(adopt, uow, stage.id, draft_id="nothing", scopes=scopes) == "credential_unknown"
        without = api.add_credential_version(uow, owner_id=owner, document=alone)
        assert code_of(adopt, uow, stage.id, draft_id=without.id, scopes=scopes) == "panel_threshold_absent"
        assert code_of(adopt, uow, stage.id, draft_id=without.id, scopes=[]) == "panel_nothing"
        assert code_of(adopt, uow, stage.id, draft_id=without.id, scopes=[pc_scope("PC1")]) == "panel_scope"
        other = api.add_credential_version(uow, owner_id=owner, document=credential(code="SDP/MC/0999"))
        assert code_of(adopt, uow, stage.id, draft_id=other.id, scopes=scopes) == "panel_other_credential"
    with bank.store.write(Actor.system()) as uow:
        assert code_of(adopt, uow, stage.id, draft_id=other.id, scopes=scopes) == "person_needed"
    with bank.store.write(bank.author) as uow:
        assert code_of(adopt, uow, stage.id, draft_id=other.id, scopes=scopes) == "panel_unknown"
