"""A scheduler and two worker processes on the loopback address, and a set in 16 shards."""

import json
import os
import signal
import warnings
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS, DIMENSIONS, SHARDS = 200_000, 64, 16
_SECONDS, _AGAIN = 120, 15


@pytest.fixture(scope="session")
def cluster():
    """A cluster for all tests, closed at the end whatever happens."""
    distributed = pytest.importorskip("distributed")
    import dask

    # Of a killed worker the scheduler asks its results once more, for 30 seconds by default.
    patience = dask.config.set({"distributed.comm.timeouts.connect": "5s"})
    with patience, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                host="127.0.0.1", silence_logs=100,
            ) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):  # fmt: skip
            client.wait_for_workers(2, timeout=_SECONDS)
            yield client


@pytest.fixture
def dask(cluster):
    """The address of the scheduler, with both workers there."""
    try:
        cluster.wait_for_workers(2, timeout=_AGAIN)
    except TimeoutError:  # one that was killed while it began is not begun again
        known = len(cluster.cluster.worker_spec)
        cluster.cluster.scale(known + 2 - len(cluster.nthreads()))
        cluster.wait_for_workers(2, timeout=_SECONDS)
    if late := [*cluster.nthreads()][2:]:  # or it is, on a busy machine, but later
        cluster.retire_workers(late, close_workers=True)
    return cluster.scheduler.address


@pytest.fixture(scope="session")
def vectors():
    """200,000 vectors with copies, zero rows and words that are the same up to case."""
    random = np.random.default_rng(0)
    values = random.standard_normal((ROWS, DIMENSIONS)).astype(np.float32)
    values += 0.5 * random.standard_normal(DIMENSIONS).astype(np.float32)
    values[170_000] = values[100] = values[5]  # ties, in several shards
    values[3] = 0
    return values


@pytest.fixture(scope="session")
def shards(tmp_path_factory, vectors):
    """A folder of 16 Parquet files of words and vectors."""
    folder = tmp_path_factory.mktemp("shards")
    for place, part in enumerate(np.array_split(np.arange(ROWS), SHARDS)):
        flat = pa.array(vectors[part].ravel())
        table = pa.table({
            "word": [f"w{row}" for row in part],
            "vector": pa.FixedSizeListArray.from_arrays(flat, DIMENSIONS),
        })  # fmt: skip
        name = f"part-{place:05d}-of-{SHARDS:05d}.parquet"
        pq.write_table(table, folder / name, compression="none", use_dictionary=False)
    return folder


@pytest.fixture
def answers(latent):
    """Run a command and return what it answered."""

    def run(*arguments):
        code, out, err = latent(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    return run


@pytest.fixture
def passes(monkeypatch):
    """The functions that were called of shards, one for each pass over them."""
    from latentcli.distributed import _session

    plain, called = _session.Session.each, []

    def each(self, function, *given, **options):
        called.append(function.__name__)
        return plain(self, function, *given, **options)

    monkeypatch.setattr(_session.Session, "each", each)
    return called


def _die_in(name):
    """Make this worker die in its second call of a function of a shard."""
    from latentcli.distributed import _session

    plain, calls = _session._on_worker, []

    def run(function, shard, *given):
        calls.extend([1] * (function.__name__ == name))
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(function, shard, *given)

    _session._on_worker = run


@pytest.fixture
def kill(cluster, dask):
    """Kill one of the workers while a named function runs there; it comes again, and behaves."""

    @contextmanager
    def killed(name):
        victim = min(cluster.nthreads())
        cluster.run(_die_in, name, workers=[victim])
        yield dask
        assert victim not in cluster.nthreads(), f"{name} was not called twice there"

    return killed
