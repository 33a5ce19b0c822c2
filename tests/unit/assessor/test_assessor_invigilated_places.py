# SPDX-License-Identifier: Apache-2.0
"""A wish for a place with an invigilator: when somebody still has to act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assessor.scheduling.alternative_model import AskedBecause, PlaceRequest, Settled, require_open
from core.errors import Conflict

ASKED = PlaceRequest(
    id="1",
    entry_id="e",
    sitting_id="s",
    because=AskedBecause.REFUSED,
    running=False,
    asked_at=datetime(2026, 11, 20, tzinfo=UTC),
)


def test_an_open_wish_can_be_acted_on() -> None:
    assert require_open(ASKED) is ASKED


@pytest.mark.parametrize("how", list(Settled))
def test_a_wish_is_settled_once(how: Settled) -> None:
    with pytest.raises(Conflict, match="invigilation_settled"):
        require_open(replace(ASKED, settled=how))


def test_nobody_is_given_a_place_who_did_not_ask() -> None:
    with pytest.raises(Conflict, match="invigilation_not_asked"):
        require_open(None)
