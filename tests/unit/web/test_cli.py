# SPDX-License-Identifier: Apache-2.0
"""Every command: its exit code (0 done, 1 failure, 2 wrong usage, 3 refused), its words, and what it leaves undone."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pysqlite3
import pytest

from core.config import Config
from tests.unit.web.shell import Shell
from web import wiring
from web.cli import cli


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name)


COMMANDS = sorted(commands(cli))


# ---------------------------------------------------------------------------------------------------- usage


def test_without_a_command_the_commands_are_listed(shell: Shell) -> None:
    said = shell()
    assert said.code == 2
    for name in cli.commands:
        assert f"\n  {name} " in said.err + said.out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(shell: Shell, command: tuple[str, ...]) -> None:
    said = shell(*command, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: kasauti {' '.join(command)}")
    first = said.out.split("\n\n")[1].strip()
    assert first.endswith("."), "a command has a sentence that says what it does"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wrong_option_is_wrong_usage_and_prints_nothing_to_stdout(
    shell: Shell, command: tuple[str, ...]
) -> None:
    said = shell(*command, "--nonsense")
    assert (said.code, said.out) == (2, "")
    assert "--nonsense" in said.err
    assert not shell.var.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("items", "nonsense"),
        ("items", "import"),
        ("items", "import", "no-such-file.json"),
        ("organisations", "add", "Somebody", "--kind", "school"),
        (
            "users",
            "add",
            "a@b.example",
            "--name",
            "A",
            "--organisation",
            "x",
            "--role",
            "king",
            "--password",
            "p",
        ),
        ("users", "password"),
        ("keys", "issue", "somebody"),
        ("browser", "fetch", "no-such-folder"),
        ("bench", "weather"),
        ("serve", "now"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_names_the_way_to_help(shell: Shell, arguments: tuple[str, ...]) -> None:
    said = shell(*arguments)
    assert (said.code, said.out) == (2, "")
    assert "--help" in said.err


def test_the_version_is_printed(shell: Shell) -> None:
    said = shell("--version")
    assert said.code == 0
    assert said.out.startswith("kasauti, version ")


# ------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "command", [("migrate",), ("serve",), ("demo",), ("sample",), ("models", "list"), ("outbox",)]
)
def test_an_unknown_setting_is_refused_by_name_before_anything_happens(
    shell: Shell, command: tuple[str, ...]
) -> None:
    shell.set("PROT", "8000")
    said = shell(*command)
    assert (said.code, said.out) == (3, "")
    assert "KASAUTI_PROT" in said.err
    assert "KASAUTI_PORT" in said.err, "the known names are listed"
    assert not shell.var.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 8000", "prot"),
        ("port = 8000.5", "port"),
        ("port = [8000]", "port"),
        ('port = "many"', "port"),
        ("port = 70000", "0 to 65535"),
        ("host = 127", "host"),
        ("secret_key = 2026-01-01", "secret_key"),
        ('mode = "fast"', "development | production"),
        ("port = = 1", "line 1"),
    ],
)
def test_a_file_with_a_wrong_setting_is_refused_with_its_name(
    shell: Shell, tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "kasauti.toml"
    file.write_text(text)
    shell.set("CONFIG", str(file))
    said = shell("migrate")
    assert (said.code, said.out) == (3, "")
    assert words in said.err
    assert not shell.var.exists()


def test_a_missing_file_of_settings_is_named(shell: Shell, tmp_path: Path) -> None:
    shell.set("CONFIG", str(tmp_path / "absent.toml"))
    said = shell("migrate")
    assert said.code == 3
    assert "absent.toml" in said.err


def test_production_refuses_to_start_without_a_secret_or_with_the_development_one(agency: Shell) -> None:
    agency.set("MODE", "production")
    assert agency("migrate").code == 3
    agency.set("SECRET_KEY", "short")
    said = agency("migrate")
    assert said.code == 3
    assert "32" in said.err
    agency.set("SECRET_KEY", (agency.var / wiring.SECRET_FILE).read_text().strip())
    said = agency("migrate")
    assert said.code == 3
    assert "development secret" in said.err
    agency.set("SECRET_KEY", "thirty-two characters or more of it")
    assert agency("migrate").code == 0


@pytest.mark.parametrize("command", ["demo", "sample"])
def test_sample_data_is_refused_in_production(shell: Shell, command: str) -> None:
    shell.set("MODE", "production")
    shell.set("SECRET_KEY", "thirty-two characters or more of it")
    shell.set("PORT", "0")
    said = shell(command)
    assert (said.code, said.out) == (3, "")
    assert "kasauti serve" in said.err


# ------------------------------------------------------------------------------------- starting the platform


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_refused_before_anything_is_made(shell: Shell, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        shell.set("PORT", str(port))
        said = shell(command)
    assert (said.code, said.out) == (3, "")
    assert str(port) in said.err
    assert "KASAUTI_PORT" in said.err
    assert not (shell.var / "kasauti.db").exists()


def test_an_address_of_another_machine_is_refused(shell: Shell) -> None:
    shell.set("HOST", "203.0.113.7")
    said = shell("serve")
    assert said.code == 3
    assert "203.0.113.7" in said.err
    assert not (shell.var / "kasauti.db").exists()


@pytest.mark.parametrize("command", [("serve",), ("demo",), ("models", "verify")], ids=" ".join)
def test_a_missing_weight_file_names_the_command_that_fetches_it(
    shell: Shell, tmp_path: Path, command: tuple[str, ...]
) -> None:
    shell.set("PORT", "0")
    shell.set("MODELS", str(tmp_path / "models"))
    said = shell(*command)
    assert (said.code, said.out) == (1, "")
    assert "kasauti models fetch" in said.err
    assert "blazeface" in said.err


@pytest.mark.parametrize("command", [("serve",), ("models", "verify")], ids=" ".join)
def test_an_altered_weight_file_is_noticed_and_names_the_command_that_replaces_it(
    shell: Shell, tmp_path: Path, command: tuple[str, ...]
) -> None:
    shell.set("PORT", "0")
    models = tmp_path / "models"
    shutil.copytree(Config().models, models)
    weights = models / "iris.tflite"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    shell.set("MODELS", str(models))
    said = shell(*command)
    assert said.code == 1
    assert "kasauti models fetch" in said.err
    assert "damaged" in shell("models", "list").out


def test_missing_browser_modules_name_the_command_that_helps(shell: Shell, tmp_path: Path) -> None:
    shell.set("PORT", "0")
    shell.set("BROWSER", str(tmp_path / "browser"))
    said = shell("serve")
    assert said.code == 1
    assert "make setup" in said.err
    assert "socket.io" in said.err


def test_the_models_that_are_there_are_listed_and_verified(shell: Shell) -> None:
    assert "present" in shell("models", "list").out
    assert shell("models", "verify").code == 0


def test_fetching_weights_that_are_there_fetches_nothing(shell: Shell) -> None:
    said = shell("models", "fetch")
    assert (said.code, said.out) == (0, "")
    assert "present" in said.err


def test_browser_modules_that_are_not_the_locked_ones_are_refused(shell: Shell, tmp_path: Path) -> None:
    shell.set("BROWSER", str(tmp_path / "browser"))
    (tmp_path / "node_modules").mkdir()
    said = shell("browser", "fetch", str(tmp_path / "node_modules"))
    assert said.code == 1
    assert "npm" in said.err or "make setup" in said.err


# ------------------------------------------------------------------------------------------------- database


def test_migrate_says_whether_there_was_something_to_do(shell: Shell) -> None:
    assert shell("migrate").out == "The schema was brought up to date.\n"
    assert shell("migrate").out == "The schema is up to date.\n"


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("nonsense", 3, "SQLAlchemy URL"),
        ("oracular://somewhere", 3, "SQLAlchemy URL"),
        ("sqlite:////no-such-folder/kasauti.db", 1, "unable to open database file"),
    ],
)
def test_an_address_that_leads_to_no_database_is_refused_in_words(
    shell: Shell, address: str, code: int, words: str
) -> None:
    shell.set("DATABASE", address)
    said = shell("migrate")
    assert said.code == code
    assert words in said.err


def test_a_file_that_is_no_database_is_refused_in_words_and_kept(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("A letter, not a database; but long enough that one could take it for one.")
    before = file.read_bytes()
    shell.set("DATABASE", f"sqlite:///{file}")
    said = shell("migrate")
    assert said.code == 1
    assert "file is not a database" in said.err
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shell.set("VAR", str(tmp_path / "file"))
    said = shell("migrate")
    assert said.code == 1
    assert str(tmp_path / "file") in said.err


def test_a_database_of_a_later_version_is_refused(shell: Shell) -> None:
    shell("migrate")
    db = pysqlite3.connect(str(shell.var / "kasauti.db"))
    db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.commit()
    db.close()
    said = shell("serve")
    assert said.code in (1, 3)
    assert "later version" in said.err


def test_the_outbox_is_counted(agency: Shell) -> None:
    said = agency("outbox")
    assert said.code == 0
    assert said.out.startswith("waiting: ")
