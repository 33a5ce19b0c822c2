# SPDX-License-Identifier: Apache-2.0
"""What came of a learner's pictures on their way, in plain words for a proctor. A thin line is no fault; no verdict here."""

from __future__ import annotations

from proctor import api as proctor
from web.presenters.watching import mode_word
from web.words import _, ngettext

WORTH_SAYING = 5
"""Per cent of the pictures left out, below which nothing is said."""


def left_out(looked_share: float) -> int:
    """The share in per cent of the arrived pictures that the server leaves out; 0 below five."""
    share = round(100 * (1 - looked_share))
    return share if share >= WORTH_SAYING else 0


def line_lines(live: proctor.LiveView | None) -> list[str]:
    """Sentences: how it is looked, what is missing or differs, what came later. Empty where nothing is watched now."""
    if live is None:
        return []
    said = [
        mode_word(live.mode),
        _("The camera takes a picture every %(seconds)s s.", seconds=f"{live.line.spacing_seconds:g}"),
    ]
    return [*said, *_chain(live.line), *_pictures(live.counters)]


def _chain(line: proctor.LineView) -> list[str]:
    counts = line.counts
    told = [
        (
            counts.missing + counts.undelivered,
            ngettext(
                "%(num)s picture is missing: it was taken and never came.",
                "%(num)s pictures are missing: they were taken and never came.",
                counts.missing + counts.undelivered,
            ),
        ),
        (
            counts.altered,
            ngettext(
                "%(num)s picture is another than the one that was announced.",
                "%(num)s pictures are others than those that were announced.",
                counts.altered,
            ),
        ),
        (
            counts.unchained,
            ngettext(
                "%(num)s picture came without a proof of its order.",
                "%(num)s pictures came without a proof of their order.",
                counts.unchained,
            ),
        ),
        (
            counts.late,
            ngettext(
                "%(num)s picture came later, in proven order.",
                "%(num)s pictures came later, in proven order.",
                counts.late,
            ),
        ),
        (
            counts.put_off,
            ngettext(
                "%(num)s picture was to come again, because the server had too much to do.",
                "%(num)s pictures were to come again, because the server had too much to do.",
                counts.put_off,
            ),
        ),
        (
            counts.forgiven,
            ngettext(
                "%(num)s picture that was asked for was lost when the page was loaded anew.",
                "%(num)s pictures that were asked for were lost when the page was loaded anew.",
                counts.forgiven,
            ),
        ),
        (
            line.waiting,
            ngettext(
                "%(num)s picture waits on the learner's device.",
                "%(num)s pictures wait on the learner's device.",
                line.waiting,
            ),
        ),
        (
            line.segments - 1,
            ngettext(
                "The page was loaded anew %(num)s time.",
                "The page was loaded anew %(num)s times.",
                line.segments - 1,
            ),
        ),
        (
            counts.refused + counts.floods,
            ngettext(
                "%(num)s message about pictures was refused.",
                "%(num)s messages about pictures were refused.",
                counts.refused + counts.floods,
            ),
        ),
    ]
    return [words for number, words in told if number > 0]


def _pictures(counters: proctor.Counters) -> list[str]:
    bad = counters.refused + counters.undecodable + counters.too_fast + counters.out_of_order
    told = [
        (
            bad,
            ngettext("%(num)s picture could not be used.", "%(num)s pictures could not be used.", bad),
        ),
        (
            counters.dropped,
            ngettext(
                "%(num)s picture was not looked at, because a newer one was there.",
                "%(num)s pictures were not looked at, because newer ones were there.",
                counters.dropped,
            ),
        ),
        (
            counters.claimed,
            ngettext(
                "%(num)s picture was judged by the learner's device alone.",
                "%(num)s pictures were judged by the learner's device alone.",
                counters.claimed,
            ),
        ),
        (
            counters.disagreed,
            ngettext(
                "%(num)s time the server saw something else than the learner's device.",
                "%(num)s times the server saw something else than the learner's device.",
                counters.disagreed,
            ),
        ),
    ]
    return [words for number, words in told if number > 0]
