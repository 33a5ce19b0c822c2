# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL for tests: a cluster of the run's own from Debian's package, or the server that KASAUTI_TEST_POSTGRES names."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from tests.live_server import free_port

USER = "kasauti"
WAIT_SECONDS = 60.0
_PREFIX = "kasauti-postgres-"
_ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ.get("PATH", ""), "TZ": "UTC"}
_PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: the signal that a process gets when its parent dies."""


def programs() -> Path | None:
    """The folder of PostgreSQL's own programs, of the newest version that is installed."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.insert(0, Path(on_path).parent)
    return max(
        found, key=lambda path: float(path.parent.name) if path.parent.name.isdigit() else 0, default=None
    )


def named_server() -> str | None:
    """The address of a server that is there already."""
    return os.environ.get("KASAUTI_TEST_POSTGRES") or None


def is_there() -> bool:
    """Whether tests can run on PostgreSQL here."""
    return named_server() is not None or programs() is not None


def must_be_there() -> bool:
    """CI may leave nothing out."""
    return os.environ.get("CI", "") not in ("", "0", "false")


def connect(url: str, **settings: Any) -> psycopg.Connection[Any]:
    """A session past SQLAlchemy. Part by part: a URL written by one of the two is not always one to the other."""
    address = make_url(url)
    parts = address.translate_connect_args(username="user", database="dbname")
    return psycopg.connect(**{**parts, **address.query, **settings})


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: another account without rights is taken then."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class Cluster:
    """A server in a folder of its own, on a Unix socket and on the loopback. ``durable``: it flushes as in production."""

    durable: bool = False
    port: int = field(default_factory=free_port)
    folder: Path = Path()
    process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make the folder and the cluster in it, and start it."""
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        if account := _account():
            os.chown(self.folder, account["user"], account["group"])
        sync = [] if self.durable else ["--no-sync"]
        self._run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--locale=C", "--encoding=UTF8", *sync)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "max_connections": 200,
            "timezone": "Asia/Kolkata",  # not UTC, so that a forgotten zone shows
        }
        if not self.durable:
            settings |= {
                "fsync": "off",
                "full_page_writes": "off",
                "autovacuum": "off",
                "max_wal_size": "4GB",
            }
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers. It ends when this process does, however that comes about."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self._program("postgres")), "-D", "data"],
                cwd=self.folder,
                env=_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_the_parent,  # noqa: PLW1509 - one system call, nothing that threads share
                start_new_session=True,  # Ctrl-C is for the tests, which end it in order
                **_account(),
            )
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {self.log()[-2000:]}")

    def stop(self, mode: str = "fast") -> None:
        """End it: ``fast`` cleanly, ``immediate`` as if the power had gone."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT if mode == "fast" else signal.SIGQUIT)
        self.process.wait(timeout=WAIT_SECONDS)

    def remove(self) -> None:
        """End it, however it goes, and take its folder away."""
        try:
            if self.process is not None and self.process.poll() is None:
                self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What it printed."""
        return (self.folder / "log").read_text(errors="replace")

    @property
    def url(self) -> str:
        """Its maintenance database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._program(program)), *arguments],
            cwd=self.folder,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **_account(),
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr[-2000:]}")

    @staticmethod
    def _program(name: str) -> Path:
        folder = programs()
        assert folder is not None
        return folder / name


def _end_with_the_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _sweep() -> None:
    """Take away what runs that were killed have left; their servers ended with them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


class Server:
    """Databases on one server, each made and dropped in some hundredths of a second."""

    def __init__(self, url: str) -> None:
        self._url: URL = make_url(url)
        if self._url.drivername == "postgresql":
            self._url = self._url.set(drivername="postgresql+psycopg")
        self._admin: Engine = create_engine(self._url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._made: set[str] = set()
        self._count = 0

    def make(self, template: str = "template0") -> str:
        """A new database, a copy of ``template``; its name."""
        self._count += 1
        name = f"kasauti_test_{os.getpid()}_{self._count}"
        # By files: those of a template are few and known to lie still, and a log of them is of no use here.
        made = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
        if template == "template0":
            made += " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(made + self._by_files(connection.dialect.server_version_info))
        self._made.add(name)
        return name

    def drop(self, name: str) -> None:
        """Away with it, and with whoever is still connected."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._made.discard(name)

    def url(self, name: str) -> str:
        """The address of a database."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def close(self) -> None:
        """Drop what was made."""
        for name in sorted(self._made):
            self.drop(name)
        self._admin.dispose()

    @staticmethod
    def _by_files(version: tuple[int | str, ...] | None) -> str:
        return " STRATEGY FILE_COPY" if version is not None and int(version[0]) >= 15 else ""
