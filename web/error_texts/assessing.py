# SPDX-License-Identifier: Apache-2.0
"""Texts about assessing: papers, batches and sittings, the way in, answers, marking, results."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_PAPERS = {
    "assessment_unknown": ErrorText(
        N_("There is no such assessment."), N_("Choose one of your agency's assessments.")
    ),
    "form_unknown": ErrorText(
        N_("There is no such paper."), N_("Open the batch and choose one of its papers.")
    ),
    "form_state": ErrorText(
        N_("This is not possible while the paper is “%(state)s”."),
        N_("Only a sealed paper can be sat. Ask the manager of the batch."),
    ),
    "form_altered": ErrorText(
        N_("The paper is not what was sealed, so nobody may sit it."),
        N_("Nothing is lost. Tell the person who runs this platform at once, and pass on the code below."),
    ),
    "form_count_out_of_range": ErrorText(
        N_("That is not a possible number of papers."), N_("Ask for %(lowest)s to %(highest)s.")
    ),
}

_SCHEDULING = {
    "batch_unknown": ErrorText(N_("There is no such batch."), N_("Choose one from the list of batches.")),
    "batch_exists": ErrorText(
        N_("A batch of this name exists already."), N_("Use another name, or open the batch that is there.")
    ),
    "batch_without_forms": ErrorText(
        N_("The batch has no paper that can be given out."), N_("Make a new batch with sealed papers.")
    ),
    "sitting_unknown": ErrorText(
        N_("There is no such sitting, or you are not assigned to it."),
        N_("Choose one from your list, or ask the manager to assign you."),
    ),
    "window_empty": ErrorText(N_("The window closes before it opens."), N_("Correct the two times.")),
    "time_zone_unknown": ErrorText(
        N_("This time zone is not known."), N_("Use a name such as Asia/Kolkata.")
    ),
    "retention_out_of_range": ErrorText(
        N_("Pictures cannot be kept for this long or this short."),
        N_("Enter %(lowest)s to %(highest)s days."),
    ),
    "name_malformed": ErrorText(
        N_("The name is missing, too long, or holds characters that cannot be shown."),
        N_("Use 1 to %(longest)s characters."),
    ),
    "extra_minutes_out_of_range": ErrorText(
        N_("Extra time of this length is not possible."), N_("Enter %(lowest)s to %(highest)s minutes.")
    ),
    "candidates_malformed": ErrorText(
        N_("The list of candidates cannot be read. %(problem)s"),
        N_("Correct it and send it again. Nobody was added yet."),
    ),
    "assignment_unknown": ErrorText(
        N_("This person has no such duty at this sitting."), N_("Look at the list of staff of the sitting.")
    ),
    "assessor_conflict": ErrorText(
        N_("Trainers, relatives and employers of a learner may not assess or watch here."),
        N_("Assign somebody else."),
    ),
    "entry_unknown": ErrorText(N_("There is no such entry."), N_("Open the batch and choose a candidate.")),
    "code_taken": ErrorText(N_("This access code is in use."), N_("Ask for another one.")),
}

_WAY_IN = {
    "code_unknown": ErrorText(
        N_("We do not know this code."), N_("Check each letter, or ask the person who gave it to you.")
    ),
    "code_expired": ErrorText(
        N_("This access code ended on %(expired_at)s."),
        N_("Ask your assessment agency if you need your result or another date."),
    ),
    "entry_withdrawn": ErrorText(
        N_("This entry was withdrawn."),
        N_("The access code opens nothing any more. If that is a mistake, talk to your assessment agency."),
    ),
    "consent_incomplete": ErrorText(
        N_("Without your agreement the test cannot begin."),
        N_(
            "Go back, read each point and tick it if you agree. If you do not, talk to your assessment agency."
        ),
    ),
    "package_not_yet": ErrorText(
        N_("The test cannot be put on this device yet."),
        N_("Keep this page open; it is fetched by itself from %(from_at)s."),
    ),
    "window_not_open": ErrorText(
        N_("The test cannot be started yet."), N_("Come back at %(opens_at)s; your access code stays valid.")
    ),
    "window_closed": ErrorText(
        N_("The time to start this test ended at %(closes_at)s."),
        N_("Ask your assessment agency for another date."),
    ),
}

_ATTEMPTS = {
    "attempt_unknown": ErrorText(
        N_("There is no such test, or you are not assigned to its sitting."), N_("Go back to your list.")
    ),
    "attempt_not_started": ErrorText(
        N_("The test has not been started."), N_("Go to the first page and start it there.")
    ),
    "attempt_closed": ErrorText(
        N_("This test has been handed in."),
        N_(
            "Nothing more can be changed. What came later is kept as a copy, and does not count unless a person lets it in."
        ),
    ),
    "late_answer": ErrorText(
        N_("The time was over when this answer came in."),
        N_(
            "It is kept, and does not count unless a person lets it in. If your line was down, tell your assessment agency."
        ),
    ),
    "lease_lost": ErrorText(
        N_("This test is open on another device or in another window."),
        N_("Go on there, or choose “Go on here instead”. What was saved is safe."),
    ),
    "sequence_conflict": ErrorText(
        N_("Another answer was saved under this number."),
        N_(
            "The first one counts, and this one is kept as a copy. Reload the page and choose your answer again."
        ),
    ),
    "answer_malformed": ErrorText(
        N_("The answer does not have the form of this question."), N_("Choose or type it again.")
    ),
    "answer_file_empty": ErrorText(N_("The file is empty."), N_("Choose another file.")),
    "answer_file_too_large": ErrorText(
        N_("The file is too large."), N_("Choose one of at most %(limit_mb)s MB, or take a smaller picture.")
    ),
    "answer_file_type": ErrorText(
        N_("A file of this type is not accepted here."), N_("Choose one of these types: %(accepted)s.")
    ),
    "answer_files_too_many": ErrorText(
        N_("This answer was replaced too often."),
        N_("At most %(limit)s files are kept; the last one counts."),
    ),
    "answer_file_unknown": ErrorText(
        N_("The file of this answer is not with us."),
        N_(
            "As a learner, choose it again and wait until it is saved; as an assessor, open it from its task."
        ),
    ),
    "answers_not_handed_in": ErrorText(
        N_("This test has not been handed in, so its answers cannot be marked yet."),
        N_("Come back when it is over; nothing was changed."),
    ),
    "answer_too_long": ErrorText(N_("The answer is too long."), N_("Use at most %(limit)s characters.")),
    "option_unknown": ErrorText(
        N_("The chosen option does not belong to this question."), N_("Reload the page and choose again.")
    ),
    "too_many_options": ErrorText(N_("Too many options are chosen."), N_("Choose at most %(limit)s.")),
    "device_malformed": ErrorText(
        N_("The name of the device cannot be used."), N_("Reload the page; it makes a new one.")
    ),
    "number_out_of_range": ErrorText(
        N_("The number “%(name)s” is out of range."), N_("Use a whole number from %(lowest)s to %(highest)s.")
    ),
    "time_not_over": ErrorText(
        N_("The time of this test is not over."), N_("It ends by itself at %(ends_at)s.")
    ),
    "time_only_grows": ErrorText(
        N_("A running test never loses time."), N_("Give at least as much extra time as before.")
    ),
    "credit_out_of_range": ErrorText(
        N_("Time of this length cannot be given back."),
        N_("Enter %(lowest)s to %(highest)s seconds, and at most 30 days in all."),
    ),
}

_MARKING = {
    "task_unknown": ErrorText(
        N_("There is no such marking task, or you are not assigned to its sitting."),
        N_("Go back to your list, or ask the manager to assign you."),
    ),
    "task_done": ErrorText(
        N_("The marks of this task are complete."), N_("They can no longer be changed here.")
    ),
    "marking_not_open": ErrorText(
        N_("Marks cannot be given before the sitting opens."), N_("Come back at %(opens_at)s.")
    ),
    "marks_missing": ErrorText(
        N_("Some criteria have no mark yet: %(criteria)s."),
        N_("Choose a level for each of them. What you chose so far is saved."),
    ),
    "criterion_unknown": ErrorText(
        N_("There is no such criterion in this task."), N_("Reload the page and mark again.")
    ),
    "mark_not_in_levels": ErrorText(
        N_("This mark is not one of the levels."), N_("Choose one of: %(levels)s.")
    ),
    "note_too_long": ErrorText(N_("The note is too long."), N_("Use at most %(limit)s characters.")),
}

_RESULTS = {
    "result_unknown": ErrorText(N_("There is no such result."), N_("Choose one from the list.")),
    "result_not_declared": ErrorText(
        N_("Your result has not been declared yet."),
        N_("The page of your test shows which step it has reached."),
    ),
    "result_superseded": ErrorText(
        N_("A newer result has taken the place of this one."), N_("Reload the page and use the newest.")
    ),
    "result_altered": ErrorText(
        N_("The stored result is not what was computed, so it cannot be declared."),
        N_("Tell the person who runs this platform at once."),
    ),
    "result_incomplete": ErrorText(
        N_("Marks are missing, so there is no result yet."), N_("Complete the marking first.")
    ),
    "result_not_computable": ErrorText(
        N_("The marks do not fit the credential (%(cause)s)."),
        N_("Nothing is lost. Tell the person who runs this platform."),
    ),
    "hold_open": ErrorText(
        N_("An open incident holds this result."),
        N_("It can be declared when a reviewer has dismissed the incident."),
    ),
    "hold_confirmed": ErrorText(
        N_("An upheld incident holds this result."), N_("It cannot be declared. Talk to the awarding body.")
    ),
    "hold_settled": ErrorText(N_("This hold has been decided already."), N_("Reload the page to see how.")),
    "hold_unknown": ErrorText(N_("There is no such hold."), N_("Reload the page.")),
    "hold_elsewhere": ErrorText(
        N_("This incident already holds another test."), N_("Tell the person who runs this platform.")
    ),
    "result_not_delivered": ErrorText(
        N_("This result has not been pulled yet."), N_("Pull it from the feed first, then acknowledge it.")
    ),
    "delivery_answered": ErrorText(
        N_("This result was answered differently before (%(state)s)."),
        N_("The first answer stands. A corrected result comes as a new one."),
    ),
    "reason_missing": ErrorText(
        N_("A reason is needed to return a result."), N_("Say in a sentence what should be corrected.")
    ),
    "reason_too_long": ErrorText(N_("The reason is too long."), N_("Use at most 2,000 characters.")),
}

ASSESSING = {**_PAPERS, **_SCHEDULING, **_WAY_IN, **_ATTEMPTS, **_MARKING, **_RESULTS}
