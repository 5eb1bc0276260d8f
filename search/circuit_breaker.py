"""Stop calling a service for a while after it failed."""

import time
from collections.abc import Callable
from threading import Lock

FIRST_PAUSE_S = 5
MAX_PAUSE_S = 60


class CircuitBreaker:
    """Opens at a failure; after a pause one call at a time tries again.

    Each further failure doubles the pause. The state is that of one process: each finds
    out itself, at the cost of one late answer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.lock = Lock()
        self.pause_s = 0.0
        self.open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self.clock() < self.open_until

    def allows_call(self) -> bool:
        """Whether to call; after a pause, only the first caller tries again."""
        with self.lock:
            now = self.clock()
            if now < self.open_until:
                return False
            if self.pause_s:
                self.open_until = now + self.pause_s
            return True

    def record_failure(self) -> None:
        with self.lock:
            self.pause_s = min(MAX_PAUSE_S, 2 * self.pause_s or FIRST_PAUSE_S)
            self.open_until = self.clock() + self.pause_s

    def record_success(self) -> None:
        with self.lock:
            self.pause_s = self.open_until = 0.0
