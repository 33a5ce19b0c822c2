# SPDX-License-Identifier: Apache-2.0
"""Texts about QTI packages on their way in and out. Those about single XML files are in ``content``."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

PACKAGES = {
    "package_unreadable": ErrorText(
        N_("The package is damaged, or packed in a way that is not read here."),
        N_("Pack its files again as an ordinary zip. Nothing was imported."),
    ),
    "package_too_large": ErrorText(
        N_("The package is larger than %(maximum)s."),
        N_("Split it into several packages. Nothing was imported."),
    ),
    "package_entries": ErrorText(
        N_("The package has more than %(maximum)s files."),
        N_("Split it into several packages. Nothing was imported."),
    ),
    "package_bomb": ErrorText(
        N_("The file %(entry)s in the package would unpack to far too much."),
        N_("Ask where the package comes from; export it again there. Nothing was imported."),
    ),
    "package_path": ErrorText(
        N_("The package holds a file that is to be written outside of it: %(entry)s."),
        N_("Do not use this package. Ask where it comes from. Nothing was imported."),
    ),
    "package_link": ErrorText(
        N_("The package holds a link instead of a file: %(entry)s."),
        N_("Pack the file itself. Nothing was imported."),
    ),
    "package_encrypted": ErrorText(
        N_("The file %(entry)s in the package is protected by a password."),
        N_("Pack it again without a password. Nothing was imported."),
    ),
    "package_twice": ErrorText(
        N_("The package holds the name %(entry)s twice."),
        N_("Rename one of the two files. Nothing was imported."),
    ),
    "package_nested": ErrorText(
        N_("The package holds another package: %(entry)s."),
        N_("Unpack that one and import it on its own. Nothing was imported."),
    ),
    "package_manifest": ErrorText(
        N_("The manifest of the package is no manifest."),
        N_("Export the package again from the system that it comes from. Nothing was imported."),
    ),
    "file_not_in_package": ErrorText(
        N_("The manifest names the file %(name)s, which is not in the package."),
        N_("Export the package again from the system that it comes from."),
    ),
    "qti_no_items": ErrorText(
        N_("There is no item in this package."),
        N_("Tests alone are not imported. Choose a package that holds its items, too."),
    ),
    "qti_not_an_item": ErrorText(
        N_("This XML file is not an item: it begins with <%(element)s>."),
        N_("Choose an assessmentItem of QTI 2.1, 2.2 or 3.0, or a whole package."),
    ),
    "qti_version_unknown": ErrorText(
        N_("Items cannot be written in QTI “%(version)s”."),
        N_("The versions that are written are %(known)s."),
    ),
    "qti_nothing_to_export": ErrorText(N_("There is nothing to export."), N_("Choose at least one item.")),
    "qti_cannot_express": ErrorText(
        N_("The item %(item)s cannot be written as QTI: %(reason)s."),
        N_("Change the item, or leave it out of the export. No file was made."),
    ),
    "qti_export_differs": ErrorText(
        N_("The item %(item)s would not come back from QTI as it is: %(members)s."),
        N_("Leave it out of the export, and tell the person who runs this platform. No file was made."),
    ),
}
