# SPDX-License-Identifier: Apache-2.0
"""Texts about content: credentials and engagements, files of items, items and their review, blueprints."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

_CREDENTIALS = {
    "credential_unknown": ErrorText(
        N_("There is no such credential, or your organisation does not work with it."),
        N_("Choose one from the list, or ask the awarding body to engage your agency for it."),
    ),
    "credential_malformed": ErrorText(
        N_("The credential document has mistakes."),
        N_("Correct the named parts; each says where it stands and what is wrong."),
    ),
    "credential_exists": ErrorText(
        N_("Version %(version)s of %(credential)s exists already, with other content."),
        N_("Give the changed document a new version."),
    ),
    "credential_state": ErrorText(
        N_("The credential does not allow this: its state is “%(state)s”."),
        N_(
            "New items, papers and batches need a live credential. Choose another version, or ask the awarding body."
        ),
    ),
    "credential_blocked": ErrorText(
        N_("The rulebook does not allow this credential to be published."),
        N_("Correct the findings; each names its clause and what to do."),
    ),
    "credential_warned": ErrorText(
        N_("The rulebook warns about this credential."),
        N_("Correct the findings, or record for each of them why it stands."),
    ),
    "no_engagement": ErrorText(
        N_("Your agency has no engagement for this credential today."),
        N_("Ask the awarding body to engage your agency, or to prolong the engagement."),
    ),
    "engagement_dates": ErrorText(N_("The engagement ends before it begins."), N_("Correct the two dates.")),
    "engagement_exists": ErrorText(
        N_("The agency already has an engagement for this territory and time."),
        N_("Use that one, or choose other dates."),
    ),
    "territory": ErrorText(
        N_("The territory is missing or too long."), N_("Use 1 to %(maximum)s characters.")
    ),
    "sample_unknown": ErrorText(N_("There is no such sample."), N_("The known ones are: %(known)s.")),
}

_FILES = {
    "file_missing": ErrorText(N_("No file was chosen."), N_("Choose an xlsx, csv or json file.")),
    "file_empty": ErrorText(
        N_("The file is empty."), N_("Save the sheet again and choose the new file. Nothing was imported.")
    ),
    "file_too_large": ErrorText(
        N_("The file is too large."), N_("Split it into files of at most 10 MB. Nothing was imported.")
    ),
    "upload_gone": ErrorText(
        N_("The checked file is not kept any more."), N_("Choose the file again and check it once more.")
    ),
    "format_unknown": ErrorText(
        N_("This kind of file cannot be read."),
        N_("Save it as one of: %(known)s. The name must end so, too."),
    ),
    "xlsx_unreadable": ErrorText(
        N_("The spreadsheet is damaged, protected by a password, or not a spreadsheet."),
        N_(
            "Open it, save it again as xlsx without a password, and choose the new file. Nothing was imported."
        ),
    ),
    "zip_bomb": ErrorText(
        N_("The spreadsheet would unpack to far too much."),
        N_("Copy the rows into the empty sheet that this page offers. Nothing was imported."),
    ),
    "csv_unreadable": ErrorText(
        N_("The csv file cannot be read from line %(line)s on."),
        N_("Look for a quotation mark that is not closed there, or save it as xlsx."),
    ),
    "encoding_unknown": ErrorText(
        N_("Line %(line)s holds characters that are not %(needed)s."),
        N_("Save the file with the encoding %(needed)s, or as xlsx."),
    ),
    "json_unreadable": ErrorText(
        N_("The json file cannot be read at line %(line)s: %(problem)s."),
        N_("Correct that place and try again."),
    ),
    "json_shape": ErrorText(
        N_("The json file is not a list of items."),
        N_("Put the items into a list, or into an object with the one member “items”."),
    ),
    "header_missing": ErrorText(
        N_("The sheet has no row of column names."), N_("Use the empty sheet that this page offers.")
    ),
    "column_missing": ErrorText(
        N_("These columns are missing: %(columns)s."),
        N_("Add them, or use the empty sheet that this page offers."),
    ),
    "column_twice": ErrorText(
        N_("The column %(column)s is there twice."), N_("Rename or delete one of the two.")
    ),
    "too_many_columns": ErrorText(
        N_("The sheet has more than %(maximum)s columns."), N_("Delete the columns that are not needed.")
    ),
    "too_many_rows": ErrorText(
        N_("The file has more than %(maximum)s rows."), N_("Split it into several files.")
    ),
}

_ITEMS = {
    "item_unknown": ErrorText(
        N_("There is no such question here."), N_("Reload the page and try again; what was saved is safe.")
    ),
    "item_state": ErrorText(
        N_("This is not possible while the item is “%(state)s”."),
        N_("Look at the item again: somebody may have moved it in the meantime."),
    ),
    "own_item": ErrorText(
        N_("You wrote or submitted this item yourself."), N_("Ask another reviewer to look at it.")
    ),
    "person_needed": ErrorText(
        N_("Only a person can approve an item."), N_("A reviewer approves it on the item's page.")
    ),
    "comment_missing": ErrorText(
        N_("A comment is needed."), N_("Tell the author in a sentence what to change.")
    ),
    "comment_malformed": ErrorText(
        N_("The comment cannot be taken: %(reason)s."), N_("Shorten or correct it and send it again.")
    ),
    "response_shape": ErrorText(
        N_("The answer does not have the form of this question."), N_("Choose or type it again.")
    ),
    "response_too_long": ErrorText(N_("The answer is too long."), N_("Use at most %(maximum)s characters.")),
    "unknown_option": ErrorText(
        N_("The chosen option does not belong to this question."), N_("Reload the page and choose again.")
    ),
}

_BLUEPRINTS = {
    "blueprint_unknown": ErrorText(
        N_("There is no such blueprint."), N_("Choose one of your agency's blueprints.")
    ),
    "blueprint_name": ErrorText(
        N_("The name is missing or too long."), N_("Use 1 to %(maximum)s characters.")
    ),
    "blueprint_exists": ErrorText(
        N_("A blueprint of this name exists already, with other content."), N_("Use another name.")
    ),
    "blueprint_malformed": ErrorText(
        N_("The blueprint does not fit its credential."),
        N_("Correct the named parts; each says where it stands and what is wrong."),
    ),
    "blueprint_deficit": ErrorText(
        N_("The item bank has too few live items for this many papers."),
        N_("Ask for fewer papers, or have more items written and approved for the criteria that lack them."),
    ),
    "blueprint_time": ErrorText(
        N_("Even the quickest items need %(needed_seconds)s seconds; the paper has %(seconds)s."),
        N_("Write quicker items for the criteria of this paper."),
    ),
}

CONTENT = {**_CREDENTIALS, **_FILES, **_ITEMS, **_BLUEPRINTS}
