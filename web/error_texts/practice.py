# SPDX-License-Identifier: Apache-2.0
"""Words for what practice and the system check refuse."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

PRACTICE = {
    "check_size": ErrorText(
        N_("This is not what the system check sends."), N_("Reload the page and start the check again.")
    ),
    "check_malformed": ErrorText(
        N_("What the system check found could not be read."),
        N_("Reload the page and start the check again. Your test does not depend on it."),
    ),
    "practice_during_test": ErrorText(
        N_("You cannot practise while your test is running."),
        N_("Go back to your test. You can practise again after you have handed it in."),
    ),
    "practice_empty": ErrorText(
        N_("There is nothing to practise for this choice."),
        N_("Choose another topic, or ask your assessment agency to add practice questions."),
    ),
    "practice_unknown": ErrorText(
        N_("This practice is over or was deleted."), N_("Start a new one from your practice page.")
    ),
    "practice_answered": ErrorText(
        N_("This question was answered already."), N_("Go on with the next question.")
    ),
    "practice_link_unknown": ErrorText(
        N_("This practice link does not work any more."),
        N_("Ask the agency that gave it to you for a new one."),
    ),
    "item_in_form": ErrorText(
        N_("%(count)s of these items stand in a paper of a test, so they cannot be given to practice."),
        N_("Choose items that have never been in a paper, or write a copy of them in other words."),
    ),
    "item_for_practice": ErrorText(
        N_("%(count)s items of this paper are or were in the practice pool."),
        N_("Withdraw this paper and assemble a new one: practised items are left out by themselves."),
    ),
    "items_missing": ErrorText(
        N_("No item was chosen."), N_("Tick the items in the list, then choose what to do with them.")
    ),
}
