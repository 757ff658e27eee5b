"""PyTorch, GGUF and safetensors files against an oracle of bounds: a seeded cut of what `make fuzz` runs."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

COUNT = int(os.environ.get("LATENT_TEST_HOSTILE_TENSORS", "300"))
SEED = int(os.environ.get("LATENT_TEST_SEED", "0"))


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    made_by = Path(__file__).with_name("hostile_tensors.py")
    folder = tmp_path_factory.mktemp("tensors")
    done = subprocess.run(
        [sys.executable, str(made_by), str(SEED), str(COUNT), str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONMALLOC": "debug"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)),
    )
    assert done.returncode == 0, f"it died: {done.stderr[-2000:]}"
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["pt", "gguf", "safetensors"])
def test_no_number_comes_from_outside_a_tensors_bytes(campaign, kind):
    assert campaign[kind]["problems"] == []
    assert 0.1 * COUNT < campaign[kind]["read"] < 0.7 * COUNT, "too mild or too strong"


def test_the_oracle_sees_a_reader_without_bounds(tmp_path, monkeypatch):
    """Readers whose checks are taken out give what must be refused, and the oracle says so."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import hostile_tensors
    import numpy as np

    from latentcli.files.formats import gguf_header, safetensors, torch_storages

    def anywhere(data, tensor, order):
        kind = np.dtype(order + torch_storages.DTYPES[tensor.storage.kind])
        flat = np.frombuffer(data + bytes(1 << 16), kind)[tensor.offset + 1 :]
        steps = [step * kind.itemsize for step in tensor.strides]
        return np.lib.stride_tricks.as_strided(flat, tensor.shape, steps).copy()

    for module, name, instead, kind in (
        (gguf_header, "_check_apart", lambda _: None, "gguf"),
        (safetensors, "_check_apart", lambda _: None, "safetensors"),
        (torch_storages, "_view", anywhere, "pt"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, instead)
            assert hostile_tensors.campaign(kind, 3, 200, tmp_path)["problems"]
        assert hostile_tensors.campaign(kind, 3, 200, tmp_path)["problems"] == []
