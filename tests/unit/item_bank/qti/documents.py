# SPDX-License-Identifier: Apache-2.0
"""QTI written for the tests: items with a body, declarations and rules given as text, and packages of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from item_bank.formats.model import ImportDefaults, ParsedFile, ReadItem
from item_bank.qti.reading import parse_qti
from tests.unit.item_bank.rich_files import png

TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
SCORE = (
    '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">'
    "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
)
MATCH_CORRECT = f'<responseProcessing template="{TEMPLATES}match_correct"/>'
MAP_RESPONSE = f'<responseProcessing template="{TEMPLATES}map_response"/>'
MAP_POINT = f'<responseProcessing template="{TEMPLATES}map_response_point"/>'
DEFAULTS = ImportDefaults(pc="PC1", language="en")
PICTURE = {"pic.png": png(120, 80)}
MARKED_HOT = '<object data="pic.png" type="image/png" width="120" height="80">A panel</object>'


def declared(
    name: str = "RESPONSE",
    cardinality: str = "single",
    base: str = "identifier",
    *correct: str,
    inner: str = "",
) -> str:
    """A response declaration with its correct values."""
    values = "".join(f"<value>{value}</value>" for value in correct)
    key = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">{key}{inner}'
        "</responseDeclaration>"
    )


def mapping(entries: Mapping[str, str], **bounds: str) -> str:
    """A mapping."""
    shown = "".join(f' {name}="{value}"' for name, value in bounds.items())
    inner = "".join(f'<mapEntry mapKey="{key}" mappedValue="{worth}"/>' for key, worth in entries.items())
    return f"<mapping{shown}>{inner}</mapping>"


def assessment_item(
    body: str,
    *declarations: str,
    processing: str = MATCH_CORRECT,
    identifier: str = "item-1",
    language: str = "en",
    attributes: str = "",
    outcomes: str = SCORE,
    more: str = "",
) -> bytes:
    """An assessmentItem of QTI 2.1."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" '
        f'identifier="{identifier}" title="{identifier}" adaptive="false" '
        f'timeDependent="false" xml:lang="{language}" {attributes}>\n'
        f"{''.join(declarations)}\n{outcomes}\n<itemBody>{body}</itemBody>\n{processing}{more}</assessmentItem>"
    ).encode()


def choice(*options: str, attributes: str = 'maxChoices="1"', prompt: str = "") -> str:
    """A choice interaction with the options A, B, C …"""
    shown = "".join(
        f'<simpleChoice identifier="{"ABCDEFGH"[number]}">{text}</simpleChoice>'
        for number, text in enumerate(options)
    )
    asked = f"<prompt>{prompt}</prompt>" if prompt else ""
    return f'<choiceInteraction responseIdentifier="RESPONSE" {attributes}>{asked}{shown}</choiceInteraction>'


def manifest(*paths: str, metadata: str = "", kind: str = "imsqti_item_xmlv2p1", more: str = "") -> bytes:
    """A manifest that names these items."""
    resources = "".join(
        f'<resource identifier="R{number}" type="{kind}" href="{path}">{metadata}<file href="{path}"/></resource>'
        for number, path in enumerate(paths)
    )
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M">'
        f"<organizations/><resources>{resources}{more}</resources></manifest>"
    ).encode()


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def package(item: bytes, files: Mapping[str, bytes] | None = None, *, metadata: str = "") -> bytes:
    """A package with one item and the files that it shows."""
    return packed(
        {"imsmanifest.xml": manifest("item.xml", metadata=metadata), "item.xml": item, **(files or {})}
    )


def parsed(data: bytes, *, defaults: ImportDefaults = DEFAULTS) -> ParsedFile:
    """A file or package as the import reads it."""
    return parse_qti(data, filename="item.xml", defaults=defaults)


def only(data: bytes, *, defaults: ImportDefaults = DEFAULTS) -> ReadItem:
    """The one item of a file."""
    (item,) = parsed(data, defaults=defaults).items
    return item


def sound(data: bytes, *, defaults: ImportDefaults = DEFAULTS) -> ReadItem:
    """The one item of a file, which has no problems."""
    item = only(data, defaults=defaults)
    assert not item.problems, item.problems
    return item


def codes(data: bytes) -> list[str]:
    """Why the one item of a file is refused."""
    return sorted({problem.code for problem in only(data).problems})


def losses(data: bytes) -> list[str]:
    """What a file loses."""
    return [loss.what for loss in parsed(data).losses]
