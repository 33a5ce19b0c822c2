# SPDX-License-Identifier: Apache-2.0
"""What the page of a shift shows: open matters, offers, who looks after whom, who watched when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from proctor import api as proctor
from web.words import _


def shift_page(
    tiles: Sequence[Mapping[str, Any]],
    crew: Mapping[str, str],
    offers: Sequence[proctor.HandOver],
    log: Sequence[proctor.WatchSpell],
    *,
    me: str,
    shares: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    """`to_me` and `of_me` are offers that wait; `settled` the others; `matters` what is open of each learner."""
    names = {tile["attempt_id"]: tile["name"] for tile in tiles}
    shown = [_offer(one, crew, names, tiles) for one in offers]
    waiting = [one for one in shown if one["state"] == proctor.HandOverState.OFFERED.value]
    return {
        "crew": [{"id": person, "name": name} for person, name in crew.items()],
        "others": [(person, name) for person, name in crew.items() if person != me],
        "to_me": [one for one in waiting if one["to_id"] == me],
        "of_me": [one for one in waiting if one["from_id"] == me],
        "settled": [one for one in shown if one not in waiting],
        "matters": [tile for tile in tiles if tile["need"] in ("look", "lost")],
        "mine": sum(who == me for who in shares.values()),
        "learners": [
            {
                "attempt_id": tile["attempt_id"],
                "name": tile["name"],
                "over": tile["need"] == "over",
                "proctor_id": shares.get(tile["attempt_id"], ""),
            }
            for tile in sorted(tiles, key=lambda tile: tile["name"])
        ],
        "log": [
            {
                "name": crew.get(one.proctor_id, "–"),
                "from_at": one.started_at,
                "until_at": one.last_at,
                "now": proctor.goes_on(one.last_at, now=now),
            }
            for one in log
        ],
    }


def _offer(
    one: proctor.HandOver,
    crew: Mapping[str, str],
    names: Mapping[str, str],
    tiles: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    about = set(one.attempt_ids)
    return {
        "id": one.id,
        "from_id": one.from_id,
        "to_id": one.to_id,
        "by": crew.get(one.from_id, "–"),
        "to": crew.get(one.to_id, "–"),
        "note": one.note,
        "state": one.state.value,
        "state_label": _state_label(one.state),
        "at": one.offered_at,
        "learners": sorted(names[attempt] for attempt in one.attempt_ids if attempt in names),
        "matters": [tile for tile in tiles if tile["attempt_id"] in about and tile["need"] == "look"],
        "waiting": sum(tile["waiting"] for tile in tiles if tile["attempt_id"] in about),
    }


def _state_label(state: proctor.HandOverState) -> str:
    return {
        proctor.HandOverState.OFFERED: _("Waits for an answer"),
        proctor.HandOverState.ACCEPTED: _("Accepted"),
        proctor.HandOverState.DECLINED: _("Declined"),
        proctor.HandOverState.WITHDRAWN: _("Taken back"),
    }[state]
