# SPDX-License-Identifier: Apache-2.0
"""From the attempts of a closed batch to every report: what the learners did is found in it, and every section has numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import comb
from typing import Any, NamedTuple

import pytest

from assessor import api
from core.clock import FixedClock
from core.config import Config
from tests.analysed import Analysed, analysed_batch, sample_of
from tests.analysed_sitters import CLICKER, COPIERS
from tests.conftest import NOON
from tests.databases import Databases
from tests.db.analyses import manager
from tests.unit.assessor.world import World, fresh_world
from web import wiring
from web.analysis_jobs import AnalysisJobs

Kind = api.ReportKind
REASONS = {
    ("forensics", "exposed"): "no_item_drifted",
}
"""Where no item grew easier, this section says why it has no number."""


class Whole(NamedTuple):
    """The batch, how its reports stand, and their documents by kind; `titles` are the names of items by version."""

    sat: Analysed
    standings: list[api.KindStanding]
    documents: dict[Kind, dict[str, Any]]
    titles: dict[str, str]

    def section(self, kind: Kind, name: str) -> dict[str, Any]:
        found = [one for one in self.documents[kind]["sections"] if one["id"] == name]
        assert len(found) == 1
        return dict(found[0])

    def rows(self, kind: Kind, name: str) -> list[dict[str, Any]]:
        table = self.section(kind, name)["table"]
        heads = [column.get("label") or column["code"] for column in table["columns"]]
        return [dict(zip(heads, row, strict=True)) for row in table["rows"]]

    def figures(self, kind: Kind, name: str) -> dict[str, Any]:
        return {one["code"]: one["value"] for one in self.section(kind, name)["figures"]}


@pytest.fixture(scope="module")
def whole(sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A batch of 220 on two papers; every report is ordered by the manager and made by the job of a server.

    What reaches the database is in `test_analyses` and `test_analyses_data`, on SQLite and on PostgreSQL.
    """
    folder = tmp_path_factory.mktemp("whole")
    for world in fresh_world(sqlite_databases, folder):
        sat = analysed_batch(world.store, sample_of(world.ids), persons=220, forms=2)
        with world.store.write(manager(world)) as uow:
            for kind in Kind:
                api.order_report(uow, sat.batch_id, kind=kind, organisation_id=world.ids.agency)
        address = world.store.engine.url.render_as_string(hide_password=False)
        parts = wiring.build(
            Config(var=folder / "var", secret_key="a secret for tests only, long enough", database=address),
            clock=FixedClock(NOON),
        )
        assert AnalysisJobs(parts).run_waiting() == len(Kind)
        parts.engine.dispose()
        yield read(world, sat)


def read(world: World, sat: Analysed) -> Whole:
    with world.store.read(world.manager) as uow:
        standings = api.reports_of_batch(uow, sat.batch_id, organisation_id=world.ids.agency)
        documents = {}
        for one in standings:
            assert one.readable is not None, (one.kind, one.newest and one.newest.code)
            _, documents[one.kind] = api.report_document(
                uow, one.readable.id, organisation_id=world.ids.agency
            )
        data = api.gather_batch(uow, sat.batch_id, organisation_id=world.ids.agency)
    return Whole(sat, standings, documents, {item.version_id: item.label for item in data.items})


@pytest.mark.parametrize("kind", list(Kind))
def test_attempts_become_every_report_and_every_section_has_numbers(whole: Whole, kind: Kind) -> None:
    standing = next(one for one in whole.standings if one.kind is kind)
    assert standing.newest is not None
    assert standing.newest.certified
    assert (standing.newest.persons, standing.outdated) == (220, False)
    document = whole.documents[kind]
    assert document["made_from"] == standing.newest.made_from
    assert document["batch"]["persons"] == 220
    assert document["cautions"] == []
    assert "Learner" not in str(document)
    for section in document["sections"]:
        reason = REASONS.get((kind.value, section["id"]))
        if reason is not None:
            assert section["unavailable"]["code"] == reason
            continue
        assert section["unavailable"] is None, section["id"]
        assert holds_numbers(section), section["id"]


def holds_numbers(section: dict[str, Any]) -> bool:
    """Whether a section has a figure with a value, a row or a point that is drawn."""
    figures = [one["value"] for one in section["figures"] if one["value"] is not None]
    rows = section["table"]["rows"] if section["table"] else []
    points = [point for plot in section["plots"] for one in plot["series"] for point in one["points"]]
    return bool(figures or rows or points)


DRAWN = {
    Kind.ITEMS: {"facility_and_discrimination", "option_curves"},
    Kind.PAPER: {"alpha_by_form"},
    Kind.MODEL: {"item_curve", "test_information", "wright_map"},
    Kind.FAIRNESS: {"dif_gender"},
    Kind.FORMS: {"shift_of_forms", "equated_less_score"},
}
"""Plots by which these reports are read."""


@pytest.mark.parametrize("kind", list(DRAWN))
def test_the_plots_by_which_a_report_is_read_are_there_with_points(whole: Whole, kind: Kind) -> None:
    drawn = {
        plot["id"].partition("-")[0]  # of one item: its name follows
        for section in whole.documents[kind]["sections"]
        for plot in section["plots"]
        if any(one["points"] for one in plot["series"])
    }
    assert DRAWN[kind] <= drawn


def test_pairs_are_compared_within_one_sitting_and_centre_only(whole: Whole) -> None:
    figures = whole.figures(Kind.FORENSICS, "pairs")
    sittings = Counter(sitter.sitting for sitter in whole.sat.sitters)
    assert len(sittings) == 2
    assert figures["pairs_compared"] + figures["pairs_without_common_item"] == sum(
        comb(people, 2) for people in sittings.values()
    )


def test_all_reports_of_a_batch_are_made_from_the_same_data(whole: Whole) -> None:
    assert len({document["made_from"] for document in whole.documents.values()}) == 1


def test_the_wrong_key_is_found(whole: Whole) -> None:
    item = whole.titles[whole.sat.miskeyed_item]
    sure = [row["item"] for row in whole.rows(Kind.ITEMS, "suspicious_keys") if row["beyond_chance"]]
    assert set(sure) == {item}
    assert whole.figures(Kind.ITEMS, "suspicious_keys")["keys_to_check"] == 1


def test_the_item_that_is_harder_for_women_is_found_and_no_other(whole: Whole) -> None:
    flagged = [row for row in whole.rows(Kind.FAIRNESS, "dif_gender") if row["flagged"]]
    assert [row["item"] for row in flagged] == [whole.titles[whole.sat.unfair_item]]
    assert (flagged[0]["focal"], flagged[0]["favours"], flagged[0]["ets"]) == ("male", "favours_focal", "C")
    for other in ("dif_language", "dif_centre", "dif_device"):
        assert whole.figures(Kind.FAIRNESS, other)["items_flagged"] == 0


def test_the_pair_that_copied_and_the_one_who_clicked_are_found(whole: Whole) -> None:
    (pair,) = whole.rows(Kind.FORENSICS, "pairs")
    assert [pair["first"], pair["second"]] == [f"Candidate {place + 1:03d}" for place in COPIERS]
    (clicker,) = [row for row in whole.rows(Kind.FORENSICS, "rapid") if "low_effort" in row["kinds"]]
    assert clicker["person"] == f"Candidate {CLICKER + 1:03d}"


def test_both_papers_have_every_reliability_and_the_larger_one_tests_the_model(whole: Whole) -> None:
    papers = whole.rows(Kind.PAPER, "reliability_by_form")
    assert len(papers) == 2
    for row in papers:
        for name in ("alpha", "omega", "kr20", "split_half"):
            assert 0 < row[name] < 1, name
    fit = whole.figures(Kind.MODEL, "fit")
    assert fit["m2"] > 0
    assert fit["df"] > 0


def test_every_person_has_a_chance_of_mastery_and_an_ability(whole: Whole) -> None:
    assert len(whole.rows(Kind.CERTAINTY, "mastery")) == 220
    assert len(whole.rows(Kind.MODEL, "abilities")) == 220
    assert len(whole.rows(Kind.DIAGNOSIS, "persons")) == 220
    told = whole.figures(Kind.FORMS, "turned")
    assert told["turned"] == len(whole.rows(Kind.FORMS, "turned"))
