# SPDX-License-Identifier: Apache-2.0
import pytest

from scoring.api import Rule, RuleError, describe, parse_rule


def share(scope: dict[str, object], at_least: str, **changes: object) -> dict[str, object]:
    return {"share": {"scope": scope, "component": "all", "basis": "raw", "at_least": at_least} | changes}


def whole_algebra() -> Rule:
    return parse_rule(
        {
            "version": 1,
            "rule": {
                "all_of": [
                    share({"pc": "PC1"}, "7/10"),
                    share({"pc": "PC2", "nos": "N1"}, "5/8", component="theory"),
                    share({"element": "E1"}, "2/3", component=["viva", "practical", "theory"]),
                    share({"element": "E1", "nos": "N1"}, "1/2", component=["viva", "ojt"]),
                    {"critical": {"pc": "PC3", "component": "practical", "at_least": "1"}},
                    {"critical": {"pc": "PC4", "nos": "N1", "at_least": "4/5"}},
                    {
                        "any_of": [
                            share({"nos": "N1"}, "2/5"),
                            share({"credential": True}, "7/10", basis="weighted"),
                        ]
                    },
                    {
                        "at_least": {
                            "k": 2,
                            "of": [share({"pc": "PC5"}, "1"), share({"pc": "PC6"}, "1", component="lab")],
                        }
                    },
                    {"at_least": {"k": 1, "of": [share({"pc": "PC7"}, "1/3")]}},
                ]
            },
        }
    )


def text(language: str) -> list[str]:
    return [f"{line.depth} {line.text}" for line in describe(whole_algebra(), language)]


def test_a_rule_reads_as_plain_english() -> None:
    assert text("en") == [
        "0 All of these must be met:",
        "1 At least 70 % of all marks for PC1.",
        "1 At least 62.5 % of the theory marks for PC2 of N1.",
        "1 At least 2/3 of the practical, theory and viva marks together for element E1.",
        "1 At least 50 % of the on-the-job and viva marks together for element E1 of N1.",
        (
            "1 PC3 is critical: at least 100 % of the practical marks for it are needed, "
            "and nothing else makes up for them."
        ),
        (
            "1 PC4 of N1 is critical: at least 80 % of all marks for it are needed, "
            "and nothing else makes up for them."
        ),
        "1 At least one of these must be met:",
        "2 At least 40 % of all marks for N1.",
        "2 At least 70 % of all marks for the whole credential, each NOS counted by its weight.",
        "1 At least 2 of these 2 must be met:",
        "2 At least 100 % of all marks for PC5.",
        "2 At least 100 % of the lab marks for PC6.",
        "1 At least 1 of these 1 must be met:",
        "2 At least 1/3 of all marks for PC7.",
    ]


def test_a_rule_reads_as_plain_hindi() -> None:
    assert text("hi") == [
        "0 ये सभी शर्तें पूरी होनी चाहिए:",
        "1 PC1 के कुल अंकों का कम से कम 70 % पाना होगा।",
        "1 N1 के PC2 के सिद्धांत अंकों का कम से कम 62.5 % पाना होगा।",
        "1 एलिमेंट E1 के प्रायोगिक, सिद्धांत और मौखिक अंकों को मिलाकर उनका कम से कम 2/3 भाग पाना होगा।",
        "1 N1 के एलिमेंट E1 के कार्यस्थल प्रशिक्षण और मौखिक अंकों को मिलाकर उनका कम से कम 50 % पाना होगा।",
        "1 PC3 निर्णायक है: इसके प्रायोगिक अंकों का कम से कम 100 % पाना होगा; इसकी कमी कहीं और से पूरी नहीं हो सकती।",
        "1 N1 का PC4 निर्णायक है: इसके कुल अंकों का कम से कम 80 % पाना होगा; इसकी कमी कहीं और से पूरी नहीं हो सकती।",
        "1 इनमें से कम से कम एक शर्त पूरी होनी चाहिए:",
        "2 N1 के कुल अंकों का कम से कम 40 % पाना होगा।",
        "2 पूरे क्रेडेंशियल के कुल अंकों का (हर NOS अपने भार के अनुसार) कम से कम 70 % पाना होगा।",
        "1 इन 2 में से कम से कम 2 शर्तें पूरी होनी चाहिए:",
        "2 PC5 के कुल अंकों का कम से कम 100 % पाना होगा।",
        "2 PC6 के lab अंकों का कम से कम 100 % पाना होगा।",
        "1 इन 1 में से कम से कम 1 शर्त पूरी होनी चाहिए:",
        "2 PC7 के कुल अंकों का कम से कम 1/3 भाग पाना होगा।",
    ]


def test_every_line_names_its_node_alike_in_both_languages() -> None:
    paths = [line.path for line in describe(whole_algebra(), "en")]
    assert paths == [line.path for line in describe(whole_algebra(), "hi")]
    assert paths[0] == "$.rule"
    assert paths[8] == "$.rule.all_of[6].any_of[0]"
    assert paths[-1] == "$.rule.all_of[8].at_least.of[0]"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(RuleError) as refused:
        describe(whole_algebra(), "fr")
    assert refused.value.code == "unknown_language"
    assert refused.value.facts == {"where": "$", "language": "fr", "known": ["en", "hi"]}


def lines(rule: dict[str, object], language: str) -> list[str]:
    return [line.text for line in describe(parse_rule({"version": 2, "rule": rule}), language)]


N1, N2 = share({"nos": "N1"}, "7/10"), share({"nos": "N2"}, "7/10")
ONE = {"compensate": {"k": 1, "limit": "5", "unit": "marks", "of": [N1, N2]}}
MARK = {"compensate": {"k": 1, "limit": "1", "unit": "marks", "of": [N1, N2]}}
TWO = {
    "compensate": {
        "k": 2,
        "limit": "1/3",
        "unit": "share",
        "of": [N1, N2, share({"nos": "N3"}, "1/2")],
    }
}
POINTS = {
    "compensate": {
        "k": 1,
        "limit": "2.5",
        "unit": "marks",
        "of": [share({"nos": nos}, "1/2", basis="weighted") for nos in ("N1", "N2")],
    }
}


def test_a_compensation_says_what_may_be_missed_and_what_makes_up_for_it() -> None:
    assert [lines(rule, "en")[0] for rule in (ONE, MARK, TWO, POINTS)] == [
        (
            "All of these must be met, but at most one of them may be missed, by 5 marks or less, "
            "if the others are above their bars by as much together:"
        ),
        (
            "All of these must be met, but at most one of them may be missed, by 1 mark or less, "
            "if the others are above their bars by as much together:"
        ),
        (
            "All of these must be met, but at most 2 of them may be missed, each by 1/3 of its marks or less, "
            "if the others are above their bars by as much together:"
        ),
        (
            "All of these must be met, but at most one of them may be missed, by 2.5 percentage points or less, "
            "if the others are above their bars by as much together:"
        ),
    ]
    assert lines(ONE, "en")[1:] == [
        "At least 70 % of all marks for N1.",
        "At least 70 % of all marks for N2.",
    ]
    assert [lines(rule, "hi")[0] for rule in (ONE, TWO, POINTS)] == [
        (
            "ये सभी शर्तें पूरी होनी चाहिए; फिर भी अधिक से अधिक 1 शर्त अधिक से अधिक 5 अंक से छूट सकती है, "
            "यदि बाकी शर्तों में सीमा से ऊपर मिले अंक मिलकर उतनी कमी पूरी कर दें:"
        ),
        (
            "ये सभी शर्तें पूरी होनी चाहिए; फिर भी अधिक से अधिक 2 शर्तें अपने अंकों के अधिक से अधिक 1/3 भाग से छूट सकती हैं, "
            "यदि बाकी शर्तों में सीमा से ऊपर मिले अंक मिलकर उतनी कमी पूरी कर दें:"
        ),
        (
            "ये सभी शर्तें पूरी होनी चाहिए; फिर भी अधिक से अधिक 1 शर्त अधिक से अधिक 2.5 प्रतिशत अंक से छूट सकती है, "
            "यदि बाकी शर्तों में सीमा से ऊपर मिले अंक मिलकर उतनी कमी पूरी कर दें:"
        ),
    ]


def ladder(*steps: tuple[str, str], **changes: object) -> dict[str, object]:
    of = [{"name": name, "at_least": at_least} for name, at_least in steps]
    body = {"scope": {"credential": True}, "component": "all", "basis": "raw", "of": of}
    return {"bands": body | changes}


def test_bands_are_read_out_with_the_one_that_is_needed() -> None:
    three = (("A", "17/20"), ("B", "7/10"), ("C", "1/2"))
    assert lines(ladder(*three), "en") == [
        (
            "Bands by the share of all marks for the whole credential: A from 85 %, B from 70 %, C from 50 %. "
            "Band C or better is needed."
        )
    ]
    assert lines(ladder(*three, basis="weighted", component="theory", **{"pass": "A"}), "en") == [
        (
            "Bands by the share of the theory marks for the whole credential, each NOS counted by its weight: "
            "A from 85 %, B from 70 %, C from 50 %. Band A is needed."
        )
    ]
    assert lines(ladder(("A", "2/3"), ("B", "0")), "en") == [
        "Bands by the share of all marks for the whole credential: A from 2/3, B from 0 %. They only name the result."
    ]
    assert lines(ladder(*three), "hi") == [
        "पूरे क्रेडेंशियल के कुल अंकों का हिस्सा बैंड तय करता है: A 85 % से, B 70 % से, C 50 % से। बैंड C या उससे ऊपर पाना होगा।"
    ]
    assert lines(ladder(*three, basis="weighted", **{"pass": "A"}), "hi") == [
        (
            "पूरे क्रेडेंशियल के कुल अंकों का हिस्सा (हर NOS अपने भार के अनुसार) बैंड तय करता है: "
            "A 85 % से, B 70 % से, C 50 % से। बैंड A पाना होगा।"
        )
    ]
    assert lines(ladder(("A", "2/3"), ("B", "0")), "hi") == [
        "पूरे क्रेडेंशियल के कुल अंकों का हिस्सा बैंड तय करता है: A 2/3 भाग से, B 0 % से। ये केवल परिणाम का नाम बताते हैं।"
    ]


def test_a_share_of_conditions_says_how_many_they_are() -> None:
    of = [share({"pc": f"PC{number}"}, "1") for number in range(9)]
    assert lines({"at_least": {"share": "7/10", "of": of}}, "en")[0] == (
        "At least 70 % of these 9 must be met (7 of them):"
    )
    assert lines({"at_least": {"share": "7/10", "of": of}}, "hi")[0] == (
        "इन 9 में से कम से कम 70 % (यानी 7) शर्तें पूरी होनी चाहिए:"
    )
    assert lines({"at_least": {"share": "1/10", "of": of}}, "hi")[0] == (
        "इन 9 में से कम से कम 10 % (यानी 1) शर्त पूरी होनी चाहिए:"
    )


def test_an_item_is_named_as_one() -> None:
    rule: dict[str, object] = {
        "all_of": [
            {"critical": {"item": "P1", "nos": "N1", "at_least": "1"}},
            share({"item": "P2"}, "1/2"),
        ]
    }
    assert lines(rule, "en")[1:] == [
        "Item P1 of N1 is critical: at least 100 % of all marks for it are needed, and nothing else makes up for them.",
        "At least 50 % of all marks for item P2.",
    ]
    assert lines(rule, "hi")[1:] == [
        "N1 का आइटम P1 निर्णायक है: इसके कुल अंकों का कम से कम 100 % पाना होगा; इसकी कमी कहीं और से पूरी नहीं हो सकती।",
        "आइटम P2 के कुल अंकों का कम से कम 50 % पाना होगा।",
    ]
