# SPDX-License-Identifier: Apache-2.0
"""Safe Exam Browser's keys as its developer pages define them; the vectors are facts published there."""

from __future__ import annotations

import hashlib
import plistlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor import api
from assessor.scheduling.accommodations import Accommodation, Aid
from assessor.scheduling.browser_model import BrowserRules, may_paste
from assessor.scheduling.safe_browser import request_hash, seb_json
from core.errors import Invalid

URL = "https://exam.example/learner"
# In the order of the published example; keys of both cases stand among them.
PUBLISHED_ORDER = (
    "additionalResources", "allowAirPlay", "allowBrowsingBackForward", "allowDictation", "allowDisplayMirroring",
    "allowDownUploads", "allowedDisplayBuiltin", "allowedDisplaysMaxNumber", "allowFlashFullscreen", "allowPDFPlugIn",
    "allowWlan", "blacklistURLFilter", "browserMessagingSocket", "configKeySalt", "downloadDirectoryOSX",
    "enableF1", "enableF10", "enableF2", "examKeySalt", "hashedQuitPassword", "mainBrowserWindowWidth",
    "permittedProcesses", "quitURL", "restartExamURL", "restartExamUseStartURL", "sendBrowserExamKey", "startURL",
    "touchOptimized", "URLFilterEnable", "URLFilterEnableContentFilter", "URLFilterIgnoreList", "URLFilterMessage",
    "urlFilterRegex", "URLFilterRules", "urlFilterTrustedContent", "whitelistURLFilter", "zoomMode",
)  # fmt: skip
KEYS = st.text("abcXYZ", min_size=1, max_size=4)
PLAIN = st.booleans() | st.integers() | st.text(max_size=8)
SETTINGS = st.dictionaries(
    KEYS, PLAIN | st.lists(st.dictionaries(KEYS, PLAIN, max_size=3), max_size=3), max_size=6
)


def test_keys_stand_in_the_order_of_the_published_example() -> None:
    mixed = dict.fromkeys(sorted(PUBLISHED_ORDER, key=lambda name: name[::-1]), 1)
    assert seb_json(mixed) == "{" + ",".join(f'"{name}":1' for name in PUBLISHED_ORDER) + "}"


def test_the_published_pieces_come_out_as_they_are_printed() -> None:
    rules = [{"regex": False, "expression": "safeexambrowser.org/css/*", "active": True, "action": 1}]
    settings: dict[str, Any] = {
        "originatorVersion": "SEB_Win_2.1.1",
        "browserMessagingSocket": "ws:\\localhost:8706",
        "URLFilterRules": rules,
        "empty": {},
        "additionalResources": [],
        "examKeySalt": b"\x7c\x0c\x1e",
        "zoomMode": 0,
        "at": datetime(2026, 11, 22, tzinfo=UTC),
        "title": "Prüfung",
        "proxies": {"FTPPort": 21, "ExceptionsList": []},
    }
    assert seb_json(settings) == (
        '{"additionalResources":[],"at":"2026-11-22T00:00:00+00:00","browserMessagingSocket":"ws:\\localhost:8706",'
        '"examKeySalt":"fAwe","proxies":{"ExceptionsList":[],"FTPPort":21},"title":"Prüfung",'
        '"URLFilterRules":[{"action":1,"active":true,"expression":"safeexambrowser.org/css/*","regex":false}],"zoomMode":0}'
    )


def test_a_config_key_is_the_hash_of_that_text() -> None:
    settings = {"startURL": "https://exam.example", "sendBrowserExamKey": True}
    text = '{"sendBrowserExamKey":true,"startURL":"https://exam.example"}'
    assert api.config_key(settings) == hashlib.sha256(text.encode()).hexdigest()


@given(SETTINGS)
def test_neither_order_nor_the_program_that_wrote_it_changes_a_key(settings: dict[str, Any]) -> None:
    unique = {name.lower(): value for name, value in settings.items()}
    turned = dict(reversed([*unique.items(), ("originatorVersion", "any"), ("empty", {})]))
    assert api.config_key(turned) == api.config_key(unique)


def made(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "base_url": "https://exam.example:8443",
        "sitting_id": "s1",
        "camera": True,
        "password": "AAAA-BBBB-CC",
        **more,
    }
    return api.safe_browser_settings(**given)


def test_the_file_holds_the_settings_that_the_key_is_taken_of() -> None:
    settings = made()
    file = plistlib.loads(api.safe_browser_file(settings))
    assert api.config_key(file) == api.config_key(settings)
    assert file["URLFilterRules"][0]["expression"] == "exam.example:8443"
    assert file["hashedQuitPassword"] == hashlib.sha256(b"AAAABBBBCC").hexdigest()


def test_every_sitting_address_camera_and_password_has_a_key_of_its_own() -> None:
    others = [
        made(),
        made(sitting_id="s2"),
        made(camera=False),
        made(password="X"),
        made(base_url="https://b.example"),
    ]
    assert len({api.config_key(one) for one in others}) == len(others)


def test_no_setting_can_lose_what_is_not_sent_yet() -> None:
    settings = made()
    assert settings["browserWindowAllowReload"] is True
    assert settings["removeBrowserProfile"] is settings["removeLocalStorage"] is False


@given(st.sampled_from(["config", "exam"]), st.booleans(), st.booleans())
def test_a_proof_holds_for_its_page_and_its_key_only(kind: str, right_key: bool, right_page: bool) -> None:
    key = "ab" * 32
    sent = request_hash(URL if right_page else URL + "/start", key if right_key else "cd" * 32)
    proof = api.Proof(config_hash=sent) if kind == "config" else api.Proof(exam_hash=sent.upper())
    exam_keys = ["ef" * 32, key] if kind == "exam" else []
    means = api.proven(proof, [URL], config=key, exam_keys=exam_keys)
    expected = {"config": api.Means.CONFIG_KEY, "exam": api.Means.EXAM_KEY}[kind]
    assert means == (expected if right_key and right_page else None)


def test_the_fragment_of_an_address_does_not_count_and_no_proof_is_none() -> None:
    assert request_hash(URL + "#part", "k") == request_hash(URL, "k")
    assert api.proven(api.Proof(), [URL], config="k", exam_keys=[]) is None
    assert api.Proof().is_empty
    assert not api.Proof(exam_hash="x").is_empty


def test_browser_exam_keys_are_read_or_named() -> None:
    key = "AB" * 32
    assert api.read_exam_keys(f"  {key}\n{key.lower()}  {'0' * 64}") == (key.lower(), "0" * 64)
    assert api.read_exam_keys(" \n") == ()
    many = " ".join(f"{number:064x}" for number in range(21))
    for typed, number in (("abc", 1), (f"{key} {'g' * 64}", 2), (many, 21)):
        with pytest.raises(Invalid) as refused:
            api.read_exam_keys(typed)
        assert (refused.value.code, refused.value.facts["number"]) == ("exam_key_malformed", number)


def test_the_password_belongs_to_the_sitting_and_the_secret() -> None:
    first = api.quit_password(b"s" * 32, "one")
    assert first == api.quit_password(b"s" * 32, "one")
    assert len({first, api.quit_password(b"s" * 32, "two"), api.quit_password(b"t" * 32, "one")}) == 3


def test_who_needs_to_paste_may_paste_everywhere() -> None:
    strict = BrowserRules(paste=False)
    reader = Accommodation(aid=Aid.SCREEN_READER, reason="Blind")
    time = Accommodation(aid=Aid.EXTRA_TIME, reason="Slow hand")
    assert [may_paste(strict, granted) for granted in ((), (time,), (time, reader))] == [False, False, True]
    assert may_paste(BrowserRules(), ())
