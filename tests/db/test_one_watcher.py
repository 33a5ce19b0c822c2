# SPDX-License-Identifier: Apache-2.0
"""One server watches on a database: a second is refused by name, and the end of the first, also a killing, frees it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.db import make_engine
from core.errors import Conflict, Unavailable
from core.uow import Store
from tests.live_server import LiveServer
from web.one_watcher import watching_alone

HOLD = """
import sys
from core.db import make_engine
from web.one_watcher import watching_alone
with watching_alone(make_engine(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def url_of(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


@contextmanager
def another(url: str, script: str = HOLD) -> Iterator[subprocess.Popen[str]]:
    """Another process that watches; it is killed in the end."""
    command = [sys.executable, "-c", script, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            yield other
        finally:
            other.kill()


def refused(url: str) -> str:
    with pytest.raises(Conflict) as caught, watching_alone(make_engine(url)):
        raise AssertionError("two watch")
    return caught.value.code


def test_a_second_one_is_refused_and_the_end_of_the_first_frees_the_place(store: Store) -> None:
    url = url_of(store)
    with watching_alone(make_engine(url)):
        assert refused(url) == "already_watching"
        assert refused(url) == "already_watching", "a refusal opens nothing"
    with watching_alone(make_engine(url)):
        pass


def test_the_lock_of_a_killed_process_is_no_lock(store: Store) -> None:
    with another(url_of(store)) as other:
        assert refused(url_of(store)) == "already_watching"
        other.kill()
        assert other.wait(20) == -signal.SIGKILL
    with watching_alone(make_engine(url_of(store))):
        pass


def test_a_forked_process_that_ends_leaves_the_lock_to_its_parent(store: Store) -> None:
    fork = 'pid = os.fork()\n    if not pid:\n        sys.exit(0)\n    os.waitpid(pid, 0)\n    print("held"'
    script = HOLD.replace("import sys", "import os, sys").replace('print("held"', fork)
    with another(url_of(store), script):
        assert refused(url_of(store)) == "already_watching"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_second_server_says_what_to_do_and_ends_with_3(tmp_path: Path, command: str) -> None:
    server = LiveServer(tmp_path / "var")
    server.var.mkdir()
    database = server.var / "kasauti.db"
    with watching_alone(make_engine(f"sqlite:///{database}")):
        done = server.command(command)
    assert done.returncode == 3, done.stderr
    assert "Another Kasauti server works on this database already" in done.stderr
    assert "Traceback" not in done.stderr
    assert not database.exists(), "nothing was touched"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'gone' / 'kasauti.db'}")
    with pytest.raises(Unavailable) as caught, watching_alone(engine):
        raise AssertionError
    assert caught.value.code == "folder_unusable"
