"""A Redis of one test, that the test may stop, freeze and bring back on the same port."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.support.processes import wait_until
from tools import servers


class RedisServer:
    """Stopped: connections are refused. Frozen: they are accepted and never answered."""

    def __init__(self, folder: Path) -> None:
        named = os.environ.get("TEST_REDIS_PROGRAM") or shutil.which("redis-server") or shutil.which("valkey-server")
        assert named, "Tests marked `services` need a Redis: run them with `make test`."
        self.port = servers.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._command = servers.redis_command(Path(named), self.port, folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self._folder / "redis.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(self._command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        wait_until(lambda: servers.answers(self.port), "Redis", log)

    def stop(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGCONT)
            servers.end(self._process)

    def freeze(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)
