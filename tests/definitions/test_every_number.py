"""Every number in the JSON of every command has a definition test, or the reason why it has none."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from latentcli.cli.app import COMMANDS
from latentcli.disentanglement import METRICS

FOLDER = Path(__file__).parent

INTERVAL = "an interval is random: how often it holds is in `make coverage`"
NULL = "what shuffled or random data give is random: tests/noise holds it"
COUNT = "a count, a place, a size or what was asked for"
POINT = "the coordinates that were made, which tests/latents and tests/pictures hold"
FILES = "a fact about a file, which tests/files holds"
LENGTH = "test_latents::test_path_measures"

SUFFIXES = {"_low": INTERVAL, "_high": INTERVAL, "_chance": NULL}
"""Ends of names that say what a number is, for all commands."""

ANYWHERE = {
    "low": INTERVAL, "high": INTERVAL, "corrected_low": INTERVAL, "corrected_high": INTERVAL,
    "null": NULL, "white_noise": NULL, "chance": NULL, "chance_95": NULL,
    **dict.fromkeys(
        ("rank", "row", "column", "rows", "dimensions", "questions", "skipped", "used", "pairs",
         "categories", "words", "correct", "permutations", "classes", "votes", "batches", "seed",
         "vectors", "dim", "dims", "alpha", "t", "value", "bytes", "entries", "codes"), COUNT),
    "z": POINT,
}  # fmt: skip

COUNTS = "test_disentanglement_counts"
PREDICTORS = "test_disentanglement_predictors"
OF_COUNTS = {
    "entropy": f"{COUNTS}::test_mig_corrected", "information": f"{COUNTS}::test_mig",
    "runner_up_information": f"{COUNTS}::test_mig", "mig_sup": f"{COUNTS}::test_mig",
    "information_error": "a standard error by the delta method: tests/disentanglement/test_mig.py",
    "corrected": f"{COUNTS}::test_mig_corrected",
}  # fmt: skip
CORRECTED = "the score above, of information whose correction test_mig_corrected derives again"
VOTING = {
    "factor": COUNT, "shares": "votes, counted: tests/disentanglement holds their sums",
    "ratios": "mean |z - z'|, shown for the picture: tests/disentanglement/test_betavae.py",
}  # fmt: skip


def of_votes(name):
    """Return where the numbers of a metric by votes are derived again."""
    where = f"{PREDICTORS}::test_{name}"
    train = "the same protocol on its training batches"
    scaled = "(score - 1 / K) / (1 - 1 / K) of the score above"
    return {name: where, f"{name}_train": train, f"{name}_scaled": scaled, **VOTING}


NUMBERS = {
    "analogy": {"score": "test_words::test_3cosadd"},
    "neighbors": {"score": "test_words::test_neighbors"},
    "expr": {"score": "test_words::test_expression"},
    "similarity": dict.fromkeys(
        ("cosine", "dot", "euclidean", "angle_degrees"), "test_words::test_similarity"
    ),
    "distances": {"distance": "test_words::test_distances"},
    "odd": {"score": "test_words::test_odd"},
    "relation": dict.fromkeys(
        ("cosine_to_mean", "norm", "mean_pairwise", "p_value", "cosine"), "test_words::test_relation"
    ),
    "evaluate analogies": dict.fromkeys(
        ("accuracy", "semantic", "syntactic"), "test_evaluation::test_accuracy_and_its_interval"
    ),
    "evaluate odd": {"accuracy": "test_evaluation::test_odd_one_out"},
    "evaluate similarity": dict.fromkeys(
        ("spearman", "pearson"), "test_evaluation::test_correlations"
    ),
    "evaluate weat": dict.fromkeys(
        ("effect_size", "difference", "p_value"), "test_evaluation::test_weat"
    ),
    "evaluate categories": {"purity": "test_evaluation::test_purity_of_separate_and_of_equal_clusters"},
    "interp": {
        **dict.fromkeys(("norm", "step", "angle_degrees", "length", "straightness"), LENGTH),
        **dict.fromkeys(
            ("smallest_norm", "smallest_norm_at", "largest_step"),
            "the least or greatest of the norms and steps above: tests/latents/test_paths.py",
        ),
        "smallest_norm_sigma": "sigma of test_latents::test_typicality, of one norm",
        "typicality": "test_latents::test_typicality",
        **dict.fromkeys(
            ("graph_length", "graph_straightness"),
            "the shortest path that SciPy finds in the graph of neighbors: tests/latents/test_graph.py",
        ),
        **dict.fromkeys(("distance", "percentile", "nearest", "holes"), "test_latents::test_holes"),
        "hole_limit": "the quantile of test_holes that was asked for",
    },
    "direction": {
        "held_out_separation":
            "test_latents::test_the_held_out_separation_and_its_permutation_test",
        "held_out_auc": "test_latents::test_the_held_out_separation_and_its_permutation_test",
        "p_value": "test_latents::test_the_held_out_separation_and_its_permutation_test",
        **dict.fromkeys(
            ("separation", "length", "intercept", "scale"),
            "test_latents::test_directions_and_their_separation",
        ),
        "held_out_correlation": "test_latents::test_directions_of_scores",
        "correlation": "test_latents::test_directions_of_scores",
    },
    "directions cosine": dict.fromkeys(
        ("cosine", "random_sd"), "test_latents::test_cosines_of_directions"
    ),
    "edit": {
        "norm": LENGTH, "typicality": "test_latents::test_typicality",
        "projection": "test_latents::test_edits",
    },
    "project": {
        **dict.fromkeys(("score", "mean", "sd"), "z . d and its moments: tests/latents/test_editing.py"),
        "percentile": COUNT, "direction_scale": "what the file of the direction says",
    },
    "truncate": {
        "norm": LENGTH, "typicality": "test_latents::test_typicality",
        "distance": "test_latents::test_truncation_mixing_traversal_and_grid",
    },
    "mix": {"norm": LENGTH, "typicality": "test_latents::test_typicality"},
    "traverse": {"norm": LENGTH, "typicality": "test_latents::test_typicality"},
    "grid": {"norm": LENGTH, "typicality": "test_latents::test_typicality"},
    "sample-z": {"norm": LENGTH, "typicality": "test_latents::test_typicality"},
    "typical": {
        **dict.fromkeys(("norm", "expected", "sigma", "percentile"), "test_latents::test_typicality"),
        "percentile_estimated": "F and beta distributions: tests/latents/test_typicality.py",
        "p_value": "test_latents::test_the_test_of_norms",
        **dict.fromkeys(
            ("mean_norm", "sd_norm", "expected_norm", "mean_sigma", "beyond_4_sigma"),
            "the mean, deviation or number of the columns above",
        ),
    },
    "capacity": dict.fromkeys(("patterns", "bits"), "test_geometry::test_capacity"),
    "represent": {"similarity": "test_words::test_one_hot_and_bag_of_words"},
    "compare": {
        **dict.fromkeys(
            ("cka", "rsa", "procrustes", "neighbor_overlap"), "test_geometry::test_comparison"
        ),
        **dict.fromkeys(("moved", "median_move"), "test_geometry_labels::test_moves"),
        "overlap_by_chance": "k / (n - 1)", "rows_in_common": COUNT, "noise_limit": NULL,
        "p_value": NULL,
    },
    "geometry": {
        **dict.fromkeys(
            ("silhouette", "davies_bouldin", "calinski_harabasz", "knn_purity"),
            "test_geometry_labels::test_classes",
        ),
        "probe_accuracy": "scikit-learn's own logistic regression, cross-validated",
        "offset_cosine": "test_words::test_relation",
        **dict.fromkeys(
            ("participation_ratio", "isoscore", "effective_rank", "stable_rank", "pca_top_share",
             "pca_components"), "test_geometry::test_spectra"),
        "all_but_the_top": "test_geometry_labels::test_spectra_that_are_not_centred",
        **dict.fromkeys(
            ("mean_cosine", "uniformity", "alignment"), "test_geometry::test_directions"
        ),
        **dict.fromkeys(
            ("distance_spread", "k_skewness", "antihubs", "hub_share", "robin_hood", "hub"),
            "test_geometry::test_distances_and_hubs",
        ),
        **dict.fromkeys(("two_nn", "mle"), "test_geometry::test_local_dimension"),
        **dict.fromkeys(
            ("trustworthiness", "continuity", "distance_correlation", "lipschitz"),
            "test_geometry_labels::test_smoothness",
        ),
        "p_value": NULL,
        **dict.fromkeys(("rows_of_pairs", "rows_of_neighbors", "noise_rows"), COUNT),
    },
    "map": {
        **dict.fromkeys(("x", "y"), POINT), "shown": COUNT, "k": COUNT,
        **dict.fromkeys(
            ("trustworthiness", "continuity", "distance_correlation"),
            "test_geometry_labels::test_smoothness",
        ),
        "neighbors_kept": "the share of common neighbors, as test_comparison derives it",
        "variance_kept": "pca_top_share of two components, as test_spectra derives it",
    },
    "disentanglement": dict.fromkeys(METRICS, "the score of the metric's own command"),
    "metrics": {},
    "mig": {
        **dict.fromkeys(
            ("mig", "mig_ratio", "aam"), f"{COUNTS}::test_mig"), **OF_COUNTS,
        **dict.fromkeys(("mig_corrected", "mig_robust"), f"{COUNTS}::test_mig_corrected"),
        "mig_quantile": "mig on equally full bins: tests/disentanglement/test_mig.py",
        "ceiling": f"{COUNTS}::test_ceiling_is_the_mig_of_perfect_codes",
    },
    "jemmig": {**OF_COUNTS, **dict.fromkeys(("jemmig", "jemmig_raw"), f"{COUNTS}::test_jemmig"),
               "jemmig_corrected": CORRECTED},
    "dcimig": {**OF_COUNTS, **dict.fromkeys(("dcimig", "ceiling"), f"{COUNTS}::test_dcimig"),
               "dcimig_corrected": CORRECTED},
    "dmig": {"dmig": f"{COUNTS}::test_dmig",
             **dict.fromkeys(("dlig", "xmig"), "ratios of the terms that test_dmig derives: tests/disentanglement/test_dmig.py")},
    "modularity": {**OF_COUNTS, "informative": COUNT,
                   **dict.fromkeys(("modularity", "modularity_informative"),
                                   f"{COUNTS}::test_modularity"),
                   "modularity_informative_corrected": CORRECTED},
    "med": {**OF_COUNTS, **dict.fromkeys(("med", "med_completeness"), f"{COUNTS}::test_med"),
            **dict.fromkeys(("med_corrected", "med_top"), CORRECTED),
            **dict.fromkeys(("completeness", "disentanglement"), f"{COUNTS}::test_med")},
    "infomec": {**dict.fromkeys(("infom", "infoc"), f"{COUNTS}::test_infom_and_infoc"),
                "infoe": f"{COUNTS}::test_infoe", "infomec": "the mean of its three parts",
                "infoe_heldout": "infoe of the same models on held-out rows: tests/disentanglement/test_infomec.py",
                "active": COUNT, **dict.fromkeys(("infom_corrected", "infoc_corrected"), CORRECTED)},
    "sap": {
        **dict.fromkeys(
            ("sap", "sap_balanced", "sap_of_factors", "score", "runner_up_score", "balanced",
             "of_factor", "scores"), f"{PREDICTORS}::test_sap_by_support_vector_machines"),
        **dict.fromkeys(("sap_r2", "r2"), f"{PREDICTORS}::test_sap_by_squared_correlations"),
    },
    "dci": {
        **dict.fromkeys(
            ("dci", "disentanglement", "completeness", "completeness_mean", "informativeness",
             "informativeness_train", "nrmse", "importances", "share", "weight"),
            f"{PREDICTORS}::check_dci"),
    },
    "explicitness": {
        **dict.fromkeys(
            ("explicitness", "explicitness_train", "explicitness_scaled"),
            f"{PREDICTORS}::test_explicitness"),
        "worst_explicitness": "the least of the scores of classes, whose mean test_explicitness derives",
    },
    "irs": {
        **dict.fromkeys(("irs", "irs_unweighted", "robustness"), f"{PREDICTORS}::test_irs"),
        "largest_deviation": f"{PREDICTORS}::test_irs", "smallest_class": COUNT,
    },
    **{name: of_votes(name) for name in ("factorvae", "betavae", "zmaxvar")},
    "total-correlation": {
        **dict.fromkeys(
            ("total_correlation", "total_correlation_corrected", "information", "correlation"),
            f"{PREDICTORS}::test_total_correlation"),
    },
    "wasserstein-dependence": dict.fromkeys(
        ("wasserstein_dependence", "wasserstein_dependence_norm", "variance"),
        f"{PREDICTORS}::test_wasserstein_dependence"),
    "mutual-information-score": dict.fromkeys(
        ("mutual_information_score", "mutual_information_score_alive",
         "mutual_information_score_corrected", "mutual_information_score_norm", "entropy",
         "nearest_information", "information"),
        f"{PREDICTORS}::test_mutual_information_score"),
    "info": dict.fromkeys(
        ("norm_min", "norm_median", "norm_max", "unusable_rows"), FILES),
    "convert": {}, "cache list": {}, "sample": {},
}  # fmt: skip

ELSEWHERE = {
    "duplicates": "cosines and distances of pairs: tests/geometry/test_duplicates.py",
    "outliers": "distances to neighbors: tests/geometry/test_outliers.py",
    "clusters": "silhouettes and Jaccard similarities: tests/geometry/test_groups.py",
    "decode": "what a decoder makes of codes: tests/pictures/test_decoding.py",
    "smoothness": "of a decoder's outputs, with closed forms: tests/pictures/test_smoothness.py",
    "mcc": "correlations of assigned dimensions: tests/disentanglement/test_mcc.py",
    "identifiability": "R squared of regressions: tests/disentanglement/test_mcc.py",
    "drift": "distances of two sets: tests/comparison/test_drift.py",
    "align": "P@k and rotations beside plain NumPy: tests/comparison/test_align.py",
    "evaluate retrieval": "trec_eval's own measures: tests/words/evaluation/test_retrieval.py",
    "download": "sizes of files: tests/files/test_downloads.py",
    "train": "gensim's own loss: tests/cli/commands/words/test_train.py",
}
"""Commands whose numbers are derived beside their other tests, or take a model: not run here."""

WITHOUT = ("total-correlation", "wasserstein-dependence", "mutual-information-score")
ARGUMENTS = {
    "analogy": ["king man woman -k 2"], "neighbors": ["king -k 2"], "expr": ["king + queen -k 2"],
    "similarity": ["king queen"], "distances": ["king queen man"], "odd": ["king queen man paris"],
    "relation": ["king:queen man:woman uncle:aunt father:mother"],
    "evaluate analogies": ["q.txt"], "evaluate odd": ["odd.txt"], "evaluate weat": ["w.json"],
    "evaluate similarity": ["sim.txt"], "evaluate categories": ["cat.txt"],
    "interp": ["c.npy[0] c.npy[1] --slerp --steps 3 --reference c.npy"],
    "direction": ["c.npy[:30] c.npy[30:]", "c.npy --scores s.npy"],
    "directions cosine": ["v.npy v.npy"], "edit": ["c.npy v.npy --by 1"], "project": ["c.npy v.npy"],
    "truncate": ["c.npy --psi 0.5 --mean-of c.npy"], "mix": ["c.npy d.npy"],
    "grid": ["c.npy[0] c.npy[1] c.npy[2] c.npy[3]"], "traverse": ["c.npy[0] --dims 0"],
    "typical": ["c.npy", "c.npy --reference d.npy"], "sample-z": ["--dim 4"],
    "disentanglement": ["c.npy f.csv --only mig,irs"], "metrics": [""], "capacity": ["--dims 3"],
    "represent": ["king queen"], "compare": ["c.npy d.npy"], "info": ["c.npy"],
    "geometry": ["c.npy --labels f.csv::a --outputs d.npy"],
    "map": ["c.npy"], "convert": ["c.npy o.txt"], "cache list": [""], "sample": [""],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows, factors = rng.standard_normal((60, 5)), rng.integers(0, 3, (60, 2))
    rows[:, :2] += 2 * factors
    for name, array in {
        "c": rows, "d": rows @ rng.standard_normal((5, 5)), "s": rows[:, 0], "v": np.eye(5)[0]
    }.items():  # fmt: skip
        np.save(f"{name}.npy", array)
    Path("f.csv").write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in factors))
    Path("q.txt").write_text(": x\nking queen man woman\nparis france tokyo japan\n")
    Path("sim.txt").write_text("king queen 9\nman woman 8\ncat dog 7\nparis france 6\n")
    Path("odd.txt").write_text("king queen man paris\n")
    Path("cat.txt").write_text("king\tp\nqueen\tp\nparis\tq\nfrance\tq\n")
    lists = {"x": ["king", "man"], "y": ["queen", "woman"], "a": ["son"], "b": ["daughter"]}
    Path("w.json").write_text(json.dumps(lists))
    return tmp_path


def numbers(whole):
    """Return the names of the numbers in a report; of a record of a measure, the measure's."""
    for record in (*whole["results"], whole["summary"]):
        for key, value in record.items():
            several = value if isinstance(value, list) else [value]
            if any(
                isinstance(one, int | float) and not isinstance(one, bool) for one in several
            ):
                measured = key == "value" and record.get("measure")
                yield measured or re.sub(r"^cosine .*", "cosine", key)


def place(command, key):
    """Return the definition test of a number, or the reason for none; None if it has neither."""
    known = NUMBERS[command].get(key) or ANYWHERE.get(key)
    suffix = next((reason for end, reason in SUFFIXES.items() if key.endswith(end)), None)
    return known or suffix


def arguments(command):
    files = "c.npy" if command in WITHOUT else "c.npy f.csv"
    return ARGUMENTS.get(command, [files])


@pytest.mark.parametrize("command", NUMBERS)
def test_a_number_has_a_definition_or_a_reason(command, folder, latent):
    seen = set()
    for line in arguments(command):
        code, out, errors = latent(*command.split(), *line.split(), "--json")
        assert code == 0, errors
        seen |= set(numbers(json.loads(out)))
    assert not [key for key in seen if not place(command, key)]


def test_every_command_is_in_the_table():
    groups = {name.split()[0] for name in (*NUMBERS, *ELSEWHERE)}
    assert set(COMMANDS) <= groups


def test_the_definition_tests_are_there():
    """Each is a function of its file, and each file says in what it takes its definitions from."""
    named = {
        where
        for table in (*NUMBERS.values(), ANYWHERE)
        for where in table.values()
        if re.fullmatch(r"test_\w+::\w+", where)
    }
    assert len(named) > 30
    for where in named:
        module, function = where.split("::")
        assert f"\ndef {function}(" in (FOLDER / f"{module}.py").read_text(), where


def test_reasons_that_name_a_file_name_one_that_is_there():
    for table in (*NUMBERS.values(), ANYWHERE, ELSEWHERE):
        values = table.values() if isinstance(table, dict) else [table]
        for reason in values:
            for path in re.findall(r"tests/[\w/]+\.py", reason):
                assert (FOLDER.parents[1] / path).is_file(), reason
