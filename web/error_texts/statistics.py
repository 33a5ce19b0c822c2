# SPDX-License-Identifier: Apache-2.0
"""Texts about the files and methods of ``kasauti stats``, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

STATISTICS = {
    "cut_range": ErrorText(
        N_("The cut %(cut)s is no share of the marks."),
        N_("Write a share above 0 and at most 1, such as 12/20."),
    ),
    "item_unseen": ErrorText(
        N_("Nobody has an answer to these items: %(items)s."), N_("Leave them out, or correct the file.")
    ),
    "items_not_in_table": ErrorText(
        N_("There is no item of the name %(items)s."), N_("Write the names as they stand in the header.")
    ),
    "key_empty": ErrorText(
        N_("The key names no right option for the item %(item)s."),
        N_("Write the option, or several with | between them."),
    ),
    "key_incomplete": ErrorText(
        N_("There is no key for the items %(items)s."), N_("Add a line to the key for each of them.")
    ),
    "key_item_unknown": ErrorText(
        N_("The key names items that are not in the table: %(items)s."),
        N_("Write the names as they stand in the header of the table, or take these lines out."),
    ),
    "maxima_shape": ErrorText(
        N_("The highest marks do not fit the %(items)s items."), N_("Give one number above 0 for each item.")
    ),
    "no_complete_rows": ErrorText(
        N_("No person has an answer to each of the %(items)s items."),
        N_("Choose fewer items, or a method that works with missing answers."),
    ),
    "not_binary": ErrorText(
        N_("The item %(item)s has the score %(score)s; this method needs scores of 0 and 1."),
        N_("Choose a method for more than two scores, or give the key with --key."),
    ),
    "replay_cell": ErrorText(
        N_("The key puts the item %(item)s into a place that the credential does not have."),
        N_("Use the key that belongs to this credential."),
    ),
    "replay_cell_empty": ErrorText(
        N_("Nothing can be earned any more in %(nos)s %(pc)s (%(component)s)."),
        N_("At least one item must count there. Choose another policy for the corrected key."),
    ),
    "replay_given": ErrorText(
        N_("Marks that a person or a program gave cannot be corrected by a key (%(treatment)s)."),
        N_("Correct the marking instead, or drop the item."),
    ),
    "replay_keys_differ": ErrorText(
        N_("The two keys do not have the same items: %(items)s."),
        N_("Write every item into both keys, the unchanged ones as well."),
    ),
    "replay_mark": ErrorText(
        N_("A given mark is no mark from 0 to %(maximum)s."),
        N_("Write it as a decimal or a ratio, such as 4.5 or 7/10."),
    ),
    "replay_maximum": ErrorText(
        N_("The new key changes what the item %(item)s is worth, or where it counts."),
        N_("A corrected key changes only which answers are right."),
    ),
    "replay_no_items": ErrorText(
        N_("No item is left that counts."), N_("At least one item of the key must count.")
    ),
    "replay_not_canonical": ErrorText(
        N_("The member %(where)s of the record has no exact form."),
        N_("Write numbers that are not whole as texts."),
    ),
    "replay_response": ErrorText(
        N_("There are answers to items that the key does not have: %(items)s."),
        N_("Use the key of this form."),
    ),
    "stats_column_unknown": ErrorText(
        N_("The file %(file)s has no column %(column)s."), N_("Look at the names in its first line.")
    ),
    "stats_column_unnamed": ErrorText(
        N_("In the first line of %(file)s, column %(column)s has no name."),
        N_("Give every column a name. Only the first may be empty; it says who the row is about."),
    ),
    "stats_columns_many": ErrorText(
        N_("The file %(file)s has %(columns)s columns; at most %(most)s are read."),
        N_("Check that persons stand in rows and items in columns."),
    ),
    "stats_columns_twice": ErrorText(
        N_("The file %(file)s has two columns of the name %(column)s."),
        N_("Give every column a name of its own. If the file has no line of names, add one."),
    ),
    "stats_file_binary": ErrorText(
        N_("The file %(file)s is not a text file."), N_("Save the table as csv (UTF-8) and try again.")
    ),
    "stats_file_cells": ErrorText(
        N_("The file %(file)s has more than %(most)s cells."), N_("Split it and look at the parts.")
    ),
    "stats_file_encoding": ErrorText(
        N_("The file %(file)s is not in UTF-8: see byte %(byte)s."), N_("Save it again as csv (UTF-8).")
    ),
    "stats_file_large": ErrorText(
        N_("The file %(file)s is larger than %(most_megabytes)s MB."),
        N_("Split it, or leave out the columns that are not needed."),
    ),
    "stats_file_quotes": ErrorText(
        N_(
            "Line %(line)s of %(file)s cannot be read: a quotation mark is missing, or a cell is far too long."
        ),
        N_("Correct this line, or save the table again as csv."),
    ),
    "stats_header": ErrorText(
        N_("The file %(file)s is empty."), N_("Its first line must name the columns; the rows follow.")
    ),
    "stats_key_item": ErrorText(
        N_("Line %(line)s of the key %(file)s names no item."), N_("Write item and key into every line.")
    ),
    "stats_key_items": ErrorText(
        N_("The key names items that %(file)s does not have: %(items)s."),
        N_("Write the names as they stand in the first line of the table."),
    ),
    "stats_key_twice": ErrorText(
        N_("The key %(file)s has a second line for the item %(item)s: line %(line)s."),
        N_("Keep one. If several options are right, write them as A|C."),
    ),
    "stats_no_items": ErrorText(
        N_("No column of %(file)s is left as an item."),
        N_("Check the names of the columns, and that the key fits this file."),
    ),
    "stats_no_rows": ErrorText(
        N_("The file %(file)s has no rows that count."), N_("Add the answers of at least one person.")
    ),
    "stats_not_a_number": ErrorText(
        N_("Line %(line)s of %(file)s has no number in the column %(column)s."),
        N_(
            "Missing answers are empty, NA, NaN or a full stop. If the cells are options such as A and B, give the "
            "key with --key; if the column is no item, name it with its option."
        ),
    ),
    "stats_person_twice": ErrorText(
        N_("Line %(line)s of %(file)s has no value, or an earlier one, in the column %(column)s."),
        N_("Each person needs one line with an id of its own."),
    ),
    "stats_q_attributes": ErrorText(
        N_("The Q-matrix %(file)s has no column for a criterion."),
        N_("Write item, then one column of 0 and 1 for each criterion."),
    ),
    "stats_q_rows": ErrorText(
        N_("The Q-matrix %(file)s does not have one line for each item."),
        N_("Missing: %(missing)s. Not in the table: %(unknown)s."),
    ),
    "stats_q_values": ErrorText(
        N_("Line %(line)s of the Q-matrix %(file)s has neither 0 nor 1 in the column %(column)s."),
        N_("Write 1 where the item needs the criterion, else 0."),
    ),
    "stats_row_length": ErrorText(
        N_("Line %(line)s of %(file)s has %(cells)s cells; the first line has %(columns)s."),
        N_("Check the line for a missing or a surplus separator."),
    ),
    "stats_weight": ErrorText(
        N_("Line %(line)s of %(file)s has no weight of 0 or more in the column %(column)s."),
        N_("Write how often the row occurred."),
    ),
    "table_empty": ErrorText(
        N_("The table has no items or no persons that count."), N_("Check the file and the options.")
    ),
    "table_names_twice": ErrorText(
        N_("The name %(name)s occurs twice in the table."),
        N_("Give every item and every person a name of its own."),
    ),
    "table_not_finite": ErrorText(
        N_("Row %(row)s has an endless number in the column %(column)s."), N_("Write the score as a number.")
    ),
    "table_shape": ErrorText(
        N_("The table does not fit the names of its rows and columns."),
        N_("Give one name for each row and each column."),
    ),
    "table_weights": ErrorText(
        N_("The weight of row %(row)s is not a number of 0 or more."), N_("Write how often the row occurred.")
    ),
    "too_few_persons": ErrorText(
        N_("There are too few persons for this method (%(persons)s)."), N_("Wait for more results.")
    ),
}
