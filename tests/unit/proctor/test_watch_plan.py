# SPDX-License-Identifier: Apache-2.0
"""Watch plans and the granting of exemptions: the rules."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import Conflict, Invalid
from proctor.monitoring.watching import Mode
from proctor.plans.exemption_model import Exemption, ProofSeen, require_grant, require_proof
from proctor.plans.model import CHECKS, DEFAULT, OF_NEW_SITTINGS, WatchPlan, changed, whole


def test_a_sitting_of_which_nobody_said_anything_takes_the_photo_and_makes_no_further_check() -> None:
    assert not any(getattr(DEFAULT, check) for check in CHECKS)
    assert not DEFAULT.checks_in
    assert not DEFAULT.compares_faces


def test_a_new_sitting_gets_used_to_the_learner_asks_for_movements_and_looks_for_things() -> None:
    assert {check for check in CHECKS if getattr(OF_NEW_SITTINGS, check)} == {
        "calibration",
        "liveness",
        "rechecks",
        "objects",
    }
    assert OF_NEW_SITTINGS.checks_in
    assert OF_NEW_SITTINGS.compares_faces


@pytest.mark.parametrize("said", [WatchPlan(prefilter=True), WatchPlan(mode=Mode.PREFILTERED)])
def test_the_learners_device_looks_first_in_that_mode_and_in_no_other(said: WatchPlan) -> None:
    assert said.prefilter
    assert said.mode is Mode.PREFILTERED
    assert not WatchPlan(mode=Mode.ECONOMY).prefilter


def test_a_plan_survives_being_stored_and_what_is_not_named_is_not_done() -> None:
    plan = WatchPlan(id_card=True, calibration=True, voice=True, mode=Mode.ECONOMY)
    assert WatchPlan.from_json(plan.to_json()) == plan
    assert WatchPlan.from_json({}) == DEFAULT


@pytest.mark.parametrize(
    ("plan", "check", "needs"),
    [
        (WatchPlan(liveness=True), "liveness", "calibration"),
        (WatchPlan(calibration=True, rechecks=True), "rechecks", "liveness"),
    ],
)
def test_a_check_without_what_it_rests_on_is_refused(plan: WatchPlan, check: str, needs: str) -> None:
    with pytest.raises(Conflict) as caught:
        whole(plan)
    assert (caught.value.code, caught.value.facts) == ("plan_incomplete", {"check": check, "needs": needs})


def test_a_settled_plan_cannot_become_another_one_but_may_be_said_again() -> None:
    assert changed(DEFAULT, OF_NEW_SITTINGS, settled=False)
    assert not changed(DEFAULT, DEFAULT, settled=True)
    with pytest.raises(Conflict) as caught:
        changed(DEFAULT, OF_NEW_SITTINGS, settled=True)
    assert caught.value.code == "plan_settled"


def test_an_exemption_is_granted_once_with_a_reason_and_a_known_sort_of_proof() -> None:
    assert require_grant(frozenset(), "veil", reason="  By her  own word ") == "By her own word"
    with pytest.raises(Conflict, match="exemption_stands"):
        require_grant(frozenset({"veil"}), "veil", reason="Again")
    for reason in ("", "no", "x" * 501, "a\x07bc"):
        with pytest.raises(Invalid, match="reason_malformed"):
            require_grant(frozenset(), "veil", reason=reason)
    assert require_proof("own_word") is ProofSeen.OWN_WORD
    with pytest.raises(Invalid, match="exemption_proof_unknown"):
        require_proof("a diagnosis")


def test_an_exemption_stands_until_it_is_taken_back() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    facts = {"id": "1", "profile": "veil", "proof": ProofSeen.OWN_WORD, "reason": "x", "granted_by": "p"}
    assert Exemption(granted_at=at, **facts).stands  # type: ignore[arg-type]
    assert not Exemption(granted_at=at, ended_at=at, **facts).stands  # type: ignore[arg-type]
