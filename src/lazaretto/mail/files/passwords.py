"""Passwords that a letter gives: behind the word for it in many languages, then what is quoted or alone.

The names of its files are searched too: "invoice_pw_1234.zip".
Limits: MAX_CANDIDATES are kept, of MAX_TEXT characters and MAX_NAMES names; the word of most languages, not
of all.
"""

from collections.abc import Iterable, Iterator

import re2

from lazaretto.mail.files.locked import MAX_PASSWORDS

MAX_CANDIDATES = MAX_PASSWORDS
"""Of one message."""

MAX_TEXT = 20_000
"""Characters of one text that are searched."""

MAX_TEXTS = 6
"""Texts that are searched."""

MAX_NAMES = 6
"""File names that are searched."""

MAX_NAME = 200
"""Characters of a file name that are searched."""

MAX_LENGTH = 64
"""Characters of one candidate."""

_WORD = (
    r"passwords?|passcode|pass ?word|passwd|pwd|\bpw\b|pass|pin|code|passwort|kennwort|mot de passe|mdp|"
    r"contraseña|contrasena|clave|senha|palavra-passe|parola d'ordine|wachtwoord|hasło|haslo|heslo|"
    r"lösenord|losenord|adgangskode|kodeord|passord|salasana|jelszó|jelszo|parola|lozinka|geslo|пароль|парола|"
    r"κωδικός|şifre|sifre|parolă|密码|密碼|口令|パスワード|비밀번호|암호|รหัสผ่าน|mật khẩu|kata sandi|kode|"
    r"contrasenya|slaptažodis|slaptazodis|parool|лозинка|סיסמה|סיסמא|كلمة المرور|كلمة السر|رمز عبور|पासवर्ड"
)
_SPOKEN = re2.compile(
    r"(?i)(?:"
    + _WORD
    + r")[^\r\n:：=]{0,40}?(?:[:：=]|-|–| is| ist| est| es| lautet| è| e| jest|は|是)?\s{0,5}"
    r"[\"'“”„«‹(\[<*]{0,2}([^\s\"“”„«»‹›)\]<>]{2,64})"
)
_QUOTED = re2.compile(r"[\"“”„«‹'‘`]([^\s\"“”„«»‹›'’`]{2,64})[\"“”»›'’`]")
_ALONE = re2.compile(r"(?m)^[ \t>]*([^\s]{3,64})[ \t]*$")
_ANY_CODE = re2.compile(r"([A-Za-z0-9!@#$%&*_+.-]{3,32})")
_SIGNS = re2.compile(r"[\s_.()\[\]{}+=-]+")
_ENDS = ".,;:!?*_"


def candidates(texts: Iterable[str], names: Iterable[str] = ()) -> tuple[str, ...]:
    """What may be a password, the likeliest first, and what everybody tries last; names are of files."""
    found: dict[str, None] = {}
    kept = [text[:MAX_TEXT] for text, _ in zip(texts, range(MAX_TEXTS), strict=False)]
    called = [_spaced(name) for name, _ in zip(names, range(MAX_NAMES), strict=False)]
    for reader, sources in ((_spoken, (*kept, *called)), (_quoted, kept), (_pieces, called), (_alone, kept)):
        for text in sources:
            for candidate in reader(text):
                found.setdefault(candidate)
                if len(found) >= MAX_CANDIDATES - len(_USUAL):
                    return (*found, *_USUAL)
    return tuple(dict.fromkeys((*found, *_USUAL)))


_USUAL = ("infected", "1234", "12345", "123456", "password")


def _spaced(name: str) -> str:
    """A file name as words, without its ending: "invoice_pw-1234.zip"."""
    return str(_SIGNS.sub(" ", name[:MAX_NAME].rpartition(".")[0]))


def _pieces(name: str) -> Iterator[str]:
    """Words of a file name that hold a digit."""
    yield from (word for word in name.split() if len(word) > 2 and any(c.isdigit() for c in word))


def _spoken(text: str) -> Iterator[str]:
    for found in _SPOKEN.finditer(text):
        yield from _both(found.group(1))
        for other in _ANY_CODE.findall(text[found.start() : found.end() + MAX_LENGTH])[:8]:
            if any(c.isdigit() for c in other):
                yield from _both(other)


def _quoted(text: str) -> Iterator[str]:
    for found in _QUOTED.finditer(text):
        yield from _both(found.group(1))


def _alone(text: str) -> Iterator[str]:
    for found in _ALONE.finditer(text):
        if "://" not in found.group(1):
            yield from _both(found.group(1))


def _both(word: str) -> Iterator[str]:
    """As written, and without the end of the sentence."""
    bare = word.rstrip(_ENDS)
    if bare:
        yield bare
    if word != bare:
        yield word
