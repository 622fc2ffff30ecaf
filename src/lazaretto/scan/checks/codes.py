"""QR codes: links that are followed with a telephone, outside every filter of the office.

Rules: honest codes pay, install or join; a code that an account depends on, from somebody else than its host,
is a lure. The words are looked for in all texts of the message, the code may be in a picture or a document.
Limits: MAX_CODES codes that are looked at, MAX_GAP letters between two words of a phrase.
"""

from collections.abc import Iterator

import re2

from lazaretto.mail.domains import registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Link, Message
from lazaretto.scan.brands import owner_of
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.reading import WEB, own_domains, read
from lazaretto.scan.unwrap import unwrapped

CODE = "qr_link"
ELSEWHERE = "qr_link_elsewhere"
LURE = "qr_link_lure"

MAX_CODES = 20
"""Codes of one message that are looked at."""

MAX_GAP = 40
"""Letters between the two words of a phrase."""

_GAP = rf"[^.!?]{{0,{MAX_GAP}}}"
_SCAN = re2.compile(
    rf"\bscan\w*{_GAP}(?:qr|code|barcode|image|below|above|phone|mobile|camera)|\bqr.?code\b|\bqr\b|"
    rf"(?:scannen|scan(?:nez|ne|sione|nerizza)|escane\w+|escanear|digitalize|aponte|skanna|zeskanuj|skann\w*|naskenujte)\b|"
    r"сканир|отсканируй|スキャン|扫描|掃描|扫码|스캔"
)
_ACCOUNT = re2.compile(
    rf"\b(?:mfa|2fa|two.?factor|multi.?factor|authenticat\w+|authenticator|re.?authenticate|passwords?|passcode|"
    rf"passwort|kennwort|contrasena|mot de passe|senha|wachtwoord|haslo|parol\w*|"
    rf"verif\w+{_GAP}(?:identity|account|mailbox|e.?mail)|(?:account|mailbox|konto|compte|cuenta|conta|postfach){_GAP}"
    r"(?:expir\w+|suspend\w*|verif\w*|secur\w*|lock\w*|gesperrt|ablauf\w*|best.tig\w+)|"
    r"payroll|salary|(?:secure|shared|encrypted|confidential|hr|benefits?) (?:document|file|message|policy)|"
    r"docu.?sign|e.?signature|review and sign|photo.?tan|push.?tan)\b|"
    r"пароль|учетн|密码|账户|パスワード|アカウント"
)


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Where codes lead, and what the text wants with them."""
    codes = [link for link in message.links if link.place == "qr" and link.scheme in WEB][:MAX_CODES]
    if not codes:
        return
    home = read(message).from_domain
    near = {home, *own_domains(envelope, facts)}
    wanted = _wanted(message)
    for link in codes:
        reason = f"A QR code leads to {quoted(link.host)}."
        yield _finding(CODE, link, reason)
        target = registered_domain(unwrapped(link).host) or link.domain
        brand = owner_of(home)
        if target in near or (brand is not None and brand.owns(target)):
            continue
        yield _finding(ELSEWHERE, link, f"A QR code leads to {quoted(link.host)}, which is not the sender's.")
        if wanted:
            yield _finding(
                LURE, link, f"The text wants a code scanned ({wanted}); it leads to {quoted(link.host)}."
            )


def _finding(rule: str, link: Link, reason: str) -> Finding:
    return Finding(
        rule, reason=clipped(reason), place="link", field="qr", value=clipped(link.href), part=link.part
    )


def _wanted(message: Message) -> str:
    """The words for scanning and for an account that stand in the texts; "" unless both do."""
    scan = account = None
    for passage in read(message).passages:
        text = passage.data.decode("utf-8", "replace")
        scan = scan or _SCAN.search(text)
        account = account or _ACCOUNT.search(text)
    return f"{quoted(scan.group())}, {quoted(account.group())}" if scan and account else ""
