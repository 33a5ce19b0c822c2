# SPDX-License-Identifier: Apache-2.0
"""Texts about the data and settings of models that are estimated, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

ESTIMATING = {
    "data_infinite": ErrorText(
        N_("The table has an endless number."), N_("Write each score as a number, or leave it empty.")
    ),
    "data_not_a_table": ErrorText(
        N_("The data are no table of numbers (%(found)s)."),
        N_("Give one row for each person and one column for each item."),
    ),
    "items_differ_from_fit": ErrorText(
        N_("These are not the items that the model was fitted to."),
        N_("Give the same items in the same order, or fit the model again."),
    ),
    "model_not_fitted": ErrorText(
        N_("The model %(model)s was not fitted yet."), N_("Fit it to answers first.")
    ),
    "no_responses": ErrorText(
        N_("There are no answers in the table."), N_("Give at least one person and one item.")
    ),
    "not_right_or_wrong": ErrorText(
        N_("There is a score of %(value)s; this model needs 1 for right and 0 for wrong."),
        N_("Choose the model grm or gpcm for items with several marks."),
    ),
    "prior_unusable": ErrorText(
        N_("This assumption about guessing has no shape."),
        N_("For beta both numbers are 1 or more, and one of them is more; for normal the second is above 0."),
    ),
    "quadrature_too_coarse": ErrorText(
        N_("There are too few abilities to sum over: %(points)s points up to %(reach)s."),
        N_("Take 5 points or more, over at least 2 standard deviations."),
    ),
    "quadrature_too_fine": ErrorText(
        N_("There are too many abilities to sum over: %(points)s points."), N_("Take at most 180 points.")
    ),
    "response_not_a_category": ErrorText(
        N_("There is a score of %(value)s, which is no category of its item."),
        N_("Number the categories 0, 1, 2 and so on."),
    ),
    "setting_unknown": ErrorText(N_("There is no setting %(setting)s."), N_("The settings are: %(known)s.")),
    "setting_unusable": ErrorText(
        N_("The setting %(setting)s cannot be %(value)s."), N_("Look at what it may be.")
    ),
    "too_few_items": ErrorText(
        N_("Too few items say anything: %(items)s. The model needs %(fewest)s."),
        N_("An item that all got right, or nobody, says nothing. Add items."),
    ),
    "weights_all_zero": ErrorText(
        N_("All weights are zero, so there is nobody to count."), N_("Check the column of weights.")
    ),
    "weights_unusable": ErrorText(
        N_("The weights do not fit the persons."), N_("Give one number of 0 or more for each person.")
    ),
}
