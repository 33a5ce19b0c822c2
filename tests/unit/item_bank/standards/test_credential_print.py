# SPDX-License-Identifier: Apache-2.0
"""The printed credential: its pages are known, the same document gives the same bytes, and no text is ever markup."""

from __future__ import annotations

import pytest

from core.errors import Invalid
from item_bank.samples import load_sample
from item_bank.standards.parsing import parse_credential
from item_bank.standards.printing import _compiled, credential_pdf, print_data
from item_bank.standards.printing_words import WORDS, word
from item_bank.standards.rulebook import Facts, findings
from tests.unit.item_bank.builders import both, changed, credential, dossier, without


def pages_in(pdf: bytes) -> int:
    """The pages that the file itself counts."""
    return max(int(part.split(b"/")[0].split(b"\n")[0]) for part in pdf.split(b"/Count ")[1:])


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("name", ["secure_digital_payments", "con_q0602", "con_q0103", "amh_q0301"])
def test_a_sample_prints_concisely_in_both_languages(name: str, language: str) -> None:
    document = parse_credential(load_sample(name).credential)
    printed = credential_pdf(document, language, sha256="sha256:" + "ab" * 32)
    assert printed.data.startswith(b"%PDF-")
    assert printed.pages == pages_in(printed.data)
    assert 1 <= printed.pages <= 6
    assert "concise" not in {one.rule for one in findings(document, Facts(pages=printed.pages))}


def test_the_same_document_gives_the_same_bytes() -> None:
    document = parse_credential(credential())
    first = credential_pdf(document, "hi")
    _compiled.cache_clear()
    assert credential_pdf(document, "hi") == first


def test_what_looks_like_markup_is_printed_as_it_stands() -> None:
    hostile = '#panic("out") $x$ *bold* \\ // @ref `raw` ] } #read("/etc/passwd") "]#eval("'
    document = changed(credential(), "nos", 0, "pcs", 0, "title", to={"en": hostile, "hi": hostile})
    document = changed(document, "title", to={"en": hostile, "hi": hostile})
    document = (
        changed(document, "purpose", to=both(hostile))
        if "purpose" in document
        else {**document, "purpose": both(hostile)}
    )
    parsed = parse_credential(document)
    assert credential_pdf(parsed, "en").pages == 1
    assert print_data(parsed, "en")["title"] == hostile


def test_a_long_document_says_so() -> None:
    long = both("word " * 350)
    pcs = [{**one, "knowledge": [long] * 20} for one in credential()["nos"][0]["pcs"]]
    printed = credential_pdf(parse_credential(changed(credential(), "nos", 0, "pcs", to=pcs)), "en")
    assert printed.pages > 6


def test_only_the_two_languages_of_its_words_are_printed() -> None:
    with pytest.raises(Invalid) as refusal:
        credential_pdf(parse_credential(credential()), "mr")
    assert refusal.value.code == "print_language"


def test_what_a_viva_asks_is_not_printed() -> None:
    document = changed(credential(), "viva", "questions", 0, "text", to=both("CANARY-QUESTION"))
    document = changed(document, "viva", "questions", 0, "expected", to=both("CANARY-ANSWER"))
    assert "CANARY" not in str(print_data(parse_credential(document), "en"))


def test_everything_in_the_dossier_is_printed() -> None:
    document = {
        **credential(),
        "sector": "Finance",
        "nqr_code": "QG-06-FN",
        "future_skill": True,
        "review_date": "2027-07-31",
        "usage": ["alone"],
        "sources": ["A circular"],
        "formative_assessment": both("Practice"),
        "accreditation": both("ISO"),
        "purpose": both("To pay"),
        "adoption": {
            "parent": {"awarding_body": "Parent Body", "code": "A1/B1", "version": "3.0", "sha256": "sha256:" + "a" * 64}
        },
    }  # fmt: skip
    document = changed(
        document, "components", 1, to={"id": "practical", "minutes": 9, "reason": both("At a desk")}
    )
    told = str(print_data(parse_credential(document), "en"))
    for text in (
        "Finance", "QG-06-FN", "Future skill", "31-07-2027", "alone", "A circular", "Practice", "ISO", "To pay",
        "A1/B1, version 3.0, Parent Body", "Practical: At a desk", "None", "Firm 5", "need.pdf", "SDP/MC/0801",
    ):  # fmt: skip
        assert text in told, text
    for member in dossier():
        document = without(document, member)
    assert print_data(parse_credential(without(without(document, "practical"), "viva")), "hi")["task"] is None


def test_every_word_has_both_languages() -> None:
    assert all(english and hindi for english, hindi in WORDS.values())
    assert word("portfolio_of_work", "en") == "Portfolio of work"
