# SPDX-License-Identifier: Apache-2.0
"""Hostile XML made harmless: bytes to a tree of bounded size, without entities, network or other files.

What an item means does not live here. lxml is imported where it is used, so that the server starts fast.
"""

from __future__ import annotations

import codecs
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.errors import Invalid
from scoring.api import Element

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 10 * 1024 * 1024
MAX_DEPTH = 200
MAX_ELEMENTS = 100_000
MAX_ATTRIBUTES = 200_000
MAX_ATTRIBUTES_OF_ONE = 500

#: Vocabularies that QTI embeds; every other namespace (and none) counts as QTI's own, or as XHTML within it.
FOREIGN = MappingProxyType(
    {
        "http://www.w3.org/1998/Math/MathML": "mathml",
        "http://www.w3.org/2000/svg": "svg",
        "http://www.w3.org/2001/XInclude": "xi",
        "http://www.w3.org/2001/10/synthesis": "ssml",
        "http://www.w3.org/2010/10/synthesis": "ssml",
        "http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0": "apip",
        "http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p1": "apip",
        "http://ltsc.ieee.org/xsd/LOM": "lom",
        "http://ltsc.ieee.org/xsd/apipv1p0/LOM/resource": "lom",
        "http://ltsc.ieee.org/xsd/apipv1p0/LOM/manifest": "lom",
        "http://www.imsglobal.org/xsd/imsmd_v1p2": "lom",
        "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1": "lom",
        "http://www.imsglobal.org/xsd/imsqti_metadata_v2p1": "metadata",
        "http://www.imsglobal.org/xsd/imsqti_metadata_v2p2": "metadata",
    }
)
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_VERSIONS = (
    (re.compile(r"imsqti(?:asi)?_v3p0|/qtiv3p0/"), "3.0"),
    (re.compile(r"imsqti_v2p2|/qtiv2p2"), "2.2"),
    (re.compile(r"imsqti_v2p1|/apip/"), "2.1"),
    (re.compile(r"imsqti_(?:item_)?v2p0"), "2.0"),
    (re.compile(r"ims_qtiasiv1p2|ims_qtiasi"), "1.2"),
)
_ROOTS_OF_1 = frozenset({"questestinterop"})
_TOKENS = MappingProxyType({"durationLt": "durationLT", "durationGte": "durationGTE"})
_DECLARED = re.compile(r"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,39})["'][^>]*\?>""")
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]{0,400}\?>")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z_:]")


def parse_xml(data: bytes) -> _Element:
    """Parse one document and return its root element (of lxml, with comments, without instructions).

    Bounds: 10 MB, 200 levels, 100,000 elements. Raises Invalid: `xml_too_large`, `xml_encoding`,
    `xml_entities_refused`, `xml_too_deep`, `xml_malformed` (with `line` and `problem`).
    """
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise Invalid("xml_too_large", maximum="10 MB")
    text = _decoded(data)
    _check_before(text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        message = error.msg or ""
        if "depth" in message.lower():
            raise Invalid("xml_too_deep", maximum=MAX_DEPTH) from error
        line, _ = error.position
        raise Invalid("xml_malformed", line=line or 1, problem=_first_line(message)) from error
    _check_bounds(root)
    return root


def _check_before(text: str) -> None:
    """What must be known before a parser builds anything: entities, and how much there will be."""
    # An external DTD is never read, so what it may define would be dropped in silence.
    if "<!ENTITY" in text or ("<!DOCTYPE" in text and _ENTITY.search(text)):
        raise Invalid("xml_entities_refused")
    if text.count("<") - text.count("</") > 2 * MAX_ELEMENTS or text.count("=") > MAX_ATTRIBUTES:
        raise Invalid("xml_too_large", maximum=f"{MAX_ELEMENTS} elements")


def _decoded(data: bytes) -> str:
    """The document as text without its XML declaration, which would name the encoding of the bytes."""
    encoding = _encoding(data)
    try:
        text = codecs.decode(data, encoding).removeprefix("\ufeff")
    except (UnicodeError, LookupError) as error:
        raise Invalid("xml_encoding", encoding=encoding) from error
    if "\0" in text:
        raise Invalid("xml_encoding", encoding=encoding)
    # The lines stay where they are, for messages.
    return _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text, count=1)


def _encoding(data: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            found = _declared(codecs.decode(data[:400], encoding, "ignore"))
            # A mark settles it; a declaration that names another family of encodings is a mistake to be named.
            if found is not None and found[:5] != encoding[:5]:
                raise Invalid("xml_encoding", encoding=found)
            return encoding
    if data.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    found = _declared(data[:400].decode("latin-1")) or "utf-8"
    if found.startswith("utf-16"):  # without a mark these would be the bytes of another encoding
        raise Invalid("xml_encoding", encoding=found)
    return found


def _declared(start: str) -> str | None:
    """The canonical name of the encoding that the XML declaration names. Raises Invalid `xml_encoding`."""
    found = _DECLARED.match(start.lstrip("\ufeff \t\r\n"))
    if found is None:
        return None
    try:
        codec = codecs.lookup(found[1])
    except LookupError:
        raise Invalid("xml_encoding", encoding=found[1]) from None
    if codec.name not in _TEXT_ENCODINGS:
        raise Invalid("xml_encoding", encoding=found[1])
    return codec.name


# Python knows codecs that are not encodings of text ("zlib"), and some that are slow or stateful ("utf-7").
_TEXT_ENCODINGS = frozenset(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "mac-roman", "koi8-r"),
        *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
        *(f"cp{page}" for page in range(1250, 1259)),
    )
)


def _first_line(message: str) -> str:
    # Newer libxml2 appends the place, which is given on its own.
    return re.sub(r",? ?line \d+.*", "", message.splitlines()[0] if message else "not XML")[:200]


def _check_bounds(root: _Element) -> None:
    from lxml import etree

    count = depth = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        count += 1
        depth += 1
        if depth > MAX_DEPTH:
            raise Invalid("xml_too_deep", maximum=MAX_DEPTH)
        # Reading the attributes of one element takes the square of their number.
        if len(node.attrib) > MAX_ATTRIBUTES_OF_ONE:
            raise Invalid("xml_too_large", maximum=f"{MAX_ATTRIBUTES_OF_ONE} attributes of one element")
    if count > MAX_ELEMENTS:
        raise Invalid("xml_too_large", maximum=f"{MAX_ELEMENTS} elements")


def is_element(node: _Element) -> bool:
    """Whether a node is an element (and not a comment)."""
    return isinstance(node.tag, str)


def namespace_of(node: _Element) -> str:
    """The namespace of an element, "" if it has none."""
    return node.tag[1:].partition("}")[0] if node.tag.startswith("{") else ""


def vocabulary_of(node: _Element) -> str:
    """What the element is from: "qti" (XHTML counts as that), "mathml", "svg", "apip" and so on."""
    return FOREIGN.get(namespace_of(node), "qti")


def name_of(node: _Element) -> str:
    """The name of an element in the terms of QTI 2: `qti-map-response` and `mapResponse` are `mapResponse`.

    An element of another vocabulary has its prefix (`mathml:math`); XHTML's are as they are.
    """
    local = str(node.tag).rpartition("}")[2]
    vocabulary = vocabulary_of(node)
    if vocabulary != "qti":
        return f"{vocabulary}:{local}"
    if local.startswith("qti-"):
        name = _camel(local[4:])
        return _TOKENS.get(name, name)
    return local


def attributes_of(node: _Element) -> dict[str, str]:
    """The attributes in the terms of QTI 2: `response-identifier` is `responseIdentifier`.

    `data-*` and `aria-*` stay, as do attributes of elements that are not QTI's; `xml:lang` keeps its prefix and
    any other namespaced attribute is left out. An entry of a mapping of strings in QTI 3 gets its
    `caseSensitive`: the default is false there, and true in QTI 2, which is what a program takes.
    """
    local_name = node.tag.rpartition("}")[2]
    ours = local_name.startswith("qti-")
    found: dict[str, str] = {}
    for raw, value in node.attrib.items():
        name = str(raw)
        if name.startswith("{"):
            namespace, _, local = name[1:].partition("}")
            if namespace == _XML_NAMESPACE:
                found[f"xml:{local}"] = str(value)
        elif ours and not name.startswith(("data-", "aria-")):
            found[_camel(name)] = str(value)
        else:
            found[name] = str(value)
    if local_name == "qti-map-entry" and node.xpath("string(../../@base-type)") == "string":
        found.setdefault("caseSensitive", "false")
    return found


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def element_of(node: _Element) -> Element:
    """The element with everything below it as a frozen tree; comments are left out, their tails are kept."""
    children: list[Element] = []
    text = [node.text or ""]
    for child in node:
        if is_element(child):
            children.append(element_of(child))
        text.append(child.tail or "")
    return Element(name_of(node), MappingProxyType(attributes_of(node)), tuple(children), "".join(text))


def qti_version(root: _Element) -> str:
    """The version of QTI that a document is written in: "2.0", "2.1", "2.2" or "3.0".

    It is read off the namespace or the schema location; without either, off the names (`qti-…` is 3.0, else
    2.1). Raises Invalid `qti_version_unsupported` for 1.x.
    """
    local = root.tag.rpartition("}")[2]
    if local in _ROOTS_OF_1:
        raise Invalid("qti_version_unsupported", version="1.2")
    stated = " ".join(
        [
            namespace_of(root),
            *(str(value) for name, value in root.attrib.items() if "schemaLocation" in str(name)),
        ]
    )
    for pattern, version in _VERSIONS:
        if pattern.search(stated):
            if version == "1.2":
                raise Invalid("qti_version_unsupported", version=version)
            return version
    return "3.0" if local.startswith("qti-") else "2.1"
