"""Replies as bytes."""

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake import replies
from lazaretto.intake.reply import MAX_LINES, Reply


def test_one_line():
    """Code, enhanced code, text."""
    assert b"250 2.1.5 Ok\r\n" == Reply(250, "2.1.5", "Ok").render()


def test_many_lines_carry_both_codes():
    """RFC 2034 4: the enhanced code stands on every line."""
    assert b"550-5.7.1 No\r\n550 5.7.1 Never\r\n" == Reply(550, "5.7.1", "No\nNever").render()


def test_no_enhanced_code_where_none_belongs():
    """Greeting, EHLO and 354."""
    assert b"354 Go\r\n" == Reply(354, "", "Go").render()


@given(st.text())
def test_no_text_breaks_the_form(text):
    """Whatever a door says: lines of at most 512 octets, one reply."""
    rendered = Reply(550, "5.7.1", text).render()
    lines = rendered.split(b"\r\n")

    assert b"" == lines.pop()
    assert all(len(line) <= 510 and line.startswith((b"550-", b"550 ")) for line in lines)
    assert [False] * (len(lines) - 1) + [True] == [line.startswith(b"550 ") for line in lines]
    assert len(lines) <= MAX_LINES


def test_all_replies_agree_with_themselves():
    """The class of the enhanced code is the class of the code. RFC 3463 3.1."""
    ours = [value for value in vars(replies).values() if isinstance(value, Reply)]

    assert len(ours) > 50
    assert all(r.enhanced == "" or r.enhanced[0] == str(r.code)[0] for r in ours)
