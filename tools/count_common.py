"""Make the table of common words that learning from few labels needs.

Usage: python tools/count_common.py

Counted in the mail that the shipped classifier is made of, and in nothing else.
"""

import sys
import zlib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.train_classifier import corpus, letters  # noqa: E402

from lazaretto.scan.classifier.common import FILE, dump_shares  # noqa: E402

TARGET = ROOT / "src/lazaretto/scan/classifier" / FILE


def main() -> None:
    rows = [*corpus("dev_set"), *corpus("dev_html_ham"), *letters()]
    train = [row.example.features for row in rows if row.part == "train"]
    counts = Counter(
        full for found in train for full in {zlib.crc32(f.encode("utf-8", "surrogatepass")) for f in found}
    )
    table = dump_shares({full: count / len(train) for full, count in counts.items()})
    TARGET.write_bytes(table)
    print(f"wrote {TARGET.relative_to(ROOT)}: {len(table) // 6} features of {len(train)} messages")


if __name__ == "__main__":
    main()
