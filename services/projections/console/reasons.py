"""Why a rule did it, in the reader's words: facts say it in the English of the tables as shipped.

Pure. Must not: touch what a person wrote. What a company's own table says stays as that company wrote it.
"""

import re

from projections.console.clocks import name_of
from projections.console.reader import Reader

_BY_TABLE = re.compile(r"(?P<why>.+): (?P<rule>\S+@\d+)")
_LATE = re.compile(r"(?P<what>.+) was not (?P<how>answered|done) in time")
_AT_SOURCE = re.compile(r"(?P<fact>closed|reopened) at source(?:: (?P<said>.+))?")
_CLOSED_AS, _ENDED_BY, _TO_A_PERSON = "closed as ", "ended by ", ", to a person (no post is called so)"


def worded(reason: str, reader: Reader) -> str:
    """What a rule gave as its reason, sentence by sentence."""
    words = reader.words
    if (by_table := _BY_TABLE.fullmatch(reason)) is not None:
        return words.t("why.by_table", why=worded(by_table["why"], reader), rule=by_table["rule"])
    if reason.endswith(_TO_A_PERSON):
        return words.t("why.to_a_person", why=worded(reason.removesuffix(_TO_A_PERSON), reader))
    return words.t("why.and").join(_sentence(one, reader) for one in reason.split("; "))


def _sentence(said: str, reader: Reader) -> str:
    words = reader.words
    if f"rule_says.{said}" in words.table:
        return words.of("rule_says", said)
    if (late := _LATE.fullmatch(said)) is not None:
        return words.t(f"why.not_{late['how']}", what=_missed(late["what"], reader))
    if (there := _AT_SOURCE.fullmatch(said)) is not None:
        about = ", ".join(words.of("ground", one) for one in (there["said"] or "").split(", "))
        return ": ".join(filter(None, (words.of("reported", there["fact"]), about)))
    if said.startswith(_CLOSED_AS):
        return words.t("why.closed_as", ground=words.of("ground", said.removeprefix(_CLOSED_AS)))
    if said.startswith(_ENDED_BY):
        return words.t("why.ended_by", what=words.of("answered_by", said.removeprefix(_ENDED_BY)))
    return words.of("not_started", said)


def _missed(name: str, reader: Reader) -> str:
    kind = name.partition(":")[0]
    return reader.words.t(f"why.{kind}") if kind in ("promise", "callback") else name_of(name, reader)
