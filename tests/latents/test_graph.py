import numpy as np
import pytest
import scipy.sparse
from scipy.sparse.csgraph import dijkstra
from sklearn.neighbors import kneighbors_graph

import latentcli
from latentcli.errors import LatentError, ParameterError

ANGLES = np.linspace(0, 1.5 * np.pi, 200)
ARC = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
"""Three quarters of a circle: its ends are near in the plane and far along it."""


def test_how_straight_a_path_is_on_the_graph():
    found = latentcli.interp(ARC[0], ARC[-1], reference=ARC)
    assert found.summary["graph_length"] == pytest.approx(1.5 * np.pi, rel=0.01)
    assert found.summary["graph_straightness"] == pytest.approx(
        2**0.5 / (1.5 * np.pi), rel=0.01
    )


def test_a_geodesic_stays_on_the_manifold_where_a_line_leaves_it():
    found = latentcli.interp(ARC[0], ARC[-1], reference=ARC, geodesic=True, steps=21)
    assert np.linalg.norm(found.codes, axis=1) == pytest.approx(1, abs=0.01)
    assert found.steps[1:] == pytest.approx(found.steps[1:].mean(), rel=0.01)
    assert (found.codes[0] == ARC[0]).all()
    assert (found.codes[-1] == ARC[-1]).all()
    assert not found.holes.holes[1:-1].any()
    assert latentcli.interp(ARC[0], ARC[-1], reference=ARC).holes.holes.any()


def test_lengths_are_those_of_scipy_on_scikit_learns_graph():
    codes = np.random.default_rng(0).standard_normal((150, 4))
    found = latentcli.interp(codes[3], codes[77], reference=codes, k=6)
    graph = kneighbors_graph(codes, 6, mode="distance")
    known = dijkstra(scipy.sparse.csr_array(graph), directed=False, indices=3)[77]
    assert found.summary["graph_length"] == pytest.approx(known, rel=1e-9)


def test_parts_that_are_not_joined():
    apart = np.concatenate([ARC, ARC + 100])
    found = latentcli.interp(ARC[0], ARC[5] + 100, reference=apart)
    assert found.summary["graph_length"] is None
    with pytest.raises(LatentError, match="does not join"):
        latentcli.interp(ARC[0], ARC[5] + 100, reference=apart, geodesic=True)


def test_labels_of_the_nearest_codes():
    labels = [f"step {row}" for row in range(200)]
    found = latentcli.interp(ARC[0], ARC[9], reference=ARC, labels=labels, steps=10)
    assert [row["label"] for row in found.records] == [
        f"step {row['nearest']}" for row in found.records
    ]
    with pytest.raises(LatentError, match="3 labels for 200 codes"):
        latentcli.interp(ARC[0], ARC[9], reference=ARC, labels=labels[:3])


@pytest.mark.parametrize(
    "options",
    [{"geodesic": True}, {"labels": ["a"]}, {"reference": ARC, "geodesic": True, "kind": "slerp"},
     {"reference": ARC, "geodesic": True, "loop": True}],
)  # fmt: skip
def test_what_goes_along_no_graph(options):
    with pytest.raises(ParameterError):
        latentcli.interp(ARC[0], ARC[9], **options)


def test_tensors_of_any_shape(latent, tmp_path):
    codes = np.random.default_rng(0).standard_normal((60, 2, 3, 3)).astype(np.float32)
    np.save(tmp_path / "codes.npy", codes)
    (tmp_path / "labels.txt").write_text("\n".join(f"L{row}" for row in range(60)))
    out = tmp_path / "path.npy"
    code, said, _ = latent(
        "interp", f"{tmp_path}/codes.npy[0]", f"{tmp_path}/codes.npy[1]", "--reference", tmp_path / "codes.npy",
        "--labels", tmp_path / "labels.txt", "--geodesic", "--k", "8", "-o", out,
    )  # fmt: skip
    assert (code, "graph straightness" in said, "L0" in said) == (0, True, True)
    assert (np.load(out)[[0, -1]] == codes[:2]).all()
