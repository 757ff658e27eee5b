"""`layers` of every verb: what is not named stays as it is, and what is named is as of these layers alone."""

import numpy as np
import pytest

import latentcli

CHOSEN, OTHERS = [1, 2], [0, 3]


@pytest.fixture
def codes():
    return np.random.default_rng(0).normal(size=(12, 4, 32))


def test_truncate_moves_these_layers_only(codes):
    mean = np.ones(32)
    found = latentcli.truncate(codes, mean, psi=0.25, layers=CHOSEN).codes
    whole = latentcli.truncate(codes, mean, psi=0.25).codes
    assert np.array_equal(found[:, OTHERS], codes[:, OTHERS])
    assert np.array_equal(found[:, CHOSEN], whole[:, CHOSEN])
    first = latentcli.truncate(codes, mean, psi=0.25, cutoff=2).codes
    assert np.array_equal(first, latentcli.truncate(codes, mean, psi=0.25, layers=[0, 1]).codes)
    with pytest.raises(latentcli.ParameterError, match="exclude each other"):
        latentcli.truncate(codes, mean, cutoff=1, layers=[0])


def test_grid_fills_these_layers_only(codes):
    for lol in (False, True):
        found = latentcli.grid(
            [*codes[:4]], rows=3, columns=3, lol=lol, layers=CHOSEN, axes="LD"
        ).codes
        whole = latentcli.grid([*codes[:4]], rows=3, columns=3, lol=lol, axes="LD").codes
        assert np.array_equal(
            found[:, :, OTHERS], np.broadcast_to(codes[0][OTHERS], (3, 3, 2, 32))
        )
        assert np.array_equal(found[:, :, CHOSEN], whole[:, :, CHOSEN])


def test_traverse_sets_the_dimension_in_these_layers_at_once(codes):
    found = latentcli.traverse(codes[0], [-1.0, 9.0], dims=[5], layers=CHOSEN)
    assert found.codes.shape == (1, 2, 4, 32)
    assert found.codes[0, :, CHOSEN, 5].tolist() == [[-1.0, 9.0]] * 2
    rest = found.codes.copy()
    rest[0][:, CHOSEN, 5] = codes[0][CHOSEN, 5]
    assert np.array_equal(rest, np.broadcast_to(codes[0], rest.shape))
    with pytest.raises(latentcli.LatentError, match="of a code of layers, `layers`"):
        latentcli.traverse(codes[0])


def test_typical_compares_these_layers_only(codes):
    found = latentcli.typical(codes, layers=[3, 1])
    alone = latentcli.typical(codes[:, [3, 1]])
    assert np.array_equal(found.norms, alone.norms)
    assert [row["layer"] for row in found.records[:2]] == [3, 1]
    among = latentcli.typical(codes, reference=codes, layers=[3])
    assert np.allclose(among.norms, latentcli.typical(codes[:, 3], reference=codes[:, 3]).norms)


@pytest.mark.parametrize("method", ["mean", "logistic", "ridge"])
def test_a_direction_of_these_layers_is_0_in_the_others(codes, method):
    sides = codes[:6] + 1.0, codes[6:]
    found = latentcli.direction(*sides, method=method, layers=CHOSEN)
    alone = latentcli.direction(*(side[:, CHOSEN] for side in sides), method=method)
    assert not found.vector[OTHERS].any()
    assert found.vector[CHOSEN] == pytest.approx(alone.vector, abs=1e-9)
    assert found.separation == pytest.approx(alone.separation)
    each = latentcli.direction(*sides, method=method, layers=CHOSEN, per_layer=True)
    assert [row["layer"] for row in each.records] == CHOSEN
    assert not each.vector[OTHERS].any()


def test_an_orthogonal_direction_is_taken_out_within_these_layers(codes):
    other = codes.mean(axis=0)
    found = latentcli.direction(
        codes[:6] + 1.0, codes[6:], layers=CHOSEN, orthogonal=[other]
    ).vector
    assert not found[OTHERS].any()
    assert (found * other).sum() == pytest.approx(0, abs=1e-9)


def test_directions_of_labels_and_scores_take_layers(codes):
    for found in (
        latentcli.direction_of_labels(codes, {"on": [0, 1] * 6}, "on", layers=CHOSEN),
        latentcli.direction_of_scores(codes, np.arange(12.0), layers=CHOSEN),
        latentcli.direction_of_scores(codes, np.arange(12.0), top=0.5, layers=CHOSEN),
    ):
        assert not found.vector[OTHERS].any()
        assert found.vector[CHOSEN].any()


@pytest.mark.parametrize(
    "line",
    [
        "typical w.npy --layers 0,2",
        "truncate w.npy --mean-of w.npy --layers 0,2",
        "traverse w.npy[0] --layers 0,2 --dims 1",
        "grid w.npy[0] w.npy[1] w.npy[2] w.npy[3] --layers 0,2",
        "direction w.npy[:6] w.npy[6:] --layers 0,2",
        "edit w.npy v.npy --by 1 --layers 0,2",
        "project w.npy v.npy --layers 0,2",
        "interp w.npy[0] w.npy[1] --layers 0,2",
        "mix w.npy[0] w.npy[1] --layers 0,2",
    ],
)
def test_every_verb_of_the_family_has_the_option(latent, codes, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    np.save("w.npy", codes)
    np.save("v.npy", codes[0])
    code, out, err = latent(*line.split(), "--json")
    assert code == 0, err
    assert '"layers": "0 2"' in out
    code, _, err = latent(*line.replace("0,2", "0,9").split())
    assert (code, "`layers`" in err) == (2, False), err
    assert "--layers is 9; it must be from 0 to 3" in err
