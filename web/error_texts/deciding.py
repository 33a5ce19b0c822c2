# SPDX-License-Identifier: Apache-2.0
"""Texts about marks that are decided together: the file of ``kasauti stats decide``, and cohorts."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

DECIDING = {
    "cohort_shape": ErrorText(
        N_("The marks do not fit the %(columns)s columns of the paper: %(shape)s."),
        N_("Give one row for each person and one number for each column."),
    ),
    "cohort_steps": ErrorText(
        N_("A mark is not one that its column can have."),
        N_("Give whole numbers from 0 to the most that the column has."),
    ),
    "key_shape": ErrorText(
        N_("The key has %(keys)s options for %(items)s items."), N_("Give one right option for each item.")
    ),
    "stats_marks_above": ErrorText(
        N_("Line %(line)s of %(file)s gives %(mark)s marks where at most %(maximum)s can be earned."),
        N_("Correct the mark: NOS %(nos)s, element %(element)s, PC %(pc)s, component %(component)s."),
    ),
    "stats_marks_number": ErrorText(
        N_("Line %(line)s of %(file)s has no exact mark: %(mark)s."),
        N_("Write a number such as 4.5 or 7/10. A mark that is missing is left empty."),
    ),
    "stats_marks_person": ErrorText(
        N_("Line %(line)s of %(file)s does not say whose mark it is."),
        N_("Write the person into every line."),
    ),
    "stats_marks_place": ErrorText(
        N_("Line %(line)s of %(file)s has a mark where the credential has none."),
        N_(
            "It names NOS %(nos)s, element %(element)s, PC %(pc)s, item %(item)s, component %(component)s. Name the places "
            "as in the credential. Where the marks sit on the element, name the element and leave the PC empty; name items "
            "only where their marks add up to those of the PC."
        ),
    ),
    "stats_marks_places": ErrorText(
        N_("Line %(line)s of %(file)s could mean %(places)s places."),
        N_(
            "It names NOS %(nos)s, element %(element)s, PC %(pc)s, item %(item)s, component %(component)s. Name the NOS, the "
            "element or the PC as well."
        ),
    ),
    "stats_marks_twice": ErrorText(
        N_("Line %(line)s of %(file)s gives a second mark for the same place to %(person)s."),
        N_("Keep one: NOS %(nos)s, element %(element)s, PC %(pc)s, component %(component)s."),
    ),
}
