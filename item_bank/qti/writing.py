# SPDX-License-Identifier: Apache-2.0
"""The way out: items of the bank as a package of QTI 3.0 or 2.1 that other systems can deliver, one file a language.

Every item is read back before it is given away: what QTI cannot say goes into a note; what then still differs is an error.
"""

from __future__ import annotations

import hashlib
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from core.errors import Invalid
from item_bank.formats.model import ImportDefaults
from item_bank.items.model import ItemDocument
from item_bank.items.parts import Media
from item_bank.qti.choices import MARKER
from item_bank.qti.gathering import Shelf
from item_bank.qti.item_reading import QtiItem, read_item_file
from item_bank.qti.item_writing import ItemFiles, item_tag, rich_content, stimulus_tag
from item_bank.qti.manifests import Entry, manifest_tag
from item_bank.qti.merging import merge
from item_bank.qti.notes import Metadata, Note
from item_bank.qti.packages import MANIFEST
from item_bank.qti.tags import Version, xml_bytes
from scoring.api import Interaction

MediaSource = Callable[[str], bytes]
"""From the SHA-256 (hex) of a file to its bytes."""

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_MARKER_PATH: Final = f"media/{MARKER}"
_MARKER_PICTURE: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
    b'<circle cx="12" cy="12" r="10" fill="none" stroke="#000" stroke-width="2"/></svg>\n'
)


@dataclass(slots=True)
class _Package:
    version: Version
    source: MediaSource
    files: dict[str, bytes] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    listed: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def free(self, base: str) -> str:
        """A file name that no other item has, whatever the case of its letters."""
        name, number = base, 2
        while name.casefold() in self.names:
            name, number = f"{base}-{number}", number + 1
        self.names.add(name.casefold())
        return name

    def add(
        self, path: str, data: bytes, *, kind: str, stimulus: bool = False, needs: tuple[str, ...] = ()
    ) -> str:
        """A file that items need, once; its identifier in the manifest."""
        if path not in self.listed:
            identifier = f"{kind}-{len(self.listed) + 1}"
            self.files[path] = data
            self.listed[path] = identifier
            self.entries.append(Entry(identifier, path, needs, stimulus=stimulus))
        return self.listed[path]


def export_qti(documents: Iterable[ItemDocument], *, version: str = "3.0", media: MediaSource) -> bytes:
    """Items as one package, the same bytes for the same items. ``media`` gives the files that they show by SHA-256 (hex).

    Reading the package again gives equal items. Invalid(``qti_version_unknown``, version, known),
    (``qti_nothing_to_export``), (``qti_cannot_express``, item, reason), (``qti_export_differs``, item, members).
    """
    if version not in list(Version):
        raise Invalid("qti_version_unknown", version=version[:20], known=", ".join(Version))
    package = _Package(Version(version), media)
    items: list[Entry] = []
    for document in documents:
        items += _add_item(package, document)
    if not items:
        raise Invalid("qti_nothing_to_export")
    manifest = xml_bytes(manifest_tag([*items, *package.entries], package.version), package.version)
    return _zipped({MANIFEST: manifest, **dict(sorted(package.files.items()))})


def _add_item(package: _Package, document: ItemDocument) -> list[Entry]:
    content = document.content
    base = package.free(_PLAIN.sub("-", document.external_id))
    paths = {language: f"items/{base}.{language}.xml" for language in content.languages}
    media_paths = {one.name: f"media/{one.sha256[:16]}/{one.name}" for one in content.media}
    needs = [_add_media(package, one, media_paths[one.name]) for one in content.media]
    if any(part.kind is Interaction.POSITION_OBJECT for part in content.parts):
        needs.append(package.add(_MARKER_PATH, _MARKER_PICTURE, kind="media"))
    written = {}
    stimuli: dict[str, str] = {}
    for language, path in paths.items():
        stimulus = _add_stimulus(package, document, language, media_paths, tuple(needs))
        if stimulus is not None:
            stimuli[language] = package.listed[stimulus[1]]
        files = _files(package.version, path, media_paths, stimulus)
        written[path] = xml_bytes(
            item_tag(document, language, files), package.version, item=document.external_id
        )
    package.files |= written
    note = _note(package, document, paths, media_paths)
    entries = []
    for number, (language, path) in enumerate(paths.items()):
        own = replace(note, language=language) if number == 0 else Note(document.external_id, language)
        needed = (*needs, *([stimuli[language]] if language in stimuli else []))
        entries.append(Entry(f"item-{base}-{language}", path, needed, content, own, language))
    return entries


def _add_media(package: _Package, one: Media, path: str) -> str:
    if path in package.listed:
        return package.listed[path]
    data = package.source(one.sha256)
    if hashlib.sha256(data).hexdigest() != one.sha256:
        raise Invalid(
            "qti_cannot_express", item=one.name, reason="its file is not the one that the item names"
        )
    return package.add(path, data, kind="media")


def _add_stimulus(
    package: _Package,
    document: ItemDocument,
    language: str,
    media_paths: Mapping[str, str],
    needs: tuple[str, ...],
) -> tuple[str, str] | None:
    """The shared stimulus as a file of its own, where the version has that: (identifier, path)."""
    text = document.content.body(language).stimulus
    identifier = document.content.stimulus_id
    if package.version is Version.QTI_2_1 or not text or not identifier:
        return None
    shown = "|".join((text, *(f"{name}={path}" for name, path in sorted(media_paths.items()))))
    mark = hashlib.sha256(shown.encode("utf-8")).hexdigest()[:12]
    path = f"stimuli/{_PLAIN.sub('-', identifier)}-{mark}.{language}.xml"
    if path not in package.files:
        files = _files(package.version, path, media_paths, None)
        tag = stimulus_tag(document, language, files, identifier=identifier)
        package.add(
            path,
            xml_bytes(tag, package.version, item=document.external_id),
            kind="stimulus",
            stimulus=True,
            needs=needs,
        )
    return identifier, path


def _files(
    version: Version, path: str, media_paths: Mapping[str, str], stimulus: tuple[str, str] | None
) -> ItemFiles:
    folder = posixpath.dirname(path)
    return ItemFiles(
        version,
        lambda name: posixpath.relpath(media_paths[name], folder),
        posixpath.relpath(_MARKER_PATH, folder),
        None if stimulus is None else (stimulus[0], posixpath.relpath(stimulus[1], folder)),
    )


# --------------------------------------------------------------------------------- what QTI has no words for


def _note(
    package: _Package, document: ItemDocument, paths: Mapping[str, str], media_paths: Mapping[str, str]
) -> Note:
    """The note with which the files read back as the same item."""
    shelf = Shelf(package.files.get)
    files = [
        (path, read_item_file(package.files[path], path=path, shelf=shelf, language=language))
        for language, path in paths.items()
    ]
    content = document.content
    wanted = document.to_document()
    media = tuple(
        {**one, "href": media_paths[one["name"]]} for one in _documents(wanted.get("media")) if "name" in one
    )
    note = Note(
        document.external_id, content.languages[0], content.languages, "rich" if content.is_rich else "simple",
        content.stimulus_id, media,
    )  # fmt: skip
    differing = _differing(document, files, note)
    if differing:
        note = _with_more(note, document, files, wanted)
        differing = _differing(document, files, note)
    if differing:
        raise Invalid("qti_export_differs", item=document.external_id, members=", ".join(differing)[:200])
    return note


def _differing(document: ItemDocument, files: Sequence[tuple[str, QtiItem]], note: Note) -> list[str]:
    """The members in which the item differs when it is read back; empty where it is the same."""
    merged = merge(files, _metadata(document, note), ImportDefaults())
    if merged.read.problems:
        return sorted({problem.code for problem in merged.read.problems})
    if merged.read.document == document:
        return []
    back, wanted = merged.read.document.to_document(), document.to_document()
    return sorted(name for name in {*back, *wanted} if back.get(name) != wanted.get(name)) or ["languages"]


def _metadata(document: ItemDocument, note: Note) -> Metadata:
    content = document.content
    return Metadata(content.pc, content.difficulty, content.seconds, content.tags, note)


def _with_more(
    note: Note, document: ItemDocument, files: Sequence[tuple[str, QtiItem]], wanted: Mapping[str, Any]
) -> Note:
    """The note with the members in which the item that was read back differs."""
    first = files[0][1]
    back = merge(
        files, _metadata(document, replace(note, form="rich")), ImportDefaults()
    ).read.document.to_document()
    content, key = rich_content(document)
    rich = ItemDocument(document.external_id, content, key).to_document()
    read = {str(part["id"]): part for part in _documents(back.get("parts"))}
    parts = tuple(part for part in _documents(rich.get("parts")) if read.get(str(part["id"])) != part)
    texts: dict[str, dict[str, str]] = {}
    for language in content.languages:
        mine, theirs = _texts(rich, language), _texts(back, language)
        other = {name: text for name, text in mine.items() if theirs.get(name) != text}
        if other:
            texts[language] = other
    if not document.content.is_rich:
        return replace(note, key={"key": wanted["key"], "normalise": wanted["normalise"]})
    own: dict[str, Any] = dict(wanted["key"]) if isinstance(wanted["key"], dict) else {}
    program = own.get("program")
    if isinstance(program, dict) and first.program is not None:
        plain = {**program, "normalise": {}}
        if plain == {**first.program.to_document(), "normalise": {}}:
            own |= {"program": True, "normalise": program.get("normalise", {})}
    # The order of languages in a guide counts, too.
    changed = json.dumps(back.get("key")) != json.dumps(wanted["key"])
    return replace(
        note,
        parts=parts,
        texts=texts,
        key=own if changed else None,
        marks=str(wanted["marks"]) if back.get("marks") != wanted["marks"] else "",
    )


def _documents(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(document: Mapping[str, Any], language: str) -> dict[str, str]:
    body = document.get(language)
    texts = body.get("texts", {}) if isinstance(body, dict) else {}
    return dict(texts) if isinstance(texts, dict) else {}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip whose bytes depend on nothing but the files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()
