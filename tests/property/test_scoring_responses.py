# SPDX-License-Identifier: Apache-2.0
import itertools
import unicodedata
from contextlib import suppress
from fractions import Fraction

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scoring.api import (
    Interaction,
    ItemScoring,
    Normalisation,
    ScoringError,
    format_mark,
    format_share,
    normalise,
    parse_mark,
    score_item,
)

# Wall-clock limits would fail these on a busy machine, whatever the code does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

DECLARED = st.lists(st.sampled_from(Normalisation), unique=True)
# Any character, with those that the normalisations are about often enough to meet.
TEXT = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("0123456789०१२३४५६७८९,,,. \t\u00a0₹-AaßİǰΐŉK\u0345\u0301\u093c\u0958क"),
    ),
    max_size=30,
)
NUMBER = st.integers(min_value=0, max_value=10**15)


def indian(number: int) -> str:
    """Group digits the Indian way, written out from the right."""
    digits = str(number)
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail])


@settings(UNHURRIED, max_examples=500)
@given(text=TEXT, declared=DECLARED)
@example(text="\u03b1\u0345\u0301", declared=list(Normalisation))
@example(text="İ\u0307", declared=[Normalisation.NFC, Normalisation.CASEFOLD])
@example(text="1,000,000 1,00,000", declared=list(Normalisation))
def test_normalising_twice_is_normalising_once(text: str, declared: list[Normalisation]) -> None:
    once = normalise(text, declared)
    assert normalise(once, declared) == once


@UNHURRIED
@given(text=TEXT, declared=st.permutations(list(Normalisation)), kept=st.integers(0, 6))
def test_the_order_of_the_declaration_does_not_matter(
    text: str, declared: list[Normalisation], kept: int
) -> None:
    chosen = declared[:kept]
    assert normalise(text, chosen) == normalise(text, chosen[::-1])


@UNHURRIED
@given(number=NUMBER, devanagari=st.booleans(), padding=st.sampled_from(["", " ", "\u00a0", "\t\n"]))
def test_every_way_of_writing_a_number_matches_the_plain_one(
    number: int, devanagari: bool, padding: str
) -> None:
    text = indian(number)
    if devanagari:
        text = text.translate(str.maketrans("0123456789", "०१२३४५६७८९"))
    item = ItemScoring(Interaction.TEXT_ENTRY, (str(number),), tuple(Normalisation))
    assert score_item(item, padding + text + padding).matched


@UNHURRIED
@given(text=TEXT)
def test_canonically_equal_texts_match_under_nfc(text: str) -> None:
    apart = unicodedata.normalize("NFD", text)
    if not text.strip():
        return
    item = ItemScoring(Interaction.TEXT_ENTRY, (text,), (Normalisation.NFC,))
    assert score_item(item, apart).matched


@UNHURRIED
@given(text=TEXT, declared=DECLARED)
def test_a_trace_leads_from_the_response_to_what_is_matched(text: str, declared: list[Normalisation]) -> None:
    item = ItemScoring(Interaction.TEXT_ENTRY, ("1930",), tuple(declared))
    trace = score_item(item, text).trace
    if not text.strip():
        assert trace == ()
        return
    assert trace[0].given == text
    for before, after in itertools.pairwise(trace):
        assert before.result == after.given
    assert [step.step for step in trace[:-1]] == [name.value for name in Normalisation if name in declared]


OPTIONS = ("A", "B", "C", "D", "E")


@UNHURRIED
@given(
    correct=st.sets(st.sampled_from(OPTIONS), min_size=1),
    chosen=st.lists(st.sampled_from(OPTIONS), unique=True),
)
def test_choices_are_all_or_nothing(correct: set[str], chosen: list[str]) -> None:
    item = ItemScoring(
        Interaction.CHOICE_MULTIPLE, tuple(sorted(correct)), maximum=Fraction(5, 2), options=OPTIONS
    )
    outcome = score_item(item, chosen)
    assert outcome.score == (Fraction(5, 2) if set(chosen) == correct else 0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(OPTIONS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


@settings(UNHURRIED, max_examples=300)
@given(response=JSON, interaction=st.sampled_from(Interaction))
def test_anything_at_all_is_scored_or_refused_by_name(response: object, interaction: Interaction) -> None:
    item = ItemScoring(interaction, ("B",))
    with suppress(ScoringError):
        outcome = score_item(item, response)
        assert outcome.score in (0, 1)
        single = interaction is not Interaction.CHOICE_MULTIPLE
        listed = interaction is not Interaction.TEXT_ENTRY
        assert outcome.matched is ((single and response == "B") or (listed and response == ["B"]))


@UNHURRIED
@given(numerator=st.integers(0, 10**12 - 1), denominator=st.integers(1, 10**12 - 1))
def test_an_exact_string_reads_back_as_the_same_number(numerator: int, denominator: int) -> None:
    value = Fraction(numerator, denominator)
    assert parse_mark(format_share(value)) == value
    assert Fraction(format_mark(value)) == value
    assert Fraction(format_mark(-value)) == -value


@UNHURRIED
@given(halves=st.integers(0, 2000))
def test_marks_in_halves_and_quarters_are_written_as_decimals(halves: int) -> None:
    for divisor in (2, 4, 10):
        assert "/" not in format_mark(Fraction(halves, divisor))
        assert parse_mark(format_mark(Fraction(halves, divisor))) == Fraction(halves, divisor)
