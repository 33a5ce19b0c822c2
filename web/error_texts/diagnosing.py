# SPDX-License-Identifier: Apache-2.0
"""Texts about Q-matrices and the models of ``kasauti stats dina`` and ``gdina``, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

DIAGNOSING = {
    "diagnosis_cutoff": ErrorText(
        N_("The cutoff %(cutoff)s is not a share between 0 and 1."), N_("Usual is 0.95.")
    ),
    "diagnosis_few_persons": ErrorText(
        N_("There are answers of %(persons)s persons; this model needs at least %(fewest)s."),
        N_("Wait for more results, or look at the shares of right answers."),
    ),
    "diagnosis_no_items": ErrorText(
        N_("On none of the %(items)s items do the answers differ."),
        N_("Check that the file holds scores of 0 and 1, or give the key with --key."),
    ),
    "diagnosis_starts": ErrorText(
        N_("%(starts)s is no number of places to start from."), N_("Write a number from 1 to 100.")
    ),
    "diagnosis_too_large": ErrorText(
        N_("%(patterns)s answer patterns with %(classes)s kinds of learners are too many to work on."),
        N_("Put fewer attributes into the Q-matrix, or take a sample of the persons."),
    ),
    "q_attributes_many": ErrorText(
        N_("The Q-matrix has %(attributes)s attributes; at most %(most)s are possible."),
        N_("Choose the attributes of one part of the test, or join some of them."),
    ),
    "q_item_attributes_many": ErrorText(
        N_("The item %(item)s needs %(attributes)s attributes; at most %(most)s are possible."),
        N_("Name only those without which the item cannot be answered."),
    ),
    "q_items_other": ErrorText(
        N_("The Q-matrix and the answers are about other items, or in another order: %(items)s."),
        N_("Give a row of the Q-matrix to each item, in the order of the answers."),
    ),
    "q_names_twice": ErrorText(
        N_("The name %(name)s stands twice in the Q-matrix."),
        N_("Give each item and each attribute a name of its own."),
    ),
    "q_shape": ErrorText(
        N_("A Q-matrix of the shape %(shape)s does not fit %(items)s items and %(attributes)s attributes."),
        N_("Give it a row for each item and a column for each attribute."),
    ),
    "q_values": ErrorText(
        N_("The Q-matrix holds something other than 0 and 1."),
        N_("Write 1 where the item needs the attribute, and 0 elsewhere."),
    ),
    "shrink_unknown": ErrorText(
        N_("%(shrink)s is no way to draw estimates to the prior."), N_("Write auto, always or never.")
    ),
}
