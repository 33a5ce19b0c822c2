# SPDX-License-Identifier: Apache-2.0
"""A paper with every kind of item over HTTP: saved, resumed, refused by name, its files shown and taken in, marked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from assessor import api as assessor
from assessor.attempts.refs import Refs, refs
from assessor.attempts.tables import AttemptRow
from assessor.forms.queries import form
from assessor.results.tables import ResultRow
from core.audit import AuditRow
from core.identity.model import Role
from core.uow import Actor
from tests.unit.item_bank.rich_answers import ANSWERS
from tests.unit.item_bank.rich_files import FILES, png
from tests.web import sitting
from tests.web.rich_sitting import CODE, KINDS, LEARNER, RichSitting, add_rich_sitting
from tests.web.site import Site, Visitor
from tests.web.sitting import Room


class Sat:
    """The learner in the room, and the true names behind its own (known to this test alone)."""

    def __init__(self, site: Site, *, items: dict[str, dict[str, Any]] | None = None) -> None:
        self.site = site
        self.made: RichSitting = add_rich_sitting(site.parts, items=items)
        self.visitor = enter(site)
        self.room: Room = sitting.begin(self.visitor)
        with site.parts.store.read(Actor.system()) as uow:
            row = uow.db.get(AttemptRow, self.made.attempt_id)
            assert row is not None
            self.names: Refs = refs(form(uow, row.form_id).content, secret=row.secret)

    def ref(self, kind: str) -> str:
        return self.names.of_item(self.made.versions[kind])

    def shown(self, kind: str, value: Any) -> Any:
        """An answer in the bank's terms as the browser sends it."""
        return self.names.shown(self.made.versions[kind], value)

    def save(self, kind: str, value: Any) -> TestResponse:
        return self.room.save(self.ref(kind), value)

    def part(self, kind: str, name: str = "RESPONSE") -> str:
        """The reference of a part, read off the page."""
        found = re.search(
            rf'data-item="{self.ref(kind)}" data-type="[a-z_]+" data-rich=\'(.*?)\'', self.room.page
        )
        assert found is not None
        assert name == "RESPONSE"
        return str(found.group(1).split('"')[1])

    def upload(self, kind: str, data: bytes, *, name: str = "drawing.png", **other: Any) -> TestResponse:
        fields = {"device": self.room.device, "item": self.ref(kind), "part": self.part(kind), **other}
        return self.visitor.client.post(
            "/room/upload",
            data=multipart(fields, name, data),
            content_type="multipart/form-data; boundary=between",
            headers={"X-CSRFToken": self.visitor.token, "Accept": "application/json"},
        )

    def outcomes(self) -> dict[str, str]:
        with self.site.parts.store.read(Actor.system()) as uow:
            found = assessor.entry_outcomes(uow, assessor.learner_entry(uow, self.made.entry_id))
        documents = {kind: found[self.made.versions[kind]].to_document() for kind in KINDS}
        return {kind: str(document["score"]) for kind, document in documents.items()}


def multipart(fields: dict[str, str], name: str, data: bytes) -> bytes:
    """A form with a file, as a browser sends it; the client's own encoder would leave a temporary file open."""
    parts = [
        f'--between\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--between\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join([*parts, head]).encode() + data + b"\r\n--between--\r\n"


def enter(site: Site) -> Visitor:
    visitor = site.visitor()
    visitor.get("/")
    assert visitor.post("/enter", {"code": CODE}).status_code == 302
    visitor.get("/learner")
    return visitor


@pytest.fixture
def sat(site: Site) -> Sat:
    return Sat(site)


def code_of(answer: TestResponse) -> str:
    return str((answer.json or {})["code"])


def test_every_kind_is_saved_and_resumed_as_it_was_sent(sat: Sat) -> None:
    sent = {}
    uploaded = sat.upload("upload", png(4, 4)).json or {}
    for kind in KINDS:
        value = dict(ANSWERS[kind].right)
        if kind == "upload":
            value = {"RESPONSE": {"upload": uploaded["upload"], "name": uploaded["name"]}}
        sent[sat.ref(kind)] = sat.shown(kind, value)
        saved = sat.save(kind, sent[sat.ref(kind)])
        assert saved.status_code == 200, (kind, saved.text)
    held = {item: answer["value"] for item, answer in sat.room.state()["answers"].items()}
    assert held == sent
    again = sat.visitor.get("/room").text
    assert again.count("data-value='") == len(KINDS)


def test_the_same_answer_again_is_harmless_and_another_under_its_number_is_not(sat: Sat) -> None:
    value = sat.shown("match", ANSWERS["match"].right)
    ref = sat.ref("match")
    first = sat.room.save(ref, value, seq=1)
    assert sat.room.save(ref, value, seq=1).json == first.json
    assert code_of(sat.room.save(ref, None, seq=1)) == "sequence_conflict"


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("order", ["A"], "answer_malformed"),
        ("match", {"x": []}, "answer_malformed"),
        ("hotspot", "A", "answer_malformed"),
    ],
)
def test_what_no_page_sends_is_refused_by_name(sat: Sat, kind: str, value: Any, code: str) -> None:
    assert code_of(sat.save(kind, value)) == code
    part = sat.part("order")
    assert code_of(sat.save("order", {part: ["A", "B"]})) == "option_unknown"
    assert code_of(sat.save("numeric", {sat.part("numeric"): "1" * 41})) == "answer_too_long"
    many = [[1, 1], [2, 2]]
    assert code_of(sat.save("select_point", {sat.part("select_point"): many})) == "too_many_options"


def test_pictures_sounds_and_films_are_shown_to_this_attempt_alone(sat: Sat) -> None:
    addresses = sorted(set(re.findall(r'src="(/room/media/[a-z2-7]+)"', sat.room.page)))
    found = {sat.visitor.get(address).data: address for address in addresses}
    assert {data for _, data in FILES.values()} == found.keys()
    svg = sat.visitor.get(found[FILES["mark.svg"][1]])
    assert svg.mimetype == "image/svg+xml"
    assert "sandbox" in svg.headers["Content-Security-Policy"]
    assert svg.headers["X-Content-Type-Options"] == "nosniff"
    assert svg.headers["Cache-Control"] == "private, max-age=3600"
    film = found[FILES["film.webm"][1]]
    part = sat.visitor.get(film, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, FILES["film.webm"][1][10:20])
    again = sat.visitor.get(film, headers={"If-None-Match": part.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = sat.site.learner("Gurpreet Kaur")
    sitting.begin(other)
    assert other.get(film).status_code == 404
    assert sat.visitor.get("/room/media/aaaaaaaaaaaaaaaa").status_code == 404
    sat.room.hand_in()
    assert sat.visitor.get(film).status_code == 409


def test_a_file_is_taken_for_what_its_bytes_are(sat: Sat) -> None:
    taken = sat.upload("upload", png(4, 4), name="../my plan.exe")
    assert (taken.status_code, (taken.json or {})["name"]) == (200, "my plan.exe")
    assert code_of(sat.upload("upload", b"<svg onload='x'/>")) == "answer_file_type"
    assert code_of(sat.upload("upload", b"")) == "answer_file_empty"
    assert code_of(sat.upload("upload", b"%PDF-" + b"0" * 5_000_000)) == "answer_file_too_large"
    assert code_of(sat.upload("upload", png(4, 4), part=sat.part("order"))) == "item_unknown"
    assert code_of(sat.upload("upload", png(4, 4), item="aaaaaaaaaaaaaaaa")) == "item_unknown"
    assert code_of(sat.upload("upload", png(4, 4), device="laptop")) == "lease_lost"
    assert code_of(sat.upload("upload", png(4, 4), more="x")) == "request_malformed"
    order = sat.upload("upload", png(4, 4), item=sat.ref("order"), part=sat.part("order"))
    assert code_of(order) == "answer_malformed"


def test_a_part_keeps_a_bounded_number_of_files(sat: Sat) -> None:
    for _ in range(20):
        assert sat.upload("upload", png(2, 2)).status_code == 200
    assert code_of(sat.upload("upload", png(2, 2))) == "answer_files_too_many"


def test_an_answer_refers_to_a_file_of_its_own(sat: Sat) -> None:
    part = sat.part("upload")
    assert code_of(sat.save("upload", {part: {"upload": "01nobody", "name": "a"}})) == "answer_file_unknown"


def test_after_the_hand_in_no_file_comes_in(sat: Sat) -> None:
    assert sat.room.hand_in().status_code == 200
    assert code_of(sat.upload("upload", png(4, 4))) == "attempt_closed"


def test_a_person_marks_what_no_key_can_and_the_result_waits_for_it(sat: Sat) -> None:
    uploaded = sat.upload("upload", png(4, 4)).json or {}
    right = {kind: dict(ANSWERS[kind].right) for kind in KINDS}
    right["upload"] = {"RESPONSE": {"upload": uploaded["upload"], "name": uploaded["name"]}}
    for kind in KINDS:
        assert sat.save(kind, sat.shown(kind, right[kind])).status_code == 200
    assessor_ = sat.site.staff(Role.ASSESSOR)
    blind = re.search(
        r'href="(/assessor/tasks/[a-z0-9]+)">Candidate [A-Z0-9]{5}', assessor_.get("/assessor/tasks").text
    )
    assert blind is not None
    path = blind.group(1)
    early = assessor_.get(path).text
    assert "Not handed in yet" in early
    assert "So that nobody is hurt." not in early
    refused = assessor_.post(path, {"Q6": "1", "note": "", "action": "save"})
    assert refused.status_code == 409
    assert sat.room.hand_in().status_code == 200
    sitting.mark_everything(sat.site, LEARNER)
    assert no_result(sat)
    page = assessor_.get(path).text
    assert LEARNER not in page
    assert "So that nobody is hurt." in page
    assert "One mark for each reason." in page
    marks = {"Q6": "1.5", "Q19": "1", "Q20": "0.5"}
    done = assessor_.post(path, {**marks, "note": "", "action": "complete"})
    assert done.status_code == 302, done.text
    earned = {kind: answers.earns for kind, answers in ANSWERS.items()}
    assert sat.outcomes() == {**earned, "extended_text": "1.5", "upload": "1", "composite": "2.5"}
    with sat.site.parts.store.read(Actor.system()) as uow:
        query = select(ResultRow).where(ResultRow.entry_id == sat.made.entry_id)
        result: dict[str, Any] = uow.db.scalars(query).one().document
    theory = {cell["pc"]: cell["awarded"] for cell in result["marks"] if cell["component"] == "theory"}
    # PC1 has the items 1, 7, 13 and 19: 1 + 1 + 1 + 1 of 1 + 1 + 1 + 1.5, of 4 marks: 4 x 4/4.5 = 32/9.
    # PC2 has 2, 8, 14, 20: 1 + 1 + 1 + 2.5 of 6: 4 x 5.5/6 = 11/3. PC6 has 6, 12, 18: 1.5 + 1 + 1 of 4: 3.5.
    assert theory == {"PC1": "32/9", "PC2": "11/3", "PC3": "4", "PC4": "4", "PC5": "4", "PC6": "3.5"}
    assert [one["score"] for one in result["outcomes"]] == list(sat.outcomes().values())
    numeric = next(one for one in result["outcomes"] if one["item"] == sat.made.versions["numeric"])
    assert numeric["steps"] == ["devanagari_digits"]
    assert "२३४" not in str(result)


def no_result(sat: Sat) -> bool:
    return sat.visitor.get("/learner/result").status_code == 409


def test_a_file_goes_to_the_assessor_of_its_sitting_alone_and_each_look_is_logged(sat: Sat) -> None:
    uploaded = sat.upload("upload", png(4, 4), name="आरेख.png").json or {}
    sat.save("upload", {sat.part("upload"): {"upload": uploaded["upload"], "name": uploaded["name"]}})
    sat.room.hand_in()
    assessor_ = sat.site.staff(Role.ASSESSOR)
    blind = re.search(r'href="(/assessor/tasks/[a-z0-9]+)">Candidate', assessor_.get("/assessor/tasks").text)
    assert blind is not None
    path = f"{blind.group(1)}/files/{uploaded['upload']}"
    got = assessor_.get(path)
    assert (got.status_code, got.data, got.mimetype) == (200, png(4, 4), "application/octet-stream")
    assert got.headers["Content-Disposition"].startswith('attachment; filename="____')
    assert "filename*=UTF-8''%E0%A4%86" in got.headers["Content-Disposition"]
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert assessor_.get(f"{blind.group(1)}/files/01nobody").status_code == 404
    assert sat.site.staff(Role.MANAGER).get(path).status_code == 404
    with sat.site.parts.store.read(Actor.system()) as uow:
        looks = uow.db.scalars(select(AuditRow).where(AuditRow.name == "response_file_viewed")).all()
    assert len(looks) == 1
