"""Every language says everything that the code asks for, with the same values, and no more."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import bot
from bot.texts import LANGUAGES, closest_language, say
from bot.texts.catalogue import catalogue
from tests.render.letter_rules import visible

CODE = Path(bot.__file__).parent
KEY = re.compile(r"[a-z]+(-[a-z]+)*")


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(CODE.rglob("*.py"))}


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            yield path, node


@cache
def words_in_code() -> frozenset[str]:
    """Every string constant that could be a key."""
    constants = (node.value for _, node in nodes() if isinstance(node, ast.Constant))
    return frozenset(one for one in constants if isinstance(one, str) and KEY.fullmatch(one))


@cache
def families() -> frozenset[str]:
    """Patterns of keys that are put together, as `harm-.+` of `f"harm-{code}"`."""
    found = set()
    for _, node in nodes():
        if isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z-]+"
                for part in node.values
            ]
            if re.fullmatch(r"[a-z]+(\\-[a-z]+)*\\-", parts[0]):
                found.add("".join(parts))
    return frozenset(found)


def belongs_to_a_family(key: str) -> bool:
    return any(re.fullmatch(family, key) for family in families())


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_there_are_indonesian_and_english() -> None:
    assert {"id", "en"} <= set(LANGUAGES)


def test_languages_have_the_same_keys(language: str) -> None:
    assert set(catalogue(language)) == set(catalogue("en"))


def test_nothing_is_left_empty(language: str) -> None:
    assert [key for key, words in catalogue(language).items() if not words.strip()] == []


def test_no_key_is_written_twice(language: str) -> None:
    written = (CODE / "texts" / f"{language}.po").read_text("utf-8")
    keys = re.findall(r'^msgid "(.+)"$', written, re.M)

    assert sorted(keys) == sorted(set(keys))


def test_every_message_is_used() -> None:
    unused = [
        key
        for key in catalogue("en")
        if key not in words_in_code() and not belongs_to_a_family(key)
    ]

    assert unused == []


def test_every_key_that_is_asked_for_exists() -> None:
    missing = [
        f"{path.relative_to(CODE)}:{call.lineno} {key}"
        for path, call in calls()
        for key in asked(call)
        if key not in catalogue("en")
    ]

    assert missing == []


def test_every_family_has_members() -> None:
    asked_for = {family for family in families() if any(map(re.compile(family).fullmatch, _all()))}
    foreign = {
        family
        for family in families()
        if family.split(r"\-")[0] in {key.split("-")[0] for key in _all()}
    }

    assert foreign - asked_for == set()


def _all() -> list[str]:
    return list(catalogue("en"))


def test_families_are_complete() -> None:
    """Each member of the enumerations that keys are made of."""
    from bot.domain.adding import ChannelKind, Outcome, Verb, WantedBy
    from bot.domain.case import CaseState, Choice, Refusal
    from bot.domain.channel import WatchState
    from bot.domain.codes import HarmCode, PurposeCode
    from bot.domain.health import Health
    from bot.domain.original import Stays
    from bot.domain.people import Role
    from bot.domain.post import SourceKind
    from bot.services.adding import Took
    from bot.services.leave_out import LeaveAnswer
    from bot.services.oversee import Done
    from bot.services.part import Parted

    wanted = {f"harm-{code.lower()}" for code in HarmCode}
    wanted |= {f"purpose-{code.lower()}" for code in PurposeCode} | {"purpose-none"}
    wanted |= {f"refused-{one.replace('_', '-')}" for one in Refusal}
    wanted |= {f"channel-{one.replace('_', '-')}" for one in Outcome}
    wanted |= {f"outcome-{one.replace('_', '-')}" for one in Outcome}
    wanted |= {f"kind-{kind}" for kind in ChannelKind} | {f"wanted-{who}" for who in WantedBy}
    wanted |= {f"add-{took}" for took in (Took.EMPTY, Took.LATE, Took.OWN)}
    wanted |= {f"button-add-{verb}" for verb in Verb if verb not in (Verb.KIND, Verb.WANTED)}
    wanted |= {f"did-{done}" for done in Done}
    wanted |= {f"left-{answer.replace('_', '-')}" for answer in LeaveAnswer}
    amiss = {*Health, *WatchState, "preview_off"} - {Health.WELL, WatchState.WATCHING}
    wanted |= {f"amiss-{why.replace('_', '-')}" for why in amiss}
    wanted |= {f"sources-about-{source}" for source in SourceKind}
    wanted |= {f"parted-{one.replace('_', '-')}" for one in Parted}
    wanted |= {f"original-{reason}" for reason in Stays}
    for family in ("welcome", "can", "invite", "role"):
        wanted |= {f"{family}-{role}" for role in Role}
    wanted |= {f"answer-{choice}" for choice in (Choice.UNSURE, Choice.SKIP)}
    closed = {state for state in CaseState if not state.is_open}
    wanted |= {f"status-{state}" for state in closed}

    assert wanted - set(_all()) == set()


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Calls that are given a key."""
    for path, node in nodes():
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("say", "tell_admins") and path.name not in ("catalogue.py", "tell.py"):
                yield path, node


def asked(call: ast.Call) -> Iterator[str]:
    """The keys that a call may ask for, where they are written out."""
    name = getattr(call.func, "id", "")
    place = 2 if name == "tell_admins" else 1
    argument = call.args[place] if len(call.args) > place else None
    choices = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
    for one in choices:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}


def counted(words: str) -> set[str]:
    """The values that choose between two words."""
    found = string.Formatter().parse(words)
    return {name for _, name, choice, _ in found if name and "|" in (choice or "")}


@pytest.mark.parametrize(
    ("posts", "words"), [(0, "0 posts wait"), (1, "1 post waits"), (2, "2 posts")]
)
def test_number_chooses_its_word(posts: int, words: str) -> None:
    assert words in say("en", "worry-nobody-on-duty", open=posts)


def test_values_are_those_of_the_other_languages(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)

    assert {key: placeholders(words) for key, words in other.items()} == {
        key: placeholders(words) for key, words in english.items()
    }


def test_every_call_gives_the_values_that_the_message_holds() -> None:
    wrong = []
    for path, call in calls():
        if any(keyword.arg is None for keyword in call.keywords):
            continue
        given = {keyword.arg for keyword in call.keywords}
        for key in asked(call):
            if not placeholders(catalogue("en").get(key, "")) <= given:
                wrong.append(f"{path.relative_to(CODE)}:{call.lineno} {key}")

    assert wrong == []


def test_every_message_is_html_that_telegram_takes(language: str) -> None:
    for key, words in catalogue(language).items():
        values: dict[str, object] = dict.fromkeys(placeholders(words), "x")
        values |= dict.fromkeys(counted(words), 2)
        assert visible(str(say(language, key, **values))).strip(), key


@pytest.mark.parametrize("value", ["<b>", "</a>", "&", '"', "<a href='x'>", "{link}", "%s", "{0}"])
def test_no_value_becomes_markup(language: str, value: str) -> None:
    words = say(language, "card-forwarded", origin=value)

    assert value in visible(str(words))


def test_message_that_nobody_wrote_is_an_error(language: str) -> None:
    with pytest.raises(KeyError):
        say(language, "no-such-key")
    with pytest.raises(KeyError):
        say(language, "card-forwarded")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("id", "id"),
        ("id-ID", "id"),
        ("ID", "id"),
        ("in", "id"),
        ("en", "en"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("../../id", "en"),
        ("idx", "en"),
    ],
)
def test_closest_language(code: str | None, expected: str) -> None:
    assert closest_language(code) == expected
