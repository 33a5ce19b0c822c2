# SPDX-License-Identifier: Apache-2.0
"""Candidates who go to another sitting: a look at the new times first, then all who are chosen or nobody."""

from __future__ import annotations

import re

from core.identity.model import Role
from tests.web.batches import line_of
from tests.web.calm import calm
from tests.web.scheduling import sitting_of
from tests.web.site import Site, Visitor
from tests.web.stage import SITTING


def another_sitting(manager: Visitor, site: Site) -> str:
    """One more sitting of the sample's batch; its id."""
    entry = line_of(site, "Mohan Lal").entry
    path = f"/manager/batches/{entry.sitting.batch_id}/sittings"
    assert manager.post(f"{path}/new", SITTING).status_code == 302
    return re.findall(r"/manager/sittings/([a-z0-9]{26})/candidates", manager.get(path).text)[-1]


def test_a_candidate_is_moved_after_a_look_at_the_new_times(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    entry = line_of(site, "Mohan Lal").entry
    path = f"/manager/sittings/{entry.sitting.id}/move"
    assert path in manager.get(f"/manager/entries/{entry.id}").text
    target = another_sitting(manager, site)
    page = manager.get(f"{path}?entry={entry.id}").text
    assert page.count("checked") >= 2, "the candidate is chosen already, and keeping the code"
    assert manager.post(path, {"to": target, "action": "preview"}).status_code == 422
    sent = {"to": target, "entry": entry.id, "codes": "new"}
    shown = manager.post(path, {**sent, "action": "preview"})
    assert "Only a preview" in shown.text
    assert "2 Dec 2026" in shown.text
    assert line_of(site, "Mohan Lal").entry.sitting.id == entry.sitting.id
    done = manager.post(path, {**sent, "action": "move"})
    assert "1 candidate is moved and told." in done.text
    assert "Mohan Lal" in done.text
    after = line_of(site, "Mohan Lal").entry
    assert (after.sitting.id, after.form_id) == (target, entry.form_id)
    calm(manager.post(path, {**sent, "entry": "a" * 26, "action": "preview"}), 404, "entry_unknown")
    calm(manager.post(path, {**sent, "to": "a" * 26, "action": "move"}), 404, "sitting_unknown")


def test_everybody_of_a_cancelled_sitting_is_chosen_already(site: Site) -> None:
    manager = site.staff(Role.MANAGER)
    old, target = sitting_of(site), another_sitting(manager, site)
    assert manager.post(f"/manager/sittings/{old}/cancel", {"reason": "Flood."}).status_code == 302
    page = manager.get(f"/manager/sittings/{old}/move").text
    chosen = re.findall(r'name="entry" value="([a-z0-9]{26})"[^>]* checked', page)
    assert len(chosen) > 1
    assert "new codes are safer" in page
    done = manager.post(
        f"/manager/sittings/{old}/move", {"to": target, "entry": chosen, "codes": "keep", "action": "move"}
    )
    assert done.status_code == 302
    assert f"{len(chosen)} candidates are moved and told." in manager.get(done.location).text
    left = manager.get(f"/manager/sittings/{old}/move").text
    assert "Nobody can be moved" in left


def test_who_has_begun_is_named_and_nobody_is_moved(site: Site) -> None:
    from tests.web import sitting as rooms

    manager = site.staff(Role.MANAGER)
    rooms.begin(site.learner("Mohan Lal"))
    entry, target = line_of(site, "Mohan Lal").entry, another_sitting(manager, site)
    path = f"/manager/sittings/{entry.sitting.id}/move"
    sent = {"to": target, "entry": entry.id, "action": "preview"}
    assert "Cannot be moved" in manager.post(path, sent).text
    refused = manager.post(path, {**sent, "action": "move"})
    assert refused.status_code == 409
    assert "Nobody has been moved" in refused.text
