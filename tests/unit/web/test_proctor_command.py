# SPDX-License-Identifier: Apache-2.0
"""``kasauti proctor analyse``: one object a picture or frame, refusals by name with exit code 3, never a traceback."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.config import Config
from proctor.vision.pictures import decode_picture
from tests.clips import astronaut, frames, shipped, to_jpeg, write_mjpeg, write_webm, write_y4m
from tests.unit.web.shell import Said, Shell

MEMBERS = {
    *("path", "frame", "at_seconds", "width", "height", "faces", "face_count", "persons", "objects"),
    *("pose", "gaze", "identity", "tamper", "ms"),
}


class Analyser:
    """Runs the command and reads what it prints."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        self.shell, self.folder = shell, folder

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def picture(self, name: str, pixels: Any) -> Path:
        done, data = cv2.imencode(Path(name).suffix, pixels)
        assert done
        return self.file(name, data.tobytes())

    def run(self, *words: Path | str) -> tuple[Said, list[dict[str, Any]]]:
        said = self.shell("proctor", "analyse", *map(str, words), "--json-lines")
        return said, [json.loads(line) for line in said.out.splitlines()]

    def one(self, *words: Path | str) -> dict[str, Any]:
        said, (found,) = self.run(*words)
        assert (said.code, said.err) == (0, "")
        return found

    def refusal(self, path: Path) -> str:
        said, (found,) = self.run(path)
        assert (said.code, said.err) == (3, "")
        assert found["path"] == path.as_posix()
        assert found["refused"]["reason"].endswith(".")
        return str(found["refused"]["code"])


@pytest.fixture
def analyser(shell: Shell, tmp_path: Path) -> Analyser:
    return Analyser(shell, tmp_path)


def test_a_picture_gives_one_object_with_every_member_of_the_contract(analyser: Analyser) -> None:
    found = analyser.one(analyser.picture("a.png", astronaut()))
    assert set(found) == MEMBERS
    assert (found["frame"], found["at_seconds"], found["width"], found["height"]) == (0, None, 512, 512)
    assert (found["face_count"], found["persons"]) == (1, 1)
    ((face),) = found["faces"]
    assert face["box"] == pytest.approx([174, 70, 105, 105], abs=4)
    assert face["score"] > 0.9
    assert [thing["label"] for thing in found["objects"]] == ["person"]
    assert set(found["pose"]) == {"yaw", "pitch", "roll"}
    assert set(found["gaze"]) == {"horizontal", "vertical", "left_open", "right_open"}
    assert found["tamper"] == {"dark": False, "covered": False, "blurred": False, "frozen": None}
    assert found["identity"] is None
    assert {"decode", "faces", "mesh", "identity", "objects", "total"} <= set(found["ms"])
    assert found["ms"]["total"] == pytest.approx(sum(found["ms"].values()) / 2, abs=0.1)


@pytest.mark.parametrize("side", [320, 160])
def test_boxes_are_in_pixels_of_the_original_however_small_it_is_looked_at(
    analyser: Analyser, side: int
) -> None:
    large = cv2.resize(astronaut(), (2048, 2048), interpolation=cv2.INTER_CUBIC)
    found = analyser.one(analyser.picture("large.jpg", large), "--max-side", str(side))
    assert (found["width"], found["height"], found["face_count"]) == (2048, 2048, 1)
    assert found["faces"][0]["box"] == pytest.approx([696, 280, 420, 420], abs=20)


def grey(pixels: Any) -> Any:
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("grey.png", grey),
        ("grey.jpg", grey),
        ("alpha.png", lambda pixels: np.dstack((pixels, np.full(pixels.shape[:2], 128, np.uint8)))),
        ("deep.png", lambda pixels: pixels.astype(np.uint16) * 257),
        ("photo.webp", lambda pixels: pixels),
        ("photo.bmp", lambda pixels: pixels),
    ],
)
def test_grey_transparent_deep_and_other_pictures_are_read(
    analyser: Analyser, name: str, change: Any
) -> None:
    found = analyser.one(analyser.picture(name, change(astronaut())))
    assert (found["face_count"], found["persons"]) == (1, 1)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "bmp"])
@pytest.mark.parametrize("side", [160, 320])
def test_a_large_picture_of_any_kind_is_shrunk_by_its_mean_and_not_by_leaving_pixels_out(
    kind: str, side: int
) -> None:
    large = cv2.resize(astronaut(), (1280, 1280), interpolation=cv2.INTER_CUBIC)
    grains = np.random.default_rng(1).normal(0, 12, large.shape)
    large = np.clip(large + grains, 0, 255).astype(np.uint8)
    best = {"jpg": [cv2.IMWRITE_JPEG_QUALITY, 98], "webp": [cv2.IMWRITE_WEBP_QUALITY, 101]}.get(kind, [])
    done, data = cv2.imencode(f".{kind}", large, best)
    assert done
    mean = cv2.resize(large, (side, side), interpolation=cv2.INTER_AREA)
    shrunk = decode_picture(data.tobytes(), max_side=side).pixels
    assert np.abs(shrunk.astype(int) - mean).mean() < 1.5


def test_a_picture_that_its_camera_noted_as_turned_is_looked_at_upright(analyser: Analyser) -> None:
    wide = np.hstack((astronaut(), np.zeros((512, 128, 3), np.uint8)))
    lying = to_jpeg(np.ascontiguousarray(np.rot90(wide)), quality=90)
    note = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    data = lying[:2] + b"\xff\xe1" + (len(note) + 2).to_bytes(2) + note + lying[2:]
    for more in ((), ("--max-side", "200")):
        found = analyser.one(analyser.file("turned.jpg", data), *more)
        assert (found["width"], found["height"], found["face_count"]) == (640, 512, 1)
        assert found["faces"][0]["box"] == pytest.approx([174, 70, 105, 105], abs=8)
        assert abs(found["pose"]["roll"]) < 8


def test_a_dark_and_a_covered_picture_are_said_to_be_so(analyser: Analyser) -> None:
    dark = analyser.one(analyser.picture("dark.png", astronaut() // 12))
    assert (dark["tamper"]["dark"], dark["tamper"]["covered"]) == (True, False)
    covered = analyser.one(analyser.picture("covered.png", np.full((240, 320, 3), 90, np.uint8)))
    assert (covered["tamper"]["covered"], covered["face_count"]) == (True, 0)


# ------------------------------------------------------------------------------------------------ refusals


def giant_png() -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = (60_000).to_bytes(4) + (60_000).to_bytes(4) + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(b"\0" * 1000))
        + part(b"IEND", b"")
    )


WHOLE = to_jpeg(astronaut())
SMALL, GIANT = b"\xff\xc0\0\x11\x08\x02\0\x02\0", b"\xff\xc0\0\x11\x08\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "frame_empty"),
        (WHOLE[: len(WHOLE) // 2], "frame_truncated"),
        (b"\xff\xd8\xff\xd9", "frame_corrupt"),
        (b"\xff\xd8" + b"\0" * 500 + b"\xff\xd9", "frame_corrupt"),
        (WHOLE.replace(SMALL, GIANT), "frame_too_many_pixels"),
        (giant_png(), "frame_too_many_pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 20, "frame_truncated"),
        (to_jpeg(np.zeros((8, 8, 3), np.uint8)), "frame_too_small"),
        (b"#!/bin/sh\necho this is no picture\n" * 20, "clip_unreadable"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n" * 20, "clip_unreadable"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 500, "clip_unreadable"),
        (b"RIFF\x40\0\0\0WEBPVP9 " + b"\0" * 60, "frame_corrupt"),
    ],
    ids=["empty", "half", "bare", "noise", "giant jpeg", "giant", "half png", "tiny", "text", "playlist", "empty mp4", "webp"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_by_name(analyser: Analyser, data: bytes, code: str) -> None:
    assert analyser.refusal(analyser.file("bad.jpg", data)) == code


def test_a_file_that_is_not_there_is_refused_by_name(analyser: Analyser, tmp_path: Path) -> None:
    assert analyser.refusal(tmp_path / "nowhere.jpg") == "picture_missing"


def test_one_bad_file_of_a_folder_does_not_hide_the_others(analyser: Analyser, tmp_path: Path) -> None:
    folder = tmp_path / "pictures" / "deeper"
    folder.mkdir(parents=True)
    (folder / "b.jpg").write_bytes(WHOLE)
    (folder.parent / "a.jpg").write_bytes(b"")
    (folder.parent / ".hidden.jpg").write_bytes(b"")
    said, found = analyser.run(folder.parent)
    assert (said.code, ["refused" in one for one in found]) == (3, [True, False])


# -------------------------------------------------------------------------------------------------- identity


def test_enrolled_pictures_add_how_alike_the_face_is(analyser: Analyser) -> None:
    probe = analyser.picture("probe.jpg", np.roll(astronaut(), 25, 1))
    stranger = analyser.picture("stranger.png", shipped("camera.png"))
    enrolled = [
        analyser.picture(f"e{n}.jpg", pixels) for n, pixels in enumerate((astronaut(), astronaut()[:, ::-1]))
    ]
    said, (same, other) = analyser.run(probe, stranger, "--enrol", *enrolled)
    assert (said.code, said.err) == (0, "")
    assert same["identity"]["same"] is True
    assert same["identity"]["similarity"] > 0.9
    assert other["identity"]["same"] is False
    assert other["identity"]["similarity"] < 0.35


def test_a_picture_to_enrol_without_exactly_one_face_is_refused(analyser: Analyser) -> None:
    probe = analyser.picture("probe.jpg", astronaut())
    both = analyser.picture("both.png", np.hstack((astronaut(), astronaut())))
    said, (found,) = analyser.run(probe, "--enrol", both)
    assert (said.code, found["path"], found["refused"]["code"]) == (3, both.as_posix(), "enrol_not_one_face")


# ----------------------------------------------------------------------------------------------------- clips


def test_every_frame_of_a_clip_is_an_object_with_its_second(analyser: Analyser, tmp_path: Path) -> None:
    clip = write_y4m(tmp_path / "clip.y4m", [("present", 0.6), ("gone", 0.4)], fps=5)
    said, found = analyser.run(clip)
    assert (said.code, said.err) == (0, "")
    assert [(one["frame"], one["at_seconds"]) for one in found] == [(n, n / 5) for n in range(5)]
    assert [one["face_count"] for one in found] == [1, 1, 1, 0, 0]


def test_a_clip_can_be_looked_at_more_rarely(analyser: Analyser, tmp_path: Path) -> None:
    clip = write_mjpeg(tmp_path / "clip.mjpeg", [("present", 1.0)])  # 30 pictures, taken for 25 a second
    _, found = analyser.run(clip, "--fps", "2", "--max-side", "160")
    assert [one["at_seconds"] for one in found] == [0.0, 0.52, 1.0]
    assert {one["face_count"] for one in found} == {1}


UNEVEN = [0, 100, 2100, 4100, 4200, 7200]


@pytest.mark.parametrize("kind", ["webm", "gif"])
def test_frames_that_come_as_they_happen_to_have_the_seconds_of_the_clip(
    analyser: Analyser, tmp_path: Path, kind: str
) -> None:
    pictures, path = list(frames([("present", 6)], fps=1)), tmp_path / f"uneven.{kind}"
    if kind == "webm":
        write_webm(path, pictures, [at + 37 for at in UNEVEN])
    else:
        film = cv2.Animation()
        film.frames, film.durations = pictures, [100, 2000, 2000, 100, 3000, 3000]
        assert cv2.imwriteanimation(str(path), film)
    _, found = analyser.run(path, "--max-side", "160")
    assert [one["at_seconds"] for one in found] == [at / 1000 for at in UNEVEN]
    _, rarely = analyser.run(path, "--max-side", "160", "--fps", "1")
    assert [one["at_seconds"] for one in rarely] == [0.0, 2.1, 4.1, 7.2]


@pytest.mark.parametrize(
    ("moments", "seconds"),
    [
        ([0, 0, 0, 0], [0.0, 0.04, 0.08, 0.12]),
        ([0, 1000, 500, 1000, 4500], [0.0, 1.0, 1.5, 2.0, 4.5]),
        ([0, 1000, 200_000_000, 2000], [0.0, 1.0, 2.0, 3.0]),
    ],
    ids=["standing still", "going back", "days later"],
)
def test_a_clip_whose_seconds_cannot_be_is_counted_on_by_its_rate(
    analyser: Analyser, tmp_path: Path, moments: list[int], seconds: list[float]
) -> None:
    path = write_webm(tmp_path / "clip.webm", list(frames([("present", len(moments))], fps=1)), moments)
    _, found = analyser.run(path, "--max-side", "160")
    assert [one["at_seconds"] for one in found] == pytest.approx(seconds, abs=0.05)
    assert [one["frame"] for one in found] == list(range(len(moments)))


def test_a_frozen_clip_is_frozen_from_its_second_second_on_and_a_live_one_is_not(
    analyser: Analyser, tmp_path: Path
) -> None:
    (one,) = frames([("present", 1.0)], fps=1)
    clips = {"frozen": [one] * 5, "live": list(frames([("present", 2.5)], fps=2))}
    for name, pictures in clips.items():
        planes = [cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420).tobytes() for pixels in pictures]
        data = b"YUV4MPEG2 W320 H240 F2:1 Ip A1:1 C420jpeg\n" + b"".join(
            b"FRAME\n" + plane for plane in planes
        )
        _, found = analyser.run(analyser.file(f"{name}.y4m", data))
        late = [frame["tamper"]["frozen"] for frame in found]
        assert late == [None, None, *[name == "frozen"] * 3]


# ---------------------------------------------------------------------------------------------- without models


def test_a_model_that_is_not_there_is_named_and_its_members_are_null(
    analyser: Analyser, shell: Shell, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    shutil.copy(Config().models / "blazeface-full-range.tflite", models)
    shell.set("MODELS", str(models))
    said, (found,) = analyser.run(analyser.picture("a.png", astronaut()))
    assert (said.code, found["face_count"]) == (0, 1)
    assert (found["persons"], found["objects"], found["pose"], found["gaze"]) == (None, None, None, None)
    assert set(found["not_available"]) == {"centerface", "face-mesh", "iris", "mobilefacenet", "nanodet"}
    assert "nanodet" in said.err


def test_without_the_weights_of_the_face_detector_nothing_is_looked_at(
    analyser: Analyser, shell: Shell, tmp_path: Path
) -> None:
    shell.set("MODELS", str(tmp_path / "empty"))
    said, found = analyser.run(analyser.picture("a.png", astronaut()))
    assert (said.code, found) == (1, [])
    assert "kasauti models fetch" in said.err


def test_without_json_a_picture_is_a_line_that_a_person_can_read(analyser: Analyser, shell: Shell) -> None:
    path, bad = analyser.picture("a.png", astronaut()), analyser.file("bad.jpg", b"")
    said = shell("proctor", "analyse", str(path), str(bad))
    assert said.code == 3
    assert "faces 1, persons 1, person 0." in said.out
    assert "bad.jpg: The picture is empty." in said.err
