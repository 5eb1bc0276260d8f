"""Whoever does not answer is not asked for a while."""

from search.breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_failure_stops_the_asking_for_a_while():
    clock = Clock()
    breaker = Breaker(clock)

    breaker.note_failure()
    assert (breaker.is_open, breaker.lets_through()) == (True, False)
    clock.now += FIRST_PAUSE_S
    assert breaker.lets_through()


def test_after_the_pause_only_one_tries():
    clock = Clock()
    breaker = Breaker(clock)

    breaker.note_failure()
    clock.now += FIRST_PAUSE_S
    assert [breaker.lets_through() for _asker in range(3)] == [True, False, False]


def test_pauses_grow_to_a_minute_and_an_answer_ends_them():
    clock = Clock()
    breaker = Breaker(clock)

    for _failure in range(10):
        breaker.note_failure()
    assert breaker.open_until - clock.now == LONGEST_PAUSE_S
    breaker.note_success()
    assert breaker.lets_through()
    assert breaker.lets_through()
