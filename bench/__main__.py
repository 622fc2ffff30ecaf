"""Run all benchmarks, or those named: `python -m bench [start scan intake list memory detection replay]`."""

import importlib
import os
import platform
import sys

NAMES = ("start", "scan", "intake", "list", "memory", "detection", "replay")


def main() -> None:
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    for name in sys.argv[1:] or NAMES:
        print(f"\n## {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
