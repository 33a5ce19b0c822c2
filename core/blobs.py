# SPDX-License-Identifier: Apache-2.0
"""Encrypted storage of pictures and files: AES-256-GCM with one key per scope (an attempt and a kind), itself wrapped.

The address of a blob is the SHA-256 of its ciphertext, so a changed file is noticed and a write is never half visible.
Forgetting a scope destroys its key: what was stored under it can no longer be read, wherever copies lie.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import fsspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.errors import NotFound, Unavailable
from core.ids import random_bytes, secret_token
from core.uow import UnitOfWork

_NONCE = 12


class BlobKeyRow(Base):
    """The wrapped data key of a scope; gone = erased."""

    __tablename__ = "blob_keys"

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary(128))
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where a blob lies, its plain size in bytes, and the hex SHA-256 of the plain bytes."""

    address: str
    size: int
    sha256: str


class BlobStore:
    """A folder (or bucket) of ciphertexts. ``root`` is any fsspec URL; ``master_key`` has 32 bytes."""

    def __init__(self, root: str, master_key: bytes) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(root)
        self._master = AESGCM(master_key)

    def put(self, scope: str, data: bytes, uow: UnitOfWork) -> BlobRef:
        """Encrypt and store ``data``; the file is complete before it gets its name."""
        nonce = random_bytes(_NONCE)
        sealed = nonce + AESGCM(self._data_key(scope, uow)).encrypt(nonce, data, scope.encode())
        address = hashlib.sha256(sealed).hexdigest()
        path, folder = self._path(address), f"{self._root}/{address[:2]}"
        try:
            self._fs.makedirs(folder, exist_ok=True)
            temporary = f"{folder}/.{secret_token(9)}.part"
            with self._fs.open(temporary, "wb") as file:
                file.write(sealed)
            self._fs.mv(temporary, path)
        except OSError as error:
            raise Unavailable("evidence_store_full_or_missing") from error
        return BlobRef(address, len(data), hashlib.sha256(data).hexdigest())

    def get(self, scope: str, address: str, uow: UnitOfWork) -> bytes:
        """The plain bytes; NotFound when absent or forgotten, Unavailable(``blob_damaged``) when altered."""
        row = uow.db.get(BlobKeyRow, scope)
        if row is None:
            raise NotFound("blob_forgotten")
        try:
            with self._fs.open(self._path(address), "rb") as file:
                sealed: bytes = file.read()
        except FileNotFoundError as error:
            raise NotFound("blob_missing") from error
        try:
            return AESGCM(self._unwrap(row)).decrypt(sealed[:_NONCE], sealed[_NONCE:], scope.encode())
        except InvalidTag as error:
            raise Unavailable("blob_damaged") from error

    def forget(self, scope: str, uow: UnitOfWork) -> bool:
        """Destroy the scope's key; repeating it changes nothing. Whether there was one."""
        row = uow.db.get(BlobKeyRow, scope)
        if row is None:
            return False
        uow.db.delete(row)
        uow.db.flush()
        return True

    def remove(self, addresses: Iterable[str]) -> int:
        """Delete ciphertexts, after the commit that forgot them; how many were there. One that stays is unreadable."""
        removed = 0
        for address in addresses:
            try:
                self._fs.rm_file(self._path(address))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise Unavailable("evidence_store_full_or_missing") from error
            removed += 1
        return removed

    def _path(self, address: str) -> str:
        if len(address) != 64 or not all(character in "0123456789abcdef" for character in address):
            raise NotFound("blob_missing")
        return f"{self._root}/{address[:2]}/{address}"

    def _data_key(self, scope: str, uow: UnitOfWork) -> bytes:
        row = uow.db.get(BlobKeyRow, scope)
        if row is not None:
            return self._unwrap(row)
        key, nonce = AESGCM.generate_key(256), random_bytes(_NONCE)
        wrapped = nonce + self._master.encrypt(nonce, key, scope.encode())
        uow.db.add(BlobKeyRow(scope=scope, wrapped_key=wrapped, created_at=uow.now))
        uow.db.flush()
        return key

    def _unwrap(self, row: BlobKeyRow) -> bytes:
        try:
            return self._master.decrypt(
                row.wrapped_key[:_NONCE], row.wrapped_key[_NONCE:], row.scope.encode()
            )
        except InvalidTag as error:
            raise Unavailable("blob_key_wrong") from error
