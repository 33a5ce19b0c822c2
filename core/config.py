# SPDX-License-Identifier: Apache-2.0
"""Configuration: frozen values built once from an optional TOML file and ``KASAUTI_*`` variables. Unknown keys fail."""

from __future__ import annotations

import hashlib
import hmac
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import Invalid

PREFIX = "KASAUTI_"
# Read by set-up and tests, not by the application.
_FOREIGN = frozenset({"CONFIG", "CHROMIUM", "TEST_POSTGRES", "BENCH"})
MINIMUM_SECRET = 32


class FaceNetwork(StrEnum):
    """The networks that may compare faces: the stronger one, and the one whose licence has no doubt."""

    MOBILEFACENET = "mobilefacenet"
    DLIB = "dlib-resnet"


class Mode(StrEnum):
    """Production refuses development secrets and sample data."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its default; ``docs/configuration.md`` explains each (a test compares the two).

    Each may stand in the TOML file named by ``KASAUTI_CONFIG`` or in the environment as ``KASAUTI_<NAME>``;
    the environment wins.
    """

    mode: Mode = Mode.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = 8000
    var: Path = Path("var")
    models: Path = Path(sys.prefix) / "share" / "kasauti" / "models"
    browser: Path = Path(sys.prefix) / "share" / "kasauti" / "browser"
    database: str = ""
    evidence: str = ""
    secret_key: str = ""
    threads: int = 256
    vision_workers: int = 1
    identity_network: FaceNetwork = FaceNetwork.MOBILEFACENET
    check_in_seconds: int = 20
    grace_seconds: int = 10
    login_hours: int = 10
    idle_minutes: int = 120
    trusted_proxies: int = 0
    public_url: str = ""
    notices_email: str = ""
    notices_sms: str = ""
    notices_sms_secret: str = ""
    notices_from: str = ""

    @property
    def secure(self) -> bool:
        """Whether cookies and links demand HTTPS."""
        return self.mode is Mode.PRODUCTION

    @property
    def database_url(self) -> str:
        """The configured database, or the embedded one under ``var``."""
        return self.database or f"sqlite:///{self.var / 'kasauti.db'}"

    @property
    def evidence_root(self) -> str:
        """The configured evidence store, or a folder under ``var``."""
        return self.evidence or str((self.var / "evidence").absolute())

    @property
    def base_url(self) -> str:
        """Where people reach the platform, without a slash at the end: as configured, or the address that is listened on."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    def key(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose, derived from the secret (HMAC-SHA256), so that no key serves two."""
        return hmac.new(self.secret_key.encode(), purpose.encode(), hashlib.sha256).digest()


def load_config(environment: Mapping[str, str]) -> Config:
    """Build the configuration.

    Raises Invalid with the key's name: ``config_unknown_key``, ``config_bad_value``, ``config_file``, ``secret_key_missing``,
    ``secret_key_short``.
    """
    known = {part.name for part in fields(Config)}
    settings: dict[str, Any] = {}
    if path := environment.get(PREFIX + "CONFIG"):
        settings.update(_from_file(Path(path), known))
    for variable, value in environment.items():
        if variable.startswith(PREFIX) and (name := variable.removeprefix(PREFIX)) not in _FOREIGN:
            if name.lower() not in known:
                raise Invalid(
                    "config_unknown_key", key=variable, known=sorted(PREFIX + key.upper() for key in known)
                )
            settings[name.lower()] = value
    config = Config(**{name: _parse(name, value) for name, value in settings.items()})
    _check(config)
    return config


def _from_file(path: Path, known: set[str]) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Invalid("config_file", path=str(path), reason=str(error)) from error
    for name in document:
        if name not in known:
            raise Invalid("config_unknown_key", key=name, known=sorted(known))
    return document


def _parse(name: str, value: Any) -> Any:
    kind = type(getattr(Config(), name))
    if isinstance(value, bool) or not isinstance(value, (str, int) if kind is int else str):
        raise Invalid(
            "config_bad_value", key=name, expected=_expected(kind)
        )  # TOML has lists, dates and floats too
    try:
        return kind(value)
    except ValueError as error:
        raise Invalid("config_bad_value", key=name, expected=_expected(kind)) from error


def _expected(kind: type) -> str:
    return " | ".join(kind) if issubclass(kind, StrEnum) else kind.__name__


def _check(config: Config) -> None:
    bounds = {
        "port": (0, 65535),
        "threads": (4, 4096),
        "vision_workers": (1, 64),
        "check_in_seconds": (2, 60),
        "grace_seconds": (0, 300),
        "login_hours": (1, 72),
        "idle_minutes": (5, 1440),
        "trusted_proxies": (0, 5),
    }
    for name, (low, high) in bounds.items():
        if not low <= getattr(config, name) <= high:
            raise Invalid("config_bad_value", key=name, expected=f"{low} to {high}")
    if config.public_url:
        _check_public_url(config.public_url, secure=config.secure)
    if config.secure and not config.secret_key:
        raise Invalid("secret_key_missing")
    if config.secret_key and len(config.secret_key) < MINIMUM_SECRET:
        raise Invalid("secret_key_short", minimum=MINIMUM_SECRET)


def _check_public_url(text: str, *, secure: bool) -> None:
    expected = "https://host[:port][/path]" if secure else "http(s)://host[:port][/path]"
    try:
        parts = urlsplit(text)
        fits = parts.scheme in (("https",) if secure else ("https", "http")) and bool(parts.hostname)
        fits = fits and parts.port != 0 and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        fits = False
    if not fits or not text.isprintable() or " " in text:
        raise Invalid("config_bad_value", key="public_url", expected=expected)
