# SPDX-License-Identifier: Apache-2.0
"""Papers with an adaptive section as they are really drawn: no question too often a first one, and kinds in balance."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from assessor import api
from assessor.attempts.settling import settle, withheld
from core.errors import Conflict, Invalid
from item_bank import api as bank
from scoring.adaptive.operating import operate
from tests.adaptive import CURTAILED
from tests.sectioned import LINEAR, sectioned_document
from tests.unit.assessor.world import World, refused

PAPERS = 12
WAY = {"allow_skipping": False, "allow_review": False}


SCARCE = [{"pc": "PC4", "difficulty": "hard", "least": 4, "most": 4}]
"""Four questions of PC4 are hard, and a paper has four: all papers have the same ones."""
ALONE = [
    {"pc": "PC4", "difficulty": "easy", "least": 0, "most": 0},
    {"pc": "PC4", "type": "text_entry", "least": 1, "most": 1},
    {"pc": "PC4", "type": "choice_multiple", "least": 0, "most": 0},
]
"""One question of its kind, in every paper, beside three of another."""
LIMIT = Fraction(2, 3)
"""PC4 needs three of four, so nobody is settled before two: no lower limit can always be kept over four questions."""


def drawn(
    world: World,
    adaptive: dict[str, Any],
    *,
    quotas: list[dict[str, Any]] | None = None,
    seed: int = 7,
    papers: int = PAPERS,
) -> list[api.Form]:
    """Papers of one draw that may share items, as the agency draws and seals them."""
    with world.store.write(world.manager) as uow:
        credential = bank.credential_version(uow, world.ids.credential).document
        document = sectioned_document(credential, **WAY, adaptive=adaptive)
        document["overlap"] = {"most": None, "among": "draw"}
        document["quotas"] = quotas or []
        stored = bank.add_blueprint(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=world.ids.credential,
            name=f"Orders {seed}",
            document=document,
        )
        definition = api.define_assessment(uow, organisation_id=world.ids.agency, blueprint_id=stored.id)
        forms = api.assemble_forms(
            uow, definition.id, organisation_id=world.ids.agency, count=papers, seed=seed
        )
        return [api.seal_form(uow, one.id, organisation_id=world.ids.agency) for one in forms]


def rows(world: World, form: api.Form) -> dict[str, list[bank.ItemVersion]]:
    """The items of the adaptive section by PC, in the order in which they are asked."""
    section = next(one for one in form.content.sections if one.id == LINEAR)
    with world.store.read(world.manager) as uow:
        versions = bank.item_versions(uow, section.items)
    found: dict[str, list[bank.ItemVersion]] = {}
    for one in section.items:
        found.setdefault(versions[one].content.pc, []).append(versions[one])
    return found


def first_ones(world: World, forms: list[api.Form]) -> list[int]:
    """After each paper, in how many papers the question stood that was a first one most often."""
    asked: Counter[str] = Counter()
    most = []
    for form in forms:
        section = next(one for one in form.content.sections if one.id == LINEAR)
        for pc, row in rows(world, form).items():
            asked.update(one.item_id for one in row[: dict(section.stops)[pc].least])
        most.append(max(asked.values()))
    return most


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_question_is_a_first_one_in_more_papers_than_the_limit_and_one_more(
    world: World, seed: int
) -> None:
    forms = drawn(world, {**CURTAILED, "exposure": str(LIMIT)}, quotas=SCARCE, seed=seed)
    most = first_ones(world, forms)
    assert all(number <= LIMIT * papers + 1 for papers, number in enumerate(most))
    bound = LIMIT * (PAPERS - 1) + 1
    print(f"most often a first question: {most[-1]} of {PAPERS} papers, bound {float(bound):.2f}")


def test_without_the_limit_some_question_is_a_first_one_too_often(world: World) -> None:
    runs = [first_ones(world, drawn(world, CURTAILED, quotas=SCARCE, seed=seed)) for seed in range(1, 4)]
    print(f"without a limit: {[most[-1] for most in runs]} of {PAPERS} papers")
    assert any(number > LIMIT * papers + 1 for most in runs for papers, number in enumerate(most))


@pytest.mark.parametrize("balance", ["difficulty", "type"])
def test_at_every_place_no_kind_is_more_than_one_question_ahead_of_its_part(
    world: World, balance: str
) -> None:
    for form in drawn(world, {**CURTAILED, "balance": balance}):
        for row in rows(world, form).values():
            kinds = [
                one.content.difficulty.value if balance == "difficulty" else one.content.interaction.value
                for one in row
            ]
            whole = Counter(kinds)
            for place in range(1, len(kinds) + 1):
                for kind, number in Counter(kinds[:place]).items():
                    assert number < Fraction(place * whole[kind], len(kinds)) + 1


def test_people_on_the_drawn_papers_are_asked_as_often_as_the_exact_figures_say(world: World) -> None:
    forms, chance, persons = drawn(world, CURTAILED, papers=6), Fraction(7, 10), 4000
    draw = Random(5)
    lengths: dict[str, list[int]] = {"PC3": [], "PC4": []}
    for number in range(persons):
        content = forms[number % len(forms)].content
        section = next(one for one in content.sections if one.id == LINEAR)
        pcs = {item.version_id: item.pc for item in content.items}
        given: dict[str, bool] = {}
        for place, item in enumerate(section.items):
            if item not in withheld(section, settle(section, pcs, given, passed=place), given):
                given[item] = draw.random() < chance
        for one in settle(section, pcs, given, passed=len(section.items), ended=True):
            lengths[one.pc].append(len(one.counted))
    for pc, table in section.stops:
        exact = operate(table, chance=chance)
        mean = sum(lengths[pc]) / persons
        spread = float(sum(n * n * odds for n, odds in enumerate(exact.lengths, 1)) - exact.length**2)
        print(f"{pc}: {mean:.3f} questions asked, exact {float(exact.length):.3f} of {table.items}")
        assert abs(mean - float(exact.length)) < 4 * (spread / persons) ** 0.5


def test_a_draw_with_a_limit_is_drawn_again_byte_by_byte(world: World) -> None:
    forms = drawn(world, {**CURTAILED, "exposure": "2/3", "balance": "difficulty"}, papers=4)
    with world.store.read(world.manager) as uow:
        [record] = api.draws(uow, forms[0].assessment_id, organisation_id=world.ids.agency)
        assert api.replays(uow, record.id, organisation_id=world.ids.agency)


def test_a_mix_that_leaves_too_few_questions_for_the_limit_refuses_the_draw(world: World) -> None:
    # The only written question is in balance with three others: it is always among the first two.
    with refused(Conflict, "adaptive_exposure_over"):
        drawn(world, {**CURTAILED, "exposure": "2/3", "balance": "type"}, quotas=ALONE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"exposure": "0"}, "adaptive_exposure"),
        ({"exposure": "3/2"}, "adaptive_exposure"),
        ({"exposure": "1/5"}, "adaptive_exposure_low"),
        ({"least": 4, "exposure": "1/2"}, "adaptive_exposure_low"),
        ({"balance": "colour"}, "not_one_of"),
    ],
)
def test_a_limit_that_no_bank_could_keep_is_refused_by_name(
    world: World, change: dict[str, Any], code: str
) -> None:
    with world.store.read(world.manager) as uow:
        credential = bank.credential_version(uow, world.ids.credential).document
    document = sectioned_document(credential, **WAY, adaptive={**CURTAILED, **change})
    with refused(Invalid, "blueprint_malformed") as refusal:
        bank.parse_plan(document, credential=credential)
    assert code in {one["code"] for one in refusal.value.facts["problems"]}
