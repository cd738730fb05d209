"""How fast somebody may ask (R55): a bucket of requests for each, filled again at a rate.

With Redis one bucket for all web processes, else one in each. Whoever asks often is not asked for in Redis each time:
the process takes a handful out of the bucket and counts it down. When Redis does not answer, the process counts by
itself: nobody must wait for it.
"""

import threading
import time
from collections import OrderedDict
from functools import cache

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

# A bucket that was not used for longer than this is full again, whatever the settings.
_KEPT_BUCKETS = 10_000
_REDIS_PATIENCE = 0.05  # seconds
_REDIS_REST = 5.0  # seconds without a try after a failure
# What a process takes out at once, of a second's rate and of a bucket: so much, for each process, may be held back from
# others, or come on top of a full bucket.
_HANDFUL_OF_RATE, _HANDFUL_OF_BURST = 0.1, 0.02

# One round trip, one clock (that of Redis). Answers how many were taken of those asked for, or none and the seconds to
# wait, as text: Lua numbers become integers.
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


def wait(who: str, rate: float, burst: float) -> float:
    """Takes one request out of the bucket of `who`: 0, or the seconds after which there is one to take.

    `rate`: requests a second; `burst`: what a full bucket holds.
    """
    seconds = _shared.take(who, rate, burst)
    return _own.take(who, rate, burst, time.monotonic()) if seconds is None else seconds


class Buckets:
    """The buckets of this process, the longest unused given up first."""

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str, rate: float, burst: float, now: float) -> float:
        """0, or the seconds after which there is something to take."""
        with self._lock:
            level, at = self._levels.pop(who, (burst, now))
            level = min(burst, level + max(0.0, now - at) * rate)
            left = level - 1 if level >= 1 else level
            self._levels[who] = (left, now)
            if len(self._levels) > _KEPT_BUCKETS:
                self._levels.popitem(last=False)
        return 0.0 if level >= 1 else (1 - level) / rate


class SharedBuckets:
    """The buckets of all processes, in Redis, and what this process took out of them and has not given out yet."""

    def __init__(self) -> None:
        self._rests_until = 0.0
        self._in_hand: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str, rate: float, burst: float) -> float | None:
        """As `Buckets.take`; None: ask nobody, because there is no Redis or it does not answer."""
        address = settings.CELERY_BROKER_URL
        if not address.startswith(("redis:", "rediss:", "unix:")) or time.monotonic() < self._rests_until:
            return None
        if self._give_out(who):
            return 0.0
        wanted = max(1, int(min(rate * _HANDFUL_OF_RATE, burst * _HANDFUL_OF_BURST)))
        try:
            taken, seconds = _script(address)(keys=[f"rate:{who}"], args=[rate, burst, wanted])
        except (redis.RedisError, OSError) as problem:
            self._rests_until = time.monotonic() + _REDIS_REST
            log.warning("Redis does not answer: each process limits requests by itself", reason=type(problem).__name__)
            return None
        if taken:
            self._put_in_hand(who, taken - 1)
        return float(seconds)

    def _give_out(self, who: str) -> bool:
        with self._lock:
            left = self._in_hand.pop(who, 0)
            if left > 1:
                self._in_hand[who] = left - 1
        return left > 0

    def _put_in_hand(self, who: str, number: int) -> None:
        """On top of what another thread brought meanwhile."""
        with self._lock:
            number += self._in_hand.pop(who, 0)
            if number:
                self._in_hand[who] = number
            if len(self._in_hand) > _KEPT_BUCKETS:
                self._in_hand.popitem(last=False)


@cache
def _script(address: str) -> redis.commands.core.Script:
    client = redis.Redis.from_url(
        address, socket_timeout=_REDIS_PATIENCE, socket_connect_timeout=_REDIS_PATIENCE, decode_responses=True
    )
    return client.register_script(_SCRIPT)


_own = Buckets()
_shared = SharedBuckets()
