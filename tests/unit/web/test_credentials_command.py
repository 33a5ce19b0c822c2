# SPDX-License-Identifier: Apache-2.0
"""kasauti credentials: check, import, export, pdf, template."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.canonical import digest
from item_bank.samples import load_sample
from tests.unit.web.shell import Shell

SAMPLES = Path(__file__).resolve().parents[3] / "item_bank" / "samples"
SOUND = str(SAMPLES / "secure_digital_payments" / "credential.json")
LARGE = str(SAMPLES / "con_q0602" / "credential.json")


def test_a_sound_document_is_told_so_without_a_database(shell: Shell) -> None:
    said = shell("credentials", "check", SOUND, "--json")
    assert said.code == 0
    report = json.loads(said.out)
    assert (report["code"], report["findings"], report["malformed"]) == ("SDP/MC/0701", [], [])
    assert report["sha256"] == digest(load_sample().credential)
    assert report["pages"] <= 6
    assert {one["rule"] for one in report["recorded"]} >= {"usage", "nos_fraction"}
    assert not shell.var.exists()
    assert "1 NOS, 6 PCs" in shell("credentials", "check", SOUND).out


def test_a_broken_rule_ends_with_3_and_names_its_clause(shell: Shell) -> None:
    said = shell("credentials", "check", LARGE)
    assert said.code == 3
    assert "H  4.1.3.5: The best levels of the practical criteria" in said.out


@pytest.mark.parametrize("command", ["check", "import"])
def test_a_malformed_file_is_named_part_by_part(shell: Shell, tmp_path: Path, command: str) -> None:
    file = tmp_path / "c.json"
    file.write_text('{"code": 3}', encoding="utf-8")
    said = shell("credentials", command, str(file), "--json")
    assert said.code == 3
    assert {
        "where": "$.code",
        "code": "wrong_type",
        "reason": "this must be a text, not a number",
    } in json.loads(said.out)["malformed"]
    assert "  $.code: this must be a text" in said.err
    file.write_bytes(b"{")
    said = shell("credentials", command, str(file))
    assert said.code == 3
    assert "json_unreadable" in said.err


def test_the_template_is_written_and_asks_for_everything(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    assert shell("credentials", "template", "--output", str(file)).code == 0
    said = shell("credentials", "check", str(file))
    assert said.code == 3
    assert "sheet credential, row 2, column value" in said.err


def test_a_document_goes_out_and_comes_in_as_the_same(agency: Shell, tmp_path: Path) -> None:
    for kind in ("xlsx", "json"):
        file = tmp_path / f"pack.{kind}"
        assert agency("credentials", "export", "CON/Q0602", "-o", str(file)).code == 0
        said = agency("credentials", "import", str(file), "--json")
        assert said.code == 0
        assert json.loads(said.out)["sha256"] == digest(load_sample("con_q0602").credential)
    document = {**load_sample("amh_q0301").credential}
    (tmp_path / "new.json").write_text(json.dumps(document), encoding="utf-8")
    said = agency("credentials", "import", str(tmp_path / "new.json"))
    assert said.code == 0
    assert "AMH/Q0301 2.0  draft" in said.out
    (tmp_path / "new.json").write_text(json.dumps({**document, "level": "4"}), encoding="utf-8")
    refused = agency("credentials", "import", str(tmp_path / "new.json"))
    assert refused.code == 3
    assert "exists already" in refused.err


def test_a_document_is_printed_with_its_pages(agency: Shell, tmp_path: Path) -> None:
    file = tmp_path / "c.pdf"
    said = agency("credentials", "pdf", "SDP/MC/0701", "--language", "hi", "-o", str(file))
    assert said.code == 0
    assert "pages" in said.out
    assert file.read_bytes().startswith(b"%PDF-")


def test_what_is_not_there_is_refused(agency: Shell, tmp_path: Path) -> None:
    target = str(tmp_path / "c.xlsx")
    assert agency("credentials", "export", "NO/SUCH/1", "-o", target).code == 3
    assert agency("credentials", "pdf", "SDP/MC/0701", "--version", "9.9", "-o", target).code == 3
    assert agency("credentials", "import", SOUND, "--organisation", "Nobody").code == 3
    assert agency("credentials", "export", "SDP/MC/0701", "-o", str(tmp_path / "c.txt")).code == 3
    assert agency("credentials", "check", "no-such-file.json").code == 2
