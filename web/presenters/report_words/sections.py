# SPDX-License-Identifier: Apache-2.0
"""Titles of reports and of their sections, each with what it answers. A section is named by ``kind.section``."""

from __future__ import annotations

from typing import Final

from web.error_texts.text import N_

REPORTS: Final = {
    "items": (
        N_("Items"),
        N_("Which items work, which are too easy or too hard, and which key may be wrong?"),
    ),
    "paper": (N_("Paper"), N_("How good is the test as a whole, and how did each criterion go?")),
    "certainty": (N_("Certainty"), N_("How sure are the verdicts, and whose verdict hangs on luck?")),
    "model": (N_("Ability scale"), N_("How hard is each item on the scale on which people are able?")),
    "diagnosis": (N_("Diagnosis"), N_("Which criteria do people master, as far as their answers tell?")),
    "fairness": (
        N_("Fairness"),
        N_("Is an item harder for one group than for people of another who can do as much?"),
    ),
    "forms": (
        N_("Papers compared"),
        N_("Are the papers equally hard, and whose verdict hangs on the paper they drew?"),
    ),
    "forensics": (N_("Conduct"), N_("Which answers look unusual enough for a person to look into them?")),
}
SECTIONS: Final = {
    "items.sample": (N_("What it counts"), N_("The answers that this report is made from.")),
    "items.items": (
        N_("Items"),
        N_("How many got each item right, and how well it tells strong learners from weak ones."),
    ),
    "items.options": (
        N_("Options"),
        N_("Who chooses which option. A good wrong option draws weak learners and not strong ones."),
    ),
    "items.suspicious_keys": (
        N_("Keys to check"),
        N_(
            "Items where strong learners prefer another option than the key. Somebody who knows the "
            "subject should look."
        ),
    ),
    "items.times": (N_("Time"), N_("How long learners work on each item.")),
    "items.option_model": (
        N_("Model of the options"),
        N_("Which options draw able people and which draw weak ones, by the nominal response model."),
    ),
    "paper.verdicts": (N_("Verdicts"), N_("How many passed by the newest results.")),
    "paper.totals": (N_("Totals"), N_("How the shares of the marks are spread.")),
    "paper.reliability": (
        N_("Reliability"),
        N_(
            "Would the same learners come out in the same order with another test of this kind? 1 is "
            "surely, 0 is by chance."
        ),
    ),
    "paper.reliability_by_form": (
        N_("Reliability of each paper"),
        N_("The same for each paper, with its range."),
    ),
    "paper.criteria": (N_("Criteria"), N_("How each criterion went, for weak and for strong learners.")),
    "paper.standards": (N_("Standards (NOS)"), N_("What was earned in each NOS, all components together.")),
    "paper.components": (
        N_("Components"),
        N_("What was earned in theory, practical work and the other components."),
    ),
    "certainty.criteria": (
        N_("What the thresholds can tell"),
        N_("With so few items a criterion can be passed by luck or missed by bad luck. This is how often."),
    ),
    "certainty.mastery": (
        N_("Chance of mastery"),
        N_("How likely it is that a person is truly at or above the threshold of each criterion."),
    ),
    "certainty.answers": (
        N_("The answers behind it"),
        N_("Right answers of how many, for each person and criterion."),
    ),
    "certainty.standard_errors": (
        N_("Standard errors"),
        N_("How far a person's share of the marks may lie from what it would be over very many items."),
    ),
    "certainty.decisions": (
        N_("Pass and fail"),
        N_(
            "How many would get the same verdict from a second test, and how many get the verdict "
            "that they deserve."
        ),
    ),
    "certainty.borderline": (
        N_("Close cases"),
        N_(
            "People for whom the test cannot tell. A viva or a few more items would settle it; the "
            "verdict stands until then."
        ),
    ),
    "model.models": (
        N_("The model"),
        N_(
            "The model that fits these answers best with the fewest numbers, by BIC. Abilities have "
            "mean 0 and standard deviation 1."
        ),
    ),
    "model.parameters": (
        N_("Items on the scale"),
        N_(
            "Difficulty is the ability at which half of the marks are expected; slope says how "
            "sharply the item tells people apart."
        ),
    ),
    "model.curves": (
        N_("Item curves"),
        N_("What people of each ability should earn, and what groups of like ability really earned."),
    ),
    "model.information": (
        N_("What each paper tells"),
        N_("Where a paper measures well. It should be best near the bar."),
    ),
    "model.wright_map": (
        N_("People and items"),
        N_("People and items on one scale: a gap is a place where the test cannot tell people apart."),
    ),
    "model.fit": (N_("Fit as a whole"), N_("Whether the model gives back how the items go together.")),
    "model.dependence": (
        N_("Items that hang together"),
        N_("Pairs of items that share more than the ability, for example because one gives the other away."),
    ),
    "model.abilities": (N_("Abilities"), N_("Each person's place on the scale, with the standard error.")),
    "fairness.groups": (
        N_("How groups fared"),
        N_(
            "Totals and pass rates. A difference here is not yet unfair: groups may differ in what "
            "they have learned."
        ),
    ),
    "fairness.dif_language": (
        N_("By language"),
        N_("People of the two groups who can do equally much should get an item right equally often."),
    ),
    "fairness.dif_gender": (
        N_("By gender"),
        N_("People of the two groups who can do equally much should get an item right equally often."),
    ),
    "fairness.dif_centre": (
        N_("By centre"),
        N_("People of the centres who can do equally much should get an item right equally often."),
    ),
    "fairness.dif_device": (
        N_("By device"),
        N_("People who can do equally much should get an item right equally often on each kind of device."),
    ),
    "fairness.slopes": (
        N_("A second test of each item"),
        N_(
            "Items that are harder for a group at every ability, and items that are harder only for its "
            "strong or only for its weak people."
        ),
    ),
    "forms.overlap": (N_("What papers share"), N_("How many items two papers have in common.")),
    "forms.forms": (
        N_("How hard each paper is"),
        N_("The cut that would be fair for each paper, against the one that held."),
    ),
    "forms.turned": (
        N_("Verdicts that hang on the paper"),
        N_(
            "People who would stand on the other side of the bar if all papers were equally hard. Their "
            "results stand; this is for your review."
        ),
    ),
    "forms.links": (
        N_("Papers linked"),
        N_("What a score on one paper is worth on the largest paper, by several methods."),
    ),
    "forensics.signs": (
        N_("Who is named"),
        N_("Who stands in several of the lists below. Each list has its own evidence."),
    ),
    "forensics.pairs": (
        N_("Answers that agree"),
        N_("Pairs of one sitting who chose the same options more often than two people who work alone."),
    ),
    "forensics.clusters": (N_("Groups of pairs"), N_("People who are joined by pairs of the list above.")),
    "forensics.rapid": (
        N_("Answers in no time"),
        N_("Answers given too quickly to have been thought about."),
    ),
    "forensics.limits": (
        N_("Limits of time"),
        N_("Below this time an answer to the item counts as not thought about."),
    ),
    "forensics.patterns": (N_("Odd patterns"), N_("People with hard items right and easy ones wrong.")),
    "forensics.drift": (
        N_("Items that became easier"),
        N_(
            "Items that later people got right more often than earlier ones who can do as much. They "
            "may have become known."
        ),
    ),
    "forensics.exposed": (
        N_("Better on items that became easier"),
        N_("People who did better on these items than their other answers lead one to expect."),
    ),
    "forensics.changes": (
        N_("Changed answers"),
        N_("How often answers were changed, and changes that came after the end."),
    ),
    "diagnosis.can_tell": (
        N_("What these items can tell"),
        N_(
            "Before looking at any answer: whether the items of each criterion suffice to tell who "
            "masters it."
        ),
    ),
    "diagnosis.criteria": (
        N_("Criteria"),
        N_("How many people master each criterion, by all answers together (DINA model)."),
    ),
    "diagnosis.items": (
        N_("Items"),
        N_("How often those who master a criterion slip, and how often the others guess right."),
    ),
    "diagnosis.profiles": (N_("Profiles"), N_("The sets of mastered criteria that are met most often.")),
    "diagnosis.suggestions": (
        N_("Items on another criterion"),
        N_(
            "Items whose answers speak for another criterion than the one they are written for. An "
            "expert decides."
        ),
    ),
    "diagnosis.persons": (
        N_("Each person"),
        N_("The chance that a person masters each criterion, by all answers together."),
    ),
}
