"""`make serve`: web server, worker and beat against DATABASE_URL and REDIS_URL; all stop together."""

import os
import signal
import subprocess
import sys
import time

from tools import servers
from tools.setup import ROOT


def commands(port: str) -> dict[str, list[str]]:
    """The three processes of an installation, by name."""
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "torque_sso"]
    schedule = os.path.join(os.environ.get("STATE_DIR", "var"), "beat-schedule")
    workers = os.environ.get("WEB_CONCURRENCY", "2")
    address = os.environ.get("BIND", "127.0.0.1")
    gunicorn = [python, "-m", "gunicorn", "torque_sso.wsgi:application", "--bind", f"{address}:{port}"]
    return {
        "web": [*gunicorn, "--workers", workers],
        "worker": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule],
    }


def prepare() -> None:
    """Migrate the database."""
    subprocess.run([sys.executable, "manage.py", "migrate", "--no-input"], cwd=ROOT, check=True)


def main() -> int:
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if missing:
        return _refuse(f"`make serve` needs {' and '.join(missing)}; `make run` needs neither.")
    port = os.environ.get("PORT", "8000")
    if servers.answers(int(port)):
        return _refuse(f"Port {port} is taken: choose another with PORT=8001 make serve.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        prepare()
    except subprocess.CalledProcessError:
        return _refuse("The database could not be prepared: the lines above say why.")
    return _watch({name: subprocess.Popen(command, cwd=ROOT) for name, command in commands(port).items()})


def _watch(processes: dict[str, subprocess.Popen[bytes]]) -> int:
    try:
        while True:
            ended = [name for name, process in processes.items() if process.poll() is not None]
            if ended:
                return _refuse(f"{' and '.join(ended)} stopped, so everything stops.")
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    finally:
        for process in processes.values():
            if process.poll() is None:
                process.terminate()
        for process in processes.values():
            servers.end(process, patience=30)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
