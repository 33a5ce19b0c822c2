# SPDX-License-Identifier: Apache-2.0
"""Texts about adaptive sections, and about the tests that settle a criterion early."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

ADAPTIVE = {
    "adaptive_bounds": ErrorText(
        N_("The bounds %(reject)s and %(accept)s leave no room between them."),
        N_("The lower bound must lie below the upper one, and both above 0."),
    ),
    "adaptive_errors": ErrorText(
        N_("No test has the errors %(false_pass)s and %(false_fail)s."),
        N_("Choose two errors above 0 that are less than 1 together, such as 1/10 and 1/10."),
    ),
    "adaptive_exposure": ErrorText(
        N_("The limit %(most)s is no share of the papers."), N_("Write a share above 0 and at most 1.")
    ),
    "adaptive_exposure_over": ErrorText(
        N_("On paper %(papers)s a question would be a first one in more than %(most)s of the papers."),
        N_("Add questions to the bank, raise the limit on first questions, or mix the questions by chance."),
    ),
    "adaptive_item": ErrorText(
        N_(
            "The section %(section)s has questions for %(pc)s that are not simply right or wrong with equal marks."
        ),
        N_(
            "Use single choice, multiple choice or short text with the same marks there, or make the section a fixed one."
        ),
    ),
    "adaptive_length": ErrorText(
        N_("%(items)s questions do not fit: at least %(least)s and at most %(most)s are possible."),
        N_("Change the number of questions."),
    ),
    "adaptive_losses": ErrorText(
        N_("A wrong decision must cost more than nothing, and a question cannot cost less than nothing."),
        N_("Write other costs."),
    ),
    "adaptive_marks": ErrorText(
        N_("The lowest and the highest marks do not fit together."),
        N_("Give both for the same places, the highest never below the lowest."),
    ),
    "adaptive_pc_unsettled": ErrorText(
        N_("The pass rule has no threshold that could settle %(pc)s."),
        N_("Give the criterion a threshold, or make the section a fixed one."),
    ),
    "adaptive_persons": ErrorText(
        N_("%(persons)s persons cannot be simulated."), N_("Choose from 1 to %(most)s.")
    ),
    "adaptive_pool": ErrorText(
        N_("A pool of %(pool)s questions does not fit."),
        N_("It must hold the longest paper, and the shares of the people must add up to 1."),
    ),
    "adaptive_prior": ErrorText(
        N_("The share of masters %(masters)s is already sure."), N_("Write a share above 0 and below 1.")
    ),
    "adaptive_rates": ErrorText(
        N_("The chances %(lacking)s and %(master)s of a right answer tell nobody apart."),
        N_("A master's chance must be the higher one; both lie above 0 and below 1."),
    ),
    "adaptive_repeated": ErrorText(
        N_("The question %(item)s stands there twice."), N_("Name every question once.")
    ),
    "adaptive_states": ErrorText(
        N_(
            "The questions differ in too many ways to be followed exactly (%(states)s states, at most %(most)s)."
        ),
        N_("Give similar questions the same chances."),
    ),
    "adaptive_stops": ErrorText(
        N_("The table of stops is wrong at question %(item)s."),
        N_("Every number of questions needs two bounds, and after the last one there must be a decision."),
    ),
}
