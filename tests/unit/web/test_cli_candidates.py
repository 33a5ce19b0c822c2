# SPDX-License-Identifier: Apache-2.0
"""``kasauti candidates`` and ``kasauti notices``: exit codes, reports, and that no secret is printed twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import SystemClock
from core.db import make_engine
from core.notices.model import Address, NoticeKind
from core.notices.operations import queue_notice
from core.uow import Actor, Store
from tests.contract.notice_peers import free_port
from tests.unit.web.shell import Shell

GOOD = "Name,Mobile,Language\nSunita Devi,9876500001,hi\nArun Kumar,,en\n"
BAD = GOOD + "Ravi,1E+10,fr\n"
MET = ("--requirement-met",)


@pytest.fixture
def sitting(agency: Shell) -> str:
    """The sample's first sitting."""
    engine = make_engine(f"sqlite:///{agency.var / 'kasauti.db'}")
    with engine.connect() as connection:
        found = str(connection.scalar(text("SELECT id FROM sittings ORDER BY id")))
    engine.dispose()
    return found


def written(tmp_path: Path, content: str) -> str:
    file = tmp_path / "list.csv"
    file.write_text(content, encoding="utf-8")
    return str(file)


def test_a_list_is_checked_then_enrolled_and_its_codes_are_printed_once(
    agency: Shell, sitting: str, tmp_path: Path
) -> None:
    file = written(tmp_path, GOOD)
    dry = agency("candidates", "import", file, "--sitting", sitting, "--dry-run", "--json", *MET)
    report = json.loads(dry.out)
    assert (dry.code, report["read"], report["enrolled"], report["refused"]) == (0, 2, 0, [])
    done = agency("candidates", "import", file, "--sitting", sitting, "--json", *MET)
    report = json.loads(done.out)
    assert (done.code, report["enrolled"]) == (0, 2)
    assert [one["name"] for one in report["codes"]] == ["Sunita Devi", "Arun Kumar"]


def test_a_refused_row_enrols_nobody_and_ends_with_three(agency: Shell, sitting: str, tmp_path: Path) -> None:
    file = written(tmp_path, BAD)
    refused = agency("candidates", "import", file, "--sitting", sitting, "--json", *MET)
    report = json.loads(refused.out)
    assert (refused.code, report["enrolled"], report["codes"]) == (3, 0, [])
    assert {(one["where"], one["code"]) for one in report["refused"]} == {
        ("row 4, Mobile", "candidate_digits_lost"),
        ("row 4, Language", "candidate_language_unknown"),
    }
    good = agency("candidates", "import", file, "--sitting", sitting, "--skip-refused", *MET)
    assert good.code == 0
    assert "Sunita Devi" in good.out
    assert "row 4" in good.err


def test_the_entry_requirement_has_to_be_confirmed(agency: Shell, sitting: str, tmp_path: Path) -> None:
    said = agency("candidates", "import", written(tmp_path, GOOD), "--sitting", sitting, "--json")
    assert said.code == 3
    assert {one["code"] for one in json.loads(said.out)["refused"]} == {"entry_requirement_met"}


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "empty"), ("Who,Where\nA,B\n", "name"), ("<html></html>", "HTML"), ("Name\n", "no candidates")],
)
def test_a_file_that_is_no_list_is_refused(
    agency: Shell, sitting: str, tmp_path: Path, content: str, said: str
) -> None:
    refused = agency("candidates", "import", written(tmp_path, content), "--sitting", sitting)
    assert refused.code == 3
    assert said in refused.err
    assert "Traceback" not in refused.err


def test_a_sitting_that_does_not_exist_is_refused(agency: Shell, tmp_path: Path) -> None:
    assert agency("candidates", "import", written(tmp_path, GOOD), "--sitting", "nothing").code == 3
    both = agency(
        "candidates", "import", written(tmp_path, GOOD), "--sitting", "x", "--dry-run", "--skip-refused"
    )
    assert both.code == 2


def test_the_template_is_written(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "candidates.xlsx"
    assert shell("candidates", "template", "--language", "hi", "--output", str(target)).code == 0
    assert target.read_bytes()[:2] == b"PK"


def test_a_test_message_goes_into_the_folder_and_its_address_is_masked(shell: Shell) -> None:
    said = shell("notices", "test", "ravi@example.in", "--language", "hi")
    assert said.code == 0
    assert "r***@example.in" in said.out
    assert "ravi@" not in said.out
    assert len(list((shell.var / "notices").glob("*.eml"))) == 1
    assert shell("notices", "test", "98765 43210").code == 0
    assert len(list((shell.var / "notices").glob("*.txt"))) == 1


def test_a_test_message_that_cannot_leave_says_why(shell: Shell) -> None:
    assert shell("notices", "test", "nobody").code == 3
    shell.set("NOTICES_EMAIL", f"smtp://127.0.0.1:{free_port()}")
    shell.set("NOTICES_FROM", "Agency <no-reply@agency.in>")
    away = shell("notices", "test", "ravi@example.in")
    assert away.code == 1
    assert "unreachable" in away.err
    shell.set("NOTICES_EMAIL", "smtp://mailer:s3cret@mail.example.in?starttls=no")
    wrong = shell("notices", "test", "ravi@example.in")
    assert wrong.code == 3
    assert "notices_email" in wrong.err
    assert "s3cret" not in wrong.err


def test_what_waits_is_listed_without_names_and_addresses(agency: Shell) -> None:
    engine = make_engine(f"sqlite:///{agency.var / 'kasauti.db'}")
    with Store(engine, SystemClock()).write(Actor.system()) as uow:
        owner = str(uow.db.scalar(text("SELECT id FROM organisations")))
        notice_id = queue_notice(
            uow,
            organisation_id=owner,
            subject_id="x",
            kind=NoticeKind.RESULT_DECLARED,
            language="en",
            address=Address.email("ravi@example.in"),
            words={"name": "Ravi", "title": "Payments"},
            key=b"k" * 32,
        )
    engine.dispose()
    listed = agency("notices", "list").out
    assert notice_id in listed
    assert "r***@example.in" in listed
    assert "Ravi" not in listed
    document = json.loads(agency("notices", "list", "--json").out)
    assert document["counts"]["waiting"] == 1
    assert document["open"][0]["id"] == notice_id
    assert agency("notices", "again", notice_id).code == 3
    assert agency("notices", "again", "nothing").code == 3
