# SPDX-License-Identifier: Apache-2.0
"""What a sign of forensics means, in plain words for the person who has to look into it; it never says what somebody did.

The sentences are marked for translation here; a page hands in its own `translate`, the command line none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from web.error_texts.text import N_

Translate = Callable[[str], str]

_CONTROLS: Final = {
    "bh": N_(
        "If nobody copied, the chance that this list names anybody is at most %(percent)s %%. If some did, at most "
        "%(percent)s %% of the list are expected to be pairs who worked alone."
    ),
    "by": N_(
        "At most %(percent)s %% of the list are expected to be pairs who worked alone, however the tests depend on each other."
    ),
    "holm": N_("The chance that the list names even one pair who worked alone is at most %(percent)s %%."),
    "bonferroni": N_(
        "The chance that the list names even one pair who worked alone is at most %(percent)s %%."
    ),
    "none": N_(
        "Nothing allows for the number of tests: of %(tests)s tests of people who worked alone, %(false)s may be listed."
    ),
}
_MODEL_PAIR: Final = N_(
    "%(first)s and %(second)s chose the same option in %(matches)s of %(compared)s items; two people of their ability who "
    "work alone would in about %(expected)s."
)
_SOURCE_PAIR: Final = N_(
    "%(first)s chose the option of %(second)s in %(matches)s of %(compared)s items; somebody of the same ability who works "
    "alone would in about %(expected)s."
)
_WRONG_PAIR: Final = N_(
    "%(first)s and %(second)s chose the same option in %(matches)s of %(compared)s items; compared with people who got as many "
    "wrong, they share too many wrong answers."
)
_WRONG: Final = N_("%(same_wrong)s of the shared answers are wrong.")
_ODDS: Final = N_("So much agreement comes by chance about once in %(odds)s tests.")
_LOOK: Final = N_(
    "This is a reason to look at seats, times and the paper, not a finding: people who learnt together share mistakes too."
)


def _same(text: str) -> str:
    return text


def control_words(document: Mapping[str, Any], translate: Translate = _same) -> str:
    """What the stated rate of false alarms means for a list of pairs."""
    facts = {
        "percent": f"{100 * document['rate']:g}",
        "tests": f"{document['tests']:,}",
        "false": f"{document['tests'] * document['rate']:,.0f}",
    }
    return translate(_CONTROLS[document["control"]]) % facts


def pair_words(document: Mapping[str, Any], pair: Mapping[str, Any], translate: Translate = _same) -> str:
    """One pair of a report in three or four sentences."""
    facts = dict(pair)
    if pair["expected"] is None:
        parts = [translate(_WRONG_PAIR) % facts]
    else:
        facts["expected"] = f"{pair['expected']:.1f}"
        parts = [translate(_SOURCE_PAIR if document["directed"] else _MODEL_PAIR) % facts]
    if pair["same_wrong"] is not None:
        parts.append(translate(_WRONG) % facts)
    parts.append(translate(_ODDS) % {"odds": _odds(pair["p_exact"])})
    return " ".join([*parts, translate(_LOOK)])


def _odds(p: float) -> str:
    if p < 1e-12:
        return "1,000,000,000,000"
    digits = 10 ** max(0, len(str(int(1 / p))) - 2)
    return f"{round(1 / p / digits) * digits:,}"
