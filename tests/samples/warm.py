"""``finz-import`` without the half second in which Python starts: each call is a fork of one process that is ready.

A call is a process of its own all the same, with the folder, the environment and the three streams of its caller.
"""

from __future__ import annotations

import contextlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from select import select
from typing import Final

import importer
from importer.cli.main import run
from importer.errors import BUG

# Needs nothing but the standard library, and not even `site`.
CALL: Final = """#!/bin/sh
exec "{python}" -I -S -c '
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect("{address}")
call = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode() + b"\\n"
socket.send_fds(line, [call], [0, 1, 2])
sys.exit(int(line.recv(9) or 70))
' "$@"
"""


@contextlib.contextmanager
def ready(manifest: Path) -> Iterator[str]:
    """The text of a ``finz-import`` that can be called while the context lasts; ``manifest`` is read beforehand."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="finz") as folder:  # sockets take short paths only
        address = str(Path(folder, "line"))
        command = [sys.executable, "-m", "samples.warm", address, str(manifest)]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
        pipe = subprocess.PIPE  # the server ends when its standard input does, however this process ends
        with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) as server:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield CALL.format(python=sys.executable, address=address)


def _serve(address: str, manifest: str) -> None:
    for module in pkgutil.walk_packages(importer.__path__, "importer."):
        if "sandbox" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    with contextlib.redirect_stdout(sys.stderr):
        _run(["validate", "--quiet", manifest])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)  # noqa: T201  # to the process that started this one
        while sys.stdin not in select([listener, sys.stdin], [], [])[0]:
            line, _ = listener.accept()
            if os.fork() == 0:
                try:
                    _answer(line)
                finally:
                    os._exit(BUG)  # whatever it was, it must not go on as a second server
            line.close()


def _answer(line: socket.socket) -> None:
    call, streams, _, _ = socket.recv_fds(line, 1 << 16, 3)
    while not call.endswith(b"\n"):
        call += line.recv(1 << 16)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  # by number, and open to the end
        for number, mode in enumerate(("r", "w", "w"))
    )
    arguments, folder, env = json.loads(call)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = _run(arguments)
    line.send(str(code).encode())
    os._exit(code)


def _run(arguments: list[str]) -> int:
    sys.argv = ["finz-import", *arguments]
    code = 0
    try:
        run()
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    _serve(*sys.argv[1:])
