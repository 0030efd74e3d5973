"""Suspicion of a state secret: what weighs how much, and what is never claimed."""

import pytest
from hypothesis import given, strategies as st

from functions.errors import Rejected
from functions.law.rulebook import parse_book
from functions.law.secrecy import Rule, Secrecy, Sign, assess, under, weigh, weights
from functions.law.sections import SecrecyPolicy

WEIGHTS = weights()
TEXT = "0123456789" * 60
KNOWN = sorted({*WEIGHTS.alone, *(of for rule in WEIGHTS.near for of in (*rule.of, *rule.near))})


def sign(of: str, start: int = 0, *, field: int = 0, code: str = "") -> Sign:
    return Sign(code=code or of, of=of, field=field, start=start, end=start + 5)


SIGNS = st.lists(
    st.builds(
        Sign,
        code=st.sampled_from(["a", "b", "c"]),
        of=st.sampled_from([*KNOWN, "supervision.complaint"]),
        field=st.integers(0, 1),
        start=st.integers(0, 300),
        end=st.integers(301, 600),
    ),
    max_size=8,
)


def assessed(*signs: Sign, unread: tuple[str, ...] = ()) -> Secrecy:
    return assess([TEXT, TEXT], signs, digest=lambda span: f"#{len(span)}", unread=unread, rules=WEIGHTS)


@pytest.mark.parametrize("of", ["mark", "malformed_mark", "mark_exam"])
def test_every_mark_alone_is_suspect(of: str) -> None:
    assert assessed(sign(of)).suspect
    assert assessed(sign(of)).result == "suspect"


@pytest.mark.parametrize("of", sorted(set(KNOWN) - {"mark", "malformed_mark", "mark_exam"}))
def test_no_cue_alone_is_suspect(of: str) -> None:
    assert not assessed(sign(of)).suspect


def test_cues_add_up_once_for_each_code() -> None:
    strong = [sign("secrecy.strong", at, code=f"cue:{at}") for at in range(3)]

    assert assessed(*strong).score == 120
    assert assessed(*strong).suspect
    assert assessed(*[sign("secrecy.strong", at, code="cue:x") for at in range(9)]).score == 40


def test_coordinates_count_near_military_cues_alone() -> None:
    military, coordinates = sign("secrecy.military", 100, code="cue:x"), sign("geo", 200, code="kind:geo")
    far = sign("geo", 400, code="kind:geo")

    assert [reason.code for reason in assessed(military, coordinates).reasons] == ["cue:x", "near:geo"]
    assert assessed(military, coordinates).suspect
    assert assessed(sign("geo", 0), sign("secrecy.military", 150)).score == 100
    assert assessed(military, far).score == 40
    assert assessed(coordinates).score == 0
    assert assessed(military, sign("geo", 100, field=1)).score == 40


def test_a_list_that_a_deployment_adds_weighs_what_the_list_weighs_whose_name_it_extends() -> None:
    assert assessed(sign("secrecy.strong.house")).score == 40
    assert assessed(sign("secrecy.house")).score == 0


def test_what_no_rule_weighs_is_no_reason() -> None:
    assert assessed(sign("supervision.complaint")).reasons == ()


def test_a_reason_says_where_and_its_digest_and_which_rule_and_not_the_text() -> None:  # G4
    (reason,) = assessed(sign("mark", 3, field=1)).reasons

    assert (reason.code, reason.rule, reason.field, reason.start, reason.end, reason.digest, reason.score) == (
        "mark",
        "cn.ssl.22.mark",
        1,
        3,
        8,
        "#5",
        100,
    )


def test_what_nobody_read_is_not_inspected_and_never_clean() -> None:
    assert assessed(unread=("image",)).result == "not_inspected"
    assert assessed(unread=("image",)).unread == ("image",)
    assert not assessed(unread=("image",)).inspected
    assert assessed(sign("mark"), unread=("image",)).result == "suspect"
    assert assessed().result == "nothing_found"


def test_a_policys_threshold_takes_the_place_of_the_releases() -> None:
    rules = under(SecrecyPolicy(threshold=40, uninspected="vault", alarm_hours=24), "abc")

    assert assess([TEXT], [sign("secrecy.strong")], digest=str, unread=(), rules=rules).suspect
    assert rules.version == f"{WEIGHTS.version}+abc"


@given(SIGNS, SIGNS)
def test_more_signs_never_make_less_suspect(some: list[Sign], more: list[Sign]) -> None:
    codes = {reason.code for reason in assessed(*some).reasons if not reason.code.startswith("near:")}

    assert codes <= {reason.code for reason in assessed(*some, *more).reasons}


@given(SIGNS)
def test_the_order_in_which_signs_come_makes_no_difference(signs: list[Sign]) -> None:
    assert assessed(*signs).score == assessed(*reversed(signs)).score


HEAD = 'version = "1"\n'
COMMON = 'citation = "a citation long enough"\njurisdiction = "CN"\nlegal_source = "policy"\nread = 2026-11-26\n'
THRESHOLD = f'[[rule]]\nid = "a.threshold"\n{COMMON}threshold = 10\n'


def rule(fields: str, id_: str = "a.b") -> str:
    return f'[[rule]]\nid = "{id_}"\n{COMMON}{fields}\n'


@pytest.mark.parametrize(
    "fields",
    [
        "",
        'of = ["mark"]',
        "score = 5",
        'of = ["mark"]\nthreshold = 5',
        'of = ["mark"]\nscore = 5\nthreshold = 5',
        'of = ["mark"]\nscore = 0',
        'of = ["mark"]\nscore = 5\nnear = ["x"]',
        'of = ["mark"]\nscore = 5\nwithin = 5',
        'near = ["x"]\nwithin = 5\nthreshold = 5',
        'of = ["mark"]\nscore = 5\nweight = 5',
    ],
)
def test_a_bad_rule_is_refused_with_file_line_and_reason(fields: str) -> None:
    with pytest.raises(Rejected, match=r"^secrecy\.toml:\d+: rule\[1\]"):
        parse_book(HEAD + THRESHOLD + rule(fields), name="secrecy.toml", model=Rule)


@pytest.mark.parametrize(
    "rules",
    [
        rule('of = ["mark"]\nscore = 5'),
        THRESHOLD + rule("threshold = 5"),
        THRESHOLD + rule('of = ["mark"]\nscore = 5') + rule('of = ["mark"]\nscore = 6', "a.c"),
    ],
)
def test_rules_without_one_threshold_or_with_two_weights_for_a_sign_are_refused(rules: str) -> None:
    with pytest.raises(ValueError, match="need one threshold"):
        weigh(parse_book(HEAD + rules, name="secrecy.toml", model=Rule))
