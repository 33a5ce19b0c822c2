# SPDX-License-Identifier: Apache-2.0
"""Texts about scheduling: allocations, candidates and their fields, changes of sittings, absence, re-assessment."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_ALLOCATIONS = {
    "reason_needed": ErrorText(
        N_("A reason is needed."), N_("Write why, in at most %(longest)s characters.")
    ),
    "batch_language_unknown": ErrorText(
        N_("This language is not in the list."), N_("Choose one from the list.")
    ),
    "toa_unnumbered": ErrorText(
        N_("The certificate has no number."),
        N_("Write the number of the certificate, or leave its sector and its last day empty."),
    ),
    "allocation_unknown": ErrorText(
        N_("There is no such allocation."), N_("Choose one from the list of allocations.")
    ),
    "allocation_state": ErrorText(
        N_("This is not possible while the allocation is “%(state)s”."),
        N_("An allocation is answered once. Make a new one if something changed."),
    ),
    "allocation_exists": ErrorText(
        N_("You have an allocation with this batch id already."),
        N_("Use another batch id, or open the one that is there."),
    ),
    "allocation_window": ErrorText(
        N_("The days asked for end before they begin, or lie in the past."), N_("Correct the two dates.")
    ),
    "allocation_not_accepted": ErrorText(
        N_("The allocation is “%(state)s”, so no batch can be made from it."), N_("Accept it first.")
    ),
    "allocation_used": ErrorText(
        N_("A batch was already made from this allocation."),
        N_("Open that batch from the list of allocations."),
    ),
    "allocation_other_credential": ErrorText(
        N_("The allocation is for another credential."),
        N_("Choose the credential that the allocation names."),
    ),
    "candidates_out_of_range": ErrorText(
        N_("That is not a possible number of candidates."), N_("Enter %(lowest)s to %(highest)s.")
    ),
    "engagement_unknown": ErrorText(
        N_("There is no such engagement."), N_("Choose one of your agencies from the list.")
    ),
    "region_unknown": ErrorText(
        N_("This is not a state or union territory of India."), N_("Choose one from the list.")
    ),
    "region_allocated": ErrorText(
        N_("The awarding body allocated this batch to a state, so the state stays."),
        N_("Ask the awarding body for a new allocation if the place changes."),
    ),
    "partner_unnamed": ErrorText(
        N_("An empanelled training partner needs a name."), N_("Enter the name of the training partner.")
    ),
    "batch_blocked": ErrorText(
        N_("The rules do not allow a batch here."),
        N_("Correct what is found; each finding names its clause and what to do."),
    ),
    "batch_warned": ErrorText(
        N_("The rules warn about this batch."),
        N_("Correct what is found, or write for each finding why it stands."),
    ),
    "sitting_same": ErrorText(N_("The candidate is in this sitting already."), N_("Choose another sitting.")),
    "sitting_of_another_batch": ErrorText(
        N_("This sitting belongs to another batch."),
        N_("Choose a sitting of the same batch: the papers belong to the batch."),
    ),
    "sitting_has_ended": ErrorText(
        N_("The time of this sitting is over."), N_("Choose a sitting that is still to come.")
    ),
    "policy_out_of_range": ErrorText(
        N_("These periods are not possible."), N_("Enter 1 to %(days)s days and 1 to %(months)s months.")
    ),
}

_CANDIDATES = {
    "secret_key_changed": ErrorText(
        N_("A sealed number cannot be opened with this platform's secret."),
        N_("Nothing is lost. Tell the person who runs this platform that the secret key was changed."),
    ),
    "apaar_malformed": ErrorText(
        N_("An APAAR or ABC id has 12 digits."), N_("Check the number and enter it again.")
    ),
    "apaar_of_another": ErrorText(
        N_("Another person has this APAAR id."), N_("Check the id, the name and the birth date.")
    ),
    "agency_number_malformed": ErrorText(
        N_("This number of a candidate is too long or has signs that cannot be printed."),
        N_("Use at most %(longest)s letters and digits."),
    ),
    "agency_number_taken": ErrorText(
        N_("Another candidate of the batch has this number."),
        N_("Give each candidate a number of their own."),
    ),
    "birth_date_malformed": ErrorText(
        N_("This birth date is not possible."), N_("Enter a day in the past, at most %(most)s years ago.")
    ),
    "disability_malformed": ErrorText(
        N_("A kind of disability is chosen, but not that the person has one."),
        N_("Choose “yes” for a person with disability, or no kind."),
    ),
    "qualification_malformed": ErrorText(
        N_("This qualification is not possible."),
        N_("Levels are %(levels)s; classes are 1 to 12; years of experience are 0 to 60."),
    ),
    "training_malformed": ErrorText(
        N_("These training hours are not possible."), N_("Enter hours like 7.5, from 0 to %(most)s.")
    ),
    "guardian_malformed": ErrorText(
        N_("The parent or guardian needs a name and a contact."),
        N_("Enter a name, and an e-mail address or a phone number."),
    ),
    "guardian_missing": ErrorText(
        N_("The learner is under 18 on the day of the sitting."),
        N_("Enter the name and the contact of a parent or guardian."),
    ),
    "candidate_enrolled": ErrorText(
        N_("This person is in this sitting already."),
        N_("Open the candidate there, or choose another sitting."),
    ),
    "enrolment_blocked": ErrorText(
        N_("The rules do not allow this candidate to be enrolled here."),
        N_("Correct what is found; each finding names its clause and what to do."),
    ),
    "enrolment_warned": ErrorText(
        N_("The rules warn about this candidate."),
        N_("Correct what is found, or write for each finding why it stands."),
    ),
    "accommodation_reason": ErrorText(
        N_("Everything that is granted needs a reason, and extra time needs minutes."),
        N_("Write a short reason for each, without health details that nobody needs."),
    ),
    "accommodation_twice": ErrorText(N_("The same help is granted twice."), N_("Keep one of the two.")),
}

_CHANGES = {
    "sitting_cancelled": ErrorText(N_("This sitting is cancelled."), N_("Ask the agency for the new date.")),
    "sitting_has_begun": ErrorText(
        N_("Learners have already begun here (%(begun)s)."),
        N_("You can still move the end of the window to a later time."),
    ),
    "entry_absent": ErrorText(
        N_("The learner is marked absent."), N_("The agency can undo this, or give the learner another date.")
    ),
    "entry_not_absent": ErrorText(N_("The learner is not marked absent."), N_("There is nothing to undo.")),
    "entry_has_begun": ErrorText(
        N_("The learner has begun the test, so they were not absent."), N_("Look at their attempt instead.")
    ),
    "absent_too_early": ErrorText(
        N_("The learner can still begin until the window closes."), N_("Mark them absent after that.")
    ),
    "reassessment_exists": ErrorText(
        N_("A re-assessment rests on this try already."), N_("Open the newer try of the same candidate.")
    ),
    "reassessment_other_credential": ErrorText(
        N_("That sitting is for another credential."), N_("Choose a sitting of the same credential.")
    ),
    "reassessment_without_result": ErrorText(
        N_("This try has no declared result yet."),
        N_("Declare the result first; re-assessment counts from that day."),
    ),
    "reassessment_passed": ErrorText(
        N_("The learner has passed, so there is nothing to assess again."), N_("Open the result to see it.")
    ),
    "reassessment_asked_late": ErrorText(
        N_("Re-assessment had to be asked for by %(ask_by)s: the result is of %(result_on)s."),
        N_("Ask the awarding body; it can set a longer period."),
    ),
    "reassessment_held_late": ErrorText(
        N_("Re-assessment must be over by %(hold_by)s: the result is of %(result_on)s."),
        N_("Choose a sitting that closes by then, or ask the awarding body."),
    ),
    "asked_on_malformed": ErrorText(
        N_("Nobody can have asked on that day."), N_("Enter a day from %(result_on)s to %(today)s.")
    ),
    "no_other_form": ErrorText(
        N_("The candidate has already had every paper of that batch."),
        N_("Choose a sitting of a batch with other papers."),
    ),
}

SCHEDULING: dict[str, ErrorText] = {**_ALLOCATIONS, **_CANDIDATES, **_CHANGES}
