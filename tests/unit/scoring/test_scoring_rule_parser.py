# SPDX-License-Identifier: Apache-2.0
import json
from fractions import Fraction

import pytest

from scoring.api import (
    CREDENTIAL,
    AllOf,
    AnyOf,
    AtLeast,
    Basis,
    Cell,
    CredentialMarks,
    Critical,
    Place,
    Rule,
    RuleError,
    Share,
    credential_marks,
    dump_rule,
    element_scope,
    nos_scope,
    parse_rule,
    parse_rule_json,
    pc_scope,
)

JsonObject = dict[str, object]


def share(**changes: object) -> JsonObject:
    return {
        "share": {"scope": {"pc": "PC1"}, "component": "all", "basis": "raw", "at_least": "7/10"} | changes
    }


def document(rule: object) -> JsonObject:
    return {"version": 1, "rule": rule}


def credential() -> CredentialMarks:
    return credential_marks(
        [
            (Cell(nos="N1", pc="PC1", component="theory"), 4),
            (Cell(nos="N1", pc="PC2", component="practical"), 6),
            (Cell(nos="N2", element="E1", component="theory"), 10),
        ],
        pcs=[Place(nos="N2", element="E1", pc="PC2"), Place(nos="N2", element="E1", pc="PC3")],
    )


def refusal(value: object, *, of: CredentialMarks | None = None) -> tuple[str, JsonObject]:
    with pytest.raises(RuleError) as refused:
        parse_rule(value, credential=of)
    return refused.value.code, dict(refused.value.facts)


def test_every_kind_of_node_is_read() -> None:
    rule = parse_rule(
        document(
            {
                "all_of": [
                    {"critical": {"pc": "PC3", "at_least": "1"}},
                    {
                        "critical": {
                            "pc": "PC3",
                            "nos": "N2",
                            "component": ["practical"],
                            "at_least": "4/5",
                        }
                    },
                    {"any_of": [share(), share(scope={"element": "E1", "nos": "N2"}, component="viva")]},
                    {
                        "at_least": {
                            "k": 2,
                            "of": [
                                share(scope={"nos": "N1"}),
                                share(scope={"element": "E1"}, at_least="0.5"),
                                share(scope={"credential": True}, basis="weighted", at_least="70/100"),
                            ],
                        }
                    },
                    share(scope={"pc": "PC2", "nos": "N1"}, component=["viva", "practical"]),
                ]
            }
        )
    )
    bar = Fraction(7, 10)
    assert rule == Rule(
        AllOf(
            (
                Critical(scope=pc_scope("PC3"), at_least=Fraction(1)),
                Critical(scope=pc_scope("PC3", nos="N2"), components=("practical",), at_least=Fraction(4, 5)),
                AnyOf(
                    (
                        Share(scope=pc_scope("PC1"), at_least=bar),
                        Share(scope=element_scope("E1", nos="N2"), components=("viva",), at_least=bar),
                    )
                ),
                AtLeast(
                    2,
                    (
                        Share(scope=nos_scope("N1"), at_least=bar),
                        Share(scope=element_scope("E1"), at_least=Fraction(1, 2)),
                        Share(scope=CREDENTIAL, basis=Basis.WEIGHTED, at_least=bar),
                    ),
                ),
                Share(scope=pc_scope("PC2", nos="N1"), components=("practical", "viva"), at_least=bar),
            )
        )
    )


def test_the_dump_is_canonical() -> None:
    given = document(
        {
            "all_of": [
                {"critical": {"at_least": "0.80", "pc": "PC3", "nos": "N2"}},
                {"any_of": [share(at_least="14/20", component=["theory"])]},
                {"at_least": {"of": [share(component=["viva", "practical"])], "k": 1}},
            ]
        }
    )
    assert dump_rule(parse_rule(given)) == document(
        {
            "all_of": [
                {"critical": {"nos": "N2", "pc": "PC3", "component": "all", "at_least": "4/5"}},
                {"any_of": [share(component="theory")]},
                {"at_least": {"k": 1, "of": [share(component=["practical", "viva"])]}},
            ]
        }
    )


def test_a_rule_fits_its_credential() -> None:
    rule = parse_rule(
        document({"all_of": [share(), share(scope={"element": "E1"}), share(scope={"credential": True})]}),
        credential=credential(),
    )
    assert isinstance(rule.root, AllOf)


ROOT = "$.rule"
SHARE = "$.rule.share"
DEEP: JsonObject = share()
for _ in range(32):
    DEEP = {"all_of": [DEEP]}


@pytest.mark.parametrize(
    ("value", "code", "where"),
    [
        ([], "wrong_type", "$"),
        ({}, "missing_key", "$"),
        ({"version": 1}, "missing_key", "$"),
        ({"version": 1, "rule": share(), "note": ""}, "unknown_key", "$"),
        ({"version": 3, "rule": share()}, "unknown_version", "$.version"),
        ({"version": "1", "rule": share()}, "unknown_version", "$.version"),
        ({"version": True, "rule": share()}, "unknown_version", "$.version"),
        ({"version": 1.0, "rule": share()}, "unknown_version", "$.version"),
        (document("all"), "wrong_type", ROOT),
        (document({1: []}), "wrong_type", ROOT),
        (document({}), "one_rule_expected", ROOT),
        (document({"all_of": [share()], "any_of": [share()]}), "one_rule_expected", ROOT),
        (document({"none_of": [share()]}), "unknown_rule", ROOT),
        (document({"all_of": {}}), "wrong_type", "$.rule.all_of"),
        (document({"all_of": []}), "empty_list", "$.rule.all_of"),
        (document({"any_of": []}), "empty_list", "$.rule.any_of"),
        (document({"all_of": [share(), {"any_of": [7]}]}), "wrong_type", "$.rule.all_of[1].any_of[0]"),
        (document({"all_of": [share(), share(at_least="70/100")]}), "duplicate_rule", "$.rule.all_of[1]"),
        (document({"at_least": {"k": 1}}), "missing_key", "$.rule.at_least"),
        (document({"at_least": {"k": 1, "of": []}}), "empty_list", "$.rule.at_least.of"),
        (document({"at_least": {"k": 0, "of": [share()]}}), "k_out_of_range", "$.rule.at_least.k"),
        (document({"at_least": {"k": 2, "of": [share()]}}), "k_out_of_range", "$.rule.at_least.k"),
        (document({"at_least": {"k": "1", "of": [share()]}}), "wrong_type", "$.rule.at_least.k"),
        (document({"at_least": {"k": True, "of": [share()]}}), "wrong_type", "$.rule.at_least.k"),
        (document({"at_least": {"k": 1.0, "of": [share()]}}), "wrong_type", "$.rule.at_least.k"),
        (document({"at_least": {"k": 1, "of": [share()], "x": 1}}), "unknown_key", "$.rule.at_least"),
        (
            document({"at_least": {"k": 1, "of": [share(scope={})]}}),
            "unknown_scope",
            "$.rule.at_least.of[0].share.scope",
        ),
        (document({"share": {"scope": {"pc": "PC1"}}}), "missing_key", SHARE),
        (document(share(extra=1)), "unknown_key", SHARE),
        (document(share(basis="both")), "unknown_basis", f"{SHARE}.basis"),
        (document(share(basis=None)), "wrong_type", f"{SHARE}.basis"),
        (document(share(scope="PC1")), "wrong_type", f"{SHARE}.scope"),
        (document(share(scope={"module": "M1"})), "unknown_scope", f"{SHARE}.scope"),
        (document(share(scope={"pc": "PC1", "element": "E1"})), "unknown_scope", f"{SHARE}.scope"),
        (document(share(scope={"pc": 1})), "wrong_type", f"{SHARE}.scope.pc"),
        (document(share(scope={"pc": " "})), "empty_name", f"{SHARE}.scope.pc"),
        (document(share(scope={"pc": "PC1", "nos": None})), "wrong_type", f"{SHARE}.scope.nos"),
        (document(share(scope={"element": 1})), "wrong_type", f"{SHARE}.scope.element"),
        (document(share(scope={"nos": ""})), "empty_name", f"{SHARE}.scope.nos"),
        (document(share(scope={"credential": False})), "wrong_type", f"{SHARE}.scope.credential"),
        (document(share(scope={"credential": 1})), "wrong_type", f"{SHARE}.scope.credential"),
        (document(share(component=7)), "wrong_type", f"{SHARE}.component"),
        (document(share(component="")), "empty_name", f"{SHARE}.component"),
        (document(share(component=[])), "empty_list", f"{SHARE}.component"),
        (document(share(component=["theory", 7])), "wrong_type", f"{SHARE}.component[1]"),
        (document(share(component=["theory", "all"])), "all_not_alone", f"{SHARE}.component[1]"),
        (
            document(share(component=["a", "b", "a"])),
            "duplicate_component",
            f"{SHARE}.component[2]",
        ),
        (document(share(at_least=0.7)), "float_mark", f"{SHARE}.at_least"),
        (document(share(at_least=1)), "wrong_type", f"{SHARE}.at_least"),
        (document(share(at_least=None)), "wrong_type", f"{SHARE}.at_least"),
        (document(share(at_least="70 %")), "bad_mark", f"{SHARE}.at_least"),
        (document(share(at_least="7/0")), "bad_mark", f"{SHARE}.at_least"),
        (document(share(at_least="-7/10")), "bad_mark", f"{SHARE}.at_least"),
        (document(share(at_least="0")), "share_out_of_range", f"{SHARE}.at_least"),
        (document(share(at_least="11/10")), "share_out_of_range", f"{SHARE}.at_least"),
        (document({"critical": {"pc": "PC1"}}), "missing_key", "$.rule.critical"),
        (document({"critical": {"at_least": "1"}}), "missing_key", "$.rule.critical"),
        (
            document({"critical": {"pc": "PC1", "at_least": "1", "basis": "raw"}}),
            "unknown_key",
            "$.rule.critical",
        ),
        (
            document({"critical": {"pc": "PC1", "at_least": "1", "component": []}}),
            "empty_list",
            "$.rule.critical.component",
        ),
        (document({"critical": {"pc": "PC1", "at_least": "2"}}), "share_out_of_range", None),
        (
            document({"any_of": [share(), {"critical": {"pc": "PC1", "at_least": "1"}}]}),
            "critical_not_required",
            "$.rule.any_of[1]",
        ),
        (
            document({"any_of": [{"all_of": [{"critical": {"pc": "PC1", "at_least": "1"}}]}]}),
            "critical_not_required",
            "$.rule.any_of[0].all_of[0]",
        ),
        (
            document({"at_least": {"k": 1, "of": [{"critical": {"pc": "PC1", "at_least": "1"}}]}}),
            "critical_not_required",
            "$.rule.at_least.of[0]",
        ),
        (document(DEEP), "rule_too_deep", ROOT + ".all_of[0]" * 32),
    ],
)
def test_a_malformed_rule_is_refused_with_its_place(value: object, code: str, where: str | None) -> None:
    found, facts = refusal(value)
    assert found == code
    assert where is None or facts["where"] == where


def test_the_deepest_and_the_largest_allowed_rules_are_read() -> None:
    assert isinstance(DEEP["all_of"], list)
    parse_rule(document(DEEP["all_of"][0]))
    nodes = [share(scope={"pc": f"PC{number}"}) for number in range(4_999)]
    parse_rule(document({"all_of": nodes}))
    code, facts = refusal(document({"all_of": [*nodes, share()]}))
    assert (code, facts["maximum"]) == ("rule_too_large", 5_000)
    assert facts["where"] == "$.rule.all_of[4999]"


@pytest.mark.parametrize(
    ("rule", "code", "where", "named"),
    [
        (share(scope={"pc": "PC7"}), "unknown_pc", SHARE, {"pc": "PC7"}),
        (share(scope={"pc": "PC1", "nos": "N2"}), "unknown_pc", SHARE, {"pc": "PC1", "nos": "N2"}),
        (share(scope={"pc": "PC2"}), "ambiguous_pc", SHARE, {"pc": "PC2", "in_nos": ["N1", "N2"]}),
        (share(scope={"pc": "PC3"}), "marks_on_element", SHARE, {"pc": "PC3", "element": "E1"}),
        (share(scope={"nos": "N3"}), "unknown_nos", SHARE, {"nos": "N3"}),
        (share(scope={"element": "E2"}), "unknown_element", SHARE, {"element": "E2"}),
        (share(component="viva"), "unknown_component", SHARE, {"component": "viva"}),
        (share(component="practical"), "no_marks_in_scope", SHARE, {"components": ["practical"]}),
        (share(basis="weighted"), "no_weights", SHARE, {"nos": "N1"}),
        (
            {"all_of": [share(), {"at_least": {"k": 1, "of": [share(scope={"pc": "PC7"})]}}]},
            "unknown_pc",
            "$.rule.all_of[1].at_least.of[0].share",
            {"pc": "PC7"},
        ),
        (
            {"all_of": [share(), {"critical": {"pc": "PC7", "at_least": "1"}}]},
            "unknown_pc",
            "$.rule.all_of[1].critical",
            {"pc": "PC7"},
        ),
    ],
)
def test_a_rule_that_does_not_fit_its_credential_is_refused_by_name(
    rule: JsonObject, code: str, where: str, named: JsonObject
) -> None:
    found, facts = refusal(document(rule), of=credential())
    assert (found, facts["where"]) == (code, where)
    assert facts.items() >= named.items()


def test_json_text_is_read_like_the_document() -> None:
    assert parse_rule_json(json.dumps(document(share()))) == parse_rule(document(share()))
    with pytest.raises(RuleError, match="unknown_pc"):
        parse_rule_json(json.dumps(document(share(scope={"pc": "PC7"}))), credential=credential())


@pytest.mark.parametrize(
    ("text", "code", "facts"),
    [
        ('{"version": 1, "version": 1, "rule": {}}', "duplicate_key", {"where": "$", "key": "version"}),
        (
            (
                '{"version": 1, "rule": {"all_of": [{"share": {"basis": "raw", "scope": {}, "basis": "raw", '
                '"scope": {}}}]}}'
            ),
            "duplicate_key",
            {"where": "$.rule.all_of[0].share", "key": "basis"},
        ),
        (
            (
                '{"version": 1, "rule": {"share": {"scope": {"pc": "PC1"}, "component": "all", "basis": "raw", '
                '"at_least": 0.7}}}'
            ),
            "float_mark",
            {"where": SHARE + ".at_least", "value": "0.7"},
        ),
        (
            (
                '{"version": 1, "rule": {"share": {"scope": {"pc": "PC1"}, "component": "all", "basis": "raw", '
                '"at_least": NaN}}}'
            ),
            "float_mark",
            {"where": SHARE + ".at_least", "value": "nan"},
        ),
        ("[" * 100_000, "rule_too_deep", {"where": "$.rule", "maximum": 32}),
    ],
)
def test_wrong_json_text_is_refused(text: str, code: str, facts: JsonObject) -> None:
    with pytest.raises(RuleError) as refused:
        parse_rule_json(text)
    assert (refused.value.code, refused.value.facts) == (code, facts)


@pytest.mark.parametrize("text", ["", "{", "{'version': 1}", '{"version": 1} x', '{"version": ' + "1" * 5000])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse_rule_json(text)
    assert refused.value.code == "rule_not_json"
    assert refused.value.facts["where"] == "$"
