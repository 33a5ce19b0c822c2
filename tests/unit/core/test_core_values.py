# SPDX-License-Identifier: Apache-2.0
"""Ids, codes, canonical documents and configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import ids
from core.canonical import canonical_json, digest
from core.config import Mode, load_config
from core.errors import Invalid
from core.identity.model import OrganisationKind, Role

SECRET = "s" * 40


def test_ids_are_unique_and_have_their_length() -> None:
    made = {ids.new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(identifier) for identifier in made} == {ids.ID_LENGTH}


def test_a_typed_code_is_read_whatever_its_case_spaces_and_dashes() -> None:
    code = ids.access_code()
    assert ids.normalise_code(f" {code.lower().replace('-', ' ')} ") == code.replace("-", "")


def test_a_derived_code_depends_on_secret_and_label() -> None:
    made = {ids.derived_code(secret, label) for secret in (b"a", b"b") for label in ("1", "2")}
    assert len(made) == 4
    assert ids.derived_code(b"a", "1") == ids.derived_code(b"a", "1")


def test_the_canonical_form_sorts_keys_keeps_hindi_and_refuses_floats() -> None:
    assert canonical_json({"b": "ख", "a": [1, None]}) == '{"a":[1,null],"b":"ख"}'.encode()
    assert digest({"a": 1}) == digest({"a": 1})
    with pytest.raises(TypeError, match="float"):
        digest({"marks": [{"share": 0.7}]})


def test_settings_come_from_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "kasauti.toml"
    file.write_text('port = 9000\nmode = "production"\n')
    config = load_config(
        {"KASAUTI_CONFIG": str(file), "KASAUTI_PORT": "9001", "KASAUTI_SECRET_KEY": SECRET, "HOME": "/"}
    )
    assert (config.port, config.mode, config.secure) == (9001, Mode.PRODUCTION, True)
    assert config.key("a") != config.key("b")


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"KASAUTI_PROT": "8000"}, "config_unknown_key"),
        ({"KASAUTI_PORT": "eight"}, "config_bad_value"),
        ({"KASAUTI_PORT": "70000"}, "config_bad_value"),
        ({"KASAUTI_MODE": "fast"}, "config_bad_value"),
        ({"KASAUTI_MODE": "production"}, "secret_key_missing"),
        ({"KASAUTI_SECRET_KEY": "short"}, "secret_key_short"),
        ({"KASAUTI_CONFIG": "/nowhere/kasauti.toml"}, "config_file"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environment: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        load_config(environment)


def test_an_unknown_key_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kasauti.toml"
    file.write_text("prot = 9000\n")
    with pytest.raises(Invalid) as caught:
        load_config({"KASAUTI_CONFIG": str(file)})
    assert caught.value.facts["key"] == "prot"


def test_each_role_but_the_administrators_belongs_to_one_kind_of_organisation() -> None:
    kinds = {role: role.organisation_kinds for role in Role}
    assert kinds.pop(Role.ADMINISTRATOR) == set(OrganisationKind)
    assert kinds.pop(Role.AWARDING_BODY) == {OrganisationKind.AWARDING_BODY}
    assert kinds.pop(Role.OPERATOR) == {OrganisationKind.OPERATOR}
    assert set(map(frozenset, kinds.values())) == {frozenset({OrganisationKind.ASSESSMENT_AGENCY})}
