"""Lists as CSV: what was exported can be imported, nothing is a formula, and a wrong line is named."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lazaretto.api.settings.resource import MAX_CHANGES
from lazaretto.api.settings.sheet import MAX_DIGITS
from lazaretto.api.wire.settings.sheet import FORMULAS, MAX_OCTETS, parse_sheet, write_sheet
from lazaretto.model.errors import Invalid
from tests.wire.settings.conftest import RESOURCES, another

CSV = {"Content-Type": "text/csv"}
CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@example([("", "\r")])  # blank, and guarded as a formula when it is written
@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_every_cell_comes_back(rows):
    """Quotes, line ends, separators and formulas: the round trip is exact, and no cell begins as a formula."""
    octets = write_sheet(("a", "b"), rows)
    read = [(row.cells["a"], row.cells["b"]) for row in parse_sheet(octets, ("a", "b"), ())]
    written = list(csv.reader(io.StringIO(octets.decode(), newline="")))

    assert [row for row in rows if "".join(row).strip()] == read
    assert not any(cell.startswith(FORMULAS[:4]) for row in written for cell in row)


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(octets):
    """Whatever is sent is read or refused."""
    try:
        parse_sheet(b"a,b\r\n" + octets, ("a", "b"), ())
        parse_sheet(octets, ("a", "b"), ())
    except Invalid as refused:
        assert refused.public.startswith("Line ")  # noqa: PT017  # a refusal is allowed, not required


@pytest.mark.parametrize("name", RESOURCES)
async def test_round_trip(desk, name):
    """What one account exports another one imports; every field arrives."""
    note = "notes" if name == "content_policies" else "comments"
    made = [
        await desk.result("POST", name, status=201, json={**another(name, number), note: text})
        for number, text in enumerate(("=1+1", "'quoted", 'say "a", or\nb', None))
    ]
    file = await desk.call("GET", name, headers={"Accept": "text/csv"})

    assert "text/csv; charset=utf-8" == file.headers["content-type"]
    assert f'attachment; filename="{name}.csv"' == file.headers["content-disposition"]
    assert "\r\n=" not in file.text
    assert ",=" not in file.text

    headers = {"Authorization": f"Bearer {desk.api.world.other}", **CSV}
    base = f"/client/v4/accounts/{'f' * 32}/email-security/settings/{name}"
    answer = await desk.api.http.post(f"{base}/import", content=file.content, headers=headers)

    assert (201, {"added": 4, "skipped": 0}) == (answer.status_code, answer.json()["result"])
    rows = (await desk.api.http.get(base, headers=headers)).json()["result"]
    given_ = {"id", "created_at", "modified_at", "last_modified"}

    assert [{key: row[key] for key in row.keys() - given_} for row in made] == [
        {key: row[key] for key in row.keys() - given_} for row in rows
    ]


async def test_export_is_filtered_and_has_no_pages(desk):
    """Filters and order count, pages do not; HEAD and JSON stay what they are."""
    for number in range(25):
        await desk.result("POST", "block_senders", status=201, json=another("block_senders", number))
    file = await desk.call(
        "GET", "block_senders?search=a2&direction=desc&per_page=1", headers={"Accept": "text/csv"}
    )
    rows = list(csv.DictReader(io.StringIO(file.text)))

    assert [f"a{number}@b.test" for number in (24, 23, 22, 21, 20, 2)] == [row["pattern"] for row in rows]
    answer = await desk.call("GET", "block_senders", headers={"Accept": "application/json, text/plain, */*"})

    assert 20 == len(answer.json()["result"])


@pytest.mark.parametrize(
    "text",
    [
        "pattern,pattern_type,is_regex\r\na@b.test,EMAIL,false\r\n",
        "\ufeffPattern;Pattern_Type;IS_REGEX\na@b.test;EMAIL;FALSE\n\n;;\n",
        'is_regex,pattern_type,pattern,comments,id\n0,EMAIL,"a@b.test",,77',
    ],
)
async def test_files_of_other_programs(desk, text):
    """A mark, semicolons, capitals, empty lines, columns in any order, no line end at the end."""
    answer = await desk.result("POST", "block_senders/import", status=201, content=text.encode(), headers=CSV)

    assert {"added": 1, "skipped": 0} == answer
    (row,) = await desk.all("block_senders")
    assert ("a@b.test", False, None) == (row["pattern"], row["is_regex"], row["comments"])


HEADER = "pattern,pattern_type,is_regex,comments\n"


@pytest.mark.parametrize(
    ("text", "code", "pointer"),
    [
        (HEADER + "a@b.test,EMAIL,false\nnobody,EMAIL,false\n", 1000, "/3/pattern"),
        (HEADER + '"a@b.test",EMAIL,false,"two\nlines"\nx,EMAIL,maybe\n', 1000, "/4/is_regex"),
        (HEADER + "a@b.test,EMAIL,\n", 1002, "/2/is_regex"),
        (HEADER + "a@b.test,MAIL,false\n", 1003, "/2/pattern_type"),
        (HEADER + "a@b.test,EMAIL,false\n\n\nA@B.test,EMAIL,false\n", 1301, "/5/pattern"),
        (HEADER + "a@b.test,EMAIL,false,,,\n", 1000, "/2"),
        (HEADER + 'a@b.test,"EMAIL"x,false\n', 1000, "/2"),
        (HEADER + 'a@b.test,"EMAIL\n', 1000, "/2"),
        (HEADER + f"a@b.test,EMAIL,false,{'c' * 1025}\n", 1004, "/2/comments"),
        ("pattern,pattern,is_regex\n", 1000, "/1"),
        ("pattern,colour\n", 1000, "/1"),
        ("", 1002, "/1"),
        ("\n", 1002, "/1"),
        ("pattern\na@b.test\n", 1002, "/2/pattern_type"),
    ],
)
async def test_a_wrong_line_is_named(desk, text, code, pointer):
    """Nothing is added, and the refusal tells line and column."""
    answer = await desk.call("POST", "block_senders/import", content=text.encode(), headers=CSV)
    problem = answer.json()["errors"][0]

    assert (400, code, pointer) == (answer.status_code, problem["code"], problem["source"]["pointer"])
    assert problem["message"].startswith(f"Line {pointer.split('/')[1]}: ")
    assert [] == await desk.all("block_senders")


@pytest.mark.parametrize(("octets", "line"), [(b"pattern\n\xff\n", 2), (b"pattern\nx\ny\0\n", 3)])
async def test_files_that_are_no_text(desk, octets, line):
    """Other encodings and NUL."""
    assert (400, 1000, f"/{line}") == await desk.refused(
        "POST", "url_ignore_patterns/import", content=octets, headers=CSV
    )


async def test_a_large_file(desk):
    """150 KB are taken; one byte more is refused, with a sentence that says so."""
    line = b"a" * 500 + b"%06d\n"
    octets = b"pattern\n" + b"".join(line % number for number in range(302))

    assert len(octets) <= MAX_OCTETS
    full = octets + b"\n" * (MAX_OCTETS - len(octets))
    answer = await desk.call("POST", "url_ignore_patterns/import", content=full + b"\n", headers=CSV)

    assert 413 == answer.status_code
    assert "150 KB" in answer.json()["errors"][0]["message"]
    assert {"added": 302, "skipped": 0} == await desk.result(
        "POST", "url_ignore_patterns/import", status=201, content=full, headers=CSV
    )


async def test_many_lines(desk):
    """As many changes as a batch may have."""
    octets = b"pattern\n" + b"".join(b"x%d\n" % number for number in range(MAX_CHANGES + 1))
    answer = await desk.call("POST", "url_ignore_patterns/import", content=octets, headers=CSV)

    assert 400 == answer.status_code
    assert str(MAX_CHANGES) in answer.json()["errors"][0]["message"]


async def test_duplicates_are_skipped_when_asked(desk):
    """For lists that are fetched again and again from somewhere."""
    octets = b"pattern\nx1\nx2\nx1\n"
    first = await desk.result(
        "POST", "url_ignore_patterns/import?duplicates=skip", status=201, content=octets, headers=CSV
    )
    second = await desk.result(
        "POST",
        "url_ignore_patterns/import?duplicates=skip",
        status=201,
        content=octets + b"x3\n",
        headers=CSV,
    )

    assert {"added": 2, "skipped": 1} == first
    assert {"added": 1, "skipped": 3} == second
    assert (400, 1003, "duplicates") == await desk.refused(
        "POST", "url_ignore_patterns/import?duplicates=maybe", content=octets, headers=CSV
    )


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
async def test_bodies_that_are_no_file(desk, kind):
    """A form or JSON is refused before it is read as a strange file."""
    assert (400, 1000, "Content-Type") == await desk.refused(
        "POST", "block_senders/import", content=b"x", headers={"Content-Type": kind}
    )


async def test_words_that_mean_something_elsewhere(desk):
    """A comment `null` or `true` is a text."""
    octets = b"pattern,comments\nnull,null\ntrue,true\n7,7\n"
    await desk.result("POST", "url_ignore_patterns/import", status=201, content=octets, headers=CSV)

    assert [("null", "null"), ("true", "true"), ("7", "7")] == [
        (row["pattern"], row["comments"]) for row in await desk.all("url_ignore_patterns")
    ]


@pytest.mark.parametrize("cell", ["9" * (MAX_DIGITS + 1), "-1", "1.5", "one", str(2**53)])
async def test_numbers_in_cells(desk, cell):
    """Only whole numbers that every client reads exactly."""
    octets = f"name,email,is_email_regex,directory_id\nAnn,a@b.test,false,{cell}\n".encode()

    assert (400, 1000, "/2/directory_id") == await desk.refused(
        "POST", "impersonation_registry/import", content=octets, headers=CSV
    )


async def test_lists_in_cells(desk):
    """Words with spaces, commas or semicolons between; an empty cell is an empty list."""
    octets = b'domain,exclude\na.test,"x.a.test, y.a.test;z.a.test"\nb.test,\n'
    await desk.result("POST", "sending_domain_restrictions/import", status=201, content=octets, headers=CSV)

    assert [["x.a.test", "y.a.test", "z.a.test"], []] == [
        row["exclude"] for row in await desk.all("sending_domain_restrictions")
    ]
