"""Work in threads: what was asked for in order, and an end at once when it is stopped."""

from threading import Event

import pytest

from latentcli.numerics.parallel import each


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
