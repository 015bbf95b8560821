"""How far a publication is, as bars: published, answered, shown by the views."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)


class Shown:
    """Bars on a terminal. `published` and `answered` are told how many more, `views` how many of how many."""

    def __init__(self, console: Console, *, events: int) -> None:
        name, share = TextColumn("{task.description:<10}"), TaskProgressColumn()
        self._progress = Progress(name, BarColumn(), share, MofNCompleteColumn(), TimeElapsedColumn(), console=console)
        self._published = self._progress.add_task("published", total=events)
        self._answered = self._progress.add_task("answered", total=events)
        self._views: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def published(self, more: int) -> None:
        self._progress.advance(self._published, more)

    def answered(self, more: int) -> None:
        self._progress.advance(self._answered, more)

    def views(self, read: int, of: int) -> None:
        if self._views is None:
            self._views = self._progress.add_task("in views", total=of)
        self._progress.update(self._views, completed=read, total=of)
