# SPDX-License-Identifier: Apache-2.0
"""Commands on data: sample sign-ins, organisations, accounts, keys, and the import of items."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from item_bank import api as bank
from tests.unit.web.shell import Said, Shell
from web import demo, wiring

# ------------------------------------------------------------------------------------------- the sample data


def test_the_sample_sign_ins_are_one_json_object(agency: Shell) -> None:
    said = agency("sample", "--json")
    assert (said.code, said.err) == (0, "")
    document = json.loads(said.out)
    assert said.out.count("\n") == 1
    assert len(document["staff"]) == len(demo.STAFF)
    assert document["api_key"].startswith("kst_")
    assert document["learners"][0]["code"] in agency("sample").out


@pytest.mark.parametrize("arguments", [("sample",), ("sample", "--json")], ids=" ".join)
def test_sign_ins_that_open_nothing_are_not_printed(shell: Shell, arguments: tuple[str, ...]) -> None:
    said = shell(*arguments)
    assert (said.code, said.out) == (3, "")
    assert "kasauti demo" in said.err


def test_a_sample_made_under_another_secret_is_not_taken_for_ours(agency: Shell) -> None:
    (agency.var / wiring.SECRET_FILE).unlink()
    assert agency("sample").code == 3


# ------------------------------------------------------------------------------------------------- accounts


def test_an_organisation_is_registered_once_and_listed(shell: Shell) -> None:
    added = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body")
    assert added.code == 0
    identifier = added.out.strip()
    assert f"{identifier}  awarding_body  Sahyadri Skills Council" in shell("organisations", "list").out
    again = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body")
    assert (again.code, again.out) == (3, "")
    assert "exists" in again.err
    assert shell("organisations", "add", "S", "--kind", "awarding_body").code == 3


def test_the_first_administrator_gets_a_link_that_nobody_else_has(shell: Shell) -> None:
    body = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body").out.strip()
    invite = ("users", "invite", "leela@sahyadri.example", "--name", "Leela", "--organisation", body)
    first, second = shell(*invite), shell(*invite)
    assert first.code == second.code == 0
    assert "/invitation/" in first.out
    assert first.out != second.out
    assert shell(*invite, "--role", "manager").code == 3
    assert shell("users", "invite", "x", "--name", "X", "--organisation", body).code == 3
    assert shell("users", "reset", "nobody").code == 3


def test_an_account_is_added_listed_given_a_new_password_and_closed(shell: Shell) -> None:
    body = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body").out.strip()
    user = ("users", "add", "leela@sahyadri.example", "--name", "Leela", "--organisation", body)
    password = ("--password", "correct horse battery")
    added = shell(*user, "--role", "awarding_body", *password)
    assert added.code == 0
    person = added.out.strip()
    assert (
        f"{person}  leela@sahyadri.example  Sahyadri Skills Council  awarding_body"
        in shell("users", "list").out
    )
    assert shell("users", "password", person, *password).code == 0
    assert shell("users", "password", person, "--password", "short").code == 3
    assert shell("users", "disable", person).code == 0
    assert person not in shell("users", "list").out


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "not an address"}, "e-mail address"),
        ({"--name": "  "}, "name"),
        ({"--organisation": "nobody"}, "organisation"),
        ({"--role": "proctor"}, "role"),
        ({"--password": "short"}, "12"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_words_and_not_made(
    shell: Shell, changed: dict[str, str], words: str
) -> None:
    body = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body").out.strip()
    options = {
        "--name": "Leela",
        "--organisation": body,
        "--role": "awarding_body",
        "--password": "correct horse battery",
    }
    email, options = changed.get("email", "leela@sahyadri.example"), options | changed
    options.pop("email", None)
    said = shell("users", "add", email, *(part for pair in options.items() for part in pair))
    assert (said.code, said.out) == (3, "")
    assert words in said.err
    assert "correct horse battery" not in said.err
    assert shell("users", "list").out == ""


def test_a_key_is_printed_once_and_only_its_hash_is_kept(shell: Shell) -> None:
    body = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body").out.strip()
    issued = shell("keys", "issue", body, "--label", "nightly pull")
    assert issued.code == 0
    secret = issued.out.strip()
    assert secret.startswith("kst_")
    assert secret.encode() not in b"".join(file.read_bytes() for file in shell.var.iterdir())


def test_a_key_is_listed_without_its_secret_and_revoked_for_good(shell: Shell) -> None:
    body = shell("organisations", "add", "Sahyadri Skills Council", "--kind", "awarding_body").out.strip()
    secret = shell("keys", "issue", body, "--label", "nightly pull").out.strip()
    listed = shell("keys", "list", body).out
    assert "live  nightly pull" in listed
    assert secret not in listed
    key = listed.split()[0]
    assert shell("keys", "revoke", body, key).code == 0
    assert shell("keys", "revoke", body, key).code == 0
    assert "revoked 20" in shell("keys", "list", body).out
    assert shell("keys", "revoke", "nobody", key).code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "issue", "nobody", "--label", "x"),
        ("users", "password", "nobody", "--password", "correct horse battery"),
        ("users", "disable", "nobody"),
    ],
    ids=" ".join,
)
def test_an_id_that_nobody_has_is_refused(shell: Shell, arguments: tuple[str, ...]) -> None:
    said = shell(*arguments)
    assert (said.code, said.out) == (3, "")
    assert "kasauti " in said.err


# ---------------------------------------------------------------------------------------------- items import

REPORT = {"format", "read", "imported", "refused", "losses", "self_test"}
"""The members that scripts of agencies rely on; there may be more."""


def new_items(count: int) -> list[dict[str, Any]]:
    """Items that the sample bank does not hold yet."""
    items = [
        json.loads(json.dumps(item)) for item in bank.load_sample(bank.SECURE_DIGITAL_PAYMENTS).items[:count]
    ]
    for number, item in enumerate(items):
        item["id"] = f"NEW-{number}"
        item["en"]["stem"] += " (new)"
    return items


def write_json(file: Path, items: list[dict[str, Any]]) -> str:
    file.write_text(json.dumps({"items": items}), encoding="utf-8")
    return str(file)


def report_of(said: Said) -> dict[str, Any]:
    """The one JSON object that was printed, of the promised form."""
    document: dict[str, Any] = json.loads(said.out)
    assert said.out.count("\n") == 1
    assert document.keys() >= REPORT
    assert all(refusal.keys() == {"where", "code", "reason"} for refusal in document["refused"])
    assert all(loss.keys() == {"where", "what"} for loss in document["losses"])
    assert document["self_test"].keys() == {"maximum_reached", "not_reached"}
    return document


def test_a_dry_run_reports_and_writes_nothing(agency: Shell, tmp_path: Path) -> None:
    before = agency.count("item_versions"), agency.count("audit_log")
    said = agency("items", "import", write_json(tmp_path / "items.json", new_items(3)), "--dry-run", "--json")
    assert (said.code, said.err) == (0, "")
    report = report_of(said)
    assert (report["format"], report["read"], report["imported"], report["refused"]) == ("json", 3, 3, [])
    assert report["self_test"] == {"maximum_reached": 3, "not_reached": []}
    assert (agency.count("item_versions"), agency.count("audit_log")) == before


def test_good_items_are_imported_once(agency: Shell, tmp_path: Path) -> None:
    before = agency.count("item_versions")
    file = write_json(tmp_path / "items.json", new_items(3))
    assert report_of(agency("items", "import", file, "--json"))["imported"] == 3
    assert agency.count("item_versions") == before + 3
    again = report_of(agency("items", "import", file, "--json"))
    assert (again["imported"], again["refused"]) == (0, [])
    assert agency.count("item_versions") == before + 3


def broken(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    items[1]["key"] = ["Z"]
    return items


def test_one_refused_item_writes_nothing_and_ends_with_3(agency: Shell, tmp_path: Path) -> None:
    before = agency.count("item_versions")
    said = agency("items", "import", write_json(tmp_path / "items.json", broken(new_items(3))), "--json")
    report = report_of(said)
    assert said.code == 3
    assert (report["read"], report["imported"]) == (3, 0)
    assert "[1]" in report["refused"][0]["where"]
    assert agency.count("item_versions") == before


def test_refused_items_can_be_skipped(agency: Shell, tmp_path: Path) -> None:
    before = agency.count("item_versions")
    file = write_json(tmp_path / "items.json", broken(new_items(3)))
    said = agency("items", "import", file, "--skip-refused", "--json")
    report = report_of(said)
    assert said.code == 0
    assert (report["read"], report["imported"], len(report["refused"])) == (3, 2, 1)
    assert agency.count("item_versions") == before + 2


def test_without_json_the_same_report_is_told_in_lines(agency: Shell, tmp_path: Path) -> None:
    said = agency("items", "import", write_json(tmp_path / "items.json", broken(new_items(2))))
    assert said.code == 3
    assert said.out.startswith("read 2, imported 0")
    assert "refused: " in said.out


def test_a_sheet_reports_rows_and_columns_and_what_it_does_not_keep(agency: Shell, tmp_path: Path) -> None:
    (item,) = new_items(1)
    columns = {"id", "pc", "type", "difficulty", "seconds"}
    row = {name: item[name] for name in columns} | {"key": ",".join(item["key"])}
    for language in ("en", "hi"):
        row[f"stem_{language}"] = item[language]["stem"]
        for letter, text in item[language]["options"].items():
            row[f"option_{letter.lower()}_{language}"] = text
    row["note_to_self"] = "ask Sunita"
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(row))
    writer.writeheader()
    writer.writerow(row)
    writer.writerow(row | {"id": "NEW-9", "pc": "PC99"})
    file = tmp_path / "items.csv"
    file.write_text(sheet.getvalue(), encoding="utf-8")
    said = agency("items", "import", str(file), "--json", "--dry-run")
    report = report_of(said)
    assert said.code == 3
    assert report["format"] == "csv"
    assert any(
        "row 3" in refusal["where"] and refusal["code"] == "unknown_pc" for refusal in report["refused"]
    )
    assert any("note_to_self" in loss["where"] + loss["what"] for loss in report["losses"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("items.json", b"{not json"),
        ("items.json", b"\xff\xfe\x00"),
        ("items.json", b'{"neither": "items"}'),
        ("items.csv", b"\x00\x01\x02"),
        ("items.xlsx", b"PK\x03\x04 not a workbook"),
        ("items.docx", b"whatever"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_report_too(
    agency: Shell, tmp_path: Path, name: str, content: bytes
) -> None:
    before = agency.count("item_versions")
    file = tmp_path / name
    file.write_bytes(content)
    said = agency("items", "import", str(file), "--json")
    report = report_of(said)
    assert said.code == 3
    assert (report["read"], report["imported"]) == (0, 0)
    assert report["refused"][0]["where"] == name
    assert report["refused"][0]["reason"]
    assert said.err.startswith("kasauti: ")
    assert agency.count("item_versions") == before


@pytest.mark.parametrize("option", ["--organisation", "--credential"])
def test_an_unknown_agency_or_credential_is_refused_with_the_known_ones(
    agency: Shell, tmp_path: Path, option: str
) -> None:
    file = write_json(tmp_path / "items.json", new_items(1))
    said = agency("items", "import", file, option, "unknown", "--json")
    assert said.code == 3
    assert report_of(said)["refused"][0]["code"] in ("organisation_unknown", "credential_unknown")
    assert demo.AGENCY in said.err or "SDP/MC/0701" in said.err


def test_a_dry_run_that_skips_is_wrong_usage(agency: Shell, tmp_path: Path) -> None:
    file = write_json(tmp_path / "items.json", new_items(1))
    said = agency("items", "import", file, "--dry-run", "--skip-refused", "--json")
    assert (said.code, said.out) == (2, "")
