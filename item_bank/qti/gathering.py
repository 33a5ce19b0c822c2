# SPDX-License-Identifier: Apache-2.0
"""What is gathered while an item is read: problems with their places, losses, and the files that it shows.

Nothing of QTI's vocabulary lives here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from core.errors import Invalid
from item_bank.document import Path, Problem
from item_bank.qti.media_files import KnownFile, check_media
from item_bank.qti.names import REFUSED

if TYPE_CHECKING:
    from lxml.etree import _Element

FROM_XML: Final = "xml"
"""The first step of a path that is a line of the XML file: ``("xml", 12)``."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_SILENT: Final = frozenset({"id", "label", "xmlns", "base", "role"})
_NOT_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")

Files = Callable[[str], bytes | None]
"""From a path inside the package to the bytes, None where there is no such file."""


def no_files(path: str) -> bytes | None:
    """The files of an item that stands alone."""
    return None


MAXIMUM_ELEMENTS: Final = 10_000
"""Of one XML file; what the bank takes fits into a tenth of it."""
MAXIMUM_ALL_ELEMENTS: Final = 250_000
"""Of all items of a package: about 2,500 ordinary ones."""


class Shelf:
    """The files of one package that items show, each checked once, and how many elements may still be read."""

    def __init__(self, files: Files = no_files) -> None:
        self._files = files
        self._known: dict[str, KnownFile | Invalid | None] = {}
        self._read: dict[str, bytes | None] = {}
        self._elements = MAXIMUM_ALL_ELEMENTS

    def read(self, path: str) -> bytes | None:
        """Any other file of the package, such as a stimulus. Invalid: as the package's own."""
        if path not in self._read:
            self._read[path] = self._files(path)
        return self._read[path]

    def spend(self, root: _Element) -> None:
        """Count the elements of a file that is about to be read. Invalid(``xml_too_large``)."""
        count = sum(1 for _ in root.iter())
        if count > MAXIMUM_ELEMENTS:
            raise Invalid("xml_too_large", maximum=f"{MAXIMUM_ELEMENTS:,} elements")
        self._elements -= count
        if self._elements < 0:
            raise Invalid("xml_too_large", maximum=f"{MAXIMUM_ALL_ELEMENTS:,} elements in all")

    def media(self, path: str) -> KnownFile | None:
        """A file to be shown, None where there is none. Invalid: as ``check_media``."""
        if path not in self._known:
            self._known[path] = self._checked(path)
        found = self._known[path]
        if isinstance(found, Invalid):
            raise found
        return found

    def _checked(self, path: str) -> KnownFile | Invalid | None:
        data = self._files(path)
        if data is None:
            return None
        try:
            return check_media(data, name=path)
        except Invalid as refusal:
            return refusal


@dataclass(slots=True)
class Gathering:
    """One item while it is read: ``folder`` is that of its file, ``exact`` says that its white space counts.

    ``media`` are the files that it shows by their names within the item.
    """

    shelf: Shelf
    folder: str = ""
    exact: bool = False
    problems: list[Problem] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)
    media: dict[str, KnownFile] = field(default_factory=dict)
    captions: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    _paths: dict[str, str] = field(default_factory=dict)

    def refuse(self, node: _Element | None, code: str, reason: str) -> None:
        """The item cannot be taken because of this element; each reason is said once a line."""
        line = (node.sourceline if node is not None else None) or 1
        found = Problem((FROM_XML, line), code, reason)
        if found not in self.problems:
            self.problems.append(found)

    def lose(self, what: str) -> None:
        """Something is not kept; each kind of thing is said once."""
        if what not in self.losses:
            self.losses.append(what)

    def drop(self, node: _Element, key: str, value: str) -> None:
        """An attribute is not kept; a handler or a variant of a template refuses the item instead."""
        if key.lower().startswith("on"):
            self.refuse(node, "active_content", f"the handler {key[:30]!r} never runs in an item")
        elif key in ("templateIdentifier", "showHide") and value:
            code, reason = REFUSED["templateInline"]
            self.refuse(node, code, reason)
        elif key not in _SILENT:
            self.dropped.add(key[:40])

    def all_losses(self) -> Iterator[str]:
        """Every loss, the dropped attributes as one."""
        yield from self.losses
        if self.dropped:
            yield f"attributes that change only the looks or the tools: {', '.join(sorted(self.dropped))}"

    def path(self, href: str, *, folder: str | None = None) -> str | None:
        """The place in the package that an address means, None where it leads out of it."""
        if _SCHEME.match(href) or href.startswith("/"):
            return None
        plain = unquote(href.partition("#")[0].partition("?")[0])
        path = posixpath.normpath(posixpath.join(self.folder if folder is None else folder, plain))
        return None if path.startswith("..") else path

    def show(self, node: _Element, href: str, *, kinds: tuple[str, ...]) -> str | None:
        """The name within the item of a file that it shows, None (and a problem) where it cannot be shown.

        Problem codes: ``media_external``, ``media_not_in_file``, ``media_kind`` and those of ``check_media``.
        """
        path = self.path(href.strip())
        if path is None:
            self.refuse(node, "media_external", f"{href[:80]!r} is not a file of this package")
            return None
        try:
            found = self.shelf.media(path)
        except Invalid as refusal:
            facts = ", ".join(str(value) for value in refusal.facts.values())
            self.refuse(
                node, refusal.code, f"{MEDIA_REASONS.get(refusal.code, 'it cannot be read')} ({facts})"[:300]
            )
            return None
        if found is None:
            self.refuse(node, "media_not_in_file", f"the file {href[:80]!r} is not in the package")
            return None
        if not found.file.media_type.startswith(kinds):
            self.refuse(
                node, "media_kind", f"{href[:80]!r} is {found.file.media_type}, which cannot stand here"
            )
            return None
        return self._name(path, found)

    def _name(self, path: str, found: KnownFile) -> str:
        if path in self._paths:
            return self._paths[path]
        base = _NOT_A_NAME.sub("-", posixpath.basename(path)).lstrip("._-")[-100:].lstrip("._-") or "file"
        name, number = base, 2
        while name in self.media:
            name, number = f"{number}-{base}", number + 1
        self.media[name] = found
        self._paths[path] = name
        return name


MEDIA_REASONS: Final = {
    "media_empty": "the file is empty",
    "media_type_unknown": "the file is of no kind that can be shown",
    "media_too_large": "the file is too large",
    "media_pixels": "the picture has too many pixels",
    "media_broken": "the picture is damaged",
    "svg_active": "the drawing holds scripts or loads something",
    "xml_entities_refused": "the drawing declares entities",
    "package_too_large": "the files of this package are too large together",
    "package_bomb": "the entry unpacks to more than it says",
    "package_nested": "the entry is a package itself",
    "package_unreadable": "the entry is damaged",
}
"""Why a file cannot be shown, in words for an import report."""


def line_of(path: Path) -> int | None:
    """The line of the XML that a problem's path names."""
    match path:
        case (str(step), int(line)) if step == FROM_XML:
            return line
        case _:
            return None
