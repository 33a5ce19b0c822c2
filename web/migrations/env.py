# SPDX-License-Identifier: Apache-2.0
"""Alembic's entry: always on a connection that ``web.migrate`` (or ``scripts/migration``) hands over."""

from alembic import context

import assessor.api  # noqa: F401 - importing the packages registers their tables
import core.audit
import core.blobs
import core.identity.tables
import core.notices.tables
import core.outbox
import core.privacy.tables  # noqa: F401
import item_bank.api  # noqa: F401
import proctor.api  # noqa: F401
import web.tables  # noqa: F401
from core.db import Base, UtcDateTime


def render_item(kind, item, _autogen):
    """Migrations stand on SQLAlchemy alone, so that they still run when our own classes have moved."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name, kind, _parents):
    """The word index of SQLite is made by hand, with the tables that it keeps for itself."""
    return not (kind == "table" and name.startswith("item_search"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
    include_name=include_name,
    transactional_ddl=True,
)
context.run_migrations()
