"""Work in threads: what was asked for in order, and an end at once when it is stopped."""

import os
import signal
from threading import Event

import pytest

from latentcli.numerics import parallel
from latentcli.numerics.parallel import each, processes, threads


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


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(parallel, "processors", lambda: 2)


def test_work_is_done_in_another_process(two):
    with processes() as call:
        assert call(os.getpid) != os.getpid()
        assert call(divmod, 7, 2) == (3, 1)
        with pytest.raises(ZeroDivisionError):
            call(divmod, 7, 0)


def killed_elsewhere(home):
    if os.getpid() != home:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def test_work_whose_process_is_killed_is_done_here(two):
    with processes() as call:
        assert call(killed_elsewhere, os.getpid()) == "done"
        assert call(divmod, 7, 2) == (3, 1)


def test_one_processor_has_no_other_process(monkeypatch):
    monkeypatch.setattr(parallel, "processors", lambda: 1)
    with processes() as call:
        assert call(os.getpid) == os.getpid()
