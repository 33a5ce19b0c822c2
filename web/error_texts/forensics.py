# SPDX-License-Identifier: Apache-2.0
"""Texts about looking for answers that may not be a person's own work, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

FORENSICS = {
    "bad_draws": ErrorText(
        N_("%(draws)s draws are too few or too many."), N_("Take between %(fewest)s and %(most)s.")
    ),
    "bad_guessing": ErrorText(
        N_("A chance to be right by guessing lies between 0 and 1."),
        N_("Write 0.25 for an item with four options."),
    ),
    "bad_rate": ErrorText(
        N_("A rate of false alarms of %(level)s cannot be kept."),
        N_("Choose a number above 0 and below 1, such as 0.05."),
    ),
    "bad_sittings": ErrorText(
        N_("%(sittings)s honest sittings cannot be drawn."), N_("Choose a number from 1 to %(most)s.")
    ),
    "bad_time_limit": ErrorText(
        N_("No answer takes less than %(seconds)s seconds."), N_("Choose a limit above 0 seconds.")
    ),
    "bad_time_share": ErrorText(
        N_("A limit of %(share)s of the mean time cannot be used."),
        N_("Choose a share above 0 and below 1, such as 0.1."),
    ),
    "changes_shape": ErrorText(
        N_("The answers before and after are not about the same persons and items."),
        N_("Give two tables with the same rows and columns in the same order."),
    ),
    "control_not_for_pairs": ErrorText(
        N_("The control %(control)s needs every test of the list exactly, which is not done for pairs."),
        N_("Choose bh, by, holm or bonferroni."),
    ),
    "instants_shape": ErrorText(
        N_("Each of the %(persons)s persons needs an instant, a number that rises with time."),
        N_("Fill in the column of instants."),
    ),
    "key_needed": ErrorText(
        N_("This needs to know which options are right."), N_("Give the key with --key.")
    ),
    "model_needed": ErrorText(
        N_("The method %(method)s needs the chances of options."), N_("Fit them before comparing the pairs.")
    ),
    "options_too_few": ErrorText(
        N_("Everybody chose the same option in every item."),
        N_("Give the options that people chose, not their scores."),
    ),
    "options_too_many": ErrorText(
        N_("The item %(item)s has %(options)s different answers; at most %(most)s can be compared."),
        N_("Leave out items with written answers; name only the others in the key."),
    ),
    "pair_unknown": ErrorText(
        N_("The rows %(first)s and %(second)s are no pair of two persons of the table."),
        N_("Name two different persons of the table."),
    ),
    "pairs_weights": ErrorText(
        N_("Pairs are compared person by person, so that a row cannot stand for several."),
        N_("Give one row for each person, without weights."),
    ),
    "persons_too_few_to_compare": ErrorText(
        N_("%(persons)s persons are too few to tell what is usual; at least %(fewest)s are needed."),
        N_("Put persons of several sittings of the same paper together."),
    ),
    "score_model_unknown": ErrorText(
        N_("There is no model %(model)s for right and wrong answers."), N_("Choose one of %(models)s.")
    ),
    "stats_instant": ErrorText(
        N_("The column %(column)s of %(file)s has no instant: “%(text)s”."),
        N_("Write a number that rises with time, or a date such as 2026-11-23 or 2026-11-23T10:30."),
    ),
    "stats_items_unknown": ErrorText(
        N_("The file has no item of the name %(items)s."),
        N_("Write the names as they stand in its first line."),
    ),
    "stats_pairs_many": ErrorText(
        N_("%(pairs)s comparisons are too many for one list; at most %(most)s are told."),
        N_("Leave out --all, or compare within groups with --group."),
    ),
    "stats_person_unknown": ErrorText(
        N_("The file has nobody of the name %(persons)s."),
        N_("Write the names as in the column that says who a row is about (--id)."),
    ),
    "stats_times_missing": ErrorText(
        N_("The file %(file)s has no times for %(missing)s."),
        N_("Give a time, or an empty cell, for every person and item of the file of answers."),
    ),
    "tested_shape": ErrorText(
        N_("What is tested does not fit the %(persons)s persons and %(items)s items."),
        N_("Give one entry for each person and item."),
    ),
    "times_negative": ErrorText(
        N_("The time of item number %(item)s in row %(row)s is below 0 seconds."),
        N_("Correct the time, or leave it empty."),
    ),
    "times_not_positive": ErrorText(
        N_("The time of item number %(item)s in row %(row)s is not above 0 seconds."),
        N_("Correct the time, or leave it empty."),
    ),
    "times_shape": ErrorText(
        N_("The times do not fit the %(persons)s persons and %(items)s items."),
        N_("Give a file of times with the same rows and columns as the answers."),
    ),
    "times_too_few_items": ErrorText(
        N_("A person's pace cannot be told from %(items)s items with times; at least %(fewest)s are needed."),
        N_("Leave out items that hardly anybody has a time for, or add more items."),
    ),
}
