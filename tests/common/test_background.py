"""The background queue: batches in a thread of its own, bounded, nothing lost at the end of the process."""

import json
import os
import subprocess
import sys
import threading

from common import background
from common.background import BackgroundQueue
from tests.support.processes import wait_until
from tools.setup import ROOT

AT_EXIT = """
from common.background import BackgroundQueue
queue = BackgroundQueue("test", lambda items: print(items, flush=True))
for number in range(3):
    queue.put(number)
"""


def test_what_comes_during_a_round_goes_together_in_the_next() -> None:
    done: list[list[int]] = []
    busy = threading.Event()
    queue: BackgroundQueue[int] = BackgroundQueue("test", lambda items: (done.append(items), busy.wait(5)))
    queue.put(1)
    wait_until(lambda: done, "the first")
    queue.put(2)
    queue.put(3)
    busy.set()
    wait_until(lambda: done == [[1], [2, 3]], "the others")


def test_a_failure_loses_only_its_own_batch() -> None:
    done: list[int] = []

    def work(items: list[int]) -> None:
        if items == [1]:
            raise RuntimeError
        done.extend(items)

    queue = BackgroundQueue("test", work)
    queue.put(1)
    wait_until(lambda: not queue.waiting, "the failure")
    queue.put(2)
    wait_until(lambda: done == [2], "the next")


def test_batches_hold_at_most_a_hundred_items() -> None:
    queue: BackgroundQueue[int] = BackgroundQueue("test", lambda _: None)
    queue.waiting.extend(range(250))
    assert [len(queue.take()) for _ in range(4)] == [100, 100, 50, 0]


def test_the_oldest_are_dropped_when_too_many_wait() -> None:
    queue: BackgroundQueue[int] = BackgroundQueue("test", lambda _: None)
    queue.waiting.extend(range(background.LIMIT + 1))
    assert (len(queue.waiting), queue.waiting[0]) == (background.LIMIT, 1)


def test_the_end_of_the_process_loses_nothing() -> None:
    ended = subprocess.run([sys.executable, "-c", AT_EXIT], cwd=ROOT, capture_output=True, text=True, timeout=30)
    handed_on = [number for line in ended.stdout.splitlines() for number in json.loads(line)]
    assert (handed_on, ended.stderr) == ([0, 1, 2], "")


def test_items_put_while_the_interpreter_exits_are_done_at_once() -> None:
    done: list[int] = []
    queue: BackgroundQueue[int] = BackgroundQueue("test", done.extend)
    queue._thread.shutdown()
    queue.put(1)
    queue.put(2)
    assert done == [1, 2]


def test_a_forked_process_has_a_thread_of_its_own_and_no_items_of_its_parent() -> None:
    reading, writing = os.pipe()
    queue: BackgroundQueue[int] = BackgroundQueue("test", lambda items: (os.write(writing, bytes(items)), None)[1])
    queue.waiting.append(1)
    if not (child := os.fork()):
        queue.put(2)
        queue._thread.shutdown()
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"\x02"
