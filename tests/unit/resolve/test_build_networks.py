"""The compiler of the network table, on small ranges."""

from array import array
from bisect import bisect_right
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st
from tools.build_networks import table


def find(ranges: list[tuple[int, int, int]], address: int) -> int:
    made = table("x", ranges, "I", "B")
    starts = list(accumulate(array("I", made["x_start"])))
    return array("B", made["x_value"])[bisect_right(starts, address) - 1]


def test_ranges_and_gaps():
    """Both ends belong to a range, and between ranges nothing is known."""
    ranges = [(10, 19, 1), (20, 29, 2), (40, 40, 3)]

    assert [0, 1, 1, 2, 2, 0, 0, 3, 0] == [find(ranges, a) for a in (9, 10, 19, 20, 29, 30, 39, 40, 41)]


def test_last_address():
    """The end of the address space does not overflow the table."""
    assert 1 == find([(2**32 - 2, 2**32 - 1, 1)], 2**32 - 1)


def test_neighbours_are_joined():
    """Equal values side by side are one entry."""
    made = table("x", [(10, 19, 1), (20, 29, 1)], "I", "B")

    assert bytes([0, 1, 0]) == made["x_value"]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 20), st.integers(1, 9)), max_size=20),
    st.integers(0, 340),
)
def test_first_range_wins_where_they_overlap(found, address):
    """Sorted ranges are laid down one after the other, none over another."""
    ranges = sorted((start, start + size, value) for start, size, value in found)
    expected = 0
    free = 0
    for start, last, value in ranges:
        if max(start, free) <= address <= last:
            expected = value
        free = max(free, last + 1)

    assert expected == find(ranges, address)
