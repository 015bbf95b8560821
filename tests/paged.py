"""The page of a case that was told these facts and nothing else.

Lives here: folding a log in memory. Must not: say what a page should show.
"""

from events.fact import Fact
from projections.views import cases
from projections.views.chapters.page import Case
from told import Log

STREAM = "complaint/11111111-1111-5111-8111-111111111111"


def page_of(*facts: Fact) -> Case:
    """After all of them, in this order."""
    page: Case | None = None
    for told in Log().tell(STREAM, *facts):
        page = cases.fold(page, told)
    assert page is not None
    return page
