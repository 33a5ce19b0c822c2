# SPDX-License-Identifier: Apache-2.0
"""A learner's own baseline and exemptions, and of every rule whether it works for that learner."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from core.errors import Invalid
from proctor.monitoring.watching import Mode, Watching
from proctor.rules.alerts import AlertEnd, RuleName, Weight
from proctor.rules.baseline import FEWEST_FRAMES, from_json, learn, to_json
from proctor.rules.catalogue import (
    CATALOGUE,
    SILENCED_BY,
    Availability,
    Need,
    availability,
    is_validated,
    unmet_needs,
    weight_of,
)
from proctor.rules.exemptions import PROFILES, Profile, exempt
from proctor.rules.face_gone import PERSON_SECONDS
from proctor.rules.inputs import FaceBox, HandRaised, Tick
from proctor.rules.memory import Memory
from proctor.rules.parameters import Parameters
from proctor.rules.ruleset import OTHER_RULES, PICTURE_RULES, RuleSet
from tests.unit.proctor.rule_streams import (
    FACE,
    SPACINGS,
    at,
    baseline_of,
    calibration,
    opened,
    rules,
    run,
    sight,
    stream,
    thing,
)

INCIDENTS = {
    *("face_gone", "several_faces", "someone_else", "camera_covered"),
    *("camera_stopped", "camera_frozen", "pictures_altered"),
}


# --------------------------------------------------------------------------------------- baseline


def test_a_calibration_learns_middle_spread_and_light() -> None:
    learned = baseline_of(calibration())
    assert learned.pose is not None
    assert learned.pose_spread is not None
    assert (learned.pose.yaw, learned.pose.pitch) == (2.0, -5.0)
    assert learned.pose_spread.yaw == pytest.approx(1.4826)
    assert (learned.frames, learned.brightness) == (20, 120.0)
    assert learned.eyes_open == pytest.approx(0.3)
    assert (learned.posters, learned.things, learned.extra_persons) == ((), (), 0)


def test_a_few_wild_frames_do_not_move_the_middle() -> None:
    wild = [
        replace(one, pose=None if one.pose is None else replace(one.pose, yaw=70.0)) for one in calibration(4)
    ]
    learned = baseline_of([*calibration(16), *wild])
    assert learned.pose is not None
    assert abs(learned.pose.yaw - 2.0) <= 1.0


def test_too_few_frames_with_a_face_teach_nothing() -> None:
    assert learn([]) is None
    assert learn(calibration(FEWEST_FRAMES - 1)) is None
    assert learn([sight(n, faces=0) for n in range(30)]) is None
    assert learn([sight(n, covered=True) for n in range(30)]) is None


def test_what_was_not_looked_at_is_not_learned() -> None:
    learned = baseline_of([sight(n, pose=None, gaze=None, brightness=None) for n in range(20)])
    assert (learned.pose, learned.gaze, learned.eyes_open, learned.brightness) == (None, None, None, None)
    assert RuleName.LOOKING_AWAY not in rules(learned).rules


def test_a_still_second_face_is_a_poster_and_a_moving_or_rare_one_is_none() -> None:
    poster = FaceBox(0.75, 0.1, 0.08, 0.1, 0.8)

    def posters(boxes: list[tuple[FaceBox, ...]]) -> int:
        frames = [sight(n, faces=len(shown), boxes=shown) for n, shown in enumerate(boxes)]
        return len(baseline_of(frames).posters)

    assert posters([(poster, FACE)] * 20) == 1
    assert posters([(FACE, replace(poster, x=0.75 + 0.006 * (n % 3))) for n in range(20)]) == 0
    assert posters([(FACE, replace(poster, x=0.1 + 0.03 * n)) for n in range(20)]) == 0
    assert posters([(FACE, poster) if n % 3 == 0 else (FACE,) for n in range(20)]) == 0
    assert posters([(FACE, poster, FaceBox(0.1, 0.1, 0.05, 0.07))] * 20) == 2


def test_a_baseline_survives_being_written_down() -> None:
    poster = FaceBox(0.75, 0.1, 0.08, 0.1, 0.8)
    for change in (
        {},
        {"faces": 2, "boxes": (FACE, poster), "persons": 2, "things": thing("book", 0.7)},
        {"pose": None, "gaze": None, "brightness": None},
    ):
        learned = baseline_of([replace(one, **change) for one in calibration()])
        assert from_json(json.loads(json.dumps(to_json(learned)))) == learned


@pytest.mark.parametrize(
    "document", [{}, {"frames": "many"}, {**to_json(baseline_of(calibration())), "posters": [{"left": 1}]}]
)
def test_a_damaged_baseline_is_refused_by_name(document: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        from_json(document)
    assert caught.value.code == "baseline_unreadable"


# -------------------------------------------------------------------------------------- exemptions


def test_profiles_turn_off_or_slow_down_and_never_sharpen() -> None:
    for name, profile in PROFILES.items():
        assert profile.name == name
        assert profile.off or profile.relaxed
        assert not profile.off & set(profile.relaxed)
        assert RuleName.HAND_RAISED not in profile.off
    with pytest.raises(ValueError, match="more patient"):
        Profile("hurry", relaxed={RuleName.FACE_GONE: 0.5})


def test_a_veil_is_exempt_from_identity_and_waits_longer_for_a_face() -> None:
    parameters = exempt(Parameters(), ["veil"])
    assert parameters.off == {RuleName.SOMEONE_ELSE, RuleName.LOOKING_AWAY, RuleName.LIVENESS_FAILED}
    assert parameters.face_gone.onset_seconds == 4 * Parameters().face_gone.onset_seconds
    under = rules(baseline_of(calibration()), parameters)
    assert opened(stream((60, {"similarity": 0.0})), under) == []
    empty = {"faces": 0, "persons": 0}
    assert opened(stream((12, empty), (9, {})), under) == []
    assert opened(stream((30, empty)), under) == [RuleName.FACE_GONE]


@pytest.mark.parametrize("spacing", SPACINGS)
def test_a_face_that_a_veil_hides_for_good_is_no_alert_while_somebody_is_there(spacing: float) -> None:
    under = rules(baseline_of(calibration()), exempt(Parameters(), ["veil"]))
    hidden = {"faces": 0, "pose": None, "gaze": None}
    veiled = [
        sight(one * spacing, **hidden, persons=1 if one % 10 == 3 else None)
        for one in range(round(600 / spacing))
    ]
    state, changes = run(veiled, under)
    assert changes == []
    left = stream((40, {**hidden, "persons": 0}), (40, {**hidden, "persons": 1}), start=600, spacing=spacing)
    _, (gone, back) = run(left, under, state)
    assert (gone.rule, gone.cause, back.ended_because) == (RuleName.FACE_GONE, "nobody", AlertEnd.CLEARED)
    assert 15 <= gone.numbers["seconds"] < 15 + PERSON_SECONDS + 2 * spacing
    assert all(math.isfinite(value) for value in gone.thresholds.values())


def test_behind_a_veil_where_nobody_looks_for_persons_a_missing_face_says_nothing_and_is_exempted() -> None:
    under = rules(None, exempt(Parameters(), ["veil"]))
    assert opened(stream((600, {"faces": 0, "persons": None})), under) == []
    veiled = Watching(exemptions=frozenset({"veil"}))
    assert availability(veiled)[RuleName.FACE_GONE] is Availability.AVAILABLE
    for blind in (replace(veiled, objects=False), replace(veiled, missing=frozenset({"objects"}))):
        assert availability(blind)[RuleName.FACE_GONE] is Availability.EXEMPTED
        assert (
            availability(replace(blind, exemptions=frozenset()))[RuleName.FACE_GONE] is Availability.AVAILABLE
        )


def test_of_several_profiles_every_exemption_holds_and_the_most_patient_factor() -> None:
    both = exempt(Parameters(), ["veil", "bed_ridden"])
    assert both.face_gone == exempt(Parameters(), ["veil"]).face_gone
    assert both.camera_frozen.onset_seconds == 3 * Parameters().camera_frozen.onset_seconds
    assert exempt(Parameters(), []) == Parameters()


def test_an_unknown_exemption_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as caught:
        exempt(Parameters(), ["sunglasses"])
    assert (caught.value.code, caught.value.facts["name"]) == ("exemption_unknown", "sunglasses")


def test_every_rule_but_the_raised_hand_can_be_made_more_patient() -> None:
    before = Parameters()
    after = before.relaxed(dict.fromkeys(RuleName, 2.0))
    for rule in RuleName:
        if rule is not RuleName.HAND_RAISED:
            assert getattr(after, rule.value) != getattr(before, rule.value), rule


# ------------------------------------------------------------------------------------- availability


def test_what_lacks_its_network_calibration_or_permission_is_not_available_and_never_clean() -> None:
    bare = availability(Watching())
    lacking = {rule for rule, state in bare.items() if state is Availability.NOT_AVAILABLE}
    assert {rule.value for rule in lacking} == {
        "someone_else",
        "looking_away",
        "speech",
        "prefilter_disagrees",
        "liveness_failed",
    }
    full = Watching(
        baseline=baseline_of(calibration()),
        enrolled=object(),  # type: ignore[arg-type]
        voice=True,
        movements=True,
    )
    assert _not_available(full) == {"prefilter_disagrees"}
    assert unmet_needs(RuleName.LIVENESS_FAILED, replace(full, movements=False)) == {Need.MOVEMENTS}
    trusting = replace(full, prefilter=True)
    assert trusting.mode is Mode.PREFILTERED
    assert _not_available(trusting) == {"looking_away", "camera_looped"}
    assert _not_available(replace(full, thin=True)) - {"prefilter_disagrees"} == {
        "phone_possible",
        "book_possible",
    }
    blind = availability(replace(full, missing=frozenset({"mesh", "identity", "objects", "faces"})))
    assert {rule.value for rule, state in blind.items() if state is Availability.NOT_AVAILABLE} == {
        *("face_gone", "several_faces", "someone_else", "looking_away", "phone_possible", "book_possible"),
        *("camera_frozen", "camera_looped", "prefilter_disagrees", "liveness_failed"),
    }
    assert unmet_needs(RuleName.CAMERA_LOOPED, trusting) == {Need.EVERY_PICTURE}
    assert unmet_needs(RuleName.BOOK_POSSIBLE, replace(full, thin=True)) == {Need.SIZE}
    assert unmet_needs(RuleName.PHONE_POSSIBLE, replace(full, objects=False)) == {Need.OBJECTS_PLANNED}


def test_each_network_that_compares_faces_has_thresholds_of_its_own() -> None:
    assert Parameters().comparing_by("mobilefacenet") == Parameters()
    other = Parameters().comparing_by("dlib-resnet").someone_else
    assert 0 < Parameters().someone_else.same_from < other.different_below < other.same_from < 1
    stranger = [sight(n, similarity=0.8) for n in range(10)]
    assert opened(stranger, rules(None, Parameters())) == []
    assert opened(stranger, rules(None, Parameters().comparing_by("dlib-resnet"))) == [RuleName.SOMEONE_ELSE]


def test_looks_as_rare_as_audits_still_tell_a_dark_picture_and_one_contrary_look_stops_it() -> None:
    audits = (3.0, 9.0, 28.0, 51.0, 60.0)
    dark = [sight(second, dark=True) for second in audits]
    claims = [
        sight(float(n), claimed=True, pose=None, change=None) for n in range(62) if float(n) not in audits
    ]
    mixed = sorted((*dark, *claims), key=lambda one: one.at)
    assert opened(mixed, rules()) == []
    assert opened(mixed, rules(None, Parameters().at_audits())) == [RuleName.CAMERA_DARK]
    lit = [sight(second, dark=second in (3.0, 28.0, 60.0)) for second in audits]
    assert (
        opened(sorted((*lit, *claims), key=lambda one: one.at), rules(None, Parameters().at_audits())) == []
    )


def _not_available(watching: Watching) -> set[str]:
    return {
        rule.value for rule, state in availability(watching).items() if state is Availability.NOT_AVAILABLE
    }


def test_an_exempted_rule_is_listed_as_exempted_even_where_it_could_not_work() -> None:
    found = availability(Watching(exemptions=frozenset({"veil", "reads_aloud"})))
    assert {rule.value for rule, state in found.items() if state is Availability.EXEMPTED} == {
        *("someone_else", "looking_away", "liveness_failed", "speech"),
    }


def test_the_catalogue_names_every_rule_and_what_it_leads_to() -> None:
    assert set(CATALOGUE) == set(RuleName)
    assert {rule.value for rule in RuleName if weight_of(rule) is Weight.INCIDENT} == INCIDENTS
    assert not is_validated(RuleName.LOOKING_AWAY)
    assert is_validated(RuleName.FACE_GONE)
    assert {*PICTURE_RULES, *OTHER_RULES, RuleName.CAMERA_STOPPED} == set(RuleName)


def test_what_silences_another_rule_is_judged_before_it() -> None:
    places = {rule: number for number, rule in enumerate(PICTURE_RULES)}
    for loud, silenced in SILENCED_BY.items():
        for rule in silenced:
            assert places.get(loud, -1) < places[rule]


def test_the_hash_of_the_network_that_decides_goes_into_the_alert() -> None:
    under = RuleSet.under(
        Parameters(), model_sha256="f" * 64, models={"objects": "0" * 64, "faces": "1" * 64}
    )
    hashes = {}
    for shown in ({"faces": 0}, {"things": thing("phone", 0.9)}, {"similarity": 0.0}):
        _, (alert, *_rest) = run(stream((20, shown)), under)
        hashes[alert.rule.value] = alert.model_sha256[0]
    assert hashes == {"face_gone": "1", "phone_possible": "0", "someone_else": "f"}


def test_every_rule_leaves_alone_what_is_not_for_it() -> None:
    tick = Tick(at=at(0))
    for rule, made in rules(baseline_of(calibration())).rules.items():
        memory = Memory()
        assert made.step(memory, tick) == (memory, ()), rule
        if rule not in PICTURE_RULES and rule is not RuleName.CAMERA_STOPPED:
            assert made.step(memory, sight(1)) == (memory, ()), rule
    stopped = rules().rules[RuleName.CAMERA_STOPPED]
    assert stopped.step(Memory(), HandRaised(at=at(0), raised=True)) == (Memory(), ())
