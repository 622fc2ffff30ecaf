"""Compile the table of networks that ships with the package.

    python tools/build_networks.py                      fetches the two npm packages with `npm pack`
    python tools/build_networks.py ASN.tgz COUNTRY.tgz  reads packages that are already here

Writes src/lazaretto/resolve/data/networks.bin; lazaretto.resolve.network describes its form.
IPv6 is kept to the /64: finer ranges take the value of their first address.
"""

import csv
import json
import subprocess
import sys
import tarfile
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path

from lazaretto.resolve.network import MAGIC, SECTIONS, compress

PACKAGES = ("@ip-location-db/asn", "@ip-location-db/geo-whois-asn-country")
TARGET = Path(__file__).resolve().parents[1] / "src/lazaretto/resolve/data/networks.bin"
NPM_SECONDS = 600

Range = tuple[int, int, int]  # first, last, value; values are numbered from 1, 0 is nothing known


def main(arguments: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asn, country = [Path(a) for a in arguments] if arguments else fetch(Path(folder))
        sections = build(asn, country)
    meta = {"asn": asn.name, "country": country.name}
    body = [json.dumps(meta).encode(), *(sections[name] for name, _ in SECTIONS)]
    lengths = array("I", map(len, body)).tobytes()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(MAGIC + compress(lengths + b"".join(body)))
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.1f} MB")


def fetch(folder: Path) -> list[Path]:
    found = []
    for package in PACKAGES:
        done = subprocess.run(
            ["npm", "pack", "--silent", package],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=NPM_SECONDS,
        )
        found.append(folder / done.stdout.strip().splitlines()[-1])
    return found


def build(asn: Path, country: Path) -> dict[str, bytes]:
    names: dict[int, str] = {}
    asn4 = [(int(r[0]), int(r[1]), int(r[2])) for r in rows(asn, "asn-ipv4-num.csv", names)]
    asn6 = [to_64(r) for r in rows(asn, "asn-ipv6-num.csv", names)]
    numbers = sorted(names)
    place = {number: i for i, number in enumerate(numbers, 1)}
    codes = [
        "",
        *sorted({r[2] for v in (4, 6) for r in rows(country, f"geo-whois-asn-country-ipv{v}-num.csv")}),
    ]
    code = {c: i for i, c in enumerate(codes)}
    cc4 = [(int(r[0]), int(r[1]), code[r[2]]) for r in rows(country, "geo-whois-asn-country-ipv4-num.csv")]
    cc6 = [to_64((r[0], r[1], str(code[r[2]]))) for r in rows(country, "geo-whois-asn-country-ipv6-num.csv")]
    blob = [names[number].encode() for number in numbers]
    sections = {
        "as_number": array("I", numbers).tobytes(),
        "as_name_size": array("H", map(len, blob)).tobytes(),
        "as_name": b"".join(blob),
        "country": "".join(c or "--" for c in codes).encode(),
    }
    sections |= table("asn4", [(a, b, place[n]) for a, b, n in asn4], "I", "I")
    sections |= table("asn6", [(a, b, place[n]) for a, b, n in asn6], "Q", "I")
    sections |= table("cc4", cc4, "I", "B")
    sections |= table("cc6", cc6, "Q", "B")
    return sections


def rows(package: Path, name: str, names: dict[int, str] | None = None) -> Iterator[list[str]]:
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/{name}")
        assert member is not None, name
        for row in csv.reader(TextIOWrapper(member, "utf-8")):
            if names is not None:
                names.setdefault(int(row[2]), row[3][:100])
            yield row


def to_64(row: Sequence[str]) -> Range:
    return int(row[0]) >> 64, int(row[1]) >> 64, int(row[2])


def table(name: str, ranges: Iterable[Range], start_code: str, value_code: str) -> dict[str, bytes]:
    """A partition of all addresses: each value counts from its start to the next start."""
    starts, values = [0], [0]
    for first, last, value in sorted(ranges):
        begin = max(first, starts[-1])
        if last < begin:
            continue
        if begin == starts[-1]:
            values[-1] = value
        elif value != values[-1]:
            starts.append(begin)
            values.append(value)
        starts.append(last + 1)
        values.append(0)
    return merged(name, starts, values, start_code, value_code)


def merged(
    name: str, starts: list[int], values: list[int], start_code: str, value_code: str
) -> dict[str, bytes]:
    """Neighbours with the same value become one; starts are written as differences, which compress well."""
    kept = [i for i in range(len(starts)) if i == 0 or values[i] != values[i - 1]]
    limit = 1 << (8 * array(start_code).itemsize)
    kept = [i for i in kept if starts[i] < limit]
    chosen = [starts[i] for i in kept]
    steps = [chosen[0], *(b - a for a, b in pairwise(chosen))]
    print(f"{name}: {len(kept)} ranges")
    return {
        f"{name}_start": array(start_code, steps).tobytes(),
        f"{name}_value": array(value_code, [values[i] for i in kept]).tobytes(),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
