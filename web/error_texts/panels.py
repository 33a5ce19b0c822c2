# SPDX-License-Identifier: Apache-2.0
"""Texts about panels that set standards, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

PANELS = {
    "panel_batch_other": ErrorText(
        N_("This batch is of another credential."),
        N_("Choose a batch of the credential that the panel is about."),
    ),
    "panel_box": ErrorText(
        N_("The lowest is not below the highest."),
        N_(
            "What you filled in is saved. Change the two cuts, or the two numbers of fails, and hand in again."
        ),
    ),
    "panel_chair": ErrorText(
        N_("This person cannot chair a panel."),
        N_("Choose a colleague who is a manager, or acts for the awarding body."),
    ),
    "panel_chair_judges": ErrorText(
        N_("The chair does not judge."), N_("Ask others to judge, or let somebody else chair the panel.")
    ),
    "panel_chair_only": ErrorText(
        N_("Only the chair of this panel can do this."),
        N_("Ask the chair; you find the name on the panel's page."),
    ),
    "panel_expertise": ErrorText(
        N_("The words about your knowledge of the work do not fit."),
        N_("Write %(fewest)s to %(most)s characters, without markup."),
    ),
    "panel_file": ErrorText(
        N_("Line %(line)s of the file cannot be read: %(reason)s."),
        N_("Send a CSV file with the columns item, facility, people, slope, difficulty, guess."),
    ),
    "panel_handed_in": ErrorText(
        N_("You have handed this round in."),
        N_("Ask the chair to give it back if you want to change something."),
    ),
    "panel_incomplete": ErrorText(
        N_("%(missing)s judgements are still missing."),
        N_("What you filled in is saved. Go back and judge the rest."),
    ),
    "panel_item_unknown": ErrorText(
        N_("The panel does not judge %(item)s."),
        N_("Leave out this line, or choose the item for the panel first."),
    ),
    "panel_judge": ErrorText(
        N_("One of these people cannot judge."),
        N_("Choose colleagues who are authors, reviewers, assessors or managers."),
    ),
    "panel_judge_unknown": ErrorText(
        N_("There is no such judge here."), N_("Open the panel again and choose from its list.")
    ),
    "panel_judged_elsewhere": ErrorText(
        N_("Judgements changed in another window since this page was opened: %(objects)s."),
        N_(
            "Nothing was saved from here. What you typed stands below, what is saved beside it. Save again to keep yours."
        ),
    ),
    "panel_judges_few": ErrorText(
        N_("There are %(judges)s judges; at least %(fewest)s are needed."),
        N_("Ask more colleagues, and wait until they accept."),
    ),
    "panel_judges_many": ErrorText(N_("A panel has at most %(most)s judges."), N_("Ask fewer people.")),
    "panel_name": ErrorText(
        N_("This name does not fit."), N_("Write 3 to %(most)s characters on one line, without markup.")
    ),
    "panel_not_seated": ErrorText(
        N_("You have not accepted the invitation yet."), N_("Open the panel's page and answer first.")
    ),
    "panel_notes": ErrorText(
        N_("These notes are too long or hold markup."), N_("Write at most %(most)s characters of plain text.")
    ),
    "panel_nothing": ErrorText(N_("Nothing is ticked."), N_("Tick at least one part of the credential.")),
    "panel_object_unknown": ErrorText(
        N_("Some of this cannot be judged here any more."),
        N_("Open the page again and choose from what it shows."),
    ),
    "panel_objects_few": ErrorText(
        N_("There are %(objects)s things to judge; at least %(fewest)s are needed."), N_("Choose more first.")
    ),
    "panel_objects_many": ErrorText(
        N_("A panel judges at most %(most)s things."), N_("Choose fewer, or draw by chance.")
    ),
    "panel_objects_twice": ErrorText(
        N_("A criterion is chosen as a whole and in parts too."),
        N_("Choose either the criterion as a whole, or its items."),
    ),
    "panel_draw": ErrorText(N_("This number does not fit."), N_("Draw 1 to 20 items of each criterion.")),
    "panel_of_items": ErrorText(
        N_("This panel judges items."), N_("Choose items, or set up a panel on learners.")
    ),
    "panel_of_numbers": ErrorText(
        N_("This panel judges the test as a whole."),
        N_("There is nothing to choose: ask the judges and open the first round."),
    ),
    "panel_of_people": ErrorText(
        N_("This panel judges learners."), N_("Take the learners of a batch, or set up a panel on items.")
    ),
    "panel_other_credential": ErrorText(
        N_("This draft is of another credential."),
        N_("Choose a draft with the code that the panel was about."),
    ),
    "panel_parameters": ErrorText(
        N_("The parameters of %(item)s cannot be used."),
        N_("The slope is above 0, there are as many difficulties as marks, and the guess is below 2/3."),
    ),
    "panel_parameters_missing": ErrorText(
        N_("%(item)s has no parameters of a model yet."),
        N_("A bookmark needs slope and difficulty of every item: take them from a batch or a file."),
    ),
    "panel_portrait": ErrorText(
        N_("The words about the learner do not fit."),
        N_("Say in %(fewest)s to %(most)s characters what a learner who is just good enough can do."),
    ),
    "panel_reason": ErrorText(
        N_("The recommendation for %(scope)s needs a reason."),
        N_("It is not what came out: write in 10 characters or more why."),
    ),
    "panel_round_few": ErrorText(
        N_("%(judges)s judges have handed in; at least %(fewest)s are needed."), N_("Wait for the others.")
    ),
    "panel_round_many": ErrorText(
        N_("A panel has at most %(most)s rounds."), N_("Conclude with what the last one came to.")
    ),
    "panel_scope": ErrorText(
        N_("There is no cut for %(scope)s."), N_("Choose from the parts that the panel's page shows.")
    ),
    "panel_scores": ErrorText(
        N_("The batch has no results that could be used."), N_("Wait until its results are computed.")
    ),
    "panel_share": ErrorText(
        N_("The share for %(scope)s cannot be read."),
        N_("Write per cent above 0 and up to 100, for example 65."),
    ),
    "panel_state": ErrorText(
        N_("The panel does not stand where this can be done."),
        N_("Open its page again to see where it stands."),
    ),
    "panel_threshold_absent": ErrorText(
        N_("The draft has no threshold for %(scope)s."), N_("Add such a condition to its pass rule first.")
    ),
    "panel_unknown": ErrorText(
        N_("There is no such panel."), N_("Open the list of panels and choose from it.")
    ),
    "panel_value": ErrorText(
        N_("“%(value)s” is no judgement here."), N_("These are possible: %(allowed)s. Nothing was saved.")
    ),
}
