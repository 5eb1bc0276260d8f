"""A service that failed is not called for a while."""

from search.circuit_breaker import FIRST_PAUSE_S, MAX_PAUSE_S, CircuitBreaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_circuit_breaker_opens_after_failure_until_pause_ends():
    clock = Clock()
    breaker = CircuitBreaker(clock)

    breaker.record_failure()
    assert (breaker.is_open, breaker.allows_call()) == (True, False)
    clock.now += FIRST_PAUSE_S
    assert breaker.allows_call()


def test_circuit_breaker_allows_one_call_after_pause():
    clock = Clock()
    breaker = CircuitBreaker(clock)

    breaker.record_failure()
    clock.now += FIRST_PAUSE_S
    assert [breaker.allows_call() for _asker in range(3)] == [True, False, False]


def test_circuit_breaker_pause_grows_to_a_minute_and_success_resets():
    clock = Clock()
    breaker = CircuitBreaker(clock)

    for _failure in range(10):
        breaker.record_failure()
    assert breaker.open_until - clock.now == MAX_PAUSE_S
    breaker.record_success()
    assert breaker.allows_call()
    assert breaker.allows_call()
