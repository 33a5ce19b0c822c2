# SPDX-License-Identifier: Apache-2.0
"""Texts about a running or ended test: pauses, time given back, messages, answers that came too late."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

ATTEMPTS = {
    "time_is_up": ErrorText(
        N_("The time of this test is up, so it can no longer be paused."),
        N_("If time was lost, give some back before the test is closed."),
    ),
    "attempt_not_running": ErrorText(
        N_("This test is not running."), N_("Reload the page to see where it stands.")
    ),
    "attempt_still_runs": ErrorText(
        N_("This test is still running."), N_("Decide about late answers when it is over.")
    ),
    "reason_malformed": ErrorText(
        N_("A reason is needed."), N_("Write %(lowest)s to %(highest)s characters in plain words.")
    ),
    "minutes_malformed": ErrorText(
        N_("This is not a possible number of minutes."),
        N_("Enter a whole number from %(lowest)s to %(highest)s."),
    ),
    "person_needed": ErrorText(
        N_("Only a person with a name may decide this."), N_("Sign in as yourself and do it again.")
    ),
    "manager_needed": ErrorText(
        N_("Only a manager may decide about late answers."), N_("Ask the manager of the batch.")
    ),
    "credit_after_close": ErrorText(
        N_("This test is closed, so no time can be given back."),
        N_("Nothing was changed. If time was lost, offer a re-assessment."),
    ),
    "credit_beyond_outages": ErrorText(
        N_("This is more time than was measured as lost (%(suggested_seconds)s seconds)."),
        N_("Give at most that, or write also why it should be more."),
    ),
    "late_answer_unknown": ErrorText(
        N_("There is no such late answer."), N_("Reload the page and choose one from the list.")
    ),
    "late_answer_decided": ErrorText(
        N_("Somebody decided about this answer already, at %(decided_at)s."),
        N_("A decision is made once. Reload the page to see it."),
    ),
    "late_after_declaration": ErrorText(
        N_("The result of this candidate is declared, so a late answer can no longer be let in here."),
        N_("A declared result changes only by a re-evaluation, after which it is declared again."),
    ),
    "late_item_marked": ErrorText(
        N_("A person has marked this question already."),
        N_("A late answer to it needs a re-evaluation. Nothing was changed."),
    ),
    "message_malformed": ErrorText(
        N_("The message is empty, too long, or holds characters that cannot be shown."),
        N_("Write at most %(highest)s characters."),
    ),
}
