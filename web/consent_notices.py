# SPDX-License-Identifier: Apache-2.0
"""The notice of one sitting: which items its watch plan asks for, with their words filled in. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from core.identity.consents import Notice
from proctor import api as proctor
from web.consent_texts import CARD_COMPARED, ITEMS, RIGHTS, Item, Words

LANGUAGES = ("en", "hi")


def items_of(plan: proctor.WatchPlan | None) -> tuple[str, ...]:
    """The items that a learner is asked for; without a plan no camera watches."""
    if plan is None:
        return ("answers",)
    asked = {
        "id_card": plan.id_card,
        "face": plan.compares_faces,
        "movements": plan.liveness,
        "things": plan.objects,
        "voice": plan.voice,
    }
    return tuple(key for key in ITEMS if asked.get(key, True))


def required_of(keys: Iterable[str]) -> frozenset[str]:
    """Those of the items without which the test is not taken here."""
    return frozenset(key for key in keys if not ITEMS[key].optional)


@lru_cache(maxsize=500)
def notice_of(plan: proctor.WatchPlan | None, *, agency: str, body: str, days: int) -> Notice:
    """The notice with all its words. Another plan, another word or another span is another version."""
    facts = {"agency": agency, "body": body, "days": str(days)}
    items = [
        {
            "key": item.key,
            "optional": item.optional,
            "en": _filled(item.en, facts),
            "hi": _filled(item.hi, facts),
        }
        for item in (_item(key, plan) for key in items_of(plan))
    ]
    rights = {language: RIGHTS[language].format(**facts) for language in LANGUAGES}
    return Notice.of({"items": items, "rights": rights, "plan": None if plan is None else plan.to_json()})


def shown_in(notice: Notice, language: str) -> dict[str, Any]:
    """The words in one language, as the page shows them: `rights`, and `items` in order."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    items = [
        {"key": one["key"], "optional": one["optional"], **one[spoken]} for one in notice.document["items"]
    ]
    return {"rights": notice.document["rights"][spoken], "items": items, "language": spoken}


def _item(key: str, plan: proctor.WatchPlan | None) -> Item:
    """The item as this plan has it."""
    if key == CARD_COMPARED.key and plan is not None and plan.compares_faces:
        return CARD_COMPARED
    return ITEMS[key]


def _filled(words: Words, facts: dict[str, str]) -> dict[str, str]:
    return {name: text.format(**facts) for name, text in asdict(words).items()}
