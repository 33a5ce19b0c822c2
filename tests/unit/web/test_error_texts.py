# SPDX-License-Identifier: Apache-2.0
"""Every code that can reach a person has words, and no words wait for a code that nobody raises.

Of the errors of `scoring` only those of its statistics are among them, which `kasauti stats` shows as they are: the others
are mapped by their callers, and what slips through is a fault of ours (`crash`).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask
from flask_babel import Babel

from assessor.api import Verdict
from web.error_texts import TEXTS, plain_text_of, text_of

ROOT = Path(__file__).parents[3]
PACKAGES = ("core", "scoring", "item_bank", "assessor", "proctor", "web")
ERRORS = frozenset(
    {
        *("NotFound", "Forbidden", "Conflict", "Invalid", "Unavailable"),
        *("StatisticsError", "UnsuitableData", "UnsuitableType", "NotFitted"),
    }
)

# Functions that are given a code as the argument `code`, and raise it or send it.
PASSED_ON = frozenset({"require_owner", "move", "Ack"})
# The only places where the code of an error is not written out where it is raised: (file, the argument as written).
# Where each of them gets its codes from is what `PASSED_ON` and `VERDICTS` collect.
INDIRECT = {
    ("item_bank/tenancy.py", "code"),
    ("assessor/results/model.py", "code"),
    ("assessor/attempts/saving.py", "self.verdict.value"),
    ("assessor/attempts/moves.py", "self.verdict.value"),
    ("assessor/formative/trial.py", "verdict.value"),
    ("scoring/diagnosis/estimators.py", "error.code"),
}
VERDICTS = frozenset(verdict.value for verdict in Verdict if not verdict.acknowledged)
NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Raised:
    """A code in the source; `facts` are the names given with it, None where they cannot be read off."""

    code: str
    where: str
    facts: frozenset[str] | None = None


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    return tuple((file.relative_to(ROOT).as_posix(), ast.parse(file.read_text("utf-8"))) for file in files)


def literals(node: ast.expr | None) -> list[str] | None:
    """The texts that an expression can be, or None where that cannot be read off."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp():
            found = [literals(node.body), literals(node.orelse)]
            return None if None in found else [text for part in found for text in part or ()]
        case _:
            return None


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def facts_of(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


def in_call(call: ast.Call, name: str) -> ast.expr | None:
    """The argument of a call that is a code."""
    function = called(call)
    if function in ERRORS or (function == "answer" and name.startswith("web/")):
        return call.args[0] if call.args else None
    if function in PASSED_ON:
        return next((keyword.value for keyword in call.keywords if keyword.arg == "code"), None)
    return None


def elsewhere(node: ast.AST, name: str) -> list[ast.expr]:
    """What is a code although no call gets it."""
    match node:
        case ast.Assign(targets=[ast.Name(id="_HTTP_CODES")], value=ast.Dict() as table):
            return table.values
        case ast.Assign(targets=[ast.Name(id="code")], value=value) if name.startswith("web/"):
            return [value]
        case ast.Dict() if name.startswith("web/sockets/"):
            members = zip(node.keys, node.values, strict=True)
            return [value for key, value in members if literals(key) == ["code"]]
        case ast.Return(value=ast.expr() as value) if name == "proctor/monitoring/live.py":
            return [value]
        case _:
            return []


def codes_in(name: str, tree: ast.Module) -> Iterator[Raised]:
    for node in ast.walk(tree):
        where = f"{name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            facts = facts_of(node) if called(node) in ERRORS else None
            for code in literals(in_call(node, name)) or ():
                yield Raised(code, where, facts)
        for value in elsewhere(node, name):
            for code in literals(value) or ():
                yield Raised(code, where)


@cache
def raised() -> tuple[Raised, ...]:
    return tuple(code for name, tree in sources() for code in codes_in(name, tree))


def test_no_code_has_two_texts() -> None:
    given = Counter(
        key.value
        for name, tree in sources()
        for node in ast.walk(tree)
        if name.startswith("web/error_texts/") and isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and called(value) == "ErrorText"
    )
    assert [code for code, count in given.items() if count > 1] == []
    assert given.keys() == TEXTS.keys()


def test_the_collector_sees_the_codes_that_it_is_known_to_be_given() -> None:
    codes = {one.code for one in raised()}
    # One of each way in which a code is written down.
    assert codes >= {
        "attempt_closed",  # raised
        "session_active",  # raised, one of two
        "hold_settled",  # given to a function that raises it
        "session_not_active",  # in the answer to a frame
        "frame_too_fast",  # returned by the judgement of a frame
        "event_unknown",  # in the answer to a socket event
        "media_type",  # what a status of HTTP is called
        "form_expired",  # answered without being raised
    }
    assert {
        "sequence_conflict",
        "attempt_closed",
        "late_answer",
        "lease_lost",
        "section_closed",
        "section_order",
        "item_closed",
        "attempts_used_up",
        "skipping_not_allowed",
        "answer_incomplete",
    } == VERDICTS


def test_no_error_hides_its_code_from_this_test() -> None:
    hidden = {
        (name, ast.unparse(node.args[0]) if node.args else "")
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in ERRORS
        and literals(node.args[0] if node.args else None) is None
    }
    assert hidden == INDIRECT


def test_every_code_has_words() -> None:
    missing = sorted(f"{one.code} ({one.where})" for one in raised() if one.code not in TEXTS)
    assert missing == []
    assert TEXTS.keys() >= VERDICTS


def test_no_words_wait_for_a_code_that_nobody_raises() -> None:
    assert sorted(TEXTS.keys() - {one.code for one in raised()} - VERDICTS) == []


def test_every_code_is_written_in_one_way() -> None:
    assert [code for code in TEXTS if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code)] == []


def test_a_text_names_only_facts_that_come_with_every_such_error() -> None:
    wrong = []
    for one in raised():
        text = TEXTS.get(one.code)
        if text is not None and one.facts is not None:
            named = set(NAMED.findall(text.title + text.advice))
            wrong += [f"{one.code}: {name} ({one.where})" for name in sorted(named - one.facts)]
    assert wrong == []


def test_words_are_whole_sentences_that_blame_nobody() -> None:
    blame = re.compile(r"\b(invalid|illegal|error|failed to|you must|forbidden|wrongly)\b", re.IGNORECASE)
    odd = [
        part
        for text in TEXTS.values()
        for part in (text.title, text.advice)
        if not (part[:1].isupper() or part[:1] in ("“", "%"))
        or not part.endswith((".", "”.", ")s"))
        or part.strip() != part
        or blame.search(part)
    ]
    assert odd == []
    assert [text.title for text in TEXTS.values() if len(text.title) > 110] == []


def test_facts_are_shown_as_people_write_them() -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        when = text_of("window_not_open", {"opens_at": "2026-11-22T06:00:00+00:00"})
        which = text_of("marks_missing", {"criteria": ["PC1-P1", "PC2-P1"]})
        missing = text_of("window_not_open", {})
        unknown = text_of("no_such_code", {})
    assert "22 Nov 2026, 11:30 am" in when.advice.replace("\u202f", " ").replace("AM", "am")
    assert which.title.endswith("PC1-P1, PC2-P1.")
    assert "…" in missing.advice
    assert unknown.advice


def test_the_command_line_gets_the_same_words() -> None:
    assert plain_text_of("port_busy", {"port": 8000, "host": "127.0.0.1"}).title == (
        "Port 8000 is in use by another program."
    )
