"""Names that other tools have for our commands run them, and tell their names."""

import pytest

from latentcli.cli.app import COMMANDS
from latentcli.cli.synonyms import IN_GROUPS, SYNONYMS


def test_each_synonym_is_a_command_and_none_hides_one():
    assert {words[0] for words in SYNONYMS.values()} <= {*COMMANDS}
    assert not {*SYNONYMS} & {*COMMANDS}
    from tests.cli.test_options import leaves

    names = {name for name, _ in leaves()}
    for group, others in IN_GROUPS.items():
        assert {f"{group} {name}" for name in others.values()} <= names
        assert not {f"{group} {name}" for name in others} & names


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (["nearest", "king", "-k", "1"], "latent neighbors"),
        (["similar", "king", "-k", "1"], "latent neighbors"),
        (["pca", "codes.npy", "-k", "1"], "latent directions pca"),
        (["tsne", "--help"], "latent map"),
        (["bias", "--help"], "latent evaluate weat"),
        (["retrieval", "--help"], "latent evaluate retrieval"),
        (["evaluate", "bias", "--help"], "latent evaluate weat"),
        (["evaluate", "wordsim", "--help"], "latent evaluate similarity"),
        (["directions", "ganspace", "codes.npy", "-k", "1"], "latent directions pca"),
        (["cache", "ls"], "latent cache list"),
        (["hdbscan", "--help"], "latent clusters --method hdbscan"),
    ],
)
def test_a_synonym_runs_the_command_and_tells_its_name(latent, typed, name):
    code, out, err = latent(*typed)
    assert code == 0
    assert out
    assert name in err
    code, out, err = latent(*typed, "-q")
    assert name not in err
