# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL: how it is opened, what holds there in place of SQLite's one writer, and whether it keeps what it confirms.

Nothing of a feature lives here, and nothing else asks which database it is on to decide a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

POOL = 20
OVERFLOW = 20
"""Connections of one process: 20 are kept, as many more are opened under load. PostgreSQL's own limit is 100 by default."""

WRITERS = 0x6B61_7361
"""The advisory lock of writers."""

# A peer that vanished is noticed within about half a minute; locks are waited for as long as on SQLite.
_CONNECT = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "kasauti",
}
_SESSION = "-c timezone=UTC -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
# What would let a confirmed commit be lost: the setting, and the values that keep it.
_DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply", "local", "remote_write"},
}


def open_postgres(url: str, *, json_serializer: Callable[[Any], str]) -> Engine:
    """An engine on PostgreSQL through psycopg 3.

    Connections are not probed before use, which would cost every request a round trip: the first statement that meets a
    lost connection fails as Unavailable(``database_away``) and the whole pool is made anew.
    """
    engine = create_engine(
        url,
        json_serializer=json_serializer,
        pool_size=POOL,
        max_overflow=OVERFLOW,
        pool_timeout=10,
        pool_use_lifo=True,
        connect_args={**_CONNECT, "options": _SESSION},
    )
    event.listen(engine, "begin", _begin)
    return engine


def weaknesses(engine: Engine) -> dict[str, str]:
    """The settings by which this server may lose what it has confirmed, with their values; empty when it keeps it."""
    with engine.connect() as connection:
        found = {name: str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in _DURABLE}
    return {name: value for name, value in found.items() if value not in _DURABLE[name]}


def _begin(connection: Connection) -> None:
    # What SQLite gives by its one writer: units that may touch anything come one after another, whichever process they are
    # in. The hot path shares the lock with its like and orders itself by the rows that it locks. The lock ends with the
    # transaction, also when its process is killed.
    match connection.get_execution_options().get("kasauti_writes", False):
        case "shared":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({WRITERS})")
        case True:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
