# SPDX-License-Identifier: Apache-2.0
"""Words for refusals about periods, exports and erasures."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

PRIVACY: dict[str, ErrorText] = {
    "retention_days_out_of_range": ErrorText(
        N_("This number of days is not possible."),
        N_("Choose a number from %(lowest)s to %(highest)s."),
    ),
    "retention_class_unknown": ErrorText(
        N_("This kind of data has no period of its own."),
        N_("Choose one from the list."),
    ),
    "erasure_unknown": ErrorText(
        N_("This request does not exist."),
        N_("Open the list of requests again."),
    ),
    "erasure_over": ErrorText(
        N_("This request is closed already."),
        N_("Load the page again to see where it stands."),
    ),
    "erasure_too_early": ErrorText(
        N_("It is too early to delete this data."),
        N_("The learner must be told 48 hours before. It is done by itself when the time has come."),
    ),
    "erasure_held": ErrorText(
        N_("This data may not be deleted yet."),
        N_("The page says what must be finished first. Then confirm again."),
    ),
    "erasure_needs_a_person": ErrorText(
        N_("Only a person may decide about this request."),
        N_("Sign in with your own account and decide there."),
    ),
    "candidate_unknown": ErrorText(
        N_("This learner does not exist."),
        N_("Open the list of candidates again."),
    ),
    "code_needed": ErrorText(
        N_("Please type your access code again."),
        N_("So that nobody else gets your data. It is the code with which you came in."),
    ),
}
