# SPDX-License-Identifier: Apache-2.0
"""Texts about the certainty of results, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

CERTAINTY = {
    "abilities_shape": ErrorText(
        N_("The abilities of the population cannot be used."),
        N_("Give at least 2 points, and a reach and a spread above 0."),
    ),
    "chance_range": ErrorText(
        N_("The chance %(chance)s is not between 0 and 1."), N_("Write it as a share, such as 9/10.")
    ),
    "confidence_range": ErrorText(
        N_("The confidence %(confidence)s is not between 0 and 1."), N_("Write it as a share, such as 0.95.")
    ),
    "curve_falls": ErrorText(
        N_("An item gets harder for better people: its slope is below 0."),
        N_("Look for a wrong key, and leave the item out until it is clear."),
    ),
    "curve_parameters": ErrorText(
        N_("The parameters of the item %(item)s cannot be used."),
        N_(
            "The slope must not be 0, difficulties of a graded item must rise, and a guess must lie below the upper end."
        ),
    ),
    "curves_missing": ErrorText(N_("There are no items."), N_("Give at least one item with its parameters.")),
    "cut_missing": ErrorText(N_("There is no cut."), N_("Give at least one.")),
    "cut_order": ErrorText(
        N_("The cuts do not rise: %(cuts)s."), N_("Write each cut once, the lowest first.")
    ),
    "cut_outside": ErrorText(
        N_("The cut %(cut)s is not above %(minimum)s and up to %(maximum)s."),
        N_("Write it in marks, or as a share such as 7/10."),
    ),
    "effective_length": ErrorText(
        N_("These scores behave like a test of %(length)s items; the method needs 1.5 to %(most)s."),
        N_("Check the reliability, and the lowest and highest possible score."),
    ),
    "errors_shape": ErrorText(
        N_("How exact the abilities are is not said for each of them."),
        N_("Give one number above 0 for each."),
    ),
    "few_items": ErrorText(
        N_("How exact a score is cannot be told from so few items: %(items)s."), N_("At least 2 are needed.")
    ),
    "few_parts": ErrorText(
        N_("How exact a score is cannot be told from so few parts: %(parts)s."),
        N_("Divide the test into at least 2 parts."),
    ),
    "items_without_curve": ErrorText(
        N_("Nothing can be estimated for the items %(items)s, because everybody gave the same answer."),
        N_("Leave these items out, and lower the cut by the marks that everybody has for them."),
    ),
    "marks_not_consecutive": ErrorText(
        N_("The marks of the item %(item)s are not whole numbers without gaps: %(marks)s."),
        N_("Code them as 0, 1, 2 and so on, or use the method livingston-lewis."),
    ),
    "no_information": ErrorText(
        N_("The test says nothing about people of the ability %(theta)s."),
        N_("Choose points nearer to the items' difficulties."),
    ),
    "no_true_variance": ErrorText(
        N_("By this model all differences between people are chance."),
        N_("Check the reliability. If it is right, no decision by these scores can be relied on."),
    ),
    "part_shape": ErrorText(
        N_("The part %(name)s has %(right)s right of %(items)s items."),
        N_("Right answers must lie between 0 and the number of items, and marks must not be below 0."),
    ),
    "prior_range": ErrorText(
        N_("The prior %(right)s, %(wrong)s cannot be used."),
        N_("Both numbers must lie between 1/100 and 1000; 1,1 favours nothing."),
    ),
    "quality_no_people": ErrorText(N_("There are no people to decide about."), N_("Check the weights.")),
    "quality_two_categories": ErrorText(
        N_("These figures exist for one cut only; there are %(categories)s categories."),
        N_("Look at each cut on its own."),
    ),
    "reliability_range": ErrorText(
        N_("The reliability %(reliability)s is not between 0 and 1."),
        N_("With such a reliability no accuracy can be estimated. Look at the items first."),
    ),
    "right_of_items": ErrorText(
        N_("%(right)s right of %(items)s items cannot be."),
        N_("Right answers lie between 0 and the number of items; at most %(most)s items are looked at."),
    ),
    "scale_empty": ErrorText(
        N_("The highest possible score %(maximum)s is not above the lowest, %(minimum)s."),
        N_("Write the ends of the scale in marks."),
    ),
    "scores_equal": ErrorText(
        N_("All people have the same score."), N_("Wait for more results; nothing can be said from these.")
    ),
    "scores_many": ErrorText(
        N_("The test has %(maximum)s marks; at most %(most)s are looked at."), N_("Use larger marks.")
    ),
    "scores_not_of_curve": ErrorText(
        N_("The item %(item)s has a score that its parameters do not know; the highest is %(maximum)s."),
        N_("Check that scores are whole numbers from 0, and that the parameters belong to this item."),
    ),
    "share_range": ErrorText(
        N_("The threshold %(share)s is not above 0 and up to 1."), N_("Write it as a share, such as 7/10.")
    ),
    "stats_accuracy_criteria": ErrorText(
        N_("The method binomial looks at criteria, each with one threshold."),
        N_("Give the criteria with --q Q.csv, and one cut as a share, such as --cut 7/10."),
    ),
    "stats_accuracy_maximum": ErrorText(
        N_("The highest possible total is not known."), N_("Give it with --maximum.")
    ),
    "stats_accuracy_nowhere": ErrorText(
        N_("No ability has an expected total of %(cut)s."),
        N_("Choose a cut between the guessing level and the maximum."),
    ),
    "stats_accuracy_number": ErrorText(
        N_("“%(text)s” is not a number that can be used here."),
        N_("Write a number such as 28 or 4.5, or a share such as 7/10; a prior as 1,1."),
    ),
    "stats_accuracy_reliability": ErrorText(
        N_("The reliability of these totals is not known."), N_("Give it with --reliability.")
    ),
    "stats_accuracy_whole": ErrorText(
        N_("The method hanson-brennan needs numbers of right answers, from 0 to the number of items."),
        N_("Use the method livingston-lewis for other scales."),
    ),
    "stats_parameters_columns": ErrorText(
        N_("The file %(file)s does not have the columns of item parameters."),
        N_("Write item,a,b and, for guessed items, c; for items of several marks a,b1,b2 and so on."),
    ),
    "stats_parameters_model": ErrorText(
        N_("Line %(line)s of %(file)s names the model %(model)s, which is not known here."),
        N_("Write 2pl, 3pl, grm or gpcm, or leave it empty."),
    ),
    "stats_parameters_row": ErrorText(
        N_("Line %(line)s of %(file)s is no item: a name, a slope other than 0 or a difficulty is missing."),
        N_("Complete the line."),
    ),
    "sure_range": ErrorText(
        N_("The share %(sure)s is not above 1/2 and below 1."), N_("Write for example 4/5.")
    ),
    "totals_missing": ErrorText(
        N_("There are too few people with a score: %(persons)s."), N_("At least 2 are needed.")
    ),
    "totals_not_whole": ErrorText(
        N_("The scores are not whole numbers of right answers."), N_("Use the method livingston-lewis.")
    ),
    "totals_outside": ErrorText(
        N_(
            "Scores lie between %(lowest)s and %(highest)s, but must lie between %(minimum)s and %(maximum)s."
        ),
        N_("Check the lowest and highest possible score."),
    ),
    "true_cuts_number": ErrorText(
        N_("There are %(cuts)s cuts and %(true_cuts)s true cuts."),
        N_("Give one true cut for each cut, or none."),
    ),
    "true_scores_shape": ErrorText(
        N_("These true scores have no distribution: from %(lower)s to %(upper)s."),
        N_("The ends must rise within 0 to 1, and both shapes be above 0."),
    ),
    "true_scores_too_spread": ErrorText(
        N_("The true scores spread too far to lie between %(lower)s and %(upper)s."),
        N_("Check the ends of the scale, or let the ends be estimated (--true-model 4p)."),
    ),
}
