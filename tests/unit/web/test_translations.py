# SPDX-License-Identifier: Apache-2.0
"""Every text of the interface is there in Hindi, whole and in Hindi; no text bypasses the catalogue."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

WEB = Path(__file__).resolve().parents[3] / "web"
HINDI = WEB / "translations" / "hi" / "LC_MESSAGES" / "messages.po"

# Not words of a language: two placeholders with a colon between them.
NO_LETTERS = {"{name}: {alert}"}
# Latin words of more than three letters that stay as they are: names, file formats, and what a sheet must hold word for word.
LATIN = {
    "Aiken", "Apache", "Asia", "Authorization", "Bearer", "Connect", "DOCTYPE", "Enter", "Excel", "Fatima", "GIFT", "HTML",
    "JPEG", "JSON", "Kolkata", "Kruti", "Linux", "Moodle", "N0101", "NSQF", "OpenID", "PostgreSQL", "Sheikh", "Shift", "TOML",
    "Unicode", "application", "assessmentItem", "case", "class", "csv", "easy", "enemy", "hard", "image", "items", "jpeg",
    "json", "kbit", "kst_", "medium", "next_cursor", "node_modules", "practical", "project", "pysqlite3", "sha256",
    "sitting", "study", "synchronous_commit", "theory", "viva", "webm", "webp", "xlsx", "years",
    "fsync", "full_page_writes", "https",
    # people after whom a method is called, and models and figures by their names
    "Benjamini", "Brennan", "Christensen", "DINA", "DINO", "EEOC", "Guttman", "Hochberg", "Kelley", "Levine", "Lewis",
    "Linacre", "Livingston", "RMSEA", "Rasch", "Rogers", "Rudner", "SRMSR", "Swaminathan", "Tucker", "Wise", "Wright", "Zhang",
    # what a command or a file must say word for word
    "always", "auto", "beta", "binomial", "bonferroni", "brennan", "difficulty", "equipercentile", "facility", "gpcm", "guess",
    "haebara", "hanson", "holm", "item", "lewis", "linear", "livingston", "lord", "mean", "never", "normal", "people", "seed",
    "slope", "stocking",
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")
COMMAND = re.compile(r"`[^`]*`|\bKASAUTI_\w+|--[a-z]+(?:-[a-z]+)*")
DEVANAGARI = re.compile(r"[\u0900-\u097f]")

# Texts of templates that need no translation: names, and the words that an item sheet must use.
NAMES = {
    "Aiken", "Asha", "Deshmukh", "English", "Fatima", "JSON", "Kasauti", "Kumari", "Moodle XML", "Ravi", "Sheikh",
    "choice_multiple", "choice_single", "difficulty", "en", "hi", "id", "key", "option_a_en", "pc", "seconds",
    "safeexambrowser", "org", "stem_en", "stem_hi", "text_entry", "type", "xlsx",
}  # fmt: skip
SPOKEN = {"title", "aria-label", "alt", "placeholder", "aria-description", "aria-roledescription"}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The texts as they stand in the sources now."""
    template = tmp_path_factory.mktemp("texts") / "messages.pot"
    mapping = WEB / "translations" / "babel.cfg"
    CommandLineInterface().run(
        ["pybabel", "--quiet", "extract", "--mapping", str(mapping), "--output", str(template), str(WEB)]
    )
    with template.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def hindi() -> Catalog:
    with HINDI.open("rb") as file:
        return read_po(file)


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Each English text with its Hindi; each form of a plural on its own."""
    for message in texts(catalogue):
        if message.pluralizable:
            yield from zip(message.id, message.string, strict=True)
        else:
            yield str(message.id), str(message.string)


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_the_catalogue_holds_exactly_the_texts_of_the_sources(sources: Catalog, hindi: Catalog) -> None:
    wanted = {message.id for message in texts(sources)}
    held = {message.id for message in texts(hindi)}
    assert len(wanted) > 1000
    assert held - wanted == set(), "no longer used: run scripts/translations"
    assert wanted - held == set(), "new texts: run scripts/translations and translate them"
    assert not hindi.obsolete


def test_nothing_is_untranslated_or_guessed(hindi: Catalog) -> None:
    assert [english for english, text in pairs(hindi) if not text.strip()] == []
    assert [message.id for message in texts(hindi) if message.fuzzy] == []


def test_hindi_counts_zero_and_one_as_singular(hindi: Catalog) -> None:
    assert (hindi.num_plurals, hindi.plural_expr) == (2, "(n > 1)")


def test_placeholders_are_the_same_in_both_languages(hindi: Catalog) -> None:
    wrong = [
        (english, text)
        for english, text in pairs(hindi)
        if Counter(PLACEHOLDER.findall(english)) != Counter(PLACEHOLDER.findall(text))
    ]
    assert wrong == []


def test_every_translation_is_in_devanagari_and_normalised(hindi: Catalog) -> None:
    latin = [
        text for english, text in pairs(hindi) if not DEVANAGARI.search(text) and english not in NO_LETTERS
    ]
    assert latin == []
    assert [text for _english, text in pairs(hindi) if unicodedata.normalize("NFC", text) != text] == []


def test_no_english_words_are_left(hindi: Catalog) -> None:
    left = {}
    for _english, text in pairs(hindi):
        bare = COMMAND.sub(" ", PLACEHOLDER.sub(" ", text))
        words = {word for word in re.findall(r"[A-Za-z][A-Za-z0-9_]{3,}", bare) if word not in LATIN}
        if words:
            left[text] = words
    assert left == {}


def test_digits_are_those_of_the_interface(hindi: Catalog) -> None:
    digits = re.compile(r"[\u0966-\u096f]")
    assert [
        text for english, text in pairs(hindi) if digits.search(text) and not digits.search(english)
    ] == []


def test_a_sentence_ends_like_its_original(hindi: Catalog) -> None:
    ends = {".": "।", "?": "?", "…": "…", "!": "!"}
    wrong = []
    for english, text in pairs(hindi):
        wanted = ends.get(english[-1])
        if (wanted and not text.endswith(wanted)) or (wanted != "।" and text.endswith("।")):
            wrong.append((english, text))
    assert wrong == []
    assert [text for _english, text in pairs(hindi) if re.search(r"\s[।?,;:]|।\S|\s\s", text)] == []


def test_no_danda_follows_a_latin_letter_or_a_digit_which_it_resembles(hindi: Catalog) -> None:
    assert [
        text for _english, text in pairs(hindi) if re.search(r"(?:[A-Za-z0-9%]|%\(\w+\)s|\})।", text)
    ] == []


def test_a_label_quoted_in_a_sentence_is_the_label_on_the_screen(hindi: Catalog) -> None:
    labels = dict(pairs(hindi))
    wrong = []
    for english, text in pairs(hindi):
        for quoted in re.findall(r"“([^“”%{]+)”", english):
            label = labels.get(quoted)
            if label and f"“{label}”" not in text:
                wrong.append((english, label))
    assert wrong == []


class Spoken(HTMLParser):
    """Collects what a person reads or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.loose: list[str] = []  # outside every element: a text, or a macro's word for the machine

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [str(values[name]) for name in SPOKEN & values.keys()]
        # A passage marked as English stands beside the same in Hindi; code and keys have no language.
        silent = tag in ("script", "style", "code", "kbd") or values.get("lang") == "en"
        if tag not in ("br", "img", "input", "meta", "link", "hr", "wbr", "path", "stop"):
            self.open.append((tag, silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Drawn shapes say nothing."""

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.loose.append(data)
        elif not any(silent for _tag, silent in self.open):
            self.found.append(data)


TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: path.relative_to(WEB / "templates").as_posix()
)
def test_a_template_says_nothing_that_is_not_translated(template: Path) -> None:
    tree = Environment(autoescape=True).parse(template.read_text(encoding="utf-8"))
    page = Spoken()
    page.feed(" | ".join(data.data for data in tree.find_all(nodes.TemplateData)))
    page.close()
    words = {word for text in page.found for word in re.findall(r"[A-Za-z][A-Za-z0-9_]+", text)}
    assert words - NAMES == set()
    assert [text for text in page.loose if reads_like_text(text)] == []
    assert list(bare_sentences(tree)) == []


def bare_sentences(node: nodes.Node) -> Iterator[str]:
    """Constants of a template's expressions that read like text and are not handed to gettext."""
    for child in node.iter_child_nodes():
        if (
            isinstance(child, nodes.Call)
            and isinstance(child.node, nodes.Name)
            and child.node.name in ("_", "ngettext")
        ):
            for argument in (*child.args[2:], *child.kwargs):
                yield from bare_sentences(argument)
        elif isinstance(child, nodes.Const) and isinstance(child.value, str):
            if reads_like_text(child.value):
                yield child.value
        elif not isinstance(child, nodes.TemplateData):
            yield from bare_sentences(child)


def reads_like_text(text: str) -> bool:
    """Begins like a sentence, or has three plain words in a row."""
    return (
        bool(re.search(r"^[A-Z][a-z]+\b(?![/_.-])|\b[A-Za-z]+,? [a-z]+ [a-z]+\b", text)) and text not in NAMES
    )


PRODUCTS = {  # browsers and systems, as they call themselves and as everybody calls them
    "Edg", "Edge", "OPR", "Opera", "SamsungBrowser", "Samsung Internet", "Firefox", "Chrome", "Safari",
    "Android", "iPhone", "iPad", "Windows", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux",
}  # fmt: skip
SPEAKING = sorted(
    path
    for folder in ("presenters", "blueprints", "forms", "error_texts")
    for path in (WEB / folder).rglob("*.py")
    if path.name != "api.py"  # its texts are the interface description that programmers read
)


@pytest.mark.parametrize("module", SPEAKING, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_module_of_pages_says_nothing_that_is_not_translated(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    silent: set[int] = set()  # docstrings, and what is handed to gettext
    for node in ast.walk(tree):
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if called in ("_", "N_", "ngettext", "gettext", "TypeVar") or isinstance(node, ast.Expr):
            silent |= {id(inner) for inner in ast.walk(node) if isinstance(inner, ast.Constant)}
    said = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]
    assert [text for text in said if reads_like_text(text) and text not in PRODUCTS] == []


SCRIPTS = sorted((WEB / "static" / "js").glob("*.js"))
PROTOCOL = {
    "io server disconnect",  # a reason that the Socket.IO client gives
    *("Accept", "Range", "Vary"),  # headers
    *("End", "Enter", "Escape", "Home"),  # keys
    "blur focus visibilitychange",  # events of the browser
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_speaks_only_the_words_of_its_page(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    # Comments, and errors that nobody but a developer's console sees.
    bare = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*|new \w*Error\([^)]*\)", "", source, flags=re.DOTALL)
    said = re.findall(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`", bare)
    assert [text for text in said if reads_like_text(text[1:-1]) and text[1:-1] not in PROTOCOL] == []
