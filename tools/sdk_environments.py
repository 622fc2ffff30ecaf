"""One virtual environment for each version of the official SDK, made on first use and kept.

Usage: python tools/sdk_environments.py [VERSION ...]   prints the interpreter of each.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("4.3.1", "5.0.0", "5.8.0", "5.9.0")
FOLDER = Path(__file__).resolve().parents[1] / ".venvs"
INSTALL_SECONDS = 400


def interpreter(version: str) -> Path:
    """The Python that can import this version of `cloudflare`. Raises when it cannot be installed."""
    return environment(f"sdk-{version}", f"cloudflare=={version}")


def environment(name: str, *requirements: str) -> Path:
    """The Python of an environment that has these packages. Raises when they cannot be installed."""
    folder = FOLDER / name
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    making = folder.with_name(f"{folder.name}.{os.getpid()}")
    run(sys.executable, "-m", "venv", str(making))
    run(str(making / "bin" / "python"), "-m", "pip", "install", "-q", "--no-input", *requirements)
    (making / "complete").touch()
    shutil.rmtree(folder, ignore_errors=True)
    making.rename(folder)  # scripts in bin keep the old name in their first line; only python is used
    return python


def run(*command: str, cwd: Path | None = None) -> str:
    """What the command printed. Raises with what it complained of when it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False, cwd=cwd
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    for wanted in sys.argv[1:] or VERSIONS:
        print(wanted, interpreter(wanted))
