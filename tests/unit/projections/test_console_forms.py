"""Forms of commands: where each is sent, what it asks for; absent where there is nothing to choose from."""

from dataclasses import replace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

import console_pages as invented
from described import OF_CASES, bare
from projections.console.asking import Command
from projections.console.beside_commands import SET_BUDGET, START
from projections.console.commands import COMMANDS
from projections.console.forms import Form, alone, forms
from projections.console.saying import OWN, RATE, SAYINGS, WITHDRAW
from projections.console.steps import level
from projections.console.track import saying
from projections.console.words import Language
from projections.views.chapters.page import Case

EVERY_COMMAND = (*COMMANDS, SET_BUDGET, *OWN)


def bodies() -> dict[str, type[BaseModel]]:
    """The body of each command, by its address."""
    routes = [route for routers in OF_CASES.values() for router in routers for route in router.routes]
    return {
        bare(one.path): cast("type[BaseModel]", one.body_field.field_info.annotation)
        for one in routes
        if isinstance(one, APIRoute) and one.body_field is not None
    }


BODIES = bodies()


def offered(*roles: str, **members: Any) -> dict[str, Form]:  # noqa: ANN401
    """The forms on the invented case, which is changed so."""
    found = forms(invented.case(**members), invented.reader(*roles or ("cso",)), invented.DESK)
    return {form.id.removeprefix("do-"): form for form in found}


def test_the_invented_case_is_one_that_the_views_could_make() -> None:
    """Else pages and forms are tried on what nobody ever sees; a sealed text says here why it stays closed."""
    TypeAdapter(Case).validate_python(invented.case(contact="a sealed one"))


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: command.name)
def test_a_form_asks_for_what_a_body_may_hold_and_needs_what_it_needs(command: Command) -> None:
    """Whatever the form sends, its service knows; what the service needs, the form asks for."""
    members = {ask.name: ask.required for ask in command.asks if not ask.in_address and ask.kind != "file"}
    fields = BODIES[bare(command.address)].model_fields
    assert set(members) <= set(fields)
    assert {one for one, field in fields.items() if field.is_required()} <= {
        one for one, must in members.items() if must
    }


def test_what_it_is_about_stands_in_the_address() -> None:
    """The clock, the cluster, the reservation by their ids, fit for an address; what is still to be chosen by name."""
    found = offered(clocks={"resolution#2": invented.clock("resolution#2")})
    assert found["pause-resolution%232"].action.endswith(f"/{invented.CASE_ID}/clocks/resolution%232/pause")
    assert found["leave-k-31"].action == f"/v1/clusters/k-31/members/{invented.CASE_ID}/removal"
    assert found["release-r-1"].action == "/v1/budgets/harbour:2026-Q3/reservations/r-1/release"
    join = found["join"]
    assert join.action == "/v1/clusters/{cluster_id}/members"
    assert [field.name for field in join.fields if field.in_address] == ["cluster_id"]
    assert [field.value for field in join.fields if field.kind == "fixed"] == [invented.CASE_ID]


def test_a_choice_is_what_the_case_tells() -> None:
    """Reasons and notices as the policy has them, clusters, budgets and reservations as there are."""
    heard: dict[str, Any] = {"outcome": "reached", "facts": "confirmed", "agreed": True}
    said = {**heard, "at": "2026-09-24T02:12:00.000000Z", "channel": "phone"}
    late = {**said, "at": "2026-09-18T13:06:59.000000Z"}
    message = {"state": "sent", "kind": "progress", "sent_at": "2026-09-24T03:00:00.000000Z"}
    messages = {"m": message, "auto": {**message, "automatic": True}}
    found = offered(contacts=[said, late], messages=messages)
    choices = {
        (name, field.name): [one.value for one in field.choices]
        for name, form in found.items()
        for field in form.fields
    }
    assert choices["pause-resolution", "reason"] == ["evidence"]
    assert choices["extend-resolution", "notice"] == ["m", "contact"]
    assert choices["extend-resolution", "has"] == ["approval"]
    assert choices["one-or-many", "cluster_id"] == ["k-31", "k-32"]
    assert choices["budget", "budget"] == ["harbour:2026-Q4"]
    assert choices["offer", "reservation_id"] == ["r-1"]
    unsettled = [{**said, "agreed": False}]
    assert "offer" not in offered(contacts=unsettled)
    assert {"offer", "decide"} & {*offered(contacts=unsettled, decision={"outcome": "upheld"})} == {"offer", "decide"}


def test_what_was_promised_can_be_kept_until_it_is() -> None:
    """R96: an action by its proof, a call by the call that names it or by a proof, also where it is late; what closing
    owes is no promise.
    """
    made = invented.case()["promises"]["p-1"]
    promises = {
        "a": {**made, "promise_id": "a"}, "b": {**made, "promise_id": "b", "kind": "callback", "state": "broken"},
        "kept": {**made, "promise_id": "kept", "state": "kept", "next_at": None},
        "closing-1": {**made, "promise_id": "closing-1", "kind": "closing"},
    }  # fmt: skip
    found = offered(promises=promises)
    assert {name for name in found if name.startswith("keep-")} == {"keep-a", "keep-b"}
    (named,) = [field for field in found["callback"].fields if field.name == "promise_id"]
    assert [one.value for one in named.choices] == ["b"]
    none = offered(promises={"a": promises["a"]})["callback"]
    assert "promise_id" not in [field.name for field in none.fields]


def test_where_there_is_nothing_to_choose_a_form_or_its_field_is_absent() -> None:
    """Principle 4: no cluster to join, no budget to name, no reservation to take, no notice that an extension needs."""
    bare = offered(beside=None, clusters=[], contacts=[], messages={}, motive=None)
    assert {"join", "budget", "extend-resolution"} & set(bare) == set()
    assert "cluster_id" not in [field.name for field in bare["one-or-many"].fields]
    used = {"o": {**invented.case()["offers"]["o-2"], "reservation": "r-1"}}
    assert "release-r-1" not in offered(offers=used)
    assert "reservation_id" not in [field.name for field in offered(offers=used)["offer"].fields]
    given_up = offered(given_up=["r-1"])
    assert "release-r-1" in given_up, "so that a release that was cut off in between goes on"
    assert "reservation_id" not in [field.name for field in given_up["offer"].fields]
    for freed in ("declined", "withdrawn"):
        assert "release-r-1" in offered(offers={"o": {**used["o"], "state": freed}})


def test_what_no_policy_counts_is_neither_paused_nor_extended() -> None:
    """A due time that a publisher gave; one whose policy knows no lawful reason; one that is paused or over."""
    states: dict[str, dict[str, Any]] = {
        "given": {"allows": None}, "strict": {"allows": {"pauses": [], "extension": None}},
        "still": {"state": "paused"}, "over": {"state": "breached"},
        "longer": {"extended": [{"at": "2026-09-20T02:21:00.000000Z"}]},
    }  # fmt: skip
    found = offered(clocks={name: invented.clock(name, **members) for name, members in states.items()})
    acts = {one for one in found if one.startswith(("pause-", "resume-", "extend-"))}
    assert acts == {"resume-still", "extend-still", "pause-longer"}


def test_the_ladder_is_climbed_from_the_level_of_this_cycle() -> None:
    """A reopened case begins again at the first level; at the top there is nothing to climb."""
    top = [{"level": 4, "post": "cso", "at": "2026-09-20T00:00:00.000000Z"}]
    again = [{"at": "2026-09-21T00:00:00.000000Z"}]
    assert "escalate" in offered()
    assert "escalate" not in offered(escalations=top)
    assert "escalate" in offered(escalations=top, reopenings=again)
    assert (level(invented.case(escalations=top)), level(invented.case(escalations=top, reopenings=again))) == (4, 0)


def test_a_case_that_is_closed_and_still_timed_has_its_forms() -> None:
    """Nothing is the likely next command there, and the page shows all the same."""
    found = offered(status="closed", promises={})
    assert "reopen" in found
    assert not [form for form in found.values() if form.likely]


def test_a_list_s_own_form_is_there_for_whoever_may_begin_one() -> None:
    handler, manager = invented.reader("handler"), invented.reader("manager")
    assert (alone(START, handler) is not None, alone(START, manager) is not None) == (True, False)
    assert (alone(SET_BUDGET, handler) is not None, alone(SET_BUDGET, manager) is not None) == (False, True)


@pytest.mark.parametrize(("language", "begun"), [("en", "Please call me back."), ("zh", "请给我回电。")])
def test_a_complainant_asks_for_a_call_in_words_of_their_own(language: Language, begun: str) -> None:
    """A message that is begun for them, with the hint to say when not to call; nothing of the record is pinned."""
    reader = invented.reader(subject="", language=language)
    call, message, *_ = (saying(one, invented.case(), reader) for one in SAYINGS)
    assert call is not None
    assert message is not None
    text = call.fields[1]
    assert text.value.startswith(begun)
    assert text.hint
    assert message.fields[1].value == ""
    assert {(one.action, one.pin) for one in (call, message)} == {
        (f"/v1/complaints/{invented.CASE_ID}/messages/received", "")
    }


@pytest.mark.parametrize(
    ("stated", "call", "letter"), [("wechat", "", "wechat"), ("phone", "phone", ""), (None, "", "")]
)
def test_a_call_or_a_message_begins_with_the_channel_that_they_asked_for(
    stated: str | None, call: str, letter: str
) -> None:
    """A message does not begin with the phone of somebody who wants to be called."""
    found = offered(contact_preferences={} if stated is None else {"channel": stated})
    begun = {
        name: next(one.value for one in found[name].fields if one.name == "channel") for name in ("contact", "message")
    }
    assert begun == {"contact": call, "message": letter}


def test_a_form_of_preferences_begins_with_what_stands() -> None:
    """What is left out of a statement is taken back: the form sends the rest of it again, and each may be emptied."""
    stated = {"quiet_hours": "20:00-09:00", "channel": "wechat"}

    def begun(form: Form | None) -> dict[str, str]:
        assert form is not None
        return {field.name: field.value for field in form.fields}

    assert begun(offered(contact_preferences=stated)["prefer"]) == {**stated, "zone": ""}
    theirs, here = saying(SAYINGS[-1], invented.case(contact_preferences=stated), invented.reader(subject="")), "Asia"
    assert begun(theirs)["quiet_hours"] == "20:00-09:00"
    assert begun(theirs)["zone"].startswith(here)
    abroad = invented.case(contact_preferences={"zone": "Europe/London"})
    form = saying(SAYINGS[-1], abroad, invented.reader(subject=""))
    assert begun(form) == {"quiet_hours": "", "zone": "Europe/London", "channel": ""}
    assert form is not None
    assert len(form.fields[1].choices) == 2
    unknown = replace(invented.reader(subject=""), zone=ZoneInfo("UTC"))
    assert begun(saying(SAYINGS[-1], invented.case(), unknown)) == {"quiet_hours": "", "channel": ""}


def test_what_a_complainant_may_say_is_there_where_it_says_something() -> None:
    """A view needs an outcome, a withdrawal a complaint that stands: intake would refuse it twice in a cycle."""

    def there(**members: object) -> set[str]:
        return {one.name for one in OWN if saying(one, invented.case(**members), invented.reader(subject=""))}

    anytime = {one.name for one in SAYINGS}
    assert there() == anytime | {WITHDRAW.name}
    assert there(decision={"outcome": "upheld"}) == anytime | {WITHDRAW.name, RATE.name}
    assert there(withdrawn={"at": "2026-09-24T05:00:00.000000Z"}) == anytime
    assert there(status="closed", closed_at="2026-09-24T05:00:00.000000Z") == anytime | {RATE.name}


def test_staff_record_a_view_and_a_withdrawal_by_the_same_rules() -> None:
    assert {"feedback", "withdraw"} & set(offered()) == {"withdraw"}
    assert {"feedback", "withdraw"} & set(offered(status="decided", decision={"outcome": "upheld"})) == {
        "feedback", "withdraw",
    }  # fmt: skip
    assert {"feedback", "withdraw"} & set(offered(withdrawn={"at": "2026-09-24T05:00:00.000000Z"})) == set()
    assert {"feedback", "withdraw"} & set(offered(status="closed")) == {"feedback"}


def test_what_cannot_be_taken_back_is_asked_once_more() -> None:
    """By its form, for staff and complainant; nothing else asks twice."""
    found = offered(status="decided", decision={"outcome": "upheld"})
    assert {name for name, form in found.items() if form.sure} == {"withdraw"}
    own = saying(WITHDRAW, invented.case(), invented.reader(subject=""))
    assert own is not None
    assert own.sure is not None
    assert (own.sure.title, own.pin) == ("Withdraw your complaint?", "")
