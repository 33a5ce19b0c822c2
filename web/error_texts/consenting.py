# SPDX-License-Identifier: Apache-2.0
"""Texts about agreeing to be watched: notices, guardians, places with an invigilator, watch plans, exemptions."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_AGAIN = N_("Go back to the first page of your test and read it again.")
_PAPER = N_("Ask your assessment agency: it can note a signed paper of your guardian instead.")
_GATE = N_("Go back to the first page of your test; it says what comes next.")

CONSENTING: dict[str, ErrorText] = {
    "notice_changed": ErrorText(N_("What you are asked to agree to has changed since you read it."), _AGAIN),
    "notice_version_unknown": ErrorText(
        N_("No words are kept for this version of the notice."),
        N_("Consents from before this version of Kasauti have no kept words. Go back to the list."),
    ),
    "item_not_optional": ErrorText(
        N_("This part cannot be left out by itself."), N_("You can take your whole consent back instead.")
    ),
    "age_unsaid": ErrorText(
        N_("Please say whether you are 18 or older."), N_("Go back, choose one of the two answers and go on.")
    ),
    "guardian_not_agreed": ErrorText(
        N_("Your parent or guardian has not agreed yet. Until then no picture is taken."), _GATE
    ),
    "guardian_not_needed": ErrorText(N_("No consent of a guardian is waited for."), _GATE),
    "guardian_already_agreed": ErrorText(N_("Your guardian has agreed already."), _GATE),
    "guardian_nothing_stands": ErrorText(
        N_("No consent of a guardian stands for this candidate."), N_("Load the page again.")
    ),
    "guardian_name_malformed": ErrorText(
        N_("The name of the guardian is missing or too long."), N_("Write 2 to 200 letters.")
    ),
    "guardian_relation_unknown": ErrorText(
        N_("Please say who the guardian is."), N_("Choose mother, father or legal guardian.")
    ),
    "guardian_contact_missing": ErrorText(
        N_("There is no phone number and no e-mail address of the guardian."),
        N_("Go back and write one of the two."),
    ),
    "guardian_contact_own": ErrorText(
        N_("This is your own phone number or e-mail address."),
        N_("Go back and write the one of your guardian, or ask your agency to note a signed paper."),
    ),
    "guardian_no_channel": ErrorText(N_("Messages of this kind cannot be sent from here."), _PAPER),
    "guardian_code_just_sent": ErrorText(
        N_("A code was sent just now."), N_("Wait a minute, then send another one if none has come.")
    ),
    "guardian_codes_used_up": ErrorText(N_("No more codes can be sent for this test."), _PAPER),
    "guardian_code_not_sent": ErrorText(
        N_("No code has been sent yet."), N_("Go back and send one to your guardian first.")
    ),
    "guardian_code_expired": ErrorText(
        N_("This code is too old; a code works for %(minutes)s minutes."), N_("Go back and send another one.")
    ),
    "guardian_code_tries": ErrorText(
        N_("This code was tried too often."), N_("Go back and send another one.")
    ),
    "guardian_code_wrong": ErrorText(
        N_("This is not the code that was sent."), N_("Go back, ask your guardian and type it again.")
    ),
    "invigilation_not_asked": ErrorText(
        N_("This learner has not asked for a place with an invigilator."), N_("Go back to the list.")
    ),
    "invigilation_settled": ErrorText(
        N_("This has been settled already, or the learner has changed their mind."),
        N_("Load the list again."),
    ),
    "plan_settled": ErrorText(
        N_("A learner has agreed to being watched as it stands now, so it cannot be changed any more."),
        N_(
            "Add another sitting with the plan that you want, and move the candidates who have not begun there."
        ),
    ),
    "plan_incomplete": ErrorText(
        N_("A check needs another one that is not chosen."),
        N_("The small movements need the twenty seconds, and repeating them needs the small movements."),
    ),
    "plan_not_watched": ErrorText(
        N_("This sitting is not watched by camera."), N_("Change the sitting to be watched first.")
    ),
    "exemption_not_found": ErrorText(N_("There is no such exemption."), N_("Load the page again.")),
    "exemption_stands": ErrorText(N_("This exemption stands already."), N_("Load the page again.")),
    "exemption_proof_unknown": ErrorText(
        N_("Please say what sort of proof was seen."), N_("Choose one from the list.")
    ),
}
