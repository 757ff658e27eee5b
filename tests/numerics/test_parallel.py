"""Work in threads: what was asked for in order, and an end at once when it is stopped."""

from threading import Event

import pytest

from latentcli.numerics.parallel import each, threads


def test_results_come_in_order_and_progress_is_told():
    told = []
    assert each(lambda n: n * n, range(5), lambda *at: told.append(at)) == [0, 1, 4, 9, 16]
    assert told == [(done, 5) for done in range(1, 6)]


def test_an_interruption_does_not_wait_for_work_that_has_begun():
    release = Event()
    ended = []

    def work(item):
        if item:
            assert release.wait(300), "it was waited for"
            ended.append(item)

    def stop(done, total):
        raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            each(work, range(50), stop)
        assert ended == []
    finally:
        release.set()


@pytest.mark.parametrize("count", [1, 3])
def test_threads_do_all_that_is_given_and_pass_errors_on(count):
    done = []
    with threads(count) as each_of:
        each_of(lambda one, two: done.append((one, two)), range(5), "abcde")
        assert sorted(done) == list(zip(range(5), "abcde", strict=True))
        with pytest.raises(ZeroDivisionError):
            each_of(lambda one: 1 / one, [1, 0])
