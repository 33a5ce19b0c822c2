# SPDX-License-Identifier: Apache-2.0
"""Texts about reports on batches, in alphabetical order of their codes."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

ANALYSES = {
    "manager_or_reviewer_needed": ErrorText(
        N_("Only a manager or an integrity reviewer may do this."),
        N_("Ask one of them in your organisation."),
    ),
    "report_altered": ErrorText(
        N_("This report was changed after it was made."),
        N_("Do not use it. Order it again, and tell the person who runs this platform."),
    ),
    "report_failed": ErrorText(
        N_("The report could not be made."),
        N_("Order it again. If it fails again, tell the person who runs this platform."),
    ),
    "report_not_done": ErrorText(
        N_("This report is not ready to read."),
        N_("Look at the list of reports: it says how far this one is."),
    ),
    "report_settled": ErrorText(
        N_("This report cannot be stopped any more."),
        N_("It has already ended. Go back to the list of reports to see how."),
    ),
    "report_unknown": ErrorText(
        N_("There is no such report."), N_("Go back to the list of reports and choose one there.")
    ),
}
