"""One server a folder."""

import subprocess
import sys

import pytest

from lazaretto.store.errors import WrongStore
from lazaretto.store.lock import hold

HOLDER = "import sys, pathlib; from lazaretto.store.lock import hold\nwith hold(pathlib.Path(sys.argv[1])):\n print('held', flush=True); sys.stdin.read()"


def test_the_folder_is_held_once(tmp_path):
    """A second one is told who has it; when the first ends, the folder is free."""
    with hold(tmp_path), pytest.raises(WrongStore, match=r"process \d+"), hold(tmp_path):
        pass
    with hold(tmp_path):
        pass


@pytest.mark.system
def test_a_dead_holder_holds_nothing(tmp_path):
    """After kill -9 the next server starts without anybody cleaning up."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    ) as holder:
        assert "held\n" == holder.stdout.readline()
        with pytest.raises(WrongStore, match=str(holder.pid)), hold(tmp_path):
            pass
        holder.kill()
        holder.wait()
    with hold(tmp_path):
        pass


def test_a_folder_that_cannot_be_written(tmp_path):
    """One sentence."""
    with pytest.raises(WrongStore, match="writable"), hold(tmp_path / "absent"):
        pass
