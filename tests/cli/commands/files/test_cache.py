import os

import pytest


def test_a_cache_is_built_listed_and_cleared(results, answer, words, objects, own_cache):
    assert results("cache", "list") == []
    (built,) = results("cache", "build", words)
    results("cache", "build", objects)
    assert set(built) == {"file", "format", "rows", "dimensions", "bytes", "made", "state"}
    assert (built["rows"], built["dimensions"], built["state"]) == (6, 3, "good")
    whole = answer("cache", "list")
    assert sorted(record["file"] for record in whole["results"]) == sorted(
        [str(words), str(objects)]
    )
    used = sum(file.stat().st_size for file in own_cache.rglob("*") if file.is_file())
    assert whole["summary"] == {"folder": str(own_cache), "entries": 2, "bytes": used}
    assert results("cache", "clear", words) == [{"removed": 1, "bytes": built["bytes"]}]
    assert [record["file"] for record in results("cache", "list")] == [str(objects)]
    assert results("cache", "clear")[0]["removed"] == 1
    assert not list(own_cache.iterdir())


def test_scores_that_are_kept_are_listed_and_cleared(results, answer, words, own_cache):
    from latentcli.files.store.scores import NAME, KeptScores

    results("cache", "build", words)
    store = KeptScores()
    store["a"] = store["b"] = {"x": 1}
    (_, kept) = results("cache", "list")
    assert (kept["file"], kept["format"]) == (str(own_cache / NAME), "scores")
    assert (kept["rows"], kept["state"]) == (2, "good")
    assert results("cache", "clear", own_cache / NAME) == [
        {"removed": 1, "bytes": kept["bytes"]}
    ]
    assert [one["format"] for one in results("cache", "list")] != ["scores"]
    KeptScores()["a"] = 1
    assert results("cache", "clear")[0]["removed"] == 2
    assert not list(own_cache.iterdir())


def test_the_folder_is_printed_bare(latent, own_cache):
    assert latent("cache", "dir") == (0, f"{own_cache}\n", "")


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"LATENT_CACHE_DIR": "/one", "XDG_CACHE_HOME": "/two", "HOME": "/me"}, "/one"),
        ({"XDG_CACHE_HOME": "/two", "HOME": "/me"}, "/two/latent"),
        ({"HOME": "/me"}, "/me/.cache/latent"),
    ],
)
def test_where_the_cache_is(latent, monkeypatch, variables, folder):
    for name in ("LATENT_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert latent("cache", "dir") == (0, f"{folder}\n", "")


def test_a_file_that_changed_is_stale(results, tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("king 1 2\nqueen 2 1\n")
    results("cache", "build", path)
    path.write_text("king 1 2\nqueen 2 1\nman 3 3\n")
    os.utime(path, ns=(1, 1))
    assert results("cache", "list")[0]["state"] == "stale"
    assert results("info", path)[0]["rows"] == 3


def test_several_files_are_built_at_once(results, words, objects):
    assert len(results("cache", "build", words, objects)) == 2


def test_a_missing_file_is_told(latent, tmp_path):
    path = tmp_path / "none.txt"
    assert latent("cache", "build", path) == (1, "", f"latent: error: no such file: {path}\n")


@pytest.mark.parametrize("arguments", [["cache", "bild"], ["cache", "build"]])
def test_what_cannot_be_done_is_a_usage_error(latent, arguments):
    assert latent(*arguments)[0] == 2


def test_a_file_that_is_not_kept_fails_the_build(latent, samples, own_cache):
    own_cache.write_text("not a folder")
    code, out, err = latent("cache", "build", samples / "article-words.txt", "-f", "tsv")
    assert code == 1
    assert "not kept" in out
    assert "not kept in the cache" in err
