"""Not asking for a while whoever did not answer."""

import time
from collections.abc import Callable
from threading import Lock

FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 60


class Breaker:
    """Opens at a failure; after a pause one asker at a time tries again.

    Each further failure doubles the pause. It is of one process: each finds out itself,
    at the cost of one late answer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.lock = Lock()
        self.pause_s = 0.0
        self.open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self.clock() < self.open_until

    def lets_through(self) -> bool:
        """Whether to ask; where it was open, only the first to come tries again."""
        with self.lock:
            now = self.clock()
            if now < self.open_until:
                return False
            if self.pause_s:
                self.open_until = now + self.pause_s
            return True

    def note_failure(self) -> None:
        with self.lock:
            self.pause_s = min(LONGEST_PAUSE_S, 2 * self.pause_s or FIRST_PAUSE_S)
            self.open_until = self.clock() + self.pause_s

    def note_success(self) -> None:
        with self.lock:
            self.pause_s = self.open_until = 0.0
