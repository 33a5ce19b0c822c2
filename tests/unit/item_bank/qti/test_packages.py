# SPDX-License-Identifier: Apache-2.0
"""Packages: what of them is read, and hostile ones, which are refused by name and cost little."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib

import pytest

from core.errors import Invalid
from item_bank.document import Part
from item_bank.items.parsing import read_item
from item_bank.qti.reading import parse_qti
from item_bank.qti.writing import export_qti
from tests.unit.item_bank.qti.documents import (
    DEFAULTS,
    assessment_item,
    choice,
    declared,
    manifest,
    package,
    packed,
    parsed,
)
from tests.unit.item_bank.rich_files import FILES
from tests.unit.item_bank.rich_items import DOCUMENTS

ITEM = assessment_item("<p>x</p>" + choice("one", "two"), declared("RESPONSE", "single", "identifier", "B"))
LOM = (
    '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general>'
    '<keyword><string language="en">safety</string></keyword></general>'
    "<educational><difficulty><value>difficult</value></difficulty>"
    "<typicalLearningTime><duration>PT1M30S</duration></typicalLearningTime></educational>"
    "<classification><purpose><value>competency</value></purpose><taxonPath><taxon><id>PC3</id></taxon></taxonPath>"
    "</classification></lom></metadata>"
)


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as found:
        parse_qti(data, filename="x.zip", defaults=DEFAULTS)
    return found.value


def named(name: str, *, attributes: int = 0, flags: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package with one more entry, its name and flags as given."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("imsmanifest.xml", manifest("item.xml"))
        archive.writestr("item.xml", ITEM)
        entry = zipfile.ZipInfo(
            "PLACEHOLDER-" + "x" * (len(name.encode()) - 12)
            if len(name.encode()) >= 12
            else "p" * len(name.encode())
        )
        entry.external_attr = attributes
        entry.compress_type = method
        archive.writestr(entry, b"text")
    data = target.getvalue().replace(entry.filename.encode(), name.encode())
    if flags:
        place = data.rindex(b"PK\x01\x02")
        data = data[: place + 8] + struct.pack("<H", flags) + data[place + 10 :]
    return data


def test_metadata_of_the_manifest_is_read() -> None:
    (item,) = parsed(package(ITEM, metadata=LOM)).items
    content = item.document.content
    assert (content.pc, content.difficulty.value, content.seconds, content.tags) == (
        "PC3",
        "hard",
        90,
        ("safety",),
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("package_path", "../../etc/evil.xml"),
        ("package_path", "/etc/evil-item.xml"),
        ("package_path", "a/../../evil-item.xml"),
        ("package_path", "C:/evil-item-file.xml"),
        ("package_path", "dir\\evil-item-file.xml"),
        ("package_path", "dir//evil-item-file.xml"),
        ("package_path", "evil\x07-item-file.xml"),
        ("package_twice", "IMSMANIFEST.XML"),
        ("package_nested", "inner-package.zip"),
        ("package_nested", "inner-package.tar.gz"),
    ],
)  # fmt: skip
def test_a_hostile_name_refuses_the_whole_package(code: str, name: str) -> None:
    assert refusal(named(name)).code == code


def test_links_and_encrypted_entries_are_refused() -> None:
    assert refusal(named("harmless-name.xml", attributes=0o120777 << 16)).code == "package_link"
    assert refusal(named("harmless-name.xml", flags=1)).code == "package_encrypted"


def test_other_ways_of_packing_are_refused() -> None:
    assert refusal(named("harmless-name.xml", method=zipfile.ZIP_BZIP2)).code == "package_unreadable"


def test_a_package_inside_a_package_is_refused_whatever_its_name() -> None:
    item = assessment_item(
        '<p><img src="pic.png" alt="x"/></p>' + choice("one", "two"),
        declared("RESPONSE", "single", "identifier", "B"),
    )
    (read,) = parsed(package(item, {"pic.png": packed({"a": b"b"})})).items
    assert [problem.code for problem in read.problems] == ["package_nested"]


@pytest.mark.parametrize("size", [30_000_000, 250_000_000])
def test_a_bomb_is_refused_before_it_unpacks(size: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest("item.xml"))
        with archive.open("item.xml", "w", force_zip64=True) as entry:
            for _ in range(size // 1_000_000):
                entry.write(b"\0" * 1_000_000)
    tracemalloc.start()
    begun = time.perf_counter()
    assert refusal(target.getvalue()).code == "package_bomb"
    assert time.perf_counter() - begun < 5
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(packed({"imsmanifest.xml": manifest("item.xml") + b" " * 5000, "item.xml": ITEM}))
    size = struct.pack("<I", len(manifest("item.xml")) + 5000)
    short = struct.pack("<I", 100)
    lying = bytes(data).replace(size, short)
    assert refusal(lying).code in {"package_bomb", "package_unreadable", "xml_malformed"}


def test_too_many_entries_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(5_001):
            archive.writestr(f"f{number}", b"")
    assert refusal(target.getvalue()).code == "package_entries"


@pytest.mark.parametrize("cut", [4, 30, 200, -1, -22])
def test_a_damaged_package_is_refused(cut: int) -> None:
    assert refusal(package(ITEM)[:cut]).code == "package_unreadable"


def test_a_damaged_entry_refuses_only_its_item() -> None:
    good = ITEM.replace(b'identifier="item-1"', b'identifier="item-2"')
    files = {"imsmanifest.xml": manifest("a.xml", "b.xml"), "a.xml": ITEM, "b.xml": good}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    spoilt = target.getvalue().replace(ITEM, ITEM.replace(b"two", b"2wo"))
    first, second = parsed(spoilt).items
    assert [problem.code for problem in first.problems] == ["package_unreadable"]
    assert second.problems == ()


def test_a_package_without_manifest_is_read_by_its_files_and_that_is_said() -> None:
    read = parsed(packed({"a/item.xml": ITEM, "other.xml": b"<other/>"}))
    assert [item.problems for item in read.items] == [()]
    assert any("no imsmanifest.xml" in loss.what for loss in read.losses)


def test_tests_and_unnamed_files_are_named_as_lost() -> None:
    test = '<resource identifier="T" type="imsqti_test_xmlv2p1" href="test.xml"><file href="test.xml"/></resource>'
    read = parsed(
        packed(
            {
                "imsmanifest.xml": manifest("item.xml", more=test),
                "item.xml": ITEM,
                "test.xml": b"<assessmentTest/>",
                "x.xml": b"<x/>",
            }
        )
    )
    assert len(read.items) == 1
    assert any(loss.where == "test.xml" and loss.what.startswith("a test") for loss in read.losses)
    assert any("does not name" in loss.what and "x.xml" in loss.what for loss in read.losses)


def test_a_package_of_qti_1_is_refused_by_its_version() -> None:
    found = refusal(
        packed({"imsmanifest.xml": manifest("a.xml", kind="imsqti_xmlv1p2"), "a.xml": b"<questestinterop/>"})
    )
    assert (found.code, found.facts["version"]) == ("qti_version_unsupported", "1.2")


def test_a_package_without_items_is_refused() -> None:
    assert refusal(packed({"imsmanifest.xml": manifest()})).code == "qti_no_items"
    assert refusal(packed({"readme.txt": b"x"})).code == "qti_no_items"
    assert refusal(packed({"imsmanifest.xml": b"<other/>"})).code == "package_manifest"


def test_the_same_identifier_twice_is_refused_from_the_second_on() -> None:
    read = parsed(packed({"imsmanifest.xml": manifest("a.xml", "b.xml"), "a.xml": ITEM, "b.xml": ITEM}))
    assert [[problem.code for problem in item.problems] for item in read.items] == [[], ["duplicate_id"]]


def test_a_file_that_the_manifest_names_and_the_package_lacks_is_refused() -> None:
    (item,) = parsed(packed({"imsmanifest.xml": manifest("gone.xml")})).items
    assert [problem.code for problem in item.problems] == ["file_not_in_package"]


def test_what_lies_beyond_the_elements_of_a_package_is_refused_item_by_item() -> None:
    big = assessment_item(
        "<p>x</p>" * 9_900 + choice("one", "two"), declared("RESPONSE", "single", "identifier", "B")
    )
    paths = [f"{number}.xml" for number in range(27)]
    read = parsed(packed({"imsmanifest.xml": manifest(*paths), **dict.fromkeys(paths, big)}))
    found = [{problem.code for problem in item.problems} for item in read.items]
    assert "xml_too_large" not in found[0]
    assert found[-1] == {"xml_too_large"}


def _exported(kind: str, version: str = "3.0") -> dict[str, bytes]:
    reader = Part(DOCUMENTS[kind])
    item = read_item(reader)
    assert not reader.problems
    import hashlib

    known = {hashlib.sha256(data).hexdigest(): data for _, data in FILES.values()}
    with zipfile.ZipFile(io.BytesIO(export_qti([item], version=version, media=known.__getitem__))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_note_never_overrules_the_xml() -> None:
    files = _exported("text_entry")
    path = next(name for name in files if name.endswith(".en.xml"))
    for name in [name for name in files if name.startswith("items/")]:
        files[name] = files[name].replace(b"1930", b"112")
    read = parsed(packed(files))
    (item,) = read.items
    assert item.problems == ()
    key = item.document.key
    assert "112" in (key.parts[0].correct if item.document.content.is_rich else key.correct)
    assert any(loss.what == "a note of our own export: it fits the item no longer" for loss in read.losses)
    assert path in files


def test_languages_that_ask_for_other_things_are_refused() -> None:
    files = _exported("choice_single")
    path = next(name for name in files if name.endswith(".hi.xml"))
    files[path] = files[path].replace(b"<qti-value>B</qti-value>", b"<qti-value>A</qti-value>")
    (item,) = parsed(packed(files)).items
    assert [problem.code for problem in item.problems] == ["languages_differ"]


@pytest.mark.parametrize(
    "note", [b"{", b"[]", b'{"id":1}', b"[" * 100_000, b'{"id":"a","language":"en","media":{"a":1}}']
)
def test_a_broken_note_is_left_out(note: bytes) -> None:
    metadata = LOM.replace(
        "</metadata>", f'<item xmlns="urn:kasauti:item:1">{note.decode()}</item></metadata>'
    )
    (item,) = parsed(package(ITEM, metadata=metadata)).items
    assert item.problems == ()


def test_a_package_with_a_wrong_checksum_is_refused_by_name() -> None:
    assert zlib.crc32(ITEM)
    data = packed({"imsmanifest.xml": manifest("item.xml"), "item.xml": ITEM})
    crc = struct.pack("<I", zlib.crc32(manifest("item.xml")))
    assert refusal(data.replace(crc, b"\0\0\0\0")).code == "package_unreadable"


@pytest.mark.parametrize(
    ("version", "code"),
    [("2.2", "qti_version_unknown"), ("", "qti_version_unknown"), ("3.0", "qti_nothing_to_export")],
)
def test_an_export_that_cannot_be_is_refused_by_name(version: str, code: str) -> None:
    with pytest.raises(Invalid) as found:
        export_qti([], version=version, media=lambda sha256: b"")
    assert found.value.code == code


def test_a_file_that_is_not_the_pinned_one_is_never_exported() -> None:
    item = read_item(Part(DOCUMENTS["hotspot"]))
    with pytest.raises(Invalid) as found:
        export_qti([item], media=lambda sha256: b"other")
    assert found.value.code == "qti_cannot_express"


def test_one_stimulus_is_written_once_for_its_group() -> None:
    files = _exported("composite")
    assert sum(name.startswith("stimuli/") for name in files) == 2
    assert not any(name.startswith("stimuli/") for name in _exported("composite", "2.1"))


def test_keys_stay_out_of_the_text_that_players_show() -> None:
    for name, data in _exported("choice_single").items():
        if name.startswith("items/"):
            body = data[data.index(b"<qti-item-body>") : data.index(b"</qti-item-body>")]
            assert b"correct" not in body
