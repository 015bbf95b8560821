"""What somebody sees who waits for an import: how many are published and answered, and how far the views are."""

from io import StringIO

from rich.console import Console

from local.importing.progress import Shown

EVENTS = 1_200


def drawn(*, published: int, answered: int, views: tuple[int, int] | None = None) -> list[str]:
    """The last picture, a line a bar, without the time that it took."""
    file = StringIO()
    with Shown(Console(file=file, width=100, force_terminal=False), events=EVENTS) as shown:
        for count in range(0, published, 300):
            shown.published(min(300, published - count))
        shown.answered(answered)
        if views is not None:
            shown.views(0, views[1])
            shown.views(*views)
    words = [line.split() for line in file.getvalue().splitlines() if line.strip()]
    return [" ".join(word for word in line[:-1] if set(word) != {"━"}) for line in words]


def test_it_counts_what_is_published_and_what_is_answered() -> None:
    """Each by itself: what is published is not answered yet."""
    assert drawn(published=EVENTS, answered=600) == ["published 100% 1200/1200", "answered 50% 600/1200"]


def test_the_views_come_last_and_count_records_of_the_log() -> None:
    assert drawn(published=EVENTS, answered=EVENTS, views=(1_750, 7_000)) == [
        "published 100% 1200/1200",
        "answered 100% 1200/1200",
        "in views 25% 1750/7000",
    ]


def test_before_anything_happens_it_shows_nothing_as_done() -> None:
    assert drawn(published=0, answered=0) == ["published 0% 0/1200", "answered 0% 0/1200"]
