# SPDX-License-Identifier: Apache-2.0
"""A zip file from anywhere, opened safely: what it may hold, how its entries may be named, how far they may unpack.

Nothing is written to a disk; an entry is unpacked when it is read. What a package means does not live here.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from typing import Final

from core.errors import Invalid

MAXIMUM_PACKAGE: Final = 100_000_000
"""Bytes of the packed file."""
MAXIMUM_UNPACKED: Final = 200_000_000
"""Bytes of all entries."""
MAXIMUM_READ: Final = 100_000_000
"""Bytes of the entries that items really use: they are all held at once."""
MAXIMUM_ENTRIES: Final = 5_000
MAXIMUM_RATIO: Final = 200
"""XML packs up to 50 times smaller, a bomb 1,000 times."""
_RATIO_FROM: Final = 1_000_000
_NESTED = re.compile(r"\.(zip|7z|rar|gz|bz2|xz|tar|tgz|jar)\Z", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ENTRY_MARK: Final = b"PK\x01\x02"
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError, RuntimeError, KeyError,
    IndexError, OverflowError,
)  # fmt: skip


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin like a zip file."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


class Archive:
    """The entries of a zip file by name; ``read`` unpacks one.

    Raises Invalid: ``package_too_large`` (maximum), ``package_unreadable``, ``package_entries`` (maximum), ``package_bomb``
    (entry), ``package_path`` (entry), ``package_link`` (entry), ``package_encrypted`` (entry), ``package_twice`` (entry),
    ``package_nested`` (entry).
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAXIMUM_PACKAGE:
            raise Invalid("package_too_large", maximum="100 MB")
        # The directory is read as a whole below; a lying one is refused before that costs anything.
        if data.count(_ENTRY_MARK) > 2 * MAXIMUM_ENTRIES:
            raise Invalid("package_entries", maximum=MAXIMUM_ENTRIES)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise Invalid("package_unreadable") from error
        self._entries = _checked(self._zip.infolist())
        self._left = MAXIMUM_READ

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files in it, in its own order."""
        return tuple(self._entries)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def size(self, name: str) -> int:
        """How many bytes an entry says that it has."""
        return self._entries[name].file_size

    def read(self, name: str) -> bytes:
        """The bytes of an entry. Invalid(``package_unreadable`` | ``package_bomb`` | ``package_too_large``)."""
        entry = self._entries[name]
        if entry.file_size > self._left:
            raise Invalid("package_too_large", maximum="100 MB")
        try:
            with self._zip.open(entry) as opened:
                data = opened.read(entry.file_size + 1)
        except _BROKEN as error:
            raise Invalid("package_unreadable") from error
        if len(data) != entry.file_size:
            raise Invalid("package_bomb", entry=name[:100])
        if is_zip(data):
            raise Invalid("package_nested", entry=name[:100])
        self._left -= len(data)
        return data


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > MAXIMUM_ENTRIES:
        raise Invalid("package_entries", maximum=MAXIMUM_ENTRIES)
    total = 0
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for entry in entries:
        # Python shows "\" as "/" on some systems, so the name is looked at as it was written.
        written = entry.orig_filename
        name = entry.filename
        shown = written[:100]
        parts = name.rstrip("/").split("/")
        if (
            not name
            or name.startswith("/")
            or "\\" in written
            or _DRIVE.match(name)
            or _CONTROL.search(written)
            or any(part in ("", ".", "..") for part in parts)
        ):
            raise Invalid("package_path", entry=shown)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Invalid("package_link", entry=shown)
        if entry.flag_bits & 0x1:
            raise Invalid("package_encrypted", entry=shown)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Invalid("package_unreadable")
        if _NESTED.search(name):
            raise Invalid("package_nested", entry=shown)
        if name.casefold() in folded:
            raise Invalid("package_twice", entry=shown)
        folded.add(name.casefold())
        total += entry.file_size
        if total > MAXIMUM_UNPACKED or entry.file_size > max(
            _RATIO_FROM, MAXIMUM_RATIO * entry.compress_size
        ):
            raise Invalid("package_bomb", entry=shown)
        if not name.endswith("/"):
            found[name] = entry
    return found
