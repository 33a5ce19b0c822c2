# SPDX-License-Identifier: Apache-2.0
"""Words for refusals: code -> what happened, and what to do next. A test compares this table with the codes in the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a text for translation without translating it now."""
    return text


@dataclass(frozen=True, slots=True)
class ErrorText:
    """A title and the advice that follows it."""

    title: str
    advice: str


UNKNOWN = ErrorText(
    N_("This did not work."),
    N_("Go back and try again. If it happens again, tell the person who runs this platform."),
)

_SIGNED_IN = {
    "sign_in_needed": ErrorText(
        N_("You are not signed in any more."), N_("Sign in again; what was saved is safe.")
    ),
    "event_unknown": ErrorText(N_("This event is not known."), N_("Reload the page.")),
    "event_malformed": ErrorText(N_("This event could not be understood."), N_("Reload the page.")),
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
            "Nothing that was shown as saved is lost. Try again in a moment; if it happens again, pass on the reference."
        ),
    ),
    "api_key_unknown": ErrorText(
        N_("This API key does not exist or was revoked."), N_("Use a live key as bearer token.")
    ),
    "cursor_malformed": ErrorText(
        N_("The cursor is not one of ours."),
        N_("Leave it out to start at the beginning, or use next_cursor as it was given."),
    ),
}

_STORAGE = {
    "writer_busy": ErrorText(
        N_("The server is very busy; this was not saved yet."), N_("It is tried again by itself.")
    ),
    "not_saved": ErrorText(
        N_("This could not be stored."), N_("It is tried again by itself; do not close the page.")
    ),
    "sqlite_missing": ErrorText(
        N_("The embedded database is not available on this machine."),
        N_("Install the pysqlite3 package (Linux x86-64), or set KASAUTI_DATABASE to a PostgreSQL address."),
    ),
    "sqlite_too_old": ErrorText(
        N_("The embedded database is too old: versions before 3.51.3 can damage their log."),
        N_("Run `make setup`, which installs a newer one."),
    ),
    "evidence_store_full_or_missing": ErrorText(
        N_("The evidence store cannot be written."), N_("Check free space and permissions of its folder.")
    ),
    "blob_forgotten": ErrorText(N_("This evidence was erased."), N_("Its record remains in the audit log.")),
    "blob_missing": ErrorText(
        N_("This evidence is missing from the store."), N_("Tell the person who runs this platform.")
    ),
    "blob_damaged": ErrorText(
        N_("This evidence was altered or damaged."), N_("It must not be used; restore it from a backup.")
    ),
    "blob_key_wrong": ErrorText(
        N_("This evidence was stored under another platform key."),
        N_("Start with the secret key it was stored with."),
    ),
}

_CONFIGURATION = {
    "config_unknown_key": ErrorText(
        N_("There is no such setting."), N_("Correct its name; the known ones are listed.")
    ),
    "config_bad_value": ErrorText(
        N_("A setting has a value that cannot be."), N_("Correct it as the expected form says.")
    ),
    "config_file": ErrorText(
        N_("The configuration file cannot be read."), N_("Check its path and its TOML.")
    ),
    "secret_key_missing": ErrorText(
        N_("Production needs a secret key."),
        N_("Set KASAUTI_SECRET_KEY to at least 32 random characters and keep it safe."),
    ),
    "secret_key_short": ErrorText(
        N_("The secret key is too short."), N_("Use at least 32 random characters.")
    ),
    "secret_key_development": ErrorText(
        N_("Production refuses the development secret."), N_("Set KASAUTI_SECRET_KEY to a new random value.")
    ),
    "port_busy": ErrorText(
        N_("The port is in use by another program."),
        N_("End that program, or choose another port with KASAUTI_PORT."),
    ),
    "browser_modules_missing": ErrorText(N_("Browser modules are missing."), N_("Run `make setup`.")),
    "demo_in_production": ErrorText(
        N_("Sample data has well-known passwords and is refused in production."), N_("Use `kasauti serve`.")
    ),
}

_IDENTITY = {
    "organisation_name": ErrorText(N_("The name is too short or too long."), N_("Use 2 to 200 characters.")),
    "organisation_exists": ErrorText(
        N_("An organisation of this name exists already."), N_("Use another name.")
    ),
    "organisation_unknown": ErrorText(
        N_("There is no such organisation."), N_("Check the id with `kasauti organisations list`.")
    ),
    "email_malformed": ErrorText(N_("This is not an e-mail address."), N_("Check the spelling.")),
    "email_taken": ErrorText(
        N_("This e-mail address is in use already."), N_("Use another one, or sign in with it.")
    ),
    "name_empty": ErrorText(N_("A name is needed."), N_("Enter it as it should appear on results.")),
    "password_short": ErrorText(
        N_("The password is too short."), N_("Use at least 12 characters; a sentence is easy to remember.")
    ),
    "role_not_here": ErrorText(
        N_("This role does not exist in this kind of organisation."), N_("Choose another role.")
    ),
    "person_unknown": ErrorText(
        N_("There is no such person."), N_("Check the id with `kasauti users list`.")
    ),
    "label_length": ErrorText(N_("The label is missing or too long."), N_("Use 1 to 100 characters.")),
}

TEXTS: dict[str, ErrorText] = {**_SIGNED_IN, **_STORAGE, **_CONFIGURATION, **_IDENTITY}


def text_of(code: str, facts: Mapping[str, Any]) -> ErrorText:
    """The translated text of a code; facts may be named in it as ``%(name)s``."""
    text = TEXTS.get(code, UNKNOWN)
    return ErrorText(_fill(gettext(text.title), facts), _fill(gettext(text.advice), facts))


def plain_text_of(code: str, facts: Mapping[str, Any]) -> ErrorText:
    """The English text, for the command line."""
    text = TEXTS.get(code, ErrorText(code.replace("_", " ").capitalize() + ".", ""))
    return ErrorText(_fill(text.title, facts), _fill(text.advice, facts))


def _fill(text: str, facts: Mapping[str, Any]) -> str:
    try:
        return text % facts if "%(" in text else text
    except (KeyError, TypeError, ValueError):
        return text
