"""Totals that are built upon for a few seconds."""

from lazaretto.api.totals import MAX_TOTALS, SECONDS, Totals


def totals():
    now = [0.0]
    return Totals(lambda: now[0]), now


def test_new_rows_are_added():
    """The page shows them above the newest row that was counted."""
    known, _ = totals()
    known.remember("k", 100, 50)

    assert 102 == known.guess("k", [60, 55, 50, 49])
    assert 100 == known.guess("k", [50, 49])


def test_what_cannot_be_known_is_counted():
    """More news than the page shows, no rows, another search, or too long ago."""
    known, now = totals()
    known.remember("k", 100, 50)

    assert [None, None, None] == [known.guess("k", [60, 55]), known.guess("k", []), known.guess("x", [50])]
    now[0] = SECONDS + 1

    assert known.guess("k", [50]) is None


def test_number_is_bounded():
    """The oldest go."""
    known, _ = totals()
    for number in range(MAX_TOTALS + 1):
        known.remember(number, 1, 1)

    assert [None, 1] == [known.guess(0, [1]), known.guess(1, [1])]
