# SPDX-License-Identifier: Apache-2.0
"""The sections of the credential editor: the fields and rows of the document's workbook on each, and their words."""

from __future__ import annotations

from collections.abc import Mapping

from web.forms.credential_fields import Column, Field, Group, Options, SectionForm, Table
from web.forms.rule_section import rule_section
from web.words import _

SECTIONS = ("basics", "hours", "structure", "assessment", "tasks", "rule", "dossier", "adoption")
LEVELS = ("1", "2", "2.5", "3", "3.5", "4", "4.5", "5", "5.5", "6", "6.5", "7", "8")


def section_titles() -> dict[str, str]:
    """The sections in their order, by name."""
    return {
        "basics": _("Basics"),
        "hours": _("Hours and level"),
        "structure": _("NOS and criteria"),
        "assessment": _("Assessment"),
        "tasks": _("Practical and viva"),
        "rule": _("Pass rule"),
        "dossier": _("Dossier"),
        "adoption": _("Adoption"),
    }


def section_form(name: str, *, nos: str = "") -> SectionForm:
    """The form of a section; ``nos`` is the code of the NOS whose page ``nos`` is."""
    if name == "nos":
        return _nos(nos)
    made = (_basics, _hours, _structure, _assessment, _tasks, rule_section, _dossier, _adoption)
    return dict(zip(SECTIONS, made, strict=True))[name]()


def _yes_no() -> Options:
    return (("", _("not said")), ("yes", _("yes")), ("no", _("no")))


def _basics() -> SectionForm:
    kinds = (("micro_credential", _("Micro-credential")), ("qualification", _("Qualification pack")))
    return SectionForm(
        "basics",
        _("Basics"),
        _("What it is called, and who answers for it."),
        (
            Group(
                _("Name"),
                (
                    Field("code", _("Code"), hint=_("For example ABC/MC/0101."), required=True),
                    Field("version", _("Version"), hint=_("For example 1.0."), required=True),
                    Field("kind", _("Kind"), "select", options=kinds),
                    Field("title", _("Title"), bilingual=True, required=True),
                    Field("purpose", _("Purpose"), "area", bilingual=True),
                ),
            ),
            Group(
                _("Owner"),
                (
                    Field("awarding_body", _("Awarding body"), required=True),
                    Field("sector", _("Sector")),
                    Field("nqr_code", _("NQR code")),
                ),
            ),
        ),
    )


def _hours() -> SectionForm:
    levels = tuple((level, level) for level in LEVELS)
    return SectionForm(
        "hours",
        _("Hours and level"),
        _("Notional learning hours, without the assessment. 30 hours are one credit."),
        (
            Group(
                _("Level"),
                (Field("level", _("NSQF level"), "select", options=levels, required=True),),
            ),
            Group(
                _("Hours"),
                (
                    Field(
                        "hours_total",
                        _("Total"),
                        "number",
                        hint=_("A multiple of 7.5 for a micro-credential."),
                        required=True,
                    ),
                    Field("hours_theory", _("Theory"), "number", required=True),
                    Field("hours_practical", _("Practical"), "number", required=True),
                    Field("hours_ojt", _("On the job"), "number", required=True),
                ),
            ),
        ),
    )


def _nos_columns() -> tuple[Column, ...]:
    return (
        Column("code", _("Code"), width="wide"),
        Column("weight", _("Weight (per cent)"), "number"),
        Column("credits", _("Credits"), "number", hint=_("as printed")),
        Column("total", _("Marks in all"), "number", hint=_("as printed")),
        Column("hours", _("Hours"), "number"),
        Column("title", _("Title"), bilingual=True),
    )


def _pc_columns() -> tuple[Column, ...]:
    return (
        Column("id", _("PC"), hint=_("unique in the document")),
        Column("label", _("Printed name")),
        Column("element", _("Element")),
        Column("mandatory", _("Mandatory"), "select", options=_yes_no()),
        Column("threshold", _("Threshold"), hint=_("for example 7/10")),
        Column("marks", ""),
        Column("hours", _("Hours"), "number"),
        Column("capacity_assessor", _("Assessor is there"), "select", options=_yes_no()),
        Column("capacity_item_bank", _("Item bank is there"), "select", options=_yes_no()),
        Column("capacity_equipment", _("Equipment is there"), "select", options=_yes_no()),
        Column("title", _("Standard"), "area", bilingual=True),
    )


def _structure() -> SectionForm:
    return SectionForm(
        "structure",
        _("NOS and criteria"),
        _("The occupational standards and their weights. Each has a page of its own for its criteria and marks."),
        tables=(
            Table(
                "nos", "nos", _("Occupational standards"), _nos_columns(), row_name=_("NOS"), id_column="code", blank=1,
                hint=_("The weights add up to 100. A new standard needs its first criterion below, in the same step."),
                used_in=(("rule", "name", {"scope": "nos"}), ("rule", "nos", {}), ("pcs", "nos", {}), ("elements", "nos", {})),
            ),
            Table(
                "first", "pcs", _("First criterion of a new standard"),
                (Column("nos", _("Code of the NOS"), width="wide"), *_pc_columns()),
                adds_only=True, row_name=_("Criterion"), inner=(("knowledge", "knowledge", "pc"),),
            ),
        ),
    )  # fmt: skip


def _nos(code: str) -> SectionForm:
    renamed: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("rule", "name", {"scope": "pc"}),
        ("criteria", "pc", {}),
        ("questions", "pc", {}),
        ("duplicates", "same_as", {}),
    )
    return SectionForm(
        "structure",
        code,
        _("Marks stand on the criteria, or on the elements that hold them; never on both. Halves are allowed."),
        tables=(
            Table(
                "nos", "nos", _("The standard"), _nos_columns(), fixed={"code": code}, blank=0, row_name=_("NOS"),
                id_column="code", used_in=(("rule", "name", {"scope": "nos"}), ("rule", "nos", {})),
            ),
            Table(
                "elements", "elements", _("Elements"),
                (
                    Column("id", _("Element")), Column("threshold", _("Threshold"), hint=_("for example 7/10")),
                    Column("marks", ""), Column("title", _("Title"), bilingual=True),
                ),
                hint=_("Groups of criteria, for packs that put marks on them. Leave this empty where there are none."),
                fixed={"nos": code}, row_name=_("Element"),
            ),
            Table(
                "pcs", "pcs", _("Criteria"), _pc_columns(), fixed={"nos": code}, row_name=_("Criterion"), layout="grid",
                inner=(("knowledge", "knowledge", "pc"),), used_in=renamed,
            ),
        ),
    )  # fmt: skip


def _assessment() -> SectionForm:
    return SectionForm(
        "assessment",
        _("Assessment"),
        _("30 minutes for every 7.5 hours, over all parts together."),
        (
            Group(
                _("Strategy"),
                (
                    Field("assessment_minutes", _("Minutes in all"), "number", required=True),
                    Field("assessment_strategy", _("Strategy"), "area", bilingual=True),
                    Field(
                        "formative_assessment",
                        _("Formative assessment"),
                        "area",
                        bilingual=True,
                        hint=_("Practice in the training; never in the result."),
                    ),
                ),
            ),
        ),
        (
            Table(
                "components", "components", _("Parts of the assessment"),
                (
                    Column("id", _("Part"), hint=_("theory, practical, viva, project, ojt")),
                    Column("minutes", _("Minutes"), "number"),
                    Column("online", _("Online"), "select", options=_yes_no()),
                    Column("reason", _("Why not online"), "area", bilingual=True),
                ),
                row_name=_("Part"), used_in=(("rule", "component", {}),),
            ),
            _text_list("assessment_tools", _("Assessment tools"), _("Tool")),
        ),
    )  # fmt: skip


def _tasks() -> SectionForm:
    pc = Column("pc", _("PC"))
    levels = (("levels", "levels", "of"),)
    return SectionForm(
        "tasks",
        _("Practical and viva"),
        _("What an assessor watches and asks. The best levels add up to the marks of each criterion."),
        (Group(_("Practical task"), (Field("practical_task", _("Task"), "area", bilingual=True),)),),
        (
            Table(
                "criteria", "criteria", _("Criteria that are watched"),
                (Column("id", _("Name")), pc, Column("text", _("What is watched"), "area", bilingual=True)),
                row_name=_("Criterion"), inner=levels,
            ),
            Table(
                "questions", "questions", _("Questions of the viva"),
                (
                    Column("id", _("Name")), pc, Column("text", _("Question"), "area", bilingual=True),
                    Column("expected", _("What is expected"), "area", bilingual=True),
                ),
                row_name=_("Question"), inner=levels,
            ),
        ),
    )  # fmt: skip


def _dossier() -> SectionForm:
    visible = (
        ("", _("not said")),
        ("public", _("public: open use")),
        ("private", _("private: adopted only with permission")),
    )
    usage = (
        ("", "–"),
        ("alone", _("alone")),
        ("with_qualification", _("with a qualification")),
        ("multi_skill", _("inside a multi-skill one")),
    )
    directions = (("", "–"), ("horizontal", _("horizontal")), ("vertical", _("vertical")))
    abouts = (("", "–"), ("need", _("need")), ("progression", _("career progression")))
    sha = _("sha256: and 64 digits")
    return SectionForm(
        "dossier",
        _("Dossier"),
        _("What the guideline asks for beside criteria and marks. Files are named with their fingerprint (SHA-256)."),
        (
            Group(
                _("Use"),
                (
                    Field("visibility", _("Use"), "select", options=visible),
                    Field("future_skill", _("Future skill"), "select", options=_yes_no()),
                    Field("review_date", _("Next review"), "date"),
                ),
            ),
            Group(
                _("Conditions"),
                (
                    Field("entry_requirement", _("Entry requirement"), "area", bilingual=True),
                    Field("statutory_none", _("There are no statutory needs"), "select", options=_yes_no()),
                    Field("statutory_needs", _("Statutory and licensing needs"), "area", bilingual=True),
                    Field("accreditation", _("Accreditation"), "area", bilingual=True),
                ),
            ),
        ),
        (
            _plain_list("entry_routes", _("Ways of entry to check"), _("Such as class 10, or class 8 + 2 years")),
            _text_list("training_equipment", _("Training equipment"), _("Equipment")),
            _plain_list("territory", _("Recognised territory"), _("State, or India")),
            _plain_list("responsible_bodies", _("Responsible bodies"), _("Body")),
            Table(
                "usage", "lists", _("Used"), (Column("value", _("Use"), "select", options=usage),),
                fixed={"list": "usage"}, row_name=_("Use"), layout="list",
            ),
            Table(
                "progression", "progression", _("Progression"),
                (
                    Column("direction", _("Direction"), "select", options=directions),
                    Column("code", _("Code"), width="wide"), Column("title", _("Title"), bilingual=True),
                ),
                row_name=_("Link"),
            ),
            Table(
                "validations", "validations", _("Industry validations"),
                (
                    Column("organisation", _("Organisation"), width="wide"), Column("signatory", _("Signatory"), width="wide"),
                    Column("date", _("Date"), "date"), Column("file_name", _("File"), width="wide"),
                    Column("file_sha256", _("Fingerprint"), width="wide", hint=sha),
                ),
                row_name=_("Validation"),
            ),
            Table(
                "evidence", "evidence", _("Evidence"),
                (
                    Column("about", _("Of"), "select", options=abouts), Column("name", _("File"), width="wide"),
                    Column("sha256", _("Fingerprint"), width="wide", hint=sha),
                ),
                row_name=_("File"),
            ),
            _plain_list("sources", _("Sources"), _("Source")),
        ),
    )  # fmt: skip


def _adoption() -> SectionForm:
    return SectionForm(
        "adoption",
        _("Adoption"),
        _("What changed against the version that is adopted, and which criteria are left out."),
        tables=(
            Table(
                "duplicates", "duplicates", _("Criteria left out as duplicates"),
                (Column("pc", _("PC of the parent")), Column("same_as", _("Same as")), Column("reason", _("Reason"), "area")),
                row_name=_("Duplicate"), id_column="pc",
            ),
        ),
    )  # fmt: skip


def _text_list(name: str, title: str, row_name: str) -> Table:
    return Table(
        name,
        "lists",
        title,
        (Column("text", row_name, bilingual=True),),
        fixed={"list": name},
        row_name=row_name,
        layout="list",
    )


def _plain_list(name: str, title: str, row_name: str) -> Table:
    return Table(
        name,
        "lists",
        title,
        (Column("value", row_name, width="wide"),),
        fixed={"list": name},
        row_name=row_name,
        layout="list",
    )
