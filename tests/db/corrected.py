# SPDX-License-Identifier: Apache-2.0
"""Short words for the tests of corrected keys: who acts, an item and its key, and a correction from asking to the end."""

from __future__ import annotations

import json
import runpy
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from assessor import api
from assessor.results.tables import ResultRow
from core.identity import queries as identity
from core.identity.model import Role
from core.uow import Actor
from item_bank import api as bank
from scoring.api import Interaction, ItemScoring
from scoring.rescoring.api import Policy
from tests.db.results import mark_all
from tests.unit.assessor.world import World

SIGNING = b"s" * 32
REASON = "Two learners and the author found the key wrong."
_REDERIVE = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "rederive"))["main"]


def of_role(world: World, role: Role) -> Actor:
    """The person of the agency with a role, acting."""
    with world.store.read(Actor.system()) as uow:
        return world.staff(identity.people(uow, world.ids.agency, role=role)[0].id)


def first_items(world: World, enrolled: api.Enrolled) -> list[str]:
    """The item versions of a learner's paper, in its order."""
    names = {}
    with world.store.read(Actor.system()) as uow:
        opaque = world._opaque(uow, enrolled)
        form = _form(world, enrolled)
        for item in form.content.items:
            names[bank.item_ref(item.version_id, opaque=opaque)] = item.version_id
        order = api.handed_in(uow, api.learner_entry(uow, enrolled.entry.id)).questions
    return [names[ref] for ref in order]


def _form(world: World, enrolled: api.Enrolled) -> api.Form:
    with world.store.read(Actor.system()) as uow:
        line = api.entry_line(uow, enrolled.entry.id, organisation_id=world.ids.agency)
        known = api.forms(uow, line.entry.assessment_id, organisation_id=world.ids.agency)
    return next(form for form in known if form.id == line.entry.form_id)


def scoring_of(world: World, enrolled: api.Enrolled, version_id: str) -> ItemScoring:
    """What an item of a paper is scored by."""
    pins = {item.version_id: item.sha256 for item in _form(world, enrolled).content.items}
    with world.store.read(Actor.system()) as uow:
        found = bank.scoring_view(uow, {version_id: pins[version_id]})[version_id]
    assert isinstance(found, ItemScoring)
    return found


def everybody() -> api.NewKey:
    return api.NewKey(kind=api.NewKeyKind.EVERYBODY)


def dropped() -> api.NewKey:
    return api.NewKey(kind=api.NewKeyKind.DROPPED)


def keyed(*responses: Sequence[str]) -> api.NewKey:
    return api.NewKey(kind=api.NewKeyKind.KEYED, accepted=tuple(tuple(one) for one in responses))


def by_version(version_id: str) -> api.NewKey:
    return api.NewKey(kind=api.NewKeyKind.VERSION, as_version_id=version_id)


def newer_version(world: World, version_id: str, *, live: bool = True, **changes: Any) -> str:
    """The item corrected in the bank by its author, and reviewed where it is `live`; the id of its new version."""
    with world.store.write(of_role(world, Role.AUTHOR)) as uow:
        old = bank.item_version(uow, version_id)
        sample = next(one for one in bank.load_sample().items if one["id"] == old.external_id)
        bank.import_items(
            uow,
            owner_id=world.ids.agency,
            credential_version_id=world.ids.credential,
            parsed=bank.parse_item_documents([{**sample, **changes}]),
            mode=bank.ImportMode.ALL_OR_NOTHING,
        )
        new = next(one for one in bank.versions_of_item(uow, old.item_id) if one.number == old.number + 1)
        if live:
            bank.submit_for_review(uow, new.id)
    if live:
        with world.store.write(of_role(world, Role.REVIEWER)) as uow:
            bank.approve_item(uow, new.id)
    return new.id


def ask(
    world: World,
    version_id: str,
    new_key: api.NewKey,
    policy: Policy = Policy.FULL,
    *,
    by: Actor | None = None,
    reason: str = REASON,
) -> api.KeyCorrection:
    with world.store.write(by or world.manager) as uow:
        return api.ask_correction(
            uow,
            version_id,
            organisation_id=world.ids.agency,
            new_key=new_key,
            policy=policy,
            reason=reason,
        )


def look(world: World, correction_id: str) -> api.DryRun:
    with world.store.read(world.manager) as uow:
        return api.correction_difference(uow, correction_id, organisation_id=world.ids.agency)


def approve(
    world: World, correction_id: str, *, by: Actor | None = None, shown: api.DryRun | None = None
) -> api.KeyCorrection:
    shown = shown or look(world, correction_id)
    with world.store.write(by or of_role(world, Role.REVIEWER)) as uow:
        return api.approve_correction(
            uow, correction_id, organisation_id=world.ids.agency, shown=shown, key=SIGNING
        )


def carry_out(world: World, correction_id: str) -> int:
    """Correct every entry, each in a unit of work of its own; how many there were."""
    done = 0
    more = True
    while more:
        with world.store.write(Actor.system()) as uow:
            more = api.correct_next(uow, correction_id)
        done += more
    return done


def correct(
    world: World, version_id: str, new_key: api.NewKey, policy: Policy = Policy.FULL
) -> api.KeyCorrection:
    """From asking to the end."""
    asked = ask(world, version_id, new_key, policy)
    approve(world, asked.id)
    carry_out(world, asked.id)
    return told(world, asked.id)


def told(world: World, correction_id: str) -> api.KeyCorrection:
    with world.store.read(world.manager) as uow:
        return api.correction(uow, correction_id, organisation_id=world.ids.agency)


def finished(world: World, name: str, *, wrong: int = 0) -> api.Enrolled:
    """A learner with a provisional result, who left the first `wrong` questions unanswered."""
    enrolled = world.sat(name, wrong=wrong)
    mark_all(world, enrolled)
    return enrolled


def finished_alike(world: World, first: api.Enrolled, name: str, *, wrong: int = 0) -> api.Enrolled:
    """One more with the same paper, whoever comes before."""
    for _ in range(40):
        other = finished(world, name, wrong=wrong)
        if set(first_items(world, first)) == set(first_items(world, other)):
            return other
    raise AssertionError("forty papers and none alike")


def simple_items(world: World, enrolled: api.Enrolled) -> list[str]:
    """Those of the paper's questions that have one right option, in order."""
    views = ((item, scoring_of(world, enrolled, item)) for item in first_items(world, enrolled))
    return [item for item, view in views if view.interaction is Interaction.CHOICE_SINGLE]


def wrong_options(world: World, enrolled: api.Enrolled, version_id: str) -> list[str]:
    view = scoring_of(world, enrolled, version_id)
    return [option for option in view.options if option not in view.correct]


def results_of(world: World, enrolled: api.Enrolled) -> list[ResultRow]:
    """Every result of an entry, oldest first."""
    with world.store.read(Actor.system()) as uow:
        rows = uow.db.query(ResultRow).filter(ResultRow.entry_id == enrolled.entry.id)
        found = sorted(rows, key=lambda row: row.id)
        uow.db.expunge_all()
    return found


def records(world: World, batch_id: str | None = None) -> api.RecordsFile:
    with world.store.write(world.manager) as uow:
        return api.export_records(uow, batch_id or world.ids.batch, organisation_id=world.ids.agency)


def rederive(document: dict[str, Any], tmp_path: Path) -> tuple[int, str]:
    """What the script that knows nothing of Kasauti makes of a file."""
    file = tmp_path / "records.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    said = StringIO()
    with redirect_stdout(said):
        code: int = _REDERIVE([str(file)])
    return code, said.getvalue()
