# SPDX-License-Identifier: Apache-2.0
"""The test room with everything that can arrive wrong, late or twice. What was acknowledged stays; the rest says what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from assessor.attempts.tables import ResponseCopyRow, ResponseEventRow
from core.uow import Actor
from proctor.evidence.tables import EvidenceRow
from tests import clips
from tests.web import sitting
from tests.web.calm import calm
from tests.web.site import Site

NAME = "Gurpreet Kaur"


@pytest.fixture
def room(site: Site) -> sitting.Room:
    """A running test with one answer in it, under number 1."""
    opened = sitting.begin(site.learner(NAME))
    assert opened.save(opened.choice, opened.options[opened.choice][:1]).status_code == 200
    return opened


def kept(site: Site, table: Any = ResponseEventRow) -> int:
    """How many rows the log of answers, or of copies, has."""
    with site.parts.store.read(Actor.system()) as uow:
        return uow.db.scalar(select(func.count()).select_from(table)) or 0


# -------------------------------------------------------------------------------- late, twice, on another device


def test_an_answer_after_the_deadline_and_the_grace_is_kept_as_a_copy_and_does_not_count(
    site: Site, room: sitting.Room
) -> None:
    limit, grace = 15 * 60, site.parts.config.grace_seconds
    site.clock.advance(limit + grace - 1)
    assert room.save(room.text, "in the grace").status_code == 200
    site.clock.advance(1)
    late = calm(room.save(room.text, "too late"), 409, "late_answer")
    assert late.json is not None
    assert "does not count" in late.json["what_next"]
    assert (kept(site), kept(site, ResponseCopyRow)) == (2, 1)
    site.worker.round()
    calm(room.save(room.text, "much too late"), 409, "attempt_closed")
    assert kept(site, ResponseCopyRow) == 2
    held = room.state()
    assert held["state"] == "submitted"
    assert held["answers"][room.text]["value"] == "in the grace"
    assert "2 answers came after the end" in room.visitor.get("/learner").text


def test_extra_time_moves_the_deadline_for_its_learner_alone(site: Site) -> None:
    granted, plain = (sitting.begin(site.learner(name)) for name in ("Ananya Das", NAME))
    site.clock.advance(20 * 60)
    assert granted.save(granted.choice, None).status_code == 200
    calm(plain.save(plain.choice, None), 409, "late_answer")


def test_the_same_answer_again_gets_the_same_receipt(site: Site, room: sitting.Room) -> None:
    value = room.options[room.choice][:1]
    first, again = (room.save(room.choice, value, seq=2).json for _ in range(2))
    assert first is not None
    assert again == first
    assert first["revision"] == 2
    assert kept(site) == 2


def test_another_value_under_the_same_number_is_refused_and_the_first_stands(
    site: Site, room: sitting.Room
) -> None:
    other = room.options[room.choice][1:2]
    refused = calm(room.save(room.choice, other, seq=1), 409, "sequence_conflict")
    assert refused.json is not None
    assert "choose your answer again" in refused.json["what_next"]
    assert room.state()["answers"][room.choice]["value"] == room.options[room.choice][:1]
    assert (kept(site), kept(site, ResponseCopyRow)) == (1, 1)


def test_a_device_that_lost_the_test_is_told_so_and_cannot_hand_in(site: Site, room: sitting.Room) -> None:
    taken = room.visitor.send("POST", "/room/lease", {"device": "laptop"}).json
    assert taken is not None
    assert room.state()["holder"] is False
    item = room.choice
    moved = room.save(item, None, device="laptop", epoch=taken["epoch"], seq=1)
    assert moved.status_code == 200
    calm(room.save(item, room.options[item][:1], seq=9), 409, "lease_lost")
    calm(room.save(item, None, epoch=77, seq=10), 409, "lease_lost")
    calm(room.hand_in(), 409, "lease_lost")
    assert room.state()["state"] == "running"
    assert room.state()["answers"][item]["value"] is None


def test_nothing_changes_after_the_hand_in_and_handing_in_again_gives_the_same_slip(
    site: Site, room: sitting.Room
) -> None:
    first, again = room.hand_in(), room.hand_in()
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    calm(room.save(room.text, "after"), 409, "attempt_closed")
    calm(room.visitor.send("POST", "/room/lease", {"device": "laptop"}), 409, "attempt_closed")
    calm(room.visitor.post("/learner/start"), 409, "attempt_closed")
    assert room.visitor.get("/room").location == "/learner"
    assert kept(site) == 1


def test_the_room_is_closed_before_the_start(site: Site) -> None:
    visitor = site.learner(NAME)
    assert visitor.get("/room").location == "/learner"
    visitor.get("/learner")
    calm(visitor.send("POST", "/room/lease", {"device": "phone"}), 409, "attempt_not_started")
    calm(visitor.send("POST", "/room/submit", {"device": "phone", "epoch": 1}), 409, "attempt_not_started")


# ------------------------------------------------------------------------------------- somebody else's attempt


def test_there_is_no_way_to_name_another_learner_s_attempt(site: Site, room: sitting.Room) -> None:
    other = sitting.begin(site.learner("Mohan Lal"))
    mine, theirs = site.attempt_of(room.visitor), site.attempt_of(other.visitor)
    honest = room.state()
    for parameter in ("attempt", "attempt_id", "entry_id"):
        named = room.visitor.get(f"/room/state?device=phone&{parameter}={theirs}")
        assert {**named.json, "csrf": ""} == {**honest, "csrf": ""}, "a token says when it was made"
        assert f'data-attempt="{mine}"' in room.visitor.get(f"/room?{parameter}={theirs}").text
    for parameter in ("attempt", "attempt_id", "entry", "entry_id"):
        calm(room.save(room.choice, None, **{parameter: theirs}), 422, "request_malformed")
        body = {"device": "phone", "epoch": 1, parameter: theirs}
        calm(room.visitor.send("POST", "/room/submit", body), 422, "request_malformed")
    calm(room.save(other.choice, None), 404, "item_unknown")
    calm(room.save(room.choice, other.options[other.choice][:1]), 422, "option_unknown")
    assert other.state()["answers"] == {}
    assert kept(site) == 1


# -------------------------------------------------------------------------------------------------- wrong shapes


def test_an_answer_of_the_wrong_shape_is_refused_and_what_is_held_stays(
    site: Site, room: sitting.Room
) -> None:
    several = next(item for item, kind in room.items.items() if kind == "choice_multiple")
    options = room.options[room.choice]
    wrong: list[tuple[str, Any, str]] = [
        (room.choice, options[0], "answer_malformed"),
        (room.choice, {"option": options[0]}, "answer_malformed"),
        (room.choice, [1], "answer_malformed"),
        (room.choice, [[]], "answer_malformed"),
        (room.choice, [options[0], options[0]], "answer_malformed"),
        (room.choice, options[:2], "too_many_options"),
        (room.choice, ["A"], "option_unknown"),
        (room.choice, room.options[several][:1], "option_unknown"),
        (room.choice, ["\ud800"], "request_malformed"),
        (several, [*room.options[several], "aaaaaaaaaaaaaaaa"], "option_unknown"),
        (room.text, ["words"], "answer_malformed"),
        (room.text, 1930, "answer_malformed"),
        (room.text, True, "answer_malformed"),
        (room.text, 1e308, "answer_malformed"),
        (room.text, "a\0b", "request_malformed"),
        (room.text, "a\ud800b", "request_malformed"),
        (room.text, "x" * 2001, "answer_too_long"),
    ]
    for item, value, code in wrong:
        calm(room.save(item, value), 422, code)
    for item in ("aaaaaaaaaaaaaaaa", "", None, 5, {}, [], "\u0001", "x" * 100_000):
        calm(room.save(item, None), 404, "item_unknown")  # type: ignore[arg-type]
    assert kept(site) == 1
    assert kept(site, ResponseCopyRow) == 0


@pytest.mark.parametrize(
    ("member", "values", "code"),
    [
        ("device", ["", None, 5, [], "a b", "x" * 65, "\u0001", "ü"], "device_malformed"),
        ("epoch", [0, -1, 2**31, 10**400, 1.5, True, "1", None, []], "number_out_of_range"),
        ("client_time", [None, 5, [], {}, True], "request_malformed"),
    ],
)
def test_what_goes_with_an_answer_is_checked_too(
    site: Site, room: sitting.Room, member: str, values: list[Any], code: str
) -> None:
    for value in values:
        calm(room.save(room.choice, None, **{member: value}), 422, code)
    assert kept(site) == 1


def test_an_odd_time_of_the_browser_s_own_clock_spoils_no_answer(site: Site, room: sitting.Room) -> None:
    for text in ("", "yesterday", "\u0001\u202e", "x" * 10_000):
        assert room.save(room.text, "words", client_time=text).status_code == 200
    assert kept(site) == 5


def test_what_looks_like_an_escape_is_a_text_like_any_other(site: Site, room: sitting.Room) -> None:
    for text in ("\\u0000", "\\\\u0000", "\\ud800", "₹ \N{PILE OF POO} \"'<>&", "\u200d"):
        assert room.save(room.text, text).status_code == 200
        assert room.state()["answers"][room.text]["value"] == text


def test_a_number_of_an_answer_that_no_number_can_be_is_refused(site: Site, room: sitting.Room) -> None:
    for seq in (0, 2**31, 10**30, 10**4000):
        calm(room.save(room.choice, None, seq=seq), 422, "number_out_of_range")
    for name in ("-1", "1.5", "x", "9" * 6000, "%00", "٣x"):
        answer = room.visitor.send("PUT", f"/room/responses/{name}", room.body(room.choice, None))
        calm(answer, 404, "page_unknown")
    assert kept(site) == 1


def test_a_body_that_is_no_answer_is_refused(site: Site, room: sitting.Room) -> None:
    whole = room.body(room.choice, None)
    without = {name: value for name, value in whole.items() if name != "item"}
    bodies = [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"{}", json.dumps(without).encode(), b"NaN"]
    bodies += [b"[" * 200_000, b'{"a":' * 100_000, json.dumps({**whole, "more": 1}).encode(), b"1" * 100_000]
    for body in bodies:
        for path, method in (("/room/responses/9", "PUT"), ("/room/lease", "POST"), ("/room/submit", "POST")):
            calm(room.visitor.send_raw(method, path, body), 422, "request_malformed")
    form = room.visitor.send_raw(
        "PUT", "/room/responses/9", b"device=phone", "application/x-www-form-urlencoded"
    )
    calm(form, 422, "request_malformed")
    assert room.state()["state"] == "running"
    assert kept(site) == 1


def test_a_huge_body_is_refused_and_the_room_goes_on(site: Site, room: sitting.Room) -> None:
    calm(room.save(room.text, "x" * 10_000_000), 422, "answer_too_long")
    calm(room.save(room.text, "x" * 13_000_000), 413, "too_large")
    assert room.save(room.text, "words").status_code == 200
    assert kept(site) == 2


def test_a_device_s_name_in_the_address_of_the_heartbeat_is_only_compared(
    site: Site, room: sitting.Room
) -> None:
    for name in ("", "%01", "%ed%a0%80", "x" * 5000, "' OR 1=1 --"):
        answer = room.visitor.get(f"/room/state?device={name}&epoch={'9' * 5000}")
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["holder"] is False


# --------------------------------------------------------------------------------------------------------- photos


def test_a_photo_that_cannot_be_used_is_named_and_not_kept(site: Site) -> None:
    visitor = site.learner("Ravi Kumar")
    calm(sitting.take_photo(visitor), 409, "consent_missing")
    sitting.agree(visitor)
    visitor.get("/learner")
    good = clips.to_jpeg(clips.picture("present"))
    wrong: dict[bytes, str] = {
        b"": "frame_empty",
        b"\x89PNG\r\n\x1a\n" + b"x" * 500: "frame_not_jpeg",
        b"GIF89a": "frame_not_jpeg",
        good[: len(good) // 2]: "frame_truncated",
        good[:200] + b"\x00" * 3000 + good[-2:]: "frame_corrupt",
        b"\xff\xd8" + b"\xff" * 300_000: "frame_too_large",
        clips.to_jpeg(clips.picture("gone")): "photo_no_face",
        clips.to_jpeg(clips.picture("two")): "photo_several_faces",
        clips.to_jpeg(clips.picture("covered")): "photo_too_dark",
        clips.to_jpeg(clips.picture("present", size=(16, 16))): "frame_too_small",
    }
    for picture, code in wrong.items():
        calm(sitting.take_photo(visitor, picture), 422, code)
    calm(visitor.send_raw("POST", "/learner/photo", b"x" * 13_000_000, "image/jpeg"), 413, "too_large")
    calm(visitor.post("/learner/start"), 409, "proctoring_not_ready")
    assert kept(site, EvidenceRow) == 0
    assert sitting.take_photo(visitor, good).status_code == 200
    assert kept(site, EvidenceRow) == 1


def test_a_sitting_without_a_camera_takes_no_photo(site: Site, room: sitting.Room) -> None:
    calm(sitting.take_photo(room.visitor), 409)
    assert kept(site, EvidenceRow) == 0
