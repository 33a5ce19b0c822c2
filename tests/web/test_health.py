# SPDX-License-Identifier: Apache-2.0
"""What the health page says, and whom the worker's round tells of the machine's clock."""

from __future__ import annotations

from tests.conftest import NOON
from tests.machine import machine_at
from tests.web.site import Site


def test_the_health_page_names_a_clock_that_was_set_and_the_worker_s_round_follows_it(site: Site) -> None:
    machine, page = machine_at(NOON), site.visitor()
    site.parts.clock_watch.clock = site.parts.store.clock = machine.clock()
    assert page.get("/healthz").json == {"status": "ok"}
    machine.set(-7200)
    assert page.get("/healthz").json == {"status": "ok", "clock": "jumped", "clock_ahead_seconds": -7200}
    site.worker.round()
    assert page.get("/healthz").json == {"status": "ok"}
