# SPDX-License-Identifier: Apache-2.0
"""From the QTI files of one item, one for each language, to an item document of the bank. No XML is read here."""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.errors import Invalid
from item_bank.document import Part as Json
from item_bank.document import Path, Problem, json_path
from item_bank.formats.model import ImportDefaults, Loss, ReadItem
from item_bank.items.documents import part_key_document
from item_bank.items.model import ItemDocument
from item_bank.items.parsing import LETTERS, read_item
from item_bank.items.parts import ONLY_PART, ItemSource, MediaFile
from item_bank.items.programs import item_program
from item_bank.markup import places
from item_bank.qti.gathering import line_of
from item_bank.qti.identifiers import external_id
from item_bank.qti.item_reading import QtiItem, ReadBody
from item_bank.qti.keys import FoundKey
from item_bank.qti.media_files import KnownFile
from item_bank.qti.notes import Metadata, Note, with_noted_parts, with_noted_texts
from item_bank.qti.recognition import standard_form
from scoring.api import ItemProgram, ScoringError, normalise

_STALE: Final = "a note of our own export: it fits the item no longer"
_SIMPLE: Final = frozenset({"choice_single", "choice_multiple", "text_entry"})
_BLOCK_END = re.compile(r"</(?:p|div)>|<br>")
_BLOCK_START = re.compile(r"<(?:p|div)>")
_XML: Final = "application/xml"
_NOBODY: Final = ReadBody("", {})


class Merged:
    """One item read: what the import shows of it, and the files that it needs."""

    def __init__(self, read: ReadItem, losses: Sequence[Loss], media: Sequence[MediaFile]) -> None:
        self.read = read
        self.losses = tuple(losses)
        self.media = tuple(media)


def merge(files: Sequence[tuple[str, QtiItem]], metadata: Metadata, defaults: ImportDefaults) -> Merged:
    """Put the files of one item, its first language first, together; ``files`` are (path, item)."""
    path, first = files[0]
    problems = [problem for _, item in files for problem in item.gathering.problems]
    losses = [(one, what) for one, item in files for what in item.gathering.all_losses()]
    if first.title and first.title != first.identifier:
        losses.append((path, "the title"))
    source = _source(files)
    identifier = metadata.note.id if metadata.note else first.identifier
    name = external_id(identifier, otherwise=posixpath.splitext(posixpath.basename(path))[0])
    if name != identifier:
        losses.append((path, f"the identifier {identifier[:60]!r}; here the item is {name}"))
    locate = _locator(path)
    if problems or first.found is None:
        return Merged(ReadItem(_nothing(name), tuple(problems), locate, source), _as_losses(losses), ())
    if (differs := _differing(files)) is not None:
        return Merged(ReadItem(_nothing(name), (differs,), locate, source), _as_losses(losses), ())
    head, missing = _head(name, metadata, defaults)
    if missing is not None:
        losses.append((path, missing))
    problems += [] if head["pc"] else [_PC_MISSING]
    document, stale = _document(head, files, metadata, first.found)
    if stale:
        losses.append((path, _STALE))
    part = Json(document)
    read = read_item(part)
    problems += [problem for problem in part.problems if problem.path != ("pc",) or head["pc"]]
    shown = {one.sha256 for one in read.content.media}
    media = {known.file.sha256: known.file for _, item in files for known in item.gathering.media.values()}
    kept = [file for sha256, file in media.items() if sha256 in shown]
    return Merged(ReadItem(read, tuple(problems), locate, source), _as_losses(losses), kept)


_PC_MISSING: Final = Problem(
    ("pc",), "pc_missing", "the file does not say which PC the item is for; choose one for the whole import"
)


def refused(path: str, identifier: str, problem: Problem, data: bytes) -> Merged:
    """An item whose file cannot be read at all."""
    name = external_id(identifier, otherwise=posixpath.splitext(posixpath.basename(path))[0])
    source = ItemSource(_XML, posixpath.basename(path), data)
    return Merged(ReadItem(_nothing(name), (problem,), _locator(path), source), (), ())


def _nothing(name: str) -> ItemDocument:
    """What stands for an item that could not be read; an import never keeps it."""
    return read_item(Json({"id": name}))


def _locator(name: str) -> Any:
    def locate(path: Path) -> str:
        line = line_of(path)
        if line is not None:
            return f"{name}, line {line}" if name else f"line {line}"
        return f"{name}: {json_path(path)}" if name else json_path(path)

    return locate


def _as_losses(losses: Sequence[tuple[str, str]]) -> tuple[Loss, ...]:
    return tuple(Loss(where, what) for where, what in dict.fromkeys(losses))


def _source(files: Sequence[tuple[str, QtiItem]]) -> ItemSource:
    """The files as they came: the one, or all of them (also its stimuli) unpacked in a zip, byte for byte."""
    found = {path: data for _, item in files for path, data in item.sources.items()}
    path = files[0][0]
    if len(found) == 1:
        return ItemSource(_XML, posixpath.basename(path), found[path])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(found.items()):
            archive.writestr(zipfile.ZipInfo(name), data)
    return ItemSource(
        "application/zip", f"{posixpath.splitext(posixpath.basename(path))[0]}.zip", packed.getvalue()
    )


def _differing(files: Sequence[tuple[str, QtiItem]]) -> Problem | None:
    """The languages of an item have to ask and score the same."""
    first = files[0][1]
    for path, item in files[1:]:
        if item.parts != first.parts:
            return Problem((), "languages_differ", f"{path} asks for other things than {files[0][0]}")
        if item.program != first.program:
            return Problem((), "languages_differ", f"{path} is scored otherwise than {files[0][0]}")
        if set(item.bodies) & set(first.bodies):
            return Problem((), "languages_differ", f"{path} is in the same language as {files[0][0]}")
    return None


def _head(name: str, metadata: Metadata, defaults: ImportDefaults) -> tuple[dict[str, Any], str | None]:
    """PC, difficulty, seconds and tags, and what of it is not in the file."""
    head: dict[str, Any] = {
        "id": name,
        "pc": metadata.pc or defaults.pc,
        "difficulty": metadata.difficulty.value if metadata.difficulty else defaults.difficulty or "medium",
        "seconds": metadata.seconds or defaults.seconds or 60,
    }
    missing = []
    if not metadata.pc and defaults.pc:
        missing.append(f"PC not in the file: {head['pc']}")
    if metadata.difficulty is None:
        missing.append(f"difficulty not in the file: {head['difficulty']}")
    if not metadata.seconds:
        missing.append(f"time not in the file: {head['seconds']} s")
    if metadata.tags:
        head["tags"] = list(metadata.tags)
    return head, f"taken from the import's own settings: {'; '.join(missing)}" if missing else None


def _document(
    head: dict[str, Any], files: Sequence[tuple[str, QtiItem]], metadata: Metadata, found: FoundKey
) -> tuple[dict[str, Any], bool]:
    """The JSON form of the item, and whether its note did not fit."""
    first = files[0][1]
    bodies = {language: body for _, item in files for language, body in item.bodies.items()}
    note = metadata.note
    form = note.form if note is not None else ""
    if (
        form != "rich"
        and (simple := simple_document(head, first.parts, bodies, found, exact=form == "simple")) is not None
    ):
        return _with_simple_note(simple, note)
    parts, stale = [dict(part) for part in first.parts], False
    if note is not None:
        parts, fits = with_noted_parts(parts, note)
        stale = not fits
    for part in parts:
        if part.get("accept", ()) is None:
            del part["accept"]
    document = {
        **head,
        "type": parts[0]["kind"] if len(parts) == 1 else "composite",
        "marks": note.marks if note is not None and note.marks else str(found.marks),
        "parts": parts,
        "key": _key_document(found, bodies),
    }
    media = _media(files, note)
    if media:
        document["media"] = media
    stimulus = note.stimulus if note is not None else first.stimulus_id
    if stimulus:
        document["stimulus"] = stimulus if note is not None else external_id(stimulus, otherwise="stimulus")
    for language, body in bodies.items():
        texts = body.texts
        if note is not None and language in note.texts:
            texts, fits = with_noted_texts(texts, note.texts[language])
            stale = stale or not fits
        document[language] = {"stem": body.stem, "texts": texts} if texts else {"stem": body.stem}
        if body.stimulus:
            document[language]["stimulus"] = body.stimulus
        if body.rationale:
            document[language]["rationale"] = body.rationale
    if note is not None and note.key is not None:
        key = _noted_key(note.key, document, first.program)
        stale = stale or key is None
        document["key"] = key or document["key"]
    return document, stale


def _key_document(found: FoundKey, bodies: Mapping[str, ReadBody]) -> dict[str, Any]:
    keys = []
    for key in found.key.parts:
        document = part_key_document(key)
        guide = {
            language: body.guides[key.part] for language, body in bodies.items() if key.part in body.guides
        }
        keys.append({**document, "guide": guide} if guide else document)
    result: dict[str, Any] = {"parts": keys}
    if found.key.program is not None:
        result["program"] = found.key.program
    return result


def _noted_key(
    key: Mapping[str, Any], document: Mapping[str, Any], program: ItemProgram | None
) -> dict[str, Any] | None:
    """The key of a note, if it is scored as the XML says; None otherwise."""
    noted = {"parts": key.get("parts", [])}
    own = key.get("program")
    if own is True and program is not None:
        noted["program"] = {**program.to_document(), "normalise": key.get("normalise", {})}
    elif own is not None:
        noted["program"] = own
    part = Json({**document, "key": noted})
    read = read_item(part)
    if part.problems or program is None:
        return None
    try:
        compiled = item_program(read.content, read.key)
    except (ScoringError, ValueError):
        return None
    same = compiled.declarations == program.declarations and standard_form(
        compiled.response_processing
    ) == standard_form(program.response_processing)
    return noted if same else None


def _media(files: Sequence[tuple[str, QtiItem]], note: Note | None) -> list[dict[str, Any]]:
    """The files that the item shows, in the order of its note."""
    found: dict[str, dict[str, Any]] = {}
    shelved = {}
    for _, item in files:
        for name, known in item.gathering.media.items():
            document: dict[str, Any] = {
                "name": name, "media_type": known.file.media_type, "sha256": known.file.sha256, "size": len(known.file.data),
            }  # fmt: skip
            if known.width is not None and known.height is not None:
                document |= {"width": known.width, "height": known.height}
            if name in item.gathering.captions:
                document["captions"] = [list(pair) for pair in item.gathering.captions[name]]
            found.setdefault(name, document)
            shelved[name] = known.file.sha256
    if note is None:
        return list(found.values())
    ordered = []
    for one in note.media:
        name = str(one.get("name"))
        if name not in found and (noted := _noted_file(files[0][1], one)) is not None:
            files[0][1].gathering.media[name] = noted
            shelved[name] = noted.file.sha256
        if one.get("sha256") == shelved.get(name):
            found.pop(name, None)
            ordered.append({key: value for key, value in one.items() if key != "href"})
    return [*ordered, *found.values()]


def _noted_file(item: QtiItem, noted: Mapping[str, Any]) -> KnownFile | None:
    """A file that belongs to the item without being shown in its XML, such as captions in QTI 2.1."""
    try:
        return item.gathering.shelf.media(str(noted.get("href")))
    except Invalid:
        return None


# ------------------------------------------------------------------------------------------ simple items


def simple_document(
    head: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    bodies: Mapping[str, ReadBody],
    found: FoundKey,
    *,
    exact: bool,
) -> dict[str, Any] | None:
    """The item as a simple one, None where it says more than that: markup, other identifiers, another way of scoring.

    ``exact`` says that our own export wrote it as one: then its texts are taken as they stand.
    """
    if len(parts) != 1 or parts[0]["kind"] not in _SIMPLE or parts[0]["id"] != ONLY_PART:
        return None
    part, key = parts[0], found.key.parts[0] if found.key.parts else None
    several = part["kind"] == "choice_multiple"
    usual = {"id", "kind", "choices", "shuffle", *(["most"] if several and part.get("most") == 0 else [])}
    letters = [choice["id"] for choice in part.get("choices", ())]
    if (
        part.keys() - usual
        or (several and part.get("most") != 0)
        or any(choice.keys() != {"id"} for choice in part.get("choices", ()))
        or "".join(letters) != LETTERS[: len(letters)]
        or found.key.program is not None
        or found.marks != 1
        or key is None
        or key.mapping is not None
        or key.marks != 1
    ):
        return None
    document: dict[str, Any] = {
        **head,
        "type": part["kind"],
        "key": sorted(key.correct) if letters else list(key.correct),
    }
    if letters:
        document["shuffle"] = bool(part.get("shuffle"))
    for language, body in bodies.items():
        simple = _simple_body(body, letters, exact=exact)
        if simple is None:
            return None
        document[language] = simple
    reader = Json(document)
    read_item(reader)
    usable = not [problem for problem in reader.problems if problem.path != ("pc",)]
    return document if usable else None


def _simple_body(body: ReadBody, letters: Sequence[str], *, exact: bool) -> dict[str, Any] | None:
    place = f"[[{ONLY_PART}]]"
    if list(places(body.stem)) != [(ONLY_PART, "")] or body.stimulus or body.guides:
        return None
    stem, _, rest = body.stem.partition(place)
    if not exact:
        if _BLOCK_END.sub("", rest).strip():
            return None
        prompt = body.texts.get(f"{ONLY_PART}.prompt", "")
        stem = f"{stem}<br>{prompt}" if stem.strip() and prompt else stem + prompt
    elif rest or f"{ONLY_PART}.prompt" in body.texts:
        return None
    text = as_plain(stem, exact=exact)
    options = {
        letter: as_plain(body.texts.get(f"{ONLY_PART}.{letter}", ""), exact=exact) for letter in letters
    }
    if text is None or any(option is None for option in options.values()):
        return None
    document: dict[str, Any] = {"stem": text}
    if letters:
        document["options"] = options
    if body.rationale:
        document["rationale"] = body.rationale
    return document


def as_plain(markup: str, *, exact: bool) -> str | None:
    """Markup that is nothing but text and line ends as plain text, None for any other."""
    text = markup.replace("<br>", "\n") if exact else _BLOCK_END.sub("\n", _BLOCK_START.sub("", markup))
    if "<" in text:
        return None
    plain = html.unescape(text)
    if exact:
        return plain
    return "\n".join(line for raw in plain.split("\n") if (line := " ".join(raw.split())))


def _with_simple_note(document: dict[str, Any], note: Note | None) -> tuple[dict[str, Any], bool]:
    """A simple item with the accepted answers and normalisations of its note, where the first answer is still the same."""
    if note is None or note.key is None:
        return document, False
    noted = {**document, **{name: value for name, value in note.key.items() if name in ("key", "normalise")}}
    reader = Json(noted)
    read = read_item(reader)
    problems = [problem for problem in reader.problems if problem.path != ("pc",)]
    if problems or set(simple_answers(read)) != set(document["key"]):
        return document, True
    return noted, False


def simple_answers(item: ItemDocument) -> tuple[str, ...]:
    """The accepted answers of a simple item as its processing compares them."""
    return tuple(dict.fromkeys(normalise(answer, item.key.normalise) for answer in item.key.correct))
