# SPDX-License-Identifier: Apache-2.0
"""Three accounts of the schema agree: the migrations, the mapped classes, and the golden file that a reviewer reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from core.clock import FixedClock
from core.config import Config
from core.db import Base, make_engine
from core.errors import Conflict, Unavailable
from tests.conftest import NOON
from tests.databases import Databases
from tests.golden.schema import GOLDEN, REFRESH, schema_text
from web import effects, wiring
from web.app import create_app
from web.migrate import migrate, settings, without_foreign_keys
from web.worker import Worker


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    with databases.empty(tmp_path) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def downgrade(engine: Engine) -> None:
    config = settings()
    with engine.execution_options(kasauti_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


ADVICE = "The classes have changed: write a migration (scripts/migration), then: " + REFRESH


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_migrated_schema_is_the_golden_file(empty: Engine) -> None:
    migrate(empty)
    assert schema_text(empty) == GOLDEN.read_text(encoding="utf-8"), REFRESH


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_mapped_classes_are_the_golden_file(empty: Engine) -> None:
    Base.metadata.create_all(empty)
    assert schema_text(empty) == GOLDEN.read_text(encoding="utf-8"), ADVICE


def test_the_migrated_schema_is_that_of_the_mapped_classes(empty: Engine, engine: Engine) -> None:
    migrate(empty)
    assert schema_text(empty).splitlines() == schema_text(engine).splitlines(), ADVICE


def test_every_table_of_ours_has_a_primary_key_and_every_constraint_a_name() -> None:
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        assert not line.lstrip().startswith(("PRIMARY KEY", "FOREIGN KEY", "UNIQUE", "CHECK")), line
    assert GOLDEN.read_text().count("CREATE TABLE") == GOLDEN.read_text().count(" PRIMARY KEY (")


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE attempts ADD COLUMN extra INTEGER",
        "ALTER TABLE attempts DROP COLUMN version",
        "ALTER TABLE attempts RENAME COLUMN version TO revision",
        "DROP INDEX ix_attempts_state_ends_at",
        "CREATE UNIQUE INDEX twice ON attempts (secret)",
        "CREATE TABLE more (id INTEGER PRIMARY KEY)",
        "CREATE TRIGGER quiet AFTER DELETE ON attempts {body}",
    ],
)
def test_any_change_of_the_schema_changes_its_text(engine: Engine, change: str) -> None:
    before = schema_text(engine)
    body = "BEGIN SELECT 1; END" if engine.dialect.name == "sqlite" else "EXECUTE FUNCTION quiet()"
    with engine.execution_options(kasauti_writes=True).begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(
                text("CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
            )
        connection.execute(text(change.format(body=body)))
    assert schema_text(engine) != before


def test_migrating_again_has_nothing_to_do(empty: Engine) -> None:
    assert migrate(empty)
    assert not migrate(empty)


def test_a_downgrade_to_nothing_leaves_nothing_and_an_upgrade_brings_all_back(
    empty: Engine, engine: Engine
) -> None:
    migrate(empty)
    downgrade(empty)
    assert tables(empty) == {"alembic_version"}
    assert migrate(empty)
    assert schema_text(empty) == schema_text(engine)


def test_the_migrations_are_one_line_of_history() -> None:
    scripts = ScriptDirectory.from_config(settings())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    numbers = [script.revision for script in scripts.walk_revisions()]
    assert numbers == [f"{number:04}" for number in range(len(numbers), 0, -1)]


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Engine) -> None:
    with empty.execution_options(kasauti_writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE response_events (in_the_way INTEGER)"))
    with pytest.raises(Unavailable) as refused:
        migrate(empty)
    assert refused.value.code == "database_unusable"
    assert "response_events" in str(refused.value.facts["reason"])
    assert tables(empty) == {"response_events"}


def test_a_database_of_a_later_version_is_refused_and_not_touched(empty: Engine) -> None:
    migrate(empty)
    with empty.execution_options(kasauti_writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict) as refused:
        migrate(empty)
    assert (refused.value.code, refused.value.facts) == ("database_newer", {"found": "9999"})


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("This is a letter and not a database, and it is long enough to be read as one.")
    engine = make_engine(f"sqlite:///{file}")
    with pytest.raises(Unavailable) as refused:
        migrate(engine)
    engine.dispose()
    assert refused.value.facts == {"reason": "file is not a database"}


def test_the_application_serves_and_works_on_a_migrated_empty_database(empty: Engine, tmp_path: Path) -> None:
    address = empty.url.render_as_string(hide_password=False)
    config = Config(var=tmp_path, secret_key="a secret for tests only, long enough", database=address)
    parts = wiring.build(config, clock=FixedClock(NOON))
    migrate(parts.engine)
    app = create_app(parts)
    try:
        client = app.test_client()
        assert client.get("/healthz").json == {"status": "ok"}
        assert client.get("/").status_code == 200
        assert client.get("/sign-in").status_code == 200
        assert client.get("/api/v1/results").status_code == 401
        Worker(parts, effects.handlers(app)).round()
    finally:
        parts.stop()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_bank_of_the_spine_is_kept_listed_and_found(empty: Engine) -> None:
    config = settings()
    with empty.execution_options(kasauti_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in SPINE_BANK:
            connection.execute(text(statement))
    assert migrate(empty)
    with empty.connect() as connection:
        listed = connection.execute(
            text("SELECT external_id, version_id, live, state, languages, words FROM item_listing")
        ).all()
        found = connection.scalar(
            text(
                "SELECT external_id FROM item_listing WHERE id IN "
                "(SELECT rowid FROM item_search WHERE item_search MATCH '\"दुकान\"*')"
            )
        )
        marks = connection.execute(text("SELECT marks, parts, tags FROM item_versions")).all()
        sound = connection.scalar(text("PRAGMA integrity_check"))
        form = connection.execute(text("SELECT id, draw_id, sha256 FROM forms")).all()
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        enforced = connection.scalar(text("PRAGMA foreign_keys"))
    assert listed == [
        ("X-1", "v2", 1, "draft", "en", "x-1 who pays? nobody"),
        ("X-2", "v3", 0, "in_review", "hi en", "x-2 दुकानदार कौन है? who keeps the shop?"),
    ]
    assert found == "X-2"
    assert set(marks) == {("1", None, None)}
    assert (sound, form, broken, enforced) == ("ok", [("f1", None, "sha256:0")], [], 1)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_migration_that_would_break_a_reference_changes_nothing(empty: Engine) -> None:
    with empty.execution_options(kasauti_writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE child (parent INTEGER REFERENCES parent (id))"))
    with pytest.raises(Unavailable) as refused, without_foreign_keys(empty) as connection:
        connection.execute(text("INSERT INTO child (parent) VALUES (7)"))
    assert refused.value.facts == {"reason": "references of child would break"}
    with empty.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM child")) == 0
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1


_AT = "'2026-11-20 06:30:00.000000'"
_VERSION = (
    "INSERT INTO item_versions (id, item_id, number, state, interaction, pc, difficulty, seconds, shuffle, bodies, "
    "content_hash, author_id, submitted_by, created_at, live_at, revision) VALUES "
)
SPINE_BANK = (
    f"INSERT INTO organisations (id, name, kind, created_at) VALUES ('o1', 'Agency', 'assessment_agency', {_AT})",
    (
        "INSERT INTO credential_versions (id, owner_id, code, version, state, sha256, document, created_at, "
        "published_at, revision, warning_reasons) "
        f"VALUES ('c1', 'o1', 'C', '1', 'live', 'sha256:0', '{{}}', {_AT}, {_AT}, 1, '{{}}')"
    ),
    f"INSERT INTO items (id, owner_id, credential_version_id, external_id, created_at) VALUES ('i1', 'o1', 'c1', 'X-1', {_AT})",
    f"INSERT INTO items (id, owner_id, credential_version_id, external_id, created_at) VALUES ('i2', 'o1', 'c1', 'X-2', {_AT})",
    (
        f"{_VERSION} ('v1', 'i1', 1, 'live', 'choice_single', 'PC1', 'easy', 30, 1, "
        f'\'[{{"language": "en", "stem": "Who?", "options": []}}]\', \'h1\', \'a\', \'a\', {_AT}, {_AT}, 1)'
    ),
    (
        f"{_VERSION} ('v2', 'i1', 2, 'draft', 'choice_single', 'PC1', 'easy', 30, 1, "
        f'\'[{{"language": "en", "stem": "Who pays?", "options": [["A", "Nobody"]]}}]\', \'h2\', \'a\', NULL, {_AT}, NULL, 1)'
    ),
    (
        f"{_VERSION} ('v3', 'i2', 1, 'in_review', 'text_entry', 'PC1', 'easy', 30, 0, "
        '\'[{"language": "hi", "stem": "दुकानदार कौन है?", "options": []}, '
        f'{{"language": "en", "stem": "Who keeps the shop?", "options": []}}]\', \'h3\', \'a\', \'a\', {_AT}, NULL, 1)'
    ),
    # References that stay while the tables below them are made anew.
    "INSERT INTO item_keys (version_id, correct, normalise, rationale) VALUES ('v3', '[]', '[]', '[]')",
    (
        "INSERT INTO blueprints (id, owner_id, credential_version_id, name, document, sha256, created_at) "
        f"VALUES ('b1', 'o1', 'c1', 'Theory', '{{}}', 'sha256:0', {_AT})"
    ),
    (
        "INSERT INTO assessments (id, agency_id, credential_version_id, blueprint_id, created_at) "
        f"VALUES ('a1', 'o1', 'c1', 'b1', {_AT})"
    ),
    (
        "INSERT INTO forms (id, assessment_id, state, document, sha256, created_at, sealed_at, version) "
        f"VALUES ('f1', 'a1', 'sealed', '{{}}', 'sha256:0', {_AT}, {_AT}, 1)"
    ),
)
