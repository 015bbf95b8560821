"""What must hold when all is quiet. Each check gives the harms it finds, in words; no harm, no words.

Lives here: the checks. Must not: change anything, or use the code that is being checked.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from events.codec import TYPES
from events.decider import UnknownRulebook
from events.fact import CHAPTERS
from events.ids import command_event_id
from runtime.intents import Draft
from simulation.cast import Role
from simulation.clients import Book, Wish
from simulation.reference import Said, Truth, read
from simulation.world import World

RELIES_ON = {kind: kind.relies_on for kind in TYPES.values()}
"""As declared; a switch may turn L1 off later."""
UNKNOWN = frozenset({"not-lodged", "nothing-lodged", "complaint-unknown"})
"""What a service says that has not heard of a case."""


def harms(world: World, book: Book) -> list[str]:
    """Everything that is wrong in the end."""
    deciders = [role.decider for role in world.cast.values() if role.decider is not None]
    truth = read(world.broker, deciders)
    found = [*_crashed(world), *_told_their_own(book)]
    if world.cut_done and any(instance.driver.stopped for instance in world.instances.values()):
        return [*found, *_nobody_goes_on_wrongly(world, truth)]
    found += [f"never quiet: {world.stuck}"] if world.stuck else []
    found += _stopped(world)
    found += _answers(truth, book)
    found += _each_command_once(truth, book)
    found += _each_fact_is_right(world, truth, book)
    found += _nothing_owed(world, truth)
    found += _rows(world, truth)
    found += _places(world, truth)
    found += _own_verdicts(world, truth)
    return found


def _crashed(world: World) -> Iterator[str]:
    for trouble in world.loop.troubles:
        yield f"uncaught: {trouble}"


def _told_their_own(book: Book) -> Iterator[str]:
    """Nobody is answered with another's event (L4), in whatever state the log is."""
    for wish in book.wishes:
        own = wish.event_id or command_event_id(
            principal=wish.by, service=wish.service, command=wish.name, stream=wish.stream or "", key=wish.key
        )
        for answer in wish.answers:
            if answer.status == 201 and answer.event_id != own:
                yield f"{wish.key} is event {own} and was answered with {answer.event_id}"
            if answer.status == 422:
                yield f"{wish.key} was told that its key stands for another command"


def _stopped(world: World) -> Iterator[str]:
    for instance in world.instances.values():
        if instance.driver.stopped:
            yield f"{instance.member} stopped: {instance.driver.stopped}"


def _nobody_goes_on_wrongly(world: World, truth: Truth) -> Iterator[str]:
    """L6: whoever has read what is no longer in the log has stopped."""
    for name, database in world.databases.items():
        wrong = [
            p for p, place in database.positions.items() if not _stands_right(truth, p, place.next_offset, place.hash)
        ]
        going = [i for i in world.instances.values() if i.role.name == name and not i.driver.stopped]
        for instance in going:
            for partition in wrong:
                if partition in instance.reader.assignment.places:
                    yield f"L6: {instance.member} goes on in partition {partition}, which is not what it has read"


def _stands_right(truth: Truth, partition: int, next_offset: int, digest: bytes) -> bool:
    hashes = truth.hashes[partition]
    return next_offset < len(hashes) and hashes[next_offset] == digest


def _answers(truth: Truth, book: Book) -> Iterator[str]:
    """201 only for what counts, the same each time (L8, L9); a position that was given is waited for (L10)."""
    said = {(one.partition, one.offset): one for one in truth.admitted}
    for wish in book.wishes:
        if not wish.done:
            yield f"{wish.name} {wish.key} was never answered: {wish.answers[-3:]}"
        told = [answer for answer in wish.answers if answer.status == 201]
        if len(set(told)) > 1:
            yield f"{wish.key} was answered in two ways: {told}"
        for answer in told[:1]:
            _, partition, offset = (answer.position or "").split(".")
            one = said.get((int(partition), int(offset)))
            if one is None or one.event_id != answer.event_id or one.command_hash != wish.hash:
                yield f"201 for {wish.name} {wish.key} at {answer.position}, where it does not stand admitted"
            elif answer.head != _written(one):
                yield f"201 for {wish.key} with head {answer.head}, it is {_written(one)}"
        if wish.position is not None and any(answer.code in UNKNOWN for answer in wish.answers):
            yield f"L10: {wish.key} waited for {wish.position} and its service did not know the case"


def _written(one: Said) -> str:
    return ",".join(f"{chapter}={count}" for chapter, count in zip(CHAPTERS, one.head, strict=True))


def _each_command_once(truth: Truth, book: Book) -> Iterator[str]:
    times = Counter(one.command_hash for one in truth.admitted if one.command_hash is not None)
    names = {wish.hash: wish for wish in book.wishes}
    for hashed, count in times.items():
        if hashed not in names:
            yield f"a command that nobody gave was admitted: {hashed}"
        elif count > 1:
            yield f"{names[hashed].name} {names[hashed].key} was admitted {count} times"


def _each_fact_is_right(world: World, truth: Truth, book: Book) -> Iterator[str]:
    """In all that the fact relies on, the stream was such that its writer says exactly this (L1, L2, L14)."""
    wishes = {wish.hash: wish for wish in book.wishes}
    for one in truth.admitted:
        if one.by_machine or one.command_hash in wishes:
            role = world.cast[str(one.chapter)]
            if one.fact not in _would_say(truth, one, role, wishes.get(one.command_hash or "")):
                place = f"{one.partition}/{one.offset}"
                yield f"{one.fact!r} at {place} is not what {one.chapter} says of {one.stream} there"


def _would_say(truth: Truth, one: Said, role: Role, wish: Wish | None) -> Iterator[Any]:
    for states in truth.believed(one, RELIES_ON[type(one.fact)] | {one.chapter}):
        for decider in (role.decider, role.older):
            if decider is None:
                continue
            state = states[decider.chapter]
            for context in truth.contexts(decider, one.stream, state):
                if wish is not None:
                    yield decider.decide(_command(one, wish, state), state, context)
                else:
                    yield _safely(partial(decider.owed, state, context, one.recorded_at))


def _safely(ask: Any) -> Any:  # noqa: ANN401
    try:
        return ask().fact
    except (ValueError, UnknownRulebook):
        return None


def _command(one: Said, wish: Wish, state: Any) -> Any:  # noqa: ANN401
    draft: Draft[Any] = Draft(one.recorded_at, wish.by, wish.roles, one.event_id, one.stream, state, None, "", None)  # type: ignore[arg-type]
    return wish.command(draft)


def _nothing_owed(world: World, truth: Truth) -> Iterator[str]:
    """What should exist by now exists."""
    for name, role in world.cast.items():
        if role.decider is None:
            continue
        for stream_name, stream in truth.streams.items():
            state = stream.states[role.decider.chapter]
            (context,) = truth.contexts(role.decider, stream_name, state, last=True)
            fact = role.decider.owed(state, context, world.databases[name].now()).fact
            if fact is not None:
                yield f"{name} still owes {fact!r} on {stream_name}"


def _rows(world: World, truth: Truth) -> Iterator[str]:
    """Every row equals a fold of the log from its start."""
    for name, database in world.databases.items():
        decider = world.cast[name].decider
        for stream_name, stream in truth.streams.items():
            row = database.streams.get(stream_name)
            if row is None:
                yield f"{name} has no row of {stream_name}"
                continue
            kept = (tuple(row.head), row.last_offset, row.partition)
            if kept != (stream.head, stream.last_offset, stream.partition):
                yield f"{name}: {stream_name} stands at {kept}; the log says {stream.head}, {stream.last_offset}"
            elif decider is not None and row.state != stream.states[decider.chapter]:
                yield f"{name}: {stream_name} is {row.state}; the log says {stream.states[decider.chapter]}"
        for stream_name in database.streams:
            if stream_name not in truth.streams:
                yield f"{name} has a row of {stream_name}, which is not in the log"


def _places(world: World, truth: Truth) -> Iterator[str]:
    """Positions reach the end of the log, and at equal places all have said the same of it (L7)."""
    for name, database in world.databases.items():
        for partition, hashes in enumerate(truth.hashes):
            if database.place(partition).next_offset != len(hashes) - 1:
                yield f"{name} stands at {database.place(partition).next_offset} of {len(hashes) - 1} in {partition}"
        for partition, place in database.history:
            if not _stands_right(truth, partition, place.next_offset, place.hash):
                yield f"L7: {name} said something else of partition {partition} before {place.next_offset}"
                break
    for name, partition, next_offset, digest in world.marks:
        if not _stands_right(truth, partition, next_offset, digest):
            yield f"L7: {name} published another hash of partition {partition} at {next_offset}"
            break


def _own_verdicts(world: World, truth: Truth) -> Iterator[str]:
    """The verdict on each own command is there, and is the law's."""
    for name, database in world.databases.items():
        for place, row in database.verdicts.items():
            if ("admitted" if row.admitted else "refused") != truth.verdicts.get(place):
                yield f"{name} says admitted={row.admitted} of {place}, the law says {truth.verdicts.get(place)}"
        for one in truth.admitted:
            if one.command_hash is not None and str(one.chapter) == name and one.event_id not in database.counted:
                yield f"{name} does not know its own admitted {one.event_id}"
