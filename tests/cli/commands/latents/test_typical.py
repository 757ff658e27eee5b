import numpy as np
import pytest

W = "latents/styleclip_w_plus.npy"


def test_by_hand(answer, put):
    """In two dimensions P(|z| > 2) = exp(-2)."""
    whole = answer("typical", put("z.npy", np.array([2.0, 0])))
    (found,) = whole["results"]
    assert list(found) == ["row", "norm", "expected", "sigma", "percentile"]
    assert found["percentile"] == pytest.approx(86.4665, abs=1e-4)
    assert found["expected"] == pytest.approx((np.pi / 2) ** 0.5, abs=1e-6)


def test_codes_of_the_prior_are_plausible_and_their_middle_is_not(answer, put):
    z = np.random.RandomState(0).randn(40, 512).astype(np.float32)
    whole = answer("typical", put("z.npy", z))
    assert abs(whole["summary"]["mean_sigma"]) < 0.6
    assert whole["summary"]["beyond_4_sigma"] == 0
    middle = answer("typical", put("m.npy", (z[::2] + z[1::2]) / 2))
    assert middle["summary"]["mean_sigma"] == pytest.approx(-9.36, abs=0.4)
    assert middle["summary"]["beyond_4_sigma"] == 20


def test_layers_have_rows_of_their_own(results, put):
    found = results("typical", put("w.npy", np.ones((2, 3, 12))))
    assert [(row["row"], row["layer"]) for row in found] == [
        (i, j) for i in range(2) for j in range(3)
    ]


def test_many_codes_are_measured_in_parts(results, put, monkeypatch):
    z = np.random.default_rng(0).normal(size=(50, 7))
    path = put("z.npy", z)
    monkeypatch.setattr("latentcli.latents._typical.PART", 40)
    norms = [row["norm"] for row in results("typical", path)]
    assert norms == pytest.approx(np.linalg.norm(z, axis=1), abs=1e-5)


def test_a_reference_by_hand(results, put):
    """Squared Mahalanobis distance 9 in two dimensions: p = 0.011109."""
    cross = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]) * (3 / 2) ** 0.5
    (found,) = results(
        "typical", put("z.npy", np.array([3.0, 0])), "--reference", put("r.npy", cross)
    )
    assert found["norm"] == pytest.approx(3)
    assert 100 - found["percentile"] == pytest.approx(1.1109, abs=1e-4)


@pytest.mark.parametrize("options", [[], ["--axes", "LD"]])
def test_a_real_code_among_the_others(latent, data, options):
    code, _, err = latent("typical", f"{data / W}[0]", "--reference", data / W, *options)
    assert code == 0
    assert len(np.unique(np.load(data / W), axis=0)) == 67  # one face is there twice
    assert "68 codes span 66 of 9,216 dimensions: too few" in err


def test_a_reference_that_does_not_serve(latent, put):
    z = put("z.npy", np.ones(3))
    for reference, message in ((np.ones((4, 2)), "codes of shape (2,)"), (np.ones((4, 3)), "the same"),
                               (np.ones((1, 3)), "two codes or more")):  # fmt: skip
        code, out, err = latent("typical", z, "--reference", put("r.npy", reference), "-q")
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert message in err


def test_a_few_reference_codes_are_allowed_for(results, put):
    """Of codes like the reference, 1 % lie beyond the 99th percentile, however few it has."""
    rng = np.random.default_rng(0)
    beyond = []
    for _ in range(30):
        reference = put("r.npy", rng.standard_normal((20, 10)))
        found = results(
            "typical", put("z.npy", rng.standard_normal((200, 10))), "--reference", reference
        )
        beyond += [record["percentile_estimated"] > 99 for record in found]
    assert 0.002 < np.mean(beyond) < 0.03


def test_the_codes_of_a_reference_are_placed_evenly_among_themselves(results, put):
    codes = put("r.npy", np.random.default_rng(0).standard_normal((300, 5)))
    found = results("typical", codes, "--reference", codes)
    assert np.mean([record["percentile_estimated"] for record in found]) == pytest.approx(
        50, abs=5
    )
