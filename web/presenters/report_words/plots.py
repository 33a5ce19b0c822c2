# SPDX-License-Identifier: Apache-2.0
"""Titles of plots, each with how to read it."""

from __future__ import annotations

from typing import Final

from web.error_texts.text import N_

PLOTS: Final = {
    "alpha_by_form": (N_("Reliability of each paper"), N_("The dot is alpha, the line its range of 95 %.")),
    "criteria_by_form": (
        N_("Criteria by paper"),
        N_("Mean share of the marks. A low number in one column only is a hard paper."),
    ),
    "criteria_by_strength": (
        N_("Criteria by strength"),
        N_(
            "Mean share of the marks of each fifth of the people. A row that stays low is a "
            "criterion to teach again."
        ),
    ),
    "criteria_settled": (
        N_("What the items settle"),
        N_("For each criterion: the shares of people who are surely above, in doubt, or surely below."),
    ),
    "criteria_together": (
        N_("Criteria together"),
        N_("How strongly two criteria go together, from -1 to 1."),
    ),
    "dif_centre": (N_("Differences by centre"), N_("Items whose line does not reach 0 deserve a look.")),
    "dif_device": (N_("Differences by device"), N_("Items whose line does not reach 0 deserve a look.")),
    "dif_gender": (N_("Differences by gender"), N_("Items whose line does not reach 0 deserve a look.")),
    "dif_language": (N_("Differences by language"), N_("Items whose line does not reach 0 deserve a look.")),
    "difficulty_and_slope": (
        N_("Difficulty and slope"),
        N_("Right: harder. Up: tells people apart more sharply."),
    ),
    "effort": (N_("Effort"), N_("How many people gave which share of their answers with enough time.")),
    "equated_less_score": (
        N_("What a score is worth"),
        N_("Above 0: a score on this paper is worth more than on the largest one."),
    ),
    "error_of_ability": (N_("Standard error of the ability"), N_("Low is good, above all near the bar.")),
    "facility_and_discrimination": (
        N_("Items at a glance"),
        N_("Right: easy. Up: tells strong learners from weak ones. Look first at what lies low."),
    ),
    "item_curve": (N_("Curve of an item"), N_("The line should run through the dots.")),
    "masters_of_criteria": (
        N_("Masters of each criterion"),
        N_("The dot is the share of the people who master it, the line its range."),
    ),
    "option_curves": (
        N_("Options of an item"),
        N_("The line of the key should rise to the right, the others should fall."),
    ),
    "shared_items": (N_("Shared items"), N_("How many items two papers have in common.")),
    "shift_of_forms": (
        N_("How hard each paper is"),
        N_("Right of 0: an easy paper. Left of 0: a hard one. The line is the range of 95 in 100."),
    ),
    "standard_error_by_score": (N_("Standard error by score"), N_("What matters is its height at the bar.")),
    "test_information": (N_("Information"), N_("High is good; the paper should be best near the bar.")),
    "times_of_items": (
        N_("Time on each item"),
        N_("The dot is the median, the line holds the middle 80 in 100."),
    ),
    "totals": (N_("Totals"), N_("How many attempts lie in each step of the share of the marks.")),
    "wright_map": (
        N_("Person-item map"),
        N_("Left the people, right the items, on one scale. Strong people and hard items stand at the top."),
    ),
}
