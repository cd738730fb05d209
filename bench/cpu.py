"""CPU that a process and all its children have spent, as the kernel counts it (/proc)."""

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def milliseconds(*roots: int) -> float:
    """User and system time of these processes, their living descendants, and the children they have waited for."""
    children = _children()
    spent, queue = 0, list(roots)
    while queue:
        process = queue.pop()
        spent += _spent(process)
        queue += children.get(process, [])
    return spent * 1000 / _TICK


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int(_fields(int(folder.name))[1])
            except OSError:
                continue
            found.setdefault(parent, []).append(int(folder.name))
    return found


def _spent(process: int) -> int:
    try:
        return sum(int(part) for part in _fields(process)[11:15])  # utime, stime, cutime, cstime
    except OSError:
        return 0


def _fields(process: int) -> list[str]:
    """What stands after the name in brackets: state, parent, … (proc(5))."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
