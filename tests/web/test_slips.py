# SPDX-License-Identifier: Apache-2.0
"""What stands on a printed access slip: read off the page as it is drawn, the square code by a camera's eye."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
import pytest
import typst

from tests.web.site import Site
from web.slips import Slip, slips_pdf

HOME = "https://tests.example.in"
ENGLISH = Slip(
    name="Asha Rao",
    number="2026-0017",
    language="en",
    agency="Parakh Assessments",
    test="Secure Digital Payments",
    place="Nashik, room 2",
    opens_at=datetime(2026, 11, 20, 6, 0, tzinfo=UTC),
    closes_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    time_zone="Asia/Kolkata",
    code="K7QD-M2XP-9F",
)
HINDI = replace(
    ENGLISH, name="सुनीता देवी", number="2026-0018", language="hi", test="सुरक्षित भुगतान", code="R3TW-8HNC-4V"
)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], Any]]:
    """Of each typesetting: what went in, and the first page as a picture."""
    found: list[tuple[dict[str, Any], Any]] = []
    typeset = typst.compile

    def watched(source: bytes, **more: Any) -> Any:
        page = typeset(source, **{**more, "format": "png", "ppi": 200.0})
        picture = cv2.imdecode(np.frombuffer(page[0] if isinstance(page, list) else page, np.uint8), 1)
        found.append((json.loads(more["sys_inputs"]["data"]), picture))
        return typeset(source, **more)

    monkeypatch.setattr(typst, "compile", watched)
    return found


def test_a_slip_has_the_name_the_code_the_time_with_its_zone_and_a_square_code_that_leads_in(
    site: Site, drawn: list[tuple[dict[str, Any], Any]]
) -> None:
    with site.app.test_request_context("/"):
        assert slips_pdf([ENGLISH, HINDI], home=HOME).startswith(b"%PDF")
    [(data, page)] = drawn
    [[english, hindi]] = data["pages"]
    for slip, shown in ((ENGLISH, english), (HINDI, hindi)):
        for member in ("name", "number", "language", "agency", "test", "place", "code"):
            assert shown[member] == getattr(slip, member)
    assert english["window"].startswith("20 Nov 2026, 11:30")
    assert "India" in english["window"]
    assert hindi["window"].startswith("20 नव॰ 2026") or "नवंबर" in hindi["window"]
    assert "भारत" in hindi["window"]
    assert english["secret"] != hindi["secret"]
    read, links, _places, _straight = cv2.QRCodeDetector().detectAndDecodeMulti(page)
    assert read
    assert set(links) == {f"{HOME}/#code={slip.code}" for slip in (ENGLISH, HINDI)}


def test_every_page_has_eight_slips_and_none_is_left_out(
    site: Site, drawn: list[tuple[dict[str, Any], Any]]
) -> None:
    slips = [replace(ENGLISH, number=str(number)) for number in range(19)]
    with site.app.test_request_context("/"):
        slips_pdf(slips, home=HOME)
    [(data, _page)] = drawn
    assert [len(page) for page in data["pages"]] == [8, 8, 3]
    assert [slip["number"] for page in data["pages"] for slip in page] == [slip.number for slip in slips]
