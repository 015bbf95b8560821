"""What is wrong with a ladder or an organisation beyond its form: unknown posts, levels that nothing reaches, deputies
that stand in for one another in a circle, absences that overlap. All of it at once (R142). Pure.
"""

from collections.abc import Iterator, Mapping, Sequence

from events.roles import ROLES
from events.table import Finding
from rulebooks.pack import Pack
from rulebooks.posts import Absence, Ladder, Organisation
from rulebooks.reading import no_such, place, raw_of, read, read_on, repeated
from rulebooks.state import Books

Used = tuple[tuple[str | int, ...], str]
"""Where a text names something, and what."""
TOLD_MAX = 10
"""So many names are told in one finding, of hundreds that may stand in a circle or overlap."""


def posts_of(books: Books) -> tuple[str, ...]:
    """The posts of all organisations as they were published last: their names, also where one is not sound."""
    found: dict[str, None] = {}
    for key, book in books.items():
        posts = raw_of(book.versions[-1].text).get("post") if key.startswith("organisation/") and book.versions else ()
        for post in posts if isinstance(posts, list) else ():
            if isinstance(post, dict) and isinstance(post.get("name"), str):
                found[post["name"]] = None
    return tuple(found)


def check_ladder(name: str, text: str, books: Books) -> tuple[Finding, ...]:
    """Everything that is wrong with the text of a ladder that is to be published as `name`."""
    told = read_on(Ladder, name, text)
    ladder = told.value
    if ladder is None:
        return told.findings
    own = list(_of_levels(text, ladder))
    if ladder.crisis_level > len(ladder.level):
        wrong = f"there are {len(ladder.level)} levels, and a crisis goes to level {ladder.crisis_level}"
        own.append(Finding(place(text, ("crisis_level",)), wrong, "name one of the levels"))
    posts = posts_of(books)
    own += [_no_post(place(text, where), post, posts) for where, post in _posts_of(ladder) if post not in posts]
    return told.and_also(own)


def check_organisation(name: str, text: str, books: Books) -> tuple[Finding, ...]:
    """Everything that is wrong with the text of an organisation that is to be published as `name`."""
    told = read_on(Organisation, name, text)
    organisation = told.value
    if organisation is None:
        return told.findings
    own = (
        *_unknown_posts(text, organisation),
        *_unknown_roles(text, organisation),
        *_posts_twice(text, organisation),
        *_circles(text, organisation),
        *_absences(text, organisation),
        *_spans(text, organisation),
        *(() if told.is_broken("competence") else _without_competence(text, organisation)),
        *_left_behind(organisation, books),
    )
    return told.and_also(own)


# --- ladders ---------------------------------------------------------------------------------------------------------


def _of_levels(text: str, ladder: Ladder) -> Iterator[Finding]:
    for before, n in repeated(level.post for level in ladder.level):
        wrong = f"{ladder.level[n].post} has its duty since level.{before}: this level reaches nobody new"
        yield Finding(place(text, ("level", n, "post")), wrong, "name another post, or take the level out")


def _posts_of(ladder: Ladder) -> Iterator[Used]:
    for n, level in enumerate(ladder.level):
        yield ("level", n, "post"), level.post


def posts_of_pack(pack: Pack) -> Iterator[Used]:
    """The posts that the policies of a pack name, and where; patterns name none."""
    for n, policy in enumerate(pack.policy):
        yield from ((("policy", n, "applies", "posts"), post) for post in policy.applies.posts if "*" not in post)


def _no_post(where: str, post: str, posts: Sequence[str]) -> Finding:
    there = f"there are: {', '.join(posts)}" if posts else "publish an organisation first"
    return no_such(where, "post", post, f"name a post of the organisation; {there}")


# --- organisations ---------------------------------------------------------------------------------------------------


def _unknown_posts(text: str, organisation: Organisation) -> Iterator[Finding]:
    posts = [post.name for post in organisation.post]
    used: list[tuple[tuple[str | int, ...], str | None]] = [
        (("fallback",), organisation.fallback),
        (("after_refusals",), organisation.after_refusals),
    ]
    for n, post in enumerate(organisation.post):
        used += [(("post", n, "after_refusal"), post.after_refusal), (("post", n, "deputy"), post.deputy)]
    used += [(("delegation", n, "post"), one.post) for n, one in enumerate(organisation.delegation)]
    for where, name in used:
        if name is not None and name not in posts:
            yield _no_post(place(text, where), name, posts)


def _unknown_roles(text: str, organisation: Organisation) -> Iterator[Finding]:
    of_posts = ((("post", n, "roles"), post.roles) for n, post in enumerate(organisation.post))
    for where, roles in ((("may_take_any",), organisation.may_take_any), *of_posts):
        for role in roles:
            if role not in ROLES:
                yield no_such(place(text, where), "role", role, f"there are: {', '.join(ROLES)}")


def _posts_twice(text: str, organisation: Organisation) -> Iterator[Finding]:
    for before, n in repeated(post.name for post in organisation.post):
        yield Finding(place(text, ("post", n, "name")), f"post.{before} is called so as well", "keep one of the two")
    for n, post in enumerate(organisation.post):
        if post.vacant and post.members:
            wrong = "it is vacant and has members"
            yield Finding(place(text, ("post", n, "vacant")), wrong, "take one of the two out")


def _circles(text: str, organisation: Organisation) -> Iterator[Finding]:
    """A deputy of a deputy of a deputy that ends where it began: nobody would ever be asked."""
    next_post = {post.name: post.deputy for post in organisation.post if post.deputy is not None}
    for n, post in enumerate(organisation.post):
        chain = _chain(next_post, post.name)
        if post.name in chain:
            way = chain if len(chain) <= TOLD_MAX else (*chain[:TOLD_MAX], "…", post.name)
            wrong = f"its deputies stand in for one another in a circle: {' → '.join(way)}"
            yield Finding(place(text, ("post", n, "deputy")), wrong, "let the last of them have no deputy")
    for n, one in enumerate(organisation.absence):
        if one.deputy is None:
            continue
        away = {o.person: o.deputy for o in organisation.absence if o.deputy is not None and _meet(o, one)}
        if one.person in _chain({**away, one.person: one.deputy}, one.person):
            wrong = f"{one.deputy} is away in that time, and {one.person} is to stand in again"
            yield Finding(place(text, ("absence", n, "deputy")), wrong, "name a deputy who is there")


def _chain(following: Mapping[str, str], start: str) -> tuple[str, ...]:
    """Who stands in, one after another, until nobody does or somebody comes again."""
    found: dict[str, None] = {}
    name = following.get(start)
    while name is not None and name not in found:
        found[name] = None
        name = following.get(name)
    return tuple(found)


def _meet(one: Absence, other: Absence) -> bool:
    return one.since < other.until and other.since < one.until


def _absences(text: str, organisation: Organisation) -> Iterator[Finding]:
    for n, one in enumerate(organisation.absence):
        met = [
            f"absence.{m}"
            for m, earlier in enumerate(organisation.absence[:n])
            if earlier.person == one.person and _meet(earlier, one) and one.since < one.until
        ]
        if met:
            wrong = f"it overlaps {', '.join(met[:TOLD_MAX])} of the same person"
            yield Finding(place(text, ("absence", n)), wrong, "let one end where the other begins, or join them")
        if one.deputy == one.person:
            yield Finding(place(text, ("absence", n, "deputy")), "nobody is their own deputy", "name somebody else")


def _spans(text: str, organisation: Organisation) -> Iterator[Finding]:
    for field in ("absence", "delegation"):
        for n, one in enumerate(getattr(organisation, field)):
            if one.until <= one.since:
                yield Finding(place(text, (field, n, "until")), "it ends before it begins", "exchange or correct them")


def _without_competence(text: str, organisation: Organisation) -> Iterator[Finding]:
    """Who would hold a post, or stand in, without what it requires (R34). Nobody does (`Organisation.holds`): here it
    is said to whoever writes the names.
    """
    for where, person, name in _named(organisation):
        lacks = organisation.lacks(name, person)
        if lacks:
            wrong = f"{name} requires what {person} is not listed with: {', '.join(lacks)}"
            yield Finding(place(text, where), wrong, "list it under `competence`, or name somebody who has it")
    for n, post in enumerate(organisation.post):
        if post.requires and not any(not organisation.lacks(post.name, one.person) for one in organisation.competence):
            wrong = "nobody is listed with all of it: nobody could hold the post"
            yield Finding(place(text, ("post", n, "requires")), wrong, "list under `competence` who has it")
    for before, n in repeated(one.person for one in organisation.competence):
        yield Finding(place(text, ("competence", n)), f"competence.{before} is of the same person", "join them")


def _named(organisation: Organisation) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Whom a text names for a post, and where: members, deputies of those who are away, to whom it is delegated."""
    for n, post in enumerate(organisation.post):
        yield from ((("post", n, "members", m), person, post.name) for m, person in enumerate(post.members))
    for n, away in enumerate(organisation.absence):
        posts = [post.name for post in organisation.post if away.person in post.members]
        posts += [one.post for one in organisation.delegation if one.to == away.person]
        if away.deputy is not None:
            yield from ((("absence", n, "deputy"), away.deputy, post) for post in dict.fromkeys(posts))
    for n, handed in enumerate(organisation.delegation):
        yield ("delegation", n, "to"), handed.to, handed.post


def _left_behind(organisation: Organisation, books: Books) -> Iterator[Finding]:
    """Ladders and packs that were published last and name a post which this text does not have."""
    posts = [post.name for post in organisation.post]
    for key in sorted(books):
        for where, post in posts_in(key, books):
            if post not in posts:
                yield _no_post(f"{key}: {'.'.join(map(str, where))}", post, posts)


def posts_in(key: str, books: Books) -> Iterator[Used]:
    """The posts that a ladder or a pack names, as it was published last; none where it was not, or is not sound."""
    kind, _, name = key.partition("/")
    book = books.get(key)
    if book is None or not book.versions:
        return
    if kind == "ladder" and (ladder := read(Ladder, name, book.versions[-1].text)[0]) is not None:
        yield from _posts_of(ladder)
    if kind == "pack" and (pack := read(Pack, name, book.versions[-1].text)[0]) is not None:
        yield from posts_of_pack(pack)
