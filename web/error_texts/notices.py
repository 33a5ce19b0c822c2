# SPDX-License-Identifier: Apache-2.0
"""Texts about notices and about lists of candidates."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_NOTICES = {
    "notice_unknown": ErrorText(N_("There is no such notice."), N_("Choose one from the list of notices.")),
    "notice_over": ErrorText(
        N_("This notice cannot be sent again."), N_("Only a notice that was not sent can be tried anew.")
    ),
    "notice_words_gone": ErrorText(
        N_("The words of this notice are gone, because they held a secret."),
        N_("Make a new access code or a new link, and send that."),
    ),
    "notice_claimed": ErrorText(N_("This notice is being sent right now."), N_("Look again in a minute.")),
    "notice_too_long": ErrorText(
        N_("The words of this notice are too long."), N_("Use at most %(maximum)s characters.")
    ),
    "notice_not_sent": ErrorText(
        N_("The notice was not sent: %(reason)s."),
        N_("It is tried again by itself; see the list of notices."),
    ),
}

_LISTS = {
    "list_format": ErrorText(
        N_("This is no Excel (xlsx) or CSV file. It looks like: %(found)s."),
        N_("Open it in your spreadsheet program, save it as xlsx, and choose that file."),
    ),
    "list_empty": ErrorText(
        N_("The list has headings but no candidates."), N_("Fill in one row for each candidate.")
    ),
    "list_headings_needed": ErrorText(
        N_("The first line has no headings that are understood."),
        N_("Copy the headings too, or write: name, language, extra minutes."),
    ),
    "list_without_good_rows": ErrorText(
        N_("No row of the list can be enrolled."), N_("Correct the list and check it again.")
    ),
    "candidates_too_many": ErrorText(
        N_("The list is longer than %(maximum)s candidates."), N_("Divide it into several lists.")
    ),
    "candidate_columns_missing": ErrorText(
        N_("No column is the candidate's name."), N_("Say which column holds the names.")
    ),
    "candidate_column_twice": ErrorText(
        N_("Two columns are said to be the same: %(column)s."),
        N_("Choose one of them; leave the other empty."),
    ),
    "candidate_twice_in_list": ErrorText(
        N_("This candidate is in the list already, in row %(row)s."), N_("Delete one of the two rows.")
    ),
    "candidate_date_unreadable": ErrorText(
        N_("This is no date that can be read."),
        N_("Write day, month and year with four digits: 05-03-2001."),
    ),
    "candidate_digits_lost": ErrorText(
        N_("The spreadsheet has shortened this number, and digits are lost."),
        N_("Format the column as text and enter the number again."),
    ),
    "candidate_number_unreadable": ErrorText(
        N_("This is no whole number."), N_("Write digits only, such as 12.")
    ),
    "candidate_class_unreadable": ErrorText(
        N_("This is no school class."), N_("Write a number from 1 to 12, or leave it empty.")
    ),
    "candidate_language_unknown": ErrorText(
        N_("This language is not known here."), N_("Write English or Hindi.")
    ),
    "candidate_gender_unknown": ErrorText(
        N_("This gender is not understood."),
        N_("Write Female, Male, Transgender or Not said, or leave it empty."),
    ),
    "candidate_pathway_unknown": ErrorText(
        N_("This way to the assessment is not known."), N_("Write Trained or RPL, or leave it empty.")
    ),
    "candidate_yes_or_no": ErrorText(
        N_("Only yes or no can stand here."), N_("Write Yes or No, or leave it empty.")
    ),
    "candidate_disability_unknown": ErrorText(
        N_("This kind of disability is not known."),
        N_("Choose one from the list in the empty sheet, or write Other."),
    ),
    "candidates_refused": ErrorText(
        N_("Nobody was enrolled: some rows cannot be. Rows: %(rows)s."),
        N_("Look at the problems below, correct the list, or enrol only the good rows."),
    ),
    "cell_is_formula": ErrorText(N_("The cell holds a formula."), N_("Paste its value instead.")),
    "cell_is_error": ErrorText(
        N_("The spreadsheet shows #N/A or the like in this cell."), N_("Correct it in the sheet.")
    ),
    "cell_is_time": ErrorText(
        N_("The cell holds a time of day."), N_("Format it as text and type it again.")
    ),
    "cell_without_header": ErrorText(
        N_("There is no heading above this cell."), N_("Write a heading, or empty the cell.")
    ),
    "enrolment_failed": ErrorText(
        N_("The enrolment stopped because of a fault of the platform."),
        N_("Nobody is enrolled twice. Go on with the rest, or tell the person who runs this platform."),
    ),
    "nobody_chosen": ErrorText(
        N_("No candidate is chosen."), N_("Tick at least one candidate, at most %(maximum)s.")
    ),
    "codes_replaced": ErrorText(
        N_("One of these codes was replaced meanwhile."),
        N_("Make new codes for these candidates and print those."),
    ),
}

NOTICES = {**_NOTICES, **_LISTS}
