import numpy as np
import pytest

import latentcli
from latentcli.latents import _blend, _half
from latentcli.latents._along import along
from latentcli.latents._paths import measure

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-5])
def test_float16_is_rounded_as_numpy_rounds(spread):
    numbers = (RNG.standard_normal(1 << 16) * spread).astype(np.float32)
    numbers[:4] = [0.0, -0.0, _half.MOST, -_half.MOST]
    halves = RNG.standard_normal((2, 1 << 15)).astype(np.float16).astype(np.float32)
    numbers = np.concatenate([numbers, halves.mean(axis=0)])  # many of them are ties
    out = np.empty(numbers.shape, np.float16)
    scaled = numbers * np.float32(_half.SCALE)
    _half.to_half(scaled, out, np.empty(numbers.shape, np.uint32))
    different = out.view(np.uint16) != numbers.astype(np.float16).view(np.uint16)
    assert (np.abs(numbers[different]) < 2.0**-14).all()
    assert different.mean() < 1e-3


@pytest.mark.parametrize("kind", ["lerp", "slerp"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    ("shape", "axes"), [((16, 64, 32), "CHW"), ((18, 1024), "LD"), ((3, 9, 700), "NLD")]
)
@pytest.mark.parametrize("loop", [False, True])
def test_sums_are_the_formula(kind, dtype, shape, axes, loop, monkeypatch):
    points = RNG.standard_normal((3, *shape)).astype(dtype)
    found = latentcli.interp(*points, kind=kind, axes=axes, steps=13, loop=loop)
    lead = shape[: sum(letter in "NL" for letter in axes)]
    vectors = points.reshape(3, *lead, -1).astype(np.float64)
    known = along(vectors, found.times, kind=kind, loop=loop)
    near = {2: 1e-3, 4: 1e-6, 8: 1e-14}[np.dtype(dtype).itemsize]
    error = np.linalg.norm((found.codes.reshape(known.shape) - known).reshape(13, -1), axis=1)
    assert (error <= near * np.linalg.norm(known.reshape(13, -1), axis=1)).all()
    if dtype is not np.float16:
        assert np.abs(found.codes.reshape(known.shape) - known).max() <= near
    measured = measure(known, closed=loop)
    assert found.norms == pytest.approx(measured.norms, rel=1e-9)
    assert found.steps == pytest.approx(measured.steps, rel=1e-9)
    assert found.length == pytest.approx(measured.length, rel=1e-9)
    places = [0, 6, 12] if not loop else [0]
    assert (found.codes[places] == points[: len(places)]).all()


def test_steps_of_points_that_are_nearly_the_same():
    start = RNG.standard_normal(20_000)
    end = start + 1e-9 * RNG.standard_normal(20_000)
    for kind in ("lerp", "slerp"):
        found = latentcli.interp(start, end, kind=kind, steps=5)
        direct = np.linalg.norm(end - start)
        assert found.steps[1:] == pytest.approx(direct / 4, rel=1e-5)
        assert found.straightness == pytest.approx(1, rel=1e-5)


def test_many_threads_fill_out_in_order():
    points = RNG.standard_normal((2, 300, 400)).astype(np.float32)
    whole = latentcli.interp(*points, kind="slerp", axes="CH", steps=90)

    class Out:
        def __init__(self):
            self.parts = []

        def __setitem__(self, where, block):
            self.parts.append((where, block.copy()))

    out = Out()
    latentcli.interp(*points, kind="slerp", axes="CH", steps=90, out=out)
    assert [where.start for where, _ in out.parts] == sorted(
        where.start for where, _ in out.parts
    )
    assert (np.concatenate([block for _, block in out.parts]) == whole.codes).all()


@pytest.mark.parametrize(
    ("first", "second", "dtype"),
    [(6e4, -3e4, np.float16), (1e38, 2e38, np.float32), (1e30, -1e30, np.float32)],
)
def test_what_needs_care_is_not_summed(first, second, dtype):
    points = [np.full(20_000, value, dtype) for value in (first, second)]
    times = np.array([0, 0.5, 1.5])
    assert _blend.blend(points, times, "slerp", np.dtype(dtype), loop=False) is None
