"""Listings by page number: found again, told apart, forgotten in time and number."""

from lazaretto.api.snapshots import MAX_KEYS, MAX_LISTINGS, MAX_STARTS, Snapshots


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def snapshots():
    clock = Clock()
    return Snapshots(clock, 600.0), clock


def test_the_next_page_begins_where_the_last_one_ended():
    """The position is known, nothing has to be skipped."""
    known, _ = snapshots()
    listing = known.open(b"k", client="c", total=5, before=100)
    listing.remember(2, 80)

    found = known.find(b"k", 2, client="c")

    assert (80, 0) == found.start_of(2)
    assert (80, 3) == found.start_of(5)


def test_two_readers_of_one_search_are_told_apart():
    """The one who is at page 5 goes on where he was, although another one has begun anew."""
    known, _ = snapshots()
    first = known.open(b"k", client="a", total=1, before=100)
    for page in range(2, 6):
        first.remember(page, 100 - page)
    second = known.open(b"k", client="b", total=1, before=200)
    second.remember(2, 190)

    assert first is known.find(b"k", 5, client="z")
    assert second is known.find(b"k", 2, client="z")


def test_among_equals_the_connection_decides_and_then_the_newest():
    """Both wait for page 2."""
    known, clock = snapshots()
    first = known.open(b"k", client="a", total=1, before=100)
    first.remember(2, 90)
    clock.now = 1.0
    second = known.open(b"k", client="b", total=1, before=200)
    second.remember(2, 190)

    assert first is known.find(b"k", 2, client="a")
    clock.now = 2.0
    second.touched = 2.0

    assert second is known.find(b"k", 2, client="z")


def test_an_old_listing_is_forgotten():
    """Ten minutes without a request."""
    known, clock = snapshots()
    known.open(b"k", client="a", total=1, before=100)
    clock.now = 601.0

    assert known.find(b"k", 2, client="a") is None


def test_number_of_searches_readers_and_pages_is_bounded():
    """The oldest go; the first page of a listing never does."""
    known, _ = snapshots()
    for number in range(MAX_KEYS + 1):
        known.open(b"%d" % number, client="a", total=1, before=100)
    for number in range(MAX_LISTINGS + 1):
        listing = known.open(b"k", client="a", total=number, before=number)
    for page in range(2, MAX_STARTS + 10):
        listing.remember(page, 10_000 - page)

    assert known.find(b"0", 2, client="a") is None
    assert MAX_KEYS == len(known._listings)
    assert list(range(1, MAX_LISTINGS + 1)) == [one.total for one in known._listings[b"k"]]
    assert MAX_STARTS == len(listing.starts)
    assert (MAX_LISTINGS, 1) == listing.start_of(2)
