"""Rules whose condition is an expression: fields, checks with place, limits, failures, evidence."""

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail.parse import parse
from lazaretto.model.lists import Lists
from lazaretto.scan.catalogue import this_catalogue
from lazaretto.scan.expressions import language, phrasebook, rule_file, rules, view
from lazaretto.scan.expressions.fields import ADDRESS, ELEMENTS, FIELDS, FILE, LINK
from lazaretto.scan.expressions.gates import Gate, gate_of
from lazaretto.scan.expressions.language import ExpressionError, compile_expression
from lazaretto.scan.expressions.rule_file import PlacedError, read_rules
from lazaretto.scan.expressions.suggest import nearest
from lazaretto.scan.judged import prepare, scan_listed
from lazaretto.scan.rulefiles import RuleFileError, shipped_files
from lazaretto.scan.ruleset import load_ruleset, parse_ruleset
from lazaretto.scan.scan import scan
from lazaretto.scan.trial import scan_case
from tests.helpers.letters import ENVELOPE, OFFLINE, File, envelope, facts, letter

HEAD = 'kind = "malicious"\nweight = 1.0\ntitle = "Own"\ntext = "Because."\n'


def own(expression: str, more: str = "", name: str = "own.toml", *, head: str = HEAD) -> dict[str, bytes]:
    text = f"{more}[[rule]]\nid = \"own_rule\"\n{head}expression = '''\n{expression}\n'''\n"
    return {**shipped_files(), name: text.encode()}


def spoke(expression: str, message=None, what=OFFLINE, where=ENVELOPE, more: str = "") -> set[str]:
    verdict = scan(message or letter(), where, what, parse_ruleset(own(expression, more)))
    return {w.rule.id for w in verdict.findings}


def test_every_field_is_provided_and_nothing_else():
    """The table of fields and the values of a message have the same names."""
    values = view.view(letter(), ENVELOPE, OFFLINE)

    assert set(values) == {field.name for field in FIELDS}


def test_items_have_their_fields():
    """So have the items of lists."""
    message = letter(
        html='<a href="https://a.test/x">go</a>',
        headers={"Reply-To": "b@b.test"},
        attachments=[File("a.zip", b"x")],
    )
    values = view.view(message, ENVELOPE, OFFLINE)

    for name, fields in (("msg.links", LINK), ("msg.reply_to", ADDRESS), ("msg.attachments", FILE)):
        assert set(values[name][0]) == {field.name for field in fields}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_example_of_a_field_uses_it(field):
    """Every example compiles, names its field, and gives true or false on a message."""
    assert field.name in field.example
    assert rules.RULE_FAILED not in spoke(field.example)


@pytest.mark.parametrize(("kind", "field"), [(k, f) for k, fs in ELEMENTS.items() for f in fs], ids=str)
def test_the_example_of_an_item_uses_it(kind, field):
    """The same for the fields of items."""
    name = {"list(address)": "msg.reply_to", "list(link)": "msg.links", "list(file)": "msg.attachments"}[kind]
    message = letter(
        html='<a href="https://a.test/x">go</a>',
        headers={"Reply-To": "b@b.test"},
        attachments=[File("a.zip", b"x")],
    )
    variable = {"list(address)": "r", "list(link)": "l", "list(file)": "a"}[kind]

    assert f"{variable}.{field.name}" in field.example
    assert rules.RULE_FAILED not in spoke(f"{name}.exists({variable}, {field.example})", message)


def test_what_the_fields_say():
    """Values come from the message, folded, with what the scan knows of hosts."""
    message = letter(
        subject="Ihre ÜBERWEISUNG",
        from_="Ann <Ann@Gmail.com>",
        text="Call 808 555 0142.\nhttps://x.pages.dev/a",
        headers={"Reply-To": "x@example.net"},
    )

    assert "own_rule" in spoke(
        """
        msg.subject == "ihre uberweisung" && msg.subject_written == "Ihre ÜBERWEISUNG"
        && msg.from.freemail && msg.from.address == "ann@gmail.com" && msg.phone
        && msg.links.exists(l, l.hosting && l.path == "/a") && msg.reply_to.all(r, r.own)
        && facts.offline && !msg.cut && env.recipients.size() == 1
        """,
        message,
    )


def test_facts_and_findings_and_phrases():
    """Authentication, other findings, and named phrases with the words as evidence."""
    message = letter(text="Please approve the  golden-ticket today.")
    more = '[phrases]\nticket = ["(silver|golden) ticket"]\n'
    expression = (
        'says.ticket && facts.dmarc == "fail" && findings.has("dmarc_fail_none") && !findings.has("gtube")'
    )
    what = facts(dmarc="fail", policy="none")
    verdict = scan(message, ENVELOPE, what, parse_ruleset(own(expression, more)))
    finding = next(w.finding for w in verdict.findings if w.rule.id == "own_rule")

    assert finding.value == "golden-ticket"
    assert finding.place == "body"
    assert "golden-ticket" in finding.reason


@pytest.mark.parametrize(
    ("expression", "line", "column", "words"),
    [
        ('msg.subject == "a"\n  && msg.form.domain == "x"', 9, 6, ["'msg.form.domain'", "msg.from.domain"]),
        ('msg.links.exists(l, l.domian == "x")', 8, 23, ["domian", "'domain'"]),
        ('findings.has("spf_fial")', 8, 15, ["spf_fial", "'spf_fail'"]),
        ("says.no_such_thing", 8, 1, ["says.no_such_thing"]),
        ("msg.words == 'a'", 8, 11, ["overload"]),
        ("msg.subject", 8, 1, ["string", "true or false"]),
        ("msg.subject ==", 9, 1, ["Syntax"]),
        ("  ", 8, 1, ["empty"]),
    ],
)
def test_a_wrong_expression_is_told_with_its_place(expression, line, column, words):
    """File, line and column, what is wrong, and what was probably meant."""
    with pytest.raises(PlacedError) as caught:
        parse_ruleset(own(expression))

    assert (caught.value.name, caught.value.line, caught.value.column) == ("own.toml", line, column)
    assert [] == [word for word in words if word not in str(caught.value)]
    assert str(caught.value).startswith(f"own.toml:{line}:{column}: ")


def test_the_place_in_an_expression_on_one_line():
    """The column counts from the beginning of the line of the file."""
    text = f'[[rule]]\nid = "own_rule"\n{HEAD}expression = "msg.wrods < 4"\n'

    with pytest.raises(PlacedError, match=r"own.toml:7:15: .*msg.words"):
        parse_ruleset({**shipped_files(), "own.toml": text.encode()})


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (f'[[rule]]\nid = "a"\n{HEAD}wieght = 1\n', 7, 1, ["wieght", "'weight'"]),
        (f'[[rule]]\nid = "a"\n{HEAD}  severity = "hihg"\n', 7, 3, ["hihg", "'high'"]),
        (f'[[rule]]\nid = "a"\n{HEAD}tactics = ["qr_cod"]\n', 7, 1, ["qr_cod", "'qr_code'"]),
        (f'[[rule]]\nid = "a"\n{HEAD}[[rule.match]]\nmesage = "x"\n', 8, 1, ["mesage", "'message'"]),
        (f'[[rule]]\nid = "a"\n{HEAD}[rule.when]\nal = []\n', 8, 1, ["al"]),
        ("[[rule]]\nid = \n", 2, 6, ["TOML"]),
        (f'[[rule]]\nid = "A b"\n{HEAD}', 2, 1, ["lower case"]),
        (
            f'[[rule]]\nid = "a"\n{HEAD}expression = "true"\nwhen = {{ all = ["gtube"] }}\n',
            2,
            1,
            ["not both"],
        ),
        (f'[[rule]]\nid = "gtube"\n{HEAD}', 2, 1, ["twice"]),
        (f'[phrases]\na = ["(b"]\n[[rule]]\nid = "a"\n{HEAD}', 1, 1, ["phrases", "(b"]),
        (f'[phrases]\na = []\n[[rule]]\nid = "a"\n{HEAD}', 1, 1, ["phrases", "1 to"]),
        (f'[phrases]\n"a b" = ["cd"]\n[[rule]]\nid = "a"\n{HEAD}', 1, 1, ["a b"]),
    ],
)
def test_a_wrong_file_is_told_with_its_place(text, line, column, words):
    """Keys, words, types and tables, each with line and column."""
    with pytest.raises(PlacedError) as caught:
        parse_ruleset({**shipped_files(), "own.toml": text.encode()})

    assert (caught.value.line, caught.value.column) == (line, column)
    assert [] == [word for word in words if word not in str(caught.value)]


def test_places_are_found_beside_texts_that_look_like_tables():
    """A test message may hold lines that look like TOML."""
    message = 'From: a@b.example\n\n[[rule]]\nid = "x"\nwieght = 3\n'
    text = (
        f"[[rule]]\nid = \"a\"\n{HEAD}[[rule.match]]\nmessage = '''\n{message}'''\n"
        f'[[rule]]\nid = "b"\n{HEAD}wieght = 1\n'
    )

    with pytest.raises(PlacedError) as caught:
        read_rules("own.toml", text.encode())

    assert caught.value.line == text.splitlines().index("wieght = 1") + 1


@pytest.mark.parametrize(
    "expression",
    [
        'msg.headers["x-none"] == "a"',
        "msg.links[3].hidden == true",
        "1 / (msg.words - msg.words) == 1",
        "msg.subject.matches('(')",
        "msg.links.exists(l, l.host)",
    ],
)
def test_an_expression_that_fails_is_a_finding(expression):
    """Never silence, and never taken for true."""
    verdict = scan(letter(), ENVELOPE, OFFLINE, parse_ruleset(own(expression)))
    found = {w.finding.rule: w.finding for w in verdict.findings}
    if "links.exists" in expression:  # nothing to fail on without a link
        found = {rules.RULE_FAILED: found.get(rules.RULE_FAILED) or _failed_on_link(expression)}

    assert "own_rule" not in found
    assert found[rules.RULE_FAILED].value == "own_rule"
    assert "own_rule" in found[rules.RULE_FAILED].reason


def _failed_on_link(expression: str):
    verdict = scan(letter(text="https://a.test/"), ENVELOPE, OFFLINE, parse_ruleset(own(expression)))
    return next(w.finding for w in verdict.findings if w.finding.rule == rules.RULE_FAILED)


def test_the_budget_ends_an_evaluation():
    """Three nested loops over a full list are stopped, and told."""
    loops = "msg.links.all(a, msg.links.all(b, msg.links.all(c, a.href != b.href + c.href)))"
    message = letter(text="\n".join(f"https://a{n}.test/" for n in range(view.MAX_LIST)))

    assert rules.RULE_FAILED in spoke(loops, message)
    assert "own_rule" in spoke("msg.links.all(a, msg.links.all(b, a.href != b.href + '!'))", message)


def test_a_long_list_is_cut_and_told():
    """What stands in pictures and files comes first, so that plain links cannot push it out."""
    message = letter(text="\n".join(f"https://a{n}.test/" for n in range(view.MAX_LIST + 1)))
    found = spoke(f"msg.cut && msg.links.size() == {view.MAX_LIST}", message)

    assert {"own_rule", rules.VIEW_CUT} <= found


def test_texts_are_cut():
    """No text is longer than its limit."""
    message = letter(subject="s" * 2_000, text="word " * 40_000)
    values = view.view(message, ENVELOPE, OFFLINE)

    assert len(values["msg.subject"]) == view.MAX_STRING
    assert len(values["msg.text"]) <= view.MAX_TEXT


def test_the_limits_of_files(monkeypatch):
    """Each limit is reached and told."""
    with pytest.raises(ExpressionError, match="characters"):
        compile_expression("true" + " || true" * language.MAX_EXPRESSION, (), frozenset())
    for module, name, words in (
        (rules, "MAX_RULES", "have an expression"),
        (phrasebook, "MAX_PHRASES", "phrases are expected"),
        (phrasebook, "MAX_PHRASE", "characters are expected"),
        (rules, "MAX_GROUPS", "names are expected"),
        (rule_file, "MAX_CASES", "test messages"),
        (rule_file, "MAX_CASE", "test messages"),
        (rule_file, "MAX_FILE", "bytes"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, 1)
            with pytest.raises(RuleFileError, match=words):
                parse_ruleset(shipped_files())


def test_lone_surrogates_are_taken():
    """A text that cannot be written in UTF-8 does not break the evaluation."""
    assert view.clean("a\ud800") == "a?"
    assert view.folded("Ä\ud800_b") == "a? b"


def test_suggestions():
    """The nearest name, or none when nothing is near."""
    assert nearest("msg.form", ("msg.from", "msg.forms", "env.helo")) in {"msg.from", "msg.forms"}
    assert nearest("xyz", ("message", "envelope")) == ""


def test_the_same_message_gives_the_same_findings():
    """No clock, no order of sets."""
    message = letter(from_="Billing <no-reply@gmail.com>", text="Your card was charged. Call 808 555 0142.")
    once, twice = (
        tuple(load_ruleset().expressions.findings(message, ENVELOPE, OFFLINE, ())) for _ in range(2)
    )

    assert once
    assert once == twice


def test_a_switched_off_rule_is_a_note():
    """It weighs nothing, joins no combination, and is still told."""
    message = letter(from_="Billing <no-reply@gmail.com>", subject="Hello")
    on = scan_listed(message, ENVELOPE, OFFLINE, load_ruleset(), prepare(Lists(1)))
    off = scan_listed(
        message,
        ENVELOPE,
        OFFLINE,
        load_ruleset(),
        prepare(Lists(2, rules_off=frozenset({"robot_on_free_mail"}))),
    )
    before = {w.rule.id for w in on.verdict.findings}
    after = {w.finding.rule: w for w in off.verdict.findings}

    assert "robot_on_free_mail" in before
    assert "robot_on_free_mail" not in after
    assert after["list_rule_off"].points == 0
    assert "robot_on_free_mail" in after["list_rule_off"].finding.reason
    assert dict(off.verdict.scores)["malicious"] < dict(on.verdict.scores)["malicious"]


def test_a_switched_off_check_is_not_seen_by_expressions_and_combinations():
    """What is switched off is off for everybody who asks for it."""
    ruleset = parse_ruleset(own('findings.has("from_freemail")'))
    message = letter(from_="Ann <ann@gmail.com>", text="Please pay the attached invoice, account suspended.")
    off = prepare(Lists(1, rules_off=frozenset({"from_freemail", "free_mail_business"})))
    found = {w.finding.rule for w in scan_listed(message, ENVELOPE, OFFLINE, ruleset, off).verdict.findings}

    assert {"own_rule", "from_freemail", "free_mail_business"} & found == set()
    assert "own_rule" in spoke('findings.has("from_freemail")', message)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["From: ", "To: ", "Subject: ", "Reply-To: ", "Content-Type: text/html\r\n", "Content-Type: multipart/mixed; boundary=b\r\n",
             "\r\n", "\r\n--b\r\n", "<a href='https://x.pages.dev/'>view document</a>", "a@gmail.com", "=?utf-8?b?8J+YgA==?=", "\ud7ff",
             "call 808 555 0142", "your account was charged", "begin:vcalendar", "\x00", "bitcoin", "\r\n\r\n"]
        )
        | st.text(alphabet=string.printable, max_size=30),
        max_size=25,
    ),
    st.text(max_size=60),
)  # fmt: skip
def test_any_message_goes_through_all_expressions(pieces, mail_from):
    """No bytes make an expression fail, and nothing raises."""
    message = parse("".join(pieces).encode("utf-8", "surrogatepass"))
    found = tuple(load_ruleset().expressions.findings(message, envelope(mail_from=mail_from), OFFLINE, ()))

    assert [] == [f for f in found if f.rule == rules.RULE_FAILED]


@pytest.mark.parametrize(
    ("expression", "lets", "keeps_out"),
    [
        ("says.a && msg.from.freemail", {"says.a", "msg.from.freemail"}, {"says.a"}),
        ('(says.a || findings.has("x")) && !msg.list', {"findings.x"}, {"findings.x", "msg.list"}),
        ("msg.links.exists(l, l.hosting) && msg.words < 4", {"msg.links"}, set()),
        ("says.a || msg.words < 4 && says.b", set(), None),
        ('msg.links.exists(l, l.href == "(") || f(")")', set(), None),
        ("says.a ? says.b : says.c", set(), None),
        ("!(says.a && says.b)", {"says.a"}, None),
        ("!says.a", set(), {"says.a"}),
    ],
)
def test_gates(expression, lets, keeps_out):
    """A gate keeps out only where the expression is false; what it cannot read, it lets through."""
    gate = gate_of(language._blank(expression, keep=r"\w"))

    assert gate.lets(frozenset(lets))
    assert keeps_out is None or not gate.lets(frozenset(keeps_out))


def test_gates_change_no_answer():
    """On the test messages of all rules, asking everything gives what asking behind the gates gives."""
    ruleset = load_ruleset()
    open_ = Gate((), frozenset(), frozenset(field.name for field in FIELDS))
    asked = tuple(
        replace(c, compiled=replace(c.compiled, gate=open_)) for c in ruleset.expressions.conditions
    )
    everything = replace(ruleset, expressions=replace(ruleset.expressions, conditions=asked))
    cases = [
        c
        for one in this_catalogue().listings.values()
        for c in (*one.origin.data.match, *one.origin.data.passes)
    ]

    assert cases
    for case in cases:
        assert scan_case(case, everything).findings == scan_case(case, ruleset).findings
