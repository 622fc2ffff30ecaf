"""Parameters of MAIL and RCPT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.parameters import (
    MailParameters,
    RecipientParameters,
    mail_parameters,
    recipient_parameters,
)
from lazaretto.intake.replies import BAD_PARAMETER, TWICE, UNKNOWN_PARAMETER
from lazaretto.intake.reply import Reply


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", MailParameters()),
        ("SIZE=1000", MailParameters(size=1000)),
        ("size=0 body=8bitmime", MailParameters(body="8BITMIME")),
        ("BODY=7BIT SMTPUTF8", MailParameters(smtputf8=True)),
        ("RET=HDRS ENVID=QQ314159", MailParameters(ret="HDRS", envid="QQ314159")),
        ("RET=full ENVID=a+2Bb+3Dc", MailParameters(ret="FULL", envid="a+2Bb+3Dc")),
    ],
)
def test_mail_parameters_are_read(text, expected):
    """Keywords in any case, values kept as given."""
    assert expected == mail_parameters(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SIZE", BAD_PARAMETER),
        ("SIZE=", BAD_PARAMETER),
        ("SIZE=-1", BAD_PARAMETER),
        ("SIZE=١", BAD_PARAMETER),
        (f"SIZE={'9' * 21}", BAD_PARAMETER),
        ("BODY=BINARYMIME", BAD_PARAMETER),
        ("SMTPUTF8=1", BAD_PARAMETER),
        ("RET=BODY", BAD_PARAMETER),
        ("ENVID=a=b", BAD_PARAMETER),
        ("ENVID=a+2bb", BAD_PARAMETER),
        ("ENVID=", BAD_PARAMETER),
        (f"ENVID={'a' * 101}", BAD_PARAMETER),
        ("SIZE=1 SIZE=1", TWICE),
        ("AUTH=<>", UNKNOWN_PARAMETER),
        ("NOTIFY=NEVER", UNKNOWN_PARAMETER),
        ("=", UNKNOWN_PARAMETER),
    ],
)
def test_bad_mail_parameters_are_refused(text, expected):
    """Each with its reply."""
    assert expected == mail_parameters(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NOTIFY=NEVER", RecipientParameters(notify=("NEVER",))),
        ("NOTIFY=success,DELAY", RecipientParameters(notify=("SUCCESS", "DELAY"))),
        ("ORCPT=rfc822;Bob+2Bx@corp.example", RecipientParameters(orcpt="rfc822;Bob+2Bx@corp.example")),
        ("ORCPT=utf-8;bäb@corp.example", RecipientParameters(orcpt="utf-8;bäb@corp.example")),
    ],
)
def test_recipient_parameters_are_read(text, expected):
    """What a status notification will need."""
    assert expected == recipient_parameters(text)


@pytest.mark.parametrize(
    "text",
    [
        "NOTIFY=",
        "NOTIFY=NEVER,SUCCESS",
        "NOTIFY=SOMETIMES",
        "ORCPT=bob@corp.example",
        "ORCPT=;bob",
        "ORCPT=rfc822;",
        "ORCPT=rfc822;böb@corp.example",
        "ORCPT=rfc822;b+zz",
        f"ORCPT=rfc822;{'a' * 500}",
        "ORCPT=utf-8;",
        "ORCPT=utf-8;a\u202eb",
    ],
)
def test_bad_recipient_parameters_are_refused(text):
    """RFC 3461 4.1 and 4.2."""
    assert BAD_PARAMETER == recipient_parameters(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_is_parameters_or_a_reply(text):
    """Total."""
    assert isinstance(mail_parameters(text), MailParameters | Reply)
    assert isinstance(recipient_parameters(text), RecipientParameters | Reply)
