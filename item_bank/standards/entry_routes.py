# SPDX-License-Identifier: Apache-2.0
"""Ways of entry into a credential, as far as a machine can check them: class, NSQF level, experience, age. No candidate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

NSQF: Final = tuple(map(Decimal, "1 2 2.5 3 3.5 4 4.5 5 5.5 6 6.5 7 8".split()))  # noqa: SIM905 - shorter
EXAMPLE: Final = "class 8 + 2 years"
_TERM = re.compile(
    r"(?:class (?P<school_class>[0-9]{1,2})|level (?P<level>[0-9](?:\.5)?)"
    r"|(?P<years>[0-9]{1,2}) years?|age (?P<age>[0-9]{1,2}))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRoute:
    """One way of entry: everything that it names is needed. None: nothing is asked of that kind.

    ``school_class`` is the class passed (1 to 12), ``years`` are whole years of experience, ``age`` is in years on the day.
    """

    school_class: int | None = None
    level: Decimal | None = None
    years: int | None = None
    age: int | None = None

    def __str__(self) -> str:
        return " + ".join(self._terms())

    def _terms(self) -> Iterator[str]:
        if self.school_class is not None:
            yield f"class {self.school_class}"
        if self.level is not None:
            yield f"level {self.level}"
        if self.years is not None:
            yield f"{self.years} year{'s' if self.years != 1 else ''}"
        if self.age is not None:
            yield f"age {self.age}"

    def admits(
        self, *, school_class: int | None, level: Decimal | None, years: int | None, age: int | None
    ) -> bool | None:
        """Whether somebody with these may enter this way; None where something that is needed is not known."""
        asked = (
            (self.school_class, school_class), (self.level, level), (self.years, years), (self.age, age),
        )  # fmt: skip
        answers = [None if given is None else given >= least for least, given in asked if least is not None]
        if False in answers:
            return False
        return None if None in answers else True


def read_route(text: str) -> EntryRoute | None:
    """A way as it is written: ``class 10``, ``class 8 + 2 years``, ``level 2.5 + 1 year + age 18``; None where it is none."""
    found: dict[str, str] = {}
    for term in text.strip().lower().split("+"):
        match = _TERM.fullmatch(" ".join(term.split()))
        if match is None or (match.lastgroup or "") in found:
            return None
        found[match.lastgroup or ""] = match[match.lastgroup or ""]
    level = Decimal(found["level"]) if "level" in found else None
    route = EntryRoute(
        school_class=int(found["school_class"]) if "school_class" in found else None,
        level=level,
        years=int(found["years"]) if "years" in found else None,
        age=int(found["age"]) if "age" in found else None,
    )
    is_class = route.school_class is None or 1 <= route.school_class <= 12
    return route if is_class and (level is None or level in NSQF) else None
