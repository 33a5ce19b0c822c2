# SPDX-License-Identifier: Apache-2.0
"""Texts about comparing groups of people (``kasauti stats dif``), in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

FAIRNESS = {
    "alarm_level": ErrorText(
        N_("The level %(level)s does not lie between 0 and 1."), N_("A usual level is 0.05.")
    ),
    "family_too_small": ErrorText(
        N_(
            "%(p_values)s tests were given as part of a family of %(tests)s, which %(control)s cannot control."
        ),
        N_("Give all p-values of the family, or choose another control."),
    ),
    "group_single": ErrorText(
        N_("There are not two groups to compare: %(groups)s."),
        N_("Name a column with at least two groups, and leave one of them as the reference."),
    ),
    "group_twice": ErrorText(
        N_("A group is named twice: %(groups)s."),
        N_("Name each focal group once, and not as the reference too."),
    ),
    "group_unknown": ErrorText(
        N_("Nobody belongs to the group %(groups)s."), N_("Write the group as it stands in the column.")
    ),
    "mixed_control": ErrorText(
        N_("The comparisons %(comparisons)s have different levels or controls, so they make no one family."),
        N_("Compare them again with one level and one control."),
    ),
    "p_value_out_of_range": ErrorText(
        N_("A p-value lies outside 0 to 1."), N_("Check what the values are before they are adjusted.")
    ),
}
