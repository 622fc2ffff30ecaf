"""The development corpora, unpacked once a session into a folder beside the test run."""

import atexit
import functools
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.helpers.shared import shared

try:
    from compression import zstd
except ImportError:
    from backports import zstd


@functools.cache
def _root() -> Path:
    folder = tempfile.mkdtemp(prefix="lazaretto-corpora-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@functools.cache
def unpacked(name: str) -> Path:
    """The folder with labels.csv and msgs/ of one corpus: dev_set, dev_phish_nc or dev_html_ham."""
    archive = shared(f"corpora/{name}.tar.zst")
    target = _root() / name
    with tarfile.open(fileobj=io.BytesIO(zstd.decompress(archive.read_bytes()))) as tar:
        tar.extractall(target, filter="data")
    return next(target.rglob("labels.csv")).parent


@functools.cache
def normalised(name: str) -> Path:
    """The same corpus without what its collectors left on the messages: detection is measured on this only."""
    source = unpacked(name)
    if name == "dev_html_ham":
        return source
    target = _root() / f"{name}-normalised"
    script = shared("corpora/normalise.py")
    subprocess.run([sys.executable, str(script), str(source), str(target)], check=True, timeout=300)
    return target
