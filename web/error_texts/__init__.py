# SPDX-License-Identifier: Apache-2.0
"""Words for refusals: code -> what happened, and what to do next. A test compares the tables with the codes in the source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext

from web.error_texts.ability_models import ABILITY_MODELS
from web.error_texts.adaptive import ADAPTIVE
from web.error_texts.analyses import ANALYSES
from web.error_texts.asking import ASKING
from web.error_texts.assessing import ASSESSING
from web.error_texts.attempts import ATTEMPTS
from web.error_texts.browsers import BROWSERS
from web.error_texts.certainty import CERTAINTY
from web.error_texts.checkin import CHECK_IN
from web.error_texts.consenting import CONSENTING
from web.error_texts.content import CONTENT
from web.error_texts.correcting import CORRECTING
from web.error_texts.deciding import DECIDING
from web.error_texts.diagnosing import DIAGNOSING
from web.error_texts.estimating import ESTIMATING
from web.error_texts.fairness import FAIRNESS
from web.error_texts.forensics import FORENSICS
from web.error_texts.identity import IDENTITY
from web.error_texts.linking import LINKING
from web.error_texts.notices import NOTICES
from web.error_texts.packages import PACKAGES
from web.error_texts.panels import PANELS
from web.error_texts.platform import PLATFORM
from web.error_texts.practice import PRACTICE
from web.error_texts.privacy import PRIVACY
from web.error_texts.proctoring import PROCTORING
from web.error_texts.reviewing import REVIEWING
from web.error_texts.scheduling import SCHEDULING
from web.error_texts.sections import SECTIONS
from web.error_texts.standard_setting import STANDARD_SETTING
from web.error_texts.statistics import STATISTICS
from web.error_texts.text import N_, ErrorText
from web.error_texts.walls import WALLS
from web.i18n import show_instant

TEXTS: dict[str, ErrorText] = {
    **ADAPTIVE,
    **ASKING,
    **ANALYSES,
    **PLATFORM,
    **CONTENT,
    **CORRECTING,
    **DECIDING,
    **PACKAGES,
    **ASSESSING,
    **ATTEMPTS,
    **BROWSERS,
    **SCHEDULING,
    **PROCTORING,
    **REVIEWING,
    **PRIVACY,
    **IDENTITY,
    **SECTIONS,
    **NOTICES,
    **PRACTICE,
    **CONSENTING,
    **WALLS,
    **CHECK_IN,
    **STATISTICS,
    **ABILITY_MODELS,
    **FORENSICS,
    **CERTAINTY,
    **STANDARD_SETTING,
    **PANELS,
    **DIAGNOSING,
    **ESTIMATING,
    **FAIRNESS,
    **LINKING,
}

UNKNOWN = ErrorText(
    N_("This did not work."),
    N_("Go back and try again. If it happens again, tell the person who runs this platform."),
)


def text_of(code: str, facts: Mapping[str, Any]) -> ErrorText:
    """The text of a code in the reader's language, with its facts filled in; needs a request."""
    text = TEXTS.get(code, UNKNOWN)
    words = {name: _shown(name, value) for name, value in facts.items()}
    return ErrorText(_fill(gettext(text.title), words), _fill(gettext(text.advice), words))


def plain_text_of(code: str, facts: Mapping[str, Any]) -> ErrorText:
    """The English text, for the command line, which prints the facts below it."""
    text = TEXTS.get(code, UNKNOWN)
    words = {name: _listed(value) for name, value in facts.items()}
    return ErrorText(_fill(text.title, words), _fill(text.advice, words))


def _shown(name: str, value: Any) -> Any:
    if name.endswith("_at") and isinstance(value, str):
        return show_instant(datetime.fromisoformat(value))
    return _listed(value)


def _listed(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _fill(text: str, words: Mapping[str, Any]) -> str:
    return text % _Words(words) if "%(" in text else text


class _Words(dict[str, Any]):
    """A refusal is never refused because a fact is missing."""

    def __missing__(self, name: str) -> str:
        return "…"
