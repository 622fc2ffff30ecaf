"""Limits of the scan: each is reached, what lies beyond it is said, and the rest is judged as ever."""

import base64

import pytest

from lazaretto.mail.files.pdf import MAX_TEXT_PAGES
from lazaretto.mail.mime import MAX_PARTS
from lazaretto.mail.parse import parse
from lazaretto.mail.received import MAX_HOPS
from lazaretto.model.facts import DkimResult
from lazaretto.model.lists import Lists
from lazaretto.scan import (
    base64text,
    brands,
    confusables,
    gibberish,
    hosts,
    lexicon,
    lookalike,
    muted,
    people,
    reading,
    summary,
    whatif,
)
from lazaretto.scan.checks import (
    attachments,
    authentication,
    bulk,
    content,
    history,
    impersonation,
    limits,
    links,
    markup,
    sender,
    targets,
    wording,
)
from lazaretto.scan.evidence import MAX_QUOTED, MAX_VALUE, clipped, quoted
from lazaretto.scan.expressions import language, view
from lazaretto.scan.expressions.suggest import MAX_NAME as MAX_COMPARED
from lazaretto.scan.expressions.suggest import nearest
from lazaretto.scan.hosts import listed
from lazaretto.scan.judged import MAX_NUMBERS, prepare, scan_listed
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.score import MAX_REASONS
from lazaretto.scan.thread import MAX_HEADER, is_reply
from tests.helpers.letters import (
    ENVELOPE,
    OFFLINE,
    RECIPIENT,
    File,
    envelope,
    facts,
    judged,
    letter,
    rules_of,
    seen,
)
from tests.helpers.listed import ignored, person
from tests.unit.mail.files import locked_zip_of, zip_of
from tests.unit.mail.letters import codes, file_part, multipart, part
from tests.unit.mail.test_pdf import pages_of
from tests.unit.mail.test_qr import picture

EXE = b"MZ" + bytes(200)
PROGRAM = file_part(EXE, "setup.exe")


def text_part(text="Hello.", kind="text/plain"):
    return part(text, Content_Type=kind)


FULL = {
    "too_many_links": multipart(text_part("".join(f"http://a{n}.test/ " for n in range(2_100))), PROGRAM),
    "too_many_parts": multipart(PROGRAM, *[text_part()] * MAX_PARTS),
    "too_many_attachments": multipart(PROGRAM, *[file_part(b"x", f"{n}.txt") for n in range(520)]),
    "too_many_pictures": multipart(
        PROGRAM, *[file_part(picture(f"https://e.test/{n}"), "p.png") for n in range(14)]
    ),
    "too_many_locked_files": multipart(
        PROGRAM, *[file_part(locked_zip_of({"a": b"b"}), f"{n}.zip") for n in range(5)]
    ),
    "too_many_hops": b"Received: by a.test; x\r\n" * (MAX_HOPS + 1) + multipart(text_part(), PROGRAM),
    "archive_too_large": multipart(
        PROGRAM, file_part(zip_of({f"{n}.c": b"x" for n in range(1_010)}), "src.zip")
    ),
    "document_read_in_part": multipart(
        PROGRAM, file_part(pages_of(*["text"] * (MAX_TEXT_PAGES + 1)), "a.pdf")
    ),
    "nested_archives_too_deep": multipart(
        PROGRAM,
        file_part(zip_of({"a.zip": zip_of({"b.zip": zip_of({"c.zip": zip_of({"d": b"e"})})})}), "z.zip"),
    ),
}


@pytest.mark.parametrize("code", FULL)
def test_a_full_message_is_judged_as_ever(code):
    """The limit is a defect and a finding, and the program beside it is found all the same."""
    message = parse(FULL[code])
    verdict = judged(message)

    assert code in codes(message)
    assert {"not_all_read", "attachment_program"} <= rules_of(verdict)
    assert "MALICIOUS" == verdict.disposition


def test_larger_than_we_look_into(monkeypatch):
    """Files beyond the budget are hashed, and it is said."""
    monkeypatch.setattr("lazaretto.mail.budget.MAX_LOOKED_INTO", 250)
    message = parse(multipart(PROGRAM, file_part(b"x" * 200, "a.txt")))

    assert "too_much_attached" in codes(message)
    assert {"not_all_read", "attachment_program"} <= rules_of(judged(message))


@pytest.mark.parametrize(
    "message",
    [
        letter(html="".join(f"<a href='http://a{n}.test/'>x</a>" for n in range(reading.MAX_LINKS))),
        parse(multipart(*[text_part(f"text {n}") for n in range(reading.MAX_PASSAGES + 1)])),
        parse(multipart(*[text_part("<p>x</p>", "text/html") for _ in range(markup.MAX_HTML + 1)])),
        parse(multipart(*[file_part(b"x", f"{n}.txt") for n in range(attachments.MAX_ATTACHMENTS + 1)])),
    ],
    ids=["links", "texts", "pages", "files"],
)
def test_limits_of_the_checks_are_said(message):
    """What the checks leave out of a message that was read as a whole."""
    finding = seen(limits.check, message)["not_all_read"]

    assert "the first" in finding.reason


def test_an_ordinary_message_reaches_no_limit():
    """Nothing is said."""
    assert {} == seen(limits.check, letter(html="<p>Hello</p>", attachments=[File("a.txt", b"x")]))


def test_many_limits_are_one_finding():
    """So many sentences are named."""
    message = parse(FULL["too_many_parts"] + FULL["too_many_links"])
    finding = seen(limits.check, message)["not_all_read"]

    assert finding.reason.count(".") <= 2 * limits.MAX_SENTENCES


def test_links_that_are_judged():
    """Different targets up to the limit; a link beyond it is not judged."""
    many = "".join(f"<a href='http://a{n}.test/'>x</a>" for n in range(reading.MAX_LINKS))
    bad = "<a href='http://1572395042/'>x</a>"

    assert "link_number_host" in seen(links.check, letter(html=bad + many))
    assert "link_number_host" not in seen(links.check, letter(html=many + bad))
    assert reading.MAX_LINKS < reading.MAX_LINKS_READ


def test_recipients_that_are_looked_for():
    """Of a letter to hundreds the first recipients count as ours."""
    many = [f"a{n}@example.net" for n in range(reading.MAX_RECIPIENTS)]
    where = envelope(recipients=[*many, "x@late.test"])

    assert reading.MAX_RECIPIENTS == len(reading.recipient_addresses(where))
    assert "late.test" not in reading.own_domains(where, OFFLINE)


@pytest.mark.parametrize("found", [1, sender.MAX_REPLY_TO, sender.MAX_REPLY_TO + 1])
def test_reply_to_mailboxes(found):
    """So many are looked at."""
    replies = [f"a{n}@firm.test" for n in range(found - 1)]
    message = letter(headers={"Reply-To": ", ".join([*replies, "x@gmail.com"])})
    alike = letter(headers={"Reply-To": ", ".join([*replies, "x@paypa1.com"])})

    assert (found <= sender.MAX_REPLY_TO) is ("reply_to_freemail" in seen(sender.check, message))
    assert (found <= impersonation.MAX_REPLY_TO) is ("reply_to_lookalike" in seen(impersonation.check, alike))


def test_long_names():
    """What stands beyond the limit of a display name is not read, and nothing is slow."""
    far = "a" * sender.MAX_NAME

    assert "display_name_role" in seen(sender.check, letter(from_="IT Helpdesk <x@firm.test>"))
    assert "display_name_role" not in seen(sender.check, letter(from_=f"{far} IT Helpdesk <x@firm.test>"))
    assert brands.named_in("PayPal") is not None
    assert brands.named_in(f"{'a ' * brands.MAX_NAME}PayPal") is None
    assert "display_name_address" not in seen(
        impersonation.check, letter(from_=f'"{"a" * impersonation.MAX_NAME} boss@bank.test" <x@firm.test>')
    )


def test_short_mailbox_names():
    """A local part of fewer letters is a word like any other."""
    short, long = "ann"[: sender.MIN_LOCAL - 1], "annemarie"

    assert "subject_names_recipient" not in seen(
        sender.check, letter(subject=f"Dear {short}"), OFFLINE, envelope(recipients=[f"{short}@example.net"])
    )
    assert "subject_names_recipient" in seen(
        sender.check, letter(subject=f"Dear {long}"), OFFLINE, envelope(recipients=[f"{long}@example.net"])
    )


def test_signatures_that_are_reported():
    """A hundred broken signatures are one finding; one that proves behind the limit is not seen."""
    broken = DkimResult("fail", "firm.test", "s", None, None, "rsa-sha256")
    good = DkimResult("pass", "firm.test", "s", None, None, "rsa-sha256")
    near = [broken] * (authentication.MAX_SIGNATURES - 1)

    assert "dkim_fail" not in seen(authentication.check, letter(), facts(dkim=[*near, good]))
    assert "dkim_fail" in seen(authentication.check, letter(), facts(dkim=[*near, broken, good]))


def test_hidden_text_from_which_on():
    """A preview line is none, a page of it is much."""

    def hidden(count):
        return seen(markup.check, letter(html=f"<p>Hi</p><div style='display:none'>{'a' * count}</div>"))

    assert {} == hidden(markup.MIN_HIDDEN - 1)
    assert {"hidden_text"} == set(hidden(markup.MIN_HIDDEN))
    assert {"hidden_text_much"} == set(hidden(markup.MUCH_HIDDEN))


def test_split_words_from_which_on():
    """One is a word for readers aloud, so many are a trick."""
    one = "Pay<span style='font-size:0'>x</span>Pal "

    assert "words_split_by_hidden_text" not in seen(markup.check, letter(html=one * (markup.MIN_SPLIT - 1)))
    assert "words_split_by_hidden_text" in seen(markup.check, letter(html=one * markup.MIN_SPLIT))


def test_words_beside_a_picture():
    """With so many words the picture is not the message."""
    shown = "<a href='http://a.test/'><img src='http://a.test/a.png'></a>"

    assert "image_only" in seen(markup.check, letter(html="word " * (markup.FEW_WORDS - 2) + shown))
    assert "image_only" not in seen(markup.check, letter(html="word " * (markup.FEW_WORDS + 1) + shown))


def test_signs_of_a_manner_from_which_on():
    """Invisible signs, soft hyphens, mixed words and capitals count from a number on."""
    cases = (
        ("zero_width_words", {"text": "a\u200bb " * content.MIN_ZERO_WIDTH}, {"text": "a\u200bb"}),
        ("zero_width_words", {"text": "a\u00adb " * content.MIN_SOFT_HYPHENS}, {"text": "a\u00adb " * 3}),
        ("mixed_script_words", {"text": "Рaypal " * content.MIN_MIXED}, {"text": "Рaypal"}),
        (
            "subject_shouts",
            {"subject": "A" * content.MIN_SHOUTED},
            {"subject": "A" * (content.MIN_SHOUTED - 1)},
        ),
    )
    for rule, much, little in cases:
        assert rule in seen(content.check, letter(**much))
        assert rule not in seen(content.check, letter(**little))
    many = f"{content.MAX_MATCHES} words mix letters"
    assert seen(content.check, letter(text="Рaypal " * 300))["mixed_script_words"].reason.startswith(many)


def test_length_of_a_short_letter():
    """So many words are a short letter, more are none."""
    assert "short_letter" in seen(wording.check, letter(text="word " * (wording.MAX_SHORT - 3)))
    assert "short_letter" not in seen(wording.check, letter(text="word " * (wording.MAX_SHORT + 2)))


def test_crowds_in_archives():
    """Scripts and pages are lures up to a number; source code and saved pages come in crowds."""
    script = b"var s = new ActiveXObject('WScript.Shell'); function go() { s.Run('calc'); } eval(go());\n"
    login = b"<html><form action='http://evil.test/'><input type=password></form></html>"

    def found(files):
        return seen(attachments.check, letter(attachments=[File("a.zip", zip_of(files))]))

    few, many = attachments.MAX_LURE_MEMBERS, attachments.MAX_LURE_MEMBERS + 1
    assert "archive_holds_program" in found({f"{n}.js": script for n in range(few)})
    assert "archive_holds_program" not in found({f"{n}.js": script for n in range(many)})
    pages = attachments.MAX_LURE_PAGES
    assert "attachment_html_password" in found({f"{n}.html": login for n in range(pages)})
    assert "attachment_html_password" not in found({f"{n}.html": login for n in range(pages + 1)})


def test_links_among_which_a_service_is_looked_for():
    """The first ones; a sending service counts its clicks in all of them."""
    other = "".join(f"<a href='http://a{n}.test/'>x</a>" for n in range(bulk.MAX_TARGETS))
    service = "<a href='https://firm.us1.list-manage.com/x'>x</a>"

    assert "sending_service" in seen(bulk.check, letter(html=service + other))
    assert "sending_service" not in seen(bulk.check, letter(html=other + service))


def test_who_is_known():
    """So many messages, the first so long ago; a habit is so many judged ones."""
    assert (5, 14, 5) == (history.KNOWN_MESSAGES, history.KNOWN_DAYS, history.LAPSED_JUDGED)


def test_hosts_of_many_labels():
    """Deep from a number on; labels are taken off to a number."""
    deep = ".".join("abcdefghijklmnop"[: targets.MAX_DEPTH - 1])

    assert "link_deep_host" in seen(targets.check, letter(html=f"<a href='http://{deep}.evil.test/'>x</a>"))
    assert "link_deep_host" not in seen(
        targets.check, letter(html=f"<a href='http://{deep[2:]}.evil.test/'>x</a>")
    )
    assert "" == listed("a." * hosts.MAX_LABELS + "b", frozenset({"b"}))
    front = "paypal." + "x." * lookalike.MAX_LABELS
    assert lookalike.imitated_brand("paypal.com.evil.test") is not None
    assert lookalike.imitated_brand(f"{front}evil.test") is None


def test_short_names_imitate_nobody():
    """Any short word is one letter away from any other."""
    assert lookalike.MIN_TYPO == 6
    assert lookalike.imitated_own("ecorp.test", ("acorp.test",)) is None
    assert lookalike.imitated_own("meridiam.test", ("meridian.test",)) is not None
    assert "link_brand_in_path" not in seen(
        targets.check, letter(html=f"<a href='http://evil.test/{'x' * (targets.MIN_BRAND - 1)}/'>x</a>")
    )


def test_lengths_that_are_looked_at():
    """Of a link, a header, a skeleton, a run of Base64 and a name that a machine made."""
    far = "http://evil.test/" + "a" * links.MAX_HREF
    run = base64.b64encode(RECIPIENT.encode()).decode()

    assert "link_to_program" not in seen(links.check, letter(html=f"<a href='{far}.exe'>x</a>"))
    assert not is_reply(" " * MAX_HEADER + "Re: x")
    assert confusables.MAX_SKELETON == len(confusables.skeleton("x" * 900))
    assert () == base64text.decoded_words(base64.b64encode(b"\xff" * 20).decode() + "=")
    assert (RECIPIENT,) == base64text.decoded_words(run)
    assert base64text.MAX_RUNS == len(base64text.decoded_words(f"{run} " * (base64text.MAX_RUNS + 2)))
    assert len(base64text.decoded_words(base64.b64encode(b"a" * 900).decode())[0]) <= base64text.MAX_RUN
    assert gibberish.is_gibberish("xkqzjtvbn")
    assert not gibberish.is_gibberish("xkqzjtvbn"[: gibberish.MIN_LENGTH - 1])


def test_brands_of_one_text():
    """A list of customers names dozens and imitates none."""
    text = b"paypal netflix amazon microsoft dhl fedex docusign linkedin facebook "

    assert brands.MAX_BRANDS == len(brands.named_in_text(text))
    assert 1 == len(brands.named_in_text(b"paypal " * brands.MAX_MENTIONS + b"netflix"))


def test_evidence_is_clipped():
    """Values and quotes have an end."""
    assert MAX_VALUE == len(clipped("x" * 9_000))
    assert MAX_QUOTED + 2 >= len(quoted("x" * 9_000).strip())


def test_reasons_of_a_verdict():
    """The heaviest sentences are enough."""
    html = "".join(f"<a href='http://{n}.{n}.{n}.9/'>paypal.com</a>" for n in range(1, 90))

    assert len(judged(letter(html=html)).reasons) <= MAX_REASONS


def test_people_of_a_registry():
    """Words around a name, mailboxes and letters that may differ are bounded."""
    registry = people.People((person("Ruth Okafor", "ruth@example.net"),))
    around = "xx " * people.MAX_AROUND

    assert registry.named(f"Ruth Okafor {around}") is not None
    assert registry.named(f"Ruth Okafor {around}yy") is None
    assert people.MAX_WORDS == len(people.words_of("word " * 40))
    replies = ", ".join(["ruth@example.net"] * people.MAX_MAILBOXES + ["Ruth Okafor <x@evil.test>"])
    message = letter(from_="Ruth Okafor <ruth@example.net>", headers={"Reply-To": replies})
    assert [] == list(people.check_people(message, OFFLINE, registry))
    short = people.People((person("Al Bo", "al@example.net"),))
    assert short.nearly_named("Al Bi") is None
    assert registry.nearly_named("Ruth Okafar") is not None
    assert (6, 14) == (people.MIN_NEAR, people.MIN_FAR)


def test_entries_that_are_named():
    """So many of those that cannot be used are named."""
    wrong = tuple(ignored("(", number=n) for n in range(1, MAX_NUMBERS + 9))
    verdict = scan_listed(
        letter(), ENVELOPE, OFFLINE, load_ruleset(), prepare(Lists(1, ignored_urls=wrong))
    ).verdict
    (finding,) = [w.finding for w in verdict.findings if w.rule.id == "list_entries_left_out"]

    assert MAX_NUMBERS - 1 == finding.value.count(",")


def test_what_a_summary_keeps():
    """Addresses, findings, files and the lengths of fields are bounded."""
    many = ", ".join(f"a{n}@firm.test" for n in range(summary.MAX_ADDRESSES + 5))
    message = letter(
        to=many,
        subject="s" * 5_000,
        headers={"X-Mailer": "m" * 9_000},
        attachments=[File(f"{n}.exe", EXE) for n in range(summary.MAX_ATTACHMENTS + 3)],
        html="".join(f"<a href='http://{n}.{n}.9.9/'>paypal.com</a>" for n in range(1, 90)),
    )
    kept = summary.summarise(message, ENVELOPE, OFFLINE, judged(message))

    assert summary.MAX_ADDRESSES == len(kept.to)
    assert summary.MAX_FIELD == len(kept.subject)
    assert summary.MAX_FINDINGS == len(kept.findings)
    assert summary.MAX_ATTACHMENTS == len(kept.attachments)
    assert summary.MAX_HEADER_VALUE >= max(len(value) for _, value in kept.headers)


def test_groups_that_are_left_out_on_trial(monkeypatch):
    """What would change a verdict is tried on so many groups, alone and in pairs."""
    message = letter(
        from_="PayPal <x@evil.test>",
        text="Your account is suspended. Verify your password: http://192.0.2.7/login",
    )
    verdict = judged(message)
    whole = whatif.what_if(verdict, load_ruleset(), sender="x@evil.test").changes
    monkeypatch.setattr(whatif, "MAX_GROUPS", 0)
    monkeypatch.setattr(whatif, "MAX_IN_PAIRS", 0)
    few = whatif.what_if(verdict, load_ruleset(), sender="x@evil.test").changes

    assert len(few) < len(whole)
    assert whatif.MAX_SHOWN + 1 == len(whatif._shown("x" * 900))


def test_names_that_are_compared():
    """A name of a thousand letters is compared by its beginning."""
    assert "" == nearest("x" * 9_000, ["gtube"])
    assert "a" * MAX_COMPARED == nearest("a" * 900, ["a" * MAX_COMPARED, "b"])


def test_long_links_under_an_url_pattern():
    """A pattern is looked for in the beginning of a link."""
    far = "http://a.test/" + "a" * muted.MAX_HREF + "here"
    listed = prepare(Lists(1, ignored_urls=(ignored("here"),)))
    message = letter(html=f"<a href='{far}'>x</a>")

    assert () == scan_listed(message, ENVELOPE, OFFLINE, load_ruleset(), listed).judgement.matches


def test_letters_of_a_name_that_are_read():
    """As long as a label of a host can be; what follows says nothing."""
    speakable, odd = "banana" * 10 + "ban", "xkqzvwtgbn"

    assert gibberish.MAX_LENGTH == len(speakable)
    assert gibberish.is_gibberish(odd)
    assert not gibberish.is_gibberish(f"{speakable}-{odd}")


def test_phrases_that_are_confirmed(monkeypatch):
    """Of the phrases that a quick look finds so many are looked at closely."""
    text = "I am the next-of-kin of a late client and offer you 40% of the inheritance fund, dear friend."

    assert "lure_advance_fee" in rules_of(judged(letter(text=text)))
    monkeypatch.setattr(lexicon, "MAX_EXACT", 0)
    assert "lure_advance_fee" not in rules_of(judged(letter(text=text)))


def test_links_that_expressions_see(monkeypatch):
    """In so many of a message's links different ones are looked for."""
    message = letter(html="".join(f"<a href='http://a{n}.test/'>x</a>" for n in range(9)))

    assert 9 == len(view._different(message))
    monkeypatch.setattr(view, "MAX_LINKS_READ", 4)
    assert 4 == len(view._different(message))


def test_mistakes_are_told_shortly():
    """What is wrong with an expression, to a length."""
    with pytest.raises(language.ExpressionError) as wrong:
        language.compile_expression(f"msg.subject + {'b' * 900}", (), frozenset())

    assert language.MAX_ERROR >= len(wrong.value.args[0])
