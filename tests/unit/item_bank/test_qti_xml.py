# SPDX-License-Identifier: Apache-2.0
"""Hostile and broken XML gets a named refusal; what is well is read in one set of names."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.errors import Invalid
from item_bank.api import element_of, parse_xml, qti_version
from item_bank.qti.xml import MAX_BYTES, MAX_DEPTH, attributes_of, name_of, vocabulary_of
from scoring.api import Element

HINDI = "<a>हिन्दी é</a>"


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        parse_xml(data)
    return refused.value


@pytest.mark.parametrize(
    "data",
    [
        HINDI.encode(),
        b"\xef\xbb\xbf" + HINDI.encode(),
        f'<?xml version="1.0" encoding="UTF-8"?>\n{HINDI}'.encode(),
        f"<?xml version='1.0' encoding='utf8' standalone='yes'?>{HINDI}".encode(),
        f'\n <?xml version="1.0"?>{HINDI}'.encode(),
        HINDI.encode("utf-16"),
        f'<?xml version="1.0" encoding="UTF-16"?>{HINDI}'.encode("utf-16"),
        f'<?xml version="1.0" encoding="UTF-16"?>{HINDI}'.encode("utf-16-le"),
        f'<?xml version="1.0" encoding="UTF-16BE"?>{HINDI}'.encode("utf-16-be"),
    ],
)
def test_every_usual_encoding_is_read(data: bytes) -> None:
    assert element_of(parse_xml(data)) == Element("a", text="हिन्दी é")


def test_a_western_encoding_is_read_when_it_is_declared() -> None:
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1")
    assert element_of(parse_xml(data)).text == "é"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("<a>é</a>".encode("latin-1"), "utf-8"),
        (f'<?xml version="1.0" encoding="UTF-8"?>{HINDI}'.encode("utf-16"), "utf-8"),
        (f'<?xml version="1.0" encoding="UTF-16"?>{HINDI}'.encode(), "utf-16"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "klingon"),
        (b'<?xml version="1.0" encoding="zlib"?><a/>', "zlib"),
        (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "UTF-7"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="windows-1252"?><a/>', "cp1252"),
        (b"\xff\xfe<\x00a\x00/", "utf-16"),
        (b"<a>\x00</a>", "utf-8"),
    ],
)
def test_a_wrong_encoding_is_named(data: bytes, encoding: str) -> None:
    error = refusal(data)
    assert (error.code, error.facts) == ("xml_encoding", {"encoding": encoding})


BILLION = (
    b"<!DOCTYPE a ["
    + b"".join(
        b'<!ENTITY x%d "%s">' % (level, b"&x%d;" % (level - 1) * 10 if level else b"lol")
        for level in range(10)
    )
    + b"]><a>&x9;</a>"
)


@pytest.mark.parametrize(
    "data",
    [
        BILLION,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><a/>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a>&nbsp;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a b="&nbsp;"/>',
        BILLION.decode().encode("utf-16"),
    ],
)
def test_entities_are_refused_before_anything_is_built(data: bytes) -> None:
    started = time.perf_counter()
    assert refusal(data).code == "xml_entities_refused"
    assert time.perf_counter() - started < 1


def test_a_doctype_alone_is_harmless_and_no_file_is_read(tmp_path: Path) -> None:
    dtd = tmp_path / "x.dtd"
    dtd.write_text('<!ATTLIST a b CDATA "from the dtd">')
    root = parse_xml(f'<!DOCTYPE a SYSTEM "{dtd.as_uri()}"><a>x &amp; y</a>'.encode())
    assert element_of(root) == Element("a", text="x & y")


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 300, 10_000, 100_000])
def test_a_deep_document_is_refused_before_anything_recursive(levels: int) -> None:
    error = refusal(b"<a>" * levels + b"</a>" * levels)
    assert (error.code, error.facts) == ("xml_too_deep", {"maximum": MAX_DEPTH})


def test_the_deepest_document_is_read() -> None:
    root = element_of(parse_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH))
    assert sum(1 for _ in root.descend()) == MAX_DEPTH


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b" " * MAX_BYTES + b"</a>",
        b"<a>" + b"<b/>" * 200_001 + b"</a>",
        b"<a>" + b"<b/>" * 100_001 + b"</a>",
        b"<a " + b" ".join(b'x%d=""' % number for number in range(200_001)) + b"/>",
        b"<a " + b" ".join(b'x%d=""' % number for number in range(501)) + b"/>",
    ],
)
def test_a_large_document_is_refused(data: bytes) -> None:
    assert refusal(data).code == "xml_too_large"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"words", 1),
        (b"<a>\n<b></a>", 2),
        (b"\n\n<a", 3),
        (b'<?xml version="1.0"?>\n\n<a>&nbsp;</a>', 3),
        (b'<?xml version="1.0"\n?>\n<a x=1/>', 3),
        (b"<a/><b/>", 1),
    ],
)
def test_what_is_not_xml_is_refused_with_its_line(data: bytes, line: int) -> None:
    error = refusal(data)
    assert (error.code, error.facts["line"]) == ("xml_malformed", line)
    assert error.facts["problem"]


# ---------------------------------------------------------------------------------------------------- names

LOCATED = b"""<assessmentItem xmlns:i="http://www.w3.org/2001/XMLSchema-instance"
    i:schemaLocation="urn:x http://www.imsglobal.org/xsd/qti/qtiv2p2/imsqti_v2p2.xsd"/>"""
ITEM_3 = b"""<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" time-dependent="false"
    xml:lang="hi" xmlns:x="urn:other" x:kept="no" data-my-note="stays" aria-label="stays">
  <!-- a comment --> own <qti-map-response response-identifier="R"/> text <qti-duration-lt/><qti-duration-gte/>
  <qti-response-else-if/><p data-x="1" class="big-word">body</p><qti-any-n min="1"/>
  <math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math><?editor note?>
</qti-assessment-item>"""


def test_the_names_of_qti_3_become_those_of_qti_2() -> None:
    root = element_of(parse_xml(ITEM_3))
    assert root.name == "assessmentItem"
    assert dict(root.attributes) == {
        "timeDependent": "false",
        "xml:lang": "hi",
        "data-my-note": "stays",
        "aria-label": "stays",
    }
    assert [child.name for child in root.children] == [
        "mapResponse",
        "durationLT",
        "durationGTE",
        "responseElseIf",
        "p",
        "anyN",
        "mathml:math",
    ]
    assert root.children[0].attributes == {"responseIdentifier": "R"}
    assert root.children[4].attributes == {"data-x": "1", "class": "big-word"}
    assert root.text.split() == ["own", "text"]


def test_the_names_of_qti_2_stay_and_prefixes_do_not_matter() -> None:
    data = b'<q:mapResponse xmlns:q="http://www.imsglobal.org/xsd/imsqti_v2p1" baseType="x" x-y="1"/>'
    root = parse_xml(data)
    assert name_of(root) == "mapResponse"
    assert attributes_of(root) == {"baseType": "x", "x-y": "1"}
    assert vocabulary_of(root) == "qti"
    apip = parse_xml(b'<a xmlns="http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"/>')
    assert (vocabulary_of(apip), name_of(apip)) == ("apip", "apip:a")


@pytest.mark.parametrize(
    ("data", "version"),
    [
        (b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p0"/>', "2.0"),
        (b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>', "2.1"),
        (b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"/>', "2.2"),
        (b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p1"/>', "2.1"),
        (ITEM_3, "3.0"),
        (b"<qti-assessment-item/>", "3.0"),
        (b"<assessmentItem/>", "2.1"),
        (LOCATED, "2.2"),
    ],
)
def test_the_version_is_read_off_the_document(data: bytes, version: str) -> None:
    assert qti_version(parse_xml(data)) == version


@pytest.mark.parametrize(
    "data",
    [b"<questestinterop/>", b'<item xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"/>'],
)
def test_the_first_version_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        qti_version(parse_xml(data))
    assert (refused.value.code, refused.value.facts) == ("qti_version_unsupported", {"version": "1.2"})
