import pytest

from latentcli.files.samples import SAMPLES


def test_every_sample_is_listed_with_its_size(results, samples):
    records = results("sample")
    assert [record["name"] for record in records] == list(SAMPLES)
    for record in records:
        assert set(record) == {"name", "bytes", "what"}
        assert record["bytes"] == (samples / record["name"]).stat().st_size


def test_every_file_of_the_folder_is_a_sample(samples):
    assert {path.name for path in samples.iterdir()} == {*SAMPLES, "README.md"}


def test_a_name_gives_its_path(latent, words):
    assert latent("sample", "article-words.txt") == (0, f"{words}\n", "")


def test_samples_are_copied_whole(latent, samples, tmp_path):
    folder = tmp_path / "made" / "here"
    code, out, err = latent("sample", "z1.npy", "factors.csv", "--to", folder)
    assert (code, err) == (0, "")
    assert out == f"{folder / 'z1.npy'}\n{folder / 'factors.csv'}\n"
    for name in ("z1.npy", "factors.csv"):
        assert (folder / name).read_bytes() == (samples / name).read_bytes()


def test_all_copies_all(latent, tmp_path):
    assert latent("sample", "all", "--to", tmp_path / "all")[0] == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == set(SAMPLES)


def test_a_file_that_differs_is_kept_unless_forced(latent, samples, tmp_path):
    mine = tmp_path / "z2.npy"
    mine.write_text("mine")
    arguments = ("sample", "z1.npy", "z2.npy", "--to", tmp_path)
    code, out, err = latent(*arguments)
    assert (code, out) == (1, "")
    assert err == f"latent: error: {mine} is there already, and differs; --force replaces it\n"
    assert mine.read_text() == "mine"
    assert not (tmp_path / "z1.npy").exists()
    assert latent(*arguments, "--force")[0] == 0
    assert mine.read_bytes() == (samples / "z2.npy").read_bytes()


def test_an_equal_copy_may_be_made_again(latent, tmp_path):
    for _ in range(2):
        assert latent("sample", "z1.npy", "--to", tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("given", "meant"), [("z3.npy", "z"), ("article-word.txt", "article-words.txt")]
)
def test_an_unknown_sample_is_told_with_the_likeliest(latent, given, meant):
    code, out, err = latent("sample", given)
    assert (code, out) == (2, "")
    assert err.startswith(f"latent: error: unknown sample '{given}'. Did you mean {meant}")


def test_a_sample_is_found_by_name_from_anywhere(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = latent(
        "neighbors", "king", "-v", "article-words.txt", "-k", "1", "-f", "csv"
    )
    assert code == 0
    assert out.splitlines()[1].startswith("king,1,man,")


def test_a_file_of_that_name_comes_before_the_sample(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "article-words.txt").write_text("king 1 2\nemperor 2 1\n")
    _, out, _ = latent("neighbors", "king", "-v", "article-words.txt", "-f", "csv")
    assert out.splitlines()[1].startswith("king,1,emperor,")
