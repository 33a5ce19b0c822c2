# SPDX-License-Identifier: Apache-2.0
"""Which acts ask again who one is, and that they do nothing until it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest

from core.identity.model import Role
from tests.web.access_table import MAY, STAFF
from tests.web.stage import UNSAFE, Stage, method_of, open_stage, watching

ASKED_AGAIN = {
    "attempt_reviews.appeal",
    "attempt_reviews.decide",
    "attempt_reviews.raise_note",
    "awarding.issue_key",
    "awarding.revoke_key",
    "blind_reviews.raise_mark",
    "corrections.approve",
    "corrections.records",
    "integrity.decide",
    "lti.register",
    "lti.remove",
    "manager.declare",
    "manager.declare_all",
    "oidc.begin_link",
    "oidc.remove",
    "oidc.save",
    "panels.adopt",
    "panels.conclude",
    "people.reset_password",
    "people.reset_second_factor",
    "people.set_active",
    "people.set_roles",
    "people.settings",
    "privacy_desk.confirm",
    "privacy_desk.export_entry",
    "privacy_desk.refuse",
    "privacy_desk.save_periods",
    "second_factor.begin",
    "second_factor.new_codes",
    "second_factor.remove",
}
"""Whoever finds a screen that somebody left open must not get any of these. What certifies joins them."""


@pytest.fixture(scope="module")
def stage(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(sample_folder, tmp_path_factory.mktemp("stage")) as opened:
        yield opened


def let_proofs_lapse(stage: Stage) -> None:
    """As after 15 minutes, for everybody who is signed in."""
    stage.restore()
    with closing(pysqlite3.connect(stage.database)) as connection:
        connection.execute("UPDATE logins SET proved_at = NULL")
        connection.commit()


def asks(stage: Stage) -> dict[str, set[str]]:
    """Which endpoints that change something ask for a proof, for whom of the staff that may."""
    let_proofs_lapse(stage)
    found: dict[str, set[str]] = {}
    for rule in stage.rules():
        if method_of(rule) not in UNSAFE:
            continue
        who = sorted(MAY[rule.endpoint] & set(STAFF))
        if rule.endpoint not in ASKED_AGAIN:
            let_proofs_lapse(stage)
            who = who[:1]  # what does not ask has changed something: each of them on its own
        for name in who:
            answer = stage.call(name, rule)
            if answer.status_code == 403 and 'name="proof-of-person"' in answer.text:
                found.setdefault(rule.endpoint, set()).add(name)
    return found


def test_exactly_these_acts_ask_again_and_whoever_may_do_them_is_asked(stage: Stage) -> None:
    found = asks(stage)
    assert set(found) == ASKED_AGAIN
    assert found == {endpoint: MAY[endpoint] & set(STAFF) for endpoint in ASKED_AGAIN}


def test_nothing_is_done_before_the_proof(stage: Stage) -> None:
    let_proofs_lapse(stage)
    with watching(stage.database) as changes:
        for rule in stage.rules():
            if rule.endpoint in ASKED_AGAIN:
                for name in MAY[rule.endpoint] & set(STAFF):
                    assert stage.call(name, rule).status_code == 403, rule
        assert changes() == 0


def test_a_program_is_told_in_words_that_a_proof_is_needed(stage: Stage) -> None:
    let_proofs_lapse(stage)
    rule = next(rule for rule in stage.rules() if rule.endpoint == "manager.declare")
    caller = stage.callers[Role.MANAGER.value]
    client = stage.site.visitor().client
    for cookie, value in caller.cookies.items():
        client.set_cookie(cookie, value)
    answer = client.post(stage.url(rule), headers={"X-CSRFToken": caller.token, "Accept": "application/json"})
    assert (answer.status_code, (answer.json or {}).get("code")) == (403, "recent_proof_needed")
