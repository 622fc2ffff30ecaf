"""Where the public suites and corpora lie: beside the repository, never inside it."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("LAZARETTO_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))


def shared(path: str) -> Path:
    """The file or folder; skips the test where it is absent."""
    found = ROOT / path
    if not found.exists():
        pytest.skip(f"{path} is not beside this checkout (set LAZARETTO_SHARED)")
    return found
