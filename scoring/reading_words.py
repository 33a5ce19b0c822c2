# SPDX-License-Identifier: Apache-2.0
"""What the other readings of a rule are called, in English and Hindi. Which of them apply is decided in `readings`."""

from collections.abc import Mapping
from enum import StrEnum


class ReadingKind(StrEnum):
    """The common ways in which people read a pass rule differently."""

    RAW_AGGREGATE = "raw_aggregate"
    WEIGHTED_AGGREGATE = "weighted_aggregate"
    AGGREGATE_ONLY_RAW = "aggregate_only_raw"
    AGGREGATE_ONLY_WEIGHTED = "aggregate_only_weighted"
    EACH_NOS = "each_nos"
    EACH_COMPONENT = "each_component"
    COMPONENTS_TOGETHER = "components_together"
    EACH_PC = "each_pc"
    SHARE_OF_PCS = "share_of_pcs"
    LEVEL_DEFAULT = "level_default"
    NO_COMPENSATION = "no_compensation"
    WHOLE_PER_CENT = "whole_per_cent"
    WHOLE_MARKS = "whole_marks"
    STRICTLY_ABOVE = "strictly_above"
    MISSING_AS_ZERO = "missing_as_zero"
    MISSING_LEFT_OUT = "missing_left_out"

    @property
    def needs_missing(self) -> bool:
        """Whether it is about marks that are missing; else it is about a complete table or any rule."""
        return self in (ReadingKind.MISSING_AS_ZERO, ReadingKind.MISSING_LEFT_OUT)

    @property
    def needs_complete(self) -> bool:
        """Whether it is about how complete marks are compared."""
        return self in (ReadingKind.WHOLE_PER_CENT, ReadingKind.WHOLE_MARKS, ReadingKind.STRICTLY_ABOVE)


def reading_names(kind: ReadingKind) -> Mapping[str, str]:
    """The name of a reading by language, "en" and "hi": a short sentence that says how the rule is then read."""
    return _NAMES[kind]


_NAMES: Mapping[ReadingKind, Mapping[str, str]] = {
    ReadingKind.RAW_AGGREGATE: {
        "en": "The aggregate counts raw marks, not the weights of the NOS.",
        "hi": "कुल योग में NOS के भार नहीं, सीधे अंक गिने जाएँ।",
    },
    ReadingKind.WEIGHTED_AGGREGATE: {
        "en": "The aggregate counts each NOS by its weight, not raw marks.",
        "hi": "कुल योग में सीधे अंक नहीं, हर NOS अपने भार के अनुसार गिना जाए।",
    },
    ReadingKind.AGGREGATE_ONLY_RAW: {
        "en": "Only the aggregate of all raw marks decides.",
        "hi": "केवल सभी सीधे अंकों का कुल योग निर्णय करे।",
    },
    ReadingKind.AGGREGATE_ONLY_WEIGHTED: {
        "en": "Only the aggregate decides, each NOS by its weight.",
        "hi": "केवल कुल योग निर्णय करे, हर NOS अपने भार के अनुसार।",
    },
    ReadingKind.EACH_NOS: {
        "en": "The share is needed in each NOS.",
        "hi": "यह हिस्सा हर NOS में पाना हो।",
    },
    ReadingKind.EACH_COMPONENT: {
        "en": "The share is needed in each part of the assessment, such as theory and practical.",
        "hi": "यह हिस्सा मूल्यांकन के हर भाग में पाना हो, जैसे सिद्धांत और प्रायोगिक।",
    },
    ReadingKind.COMPONENTS_TOGETHER: {
        "en": "All parts of the assessment count together.",
        "hi": "मूल्यांकन के सभी भाग मिलाकर गिने जाएँ।",
    },
    ReadingKind.EACH_PC: {
        "en": "Each criterion, or element that carries the marks, reaches its own threshold.",
        "hi": "हर मानदंड, या अंक वाला हर एलिमेंट, अपनी सीमा तक पहुँचे।",
    },
    ReadingKind.SHARE_OF_PCS: {
        "en": "70 % of the criteria are enough, as in recognition of prior learning.",
        "hi": "70 % मानदंड पूरे होना काफ़ी हो, जैसे पूर्व शिक्षा की मान्यता (RPL) में।",
    },
    ReadingKind.LEVEL_DEFAULT: {
        "en": "The usual share of the level decides: 50 % up to level 3, 70 % from level 4 on.",
        "hi": "स्तर का सामान्य हिस्सा निर्णय करे: स्तर 3 तक 50 %, स्तर 4 से 70 %।",
    },
    ReadingKind.NO_COMPENSATION: {
        "en": "Nothing makes up for a bar that is missed.",
        "hi": "किसी छूटी हुई सीमा की कमी कहीं और से पूरी न हो।",
    },
    ReadingKind.WHOLE_PER_CENT: {
        "en": "Shares are rounded to whole per cent first.",
        "hi": "हिस्से पहले पूरे प्रतिशत में बदले जाएँ।",
    },
    ReadingKind.WHOLE_MARKS: {
        "en": "Each mark is rounded to a whole mark first.",
        "hi": "हर अंक पहले पूरे अंक में बदला जाए।",
    },
    ReadingKind.STRICTLY_ABOVE: {
        "en": "A bar must be exceeded: reaching it exactly is not enough.",
        "hi": "सीमा से ऊपर जाना हो: ठीक सीमा तक पहुँचना काफ़ी न हो।",
    },
    ReadingKind.MISSING_AS_ZERO: {
        "en": "Marks that are missing count as 0.",
        "hi": "जो अंक नहीं मिले हैं वे 0 गिने जाएँ।",
    },
    ReadingKind.MISSING_LEFT_OUT: {
        "en": "Marks that are missing are left out, and the rest decides.",
        "hi": "जो अंक नहीं मिले हैं वे छोड़ दिए जाएँ और बाकी से निर्णय हो।",
    },
}
