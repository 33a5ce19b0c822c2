# SPDX-License-Identifier: Apache-2.0
"""Files made to do harm: each gets a clear refusal, in a process of its own that may use 256 MB and 10 seconds."""

from __future__ import annotations

import base64
import io
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
MEGABYTES = 256
SECONDS = 10

READ = """
import json, resource, sys
from core.errors import KasautiError
from item_bank.formats.files import parse_items
from item_bank.formats.model import ImportDefaults
data = open(sys.argv[1], "rb").read()
try:
    parsed = parse_items(data, filename=sys.argv[2], defaults=ImportDefaults(pc="PC1"))
    found = {"items": len(parsed.items), "codes": sorted({r.code for one in parsed.items for r in one.refusals()})}
except KasautiError as error:
    found = {"refused": error.code}
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # of this program alone
print(json.dumps({**found, "mb": int(peak.split()[1]) / 1024, "cpu": used.ru_utime + used.ru_stime}))
"""


def zipped(members: dict[str, bytes], *, link: str = "") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        if link:
            entry = zipfile.ZipInfo("item.xml")
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, link)
    return target.getvalue()


MANIFEST = b'<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><resources>%s</resources></manifest>'
RESOURCE = b'<resource identifier="a" type="imsqti_item_xmlv2p1" href="%s"><file href="%s"/></resource>'
BOOK = (
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="items" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>'
    b"</Relationships>"
)
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
HEAD = b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
LAUGHS = b"<!DOCTYPE q [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 12)
)


def sheet(rows: bytes) -> bytes:
    return zipped(
        {
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": RELATIONS,
            "xl/worksheets/sheet1.xml": SHEET % rows,
        }
    )


def noisy(count: int) -> bytes:
    """Rows that do not pack well enough to look like a bomb."""
    return b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%d %x</t></is></c></row>' % (n, n, n * 7919, n * 104729)
        for n in range(2, count)
    )


def moodle(text: str) -> bytes:
    return (
        '<quiz><question type="multichoice"><name><text>n</text></name><questiontext format="html"><text><![CDATA['
        f"{text}]]></text></questiontext><answer fraction='100'><text>a</text></answer>"
        "<answer fraction='0'><text>b</text></answer>"
        "</question></quiz>"
    ).encode()


def qti(href: bytes, **members: bytes) -> dict[str, bytes]:
    return {
        "imsmanifest.xml": MANIFEST % (RESOURCE % (href, href)),
        **{f"{k}.xml": v for k, v in members.items()},
    }


def huge_picture() -> str:
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 6_000_000).decode()


HOSTILE: dict[str, Callable[[], tuple[str, bytes]]] = {
    "external entity in Moodle": lambda: (
        "q.xml",
        b'<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>',
    ),
    "billion laughs in Moodle": lambda: ("q.xml", LAUGHS + b"]><quiz>&l;</quiz>"),
    "10,000-deep XML": lambda: ("q.xml", b"<quiz>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</quiz>"),
    "a million elements": lambda: ("q.xml", b"<quiz>" + b"<a/>" * 1_000_000 + b"</quiz>"),
    "a wrong encoding": lambda: ("q.xml", b'<?xml version="1.0" encoding="UTF-8"?><quiz>\xff\xfe</quiz>'),
    "NUL bytes": lambda: ("q.xml", b"<quiz>\0</quiz>"),
    "10,000-deep HTML": lambda: ("q.xml", moodle("<div>" * 10_000)),
    "a script": lambda: ("q.xml", moodle("<script>fetch('/x')</script>")),
    "a handler": lambda: ("q.xml", moodle("<p onmouseover=alert(1)>a</p>")),
    "a huge file in base64": lambda: ("q.xml", moodle(f"<img src='data:image/png;base64,{huge_picture()}'>")),
    "a huge text": lambda: ("q.xml", moodle("a" * 5_000_000)),
    "open spans of languages": lambda: ("q.xml", moodle('<span lang="en" class="multilang">' * 4000)),
    "a bomb of a sheet": lambda: ("b.xlsx", zipped({"xl/workbook.xml": b" " * 300_000_000})),
    "a bomb in pieces": lambda: ("b.xlsx", zipped({f"xl/{n}.xml": b"x" * 900_000 for n in range(200)})),
    "entities in a sheet": lambda: ("b.xlsx", zipped({"xl/workbook.xml": LAUGHS + b"]><a>&l;</a>"})),
    "a million rows": lambda: ("b.xlsx", sheet(HEAD + noisy(1_000_000))),
    "two far corners": lambda: ("b.xlsx", sheet(HEAD + b'<row r="99000"><c r="XFD99000"><v>1</v></c></row>')),
    "a huge cell": lambda: (
        "b.xlsx",
        sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"ab" * 10_000_000 + b"</t></is></c></row>"),
    ),
    "deep XML in a sheet": lambda: ("b.xlsx", sheet(b"<a>" * 100_000)),
    "a table of a million rows": lambda: ("b.csv", b"id,pc\n" + b"1,2\n" * 1_000_000),
    "a table of a million columns": lambda: ("b.csv", b"a," * 1_000_000),
    "an endless quotation": lambda: ("b.csv", b'id,pc\n"' + b"a,b\n" * 1_000_000),
    "deep JSON": lambda: ("b.json", b"[" * 5_000_000),
    "a JSON of empty objects": lambda: ("b.json", b"[" + b"{}," * 5_000_000 + b"{}]"),
    "a JSON of texts": lambda: ("b.json", b"[" + b'"ab",' * 3_000_000 + b'"a"]'),
    "a million questions": lambda: ("b.gift", b"q{T}\n\n" * 1_000_000),
    "a GIFT of braces": lambda: ("b.gift", b"{" * 2_000_000),
    "a GIFT of escapes": lambda: ("b.gift", b"q{=" + b"\\~" * 2_000_000 + b"}"),
    "a GIFT of tags": lambda: ("b.gift", b"[html]" + b"<a " * 60_000 + b"{T}"),
    "an Aiken without end": lambda: ("b.txt", b"Q?\nA. x\nB. y\nANSWER: A\n" + b"Q?\nA. x\n" * 300_000),
    "a mix of line ends": lambda: ("b.gift", b"q1{T}\r\r" * 1000),
    "Kruti Dev of one letter": lambda: ("b.gift", b"gS esa dh " + b"D" * 190_000 + b"{T}"),
    "a slip out of the package": lambda: (
        "p.zip",
        zipped(qti(b"../../etc/cron.d/x") | {"../../evil.xml": b"<x/>"}),
    ),
    "a link in the package": lambda: ("p.zip", zipped(qti(b"item.xml"), link="/etc/passwd")),
    "a bomb of a package": lambda: ("p.zip", zipped(qti(b"item.xml", item=b" " * 300_000_000))),
    "laughs in a package": lambda: (
        "p.zip",
        zipped(qti(b"item.xml", item=LAUGHS + b"]><assessmentItem>&l;</assessmentItem>")),
    ),
    "a deep item": lambda: (
        "i.xml",
        b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1">' + b"<p>" * 10_000,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    filename, data = HOSTILE[name]()
    file = tmp_path / "upload"
    file.write_bytes(data)
    before = {path: path.stat().st_size for path in tmp_path.iterdir()}
    done = subprocess.run(
        [sys.executable, "-c", READ, str(file), filename],
        cwd=ROOT, env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert "refused" in found or found["codes"] or name == "a mix of line ends", found
    assert found["mb"] <= MEGABYTES, found
    assert found["cpu"] <= SECONDS, found
    assert {path: path.stat().st_size for path in tmp_path.iterdir()} == before
