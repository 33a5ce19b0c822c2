# SPDX-License-Identifier: Apache-2.0
"""Texts about the check-in before a watched test."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

CHECK_IN = {
    "check_in_not_needed": ErrorText(
        N_("This test does not ask for this step."), N_("Go to the first page of your test.")
    ),
    "check_in_wrong_step": ErrorText(
        N_("Another step comes first."), N_("Load this page again: it shows the step that is next.")
    ),
    "check_in_done": ErrorText(
        N_("Your check-in is complete."), N_("Go to the first page of your test and start it there.")
    ),
    "check_in_not_begun": ErrorText(
        N_("The camera check has not begun."), N_("Load this page again and look into the camera.")
    ),
    "check_in_too_early": ErrorText(
        N_("Please try a little longer."), N_("In %(seconds)s seconds you can go on without this.")
    ),
    "check_in_busy": ErrorText(
        N_("Many learners are checking in just now."), N_("Wait a moment: the page goes on by itself.")
    ),
    "check_in_damaged": ErrorText(
        N_("What the check-in learned cannot be read."), N_("Tell the person who runs this platform.")
    ),
}
