# SPDX-License-Identifier: Apache-2.0
"""What several of these tests start from: an assessment, an item bank, or a room that is watched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.blobs import BlobStore
from core.clock import FixedClock
from core.identity.model import OrganisationKind
from core.identity.operations import add_organisation
from core.uow import Actor, Store
from tests.databases import Databases
from tests.db.banks import Bank, engaged_agency
from tests.db.pipelines import Room
from tests.unit.assessor.world import World, fresh_world


@pytest.fixture(params=["sqlite", "postgres"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Everything here runs on both."""
    return str(request.param)


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> Iterator[World]:
    yield from fresh_world(databases, tmp_path)


@pytest.fixture
def bank(store: Store) -> Bank:
    return engaged_agency(store)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(str(tmp_path / "evidence"), b"k" * 32)


@pytest.fixture
def agency(store: Store) -> str:
    with store.write(Actor.system()) as uow:
        return add_organisation(uow, name="Agency", kind=OrganisationKind.ASSESSMENT_AGENCY).id


@pytest.fixture
def room(store: Store, clock: FixedClock, blobs: BlobStore, agency: str) -> Iterator[Room]:
    room = Room(store, clock, blobs, agency)
    yield room
    for pipeline in room.pipelines:
        pipeline.stop()
