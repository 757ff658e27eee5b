import pytest

from latentcli.cli.commands.disentanglement.metric import metric
from latentcli.disentanglement import METRICS


def test_every_metric_is_listed_with_what_it_asks(latent, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, out, err = latent("metrics")
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    for name, asks in METRICS.items():
        assert asks in lines[name]


def test_records_say_all_there_is_to_say(results):
    rows = {row["metric"]: row for row in results("metrics")}
    assert list(rows) == list(METRICS)
    for name, row in rows.items():
        about, _ = metric(name)
        assert row["definition"] == about.definition
        assert row["blind"] == about.blind
        assert row["likes"] == ", ".join(about.likes)
        assert row["source"]
        assert row["range"]


@pytest.mark.parametrize("name", METRICS)
def test_one_metric_in_full(latent, results, name):
    code, out, _ = latent("metrics", name)
    assert code == 0
    about, _ = metric(name)
    assert about.title in " ".join(out.split())
    assert [row["metric"] for row in results("metrics", name)] == [name]


@pytest.mark.parametrize("name", METRICS)
def test_the_help_of_a_metric_says_what_it_is(latent, name):
    code, out, _ = latent(name, "--help")
    assert code == 0
    flat = " ".join(out.split())
    about, _ = metric(name)
    assert about.title in flat
    assert about.source.split(",")[0] in flat


def test_an_unknown_metric_is_told_with_the_likeliest(latent):
    code, out, err = latent("metrics", "modulary")
    assert (code, out) == (2, "")
    assert "Did you mean modularity?" in err
