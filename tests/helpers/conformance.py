"""Zones of the public suites as answers to questions."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from lazaretto.model.facts import Answer, Question, Status


class ZoneAnswers(Mapping[Question, Answer]):
    """Answers from a literal zone: name absent is NXDOMAIN, type absent is NODATA, the record TIMEOUT is a fault."""

    def __init__(self, zone: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self.zone = {name.lower().rstrip("."): node for name, node in zone.items()}
        self.asked: list[Question] = []

    def __getitem__(self, question: Question) -> Answer:
        self.asked.append(question)
        node = self.zone.get(question.name)
        for _ in range(8):
            if node is None or question.type in node or "CNAME" not in node:
                break
            node = self.zone.get(node["CNAME"][0].lower().rstrip("."))
        if node is None or any(len(label) > 63 or not label for label in question.name.split(".")):
            return Answer(question, Status.NXDOMAIN)
        if "*" in node and question.type not in node:
            return Answer(question, Status.TEMPERROR)
        records = tuple(node.get(question.type, ()))
        if "TIMEOUT" in records:
            return Answer(question, Status.TEMPERROR)
        return Answer(question, Status.OK if records else Status.NODATA, records)

    def __iter__(self) -> Iterator[Question]:
        return iter(())

    def __len__(self) -> int:
        return len(self.zone)


def spf_zone(zonedata: Mapping[str, list[Any]]) -> dict[str, dict[str, list[str]]]:
    """The suite's notation: records of type SPF count as TXT unless the name has TXT records or "NONE" of its own."""
    zone: dict[str, dict[str, list[str]]] = {}
    for name, entries in zonedata.items():
        node: dict[str, list[str]] = {}
        for entry in entries:
            if entry == "TIMEOUT":
                node["*"] = ["TIMEOUT"]  # every type that is not named times out
                continue
            ((kind, value),) = entry.items()
            node.setdefault(kind, []).append(_record(kind, value))
        spf = node.pop("SPF", None)
        texts = node.get("TXT", spf)
        if texts:
            node["TXT"] = [t for t in texts if t != "NONE"]
        if node.get("TXT") == []:
            del node["TXT"]
        zone[name] = node
    return zone


def _record(kind: str, value: Any) -> str:
    if kind in ("TXT", "SPF"):
        return "".join(value) if isinstance(value, list) else value
    if kind == "MX":
        return f"{value[0]} {value[1]}"
    if kind in ("A", "AAAA"):
        return str(ip_address(value))
    return str(value)
