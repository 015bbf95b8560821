"""What a condition of a table asks for, and what the tables as shipped make of a complaint (R07, R10-R15, R117)."""

from dataclasses import replace
from typing import Any

import pytest

from events.triage import ComplaintClassified, ComplaintGraded, ComplaintRouted
from given import only
from triage.rules import Said, When
from unit.triage.cases import LATER, LODGED, TOLD, told

SAID = Said(
    channel="weibo",
    identity="media",
    nature="claim",
    product="fridge/E6",
    category="product",
    injury=False,
    told_people=12,
    calls_before=3,
    complaints_before=2,
    names_staff=True,
)
DECIDED = {"category": "service/attitude", "dispute": "service", "grade": "grievance"}


@pytest.mark.parametrize(
    ("fits", "differs"),
    [
        ({"channel": ("forum", "weibo")}, {"channel": ("phone",)}),
        ({"identity": ("media", "vip")}, {"identity": ("vip",)}),
        ({"nature": ("cla*",)}, {"nature": ("protest",)}),
        ({"product": ("fridge/*",)}, {"product": ("fridge",)}),
        ({"category": ("service/*",)}, {"category": ("product",)}),
        ({"dispute": ("service",)}, {"dispute": ("product", "project")}),
        ({"grade": ("grievance", "crisis")}, {"grade": ("complaint",)}),
        ({"injury": False}, {"injury": True}),
        ({"told_people_min": 12}, {"told_people_min": 13}),
        ({"calls_before_min": 3}, {"calls_before_min": 4}),
        ({"complaints_before_min": 2}, {"complaints_before_min": 3}),
        ({"names_staff": True}, {"names_staff": False}),
    ],
)
def test_each_condition_asks_for_its_own_field_and_all_that_are_named_must_hold(
    fits: dict[str, Any], differs: dict[str, Any]
) -> None:
    """The category is the one that triage has decided so far, not the one that came with the complaint."""
    assert When().holds(SAID, **DECIDED)
    assert When(**fits).holds(SAID, **DECIDED)
    assert not When(**differs).holds(SAID, **DECIDED)
    assert When(channel=("weibo",)).holds(SAID, **DECIDED)
    assert not When(**{"channel": ("phone",), **differs}).holds(SAID, **DECIDED)
    assert not When(**{"channel": ("weibo",), "told_people_min": 1, **differs}).holds(SAID, **DECIDED)


def test_injury_is_asked_for_where_it_is_named_and_only_there() -> None:
    hurt = replace(SAID, injury=True)
    assert [When(injury=asked).holds(hurt, **DECIDED) for asked in (True, False, None)] == [True, False, True]


@pytest.mark.parametrize(
    ("lodged", "queue", "owner", "playbook"),
    [
        ({}, "reception", "reception", "service-dispute"),
        ({"category": "service/attitude"}, "reception", "reception", "service-dispute"),
        ({"category": "product/quality"}, "products", "handler", "product-dispute"),
        ({"product": "fridge/E6"}, "products", "handler", "product-dispute"),
        ({"category": "project/delay"}, "projects", "teamlead", "project-dispute"),
        ({"identity": "media"}, "public-opinion", "handler", "public-opinion"),
        ({"identity": "nuisance"}, "reception", "reception", None),
        ({"identity": "vip"}, "priority", "handler", None),
        ({"identity": "vulnerable", "category": "product/quality"}, "priority", "handler", None),
        ({"channel": "weibo"}, "public-opinion", "handler", "public-opinion"),
        ({"channel": "weibo", "category": "project/delay"}, "projects", "teamlead", "project-dispute"),
        ({"injury": True, "identity": "media"}, "crisis", "teamlead", "crisis"),
    ],
)
def test_who_is_asked_first(lodged: dict[str, str], queue: str, owner: str, playbook: str | None) -> None:
    """R12, R87, R117, R126: by the table as shipped."""
    (routed,) = only(told(LODGED.model_copy(update=lodged)).added(LATER), ComplaintRouted)
    assert isinstance(routed, ComplaintRouted)
    assert (routed.queue, routed.first_owner, routed.playbook) == (queue, owner, playbook)


def test_what_another_system_calls_a_project_goes_where_projects_go() -> None:
    """R12: the source says the category, the table the dispute."""
    (routed,) = only(told(TOLD.model_copy(update={"category": "project/delay"})).added(LATER), ComplaintRouted)
    assert isinstance(routed, ComplaintRouted)
    assert routed.queue == "projects"


@pytest.mark.parametrize(
    ("lodged", "skills"),
    [
        ({"injury": True, "identity": "media"}, ("crisis", "public-opinion")),
        ({"identity": "media"}, ("public-opinion", "writing")),
        ({"channel": "forum"}, ("writing",)),
        ({"category": "project/delay"}, ("projects",)),
        ({"category": "product/quality"}, ("products",)),
        ({}, ()),
    ],
)
def test_each_case_asks_for_those_who_can_handle_it(lodged: dict[str, object], skills: tuple[str, ...]) -> None:
    """R87, R88: by the table as shipped."""
    (routed,) = only(told(LODGED.model_copy(update=lodged)).added(LATER), ComplaintRouted)
    assert isinstance(routed, ComplaintRouted)
    assert routed.skills == skills


@pytest.mark.parametrize(
    ("lodged", "category", "dispute", "percent"),
    [
        ({}, "unclassified", "unknown", 0),
        ({"category": "housing"}, "housing", "unknown", 70),
        ({"product": "fridge"}, "product/quality", "product", 50),
        ({"product": "fridge", "injury": True}, "product/safety", "product", 60),
        ({"product": "project/tower"}, "project/delivery", "project", 60),
        ({"subject_person": "wu"}, "service", "service", 50),
        ({"subject_person": "wu", "product": "fridge"}, "product/quality", "product", 50),
        ({"subject_person": "wu", "category": "billing"}, "billing", "unknown", 70),
    ],
)
def test_what_it_is_about_and_how_sure_that_is(
    lodged: dict[str, object], category: str, dispute: str, percent: int
) -> None:
    """R10-R13: by the table as shipped."""
    (classified,) = only(told(LODGED.model_copy(update=lodged)).added(LATER), ComplaintClassified)
    assert isinstance(classified, ComplaintClassified)
    assert (classified.category, classified.dispute, classified.confidence_percent) == (category, dispute, percent)


def test_a_decision_says_what_was_named_and_what_was_not() -> None:
    """R142: from its inputs anybody can ask the table again."""
    hurt = LODGED.model_copy(update={"product": "fridge", "injury": True, "told_people": 3})
    (graded,) = only(told(hurt).added(LATER), ComplaintGraded)
    (plain,) = only(told(LODGED).added(LATER), ComplaintGraded)
    assert isinstance(graded, ComplaintGraded)
    assert isinstance(plain, ComplaintGraded)
    assert {"product=fridge", "injury=yes", "told_people=3", "category=product/safety"} <= set(graded.inputs)
    assert {"product=none", "injury=no", "told_people=0", "category=unclassified"} <= set(plain.inputs)


def test_that_staff_is_named_is_an_input_and_who_it_is_is_none() -> None:
    """R10."""
    (classified,) = only(told(LODGED.model_copy(update={"subject_person": "wu"})).added(LATER), ComplaintClassified)
    assert isinstance(classified, ComplaintClassified)
    assert "names_staff=yes" in classified.inputs
    assert not [line for line in classified.inputs if "wu" in line]


def test_of_equal_weights_the_reason_is_the_one_that_says_more() -> None:
    """R15: a table begins with what holds always."""
    fact = LODGED.model_copy(update={"channel": "weibo", "identity": "vip", "nature": "claim"})
    (graded,) = only(told(fact).added(LATER), ComplaintGraded)
    assert isinstance(graded, ComplaintGraded)
    assert (graded.severity, graded.urgency) == (3, 2)
    assert graded.reason == "something is claimed; who complains (R84)"
