# SPDX-License-Identifier: Apache-2.0
"""The one error tree.

    KasautiError
      NotFound      absent, or not yours: the two look alike from outside
      Forbidden     signed in, but this role may not
      Conflict      the state of things refuses it (already closed, stale, duplicate with other content)
      Invalid       the input itself is wrong
      Unavailable   try again later; nothing was lost

An error carries a stable ``code`` and JSON-able ``facts``; words for people are chosen by ``web.errors`` from the code, so
that no rule depends on a language. Facts never hold secrets, answers or names.
"""

from __future__ import annotations


class KasautiError(Exception):
    """A refusal that a person can be told about."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value!r}" for key, value in self.facts.items())
        return f"{self.code} ({details})" if details else self.code


class NotFound(KasautiError):
    """The thing does not exist for this actor."""


class Forbidden(KasautiError):
    """The actor is known and may not do this."""


class Conflict(KasautiError):
    """The present state refuses the command."""


class Invalid(KasautiError):
    """The input is malformed or breaks a rule."""


class Unavailable(KasautiError):
    """A part is not ready; the same request may succeed later."""
