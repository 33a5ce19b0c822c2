# SPDX-License-Identifier: Apache-2.0
"""Hindi in fonts that are not Unicode: Kruti Dev is found and converted, English and Unicode stay, others are refused."""

from __future__ import annotations

import unicodedata

import pytest

from item_bank.formats.kruti_dev import Legacy, looks_like_kruti_dev, read_legacy, to_unicode

PAIRS = {
    "x;k": "गया", "cks/kx;k": "बोधगया", "vfr;k": "अतिया", "cdjkSj": "बकरौर", "clk<+h": "बसाढ़ी", "dUgkSy": "कन्हौल",
    "xaQk[kqnZ": "गंफाखुर्द", "f>dfV;k": "झिकटिया", "eksjkenkZuk": "मोरामर्दाना", "bZyjk": "ईलरा", "iM+fj;k": "पड़रिया",
    "'ks[kokjk": "शेखवारा", "uok¡": "नवाँ", "/kukok¡": "धनावाँ", "fjDr": "रिक्त", "tqM+rk": "जुड़ता", "Q‚Dl BS30": "फॉक्स BS30",
    "vkSj": "और", "gEe~---": "हम्म्...", "fufeZr": "निर्मित", "dk;Z": "कार्य", "fLFkfr": "स्थिति", "Kku": "ज्ञान", "{ks=": "क्षेत्र",
    "Jfed": "श्रमिक", "fo|ky;": "विद्यालय", "fuEufyf[kr": "निम्नलिखित", "jk\"Vªh;": "राष्ट्रीय", "flag": "सिंह", "Çlg": "सिंह",
    ",slk": "ऐसा", "Åij": "ऊपर", "mís';": "उद्देश्य", "cqf)": "बुद्धि", "ân;": "हृदय", "czkã.k": "ब्राह्मण", "Ñf\"k": "कृषि",
    "}kjk": "द्वारा", "Nk=ksa": "छात्रों", "mÙkj": "उत्तर", "i`Foh": "पृथ्वी", "o\"kkZ": "वर्षा", "eqacbZ": "मुंबई",
}  # fmt: skip
KRUTI = [
    "Hkkjr dh jkt/kkuh D;k gS\\",
    "fuEufyf[kr esa ls dkSu lk lgh gS?",
    "dk;kZy; esa vkx yxus ij lcls igys D;k djsaxs",
    "fdlh vutku O;fDr dks viuk fiu ugha crkuk pkfg,A",
]
NOT_KRUTI = [
    "Which of these must you never share with anyone?",
    "What is the UPI PIN?",
    "भारत की राजधानी क्या है?",
    "UPI PIN",
    "1930",
    "x + y = z; a/b > c",
    "Click on 'OK' & wait; then [Save]",
    "SELECT id FROM t WHERE a=b;",
    r"C:\temp\a.txt is on the disk",
    "e-mail: a@b.in; call 1930",
    "À la carte déjà vu café",
    "Müller fährt über die Brücke nach Köln",
    "a;b [c] {d} e/f",
    "kkk sss hhh",
    "",
]


@pytest.mark.parametrize(("typed", "meant"), PAIRS.items())
def test_a_word_in_kruti_dev_reads_as_what_its_glyphs_show(typed: str, meant: str) -> None:
    assert to_unicode(typed) == unicodedata.normalize("NFC", meant)


def test_a_sentence_is_converted_with_its_marks() -> None:
    assert read_legacy(KRUTI[0]).text == "भारत की राजधानी क्या है?"
    assert read_legacy(KRUTI[3]).text == "किसी अनजान व्यक्ति को अपना पिन नहीं बताना चाहिए।"


@pytest.mark.parametrize("text", KRUTI)
def test_kruti_dev_is_found(text: str) -> None:
    assert read_legacy(text).kind is Legacy.KRUTI_DEV


@pytest.mark.parametrize("text", NOT_KRUTI)
def test_english_unicode_and_code_are_left_alone(text: str) -> None:
    found = read_legacy(text)
    assert (found.kind, found.text) == (Legacy.UNICODE, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fnYyh", True),
        ("vk/kkj dkMZ", True),
        ("eqacbZ", True),
        ("Delhi", False),
        ("UPI PIN", False),
        ("Pay now", False),
    ],
)
def test_a_short_text_beside_kruti_dev_counts_as_such_where_it_can_be_spoken(
    text: str, *, expected: bool
) -> None:
    assert not looks_like_kruti_dev(text)
    assert looks_like_kruti_dev(text, beside=True) is expected


def test_a_text_full_of_accents_and_signs_is_refused_by_name() -> None:
    found = read_legacy("·¤æñÙ âæ â×è ãñU ÂýçÌàæÌ")
    assert found.kind is Legacy.REFUSED
    assert "Chanakya" in found.reason


@pytest.mark.parametrize("font", ["DevLys 010", "Chanakya", "Walkman-Chanakya-902", "Shusha", "Shivaji01"])
def test_a_font_that_is_named_decides(font: str) -> None:
    found = read_legacy(f'<span style="font-family: {font}">abc def</span>', is_html=True)
    assert found.kind is Legacy.REFUSED
    assert font in found.reason
    kruti = read_legacy('<font face="Kruti Dev 010">fnYyh &amp; x;k</font>', is_html=True)
    assert kruti.text == '<font face="Kruti Dev 010">दिल्ली - गया</font>'


def test_a_hostile_text_takes_no_time() -> None:
    for text in ("D" * 100_000, "f" * 100_000, "Z" * 100_000, "k+" * 50_000):
        assert len(to_unicode(text)) >= 1
