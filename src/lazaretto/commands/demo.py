"""`lazaretto demo`: a server with sample mail, until Ctrl-C."""

import argparse
import dataclasses
import json
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, CommandFailed
from lazaretto.commands.shared import load

if TYPE_CHECKING:
    from lazaretto.demo.play import State
    from lazaretto.demo.post import Sent
    from lazaretto.settings import Settings

DEFAULT_FOLDER = ".run/demo"
LOG_NAME = "lazaretto.log"

_WORDS = """\
Lazaretto runs. {mail}

  API      {url}
  account  {account}
  token    {secret}
  SMTP     127.0.0.1:{smtp}     for {domain}
  log      {log}
  next hop {maildir}     what was let through arrives there

Try:

  export API={url} ACCOUNT={account} TOKEN={secret}

  curl -s -H 'Authorization: Bearer {secret}' '{url}/accounts/{account}/email-security/investigate?per_page=5'

  pip install cloudflare, then in Python:

  from cloudflare import Cloudflare
  client = Cloudflare(api_token="{secret}", base_url="{url}")
  for message in client.email_security.investigate.list(account_id="{account}"):
      print(message.final_disposition, message.from_, message.subject)

{stop}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument("--data", metavar="FOLDER", default=DEFAULT_FOLDER, help=f"default {DEFAULT_FOLDER}")
    parser.add_argument(
        "--http-port", type=int, metavar="N", help="port of the API (default 8080; 0: a free one)"
    )
    parser.add_argument(
        "--smtp-port", type=int, metavar="N", help="port of SMTP (default 2525; 0: a free one)"
    )
    parser.add_argument("--once", action="store_true", help="end as soon as the samples are processed")


def run(parsed: argparse.Namespace) -> int:
    """Play it."""
    settings = _ports(parsed, load(parsed))
    folder = Path(parsed.data).absolute()

    import uvloop

    from lazaretto.demo.play import play
    from lazaretto.telemetry.log import configure_log

    _make(folder)

    def say(state: "State", sent: "list[Sent]") -> None:
        value = _value(settings, folder, state, sent)
        print(json.dumps(value) if parsed.json else _text(value, parsed), flush=True)

    with (folder / LOG_NAME).open("a", buffering=1) as log:
        configure_log(settings.log.level, "json", stream=log)
        uvloop.run(play(settings, folder, once=parsed.once, say=say))
    if not parsed.json and not parsed.once:
        print("\nStopped. The mail stays in", folder, file=sys.stderr)
    return OK


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CommandFailed(
            f"{folder} cannot be made ({problem.strerror}): name another folder with --data."
        ) from None


def _ports(parsed: argparse.Namespace, settings: "Settings") -> "Settings":
    http = settings.http.port if parsed.http_port is None else parsed.http_port
    smtp = settings.smtp.port if parsed.smtp_port is None else parsed.smtp_port
    return dataclasses.replace(
        settings,
        http=dataclasses.replace(settings.http, port=http or _free_port()),
        smtp=dataclasses.replace(settings.smtp, port=smtp or _free_port()),
    )


def _free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _value(settings: "Settings", folder: Path, state: "State", sent: "list[Sent]") -> dict[str, object]:
    from lazaretto.demo.sample import OWN_DOMAIN

    return {
        "url": f"http://{settings.http.host}:{settings.http.port}/client/v4",
        "account": state.account,
        "secret": state.secret,
        "smtp": settings.smtp.port,
        "domain": OWN_DOMAIN,
        "log": str(folder / LOG_NAME),
        "maildir": str(folder / "delivered"),
        "sent": len(sent),
        "replies": {str(code): count for code, count in sorted(Counter(one.code for one in sent).items())},
    }


def _text(value: dict[str, object], parsed: argparse.Namespace) -> str:
    mail = (
        f"{value['sent']} sample messages came in through SMTP."
        if value["sent"]
        else "The mail of last time is there."
    )
    stop = "" if parsed.once else "Ctrl-C stops it."
    return _WORDS.format(**value, mail=mail, stop=stop)
