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
    "credential_altered": ErrorText(
        N_("A stored credential is not what was published: its fingerprint differs."),
        N_("Nothing is decided by it. Tell the person who runs this platform at once."),
    ),
    "credential_changed": ErrorText(
        N_("Somebody else has saved this draft in the meantime."),
        N_("Open the draft again in another window, and put your changes into it."),
    ),
    "parent_unknown": ErrorText(
        N_("There is no live version %(version)s of %(credential)s that your organisation may adopt."),
        N_("Begin the adoption on the page “Adopt a credential”, or ask its awarding body for permission."),
    ),
    "permission_reference": ErrorText(
        N_("It is not said what the permission rests on."),
        N_("Name the letter or the minute in 1 to %(maximum)s characters."),
    ),
    "territory_outside": ErrorText(
        N_("%(territory)s is outside the recognised territory: %(recognised)s."),
        N_("Choose a territory inside it, or publish a version with a wider one."),
    ),
    "print_language": ErrorText(
        N_("The document cannot be printed in this language."), N_("Choose one of: %(known)s.")
    ),
    "no_engagement": ErrorText(
        N_("Your agency has no engagement for this credential today."),
        N_("Ask the awarding body to engage your agency, or to prolong the engagement."),
    ),
    "engagement_dates": ErrorText(N_("The engagement ends before it begins."), N_("Correct the two dates.")),
    "engagement_exists": ErrorText(
        N_("The agency already has an engagement for this territory (%(territory)s) until %(until_at)s."),
        N_("Use that one, end it first, or choose another territory or other dates."),
    ),
    "engagement_note": ErrorText(N_("The note is too long."), N_("Use at most %(maximum)s characters.")),
    "engagement_reason": ErrorText(
        N_("A reason is needed."), N_("Write why, in at most %(maximum)s characters. The agency reads it.")
    ),
    "engagement_end_past": ErrorText(
        N_("The engagement cannot end in the past."), N_("Choose today or a later day.")
    ),
    "engagement_over": ErrorText(
        N_("This engagement is over since %(until_at)s."), N_("Nothing needs to be ended any more.")
    ),
    "engagement_end_late": ErrorText(
        N_("The engagement ends on %(until_at)s already."),
        N_("Choose an earlier day. To go on for longer, make a new engagement."),
    ),
    "territory": ErrorText(
        N_("The territory is missing or too long."), N_("Use 1 to %(maximum)s characters.")
    ),
    "sample_unknown": ErrorText(N_("There is no such sample."), N_("The known ones are: %(known)s.")),
}

_FILES = {
    "file_missing": ErrorText(N_("No file was chosen."), N_("Choose the file that holds the items.")),
    "file_empty": ErrorText(
        N_("The file is empty."), N_("Save it again and choose the new file. Nothing was imported.")
    ),
    "file_too_large": ErrorText(
        N_("The file is too large."),
        N_("Split it: a page takes 10 MB, the command 32 MB. Nothing was imported."),
    ),
    "upload_gone": ErrorText(
        N_("The checked file is not kept any more."), N_("Choose the file again and check it once more.")
    ),
    "format_unknown": ErrorText(
        N_("This kind of file cannot be read."),
        N_("Save it as one of: %(known)s. Nothing was imported."),
    ),
    "moodle_shape": ErrorText(
        N_("The XML is no Moodle quiz: it begins with <%(found)s>."),
        N_("Export the questions from Moodle as Moodle XML once more."),
    ),
    "mapping_malformed": ErrorText(
        N_("The columns do not make items."),
        N_("Say which column is the question and which is the right answer, and use each field once."),
    ),
    "mapping_unknown": ErrorText(
        N_("These saved columns are not there."), N_("Reload the page; somebody may have deleted them.")
    ),
    "seconds_malformed": ErrorText(
        N_("The planned seconds are not a whole number."), N_("Use 5 to 7200, or leave the field empty.")
    ),
    "too_many_pictures": ErrorText(
        N_("The sheet has more than %(maximum)s pictures."), N_("Split it into several files.")
    ),
    "import_failed": ErrorText(
        N_("The import stopped because of a fault of the program."),
        N_("Nothing was written. Try once more; if it stops again, tell the operator when it was."),
    ),
    "export_empty": ErrorText(
        N_("No item fits, so there is nothing to export."), N_("Take away a filter, or choose another state.")
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
    "too_many_sheets": ErrorText(
        N_("The workbook has more than %(maximum)s sheets."), N_("Delete the sheets that are not needed.")
    ),
    "too_many_rows": ErrorText(
        N_("The file has more than %(maximum)s rows."), N_("Split it into several files.")
    ),
}

_ITEMS = {
    "item_unknown": ErrorText(
        N_("There is no such question here."), N_("Reload the page and try again; what was saved is safe.")
    ),
    "item_altered": ErrorText(
        N_("A question is not what was approved, so nobody may see or score it."),
        N_("Nothing is lost. Tell the person who runs this platform at once, and pass on the code below."),
    ),
    "item_state": ErrorText(
        N_("This is not possible while the item is “%(state)s”."),
        N_("Look at the item again: somebody may have moved it in the meantime."),
    ),
    "draft_stale": ErrorText(
        N_("Somebody saved %(item)s while you were writing."),
        N_("Compare the two, take over what is right, and save again. Nothing you typed is lost."),
    ),
    "pc_unassigned": ErrorText(
        N_("The item has no performance criterion yet."),
        N_("Open it with Edit, choose the criterion that it tests, and send it to review again."),
    ),
    "item_exists": ErrorText(
        N_("There is already an item with the name %(item)s."), N_("Give this one another name.")
    ),
    "item_malformed": ErrorText(
        N_("The item cannot be kept as it is."), N_("Correct what is named; each says where it stands.")
    ),
    "item_name": ErrorText(N_("The name is missing or too long."), N_("Use 1 to 64 characters.")),
    "own_item": ErrorText(
        N_("You wrote or submitted this item yourself."), N_("Ask another reviewer to look at it.")
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
    "blueprint_unfillable": ErrorText(
        N_("The item bank cannot fill this blueprint: %(missing)s items are missing."),
        N_("Open the blueprint; it says for each criterion what to write, and what else stands in the way."),
    ),
    "blueprint_unsound": ErrorText(
        N_("A paper of the blueprint “%(blueprint)s” cannot support the thresholds of %(pcs)s."),
        N_("Give these criteria more items, or record on the blueprint's page why it is right as it is."),
    ),
    "blueprint_other_credential": ErrorText(
        N_("This blueprint belongs to another credential."),
        N_("Choose one of the credential that the batch is for."),
    ),
    "waiver_person": ErrorText(
        N_("Only a person can record why a blueprint is used."), N_("Sign in and record it on its page.")
    ),
    "waiver_reason": ErrorText(
        N_("The reason is missing, too short or too long."),
        N_("Say in %(minimum)s to %(maximum)s characters why the paper is right as it is."),
    ),
    "waiver_needless": ErrorText(
        N_("Nothing blocks this blueprint, so there is no reason to record."), N_("Draw the papers.")
    ),
    "form_unsound": ErrorText(
        N_("The paper does not keep its blueprint, so it was not sealed."),
        N_("Withdraw it and draw again: an item or another paper may have changed since it was drawn."),
    ),
    "draw_unknown": ErrorText(
        N_("There is no such draw."), N_("Choose one from the list on the blueprint's page.")
    ),
    "draw_compiler": ErrorText(
        N_("This draw was made by another compiler, “%(compiler)s”."),
        N_("It cannot be drawn again here; its sealed papers stay as they are."),
    ),
}

_XML = {
    "xml_malformed": ErrorText(
        N_("The XML cannot be read from line %(line)s on: %(problem)s."),
        N_("Correct that place, or export the file again from the program that wrote it."),
    ),
    "xml_entities_refused": ErrorText(
        N_("The XML defines or uses entities of its own, which are not read."),
        N_("Write the characters themselves instead of entities and remove the DOCTYPE."),
    ),
    "xml_too_deep": ErrorText(
        N_("The XML nests more than %(maximum)s levels deep."),
        N_("Split the item or simplify its structure."),
    ),
    "xml_too_large": ErrorText(
        N_("The XML is larger than %(maximum)s."), N_("Split it, and keep pictures in files of their own.")
    ),
    "xml_encoding": ErrorText(
        N_("The bytes of the file are not the encoding %(encoding)s that it claims or implies."),
        N_("Save it as UTF-8 and let the first line say so."),
    ),
    "qti_version_unsupported": ErrorText(
        N_("QTI %(version)s cannot be read."), N_("Export the item as QTI 2.1, 2.2 or 3.0.")
    ),
}

_MEDIA = {
    "media_empty": ErrorText(N_("The file %(name)s is empty."), N_("Save it again and choose the new file.")),
    "media_type_unknown": ErrorText(
        N_("%(name)s is of a type that cannot be shown."),
        N_(
            "Use png, jpeg, gif, webp or svg for pictures; mp3, ogg, m4a or wav; mp4 or webm; vtt for captions."
        ),
    ),
    "media_too_large": ErrorText(
        N_("%(name)s is larger than %(maximum)s."), N_("Make it smaller; learners load it over thin lines.")
    ),
    "media_pixels": ErrorText(
        N_("%(name)s has more than %(maximum)s pixels."), N_("Make the picture smaller and choose it again.")
    ),
    "media_broken": ErrorText(
        N_("%(name)s is broken: it does not say how large it is."), N_("Save it again as png or jpeg.")
    ),
    "media_altered": ErrorText(
        N_("A file of this question is not what was approved, so it is not shown."),
        N_("Tell the person who runs this platform at once, and pass on the code below."),
    ),
    "media_unknown": ErrorText(N_("There is no such file here."), N_("Reload the page and try again.")),
    "svg_active": ErrorText(
        N_("The drawing %(name)s does or loads something: %(what)s."),
        N_("Save it as plain SVG without scripts and links, or as png."),
    ),
}

CONTENT = {**_MEDIA, **_XML, **_CREDENTIALS, **_FILES, **_ITEMS, **_BLUEPRINTS}
