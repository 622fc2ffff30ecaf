"""rspamd and SpamAssassin from Debian's packages, trained and asked on the same mail: what ours is measured against.

Each runs on loopback, in a temporary folder, as an ordinary user, with a name server that knows nothing.
Trained on the train part (spam and phish as spam, ham and bulk as ham), scored on the rest.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 240
CONVERSATIONS = 16
RSPAMD_FILES = {
    "worker-normal.inc": 'bind_socket = "127.0.0.1:{normal}";\ncount = 2;\n',
    "worker-controller.inc": 'bind_socket = "127.0.0.1:{controller}";\nsecure_ip = "127.0.0.1";\n',
    "worker-proxy.inc": "enabled = false;\n",
    "worker-fuzzy.inc": "enabled = false;\n",
    "redis.conf": 'servers = "127.0.0.1:{redis}";\n',
    "options.inc": 'dns {{ nameserver = ["127.0.0.1:{dns}"]; timeout = 0.2s; retransmits = 1; }}\n',
    "logging.inc": 'type = "file";\nfilename = "{folder}/log/rspamd.log";\nlevel = "error";\n',
}


@dataclass(frozen=True)
class Letter:
    """One message with its envelope."""

    path: Path
    mail_from: str
    rcpt_to: str
    client_ip: str
    helo: str
    bad: bool


Score = Callable[[Letter], float]


def rates(score: Score, letters: Sequence[Letter]) -> tuple[list[float], float]:
    """The score of each message, and how many were scored a second."""
    begin = time.perf_counter()
    with ThreadPoolExecutor(CONVERSATIONS) as pool:
        scores = list(pool.map(score, letters))
    return scores, len(letters) / (time.perf_counter() - begin)


@contextmanager
def rspamd(train: Sequence[Letter]) -> Iterator[Score]:
    """A trained rspamd with two workers."""
    ports = {name: _free_port() for name in ("normal", "controller", "redis", "dns")}
    with ExitStack() as stack:
        folder = _folder(stack, "_rspamd")
        for name in ("db", "log", "run", "redis"):
            (folder / name).mkdir()
        shutil.copytree("/etc/rspamd", folder / "etc")
        for name, text in RSPAMD_FILES.items():
            target = folder / "etc/local.d" / name
            target.parent.mkdir(exist_ok=True)
            target.write_text(text.format(folder=folder, **ports))
        _own(folder, "_rspamd")
        _start(stack, ["redis-server", "--port", str(ports["redis"]), "--bind", "127.0.0.1",
                       "--dir", str(folder / "redis"), "--save", ""])  # fmt: skip
        _start(stack, ["dnsmasq", "--keep-in-foreground", f"--port={ports['dns']}", "--no-resolv", "--no-hosts",
                       "--listen-address=127.0.0.1", "--bind-interfaces", "--address=/#/"])  # fmt: skip
        _start(stack, ["rspamd", "-f", "-c", f"{folder}/etc/rspamd.conf", "-u", "_rspamd", "-g", "_rspamd",
                       *(w for name, sub in (("CONFDIR", "etc"), ("LOCAL_CONFDIR", "etc"), ("DBDIR", "db"),
                                             ("RUNDIR", "run"), ("LOGDIR", "log"))
                         for w in ("--var", f"{name}={folder}/{sub}"))])  # fmt: skip
        base = f"http://127.0.0.1:{ports['normal']}"
        _until(lambda: b"pong" in _post(f"{base}/ping", b""))
        _until(lambda: b"pong" in _post(f"http://127.0.0.1:{ports['controller']}/ping", b""))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda letter: _teach(ports["controller"], letter), train))
        yield lambda letter: _rspamd_score(base, letter)


def _teach(port: int, letter: Letter) -> None:
    kind = "learnspam" if letter.bad else "learnham"
    _post(f"http://127.0.0.1:{port}/{kind}", letter.path.read_bytes())


def _rspamd_score(base: str, letter: Letter) -> float:
    headers = {"IP": letter.client_ip, "Helo": letter.helo, "From": letter.mail_from, "Rcpt": letter.rcpt_to}
    return float(json.loads(_post(f"{base}/checkv2", letter.path.read_bytes(), headers))["score"])


@contextmanager
def spamassassin(train: Sequence[Letter]) -> Iterator[Score]:
    """A trained spamd with two children, without network tests."""
    port = _free_port()
    with ExitStack() as stack:
        folder = _folder(stack, "debian-spamd")
        shutil.copytree("/etc/spamassassin", folder, dirs_exist_ok=True)
        (folder / "local.cf").write_text(
            f"bayes_path {folder}/bayes\nbayes_auto_learn 0\nuse_bayes 1\nskip_rbl_checks 1\n"
        )
        for bad in (True, False):
            names = folder / f"names-{bad}"
            names.write_text("".join(f"{letter.path}\n" for letter in train if letter.bad is bad))
        _own(folder, "debian-spamd")
        for bad, kind in ((True, "--spam"), (False, "--ham")):
            _as("debian-spamd", ["sa-learn", "-L", f"--siteconfigpath={folder}", kind, "--no-sync",
                                 f"--folders={folder}/names-{bad}"])  # fmt: skip
        _as("debian-spamd", ["sa-learn", "-L", f"--siteconfigpath={folder}", "--sync"])
        _start(stack, ["setpriv", "--reuid=debian-spamd", "--regid=debian-spamd", "--clear-groups", "spamd", "-L",
                       "-m", "2", "-i", "127.0.0.1", "-p", str(port), f"--siteconfigpath={folder}", "-x",
                       f"--helper-home-dir={folder}"])  # fmt: skip
        _until(lambda: b"PONG" in _spamc(port, b"PING SPAMC/1.5\r\n\r\n"))
        yield lambda letter: _spamassassin_score(port, letter)


def _spamassassin_score(port: int, letter: Letter) -> float:
    trace = f"Received: from {letter.helo} ({letter.helo} [{letter.client_ip}])\r\n\tby mx.corp.example with ESMTP\r\n"
    raw = f"Return-Path: <{letter.mail_from}>\r\n{trace}".encode() + letter.path.read_bytes()
    answer = _spamc(port, b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(raw) + raw)
    line = next(line for line in answer.splitlines() if line.startswith(b"Spam:"))
    return float(line.partition(b";")[2].partition(b"/")[0])


def _spamc(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=120) as talk:
        talk.sendall(request)
        talk.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: talk.recv(65536), b""))


def _post(url: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    request = urllib.request.Request(url, body or None, headers or {})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return bytes(answer.read())


def _folder(stack: ExitStack, user: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{user}-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _own(folder: Path, user: str) -> None:
    subprocess.run(["chown", "-R", user, str(folder)], check=True)
    open_to_all(folder)


def open_to_all(folder: Path) -> None:
    """Let every user read a folder below the one for temporary files."""
    top = Path(tempfile.gettempdir())
    for each in (folder, *folder.parents):
        if each.is_relative_to(top) and each != top:
            each.chmod(0o755)


def _as(user: str, command: list[str]) -> None:
    switch = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    subprocess.run(
        [*switch, *command], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "HOME": "/tmp"}
    )


def _start(stack: ExitStack, command: list[str]) -> None:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    stack.callback(_stop, process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if ready():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError("the program did not start")
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
