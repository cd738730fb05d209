"""What the kernel says of processes (/proc)."""

from pathlib import Path


def family(root: int) -> list[int]:
    """A process and its children."""
    return [root, *(child for child in _all() if _parent(child) == root)]


def resident(process: int) -> int:
    """Bytes of memory that it has (RSS)."""
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * 4096


def _all() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
