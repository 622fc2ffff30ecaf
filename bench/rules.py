"""How often each rule with an expression speaks on honest and on bad mail: the part that may be learned from."""

import asyncio
from collections import Counter, defaultdict
from datetime import UTC, datetime

from bench.contest import MODERN, mail
from lazaretto.intake.envelopes import Listed, stored_envelope
from lazaretto.intake.sources import Found
from lazaretto.mail.domains import domain_of
from lazaretto.mail.parse import parse
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.network import Networks
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import expressed, observations

GROUPS = ("ham", "html ham", "bulk", "spam", "phish")
MOST = 200
"""One honest message of so many may hear a rule that counts against it."""


async def spoken() -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Messages of each group, and those on which each rule spoke."""
    ruleset, networks, at = load_ruleset(), Networks.load(), datetime.now(UTC)
    total: Counter[str] = Counter()
    hits: dict[str, Counter[str]] = defaultdict(Counter)
    for letter, label, source in mail()["train"]:
        group = "html ham" if source in MODERN else label
        raw = letter.path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        found, message = Found(str(letter.path), "", "", raw), parse(raw)
        listed = Listed(letter.mail_from, (letter.rcpt_to,), letter.client_ip or None, letter.helo or None)
        envelope = stored_envelope(
            found, listed, account="0" * 32, queue_id="bench", at=at, headers=message.headers
        )
        facts = await gather_facts(
            raw, message, envelope, resolver=None, networks=networks,
            own_domains=(domain_of(letter.rcpt_to),), at=at, lookback=0,
        )  # fmt: skip
        before = observations(message, envelope, facts, ruleset)
        total[group] += 1
        for rule in {f.rule for f in expressed(message, envelope, facts, before, ruleset)}:
            hits[rule][group] += 1
    return total, hits


def main() -> None:
    total, hits = asyncio.run(spoken())
    print("| rule | kind | weight | " + " | ".join(f"{group} ({total[group]})" for group in GROUPS) + " |")
    print("|" + "---|" * (len(GROUPS) + 3))
    for condition in load_ruleset().expressions.conditions:
        rule = condition.rule
        cells = " | ".join(str(hits[rule.id][group]) for group in GROUPS)
        honest = hits[rule.id]["ham"] + hits[rule.id]["html ham"]
        often = rule.kind not in {"note", "good"} and honest * MOST > total["ham"] + total["html ham"]
        print(f"| {rule.id} | {rule.kind} | {rule.weight:g} | {cells} |{' too often' if often else ''}")


if __name__ == "__main__":
    main()
