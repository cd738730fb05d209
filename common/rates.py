"""Rate limits (R55): a token bucket of requests for each key, refilled at a rate.

With Redis one bucket for all web processes, else one in each. Redis is not asked for every request: the process takes
several out of the bucket at once and counts them down. When Redis does not answer, the process counts by itself: no
request waits for it.
"""

import threading
import time
from collections import OrderedDict
from functools import cache

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

# The buckets that were not used for the longest time are dropped, as if they were full again.
_KEPT_BUCKETS = 10_000
_REDIS_TIMEOUT = 0.05  # seconds
_REDIS_PAUSE = 5.0  # seconds without a try after a failure
# What a process takes out at once, as a part of a second's rate and of a bucket. Each process may withhold so much from
# the others, or allow it on top of a full bucket.
_PART_OF_RATE, _PART_OF_BURST = 0.1, 0.02

# One round trip, one clock (that of Redis). Returns how many of the wanted were taken; or none, and the seconds to wait
# as text, because Lua numbers become integers.
_SCRIPT = """
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or now
level = math.min(burst, level + math.max(0, now - at) * rate)
if level < 1 then return {0, tostring((1 - level) / rate)} end
local taken = math.min(wanted, math.floor(level))
redis.call('HSET', KEYS[1], 'level', tostring(level - taken), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
return {taken, '0'}
"""


def wait(key: str, rate: float, burst: float) -> float:
    """Take one request out of the bucket of `key`. Returns 0, or the seconds until there is one to take.

    `rate`: requests a second; `burst`: requests in a full bucket.
    """
    seconds = _shared.take(key, rate, burst)
    return _own.take(key, rate, burst, time.monotonic()) if seconds is None else seconds


class Buckets:
    """The buckets of this process."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, rate: float, burst: float, now: float) -> float:
        """Take one. Returns 0, or the seconds until there is one to take."""
        with self._lock:
            level, at = self._levels.pop(key, (burst, now))
            level = min(burst, level + max(0.0, now - at) * rate)
            left = level - 1 if level >= 1 else level
            self._levels[key] = (left, now)
            if len(self._levels) > _KEPT_BUCKETS:
                self._levels.popitem(last=False)
        return 0.0 if level >= 1 else (1 - level) / rate


class SharedBuckets:
    """The buckets of all processes, in Redis, and what this process took out of them and has not used yet."""

    def __init__(self) -> None:
        self._paused_until = 0.0
        self._unused: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, rate: float, burst: float) -> float | None:
        """As `Buckets.take`; None when there is no Redis or it does not answer."""
        address = settings.CELERY_BROKER_URL
        if not address.startswith(("redis:", "rediss:", "unix:")) or time.monotonic() < self._paused_until:
            return None
        if self._use_own(key):
            return 0.0
        wanted = max(1, int(min(rate * _PART_OF_RATE, burst * _PART_OF_BURST)))
        try:
            taken, seconds = _script(address)(keys=[f"rate:{key}"], args=[rate, burst, wanted])
        except (redis.RedisError, OSError) as problem:
            self._paused_until = time.monotonic() + _REDIS_PAUSE
            log.warning("Redis does not answer: each process limits requests by itself", reason=type(problem).__name__)
            return None
        if taken:
            self._keep(key, taken - 1)
        return float(seconds)

    def _use_own(self, key: str) -> bool:
        with self._lock:
            left = self._unused.pop(key, 0)
            if left > 1:
                self._unused[key] = left - 1
        return left > 0

    def _keep(self, key: str, number: int) -> None:
        """Add to what another thread may have brought."""
        with self._lock:
            number += self._unused.pop(key, 0)
            if number:
                self._unused[key] = number
            if len(self._unused) > _KEPT_BUCKETS:
                self._unused.popitem(last=False)


@cache
def _script(address: str) -> redis.commands.core.Script:
    client = redis.Redis.from_url(
        address, socket_timeout=_REDIS_TIMEOUT, socket_connect_timeout=_REDIS_TIMEOUT, decode_responses=True
    )
    return client.register_script(_SCRIPT)


_own = Buckets()
_shared = SharedBuckets()
