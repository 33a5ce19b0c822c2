# SPDX-License-Identifier: Apache-2.0
"""Files, reviews, decisions and evidence with everything that can be wrong with them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from tests.web import world
from tests.web.calm import calm
from tests.web.site import Site, Visitor
from tests.web.world import acting_as, person
from web import demo
from web.error_texts import TEXTS


@pytest.fixture
def author(site: Site) -> Visitor:
    visitor = site.staff(Role.AUTHOR)
    visitor.get("/author/import")
    return visitor


def credential_of(site: Site) -> str:
    with site.parts.store.read(Actor.system()) as uow:
        return bank.credential_versions(uow, state=bank.CredentialState.LIVE)[0].id


def send_file(site: Site, author: Visitor, data: bytes, name: str, **other: str) -> TestResponse:
    """Post the import form."""
    form: dict[str, Any] = {"mode": "check", "credential_version_id": credential_of(site), **other}
    if len(data) < 400_000:
        return author.post("/author/import", {**form, "file": (io.BytesIO(data), name)})
    # The test client would put a large body into a file of its own, and leave it open.
    parts = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in form.items()]
    parts.append(f'name="file"; filename="{name}"\r\n\r\n'.encode() + data)
    body = b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return author.send_raw(
        "POST", "/author/import", body + b"--edge--\r\n", "multipart/form-data; boundary=edge"
    )


def item(site: Site, number: int = 0) -> dict[str, Any]:
    """A document of the sample bank under a new id."""
    document = json.loads(json.dumps(bank.load_sample().items[number]))
    document["id"] = f"NEW-{number}"
    document["en"]["stem"] = f"New {number}: {document['en']['stem']}"
    return dict(document)


def drafts(site: Site) -> int:
    with site.parts.store.read(Actor.system()) as uow:
        acting = acting_as(uow, person(uow, Role.AUTHOR))
        versions = bank.newest_versions(acting, owner_id=str(acting.actor.organisation_id))
    return sum(version.state is bank.ItemState.DRAFT for version in versions)


# --------------------------------------------------------------------------------------------------- imports


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def good_xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["id", "pc"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_imported(site: Site, author: Visitor) -> None:
    whole = good_xlsx()
    external = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    wrong: list[tuple[str, bytes, str]] = [
        ("items.xlsx", b"", "file_empty"),
        ("items.xlsx", b"PK\x03\x04 not a spreadsheet", "xlsx_unreadable"),
        ("items.xlsx", whole[: len(whole) // 2], "xlsx_unreadable"),
        ("items.xlsx", whole[:60] + b"\xff" * 200 + whole[260:], "xlsx_unreadable"),
        ("items.xlsx", zipped({"hello.txt": b"hello"}), "xlsx_unreadable"),
        ("items.xlsx", zipped({"xl/workbook.xml": external}), "xlsx_unreadable"),
        ("items.xlsx", zipped({"xl/workbook.xml": b" " * 5_000_000}), "zip_bomb"),
        ("items.csv", b"\xff\xfe\x00", "encoding_unknown"),
        ("items.csv", b'id,pc\n"a', "csv_unreadable"),
        ("items.csv", b"\n\n", "header_missing"),
        ("items.csv", b"id,id\n", "column_twice"),
        ("items.json", b"{", "json_unreadable"),
        ("items.json", b"[" * 100_000, "json_unreadable"),
        ("items.json", b"9" * 6000, "json_unreadable"),
        ("items.json", b"7", "json_shape"),
        ("items.pdf", b"%PDF-1.7", "format_unknown"),
        ("items", b"id,pc\n", "format_unknown"),
        ("items.json", b" " * 10_000_001, "file_too_large"),
    ]
    for name, data, code in wrong:
        page = calm(send_file(site, author, data, name), 422)
        assert str(escape(TEXTS[code].title.partition("%(")[0])) in page.text, code
    calm(send_file(site, author, b" " * 12_700_000, "items.json"), 413, "too_large")
    calm(author.post("/author/import", {"mode": "check"}), 422, "file_missing")
    calm(send_file(site, author, b"[]", "items.json", mode="everything"), 422, "request_malformed")
    calm(
        send_file(site, author, b"[]", "items.json", credential_version_id="x" * 500),
        404,
        "credential_unknown",
    )
    assert drafts(site) == 0


def test_a_file_s_name_is_only_a_name(site: Site, author: Visitor) -> None:
    var = site.parts.config.var
    before = {path for path in var.parent.rglob("*") if "uploads" not in path.parts and path.is_file()}
    names = [
        "../../../etc/passwd.json",
        "/etc/passwd.json",
        "a\\..\\b.json",
        "<script>alert(1)</script>.json",
    ]
    names += [
        "x" * 5000 + ".json",
        "\N{PILE OF POO}\u202e.json",
        "'; DROP TABLE items;--.json",
    ]
    names += ["con.json", "..json", " .json", "a;b=c.json"]
    for name in names:
        answer = send_file(site, author, json.dumps([item(site)]).encode(), name)
        assert answer.status_code == 200, name
        assert "<script>alert" not in answer.text
    after = {path for path in var.parent.rglob("*") if "uploads" not in path.parts and path.is_file()}
    assert after <= before | {var / "kasauti.db-wal", var / "kasauti.db-shm"}
    kept = list((var / "uploads").iterdir())
    assert len(kept) == 3 * len(names)
    assert all(re.fullmatch(r"[\w-]+\.(json|bin|settings)", file.name) for file in kept)


def test_only_what_was_checked_by_the_same_person_can_be_imported(site: Site, author: Visitor) -> None:
    checked = send_file(site, author, json.dumps([item(site)]).encode(), "items.json")
    found = re.search(r'name="token" value="([^"]+)"', checked.text)
    assert found is not None
    secret = site.parts.config.var / "secret.key"
    secret.write_text("hidden", encoding="ascii")
    for token in ("../../secret.key", "../secret", "/etc/passwd", "x", "%2e%2e", "a" * 65, "٣"):
        form = {"mode": "all", "token": token, "credential_version_id": credential_of(site)}
        calm(author.post("/author/import", form), 422, "upload_gone")
    other = _second_author(site)
    form = {"mode": "all", "token": found.group(1), "credential_version_id": credential_of(site)}
    calm(other.post("/author/import", form), 422, "upload_gone")
    assert drafts(site) == 0
    assert author.post("/author/import", form).status_code == 200
    assert drafts(site) == 1


def _second_author(site: Site) -> Visitor:
    from core.identity import operations as identity

    with site.parts.store.write(Actor.system()) as uow:
        home = person(uow, Role.AUTHOR).organisation_id
        identity.add_person(
            uow,
            organisation_id=home,
            name="Second Author",
            email="second@parakh.example",
            password=demo.PASSWORD,
            roles=[Role.AUTHOR],
        )
    visitor = site.sign_in("second@parakh.example")
    visitor.get("/author/import")
    return visitor


def test_bad_rows_are_listed_with_their_places_and_spare_the_good_ones(site: Site, author: Visitor) -> None:
    bad = item(site, 1)
    bad["key"] = ["Z"]
    bad["en"]["stem"] = "<script>alert(1)</script>"
    checked = send_file(site, author, json.dumps([item(site), bad]).encode(), "items.json")
    assert checked.status_code == 200
    assert "$[1].key" in checked.text
    assert "<script>alert" not in checked.text
    assert drafts(site) == 0
    found = re.search(r'name="token" value="([^"]+)"', checked.text)
    assert found is not None
    form = {"mode": "good", "token": found.group(1), "credential_version_id": credential_of(site)}
    assert "1 item is in the bank as a draft" in author.post("/author/import", form).text
    assert drafts(site) == 1


def test_a_review_step_that_does_not_fit_says_why(site: Site, author: Visitor) -> None:
    reviewer = site.staff(Role.REVIEWER)
    live = re.search(r'href="(/author/items/[a-z0-9]{26})"', reviewer.get("/author/items").text)
    assert live is not None
    path = live.group(1)
    calm(reviewer.post(f"{path}/approve"), 409, "item_state")
    calm(author.post(f"{path}/submit"), 409, "item_state")
    send_file(site, author, json.dumps([item(site)]).encode(), "items.json", mode="all")
    listing = author.get("/author/items?state=draft").text
    draft = re.search(r'href="(/author/items/[a-z0-9]{26})"', listing)
    assert draft is not None
    assert author.post(f"{draft.group(1)}/submit").status_code == 302
    calm(reviewer.post(f"{draft.group(1)}/reject"), 422, "comment_missing")
    for comment in ("x" * 2001, "a\u0001b", "<b>no</b>", "\u202e"):
        calm(reviewer.post(f"{draft.group(1)}/reject", {"comment": comment}), 422, "comment_malformed")
    assert reviewer.post(f"{draft.group(1)}/reject", {"comment": "Say which mode."}).status_code == 302
    assert reviewer.get(f"/author/items?q={'%01' * 50}&pc={'x' * 5000}&state=\u202e").status_code == 200


# ------------------------------------------------------------------------------------- incidents and evidence


@pytest.fixture
def reviewed(site: Site) -> tuple[Visitor, dict[str, str]]:
    """An integrity reviewer and the ids of an open incident with a picture."""
    ids: dict[str, str] = {}
    world.raise_an_incident(site, ids)
    return site.staff(Role.INTEGRITY_REVIEWER), ids


def test_a_decision_that_is_not_whole_decides_nothing(reviewed: tuple[Visitor, dict[str, str]]) -> None:
    visitor, ids = reviewed
    path = f"/integrity/incidents/{ids['incident_id']}"
    for verdict in ("", "open", "guilty", "\u0001"):
        calm(visitor.post(path, {"verdict": verdict, "reason": "I saw it."}), 422, "verdict_missing")
    calm(visitor.post(path, {"verdict": "upheld"}), 422, "reason_required")
    calm(visitor.post(path, {"verdict": "upheld", "reason": " \n "}), 422, "reason_required")
    calm(visitor.post(path, {"verdict": "upheld", "reason": "x" * 2001}), 422, "reason_too_long")
    assert ids["incident_id"] in visitor.get("/integrity/incidents?state=open").text
    assert visitor.post(path, {"verdict": "dismissed", "reason": "A cat."}).status_code == 302
    again = calm(visitor.post(path, {"verdict": "upheld", "reason": "Or not."}), 409, "incident_closed")
    assert "decided already (dismissed)" in again.text
    for state in ("", "guilty", "x" * 5000):
        calm(visitor.get(f"/integrity/incidents?state={state}"), 422, "request_malformed")


def test_who_watched_live_does_not_decide(site: Site, reviewed: tuple[Visitor, dict[str, str]]) -> None:
    visitor, ids = reviewed
    from proctor import api as proctor

    with site.parts.store.write(Actor.system()) as uow:
        me = person(uow, Role.INTEGRITY_REVIEWER)
        proctor.record_watch(uow, ids["sitting_id"], organisation_id=me.organisation_id, proctor_id=me.id)
    path = f"/integrity/incidents/{ids['incident_id']}"
    page = visitor.get(path).text
    assert "You watched this sitting live. So that two people look at it, somebody else decides." in page
    assert 'name="verdict"' not in page
    calm(visitor.post(path, {"verdict": "upheld", "reason": "I saw it."}), 403, "reviewer_was_proctor")


def test_a_picture_that_was_lost_or_altered_is_said_to_be_so(
    site: Site, reviewed: tuple[Visitor, dict[str, str]]
) -> None:
    visitor, ids = reviewed
    path = f"/integrity/evidence/{ids['evidence_id']}.jpg"
    assert visitor.get(path).mimetype == "image/jpeg"
    for name in ("a" * 26, "x", "\N{PILE OF POO}"):
        calm(visitor.get(f"/integrity/evidence/{name}.jpg"), 404, "evidence_unknown")
    blobs = [file for file in Path(site.parts.config.evidence_root).rglob("*") if file.is_file()]
    whole = {file: file.read_bytes() for file in blobs}
    for file, data in whole.items():
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert calm(visitor.get(path), 503, "blob_damaged").headers["Retry-After"]
    for file in blobs:
        file.unlink()
    calm(visitor.get(path), 404, "blob_missing")
    for file, data in whole.items():
        file.write_bytes(data)
    assert visitor.get(path).status_code == 200
