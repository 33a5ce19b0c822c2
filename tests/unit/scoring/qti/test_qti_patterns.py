# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from scoring.api import QtiError
from scoring.qti.patterns import MAX_PATTERN, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", [""], ["a"]),
        ("abc", ["abc"], ["ab", "abcd", "Abc"]),
        ("a|bc|", ["a", "bc", ""], ["b", "abc"]),
        ("(ab|c){2}", ["abc", "cab", "cc"], ["ab", "ccc"]),
        ("a*b+c?", ["b", "aabbc", "bbb"], ["a", "abcc"]),
        ("a{2}", ["aa"], ["a", "aaa"]),
        ("a{1,3}", ["a", "aa", "aaa"], ["", "aaaa"]),
        ("a{2,}", ["aa", "aaaaaa"], ["a"]),
        ("a{0}", [""], ["a"]),
        ("a{0,}b", ["b", "aab"], ["a"]),
        ("(a?){3}", ["", "aaa"], ["aaaa"]),
        ("(a*)*", ["", "aaaa"], ["b"]),
        (".", ["a", " ", "\t"], ["\n", "\r", ""]),
        ("[a-c]", ["a", "c"], ["d", "-"]),
        ("[^a-c]", ["d", "\n"], ["b"]),
        ("[a-]", ["a", "-"], ["b"]),
        ("[-a]", ["a", "-"], ["b"]),
        ("[]a]", ["]", "a"], ["b"]),
        ("[a-z-[aeiou]]+", ["bcd"], ["bad", "B"]),
        ("[a-z-[a-f-[b]]]", ["b", "g"], ["a", "f"]),
        (r"[\d\-x]+", ["1-x", "२"], ["a"]),
        (r"[\n\t]", ["\n"], ["n"]),
        (r"[\p{Lu}_]+", ["A_B"], ["a"]),
        (r"\d+", ["19", "१९३०"], ["1.9", "x"]),
        (r"\D", ["x"], ["1"]),
        (r"\s\S", [" x", "\nx"], ["xx", "  "]),
        (r"\w+", ["क्1", "a+"], ["a b", "a."]),
        (r"\W", [".", " "], ["a"]),
        (r"\i\c*", ["_a-b.1", ":x"], ["1a", "-"]),
        (r"\I", ["1"], ["a"]),
        (r"\p{L}\P{L}", ["a1", "क1"], ["ab", "11"]),
        (r"\p{Nd}", ["5"], ["a"]),
        (r"\p{IsDevanagari}+", ["हिन्दी"], ["Hindi"]),
        (r"\P{IsBasicLatin}", ["é"], ["e"]),
        (r"\.\*\\\$", [".*\\$"], ["a"]),
        (r"^a$", ["^a$"], ["a"]),
        (r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?", ["1,234,567.8", "-12"], ["1,23", "1234"]),
    ],
)
def test_a_pattern_means_the_whole_text(pattern: str, matching: list[str], others: list[str]) -> None:
    compiled = compile_pattern(pattern)
    assert [text for text in matching if not compiled.matches(text)] == []
    assert [text for text in others if compiled.matches(text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "(a",
        "a)",
        "*a",
        "a|+",
        "{2}",
        "a{",
        "a{x}",
        "a{1,x}",
        "a{3,2}",
        "a{12345}",
        "a}",
        "]",
        "[",
        "[a",
        "[z-a]",
        r"[a-\d]",
        "[[a]",
        "[a-[b]c]",
        "[a-[b",
        "\\",
        r"\q",
        r"\p",
        r"\p{L",
        r"\p{Xx}",
        r"\p{IsKlingon}",
        r"[\q]",
    ],
)
def test_a_pattern_with_a_mistake_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(QtiError) as refused:
        compile_pattern(pattern)
    assert refused.value.code == "pattern_malformed"


@pytest.mark.parametrize(
    "pattern",
    [
        "a" * (MAX_PATTERN + 1),
        "a{9999}",
        "(((a{50}){50}){50}){50}",
        "(" * 200 + "a" + ")" * 200,
    ],
)
def test_a_pattern_that_grows_without_end_is_refused(pattern: str) -> None:
    with pytest.raises(QtiError) as refused:
        compile_pattern(pattern)
    assert refused.value.code == "pattern_too_costly"


def test_classes_nest_to_a_limit() -> None:
    with pytest.raises(QtiError) as refused:
        compile_pattern("[a-" * 30 + "[b]" + "]" * 30)
    assert refused.value.code == "pattern_malformed"


def test_what_would_take_a_backtracking_matcher_for_ever_takes_no_time() -> None:
    assert not compile_pattern("(a+)+b").matches("a" * 5000)
    assert compile_pattern("(a|aa)+").matches("a" * 5000)


def test_a_text_too_long_for_its_pattern_is_refused() -> None:
    with pytest.raises(QtiError) as refused:
        compile_pattern("a{1,400}").matches("b" * 1_000_000)
    assert refused.value.code == "pattern_too_costly"
