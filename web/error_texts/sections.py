# SPDX-License-Identifier: Apache-2.0
"""Words for what the sections of a test refuse: an answer or a move that comes too late, too early or once too often."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

SECTIONS = {
    "section_unknown": ErrorText(
        N_("This test has no such section."), N_("Reload the page and go on there.")
    ),
    "section_closed": ErrorText(
        N_("This section of the test is closed."),
        N_("What came later is kept as a copy, but does not count. Go on with the next section."),
    ),
    "section_order": ErrorText(
        N_("This part of the test is not open yet."),
        N_("Work on the section that is open, question by question. The next one opens after it."),
    ),
    "item_closed": ErrorText(
        N_("You have left this question, and this section has no way back."),
        N_("Go on with the question that is open. What you answered before counts."),
    ),
    "attempts_used_up": ErrorText(
        N_("You have confirmed this question as often as you may."),
        N_("Your last answer before that counts. Go on with the next question."),
    ),
    "skipping_not_allowed": ErrorText(
        N_("In this section every question must be answered before you go on."),
        N_("Answer the questions that are still open, then go on."),
    ),
    "answer_incomplete": ErrorText(
        N_("A part of this question is not answered."),
        N_("Fill in every part of it, then go on."),
    ),
    "too_many_moves": ErrorText(
        N_("This test has been gone through more often than any test needs (%(limit)s steps)."),
        N_("Your answers are safe. Go on with the question that is open, or hand in."),
    ),
    "move_malformed": ErrorText(
        N_("This step is not one that a test knows (%(kinds)s)."), N_("Reload the page and try again.")
    ),
}
