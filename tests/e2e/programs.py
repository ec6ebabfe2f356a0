"""The programs under test as child processes: started on temporary directories and loopback, ended by their own pid.

Start them from the main thread: each child asks the kernel to end it when the thread that made it is gone, so that an
interrupted run leaves nothing behind.
"""

import atexit
import contextlib
import ctypes
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("ATALAYA_BIN") or "build/dev/bin")
if not BINARIES.is_absolute():
    BINARIES = ROOT / BINARIES
SERVER = str(BINARIES / "atalaya")
AGENT = str(BINARIES / "atalaya-agent")
VERIFY = str(BINARIES / "atalaya-verify")
PATIENCE_S = 120  # nothing here is a measurement: a loaded machine may take its time

_libc = ctypes.CDLL(None)
_children = []


def _end_with_parent():
    _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


@atexit.register
def _end_children():
    for child in _children:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()


def environment(**settings):
    """This environment without any setting of the programs but the given ones."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ATALAYA_")}
    return kept | settings


def free_port():
    """Outside the range from which the system gives ports to others: nobody takes it before the server does, nor while
    the server is away, and no client that looks for the server there connects to itself."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.SystemRandom().randrange(10_000, first)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def as_root():
    """What makes a command run as root."""
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


def wait_until(what, condition, patience=PATIENCE_S, pause=0.1):
    """Gives the first true value of condition()."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience} s in vain: {what}")
        time.sleep(pause)


def make_directory():
    """A directory whose own name is short, and that the database's user may pass through."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="e2e-"))
    directory.chmod(0o711)
    return directory


@contextlib.contextmanager
def temporary_directory():
    directory = make_directory()
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def run(*arguments, stdin=None, patience=PATIENCE_S, **settings):
    """One command of the server's program, to its end."""
    source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    return subprocess.run([SERVER, *map(str, arguments)], text=True, errors="replace", capture_output=True,
                          timeout=patience, env=environment(**settings), **source)


def psql(data, sql, role="owner", **variables):
    """Runs SQL in the embedded database of a running server, one transaction for the whole text."""
    words = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
    return run("psql", "--data", data, "--role", role, "--", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
               "--single-transaction", *words, "-f", "-", stdin=sql)


class Child:
    """A started program; what it says on standard error goes to a file."""

    def __init__(self, arguments, log, settings):
        self.log_path = log
        self._log_start = log.stat().st_size if log.exists() else 0
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                list(map(str, arguments)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                text=True, env=environment(**settings), preexec_fn=_end_with_parent)
        _children.append(self.process)

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        """What this process wrote so far."""
        return self.log_path.read_bytes()[self._log_start:].decode(errors="replace")

    def stop(self):
        """Asks it to end, and gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        self.process.kill()
        return self.wait()

    def wait(self, patience=PATIENCE_S):
        code = self.process.wait(patience)
        if self.process.stdout:
            self.process.stdout.close()
        return code


class Server(Child):
    """`atalaya up` (or `serve`) on a data directory; ready when the constructor returns."""

    def __init__(self, data, *arguments, https=None, http="off", command="up", **settings):
        self.data = pathlib.Path(data)
        self.https_port = https or free_port()
        self.http_port = None if http == "off" else http
        plain = "off" if http == "off" else f"127.0.0.1:{http}"
        self.command = command
        self.arguments = arguments
        self.settings = settings
        self.began = time.monotonic()
        super().__init__([SERVER, command, "--data", data, "--https", f"127.0.0.1:{self.https_port}", "--http", plain,
                          *arguments], self.data.parent / f"{self.data.name}.log", settings)
        self.setup_token = None
        self.url = None
        self._await_ready()
        self.seconds_to_ready = time.monotonic() - self.began

    def _await_ready(self):
        for line in self.process.stdout:
            if match := re.fullmatch(r"set-up link (https://\S+)/setup#(\S+)\n", line):
                self.setup_token = match[2]
            if match := re.fullmatch(r"ready (https://\S+)\n", line):
                self.url = match[1]
                return
        raise AssertionError(f"the server ended with {self.wait()} before it was ready:\n{self.log()}")

    @property
    def ca(self):
        return self.data / "tls/ca.pem"

    def again(self):
        """The same once more, after the end of this process."""
        return Server(self.data, *self.arguments, https=self.https_port, http=self.http_port or "off",
                      command=self.command, **self.settings)

    def postmaster_pid(self):
        """As the database itself wrote it down; None while there is none."""
        try:
            return int((self.data / "postgres/data/postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None


class Agent(Child):
    """`atalaya-agent run` with a configuration of its own."""

    def __init__(self, directory, server_url, token, ca, interval_s=1):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(exist_ok=True)
        self.config = self.directory / "agent.toml"
        self.config.write_text(f'server = "{server_url}"\ntoken = "{token}"\nca = "{ca}"\n'
                               f'spool_dir = "{self.directory / "spool"}"\ninterval_s = {interval_s}\n')
        self.config.chmod(0o600)
        self._again = (directory, server_url, token, ca, interval_s)
        super().__init__([AGENT, "run", "--config", self.config], self.directory / "agent.log", {})

    def again(self):
        return Agent(*self._again)
