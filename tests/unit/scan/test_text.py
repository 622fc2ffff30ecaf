"""What texts say and how they are written, in the places where a reader meets them."""

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.scan import phrases
from lazaretto.scan.checks.bulk import check as bulk
from lazaretto.scan.checks.content import check as content
from lazaretto.scan.checks.markup import check as markup
from lazaretto.scan.checks.wording import check as wording
from lazaretto.scan.lexicon import topics
from lazaretto.scan.reading import HEAD, MAX_LINKS, MAX_PASSAGE, MAX_PASSAGES, read
from tests.helpers.letters import letter, seen

LURES = [
    ("Your account has been suspended. Please verify your account.", "lure_credentials"),
    ("Ihr Konto wurde vorübergehend gesperrt.", "lure_credentials"),
    ("Votre compte a été suspendu.", "lure_credentials"),
    ("Su cuenta ha sido bloqueada.", "lure_credentials"),
    ("Sua conta foi bloqueada, atualize seus dados.", "lure_credentials"),
    ("Il tuo conto è stato bloccato.", "lure_credentials"),
    ("Uw rekening is geblokkeerd.", "lure_credentials"),
    ("お客様のアカウントは一時的に停止されました。", "lure_credentials"),
    ("Ваш аккаунт заблокирован.", "lure_credentials"),
    ("All your photos and videos will be deleted today! Cloud storage full.", "lure_deletion"),
    (
        "Your parcel could not be delivered. Please pay the shipping fee of $1.99, tracking number 1.",
        "lure_parcel",
    ),
    ("You have a new voice message. Listen to the message. View document online: OneDrive.", "lure_document"),
    ("Please find attached the overdue invoice and remit payment.", "lure_invoice"),
    (
        "Your Norton renewal was charged $399.99. To cancel call our helpline at +1 (888) 555-0199.",
        "lure_callback",
    ),
    ("Enter your recovery phrase to verify your wallet.", "lure_wallet"),
    (
        "I recorded a video of you with your webcam while watching porn. Pay in bitcoin within 48 hours.",
        "lure_extortion",
    ),
    (
        "I am the next of kin of a deceased client, the sum of 10 million dollars, beneficiary, barrister.",
        "lure_advance_fee",
    ),
    ("Congratulations, you have won! Claim your reward, a $500 gift card.", "lure_prize"),
    ("You are eligible for a tax refund of 300, claim it now.", "lure_tax"),
    ("I need you to buy some Apple gift cards for the staff.", "bec_gift_cards"),
    ("I want to change my direct deposit information before the next pay.", "bec_payroll"),
    ("Our bank details have changed, please process the wire transfer today.", "bec_bank_change"),
    ("Are you available now? I need a quick favor and can't talk, I am in a meeting.", "bec_request"),
    ("Final notice: within 24 hours.", "urgency"),
    ("Dear customer, hello.", "greeting_generic"),
    ("Buy viagra and cialis online pharmacy.", "spam_health"),
    ("Hot russian girls, live sex webcam, adults only dating.", "spam_adult"),
    ("Lowest mortgage rates, free quote, no obligation, apply now.", "spam_money"),
    ("Replica Rolex watches, only $ 99, order now, free shipping.", "spam_goods"),
    ("This is not spam. To be removed from our mailing list reply with remove.", "spam_excuse"),
    ("Act now! 100% free! Limited time! Click here! Guaranteed! Amazing offer! No risk!", "spam_hype"),
]


@pytest.mark.parametrize(("text", "rule"), LURES, ids=[f"{rule}-{i}" for i, (_, rule) in enumerate(LURES)])
@pytest.mark.parametrize("how", ["text", "html"])
def test_lures_are_heard(text: str, rule: str, how: str):
    """Plain or HTML, the phrase is shown where it stands."""
    message = letter(**{how: text if how == "text" else f"<p>{text}</p>"})

    finding = seen(wording, message)[rule]

    shown = message.texts[0].visible[finding.start : finding.end]
    assert finding.value == shown
    assert shown


@pytest.mark.parametrize(
    "text",
    [
        "Shall we meet on Friday at the library? I will bring the maps.",
        "Your order has shipped and will arrive on Monday. Track it in your account.",
        "Here are the minutes of yesterday's meeting; please send corrections by Thursday.",
        "> Your account has been suspended, verify your account\n\nThat one was phishing, I deleted it.",
        "Wir freuen uns auf Ihren Besuch am Samstag. Die Karten liegen an der Kasse.",
        "The kernel compile failed with a segmentation fault; traceback below.",
    ],
)
def test_ordinary_letters_hold_no_lure(text: str):
    """What people write to each other, and what they quote."""
    found = {rule for rule in seen(wording, letter(text=text)) if rule.startswith(("lure_", "bec_", "spam_"))}

    assert set() == found


@pytest.mark.parametrize(
    "trick",
    ["Verify_your_account", "VERIFY-YOUR-ACCOUNT", "verify \n your\taccount", "Verify\u00a0your account"],
)
def test_separators_do_not_hide_a_phrase(trick: str):
    """Words joined or spread by separators are still the same words."""
    message = letter(text=f"Größe: {trick} now")

    finding = seen(wording, message)["lure_credentials"]

    assert message.texts[0].visible[finding.start : finding.end] == finding.value
    assert finding.value.lower().startswith("verify")
    assert finding.value.lower().endswith("account")


def test_a_long_text_needs_more_than_a_few_hints():
    """A newsletter touches every topic somewhere."""
    filler = "The garden was quiet and the roses had opened early that year. " * 40

    assert "lure_prize" in seen(wording, letter(text="Prize winner survey reward voucher, congrats."))
    assert "lure_prize" not in seen(wording, letter(text=f"{filler} prize winner survey {filler}"))


@pytest.mark.parametrize("topic", topics(), ids=lambda t: t.rule)
def test_loose_patterns_find_what_exact_ones_do(topic):
    """The first search may find more, never less: the words of each phrase are tried on both."""
    for pattern, exact in zip(topic.exact, map(re2.compile, topic.exact), strict=True):
        for text, _ in LURES:
            data = text.lower().encode()
            if exact.search(data):
                assert topic.exact.index(pattern) in (topic.loose.Match(data) or ()), pattern


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read(text: str):
    """No text breaks the checks of the content, and every range lies inside the text."""
    message = letter(text=text, subject=" ".join(text.split())[:80])
    for check in (wording, content, markup, bulk):
        for finding in seen(check, message).values():
            limit = len(message.subject if finding.field == "Subject" else message.texts[0].visible)
            assert finding.start is None or 0 <= finding.start <= finding.end <= limit


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"text": "v\u200bi\u200ba\u200bgra for you"}, "zero_width_words"),
        ({"text": "Раypal and аррle are here"}, "mixed_script_words"),
        ({"text": "𝗣𝗮𝘆 now"}, "styled_letters"),
        ({"text": "Your \u202elapyap\u202c account"}, "text_turned_around"),
        ({"subject": "Invoice \u202efdp.exe"}, "text_turned_around"),
        ({"text": "Buy V I A G R A here"}, "gappy_words"),
        ({"subject": "LAST CHANCE TODAY"}, "subject_shouts"),
        ({"subject": "You won!!!"}, "subject_decorated"),
        ({"subject": "Special offer        xkqzjt"}, "subject_random_tail"),
        ({"text": "Send to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq today"}, "crypto_address"),
        ({"text": "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"}, "gtube"),
        (
            {"text": "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"},
            "eicar_text",
        ),
        ({"text": "Yes.\n> Shall we?\n", "subject": "Re: lunch"}, "thread_reply"),
    ],
)
def test_manners_of_writing(how: dict, rule: str):
    """Tricks against filters, test patterns, and the signs of a conversation."""
    finding = seen(content, letter(**how))[rule]

    assert finding.reason


@pytest.mark.parametrize(
    "how",
    [
        {"text": "Größe 50\u00adjähriger Donau\u00addampf\u00adschiff\u00adfahrt"},
        {"text": "IT-отдел и 3D-модель, 50 kΩ, Δt, Москва"},
        {"text": "👩\u200d👩\u200d👧 family"},
        {"text": "\u202bשלום Ann\u202c, \u2067مرحبا\u2069"},
        {"subject": "Invoice 2026-11-20 from Ann"},
        {"subject": "Re: X310 buffers"},
        {"subject": "NATO and EU"},
    ],
)
def test_ordinary_manners(how: dict):
    """Soft hyphens, real mixed text, emoji joiners and short capitals."""
    assert {} == seen(content, letter(**how))


SPLIT = "Pay<span style='font-size:0'>xq</span>Pal and "


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ("<form action='/x'><input name='q'></form>", "form_in_mail"),
        ("<form action='/x'><input type='password' name='p'></form>", "form_asks_password"),
        ("<script>alert(1)</script>", "script_in_mail"),
        ("<script>document.write(unescape('%3Cb'))</script>", "script_obfuscated"),
        ("<iframe src='http://evil.test/'></iframe>", "iframe_in_mail"),
        (f"<p>Hi</p><div style='display:none'>{'words for filters ' * 60}</div>", "hidden_text"),
        (f"<p>Hi</p><div style='display:none'>{'words for filters ' * 400}</div>", "hidden_text_much"),
        ("<a href='http://evil.test/'><img src='http://evil.test/a.png'></a>", "image_only"),
        ("<a href='http://evil.test/'></a>", "blank_body"),
        (f"<p>{SPLIT * 3}</p>", "words_split_by_hidden_text"),
        ("<p>Your <bdo dir=rtl>lapyaP</bdo> account</p>", "text_turned_around"),
        ("<p style='unicode-bidi:bidi-override;direction:rtl'>tnuocca lapyaP</p>", "text_turned_around"),
        ("<img src='http://evil.test/a.gif' width=1 height=1>", "tracking_only"),
        ("<img src='http://evil.test/a.gif' style='width:1px;height:1px'>&nbsp;", "tracking_only"),
        ("<div style='display:none'><img src='http://evil.test/a.gif'></div>", "tracking_only"),
    ],
)
def test_structures(html: str, rule: str):
    """What a letter has no reason to hold."""
    assert rule in seen(markup, letter(html=f"<html><body>{html}</body></html>"))


@pytest.mark.parametrize(
    "html",
    [
        "<p>A letter with words and a <a href='https://firm.test/'>link</a>.</p>",
        "<div style='display:none'>Your order has shipped &zwnj;&nbsp;&zwnj;&nbsp;</div><p>Hello Ann, your order is on its way to you.</p>",
        '<script type="application/ld+json">{"@context":"http://schema.org"}</script><p>Booking confirmed for Friday.</p>',
        "<p>Read more<span style='font-size:0'> about shoes</span> and about <i>shoes</i> here, dear Ann.</p>"
        * 4,
        "<p>He<b>ll</b>o Ann, w<wbr>e are <span hidden>never</span> late.</p>" * 4,
        "<p dir=rtl><bdo dir=rtl>\u05e9\u05dc\u05d5\u05dd</bdo></p>",
        "<p>Hello Ann, here are the minutes.</p><img src='http://firm.test/o.gif' width=1 height=1>",
        "<img src='http://firm.test/photo.jpg' width=640 height=480>",
    ],
)
def test_structures_of_honest_mail(html: str):
    """Preview lines and machine-readable bookings are part of modern mail."""
    assert {} == seen(markup, letter(html=html))


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"headers": {"List-Id": "<news.firm.test>"}}, "list_mail"),
        ({"headers": {"Precedence": "bulk"}}, "precedence_bulk"),
        ({"headers": {"List-Unsubscribe": "<mailto:u@firm.test>"}}, "list_unsubscribe"),
        ({"headers": {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}}, "list_one_click"),
        ({"headers": {"Feedback-ID": "1:2:3:firm"}}, "feedback_id"),
        ({"html": "<a href='https://firm.us1.list-manage.com/x'>x</a>"}, "sending_service"),
        ({"text": "To unsubscribe write to us."}, "text_unsubscribe"),
        ({"text": "Hier können Sie den Newsletter abbestellen."}, "text_unsubscribe"),
        ({"text": "View this email in your browser"}, "newsletter_words"),
        ({"from_": "noreply@firm.test"}, "automatic_mail"),
        ({"headers": {"Auto-Submitted": "auto-generated"}}, "automatic_mail"),
        ({"headers": {"List-Id": "<talk.firm.test>", "In-Reply-To": "<1@x.test>"}}, "list_discussion"),
        ({"headers": {"List-Id": "<talk.firm.test>"}, "subject": "[talk] Re: x"}, "list_discussion"),
    ],
)
def test_mail_to_many(how: dict, rule: str):
    """Signs of newsletters, and of the discussions that are none."""
    assert rule in seen(bulk, letter(**how))


def test_a_letter_to_a_friend_is_not_bulk():
    """No sign, no finding."""
    assert {} == seen(bulk, letter(text="See you on Friday."))


def test_the_reading_is_bounded():
    """Texts, passages and links are read up to their limits, and the limits are reached."""
    links = "".join(f"<a href='http://h{i}.test/'>x</a>" for i in range(MAX_LINKS + 200))
    reading = read(letter(text="word " * MAX_PASSAGE, html=links))

    assert MAX_LINKS == len(reading.links)
    assert MAX_PASSAGE == max(len(p.text) for p in reading.passages)
    assert HEAD == max(len(p.head) for p in reading.passages)
    assert MAX_PASSAGES + 1 >= len(reading.passages)


def test_the_reading_is_remembered_for_the_same_message_only():
    """Two messages never share what was read of one."""
    one, two = letter(text="one"), letter(text="two")

    assert read(one) is read(one)
    assert read(two).passages[1].text.startswith("two")
    assert read(one).passages[1].text.startswith("one")


@pytest.mark.parametrize(
    "text",
    [
        "your " * 8_000,
        "a" * 40_000,
        "verify your account " * 2_000,
        "> " * 20_000,
        "\u200b" * 13_000,
        "paypal " * 6_000,
        "a-" * 20_000,
    ],
)
def test_texts_made_to_be_slow(text: str):
    """Repetition of what the patterns look for ends long before the time limit of a test."""
    message = letter(text=text, subject=text[:900])
    for check in (wording, content, markup, bulk):
        seen(check, message)

    assert len(read(message).passages) == 2


@pytest.mark.parametrize("phrase", ["(a|b) (\\w+ ){0,4}c", "x( \\w+)? y", "don't go", ".ltimo aviso"])
def test_phrases_become_patterns(phrase: str):
    """Both strengths compile."""
    assert re2.compile(phrases.exact(phrase))
    assert re2.compile(phrases.loose(phrase))
