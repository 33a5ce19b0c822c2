# SPDX-License-Identifier: Apache-2.0
"""Languages of the interface: English in the source, Hindi from ``translations/hi``, chosen by the person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, request
from flask_babel import Babel, get_locale, gettext
from markupsafe import Markup

LANGUAGES = {"en": "English", "hi": "हिन्दी"}
COOKIE = "kasauti-language"
DEFAULT_ZONE = "Asia/Kolkata"
_SOURCES = Path(__file__).parent / "translations"


def install(app: Flask, *, cache: Path) -> None:
    """Compile the catalogues into ``cache`` (only when they changed) and choose the language of each request."""
    _compile(cache)
    Babel(
        app,
        default_translation_directories=str(cache.absolute()),
        locale_selector=choose_language,
        timezone_selector=lambda: DEFAULT_ZONE,
    )
    app.jinja_env.globals["_"] = template_words()
    app.jinja_env.filters["instant"] = show_instant
    app.jinja_env.filters["clock_time"] = show_time
    app.jinja_env.filters["day"] = show_day
    app.jinja_env.filters["in_language"] = in_language

    @app.context_processor
    def language_context() -> dict[str, object]:
        return {"lang": language(), "languages": LANGUAGES}


def template_words() -> Callable[..., Markup]:
    """``_`` of templates, as that of Jinja is; a text is looked up once a language: a page has hundreds."""
    known: dict[tuple[str, str], Markup] = {}
    patterns: dict[tuple[str, str], Markup] = {}

    def words(text: str, /, **facts: object) -> Markup:
        key = language(), text
        if facts:
            pattern = patterns.get(key) or patterns.setdefault(key, Markup(gettext(text)))  # noqa: S704 - our own texts
            return pattern % facts  # which escapes them
        found = known.get(key)
        if found is None:
            found = known[key] = Markup(gettext(text)) % {}  # noqa: S704 - as above
        return found

    return words


def choose_language() -> str:
    """The cookie's choice, else the signed-in person's language, else what the browser asks for."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    user = g.get("user")
    if user is not None and user.language in LANGUAGES:
        return str(user.language)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def language() -> str:
    """The language of this request as ``en`` or ``hi``."""
    locale = get_locale()
    return locale.language if locale is not None else "en"


def show_instant(at: datetime | None, zone: str = DEFAULT_ZONE) -> str:
    """An instant in words, in the sitting's zone: ``22 Nov 2026, 11:30 am``."""
    return format_datetime(at, "d MMM y, h:mm\u202fa", ZoneInfo(zone), get_locale() or "en") if at else "–"


def show_day(on: date | str | None) -> str:
    """A day, or its ISO text, in words: ``22 Nov 2026``."""
    if not on:
        return "–"
    return format_date(date.fromisoformat(on) if isinstance(on, str) else on, "d MMM y", get_locale() or "en")


def show_time(at: datetime | None, zone: str = DEFAULT_ZONE) -> str:
    """The time of day with seconds, alike in all our languages."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M:%S}" if at else "–"


def show_zone(at: datetime, zone: str = DEFAULT_ZONE) -> str:
    """The name of a zone at an instant: ``India Time``, ``British Summer Time``."""
    where, locale = ZoneInfo(zone), get_locale() or "en"
    name = get_timezone_name(at.astimezone(where), locale=locale)
    # Some zones have no name of their own in CLDR under today's id; their country's time is clearer than an offset.
    return str(get_timezone_name(get_timezone(zone), locale=locale) if name.startswith("GMT") else name)


def in_language(text: dict[str, str] | None) -> str:
    """The wanted language of a bilingual text, falling back to the other rather than to nothing."""
    if not text:
        return ""
    return text.get(language()) or next(iter(text.values()))


def _compile(cache: Path) -> None:
    for source in _SOURCES.glob("*/LC_MESSAGES/messages.po"):
        target = cache / source.relative_to(_SOURCES).with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(".part")
        with source.open("rb") as read, temporary.open("wb") as write:
            write_mo(write, read_po(read))
        temporary.replace(target)
