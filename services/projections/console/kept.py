"""What became of a person's words, in words: erased, or kept because the law wants it. Pure."""

from collections.abc import Mapping
from typing import Any

from projections.console.reader import Reader, short_id


def erased(one: Mapping[str, Any], case_id: str, reader: Reader) -> str:
    """When, by whom and why words of this person were erased."""
    words, why = reader.words, reader.words.of("erasure_basis", one["basis"])
    key = "case.erased" if one["complaint_id"] == case_id else "case.erased_elsewhere"
    at, where = reader.moment(one["at"]), short_id(one["complaint_id"])
    return words.t(key, at=at, who=one["by"], why=why, reference=one["reference"], case=where)


def held(one: Mapping[str, Any], reader: Reader) -> str:
    """Since when, for what and by whose order nothing of theirs is erased."""
    words, why = reader.words, reader.words.of("purpose", one["purpose"])
    since, order = reader.moment(one["at"]), one["reference"]
    return words.t("case.hold", at=since, who=one["by"], why=why, authority=one["authority"], reference=order)
