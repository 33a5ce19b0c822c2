# SPDX-License-Identifier: Apache-2.0
"""Replay: the script that imports nothing of ours derives every record again, and notices whatever was altered."""

from __future__ import annotations

import copy
import io
import json
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.api import Cell, credential_marks, parse_rule
from scoring.errors import StatisticsError
from scoring.rescoring.api import (
    Entry,
    ItemKey,
    Key,
    Paper,
    Policy,
    Treatment,
    answers_hash,
    corrected,
    digest,
    record_hash,
    replay_document,
    scorer,
    without_responses,
)

SCRIPT = Path(__file__).parents[4] / "scripts" / "rederive"
MAIN = runpy.run_path(str(SCRIPT))["main"]
Alteration = Callable[[dict[str, Any]], object]
BAR = {"component": "all", "basis": "raw"}


def share(scope: Mapping[str, object], least: str, **more: object) -> dict[str, Any]:
    return {"share": {"scope": scope, **BAR, "at_least": least, **more}}


# Every kind of node; two NOS with weights, an element that carries marks, a PC of two components, an item of its own.
RULE: dict[str, Any] = {
    "version": 2,
    "rule": {
        "all_of": [
            {"critical": {"pc": "PC1", "nos": "N1", "component": "theory", "at_least": "1/2"}},
            {
                "any_of": [
                    share({"element": "E2"}, "7/10"),
                    share({"credential": True}, "9/10", basis="weighted"),
                ]
            },
            {
                "at_least": {
                    "k": 1,
                    "of": [share({"pc": "PC1", "nos": "N1"}, "1/2"), share({"nos": "N2"}, "1")],
                }
            },
            {
                "at_least": {
                    "share": "1/2",
                    "of": [share({"nos": "N1"}, "1/2"), share({"item": "task"}, "1/3")],
                }
            },
            {
                "compensate": {
                    "k": 1,
                    "limit": "1/4",
                    "unit": "share",
                    "of": [share({"nos": "N1"}, "1/2"), share({"nos": "N2"}, "1/2")],
                }
            },
            {
                "bands": {
                    "scope": {"credential": True},
                    "component": ["theory", "practical"],
                    "basis": "weighted",
                    "of": [{"name": "A", "at_least": "17/20"}, {"name": "B", "at_least": "1/2"}],
                    "pass": "B",
                }
            },
        ]
    },
}
PAPER = Paper(
    credential_marks(
        [
            (Cell(nos="N1", element="E1", pc="PC1", component="theory"), "3"),
            (Cell(nos="N1", element="E1", pc="PC1", component="practical"), "4.5"),
            (Cell(nos="N1", element="E2", component="theory"), "10"),
            (Cell(nos="N2", element="E3", pc="PC1", item="task", component="practical"), "7"),
            (Cell(nos="N2", element="E3", pc="PC2", component="theory"), "0"),
        ],
        weights={"N1": "60", "N2": "40"},
    ),
    parse_rule(json.loads(json.dumps(RULE))),
)
ONE = Fraction(1)
KEY = Key(
    {
        "q1": ItemKey(ONE, (0,), {"A": ONE}),
        "q2": ItemKey(Fraction(2), (0, 2), {"A C": Fraction(2), "A": Fraction(1, 3)}),
        "q3": ItemKey(ONE, (2,), {"छह": ONE, "six": ONE}),
        "q4": ItemKey(ONE, (2,), {}, Treatment.DROPPED),
        "q5": ItemKey(ONE, (2,), {}, Treatment.EVERYBODY),
        "practical": ItemKey(Fraction(9, 2), (1,), {}, Treatment.GIVEN),
        "task": ItemKey(Fraction(7), (3,), {}, Treatment.GIVEN),
    }
)
PERSONS: dict[str, dict[str, str]] = {
    "best": {"q1": "A", "q2": "A C", "q3": "छह", "practical": "4.5", "task": "7"},
    "thirds": {"q1": "A", "q2": "A", "q3": "six", "practical": "9/4", "task": "7/3"},
    "unmarked": {"q1": "A", "q2": "A C", "q3": "six"},
    "nothing": {"practical": "0", "task": "0"},
    "narrow": {"q1": "A", "q2": "A C", "q3": "no", "q4": "B", "practical": "4", "task": "2.5"},
    "hopeless": {"q1": "B"},
}


def made() -> dict[str, Any]:
    first = scorer(KEY, PAPER)
    other = Key({**KEY.items, "q1": ItemKey(ONE, (0,), {"B": ONE})})
    second = scorer(corrected(KEY, other, Policy.HARM_FREE), PAPER)
    entries = [Entry(person, own, first, salt=person[::-1]) for person, own in PERSONS.items()]
    entries.append(Entry("hopeless", PERSONS["hopeless"], second, supersedes=5))
    document: dict[str, Any] = replay_document(entries, code="kasauti test")
    return document


def rederive(document: object, tmp_path: Path, *more: str) -> tuple[int, str]:
    """The code that the script ends with, and what it says; in this process, which is quicker."""
    file = tmp_path / "replay.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code: int = MAIN([str(file), *more])
    return code, said.getvalue()


def test_the_records_hold_each_verdict_and_band() -> None:
    records = made()["records"]
    assert {one["person"]: one["verdict"] for one in records[:6]} == {
        "best": "pass",
        "thirds": "fail",
        "unmarked": "incomplete",
        "nothing": "fail",
        "narrow": "pass",  # N2 is missed by less than a quarter, and N1 makes up for it
        "hopeless": "fail",
    }
    assert records[0]["bands"] == {"$.rule.all_of[5]": "A"}
    assert records[1]["cells"] == ["4/3", "2.25", "35/6", "7/3", "0"]
    assert records[2]["cells"][1] is None
    assert (records[6]["supersedes"], records[6]["marks"]["q1"]) == (5, "1")
    assert records[5]["marks"]["q1"] == "0"


def test_the_script_derives_every_record_again(tmp_path: Path) -> None:
    document = made()
    code, said = rederive(document, tmp_path)
    assert (code, said) == (0, f"7 records, 0 faults, head {document['head']}\n")
    assert rederive(document, tmp_path, "--head", document["head"])[0] == 0


def test_the_script_needs_nothing_but_python(tmp_path: Path) -> None:
    file = tmp_path / "replay.json"
    file.write_text(json.dumps(made()), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "7 records, 0 faults" in done.stdout


def test_the_script_is_short_and_imports_only_the_standard_library() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert len(lines) < 200
    modules = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert modules <= sys.stdlib_module_names


def of_record(**members: object) -> Alteration:
    return lambda document: document["records"][1].update(members)


def of_key(document: dict[str, Any]) -> None:
    next(iter(document["keys"].values()))["items"]["q1"]["marks"] = {"A": "1", "B": "1"}


def of_rule(document: dict[str, Any]) -> None:
    paper = next(iter(document["papers"].values()))
    paper["rule"]["rule"]["all_of"][0]["critical"]["at_least"] = "1/4"


ALTERATIONS: dict[str, Alteration] = {
    "verdict": of_record(verdict="pass"),
    "band": of_record(bands={"$.rule.all_of[5]": "A"}),
    "cell": of_record(cells=["3", "2.25", "35/6", "7/3", "0"]),
    "person": of_record(person="somebody"),
    "unknown key": of_record(key="0" * 64),
    "response": lambda document: document["records"][1]["responses"].update(q2="A C"),
    "extra response": lambda document: document["records"][1]["responses"].update(q9="A"),
    "mark above the maximum": lambda document: document["records"][1]["responses"].update(practical="5"),
    "mark": lambda document: document["records"][1]["marks"].update(q1="0"),
    "no marks": lambda document: document["records"][1].pop("marks"),
    "key": of_key,
    "rule": of_rule,
    "removed": lambda document: document["records"].pop(1),
    "swapped": lambda document: document["records"].insert(1, document["records"].pop(2)),
    "supersedes another": lambda document: document["records"][6].update(supersedes=0),
    "supersedes itself": lambda document: document["records"][6].update(supersedes=6),
    "code": lambda document: document.update(code="kasauti other"),
    "salt": of_record(salt="another"),
    "hash of the answers": of_record(answers="0" * 64),
    "answers of another": lambda document: document["records"][1].update(
        responses=document["records"][0]["responses"]
    ),
}
MENDED = [
    "verdict",
    "response",
    "mark",
    "cell",
    "band",
    "key",
    "supersedes another",
    "supersedes itself",
    "extra response",
]


def altered(what: str) -> dict[str, Any]:
    document = made()
    ALTERATIONS[what](document)
    return document


def resealed(document: dict[str, Any]) -> dict[str, Any]:
    """The forger makes all hashes of the chain fit again."""
    changed = copy.deepcopy(document)
    for part in ("keys", "papers"):
        names = {name: digest(one) for name, one in changed[part].items()}
        changed[part] = {names[name]: one for name, one in changed[part].items()}
        for record in changed["records"]:
            name = part[:-1]
            record[name] = names.get(record[name], record[name])
    parts = ("keys", "papers", "records", "head")
    previous = digest({name: value for name, value in changed.items() if name not in parts})
    for record in changed["records"]:
        record["previous"] = previous
        if record["responses"] is not None:
            record["answers"] = answers_hash(record["responses"], salt=record["salt"])
        previous = record["sha256"] = record_hash(record)
    changed["head"] = previous
    return changed


@pytest.mark.parametrize("what", ALTERATIONS)
def test_an_altered_file_is_noticed(what: str, tmp_path: Path) -> None:
    code, said = rederive(altered(what), tmp_path)
    assert code == 1, said
    assert " 0 faults" not in said


@pytest.mark.parametrize("what", MENDED)
def test_a_forger_who_mends_the_chain_is_noticed_by_the_derivation(what: str, tmp_path: Path) -> None:
    assert rederive(resealed(made()), tmp_path)[0] == 0
    code, said = rederive(resealed(altered(what)), tmp_path)
    assert code == 1, said


@pytest.mark.parametrize("what", ALTERATIONS)
def test_what_was_altered_is_named_with_its_record(what: str, tmp_path: Path) -> None:
    first = {"supersedes another": 6, "supersedes itself": 6, "key": 0, "rule": 0, "code": 0}.get(what, 1)
    faults = [line for line in rederive(altered(what), tmp_path)[1].splitlines() if line.startswith("record")]
    assert faults[0].startswith(f"record {first}: ")


# ----------------------------------------------------------------------------------------- answers that were deleted


def erased(*numbers: int) -> dict[str, Any]:
    document = made()
    for number in numbers:
        document["records"][number] = without_responses(document["records"][number])
    return document


def test_a_chain_stays_whole_when_answers_are_deleted(tmp_path: Path) -> None:
    document = erased(1, 2, 3, 5)
    code, said = rederive(document, tmp_path, "--head", made()["head"])
    assert (code, said) == (0, f"7 records (4 without their answers), 0 faults, head {document['head']}\n")
    assert "six" not in json.dumps(document["records"][1])


def test_the_hash_in_the_chain_gives_no_answer_away() -> None:
    one, other = (answers_hash(PERSONS["hopeless"], salt=salt) for salt in ("a", "b"))
    assert one != other
    assert record_hash(erased(1)["records"][1]) == made()["records"][1]["sha256"]


@pytest.mark.parametrize("what", ["verdict", "cell", "band", "mark"])
def test_what_deleted_answers_came_to_is_still_derived(what: str, tmp_path: Path) -> None:
    document = erased(1)
    ALTERATIONS[what](document)
    code, said = rederive(document, tmp_path)
    assert code == 1, said
    assert rederive(resealed(document), tmp_path)[0] == 1


def test_records_that_were_cut_off_are_noticed_by_the_noted_head(tmp_path: Path) -> None:
    document = made()
    shorter = resealed({**document, "records": document["records"][:-1]})
    assert rederive(shorter, tmp_path)[0] == 0
    code, said = rederive(shorter, tmp_path, "--head", document["head"])
    assert code == 1
    assert "head: the chain ends elsewhere" in said


@pytest.mark.parametrize("document", [[], {}, {"format": "other", "version": 1}, {**made(), "keys": 3}, "x"])
def test_a_file_of_another_format_is_refused(document: object, tmp_path: Path) -> None:
    code, said = rederive(document, tmp_path)
    assert code == 2
    assert "Traceback" not in said


def test_wrong_usage_is_explained(tmp_path: Path) -> None:
    assert rederive({}, tmp_path, "--hat")[0] == 2
    code, said = rederive({}, tmp_path, "--head")
    assert code == 2
    assert "scripts/rederive FILE.json" in said


def test_a_record_is_a_pure_function_of_what_it_names() -> None:
    assert made() == made()


def test_a_response_to_an_unknown_item_and_a_wrong_mark_are_refused() -> None:
    first = scorer(KEY, PAPER)
    with pytest.raises(StatisticsError, match="replay_response"):
        first.score({"q9": "A"})
    for mark in ("5", "x", "-1"):
        with pytest.raises(StatisticsError, match="replay_mark"):
            first.score({"practical": mark})


def test_a_key_that_does_not_fit_its_paper_is_refused() -> None:
    with pytest.raises(StatisticsError, match=r"replay_cell .*q1"):
        scorer(Key({**KEY.items, "q1": ItemKey(ONE, (5,), {})}), PAPER)
    dropped = {
        item: ItemKey(one.maximum, one.cells, {}, Treatment.DROPPED) for item, one in KEY.items.items()
    }
    with pytest.raises(StatisticsError, match="replay_cell_empty"):
        scorer(Key(dropped), PAPER)
