# SPDX-License-Identifier: Apache-2.0
"""``kasauti proctor replay`` and ``evaluate`` with the real networks: what they print, and what they refuse by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.config import Config
from proctor.analysing import load_live_detector
from proctor.vision.analysis import Networks
from proctor.vision.looking import LookingDetector
from tests.clips import (
    Segment,
    astronaut,
    frames,
    picture,
    shipped,
    to_jpeg,
    write_pictures,
    write_webm,
    write_y4m,
)
from tests.unit.web.shell import Said, Shell


@pytest.fixture
def words(shell: Shell) -> Shell:
    shell.set("MODELS", str(Config().models))
    return shell


def printed(said: Said) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(said.out)
    return document


def clip(folder: Path, *segments: Segment, name: str = "clip.y4m") -> str:
    return str(write_y4m(folder / name, list(segments), fps=2))


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("gone", "face_gone"), ("two", "several_faces"), ("covered", "camera_covered")],
)
@pytest.mark.parametrize("options", [(), ("--mode", "economy", "--spacing", "2.5", "--max-side", "160")])
def test_a_clip_raises_its_incident_and_no_other(
    words: Shell, tmp_path: Path, kind: str, rule: str, options: tuple[str, ...]
) -> None:
    said = words(
        "proctor", "replay", clip(tmp_path, ("present", 8), (kind, 14), ("present", 10)), *options, "--json"
    )
    assert said.code == 0
    found = printed(said)
    (incident,) = found["incidents"]
    assert incident["rule"] == rule
    assert 8 <= incident["start"] <= 11
    assert incident["raised"] - 8 <= 10
    assert 21 <= incident["end"] <= 26
    assert incident["weight"] == "incident"
    assert incident["validated"] is True
    assert incident["thresholds"]
    assert len(incident["model_sha256"]) == 64
    assert found["rules"]["looking_away"]["availability"] == "not_available"
    assert found["rules"]["speech"]["availability"] == "not_told"


def test_by_default_a_clip_is_looked_at_as_on_the_live_line_with_the_configured_network(
    words: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[LookingDetector]()
    made = LookingDetector.__init__

    def note(self: LookingDetector, networks: Networks) -> None:
        seen.append(self)
        made(self, networks)

    monkeypatch.setattr(LookingDetector, "__init__", note)
    film = clip(tmp_path, ("present", 3))
    live = printed(words("proctor", "replay", film, "--json"))
    best = printed(words("proctor", "replay", film, "--detector", "best", "--json"))
    words.set("IDENTITY_NETWORK", "dlib-resnet")
    other = printed(words("proctor", "replay", film, "--json"))
    load_live_detector(Config().models, identity="dlib-resnet")
    assert [(one["detector"], one["identity_network"]) for one in (live, best, other)] == [
        ("live", "mobilefacenet"),
        ("best", "mobilefacenet"),
        ("live", "dlib-resnet"),
    ]
    first, second, third, running = (shape_of(one) for one in seen)
    assert third == running, "what is judged is what runs"
    assert first[:2] == running[:2] != second[:2]
    assert (first[2], third[2]) == (192, 128)


def shape_of(detector: LookingDetector) -> tuple[object, object, int]:
    """What tells one set-up from another: whether faces are sought in a shape that fits, the square for things, the vector."""
    networks = detector._networks
    objects, identity, mesh = networks.objects, networks.identity, networks.mesh
    assert objects is not None
    assert identity is not None
    assert mesh is not None
    face = astronaut()
    (found, *_rest) = networks.faces.find_faces(face)
    length = len(identity.embed(face, mesh.find_points(face, found)))
    return bool(networks.faces._shaped), objects._side, length


def test_a_calm_clip_raises_nothing_and_says_what_that_supports(words: Shell, tmp_path: Path) -> None:
    found = printed(
        words("proctor", "replay", clip(tmp_path, ("present", 60)), "--calibrate", "20", "--json")
    )
    assert found["alerts"] == []
    assert found["clips"][0]["baseline"]["frames"] == 20
    assert found["clips"][0]["enrolled"] is True
    assert found["rules"]["looking_away"]["availability"] == "available"
    assert found["rules"]["someone_else"]["availability"] == "available"
    assert 38 <= found["watched_seconds"] <= 40
    bound = found["false_alert_bound"]
    assert bound["highest_per_hour"] == pytest.approx(2.9957 / bound["hours"], rel=0.01)
    assert "15 hours without an alert" in bound["text"]


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("frozen", "camera_frozen"), ("swapped", "someone_else"), ("dark", None), ("moved", None)],
)
def test_a_frozen_or_another_face_is_an_incident_and_a_dark_or_restless_one_is_none(
    words: Shell, tmp_path: Path, kind: str, rule: str | None
) -> None:
    path = clip(tmp_path, ("present", 12), (kind, 14), ("present", 10))
    found = printed(words("proctor", "replay", path, "--calibrate", "10", "--json"))
    assert [incident["rule"] for incident in found["incidents"]] == ([] if rule is None else [rule])
    assert all(incident["raised"] - 12 <= 10 for incident in found["incidents"])


def test_frozen_pictures_of_a_face_are_told(words: Shell, tmp_path: Path) -> None:
    path = tmp_path / "frozen.mjpeg"
    path.write_bytes(
        to_jpeg(np.asarray(cv2.resize(astronaut()[6:366, 20:500], (320, 240)), np.uint8)) * 25 * 14
    )
    found = printed(words("proctor", "replay", str(path), "--json"))
    assert [alert["rule"] for alert in found["incidents"]] == ["camera_frozen"]


@pytest.mark.parametrize(("again", "notes"), [(True, ["camera_looped"]), (False, [])])
def test_a_clip_that_plays_again_is_a_note_and_one_that_goes_on_is_none(
    words: Shell, tmp_path: Path, again: bool, notes: list[str]
) -> None:
    moving = list(frames([("moved", 120)], fps=1))
    path = write_pictures(tmp_path / "film.y4m", moving[:60] * 2 if again else moving, fps=1)
    found = printed(words("proctor", "replay", str(path), "--mode", "economy", "--max-side", "320", "--json"))
    assert found["incidents"] == []
    assert [alert["rule"] for alert in found["alerts"]] == notes
    assert all(75 <= alert["raised"] <= 80 for alert in found["alerts"]), "16 pictures after it began again"
    assert all(alert["numbers"]["frames_apart"] == 60 for alert in found["alerts"])


def test_in_a_browsers_recording_of_no_steady_rate_an_incident_has_the_seconds_of_the_clip(
    words: Shell, tmp_path: Path
) -> None:
    moments = [*range(0, 2000, 40), *range(2000, 30_000, 900)]  # first 25 a second, then as the machine could
    shown = {kind: picture(kind) for kind in ("present", "gone")}
    pictures = [shown["gone" if 10_000 <= at < 20_000 else "present"] for at in moments]
    write_webm(tmp_path / "recorded.webm", pictures, moments)
    (tmp_path / "labels.csv").write_text(
        "path,face_gone_start,face_gone_end,several_faces\nrecorded.webm,10,20,0\n", encoding="utf-8"
    )
    replayed = printed(words("proctor", "replay", str(tmp_path / "recorded.webm"), "--json"))
    (gone,) = (alert for alert in replayed["incidents"] if alert["rule"] == "face_gone")
    assert 10 <= gone["start"] <= 11
    assert 20 <= gone["end"] <= 21
    judged = printed(words("proctor", "evaluate", str(tmp_path / "labels.csv"), "--json"))
    rule = judged["rules"]["face_gone"]["clips"]
    assert (rule["detection"]["hits"], rule["false_alarm"]["hits"]) == (1, 0)
    assert 3.75 <= rule["median_seconds_to_alert"] <= 6


def test_exemptions_are_listed_and_unknown_ones_refused(words: Shell, tmp_path: Path) -> None:
    gone = clip(tmp_path, ("present", 4), ("gone", 12))
    found = printed(words("proctor", "replay", gone, "--exempt", "veil", "--json"))
    assert found["incidents"] == []
    assert found["rules"]["someone_else"]["availability"] == "exempted"
    assert words("proctor", "replay", gone, "--exempt", "sunglasses", "--json").code == 3


def test_replay_refuses_what_is_no_clip_and_still_watches_the_others(words: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(to_jpeg(astronaut()))
    (folder / "b.avi").write_bytes(b"RIFF\0\0\0\0AVI nothing")
    clip(folder, ("present", 3), name="c.y4m")
    said = words("proctor", "replay", str(folder), str(folder / "none.mp4"), "--json")
    found = printed(said)
    assert said.code == 3
    assert [(Path(one["path"]).name, one["refused"]["code"]) for one in found["refused"]] == [
        ("a.jpg", "replay_needs_a_clip"),
        ("b.avi", "clip_unreadable"),
        ("none.mp4", "picture_missing"),
    ]
    assert [Path(one["path"]).name for one in found["clips"]] == ["c.y4m"]
    enrol = words("proctor", "replay", str(folder / "c.y4m"), "--enrol", str(tmp_path / "none.jpg"), "--json")
    assert enrol.code == 3
    assert printed(enrol)["refused"][0]["refused"]["code"] == "picture_missing"


def test_replay_in_words_names_what_is_not_available(words: Shell, tmp_path: Path) -> None:
    said = words("proctor", "replay", clip(tmp_path, ("present", 4), ("gone", 8)))
    assert said.code == 0
    assert "incident face_gone" in said.out
    assert "not available: someone_else, looking_away" in said.out


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    for name in ("a.png", "a.webp", "a.bmp"):
        assert cv2.imwrite(str(tmp_path / name), astronaut())
    assert cv2.imwrite(str(tmp_path / "grey.png"), cv2.cvtColor(astronaut(), cv2.COLOR_BGR2GRAY))
    assert cv2.imwrite(str(tmp_path / "alpha.png"), cv2.cvtColor(astronaut(), cv2.COLOR_BGR2BGRA))
    assert cv2.imwrite(str(tmp_path / "blurred.jpg"), cv2.GaussianBlur(astronaut(), (0, 0), 9))
    assert cv2.imwrite(str(tmp_path / "dark.jpg"), cv2.convertScaleAbs(astronaut(), alpha=0.1))
    for name in ("coffee.png", "chelsea.png", "horse.png", "rocket.jpg"):
        assert cv2.imwrite(str(tmp_path / f"{name}.jpg"), shipped(name))
    (tmp_path / "broken.jpg").write_bytes(to_jpeg(astronaut())[:4000])
    clip(tmp_path, ("present", 8), ("gone", 10))
    rows = [
        "path,faces,same_as,blurred,dark,skin_tone,face_gone_start,face_gone_end",
        *(f"{name},1,ec,0,0,fair" for name in ("a.png", "a.webp", "a.bmp", "grey.png", "alpha.png")),
        "blurred.jpg,,,1,0",
        "dark.jpg,1,,,1",
        *(f"{name}.jpg,0" for name in ("coffee.png", "chelsea.png", "horse.png", "rocket.jpg")),
        "clip.y4m,,,,,,8,18",
    ]
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("side", [(), ("--max-side", "160")])
def test_labelled_pictures_of_every_format_are_judged_rule_by_rule(
    words: Shell, labelled: Path, side: tuple[str, ...]
) -> None:
    said = words("proctor", "evaluate", str(labelled), *side, "--json")
    assert said.code == 0
    assert "1 of 12" in said.err
    found = printed(said)
    assert (found["pictures"], found["clips"], found["refused"]) == (11, 1, [])
    faces = {name: (rate["hits"], rate["of"]) for name, rate in found["faces"].items()}
    assert faces["exactly_one"] == (6, 6)
    assert faces["false_face"] == (0, 4)
    rules = found["rules"]
    for name, hits in {"face_gone": 5, "camera_blurred": 1, "camera_dark": 1}.items():
        assert rules[name]["detection"]["hits"] == rules[name]["detection"]["of"] == hits, name
        assert rules[name]["false_alarm"]["hits"] == 0, name
    assert rules["phone_possible"]["note"] == "no labelled pictures; not validated on people"
    assert found["identity"]["pairs"]["true_accepts"]["rate"] == 1.0
    assert set(found["groups"]) == {"skin_tone", "frame_size", "measured_light"}


def test_pictures_are_looked_at_in_the_largest_size_of_the_line_and_it_is_said(
    words: Shell, tmp_path: Path
) -> None:
    assert cv2.imwrite(str(tmp_path / "large.jpg"), cv2.resize(astronaut(), (2400, 2400)))
    still = cv2.Animation()
    still.frames, still.durations = [astronaut()], [100]
    assert cv2.imwriteanimation(str(tmp_path / "still.gif"), still)
    path = tmp_path / "labels.csv"
    path.write_text("path,faces\nlarge.jpg,1\nstill.gif,1\n", encoding="utf-8")
    for options, side, sizes in (
        ((), 640, {"up to 640"}),
        (("--max-side", "160"), 160, {"up to 160"}),
        (("--detector", "best"), 1920, {"above 1280", "up to 640"}),
        (("--max-side", "5000"), 1920, {"above 1280", "up to 640"}),
    ):
        found = printed(words("proctor", "evaluate", str(path), *options, "--json"))
        assert (found["max_side"], set(found["groups"]["frame_size"])) == (side, sizes)
        assert (found["pictures"], found["clips"], found["faces"]["exactly_one"]["hits"]) == (2, 0, 2)
    assert "looked at up to 640 pixels" in words("proctor", "evaluate", str(path)).out


def test_what_cannot_be_read_is_named_with_its_line_and_the_rest_still_counts(
    words: Shell, labelled: Path
) -> None:
    text = labelled.read_text(encoding="utf-8")
    labelled.write_text(f"{text}\nbroken.jpg,1\nnone.jpg,1\na.png,many\nlabels.csv,1\n", encoding="utf-8")
    said = words("proctor", "evaluate", str(labelled), "--json")
    assert said.code == 3
    found = printed(said)
    assert [(one["line"], one["path"], one["code"]) for one in found["refused"]] == [
        (14, "broken.jpg", "frame_truncated"),
        (15, "none.jpg", "picture_missing"),
        (16, "a.png", "labels_bad_value"),
        (17, "labels.csv", "clip_unreadable"),
    ]
    assert (found["pictures"], found["rows"]) == (11, 16)


def test_evaluation_in_words_says_which_rules_have_no_pictures(words: Shell, labelled: Path) -> None:
    said = words("proctor", "evaluate", str(labelled))
    assert said.code == 0
    assert "faces: exactly one 6/6 = 100.0 %" in said.out
    assert "looking_away: no labelled pictures; not validated on people" in said.out


def test_a_table_that_is_missing_or_empty_is_refused(words: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("path\n", encoding="utf-8")
    for name in ("none.csv", "empty.csv"):
        said = words("proctor", "evaluate", str(tmp_path / name), "--json")
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith("kasauti: ")
    assert words("proctor", "evaluate").code == 2
