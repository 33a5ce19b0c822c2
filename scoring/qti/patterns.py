# SPDX-License-Identifier: Apache-2.0
"""Patterns of XML Schema, matched whole and in bounded time (no backtracking). Who matches what lives elsewhere.

Source: XML Schema 1.0 Part 2, appendix F. A pattern there always means the whole text; `^` and `$` are themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from scoring.errors import QtiError
from scoring.qti.pattern_classes import CharacterClass, parse_class, parse_escape

MAX_PATTERN = 2000
MAX_STATES = 5000
#: Steps that one match may take: states times characters.
MAX_STEPS = 5_000_000
_MAX_GROUPS = 100


@dataclass(slots=True)
class _State:
    """A state of the automaton: it either consumes one character of a class, or forks for nothing."""

    consumes: CharacterClass | None = None
    following: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern: a non-deterministic automaton (Thompson 1968); the last state accepts."""

    states: tuple[_State, ...]
    start: int
    accept: int

    def matches(self, text: str) -> bool:
        """Whether the whole text matches. Raises QtiError `pattern_too_costly`."""
        if len(text) * len(self.states) > MAX_STEPS:
            raise QtiError("pattern_too_costly", reason="The text is too long for this pattern.", where="")
        current = self._closure([self.start])
        for character in text:
            reached: list[int] = []
            for state in current:
                consumed = self.states[state].consumes
                if consumed is not None and consumed.holds(character):
                    reached.extend(self.states[state].following)
            if not reached:
                return False
            current = self._closure(reached)
        return self.accept in current

    def _closure(self, waiting: list[int]) -> set[int]:
        found = set(waiting)
        while waiting:
            state = self.states[waiting.pop()]
            if state.consumes is None:
                fresh = [target for target in state.following if target not in found]
                found.update(fresh)
                waiting.extend(fresh)
        return found


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Pattern:
    """Compile a pattern. Raises QtiError `pattern_malformed` or `pattern_too_costly`."""
    if len(pattern) > MAX_PATTERN:
        raise QtiError("pattern_too_costly", reason="The pattern is too long.", where="")
    builder = _Builder(pattern)
    start, accept = builder.alternatives(depth=0)
    if builder.at < len(pattern):
        raise builder.malformed("there is a bracket too many")
    return Pattern(tuple(builder.states), start, accept)


#: A part of the automaton: its first and its last state.
_Part = tuple[int, int]


class _Builder:
    """Reads a pattern from left to right and builds the automaton as it goes."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.states: list[_State] = []

    def malformed(self, problem: str) -> QtiError:
        return QtiError("pattern_malformed", reason=f"The pattern cannot be read: {problem}.", where="")

    def _new(self, consumes: CharacterClass | None = None) -> int:
        if len(self.states) >= MAX_STATES:
            raise QtiError("pattern_too_costly", reason="The pattern repeats too much.", where="")
        self.states.append(_State(consumes))
        return len(self.states) - 1

    def _link(self, source: int, target: int) -> None:
        self.states[source].following.append(target)

    def _peek(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def alternatives(self, *, depth: int) -> _Part:
        if depth > _MAX_GROUPS:
            raise QtiError("pattern_too_costly", reason="The pattern nests too deep.", where="")
        start, end = self._new(), self._new()
        while True:
            first, last = self._sequence(depth=depth)
            self._link(start, first)
            self._link(last, end)
            if self._peek() != "|":
                return start, end
            self.at += 1

    def _sequence(self, *, depth: int) -> _Part:
        start = last = self._new()
        while self._peek() not in {"", "|", ")"}:
            first, end = self._repeated(depth=depth)
            self._link(last, first)
            last = end
        return start, last

    def _repeated(self, *, depth: int) -> _Part:
        begin = self.at
        part = self._atom(depth=depth)
        low, high = self._quantifier()
        if (low, high) == (1, 1):
            return part
        resume = self.at
        start = last = self._new()
        for count in range(low if high is None else high):
            if count:  # the same part once more: read it again
                self.at = begin
                part = self._atom(depth=depth)
            self._link(last, part[0])
            if count >= low:
                after = self._new()
                self._link(part[1], after)
                self._link(last, after)
                last = after
            else:
                last = part[1]
        if high is None:
            if not low:
                self._link(last, part[0])
            after = self._new()
            self._link(part[1], part[0])
            self._link(part[1], after)
            if not low:
                self._link(last, after)
            last = after
        self.at = resume
        return start, last

    def _quantifier(self) -> tuple[int, int | None]:
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        sign = self._peek()
        if sign in simple:
            self.at += 1
            return simple[sign]
        if sign != "{":
            return 1, 1
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at + 1 : max(end, self.at + 1)].partition(",")
        if end < 0 or not _is_count(low) or (high and not _is_count(high)):
            raise self.malformed("a number of repetitions is expected between { and }")
        self.at = end + 1
        least = int(low)
        most = least if not comma else int(high) if high else None
        if most is not None and most < least:
            raise self.malformed("a repetition ends before it begins")
        return least, most

    def _atom(self, *, depth: int) -> _Part:
        sign = self._peek()
        self.at += 1
        if sign == "(":
            part = self.alternatives(depth=depth + 1)
            if self._peek() != ")":
                raise self.malformed("a bracket is not closed")
            self.at += 1
            return part
        if sign in set("?*+{"):
            raise self.malformed(f"there is nothing before {sign} to repeat")
        if sign in set("]}"):
            raise self.malformed(f"{sign} needs a backslash before it")
        if sign == "[":
            found, self.at = parse_class(self.pattern, self.at)
        elif sign == "\\":
            found, self.at = parse_escape(self.pattern, self.at)
        elif sign == ".":
            found = CharacterClass(negated=True, ranges=(("\n", "\n"), ("\r", "\r")))
        else:
            found = CharacterClass(ranges=((sign, sign),))
        start, end = self._new(found), self._new()
        self._link(start, end)
        return start, end


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 4
