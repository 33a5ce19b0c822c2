# SPDX-License-Identifier: Apache-2.0
"""What stands beside one result: the same numbers as from the command line, with the rights of whoever looks, or a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from assessor import api as assessor
from assessor.results.beside import certainty_of, untold
from assessor.results.tables import ResultRow
from core.errors import NotFound
from core.identity.model import Role
from core.uow import Actor, ActorKind, UnitOfWork
from item_bank import api as bank
from tests.unit.assessor.test_assessor_result_document import evidence
from tests.web import world
from tests.web.site import Site, on_both
from web.cli import run
from web.presenters.certainty import chance_words

STRANGER = "0" * 26
"""An organisation that has nothing to do with the result."""


def told(uow: UnitOfWork, result_id: str) -> assessor.ResultCertainty | assessor.Untold:
    """How sure a result is, as the actor of the unit of work may know it."""
    row = uow.db.get_one(ResultRow, result_id)
    found = assessor.result(uow, result_id, organisation_id=row.agency_id)
    return certainty_of(uow, found, assessor.learner_entry(uow, row.entry_id))


def seen(site: Site, role: Role, result_id: str) -> str:
    """The page of a result as a text without marks."""
    path = "awarding" if role is Role.AWARDING_BODY else "manager"
    text = site.staff(role).get(f"/{path}/results/{result_id}").text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def printed(
    folder: Path, capsys: pytest.CaptureFixture[str], part: assessor.PartCertainty
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What ``kasauti stats accuracy`` says of the same steps: of the person, and of the threshold."""
    names = [f"i{number}" for number in range(part.judgements)]
    rows = [",".join("1" if number < part.right else "0" for number in range(part.judgements))]
    table, matrix = folder / "steps.csv", folder / "q.csv"
    table.write_text("\n".join([",".join(names), *rows]) + "\n", encoding="utf-8")
    matrix.write_text("item,PC\n" + "".join(f"{name},1\n" for name in names), encoding="utf-8")
    assert part.found is not None
    cut = ["--cut", str(part.found.mastery.share), "--q", str(matrix)]
    capsys.readouterr()
    assert run(["stats", "accuracy", "--method", "binomial", *cut, str(table), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    return document["persons"][0]["criteria"][0], document["criteria"][0]


def test_the_numbers_beside_a_result_are_those_of_the_command_line(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result_id = world.declare_one(site)
    with site.parts.store.read(Actor.system()) as uow:
        certainty = told(uow, result_id)
    assert isinstance(certainty, assessor.ResultCertainty)
    text = seen(site, Role.MANAGER, result_id)
    assert len(certainty.parts) == 6
    for part in certainty.parts:
        person, threshold = printed(tmp_path, capsys, part)
        assert part.found is not None
        assert part.quality is not None
        assert part.found.mastery.chance == pytest.approx(person["chance_of_mastery"], abs=1e-12)
        assert part.found.advice.value == person["advice"]
        assert part.quality.accuracy == pytest.approx(threshold["accuracy"], abs=1e-12)
        assert part.quality.consistency == pytest.approx(threshold["consistency"], abs=1e-12)
        row = (
            f"{part.right} of {part.judgements} {chance_words(person['chance_of_mastery'])} "
            f"{person['lower'] * 100:.0f} % to {person['upper'] * 100:.0f} %"
        )
        assert row in text
        share = f"{float(part.found.mastery.share) * 100:.0f} %"
        assert (
            f"{part.scope.name} {part.judgements} {share} {threshold['accuracy'] * 100:.0f} % "
            f"{threshold['consistency'] * 100:.0f} %"
        ) in text


def test_each_side_reads_it_in_its_own_words(site: Site) -> None:
    result_id = world.declare_one(site)
    learner = site.learner(world.DECLARED).get("/learner/result").text
    assert "So we also say how sure we are" in learner
    assert "We are fairly sure that" in learner or "It was close" in learner
    assert "With other questions of the same kind" in learner
    for word in ("viva on this would", "Chance of mastery", "In doubt", "more questions would"):
        assert word not in learner
    for role in (Role.MANAGER, Role.AWARDING_BODY):
        text = seen(site, role, result_id)
        assert "How sure this result is" in text
        assert "Chance of mastery" in text
        assert "Standard error" in text
        assert "Judged alike twice" in text
        assert "Nobody has ordered the certainty report of this batch yet" in text
        assert "If the rule were read in another way" in text


def test_the_rule_that_decided_says_what_came_of_each_of_its_sentences(site: Site) -> None:
    result_id = world.declare_one(site)
    for text in (
        seen(site, Role.AWARDING_BODY, result_id),
        unescape(site.learner(world.DECLARED).get("/learner/result").text),
    ):
        assert "All of these must be met:" in text
        assert re.search(r"\d of 7 are met; 7 are needed\.", text)
        assert "Not met." in text
        assert "Missing: " in text


@on_both
def test_an_awarding_body_reads_with_its_own_rights_and_nobody_elses_results(site: Site) -> None:
    result_id = world.declare_one(site)
    with site.parts.store.read(Actor.system()) as uow:
        row = uow.db.get_one(ResultRow, result_id)
        body, agency, entry_id = row.awarding_body_id, row.agency_id, row.entry_id
    roles = frozenset({Role.AWARDING_BODY})
    with site.parts.store.read(Actor(ActorKind.PERSON, "p", body, roles)) as uow:
        assert isinstance(told(uow, result_id), assessor.ResultCertainty)
    with site.parts.store.read(Actor(ActorKind.CANDIDATE, entry_id, agency)) as uow:
        assert isinstance(told(uow, result_id), assessor.ResultCertainty)
    for kind in (ActorKind.PERSON, ActorKind.API_CLIENT, ActorKind.CANDIDATE):
        with site.parts.store.read(Actor(kind, "p", STRANGER, roles)) as uow, pytest.raises(NotFound):
            told(uow, result_id)


def test_a_blueprints_component_is_for_those_who_may_read_the_blueprint(site: Site) -> None:
    result_id = world.declare_one(site)
    with site.parts.store.read(Actor.system()) as uow:
        row = uow.db.get_one(ResultRow, result_id)
        definition = assessor.assessment(
            uow, assessor.learner_entry(uow, row.entry_id).assessment_id, organisation_id=row.agency_id
        )
        blueprint_id, agency, body = definition.blueprint_id, row.agency_id, row.awarding_body_id
    for kind, own, fine in (
        (ActorKind.PERSON, agency, True),
        (ActorKind.CANDIDATE, agency, True),
        (ActorKind.PERSON, body, True),
        (ActorKind.CANDIDATE, body, False),
        (ActorKind.PERSON, STRANGER, False),
    ):
        with site.parts.store.read(Actor(kind, "p", own)) as uow:
            if fine:
                assert bank.blueprint_component(uow, blueprint_id) == "theory"
            else:
                with pytest.raises(NotFound):
                    bank.blueprint_component(uow, blueprint_id)


# ------------------------------------------------------------------------------------ a reason in place of numbers


def altered(site: Site, result_id: str) -> Iterator[dict[str, Any]]:
    """The document of a result, to be changed."""
    with site.parts.store.write(Actor.system()) as uow:
        row = uow.db.get_one(ResultRow, result_id)
        document = json.loads(json.dumps(row.document))
        yield document
        row.document = document


def test_a_result_that_the_work_no_longer_gives_points_to_the_newer_one(site: Site) -> None:
    result_id = world.declare_one(site)
    for document in altered(site, result_id):
        document["marks"][0]["awarded"] = "3.5"
    text = seen(site, Role.MANAGER, result_id)
    assert "This cannot be told any more" in text
    assert "The work or its marks have changed since" in text
    assert "So we also say how sure" not in site.learner(world.DECLARED).get("/learner/result").text


def test_after_an_erasure_the_result_stands_and_says_why_there_are_no_numbers(site: Site) -> None:
    result_id = world.declare_one(site)
    with site.parts.store.write(Actor.system()) as uow:
        entry = assessor.learner_entry(uow, uow.db.get_one(ResultRow, result_id).entry_id)
        assessor.erase_candidate(uow, entry.candidate_id, blobs=site.parts.blobs)
    for role in (Role.MANAGER, Role.AWARDING_BODY):
        text = seen(site, role, result_id)
        assert "The answers behind this result are deleted" in text
        assert "If the rule were read in another way" in text


def test_the_reason_is_found_in_what_differs() -> None:
    document = {"items": {"answered": 24}}
    whole = evidence()
    assert untold(replace(whole, values={}), document) is assessor.Untold.ANSWERS_DELETED
    assert untold(whole, document) is assessor.Untold.OUTDATED
    assert untold(whole, {**document, "corrections": [{"id": "c1"}]}) is assessor.Untold.KEY_CORRECTED
    assert untold(replace(whole, values={}), {"items": {"answered": 0}}) is assessor.Untold.OUTDATED
