# SPDX-License-Identifier: Apache-2.0
"""Texts about what follows an alert: four eyes, explanations, appeals, the blind look at a sample."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

REVIEWING = {
    "alert_unknown": ErrorText(
        N_("There is no such note."), N_("Open the attempt again and choose one from it.")
    ),
    "reviewer_raised_it": ErrorText(
        N_("You made this an incident yourself."),
        N_("So that nobody judges what they accused, others decide."),
    ),
    "second_reviewer_needed": ErrorText(
        N_("You were the first to look at it."), N_("Now a second person decides; yours is recorded.")
    ),
    "attempt_still_running": ErrorText(
        N_("This test still runs."),
        N_(
            "Uphold it when the test is over: the learner must be able to explain first. You can dismiss it now."
        ),
    ),
    "incident_not_upheld": ErrorText(
        N_("This incident is not upheld."),
        N_("There is nothing to take back. Open it to read how it stands."),
    ),
    "review_too_early": ErrorText(
        N_("Your test is not over yet."), N_("Hand it in first; then you see how it was watched.")
    ),
    "explained_enough": ErrorText(
        N_("You have explained this %(most)s times already."), N_("What you wrote is kept and will be read.")
    ),
    "explanation_missing": ErrorText(
        N_("No explanation was chosen."), N_("Choose one of the buttons, or write in your own words.")
    ),
    "explanation_empty": ErrorText(
        N_("There are no words yet."), N_("Write what happened, or choose one of the buttons.")
    ),
    "explanation_too_long": ErrorText(
        N_("The text is too long."), N_("Write at most %(maximum)s characters.")
    ),
    "appeal_unknown": ErrorText(N_("There is no such appeal."), N_("Choose an attempt from the list.")),
    "appeal_not_open": ErrorText(
        N_("There is nothing to appeal against here."),
        N_("You can appeal when people have upheld something."),
    ),
    "appeal_too_late": ErrorText(
        N_("The %(days)s days in which you could appeal are over."),
        N_("Write to your assessment agency if something new has come up."),
    ),
    "appeal_asked": ErrorText(
        N_("You have appealed against this already."), N_("Another person decides; you will be told.")
    ),
    "appeal_empty": ErrorText(
        N_("There are no words yet."), N_("Write why you think that the decision is wrong.")
    ),
    "appeal_too_long": ErrorText(N_("The text is too long."), N_("Write at most %(maximum)s characters.")),
    "appeal_decided": ErrorText(
        N_("This appeal has been decided already."), N_("Open the attempt to read the decision.")
    ),
    "appeal_needs_another": ErrorText(
        N_("You upheld this incident."), N_("Somebody who had no part in it decides the appeal.")
    ),
    "review_settings_malformed": ErrorText(
        N_("The share must be a whole number from 1 to 100."), N_("Write it without a sign, for example 5.")
    ),
    "sample_drawn": ErrorText(
        N_("The sample of this sitting is drawn already."), N_("Look at its attempts in the list.")
    ),
    "sample_too_early": ErrorText(
        N_("Somebody of this sitting is still being watched."), N_("Draw the sample when all have finished.")
    ),
    "sample_empty": ErrorText(
        N_("No attempt of this sitting was watched by camera."), N_("There is nothing to draw from.")
    ),
    "sample_without_pictures": ErrorText(
        N_("No picture is kept of this sitting."),
        N_("There is nothing to look at. Draw before the pictures are deleted."),
    ),
    "review_without_pictures": ErrorText(
        N_("No picture of this attempt is kept any more."),
        N_("Nobody can see anything in it, so it does not count. Choose another one from the list."),
    ),
    "review_task_unknown": ErrorText(
        N_("There is no such attempt to look at."), N_("Choose one from the list.")
    ),
    "review_answered": ErrorText(
        N_("This one has been looked at already."), N_("Choose another one from the list.")
    ),
    "review_not_blind": ErrorText(
        N_("You know this attempt already."), N_("Somebody who has not seen it looks at it.")
    ),
    "moment_missing": ErrorText(
        N_("Choose the picture that you mean."), N_("Mark one picture, and say what you see in it.")
    ),
    "moment_raised": ErrorText(
        N_("Nothing was marked here, or it is an incident already."), N_("Choose another one from the list.")
    ),
}
