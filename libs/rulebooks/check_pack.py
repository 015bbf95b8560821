"""What is wrong with a pack or a regimes table beyond its form: names that nobody knows, policies that nothing reaches.

All of it at once (R142). Pure.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from events.occasions import AFTER_ANOTHER, ANSWERS, ENDS, REPLIES, STARTS
from events.table import Finding
from rulebooks.books import names
from rulebooks.check_posts import posts_in, posts_of, posts_of_pack
from rulebooks.pack import Pack, PackPolicy, Regimes
from rulebooks.reading import no_such, place, read_on, repeated
from rulebooks.state import Books


def check_pack(name: str, text: str, books: Books) -> tuple[Finding, ...]:
    """Everything that is wrong with the text of a pack that is to be published as `name`."""
    told = read_on(Pack, name, text)
    pack = told.value
    if pack is None:
        return told.findings
    own = [*_calendars(text, pack, books), *_named_twice(text, pack), *_by_category(text, pack)]
    for n, policy in enumerate(pack.policy):
        own += [*_words(text, pack, n), *_unreachable(text, pack, n), *_of_replies(text, n, policy)]
        own += [] if told.is_broken("policy", n, "budget") else _of_budget(text, n, policy)
    posts = posts_of(books)
    for where, post in posts_of_pack(pack):
        own += _unknown(text, where, (post,), posts, "post")
    return told.and_also(own)


def check_regimes(name: str, text: str, books: Books) -> tuple[Finding, ...]:
    """Everything that is wrong with the text of a regimes table that is to be published as `name`."""
    told = read_on(Regimes, name, text)
    regimes = told.value
    if regimes is None:
        return told.findings
    others = [one for one in names(books, "regimes") if one != name]
    twice = [one for one, times in Counter(regimes.packs).items() if times > 1]
    own = (
        *(
            Finding(place(text, ("name",)), f"the regimes in use are those of {one!r}", "write a new version of that")
            for one in others
        ),
        *(Finding(place(text, ("packs",)), f"{one!r} stands there more than once", "name it once") for one in twice),
        *_unknown(text, ("packs",), regimes.packs, names(books, "pack"), "pack"),
        *_unknown(text, ("ladder",), (regimes.ladder,), names(books, "ladder"), "ladder"),
        *_unknown(text, ("organisation",), (regimes.organisation,), names(books, "organisation"), "organisation"),
        *_without_post(text, regimes, books),
    )
    return told.and_also(own)


def _without_post(text: str, regimes: Regimes, books: Books) -> Iterator[Finding]:
    """What is to be used together: a ladder and packs that name posts of another organisation."""
    key = f"organisation/{regimes.organisation}"
    if key not in books:
        return
    posts = posts_of({key: books[key]})
    used = [("ladder", f"ladder/{regimes.ladder}"), *(("packs", f"pack/{pack}") for pack in regimes.packs)]
    for field, other in used:
        for post in dict.fromkeys(post for _, post in posts_in(other, books)):
            if post not in posts:
                wrong = f"{other} names the post {post!r}, which {key} does not have"
                yield Finding(place(text, (field,)), wrong, "name others, or publish an organisation that has it first")


def _unknown(
    text: str, where: Sequence[str | int], used: Sequence[str], known: Sequence[str], kind: str
) -> Iterator[Finding]:
    for name in used:
        if name not in known:
            there = f"there are: {', '.join(known)}" if known else "there is none yet"
            yield no_such(place(text, where), kind, name, f"publish it first, or name one; {there}")


def _calendars(text: str, pack: Pack, books: Books) -> Iterator[Finding]:
    known = names(books, "calendar")
    yield from _unknown(text, ("calendar",), (pack.calendar,), known, "calendar")
    for n, policy in enumerate(pack.policy):
        if policy.calendar is not None:
            yield from _unknown(text, ("policy", n, "calendar"), (policy.calendar,), known, "calendar")


def _named_twice(text: str, pack: Pack) -> Iterator[Finding]:
    for before, n in repeated(policy.name for policy in pack.policy):
        wrong = f"policy.{before} is called {pack.policy[n].name!r} as well"
        yield Finding(place(text, ("policy", n, "name")), wrong, "give each policy a name of its own")


def _by_category(text: str, pack: Pack) -> Iterator[Finding]:
    known = [policy.name for policy in pack.policy]
    for category, name in pack.by_category.items():
        yield from _unknown(text, ("by_category", category), (name,), known, "policy")


def _words(text: str, pack: Pack, n: int) -> Iterator[Finding]:
    policy = pack.policy[n]
    for field, used, known in (
        ("met_by", policy.met_by, ENDS),
        ("stopped_by", policy.stopped_by, ENDS),
        ("restarted_by", policy.restarted_by, {**STARTS, **ENDS}),
    ):
        yield from _unknown(text, ("policy", n, field), used, tuple(known), "occasion")
    if policy.starts is None or policy.starts in STARTS:
        return
    other = _other(policy)
    where = ("policy", n, "starts")
    if other is None:
        yield from _unknown(
            text, where, (policy.starts,), (*STARTS, *(f"{one}<policy>" for one in AFTER_ANOTHER)), "start"
        )
    elif pack.named(other) is None:
        yield from _unknown(text, where, (other,), [one.name for one in pack.policy], "policy")
    elif policy.name in _before(pack, policy):
        yield Finding(place(text, where), "it waits for itself", "let the first of the chain start by itself")


def _other(policy: PackPolicy) -> str | None:
    """The policy of the pack whose clock this one follows."""
    start = policy.starts or ""
    return next((start.removeprefix(prefix) for prefix in AFTER_ANOTHER if start.startswith(prefix)), None)


def _before(pack: Pack, policy: PackPolicy) -> list[str]:
    """The policies that must go first, back to the first one, or round to one that was named already."""
    found: list[str] = []
    other = _other(policy)
    while other is not None and other not in found:
        found.append(other)
        earlier = pack.named(other)
        other = None if earlier is None else _other(earlier)
    return found


def _unreachable(text: str, pack: Pack, n: int) -> Iterator[Finding]:
    policy = pack.policy[n]
    where = place(text, ("policy", n))
    if policy.starts is None and not pack.on_request and policy.name not in pack.by_category.values():
        yield Finding(where, "nothing starts it", "write `starts`, or make the pack `on_request`")
    if policy.starts is not None and policy.applies.apart(pack.applies):
        yield Finding(where, "the pack never applies where this policy does", "let their `applies` meet")
    for m, earlier in enumerate(pack.policy[:n]):
        alike = (earlier.clock_name, earlier.starts) == (policy.clock_name, policy.starts)
        if alike and policy.starts is not None and policy.applies.within(earlier.applies):
            wrong = f"policy.{m} ({earlier.name}) fits whenever this one does, and comes first"
            yield Finding(where, wrong, "put this one before it, or let them differ in `applies`")


def _of_replies(text: str, n: int, policy: PackPolicy) -> Iterator[Finding]:
    """A clock of replies is met by a message that arrived or a call, by nothing else (R83)."""
    if policy.clock_name not in REPLIES and "message" not in (policy.starts, *policy.restarted_by):
        return
    for word in policy.met_by:
        if word in ENDS and word not in ANSWERS:
            wrong = f"{word!r} answers nobody, and this is a clock of replies"
            yield Finding(
                place(text, ("policy", n, "met_by")), wrong, "name messages or `contact`, or put it in stopped_by"
            )


def _of_budget(text: str, n: int, policy: PackPolicy) -> Iterator[Finding]:
    if policy.budget is not None:
        if not policy.met_by:
            yield Finding(place(text, ("policy", n)), "nothing meets it", "write `met_by`: what is owed in that time")
        return
    for field in ("warn_percent", "extensions", "notify_hours"):
        if getattr(policy, field):
            wrong = f"`{field}` without a budget: nothing falls due"
            yield Finding(place(text, ("policy", n, field)), wrong, "write `budget`, or take it out")
