"""`latent metrics`, and the help of every metric."""

import sys

import pytest

from latentcli.disentanglement import METRICS, about, parameters


def test_every_metric_is_listed_by_its_full_name_in_80_columns(latent, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("latentcli.render.table._UNBOUNDED", 80)
    code, out, err = latent("metrics")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    words = set(out.split())
    for name, full in METRICS.items():
        assert name in words
        assert set(full.split()) <= words


def test_records_say_all_there_is_to_say(results):
    rows = {row["metric"]: row for row in results("metrics")}
    assert list(rows) == list(METRICS)
    for name, row in rows.items():
        assert row["name"] == METRICS[name]
        assert row["formula"] == about(name).formula
        assert row["limitations"] == about(name).limitations
        assert row["ceiling"] == (about(name).ceiling or None)
        assert row["compat"] == (", ".join(about(name).compat) or None)
        assert row["source"]
        assert row["range"]


@pytest.mark.parametrize("name", METRICS)
def test_one_metric_in_full(latent, results, name):
    code, out, _ = latent("metrics", name)
    assert code == 0
    assert METRICS[name] in " ".join(out.split())
    assert [row["metric"] for row in results("metrics", name)] == [name]


@pytest.mark.parametrize("name", METRICS)
def test_the_help_of_a_metric_says_what_it_is(latent, name):
    code, out, _ = latent(name, "--help-all")
    assert code == 0
    flat = " ".join(out.split())
    assert METRICS[name] in flat
    assert about(name).source.split(",")[0] in flat
    for estimator in about(name).estimators:
        assert estimator in flat
    assert ("--estimator" in flat) == ("estimator" in parameters(name))


@pytest.mark.parametrize("name", ["mig", "dci", "betavae"])
def test_the_help_of_a_metric_imports_no_numpy(name):
    import subprocess

    code = (
        "import sys; from latentcli.cli.app import main; "
        f"main(['{name}', '--help']); sys.exit('numpy' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL).returncode == 0
    )


def test_an_unknown_metric_is_named_with_the_likeliest(latent):
    code, out, err = latent("metrics", "modulary")
    assert (code, out) == (2, "")
    assert "Did you mean modularity?" in err
