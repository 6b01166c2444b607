"""What a profile may say, and what is told of one that says it wrong."""

from pathlib import Path

import pytest

from nodes.errors import ProfileError
from nodes.profiles.reading import read_profile, shipped_profile, shipped_source, source_of_profile

WRONG = [
    ('name = "team"\ncolour = "red"', "team.toml: colour is no key of a profile: use one of name, types"),
    ("types = []", 'team.toml: name is missing: add name = "my-team" at the top'),
    ('name = "My Team"', "name: “My Team” must be one word in small letters, such as my-team"),
    ('name = "default"', "name: “default” is the built-in profile: give yours another name"),
    ('name = "team"\ntypes = ["Big Thing"]', "types: “Big Thing” must be one word in small letters"),
    ('name = "team"\ntypes = [1]', "types: item 1 must be text in quotes"),
    ('name = "team"\nname = "team"', "team.toml is not TOML: Cannot overwrite a value"),
    ('name = "team"\n[fields.stage]\nvalues = {}', "fields.stage.kind is missing: use one of enumeration"),
    ('name = "team"\n[fields.stage]\nkind = "enum"', "fields.stage.kind: “enum” is no kind of field"),
    ('name = "team"\n[fields.stage]\nkind = "text"\nkeys = "a"', "fields.stage.keys is no key of"),
    ('name = "team"\n[fields.Stage]\nkind = "text"', "fields.Stage: a field's name must be one word in"),
    ('name = "team"\n[fields.stage]\nkind = "enumeration"', "fields.stage.values is missing: add ["),
    ('name = "team"\n[fields.stage]\nkind = "text"\nvalues.a = []', "only an enumeration has values"),
    ('name = "team"\n[fields.stage]\nkind = "text"\nwords = ["!"]', "fields.stage.words: “!” is no word"),
    ('name = "team"\n[fields.owner]\nkind = "text"', "the built-in owner is of kind person and stays so"),
    (
        'name = "team"\n[fields.status]\nkind = "enumeration"\nkeyed_by = "site"\nvalues.open = []',
        "fields.status.keyed_by: the built-in status has one value: give your field another name",
    ),
    (
        'name = "team"\n[fields.stage]\nkind = "enumeration"\nvalues.open = ["New"]\nvalues.shut = ["new!"]',
        "fields.stage.values.shut: “new!” means open already: leave it with one of the two",
    ),
    (
        'name = "team"\n[fields.stage]\nkind = "enumeration"\nvalues.open = ["shut"]\nvalues.shut = []',
        "fields.stage.values.open: “shut” means shut already",
    ),
    (
        'name = "team"\n[fields.stage]\nkind = "enumeration"\nvalues.open = "new"',
        "fields.stage.values.open must be a list of texts",
    ),
    # the last took more memory than any machine has
    ("types = " + "[" * 90_000, "team.toml is nested more deeply than any profile: correct its brackets"),
    ("types = " + "1" * 5_000, "team.toml is not TOML: Exceeds the limit"),
    ("a" + ".a" * 90_000 + " = 1", "team.toml, line 1: it has more than 100 dots: break it into lines"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_what_is_wrong_is_told_with_the_file_the_key_the_reason_and_the_remedy(text: str, told: str) -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile("team.toml", text)
    assert told in str(caught.value)
    assert all(line.startswith("team.toml") for line in str(caught.value).splitlines())


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ProfileError) as caught:
        read_profile("team.toml", 'name = "X"\ntypes = ["A", "B"]\n[fields.stage]\nkind = "enum"')
    assert len(str(caught.value).splitlines()) == 4


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    for given, told in [
        (tmp_path, "is a folder: give a TOML file, or default or standards"),
        (tmp_path / "team.toml", "is no file"),
        (tmp_path / ("long" * 2_000), "is no file"),
        (tmp_path / "latin.toml", "is not UTF-8 text"),
    ]:
        with pytest.raises(ProfileError, match=told):
            source_of_profile(str(given))


def test_a_profile_adds_to_the_default_and_may_narrow_it() -> None:
    text = 'name = "team"\ntypes = ["site"]\n[fields.status]\nkind = "enumeration"\nvalues.open = ["new"]'
    profile = read_profile("team.toml", text)
    assert set(shipped_profile().types) < set(profile.types)
    assert profile.fields["owner"].kind == "person"
    assert profile.fields["status"].values == (("open", ("new",)),)
    assert profile.own_fields == ("status",)


def test_a_version_is_of_what_a_profile_means() -> None:
    text = shipped_source("standards")
    same, other = f"# ours\n{text}", text.replace('"CFI", ', "")
    assert read_profile("a.toml", same).version == shipped_profile("standards").version
    assert read_profile("a.toml", other).version != shipped_profile("standards").version


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("Fusaka", "Fusaka"),
        ("fusaka upgrade", "Fusaka"),
        ("the Fusaka hard fork", "Fusaka"),
        ("the upgrade", "Upgrade"),
        ("“Osaka 2” fork", "Osaka 2"),
        (" ", ""),
    ],
)
def test_a_key_is_the_name_of_what_it_keys(said: str, key: str) -> None:
    profile = shipped_profile("standards")
    assert profile.key_of("inclusion_status", said) == key
    assert profile.key_of("inclusion_status", key) == key
