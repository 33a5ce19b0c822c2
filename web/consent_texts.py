# SPDX-License-Identifier: Apache-2.0
"""The words of the notice before a test, in English and Hindi, item by item. When they are shown is not decided here.

They are data and no interface texts: the version of a notice follows from them, so that a changed word is another notice, and
the words that somebody agreed to are kept. In braces: `agency`, `body`, `days`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One item in one language: what is captured, what for, how long it is kept, who sees it, what a no leads to."""

    title: str
    what: str
    why: str
    kept: str
    who: str
    refuse: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to agree to; an optional one may be left out and the rest goes on."""

    key: str
    en: Words
    hi: Words
    optional: bool = False


_KEPT_EN = "{days} days after the test. Longer only while a person still looks into something, or you appeal."
_KEPT_HI = "परीक्षा के बाद {days} दिन। इससे ज़्यादा केवल तब तक, जब तक कोई व्यक्ति किसी बात को देख रहा हो या आपकी अपील चल रही हो।"
_WHO_EN = "Proctors and integrity reviewers of {agency}; a manager only to hand you your own file. Every look is logged."
_WHO_HI = "{agency} के निरीक्षक और समीक्षक; प्रबंधक केवल आपको आपकी अपनी फ़ाइल देने के लिए। हर बार देखने का रिकॉर्ड रहता है।"
_WHO_OF_FACTS_EN = "Managers, proctors and integrity reviewers of {agency}."
_WHO_OF_FACTS_HI = "{agency} के प्रबंधक, निरीक्षक और समीक्षक।"
_PLACE_EN = "You get a place with an invigilator instead. It does not count against you."
_PLACE_HI = "इसके बदले आपको कक्ष निरीक्षक वाली जगह मिलेगी। इसका आपके परिणाम पर कोई असर नहीं होगा।"

_ITEMS = (
    Item(
        key="answers",
        en=Words(
            title="Your answers and marks",
            what="What you answer, when it was saved, and the marks that you get.",
            why="To decide, criterion by criterion, whether you have the skill.",
            kept="As long as the awarding body must be able to prove the result.",
            who="Assessors and managers of {agency}, and the awarding body {body}.",
            refuse="You cannot take this test then. Speak to {agency}.",
        ),
        hi=Words(
            title="आपके उत्तर और अंक",
            what="आपके उत्तर, वे कब सहेजे गए, और आपको मिले अंक।",
            why="हर मानदंड पर यह तय करने के लिए कि आपमें यह कौशल है या नहीं।",
            kept="जब तक प्रमाणन संस्था को परिणाम साबित करना पड़ सकता है।",
            who="प्रमाणन संस्था {body}, और {agency} के मूल्यांकनकर्ता और प्रबंधक।",
            refuse="तब आप यह परीक्षा नहीं दे सकते। {agency} से बात करें।",
        ),
    ),
    Item(
        key="photo",
        en=Words(
            title="A photo of you",
            what="One photo of your face, taken before the test.",
            why="So that people can see that the right person takes the test.",
            kept=_KEPT_EN,
            who=_WHO_EN,
            refuse=_PLACE_EN,
        ),
        hi=Words(
            title="आपकी फ़ोटो",
            what="परीक्षा से पहले ली गई आपके चेहरे की एक फ़ोटो।",
            why="ताकि लोग देख सकें कि सही व्यक्ति परीक्षा दे रहा है।",
            kept=_KEPT_HI,
            who=_WHO_HI,
            refuse=_PLACE_HI,
        ),
    ),
    Item(
        key="id_card",
        en=Words(
            title="A picture of your ID card",
            what="One picture of the card. Cover every number that is not needed; your name and photo must be seen.",
            why="So that a person can compare the card with your photo. A program only looks whether a face can be seen on it.",
            kept=_KEPT_EN,
            who=_WHO_EN,
            refuse="You show the card to an invigilator instead. It does not count against you.",
        ),
        hi=Words(
            title="आपके पहचान-पत्र की तस्वीर",
            what="पहचान-पत्र की एक तस्वीर। जो नंबर ज़रूरी नहीं हैं उन्हें ढक लें; आपका नाम और फ़ोटो दिखने चाहिए।",
            why="ताकि कोई व्यक्ति कार्ड को आपकी फ़ोटो से मिला सके। प्रोग्राम केवल देखता है कि उस पर कोई चेहरा दिखता है या नहीं।",
            kept=_KEPT_HI,
            who=_WHO_HI,
            refuse="आप पहचान-पत्र निरीक्षक को दिखाएँगे। इसका आपके परिणाम पर कोई असर नहीं होगा।",
        ),
    ),
    Item(
        key="camera",
        en=Words(
            title="Pictures from your camera during the test",
            what="About one small picture a second, without sound. A program looks how many faces can be seen, where "
            "the face is turned, and whether the camera works. A few pictures are kept: where something is in doubt, and one a "
            "minute as a sample. What is behind you is blurred before they are kept.",
            why="So that the test is fair for everybody. The program never decides anything: it asks a person to look.",
            kept=_KEPT_EN,
            who=_WHO_EN,
            refuse=_PLACE_EN,
        ),
        hi=Words(
            title="परीक्षा के दौरान आपके कैमरे की तस्वीरें",
            what="लगभग हर सेकंड एक छोटी तस्वीर, बिना आवाज़ के। एक प्रोग्राम देखता है कि कितने चेहरे दिख रहे हैं, चेहरा किस ओर है, और "
            "कैमरा चल रहा है या नहीं। कुछ ही तस्वीरें रखी जाती हैं: जहाँ कोई बात साफ़ न हो, और नमूने के लिए हर मिनट एक। रखने से पहले "
            "आपके पीछे का दृश्य धुंधला कर दिया जाता है।",
            why="ताकि परीक्षा सबके लिए निष्पक्ष हो। प्रोग्राम कभी कोई फ़ैसला नहीं करता: वह किसी व्यक्ति से देखने को कहता है।",
            kept=_KEPT_HI,
            who=_WHO_HI,
            refuse=_PLACE_HI,
        ),
    ),
    Item(
        key="face",
        en=Words(
            title="Comparing your face (biometric)",
            what="Before the test you look into the camera for about 20 seconds. A program makes numbers out of your face and "
            "of how you sit, and compares the numbers during the test.",
            why="To notice if somebody else sits down in your place, and to judge you by your own way of sitting only.",
            kept="The numbers: {days} days after the test, locked. They are for this test only, never to find you elsewhere.",
            who="Nobody reads the numbers. People see only that a comparison was in doubt, and then look themselves.",
            refuse=_PLACE_EN,
        ),
        hi=Words(
            title="आपके चेहरे का मिलान (बायोमेट्रिक)",
            what="परीक्षा से पहले आप लगभग 20 सेकंड कैमरे में देखते हैं। एक प्रोग्राम आपके चेहरे और बैठने के ढंग से कुछ संख्याएँ बनाता है और "
            "परीक्षा के दौरान उनका मिलान करता है।",
            why="ताकि पता चले कि आपकी जगह कोई और तो नहीं बैठा, और आपको केवल आपके अपने बैठने के ढंग से परखा जाए।",
            kept="संख्याएँ: परीक्षा के बाद {days} दिन, ताले में बंद। वे केवल इसी परीक्षा के लिए हैं, आपको कहीं और खोजने के लिए कभी नहीं।",
            who="संख्याएँ कोई नहीं पढ़ता। लोग केवल यह देखते हैं कि कोई मिलान साफ़ नहीं था, और फिर ख़ुद देखते हैं।",
            refuse=_PLACE_HI,
        ),
    ),
    Item(
        key="movements",
        en=Words(
            title="Small movements that you are asked for",
            what="Before the test you are asked to turn your head, to blink, or to read a few digits; during it, perhaps, to "
            "turn your head again. Only pictures of a try that did not work are kept.",
            why="To see that a living person sits there and no photo. If it does not work, you go on all the same.",
            kept=_KEPT_EN,
            who=_WHO_EN,
            refuse=_PLACE_EN,
        ),
        hi=Words(
            title="कुछ छोटी हरकतें, जो आपसे करने को कहा जाएगा",
            what="परीक्षा से पहले आपसे सिर घुमाने, पलक झपकाने या कुछ अंक पढ़ने को कहा जाता है; परीक्षा के दौरान "
            "शायद फिर से सिर घुमाने को। केवल उस कोशिश की तस्वीरें रखी जाती हैं जो ठीक से नहीं हो पाई।",
            why="यह देखने के लिए कि सामने जीवित व्यक्ति है, कोई फ़ोटो नहीं। अगर न हो पाए तो भी आप आगे बढ़ते हैं।",
            kept=_KEPT_HI,
            who=_WHO_HI,
            refuse=_PLACE_HI,
        ),
    ),
    Item(
        key="things",
        en=Words(
            title="Phones and books in view",
            what="A program looks in the same pictures for more people, phones and books. It is often wrong.",
            why="So that a person can look. What the program thinks reaches no result by itself.",
            kept=_KEPT_EN,
            who=_WHO_EN,
            refuse=_PLACE_EN,
        ),
        hi=Words(
            title="दिखने वाले फ़ोन और किताबें",
            what="एक प्रोग्राम उन्हीं तस्वीरों में और लोग, फ़ोन और किताबें ढूँढता है। वह अक्सर ग़लत होता है।",
            why="ताकि कोई व्यक्ति देख सके। प्रोग्राम जो समझता है, वह अपने-आप किसी परिणाम तक नहीं पहुँचता।",
            kept=_KEPT_HI,
            who=_WHO_HI,
            refuse=_PLACE_HI,
        ),
    ),
    Item(
        key="voice",
        optional=True,
        en=Words(
            title="When speech can be heard",
            what="From when to when somebody speaks. No sound and no word is sent or kept.",
            why="So that a person can look at that moment.",
            kept=_KEPT_EN,
            who=_WHO_EN,
            refuse="Nothing is noted of speech, and the test goes on as it is.",
        ),
        hi=Words(
            title="कब बोलने की आवाज़ आती है",
            what="कब से कब तक कोई बोलता है। न कोई आवाज़ और न कोई शब्द भेजा या रखा जाता है।",
            why="ताकि कोई व्यक्ति उस पल को देख सके।",
            kept=_KEPT_HI,
            who=_WHO_HI,
            refuse="बोलने के बारे में कुछ नहीं लिखा जाता, और परीक्षा वैसे ही चलती है।",
        ),
    ),
    Item(
        key="browser",
        en=Words(
            title="What your browser notes",
            what="When the page is not in front, copying and pasting (how many characters, never the text), a second screen, "
            "and the like. You can read the same list afterwards.",
            why="These are facts for people. Nobody is failed by them.",
            kept=_KEPT_EN,
            who=_WHO_OF_FACTS_EN,
            refuse=_PLACE_EN,
        ),
        hi=Words(
            title="आपका ब्राउज़र क्या लिखता है",
            what="जब पेज सामने न हो, कॉपी और पेस्ट (कितने अक्षर, लिखा हुआ कभी नहीं), दूसरी स्क्रीन, और ऐसी बातें। बाद में आप यही सूची पढ़ "
            "सकते हैं।",
            why="ये लोगों के लिए तथ्य हैं। इनके कारण कोई फ़ेल नहीं होता।",
            kept=_KEPT_HI,
            who=_WHO_OF_FACTS_HI,
            refuse=_PLACE_HI,
        ),
    ),
)
ITEMS: Mapping[str, Item] = {item.key: item for item in _ITEMS}

CARD_COMPARED = Item(
    key="id_card",
    en=replace(
        ITEMS["id_card"].en,
        why="So that a person can compare the card with your photo. A program also compares the face on it with yours, as a "
        "hint for that person; the numbers for this are kept like those of your face.",
    ),
    hi=replace(
        ITEMS["id_card"].hi,
        why="ताकि कोई व्यक्ति कार्ड को आपकी फ़ोटो से मिला सके। एक प्रोग्राम भी कार्ड के चेहरे का आपके चेहरे से मिलान करता है, ताकि उस "
        "व्यक्ति को एक संकेत मिले; इसकी संख्याएँ आपके चेहरे की संख्याओं की तरह रखी जाती हैं।",
    ),
)
"""The item of the card where the plan compares faces."""

RIGHTS: Mapping[str, str] = {
    "en": "You can take all of this back at any time: before, during and after the test, on your own page, with one button. "
    "You may ask {agency} for a copy of your data, to correct it or to delete it. If that does not help, you can complain to "
    "the Data Protection Board of India.",
    "hi": "आप यह सब कभी भी वापस ले सकते हैं: परीक्षा से पहले, दौरान और बाद में, अपने पेज पर, एक बटन से। आप {agency} से अपने डेटा की "
    "प्रति, उसे सुधारना या मिटाना माँग सकते हैं। इससे बात न बने तो आप भारत के डेटा संरक्षण बोर्ड से शिकायत कर सकते हैं।",
}
