# SPDX-License-Identifier: Apache-2.0
"""A content package: its manifest, which of its files are items, what it says of them. They are read in ``item_reading``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from core.errors import Invalid
from item_bank.items.model import Difficulty
from item_bank.qti.archive import Archive
from item_bank.qti.notes import LEVELS, NAMESPACE, PURPOSE, Metadata, Note, read_note, seconds_of
from item_bank.qti.xml import is_element, namespace_of, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

MANIFEST: Final = "imsmanifest.xml"
MAXIMUM_ITEM: Final = 1_000_000
"""Bytes of one XML file."""
MAXIMUM_XML: Final = 20_000_000
"""Bytes of all XML files that are read."""
_ITEM = re.compile(r"imsqti_(?:apip)?item_xmlv[23]p[0-9]", re.IGNORECASE)
_TEST = re.compile(r"imsqti_(?:apip)?(?:test|assessment|section)_xmlv", re.IGNORECASE)
_OLD = re.compile(r"imsqti_xmlv1p|imsqti_xmlv1", re.IGNORECASE)
_TAG = re.compile(r"[^\s<>&\x00-\x1f][^<>&\x00-\x1f]{0,63}")
_PC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_PURPOSES: Final = frozenset({PURPOSE, "educational objective", "skill level"})


@dataclass(frozen=True, slots=True)
class Resource:
    """One item file of a package and what its manifest says of it."""

    path: str
    metadata: Metadata = field(default_factory=Metadata)


@dataclass(slots=True)
class Package:
    """The items of a package, in the order of its manifest, and what of the package is not taken."""

    archive: Archive
    resources: tuple[Resource, ...] = ()
    losses: tuple[tuple[str, str], ...] = ()
    _left: int = MAXIMUM_XML

    def xml(self, path: str) -> bytes:
        """An XML file. Invalid(``xml_too_large`` | ``file_not_in_package``) and those of ``Archive.read``."""
        if path not in self.archive:
            raise Invalid("file_not_in_package", name=path[:100])
        size = self.archive.size(path)
        if size > MAXIMUM_ITEM or size > self._left:
            raise Invalid("xml_too_large", maximum="1 MB" if size > MAXIMUM_ITEM else "20 MB in all")
        self._left -= size
        return self.archive.read(path)

    def file(self, path: str) -> bytes | None:
        """Any file, None where there is none. Invalid: those of ``Archive.read``."""
        if path not in self.archive:
            return None
        return self.xml(path) if path.lower().endswith(".xml") else self.archive.read(path)


def open_package(data: bytes) -> Package:
    """Open a package; without a manifest every XML file that is an item counts.

    Invalid: those of ``Archive`` and ``parse_xml``; ``package_manifest`` where the manifest is no manifest,
    ``qti_version_unsupported`` (version), ``qti_no_items``.
    """
    archive = Archive(data)
    package = Package(archive)
    manifest = _manifest_path(archive)
    if manifest is None:
        package.losses = (
            ("package", "there is no imsmanifest.xml; every XML file that is an item was read"),
        )
        names = sorted(name for name in archive.names if name.lower().endswith(".xml"))
        package.resources = tuple(Resource(name) for name in names)
    else:
        root = parse_xml(package.xml(manifest))
        if _local(root) != "manifest":
            raise Invalid("package_manifest")
        package.resources, package.losses = _resources(root, posixpath.dirname(manifest), archive)
    if not package.resources:
        raise Invalid("qti_no_items")
    return package


def _manifest_path(archive: Archive) -> str | None:
    found = sorted(
        (name for name in archive.names if posixpath.basename(name).lower() == MANIFEST),
        key=lambda name: name.count("/"),
    )
    return found[0] if found else None


def _resources(
    root: _Element, folder: str, archive: Archive
) -> tuple[tuple[Resource, ...], tuple[tuple[str, str], ...]]:
    found: list[Resource] = []
    losses: list[tuple[str, str]] = []
    named: set[str] = set()
    version = ""
    for resources in _below(root, "resources"):
        base = posixpath.join(folder, _base(root), _base(resources))
        for resource in _children(resources, "resource"):
            place = posixpath.join(base, _base(resource))
            kind = resource.get("type") or ""
            paths = [_path(place, one.get("href")) for one in _children(resource, "file")]
            path = _path(place, resource.get("href")) or (paths[0] if paths else "")
            named.update((path, *paths))
            if _OLD.search(kind):
                version = "1.2"
            elif _TEST.search(kind):
                losses.append(
                    (
                        path or "package",
                        "a test: its parts, order, time limits and outcome rules are not taken",
                    )
                )
            elif _ITEM.search(kind) and path and all(path != one.path for one in found):
                found.append(Resource(path, _metadata(resource)))
    if version and not found:
        raise Invalid("qti_version_unsupported", version=version)
    unnamed = [name for name in archive.names if name.lower().endswith(".xml") and name not in named]
    unnamed = [name for name in unnamed if posixpath.basename(name).lower() != MANIFEST]
    if unnamed:
        losses.append(
            (
                "package",
                f"{len(unnamed)} XML files that the manifest does not name: {', '.join(unnamed)[:200]}",
            )
        )
    return tuple(found), tuple(losses)


def _metadata(resource: _Element) -> Metadata:
    """PC, difficulty, time and keywords out of LOM, and our own note."""
    pc, tags, note = "", [], None
    difficulty: Difficulty | None = None
    seconds: int | None = None
    for node in resource.iter():
        if not is_element(node):
            continue
        name = _local(node)
        if namespace_of(node) == NAMESPACE and name == "item":
            note = note or _note(node)
        elif name == "difficulty":
            difficulty = difficulty or next(
                (word for text in _texts(node) if (word := _level(text)) is not None), None
            )
        elif name == "typicalLearningTime":
            seconds = seconds or next((found for text in _texts(node) if (found := seconds_of(text))), None)
        elif name == "keyword":
            tags += [text for text in _texts(node) if _TAG.fullmatch(text)]
        elif name == "classification":
            pc = pc or _criterion(node)
    return Metadata(pc, difficulty, seconds, tuple(dict.fromkeys(tags))[:30], note)


def _level(text: str) -> Difficulty | None:
    """LOM's word for a difficulty in the bank's terms."""
    return LEVELS.get(text.lower())


def _criterion(classification: _Element) -> str:
    """The innermost taxon of a classification by competency."""
    purposes = {text.lower() for node in _below(classification, "purpose") for text in _texts(node)}
    if not purposes & _PURPOSES:
        return ""
    for taxon in reversed(list(_below(classification, "taxon"))):
        for part in ("id", "entry"):
            for node in _children(taxon, part):
                for text in _texts(node):
                    if _PC.fullmatch(text):
                        return text
    return ""


def _note(node: _Element) -> Note | None:
    return read_note(node.text or "")


def _texts(node: _Element) -> list[str]:
    return [text for one in node.itertext() if (text := str(one).strip())]


def _below(node: _Element, name: str) -> Iterator[_Element]:
    return (one for one in node.iter() if is_element(one) and _local(one) == name)


def _children(node: _Element, name: str) -> Iterator[_Element]:
    return (one for one in node if is_element(one) and _local(one) == name)


def _local(node: _Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _base(node: _Element) -> str:
    base = node.get("{http://www.w3.org/XML/1998/namespace}base") or ""
    return "" if ":" in base or base.startswith("/") else unquote(base)


def _path(folder: str, href: str | None) -> str:
    if not href:
        return ""
    path = posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0].partition("?")[0])))
    return "" if path.startswith(("..", "/")) else path
