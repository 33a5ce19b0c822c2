# SPDX-License-Identifier: Apache-2.0
"""Texts about corrected keys, and about results that are computed again."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

CORRECTING = {
    "correction_altered": ErrorText(
        N_("This correction is not what was asked for any more."),
        N_("Somebody changed it in the database. It counts nowhere; tell who runs this platform."),
    ),
    "correction_by_version": ErrorText(
        N_("The key of this item is more than a list of answers."),
        N_("Correct the item in the bank, let it be reviewed, and choose its new version here."),
    ),
    "correction_changed": ErrorText(
        N_("Something changed since you looked."),
        N_("A result was added, declared or computed again. Read the difference once more, then approve."),
    ),
    "correction_changes_nothing": ErrorText(
        N_("This is what counts already."), N_("Choose another key, or go back: nothing has to be corrected.")
    ),
    "correction_empties_criterion": ErrorText(
        N_("No question would be left for %(criterion)s."),
        N_("A paper must test every criterion. Give the marks to everybody instead."),
    ),
    "correction_key": ErrorText(
        N_("This key makes no sense for this question."),
        N_("Choose %(lowest)s to %(highest)s right answers, each one that a learner can give."),
    ),
    "correction_no_paper": ErrorText(
        N_("This version stands in no paper."),
        N_("Nobody was tested with it. Just correct the item in the bank."),
    ),
    "correction_not_computable": ErrorText(
        N_("%(entries)s results cannot be computed again."),
        N_("The list below says why. Put that right first, so that nobody is left out."),
    ),
    "correction_not_own": ErrorText(
        N_("Somebody else asked for this correction."), N_("Only who asked takes it back. You can refuse it.")
    ),
    "correction_open": ErrorText(
        N_("A correction of this question is not finished."),
        N_("Open the list of corrections and decide that one first."),
    ),
    "correction_other_item": ErrorText(
        N_("That version asks for something else."),
        N_("Choose a live version of the same item with the same answers to choose from and the same marks."),
    ),
    "correction_other_result": ErrorText(
        N_("Something else came out than what was approved."),
        N_("This result stays as it was. Look at the attempt, then ask for the correction again."),
    ),
    "correction_own": ErrorText(
        N_("You asked for this correction, or wrote the question."),
        N_("Another reviewer or manager looks at it and decides."),
    ),
    "correction_running": ErrorText(
        N_("Another correction is about to change this result."),
        N_("Wait until that one is carried out. Then look at the difference again."),
    ),
    "correction_state": ErrorText(
        N_("This correction is decided already."), N_("Open it again to see how it stands.")
    ),
    "correction_unknown": ErrorText(N_("There is no such correction."), N_("Choose one from the list.")),
    "entry_erased": ErrorText(
        N_("This person's data were deleted on request."),
        N_("The result stays as it is. Without the answers, nothing can be computed again."),
    ),
    "record_altered": ErrorText(
        N_("The score record of this result was changed in the database."),
        N_("Get the score records of the batch, check them, and tell who runs this platform."),
    ),
    "result_not_replayable": ErrorText(
        N_("The result could not be derived twice in the same way."),
        N_(
            "It was not stored. Tell who runs this platform, with the attempt's number; the answers are safe."
        ),
    ),
    "result_not_reproducible": ErrorText(
        N_("This result does not come out again as it stands."),
        N_("Its answers, marks or record were changed. Tell who runs this platform before you go on."),
    ),
}
