# SPDX-License-Identifier: Apache-2.0
"""The table of labels, rates with their intervals, and what the looks at labelled pictures come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Invalid
from proctor.evaluating import Evaluated, SeenClip, SeenPicture
from proctor.evaluation_report import MOST_GROUPS, NOT_LABELLED, describe_evaluation, due_spans
from proctor.identity_report import all_pairs, probe_trials, threshold_at
from proctor.labels import Label, read_labels
from proctor.monitoring.watching import Watching
from proctor.rates import Rate, highest_rate, rate_of
from proctor.replaying import START, Replayed
from proctor.rules.alerts import Alert, AlertEnd, RuleName
from tests.unit.proctor.rule_streams import START as STREAM_START
from tests.unit.proctor.rule_streams import at, rules, run, stream

EMPTY = Label(line=2, path=Path("x.jpg"), shown="x.jpg")


def table(folder: Path, text: str, name: str = "labels.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------------------------------- the table


def test_a_table_names_files_beside_it_and_leaves_open_what_is_not_labelled(tmp_path: Path) -> None:
    text = "\ufeffPath, Faces ,phone,same_as,skin tone,face_gone_start,face_gone_end,enrol\n"
    text += 'a/b.jpg,1,No,p1,"4, dark",,,\n\nc.mp4,,,,,10;30,12;40,e.jpg;f.jpg\n'
    labels = read_labels(table(tmp_path, text))
    first, second = labels.rows
    assert (first.path, first.line, first.faces, first.persons) == (tmp_path / "a/b.jpg", 2, 1, None)
    assert (first.flags, first.same_as, first.groups) == ({"phone": False}, "p1", {"skin_tone": "4, dark"})
    assert second.incidents == {RuleName.FACE_GONE: ((10.0, 12.0), (30.0, 40.0))}
    assert second.enrol == (tmp_path / "e.jpg", tmp_path / "f.jpg")
    assert (second.line, second.faces, second.groups, labels.group_columns) == (4, None, {}, ("skin_tone",))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_other_separators_and_other_names_of_columns_are_read_too(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (("file", "face_count", "light"), ("a.jpg", "2", "dim")))
    (row,) = read_labels(table(tmp_path, text)).rows
    assert (row.shown, row.faces, row.groups) == ("a.jpg", 2, {"light": "dim"})


def test_tables_as_programs_and_spreadsheets_write_them_are_read(tmp_path: Path) -> None:
    text = "sep=;\nfile_name;num_faces;phone_possible;blurry;identity;face_gone_start;face_gone_end;light;\n"
    text += "a.jpg;1.0;0.0;True;NaN;n/a;-;na;;\nb.jpg; 2+;nan;f;p 1;1:30;0:02:00;dim\nc.jpg;>= 3;;;;;;\n"
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode("utf-16"))
    labels = read_labels(path)
    assert labels.refused == ()
    one, two, three = labels.rows
    assert (one.faces, one.or_more, one.flags, one.same_as) == (
        1,
        False,
        {"phone": False, "blurred": True},
        None,
    )
    assert (one.incidents, one.groups) == ({RuleName.FACE_GONE: ()}, {"light": "na"})
    assert (two.faces, two.or_more, two.flags, two.same_as) == (2, True, {"blurred": False}, "p 1")
    assert two.incidents == {RuleName.FACE_GONE: ((90.0, 120.0),)}
    assert (three.faces, three.or_more) == (3, True)


def test_a_name_that_is_taken_groups_and_files_are_found_with_either_slash_and_under_any_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jpg").touch()
    (tmp_path / "here.jpg").touch()
    (row,) = read_labels(table(tmp_path, "path,file,identity,same_as\ndeep\\a.jpg,cam 1,x,p1\n")).rows
    assert (row.path, row.same_as) == (tmp_path / "deep" / "a.jpg", "p1")
    assert row.groups == {"file": "cam 1", "identity": "x"}
    text = f"nr,What was shown,faces\n7,deep/a.jpg,1\n8,{'x' * 400},1\n9,here.jpg,1\n"
    long = read_labels(table(tmp_path, text))
    assert [one.shown[:10] for one in long.rows] == ["deep/a.jpg", "x" * 10, "here.jpg"]
    monkeypatch.chdir(tmp_path)
    (beside,) = read_labels(table(tmp_path / "deep", "path\nhere.jpg\n")).rows
    assert beside.path.resolve() == tmp_path / "here.jpg"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "labels_empty"),
        ("\n\n", "labels_empty"),
        ("path,faces\n", "labels_empty"),
        ("faces\n1\n", "labels_no_path"),
        ("path,faces,Faces\na.jpg,1,1\n", "labels_column_twice"),
        ("path,face_gone_start\na.mp4,1\n", "labels_column_alone"),
        ("path,face_gone_end\na.mp4,1\n", "labels_column_alone"),
        ('path\n"a', "labels_unreadable"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_labels(table(tmp_path, text))
    assert caught.value.code == code


def test_a_missing_table_a_folder_and_other_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"path\n\xff\xfe.jpg\n")
    for path, code in (
        ("none.csv", "labels_missing"),
        (".", "labels_unreadable"),
        ("bytes.csv", "labels_unreadable"),
    ):
        with pytest.raises(Invalid) as caught:
            read_labels(tmp_path / path)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a.jpg,two,,,", "labels_bad_value"),
        ("a.jpg,-1,,,", "labels_bad_value"),
        ("a.jpg,1.5,,,", "labels_bad_value"),
        ("a.jpg,1+,,,", "labels_bad_value"),
        ("a.jpg,several,,,", "labels_bad_value"),
        ("a.jpg,,,1:x,4", "labels_bad_value"),
        ("a.jpg,99999,,,", "labels_bad_value"),
        ("a.jpg,,maybe,,", "labels_bad_value"),
        ("a.jpg,,,5,", "labels_bad_value"),
        ("a.jpg,,,5,4", "labels_bad_value"),
        ("a.jpg,,,-5,4", "labels_bad_value"),
        ("a.jpg,,,nan,4", "labels_bad_value"),
        ("a.jpg,,,x,4", "labels_bad_value"),
        ("a\0.jpg,,,,", "labels_bad_value"),
        (",1,,,", "labels_no_file"),
        ("a.jpg,1,,,,more", "labels_row_too_long"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_others_still_count(
    tmp_path: Path, row: str, code: str
) -> None:
    text = f"path,faces,phone,face_gone_start,face_gone_end\ngood.jpg,1\n{row}\nlast.jpg,0,0,1,2\n"
    labels = read_labels(table(tmp_path, text))
    assert [label.shown for label in labels.rows] == ["good.jpg", "last.jpg"]
    (refused,) = labels.refused
    assert (refused.line, refused.error.code) == (3, code)


# --------------------------------------------------------------------------------------------- rates


def test_intervals_are_those_of_clopper_and_pearson() -> None:
    assert Rate(0, 15).interval() == pytest.approx((0.0, 0.2180), abs=1e-4)
    assert Rate(8, 10).interval() == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert Rate(10, 10).interval() == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert rate_of([]).described() == {"hits": 0, "of": 0, "rate": None, "low": None, "high": None}


def test_the_rule_of_three_bounds_what_was_never_seen() -> None:
    assert highest_rate(0, 15.0) == pytest.approx(0.2, abs=0.001)
    assert highest_rate(1, 15.0) == pytest.approx(4.744 / 15, abs=0.001)
    assert highest_rate(0, 0.0) is None


# ------------------------------------------------------------------------------------- the figures


def seen(label: dict[str, Any] | None = None, **changes: Any) -> SeenPicture:
    fields: dict[str, Any] = {
        "longer_side": 320,
        "brightness": 120.0,
        "faces": 1,
        "persons": 1,
        "phone": 0.0,
        "book": 0.0,
        "covered": False,
        "dark": False,
        "blurred": False,
    }
    return SeenPicture(label=replace(EMPTY, **(label or {})), **{**fields, **changes})


def clip(label: dict[str, Any], alerts: tuple[Alert, ...] = (), watching: Watching | None = None) -> SeenClip:
    replayed = Replayed(
        frames=60,
        seconds=60.0,
        watched_seconds=60.0,
        alerts=alerts,
        watching=watching or Watching(),
        baseline=None,
    )
    return SeenClip(replace(EMPTY, **label), replayed)


def alert(rule: RuleName, start: float, end: float) -> Alert:
    shown: dict[RuleName, dict[str, object]] = {
        RuleName.FACE_GONE: {"faces": 0},
        RuleName.SEVERAL_FACES: {"faces": 2},
    }
    _, (opened, *_rest) = run(stream((30, shown[rule])), rules())
    shift = START - STREAM_START
    return replace(
        opened,
        onset_at=at(start) + shift,
        raised_at=at(start + 4) + shift,
        ended_at=at(end) + shift,
        ended_because=AlertEnd.CLEARED,
    )


def figures(
    pictures: list[SeenPicture], clips: list[SeenClip] | None = None, groups: tuple[str, ...] = ()
) -> Any:
    return describe_evaluation(Evaluated(pictures, clips or []), groups)


def counts(rate: dict[str, Any]) -> tuple[int, int]:
    return rate["hits"], rate["of"]


def test_faces_are_counted_as_the_issue_asks() -> None:
    pictures = [
        *(seen({"faces": 1}, faces=count) for count in (1, 1, 0, 2)),
        *(seen({"faces": 0}, faces=count) for count in (0, 1)),
        *(seen({"faces": 3}, faces=count) for count in (3, 2, 1)),
        seen({}, faces=9),
    ]
    faces = figures(pictures)["faces"]
    assert {name: counts(rate) for name, rate in faces.items()} == {
        "exactly_one": (2, 4),
        "false_face": (1, 2),
        "two_or_more_caught": (2, 3),
        "none_of_one": (1, 4),
        "several_of_one": (1, 4),
        "right_number": (4, 9),
    }
    assert figures([seen({})])["faces"] is None


def test_each_rule_counts_only_what_was_labelled() -> None:
    pictures = [
        seen({"faces": 0}, faces=0),
        seen({"faces": 0, "flags": {"covered": True}}, faces=0, covered=True),
        seen({"faces": 1, "flags": {"phone": True, "dark": False}}, phone=0.9, dark=True),
        seen({"faces": 2, "flags": {"phone": True, "blurred": True}}, faces=1, persons=2, phone=0.4),
        seen({"flags": {"book": True}}, book=None),
        seen({"flags": {"book": False}}, book=0.9),
    ]
    found = figures(pictures)["rules"]
    rates = {
        name: (counts(rule["detection"]), counts(rule["false_alarm"]))
        for name, rule in found.items()
        if rule["labelled"]
    }
    assert rates == {
        "face_gone": ((1, 1), (0, 2)),
        "several_faces": ((1, 1), (0, 3)),
        "phone_possible": ((1, 2), (0, 0)),
        "book_possible": ((0, 0), (1, 1)),
        "camera_covered": ((1, 1), (0, 0)),
        "camera_dark": ((0, 0), (1, 1)),
        "camera_blurred": ((0, 1), (0, 0)),
    }
    assert found["camera_frozen"]["note"] == "no labelled pictures"
    assert found["looking_away"]["note"] == "no labelled pictures; not validated on people"
    assert found["pasted"]["note"] == "no labelled pictures; no picture tells it anything"


def test_two_or_more_counts_as_caught_and_says_nothing_of_the_right_number() -> None:
    crowd = {"faces": 2, "or_more": True}
    faces = figures([seen(crowd, faces=5), seen(crowd, faces=1), seen({"faces": 2}, faces=2)])["faces"]
    assert counts(faces["two_or_more_caught"]) == (2, 3)
    assert counts(faces["right_number"]) == (1, 1)


def test_a_column_named_as_a_rule_says_what_is_due() -> None:
    away = {"flags": {"face_gone": True, "several_faces": False}}
    found = figures([seen(away, faces=0), seen({"flags": {"several_faces": True}}, faces=2)])["rules"]
    assert counts(found["face_gone"]["detection"]) == (1, 1)
    assert (counts(found["several_faces"]["detection"]), counts(found["several_faces"]["false_alarm"])) == (
        (1, 1),
        (0, 1),
    )
    flagged = replace(EMPTY, flags={"looking_away": True, "camera_looped": False})
    assert due_spans(flagged, RuleName.LOOKING_AWAY) == ((0.0, float("inf")),)
    assert due_spans(flagged, RuleName.CAMERA_LOOPED) == ()
    spans = {RuleName.LOOKING_AWAY: ((3.0, 4.0),)}
    assert due_spans(replace(flagged, incidents=spans), RuleName.LOOKING_AWAY) == ((3.0, 4.0),)


def test_things_are_counted_at_the_score_of_the_rule_and_below_it() -> None:
    scores = [(True, 0.36), (True, 0.7), (False, 0.55), (False, 0.0)]
    found = figures([seen({"flags": {"phone": true}}, phone=best) for true, best in scores])["rules"]
    at = found["phone_possible"]["signal_at"]
    assert {
        score: (counts(rate["detection"]), counts(rate["false_alarm"])) for score, rate in at.items()
    } == {
        "0.35": ((2, 2), (1, 2)),
        "0.5": ((1, 2), (1, 2)),
        "0.6": ((1, 2), (0, 2)),
    }
    assert list(found["book_possible"]["signal_at"]) == ["0.4", "0.5", "0.6"]
    assert "signal_at" not in found["face_gone"]


def test_a_clip_is_judged_by_its_spans_and_by_how_soon_the_alert_came() -> None:
    label = {"incidents": {RuleName.FACE_GONE: ((10.0, 20.0), (40.0, 50.0)), RuleName.SEVERAL_FACES: ()}}
    caught = clip(label, (alert(RuleName.FACE_GONE, 11, 21), alert(RuleName.SEVERAL_FACES, 5, 9)))
    found = figures([], [caught])["rules"]
    assert counts(found["face_gone"]["clips"]["detection"]) == (1, 2)
    assert counts(found["face_gone"]["clips"]["false_alarm"]) == (0, 1)
    assert found["face_gone"]["clips"]["median_seconds_to_alert"] == 5.0
    assert counts(found["several_faces"]["clips"]["false_alarm"]) == (1, 1)


def test_a_rule_that_was_not_available_for_a_clip_neither_misses_nor_clears() -> None:
    strange = clip({"incidents": {RuleName.SOMEONE_ELSE: ((10.0, 20.0),)}})
    rule = figures([], [strange])["rules"]["someone_else"]
    assert (counts(rule["detection"]), rule["clips"]["not_available"]) == ((0, 0), 1)
    assert rule["note"] == "no labelled pictures; not validated on people"


def test_what_a_whole_clip_shows_says_when_alerts_are_due() -> None:
    whole = ((0.0, float("inf")),)
    assert due_spans(replace(EMPTY, faces=0), RuleName.FACE_GONE) == whole
    assert due_spans(replace(EMPTY, faces=2), RuleName.SEVERAL_FACES) == whole
    assert due_spans(replace(EMPTY, persons=2), RuleName.SEVERAL_FACES) == whole
    assert due_spans(replace(EMPTY, faces=1), RuleName.SEVERAL_FACES) == ()
    assert due_spans(replace(EMPTY, flags={"frozen": True}), RuleName.CAMERA_FROZEN) == whole
    assert due_spans(replace(EMPTY, flags={"frozen": False}), RuleName.CAMERA_FROZEN) == ()
    assert due_spans(replace(EMPTY, flags={"calm": True}), RuleName.CAMERA_LOOPED) == ()
    assert due_spans(EMPTY, RuleName.CAMERA_LOOPED) is None
    assert due_spans(replace(EMPTY, flags={"calm": True}), RuleName.PASTED) is None


def test_calm_clips_bound_the_false_alerts() -> None:
    calm = [
        clip({"flags": {"calm": True}}),
        clip({"flags": {"calm": True}}, (alert(RuleName.FACE_GONE, 5, 20),)),
    ]
    found = figures([], [*calm, clip({})])["calm"]
    assert (found["clips"], found["watched_seconds"], found["false_alerts"]["alerts"]) == (2, 120.0, 1)
    assert found["false_alerts"]["highest_per_hour"] == pytest.approx(4.744 * 30, abs=0.1)
    assert figures([])["calm"]["false_alerts"]["highest_per_hour"] is None


def test_results_are_grouped_by_every_other_column_by_size_and_by_light() -> None:
    pictures = [
        seen({"faces": 1, "groups": {"light": "dim"}}, brightness=20.0, longer_side=160),
        seen({"faces": 1}, faces=0, brightness=60.0, longer_side=2000),
    ]
    groups = figures(pictures, [clip({})], ("light",))["groups"]
    assert set(groups["light"]) == {"dim", NOT_LABELLED}
    assert counts(groups["light"]["dim"]["faces"]["exactly_one"]) == (1, 1)
    assert counts(groups["light"][NOT_LABELLED]["faces"]["exactly_one"]) == (0, 1)
    assert set(groups["frame_size"]) == {"up to 160", "above 1280", "clip"}
    assert set(groups["measured_light"]) == {"dark", "dim", "clip"}


def test_a_column_with_a_value_for_each_file_is_left_out_and_says_so() -> None:
    pictures = [seen({"groups": {"source": f"camera {n}"}}) for n in range(MOST_GROUPS + 1)]
    assert "left_out" in figures(pictures, groups=("source",))["groups"]["source"]


# ----------------------------------------------------------------------------------------- identity


def _faces(persons: int, each: int, *, spread: float = 0.15) -> list[SeenPicture]:
    generator = np.random.default_rng(1)
    pictures = []
    for person in range(persons):
        middle = generator.normal(size=64)
        for _ in range(each):
            vector = middle / np.linalg.norm(middle) + spread * generator.normal(size=64) / 8
            vector = (vector / np.linalg.norm(vector)).astype(np.float32)
            pictures.append(seen({"same_as": f"p{person}"}, vector=vector, turned=5.0))
    return pictures


def test_all_pairs_and_three_probes_tell_persons_apart() -> None:
    pictures = [*_faces(12, 6), seen({"same_as": "p0"}, vector=None), seen({})]
    found = figures(pictures)
    identity = found["identity"]
    assert (identity["pictures"], identity["without_one_face"], identity["persons"]) == (73, 1, 12)
    assert (identity["pairs"]["same"], identity["pairs"]["different"]) == (180, 2376)
    assert identity["pairs"]["at_false_accepts_0_001"]["resolved"]
    assert counts(identity["pairs"]["true_accepts"]) == (180, 180)
    assert identity["three_probes"]["at_false_accepts_0_001"]["true_accepts"]["rate"] == 1.0
    someone = found["rules"]["someone_else"]
    assert someone["labelled"]
    assert someone["detection"]["rate"] == 1.0
    assert someone["false_alarm"]["rate"] == 0.0


def test_as_many_are_enrolled_as_at_the_check_in_where_two_persons_have_pictures_enough() -> None:
    few = [*_faces(3, 6)[:12], *_faces(3, 6)[12:17]]  # two persons with six pictures, one with five
    found = figures(few)["identity"]["three_probes"]
    assert (found["enrolled_at_least"], found["persons_with_enough"], found["same"]) == (3, 2, 80)
    found = figures(_faces(3, 5))["identity"]["three_probes"]
    assert (found["enrolled_at_least"], found["persons_with_enough"], found["same"]) == (1, 3, 120)
    # of somebody with one picture no check-in would make a face to compare with
    alone = [*few, *(replace(one, label=replace(one.label, same_as="alone")) for one in _faces(4, 6)[-1:])]
    assert (
        figures(alone)["identity"]["three_probes"]["different"]
        == figures(few)["identity"]["three_probes"]["different"]
    )


def test_one_look_of_each_person_makes_no_trial_of_three() -> None:
    identity = figures(_faces(3, 1))["identity"]
    assert (identity["pairs"]["same"], identity["pairs"]["different"]) == (0, 3)
    assert identity["pairs"]["at_false_accepts_0_001"]["resolved"] is False
    assert identity["three_probes"]["at_false_accepts_0_001"] is None
    assert figures(_faces(1, 1))["identity"]["pairs"]["lowest_same"] is None


def test_a_face_that_is_too_small_to_be_compared_on_the_line_is_not_compared_here_either() -> None:
    far = [replace(one, near=False) for one in _faces(2, 4)]
    identity = figures([*_faces(2, 4), *far])["identity"]
    assert (identity["too_small"], identity["without_one_face"]) == (8, 0)
    assert (identity["pairs"]["same"], identity["pairs"]["different"]) == (12, 16)


def test_a_head_that_is_turned_far_is_no_probe() -> None:
    turned = [replace(one, turned=50.0) for one in _faces(2, 5)]
    identity = figures(turned)["identity"]
    assert (identity["three_probes"]["same"], identity["three_probes"]["turned_too_far"]) == (0, 10)


def test_trials_are_the_same_every_time_and_never_enrol_a_probe() -> None:
    persons = {"a": [np.eye(8, dtype=np.float32)[n] for n in range(5)], "b": [np.eye(8, dtype=np.float32)[7]]}
    first, second = probe_trials(persons), probe_trials(persons)
    assert np.array_equal(first.same, second.same)
    assert first.same.max() == 0.0
    assert first.different.shape == (4, 3)
    assert all_pairs([]).same.size == 0


def test_the_threshold_admits_at_most_the_share() -> None:
    values = np.linspace(0, 1, 2001)
    assert (values >= threshold_at(values, 0.001)).sum() == 2
    assert (values[:10] >= threshold_at(values[:10], 0.001)).sum() == 0
