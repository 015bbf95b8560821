"""Organisation, ladder and packs are used together: none leaves another without a post that it names (R142)."""

from shipped import books, faults, texts

CHIEF = texts()["organisation/default"].replace('= "cso"', '= "chief"')
OTHER = CHIEF.replace('name = "default"', 'name = "other"')
REGIMES = texts()["regimes/company"]


def found(kind: str, name: str, text: str, *examples: str, **changed: str) -> list[str]:
    return [f"{place}: {wrong}" for place, wrong in faults(kind, name, text, books(*examples, **changed))]


def test_an_organisation_keeps_the_posts_that_ladders_and_packs_name() -> None:
    assert found("organisation", "default", CHIEF) == ["ladder/default: level.3.post: there is no post 'cso'"]
    desk = texts()["organisation/default"].replace('name = "handler"', 'name = "desk"')
    named = found("organisation", "default", desk, "pack/post-limits")
    assert "pack/post-limits: policy.1.applies.posts: there is no post 'handler'" in named


def test_regimes_take_no_ladder_and_no_pack_into_use_that_name_posts_of_another_organisation() -> None:
    """Else a level would be nobody's, or a limit would never run."""
    text = REGIMES.replace('name = "company"', 'name = "company"\norganisation = "other"', 1)
    assert found("regimes", "company", text, **{"organisation/other": OTHER}) == [
        "ladder: ladder/default names the post 'cso', which organisation/other does not have"
    ]
    assert found("regimes", "company", REGIMES, **{"organisation/other": OTHER}) == []
    unknown = REGIMES.replace('name = "company"', 'name = "company"\norganisation = "nobody"', 1)
    assert found("regimes", "company", unknown) == ["organisation: there is no organisation 'nobody'"]
