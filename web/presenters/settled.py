# SPDX-License-Identifier: Apache-2.0
"""How the criteria of adaptive sections ended, in a sentence each. Everything is read off the result document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.adaptive.model import Ruling
from web.words import ngettext


def settled_words(document: Mapping[str, Any]) -> dict[str, str]:
    """By criterion, after how many questions it was settled and what became of the others; empty without such a section."""
    return {one["pc"]: " ".join(_sentences(one)) for one in document.get("adaptive", ())}


def _sentences(one: Mapping[str, Any]) -> list[str]:
    number, unasked, late = len(one["counted"]), len(one["not_asked"]), len(one["after_the_end"])
    if one["ruling"] == Ruling.GO_ON.value or not (unasked or late):
        told = [
            ngettext(
                "%(num)s question counted here; %(right)s answered rightly.",
                "%(num)s questions counted here; %(right)s answered rightly.",
                number,
                right=one["right"],
            )
        ]
    else:
        told = [
            ngettext(
                "This was settled after %(num)s question; %(right)s answered rightly.",
                "This was settled after %(num)s questions; %(right)s answered rightly.",
                number,
                right=one["right"],
            )
        ]
    if unasked:
        told.append(ngettext("%(num)s more was not needed.", "%(num)s more were not needed.", unasked))
    if late:
        told.append(
            ngettext(
                "%(num)s answer came after that and does not count.",
                "%(num)s answers came after that and do not count.",
                late,
            )
        )
    return told
