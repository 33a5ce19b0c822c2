# SPDX-License-Identifier: Apache-2.0
"""Texts for requests and socket events that are refused before any rule of the domain is asked."""

from __future__ import annotations

from web.error_texts.text import N_, ErrorText

ASKING = {
    "sign_in_needed": ErrorText(
        N_("You are not signed in any more."),
        N_("Sign in again, or come in again with your access code; what was saved is safe."),
    ),
    "page_unknown": ErrorText(
        N_("This page does not exist, or is not yours to see."),
        N_("Check the address, or go to the first page."),
    ),
    "method_unknown": ErrorText(N_("This address cannot be used in that way."), N_("Go to the first page.")),
    "request_malformed": ErrorText(
        N_("The request could not be understood."), N_("Go back, check what you entered and send it again.")
    ),
    "form_expired": ErrorText(
        N_("This form is no longer valid."),
        N_("Go back, reload the page and send it again. Nothing was changed."),
    ),
    "too_large": ErrorText(
        N_("That is too large."), N_("Choose a smaller file (at most 10 MB) and try again.")
    ),
    "media_type": ErrorText(
        N_("That kind of content is not accepted here."), N_("Send it in the documented form.")
    ),
    "too_many_tries": ErrorText(
        N_("Too many failed tries."),
        N_("Wait five minutes. If you lost your code, ask your assessment centre for a new one."),
    ),
    "crash": ErrorText(
        N_("Something went wrong on our side."),
        N_(
            "Nothing that was shown as saved is lost. Try again in a moment; if it happens again, pass on this"
            " reference: %(reference)s"
        ),
    ),
    "api_key_needed": ErrorText(
        N_("No live API key came with this request."),
        N_("Send a key that was not revoked as bearer token: “Authorization: Bearer kst_…”."),
    ),
    "api_key_unknown": ErrorText(
        N_("There is no such API key."), N_("Look at the list of keys; it may have been revoked already.")
    ),
    "cursor_malformed": ErrorText(
        N_("The cursor is not one of ours."),
        N_("Leave it out to start at the beginning, or use next_cursor as it was given."),
    ),
    "event_too_fast": ErrorText(
        N_("The page sends too much at once."), N_("Wait a moment. If this stays, reload the page.")
    ),
    "event_unknown": ErrorText(N_("This event is not known."), N_("Reload the page.")),
    "event_malformed": ErrorText(N_("This event could not be understood."), N_("Reload the page.")),
}
