# SPDX-License-Identifier: Apache-2.0
"""The sample bank as an item writer's reviewer would check it: on the JSON alone, with none of our own code."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).resolve().parents[3] / "item_bank" / "samples" / "secure_digital_payments"
PCS = ("PC1", "PC2", "PC3", "PC4", "PC5", "PC6")
LANGUAGES = ("en", "hi")
THRESHOLDS = {"PC1": "0.7", "PC2": "0.7", "PC3": "0.8", "PC4": "0.7", "PC5": "0.6", "PC6": "0.6"}
ITEMS_PER_PC_IN_A_PAPER = 4
PAPERS = 3
DEVANAGARI_DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")

Document = dict[str, Any]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def files() -> list[Path]:
    return [
        SAMPLE / "credential.json",
        *(SAMPLE / "items" / f"{pc.lower()}.json" for pc in PCS),
    ]


@pytest.fixture(scope="module")
def items() -> list[Document]:
    return [item for pc in PCS for item in read(SAMPLE / "items" / f"{pc.lower()}.json")]


@pytest.fixture(scope="module")
def credential() -> Document:
    document: Document = read(SAMPLE / "credential.json")
    return document


def of_type(items: list[Document], kind: str) -> list[Document]:
    return [item for item in items if item["type"] == kind]


def numbers(text: str) -> list[str]:
    """The numbers in a text, sorted, because word order differs between languages; 1,260 is 1260, १२ is 12."""
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d),(?=\d)", "", text.translate(DEVANAGARI_DIGITS))))


def texts_in_both(value: Any, where: str = "$") -> Iterator[tuple[str, str, str]]:
    """Every text of a document that stands in English and Hindi, with its place."""
    if isinstance(value, dict):
        if isinstance(value.get("en"), str):
            yield where, value["en"], value["hi"]
        else:
            for key, inner in value.items():
                yield from texts_in_both(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts_in_both(inner, f"{where}[{index}]")


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


@pytest.mark.parametrize("pc", PCS)
def test_every_pc_has_items_for_three_papers(items: list[Document], pc: str) -> None:
    assert sum(item["pc"] == pc for item in items) >= PAPERS * ITEMS_PER_PC_IN_A_PAPER


@pytest.mark.parametrize("pc", PCS)
def test_the_file_of_a_pc_holds_that_pc_only(pc: str) -> None:
    for item in read(SAMPLE / "items" / f"{pc.lower()}.json"):
        assert item["pc"] == pc
        assert item["id"].startswith(f"SDP-{pc}-")


def test_item_ids_are_unique(items: list[Document]) -> None:
    assert [name for name, count in Counter(item["id"] for item in items).items() if count > 1] == []


@pytest.mark.parametrize("pc", PCS)
def test_every_pc_has_every_type_and_every_difficulty(items: list[Document], pc: str) -> None:
    here = [item for item in items if item["pc"] == pc]
    assert {item["type"] for item in here} == {"choice_single", "choice_multiple", "text_entry"}
    difficulties = Counter(item["difficulty"] for item in here)
    assert set(difficulties) == {"easy", "medium", "hard"}
    assert min(difficulties.values()) >= 3


def test_the_mix_of_types_is_about_13_to_4_to_3(items: list[Document]) -> None:
    share = {kind: count / len(items) for kind, count in Counter(item["type"] for item in items).items()}
    assert share["choice_single"] == pytest.approx(0.65, abs=0.05)
    assert share["choice_multiple"] == pytest.approx(0.20, abs=0.05)
    assert share["text_entry"] == pytest.approx(0.15, abs=0.05)


def test_even_the_slowest_paper_fits_fifteen_minutes(items: list[Document], credential: Document) -> None:
    theory = next(part["minutes"] for part in credential["components"] if part["id"] == "theory")
    slowest = 0
    for pc in PCS:
        seconds = sorted((item["seconds"] for item in items if item["pc"] == pc), reverse=True)
        assert 25 <= seconds[-1] <= seconds[0] <= 50
        slowest += sum(seconds[:ITEMS_PER_PC_IN_A_PAPER])
    assert slowest <= theory * 60 == 900


def test_a_choice_has_its_keys_among_its_options_in_both_languages(items: list[Document]) -> None:
    for item in items:
        if item["type"] == "text_entry":
            continue
        letters = "ABCD" if item["type"] == "choice_single" else "ABCDE"
        for language in LANGUAGES:
            assert "".join(item[language]["options"]) == letters, (item["id"], language)
        assert set(item["key"]) <= set(letters), item["id"]
        assert len(set(item["key"])) == len(item["key"]), item["id"]


def test_a_single_choice_has_one_key_and_a_multiple_choice_says_how_many(items: list[Document]) -> None:
    for item in of_type(items, "choice_single"):
        assert len(item["key"]) == 1, item["id"]
    for item in of_type(items, "choice_multiple"):
        english, hindi = {2: ("Choose two.", "दो विकल्प चुनें।"), 3: ("Choose three.", "तीन विकल्प चुनें।")}[
            len(item["key"])
        ]
        assert item["en"]["stem"].endswith(english), item["id"]
        assert item["hi"]["stem"].endswith(hindi), item["id"]


def test_options_of_an_item_are_different_texts(items: list[Document]) -> None:
    for item in items:
        for language in LANGUAGES:
            options = [
                " ".join(text.casefold().split()) for text in item[language].get("options", {}).values()
            ]
            assert len(set(options)) == len(options), (item["id"], language)


def test_no_option_refers_to_the_other_options(items: list[Document]) -> None:
    banned = re.compile(
        r"\b(all|none|both|any) of (the above|these|them)\b|उपर्युक्त|उपरोक्त|इनमें से (कोई|सभी)", re.IGNORECASE
    )
    found = [
        (item["id"], text)
        for item in items
        for language in LANGUAGES
        for text in item[language].get("options", {}).values()
        # "both" and "neither" may speak of two sums in the stem; then they are options like any other.
        if banned.search(text) and "them, " not in text
    ]
    assert found == []


def test_no_stem_is_negative(items: list[Document]) -> None:
    # A text entry may ask for the one thing that does not belong; a choice asks for what is right.
    for item in items:
        if item["type"] != "text_entry":
            question = item["en"]["stem"].rsplit(". ", 1)[-1]
            assert not re.search(r"\b(not|except|never|false|incorrect)\b", question, re.IGNORECASE), item[
                "id"
            ]


def test_every_item_explains_its_key_in_both_languages(items: list[Document]) -> None:
    for item in items:
        for language in LANGUAGES:
            assert len(words(item[language]["rationale"])) >= 12, (item["id"], language)


def test_a_rationale_never_names_a_letter_because_options_are_shuffled(items: list[Document]) -> None:
    for item in items:
        assert not re.search(r"\b(option|answer) [A-E]\b|\([A-E]\)", item["en"]["rationale"]), item["id"]
        assert not re.search(r"विकल्प [A-E]\b|\([A-E]\)", item["hi"]["rationale"]), item["id"]


def test_options_in_the_order_of_their_numbers_are_not_shuffled(items: list[Document]) -> None:
    for item in of_type(items, "choice_single"):
        ordered = all(re.match(r"\d", text) for text in item["en"]["options"].values())
        if ordered:
            assert item["shuffle"] is False, item["id"]


def test_accepted_answers_are_nfc_trimmed_and_different(items: list[Document]) -> None:
    for item in of_type(items, "text_entry"):
        assert item["normalise"] == ["nfc", "trim", "collapse_spaces", "casefold", "devanagari_digits"], item[
            "id"
        ]
        assert all(unicodedata.is_normalized("NFC", answer) for answer in item["key"]), item["id"]
        evened = [" ".join(answer.casefold().translate(DEVANAGARI_DIGITS).split()) for answer in item["key"]]
        assert "" not in evened, item["id"]
        assert len(set(evened)) == len(evened), item["id"]


def test_an_answer_in_letters_is_accepted_in_both_scripts(items: list[Document]) -> None:
    for item in of_type(items, "text_entry"):
        spoken = [
            answer
            for answer in item["key"]
            if re.search(r"[^\W\d]", answer) and "." not in answer.rstrip(".")
        ]
        if any(re.fullmatch(r"[A-Za-z ]+", answer) for answer in spoken):
            assert any(re.search(r"[\u0900-\u097f]", answer) for answer in spoken), item["id"]


def test_a_text_entry_does_not_show_its_answer_unless_it_asks_to_pick_one(items: list[Document]) -> None:
    # In these the answer is one of several things that the stem lists.
    picked = {"SDP-PC3-13", "SDP-PC3-14", "SDP-PC4-14", "SDP-PC6-14"}
    for item in of_type(items, "text_entry"):
        shown = re.search(
            rf"(?<![\w,]){re.escape(item['key'][0])}(?!\w|,\w)", item["en"]["stem"], re.IGNORECASE
        )
        assert bool(shown) == (item["id"] in picked), item["id"]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_every_text_is_plain_nfc_and_hindi_is_in_devanagari(path: Path) -> None:
    raw = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", raw)
    assert not re.search("[\u200b\u200e\u200f\u00a0\ufeff]|<[a-z/]", raw)
    for where, english, hindi in texts_in_both(read(path)):
        assert re.search(r"[\u0900-\u097f]", hindi), where
        assert not re.search(r"[\u0900-\u097f]", english), where


def test_stems_and_rationales_in_hindi_are_mostly_devanagari(items: list[Document]) -> None:
    for item in items:
        for field in ("stem", "rationale"):
            letters = [letter for letter in item["hi"][field] if unicodedata.category(letter)[0] in "LM"]
            hindi = sum("\u0900" <= letter <= "\u097f" for letter in letters)
            # Two stems quote an SMS and a web address as they are.
            assert hindi / len(letters) >= 0.6, (item["id"], field)
            assert not re.search(r"[\u0900-\u097f]", item["en"][field]), (item["id"], field)


def test_numbers_are_the_same_in_both_languages(items: list[Document]) -> None:
    for item in items:
        for field in ("stem", "rationale"):
            assert numbers(item["en"][field]) == numbers(item["hi"][field]), (item["id"], field)
        for letter, text in item["en"].get("options", {}).items():
            assert numbers(text) == numbers(item["hi"]["options"][letter]), (item["id"], letter)


def test_numbers_of_the_credential_are_the_same_in_both_languages(credential: Document) -> None:
    for where, english, hindi in texts_in_both(credential):
        assert numbers(english) == numbers(hindi), where


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_stems_are_nearly_the_same(items: list[Document], language: str) -> None:
    matcher = SequenceMatcher(autojunk=False)
    for first, second in combinations(items, 2):
        matcher.set_seqs(first[language]["stem"], second[language]["stem"])
        if matcher.real_quick_ratio() >= 0.75 and matcher.quick_ratio() >= 0.75:
            assert matcher.ratio() < 0.75, (first["id"], second["id"])


def test_stems_begin_differently(items: list[Document]) -> None:
    openings = Counter(tuple(words(item["en"]["stem"])[:4]) for item in items)
    assert [opening for opening, count in openings.items() if count > 2] == []
    pairs = Counter(tuple(words(item["en"]["stem"])[:2]) for item in items)
    assert [pair for pair, count in pairs.items() if count > 4] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_does_not_stand_out_by_its_length(items: list[Document], language: str) -> None:
    single = of_type(items, "choice_single")
    longest = shortest = 0
    for item in single:
        lengths = {letter: len(text) for letter, text in item[language]["options"].items()}
        key = lengths.pop(item["key"][0])
        longest += key > max(lengths.values())
        shortest += key < min(lengths.values())
    assert longest / len(single) <= 0.30
    assert shortest / len(single) <= 0.30


@pytest.mark.parametrize("language", LANGUAGES)
def test_options_of_an_item_are_of_similar_length(items: list[Document], language: str) -> None:
    for item in of_type(items, "choice_single"):
        lengths = sorted(len(text) for text in item[language]["options"].values())
        assert lengths[-1] <= 2.2 * lengths[0] or lengths[-1] - lengths[0] <= 12, item["id"]


def test_key_positions_are_balanced(items: list[Document]) -> None:
    single = of_type(items, "choice_single")
    positions = Counter(item["key"][0] for item in single)
    assert set(positions) == set("ABCD")
    assert max(positions.values()) - min(positions.values()) <= 3
    for pc in PCS:
        here = Counter(item["key"][0] for item in single if item["pc"] == pc)
        assert set(here) == set("ABCD"), pc
    several = Counter(letter for item in of_type(items, "choice_multiple") for letter in item["key"])
    assert set(several) == set("ABCDE")
    assert max(several.values()) - min(several.values()) <= 4


@pytest.mark.parametrize("answer", ["1930", "*99#", "cvv", "सीवीवी", "utr", "यूटीआर", "rrn"])
def test_what_a_text_entry_asks_for_is_not_given_away_by_another_item(
    items: list[Document], answer: str
) -> None:
    shown = [
        item["id"]
        for item in items
        for language in LANGUAGES
        for text in [item[language]["stem"], *item[language].get("options", {}).values()]
        if answer in text.casefold()
    ]
    assert shown == []


def test_hours_and_minutes_add_up(credential: Document) -> None:
    hours = {name: Decimal(value) for name, value in credential["hours"].items()}
    assert hours["total"] == hours["theory"] + hours["practical"] + hours["ojt"] == Decimal("7.5")
    minutes = {part["id"]: part["minutes"] for part in credential["components"]}
    assert minutes == {"theory": 15, "practical": 9, "viva": 6}
    assert sum(minutes.values()) == credential["assessment_minutes"] == 30


def test_marks_add_up_to_sixty_ten_for_each_pc(credential: Document) -> None:
    marks = {
        pc["id"]: {part: Fraction(value) for part, value in pc["marks"].items()}
        for nos in credential["nos"]
        for pc in nos["pcs"]
    }
    assert tuple(marks) == PCS
    assert all(parts == {"theory": 4, "practical": 4, "viva": 2} for parts in marks.values())
    assert sum(sum(parts.values()) for parts in marks.values()) == 60
    assert sum(Fraction(nos["weight"]) for nos in credential["nos"]) == 100


def test_thresholds_stand_in_the_pcs_and_in_the_rule(credential: Document) -> None:
    pcs = [pc for nos in credential["nos"] for pc in nos["pcs"]]
    assert {pc["id"]: Fraction(pc["threshold"]) for pc in pcs} == {
        pc: Fraction(share) for pc, share in THRESHOLDS.items()
    }
    shares = [node["share"] for node in credential["rule"]["rule"]["all_of"]]
    assert all(share["component"] == "all" and share["basis"] == "raw" for share in shares)
    in_rule = {
        share["scope"]["pc"]: Fraction(share["at_least"]) for share in shares if "pc" in share["scope"]
    }
    assert in_rule == {pc["id"]: Fraction(pc["threshold"]) for pc in pcs}
    whole = [Fraction(share["at_least"]) for share in shares if share["scope"] == {"credential": True}]
    assert whole == [Fraction("0.7")]
    assert len(shares) == 7


def test_every_pc_is_mandatory_with_two_or_three_knowledge_statements(credential: Document) -> None:
    for nos in credential["nos"]:
        for pc in nos["pcs"]:
            assert pc["mandatory"] is True
            assert 2 <= len(pc["knowledge"]) <= 3, pc["id"]


def test_the_practical_has_two_criteria_for_each_pc_worth_its_marks(credential: Document) -> None:
    criteria = credential["practical"]["criteria"]
    assert Counter(criterion["pc"] for criterion in criteria) == dict.fromkeys(PCS, 2)
    assert len({criterion["id"] for criterion in criteria}) == len(criteria)
    for criterion in criteria:
        assert [level["marks"] for level in criterion["levels"]] == ["0", "1", "2"], criterion["id"]


def test_the_viva_has_one_question_for_each_pc_worth_its_marks(credential: Document) -> None:
    questions = credential["viva"]["questions"]
    assert Counter(question["pc"] for question in questions) == dict.fromkeys(PCS, 1)
    for question in questions:
        assert [level["marks"] for level in question["levels"]] == ["0", "1", "2"], question["id"]
        assert len(words(question["expected"]["en"])) >= 20, question["id"]


def test_levels_of_a_criterion_are_described_differently(credential: Document) -> None:
    for part in [*credential["practical"]["criteria"], *credential["viva"]["questions"]]:
        for language in LANGUAGES:
            assert len({level["text"][language] for level in part["levels"]}) == 3, (part["id"], language)


def test_the_dossier_answers_the_questions_of_the_guideline(credential: Document) -> None:
    assert credential["statutory_needs"]["none"] is True
    assert credential["statutory_needs"]["text"]["en"].startswith("None")
    assert credential["visibility"] == "public"
    # Five validations for a new or public micro-credential (4.1.3.1); all are plainly samples.
    assert len(credential["industry_validations"]) == 5
    assert all(one["organisation"].endswith("(sample)") for one in credential["industry_validations"])
    assert credential["progression"]["horizontal"]
    assert credential["progression"]["vertical"]
