# SPDX-License-Identifier: Apache-2.0
"""The way in: a QTI file or package to ``ParsedFile``. What is refused is named, never half-imported."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from core.errors import Invalid
from item_bank.document import Problem
from item_bank.formats.model import ImportDefaults, Loss, ParsedFile, ReadItem
from item_bank.qti.archive import is_zip
from item_bank.qti.gathering import FROM_XML, Shelf
from item_bank.qti.item_reading import QtiItem, read_item_file
from item_bank.qti.merging import Merged, merge, refused
from item_bank.qti.notes import Metadata
from item_bank.qti.packages import MAXIMUM_ITEM, Package, Resource, open_package

FORMAT = "qti"


def parse_qti(data: bytes, *, filename: str, defaults: ImportDefaults) -> ParsedFile:
    """Read a package (zip) or a single assessmentItem of QTI 2.0, 2.1, 2.2 or 3.0.

    Wrong items are in the result with their problems. Invalid is raised only where the file as a whole cannot be read:
    ``file_empty`` and the codes of ``open_package``, ``parse_xml`` and ``read_item_file``.
    """
    if not data.strip():
        raise Invalid("file_empty")
    if is_zip(data):
        return _package(data, defaults)
    if len(data) > MAXIMUM_ITEM:
        raise Invalid("xml_too_large", maximum="1 MB")
    name = posixpath.basename(filename)
    item = read_item_file(data, path=name, language=defaults.language)
    merged = merge([(name, item)], Metadata(), defaults)
    return ParsedFile(FORMAT, (merged.read,), merged.losses, merged.media)


def read_qti_item(data: bytes, name: str, *, defaults: ImportDefaults) -> tuple[ReadItem, tuple[Loss, ...]]:
    """Read a single item and what it loses. Invalid as ``parse_qti``."""
    parsed = parse_qti(data, filename=name, defaults=defaults)
    return parsed.items[0], parsed.losses


def _package(data: bytes, defaults: ImportDefaults) -> ParsedFile:
    package = open_package(data)
    shelf = Shelf(package.file)
    losses = [Loss(where, what) for where, what in package.losses]
    listed = package.resources if not _without_manifest(package) else tuple(_only_items(package))
    if not listed:
        raise Invalid("qti_no_items")
    merged = [_read_group(group, package, shelf, defaults) for group in _groups(listed)]
    media = {file.sha256: file for one in merged for file in one.media}
    items = _unique([one.read for one in merged])
    losses += [loss for one in merged for loss in one.losses]
    return ParsedFile(FORMAT, tuple(items), tuple(losses), tuple(media.values()))


def _without_manifest(package: Package) -> bool:
    return any("no imsmanifest.xml" in what for _, what in package.losses)


def _only_items(package: Package) -> Iterator[Resource]:
    """The files of a package without a manifest that look like items."""
    for resource in package.resources:
        start = (
            package.archive.read(resource.path)[:4000]
            if package.archive.size(resource.path) <= MAXIMUM_ITEM
            else b""
        )
        if b"assessmentItem" in start or b"qti-assessment-item" in start:
            yield resource


def _groups(resources: Sequence[Resource]) -> list[list[Resource]]:
    """The files of one item together, its first language first; a file without our note is an item of its own."""
    groups: dict[tuple[str, str], list[Resource]] = {}
    for resource in resources:
        note = resource.metadata.note
        key = ("note", note.id) if note is not None else ("path", resource.path)
        groups.setdefault(key, []).append(resource)
    for group in groups.values():
        if len(group) > 1 and (order := next((_order(one) for one in group if _order(one)), ())):
            group.sort(key=lambda one: order.index(_language(one)) if _language(one) in order else len(order))
    return list(groups.values())


def _order(resource: Resource) -> tuple[str, ...]:
    return resource.metadata.note.languages if resource.metadata.note else ()


def _language(resource: Resource) -> str:
    return resource.metadata.note.language if resource.metadata.note else ""


def _read_group(
    group: Sequence[Resource], package: Package, shelf: Shelf, defaults: ImportDefaults
) -> Merged:
    files: list[tuple[str, QtiItem]] = []
    for resource in group:
        data = b""
        try:
            data = package.xml(resource.path)
            language = _language(resource) or defaults.language
            files.append(
                (resource.path, read_item_file(data, path=resource.path, shelf=shelf, language=language))
            )
        except Invalid as refusal:
            line = refusal.facts.get("line")
            facts = ", ".join(f"{name}: {value}" for name, value in refusal.facts.items())
            reason = f"the file cannot be read as an item ({facts or refusal.code})"
            path = (FROM_XML, line) if isinstance(line, int) else ()
            identifier = resource.metadata.note.id if resource.metadata.note else ""
            return refused(resource.path, identifier, Problem(path, refusal.code, reason[:300]), data)
    return merge(files, group[0].metadata, defaults)


def _unique(items: Sequence[ReadItem]) -> Iterator[ReadItem]:
    """Items of different files under one identifier are refused from the second on."""
    first: dict[str, str] = {}
    for item in items:
        name, here = item.document.external_id, item.locate(())
        seen = first.setdefault(name, here)
        if seen != here:
            twice = Problem((), "duplicate_id", f"the id {name!r} is already used at {seen}")
            yield ReadItem(item.document, (*item.problems, twice), item.locate, item.source)
        else:
            yield item
