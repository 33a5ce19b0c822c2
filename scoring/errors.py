# SPDX-License-Identifier: Apache-2.0
"""The errors of `scoring`; callers map them to their own. No wording for the screen lives here."""

from collections.abc import Mapping


class ScoringError(Exception):
    """Input that cannot be scored or decided: a stable snake_case `code` and JSON-able `facts` about it."""

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        detail = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code} ({detail})" if detail else self.code


class MarkError(ScoringError):
    """A mark, a maximum, a weight, or a scope of the mark table is wrong."""


class RuleError(ScoringError):
    """A pass rule is malformed or does not fit its credential; `where` in the facts is the JSON path."""


class ItemError(ScoringError):
    """An item's declared scoring (key, normalisations, maximum) is wrong."""


class ResponseError(ScoringError):
    """A response has a shape that its interaction cannot produce."""


class StatisticsError(ScoringError):
    """Data that a statistical method cannot work on, or a wrong setting of one; the code says which, the facts where."""


class QtiError(ScoringError):
    """QTI declarations or processing that cannot be carried out, or responses that do not fit them.

    `reason` is one English sentence for authors and auditors, `where` the element or variable that it is about.
    Neither quotes a key.
    """

    def __init__(self, code: str, /, *, reason: str, where: str) -> None:
        super().__init__(code, reason=reason, where=where)
        self.reason = reason
        self.where = where

    def to_document(self) -> dict[str, str]:
        """The refusal as JSON."""
        return {"code": self.code, "reason": self.reason, "where": self.where}
