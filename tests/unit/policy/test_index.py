"""Thousands of patterns: each is found, and memory has an end."""

from lazaretto.model.lists import PatternType
from lazaretto.policy.index import MAX_FOUND, Pattern, PatternIndex
from lazaretto.policy.regex import BUNDLE_INSTRUCTIONS, INDEX_INSTRUCTIONS, Regexes, compile_regex
from lazaretto.policy.sides import Side
from tests.helpers.listed import DOMAIN, EMAIL, IP


def index(*patterns: tuple[str, PatternType, bool]) -> PatternIndex:
    return PatternIndex(Pattern(n, p, kind, regex) for n, (p, kind, regex) in enumerate(patterns))


def found(where: PatternIndex, field: str, value: str) -> list[int]:
    return [hit.pattern.entry for hit in where.find([Side(field, value)])]  # type: ignore[arg-type]


def test_each_of_thousands_is_found():
    """Every kind, first, middle and last."""
    many = index(
        *((f"p{n}@firm{n}.test", EMAIL, False) for n in range(3_000)),
        *((f"d{n}.test", DOMAIN, False) for n in range(3_000)),
        *((f"203.0.{n // 250}.{n % 250}", IP, False) for n in range(3_000)),
        *((rf"^r{n}-\w+@", EMAIL, True) for n in range(1_000)),
    )

    for n in (0, 1_234, 2_999):
        assert [n] == found(many, "header from", f"p{n}@firm{n}.test")
        assert [3_000 + n] == found(many, "envelope from", f"x@deep.below.d{n}.test")
        assert [6_000 + n] == found(many, "client IP", f"::ffff:203.0.{n // 250}.{n % 250}")
    for n in (0, 567, 999):
        assert [9_000 + n] == found(many, "reply-to", f"r{n}-x@any.test")
    assert () == many.left_out


def test_networks_of_all_lengths():
    """The same address may lie in several."""
    nets = index(
        ("203.0.113.7", IP, False),
        ("203.0.112.0/20", IP, False),
        ("203.0.0.0/9", IP, False),
        ("2001:db8::/33", IP, False),
    )

    assert [0, 1, 2] == sorted(found(nets, "client IP", "203.0.113.7"))
    assert [1, 2] == sorted(found(nets, "client IP", "203.0.113.8"))
    assert [3] == found(nets, "client IP", "2001:db8::1")
    assert [] == found(nets, "client IP", "2001:db8:8000::1")
    assert [] == found(nets, "client IP", "not an address")


def test_plain_patterns_do_not_look_at_servers():
    """A name that a client gives itself blocks or trusts nobody by a plain domain."""
    assert [] == found(index(("evil.test", DOMAIN, False)), "server name", "mx.evil.test")
    assert [0] == found(index((r"evil\.test$", DOMAIN, True)), "server name", "mx.evil.test")


def test_memory_has_an_end():
    """Expressions beyond the limit are left out by number, and those before it still count."""
    heavy = "x{900}"
    cost = compile_regex(heavy).programsize
    count = INDEX_INSTRUCTIONS // cost + 10
    many = index(*((heavy + str(n), EMAIL, True) for n in range(count)), ("tiny@x.test", EMAIL, False))

    assert count - 1 in many.left_out
    assert 0 not in many.left_out
    assert [count] == found(many, "header from", "tiny@x.test")


def test_many_expressions_that_all_match():
    """What one question may find is bounded."""
    many = index(*((f"(?:x{n})?", EMAIL, True) for n in range(200)))

    assert MAX_FOUND == len(found(many, "header from", "a@b.test"))


def test_bundles_find_what_single_expressions_find():
    """Joining changes nothing: flags, alternatives and names of groups stay within their expression."""
    patterns = ["a|b$", "(?-i)C", "(?P<n>d)", "(?P<n>e)", "^f", r"\Qg|\E"] + ["y{900}"] * 20
    joined = Regexes(patterns)

    for text in ("xb", "c", "C", "d", "e", "xf", "f", "g|", "g", "y" * 900):
        single = [i for i, p in enumerate(patterns) if compile_regex(p).search(text.encode())]
        assert single == [i for i, _ in joined.search(text.encode())]
    assert len(joined._bundles) > 1
    assert all(b.joined.programsize <= 2 * BUNDLE_INSTRUCTIONS for b in joined._bundles)
