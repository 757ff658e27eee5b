"""Every number in the JSON of every command has a definition test, or the reason why it has none."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import typer.main

from latentcli.cli.app import COMMANDS, build
from latentcli.disentanglement import METRICS

FOLDER = Path(__file__).parent

INTERVAL = "an interval is random: how often it holds is in `make coverage`"
NULL = "what shuffled or random data give is random: tests/noise holds it"
COUNT = "a count, a place, a size or what was asked for"
POINT = "the coordinates that were made, which tests/latents and tests/pictures hold"
FILES = "a fact about a file, which tests/files holds"
LENGTH = "test_latents::test_path_measures"

DIFFERENCES = "test_others::test_differences_of_models"
HOLM = "Holm's, and the test by random halves: tests/numerics/test_multiple_comparisons.py"

SUFFIXES = {"_low": INTERVAL, "_high": INTERVAL, "_chance": NULL}
"""Ends of names that say what a number is, for all commands."""

ANYWHERE = {
    "low": INTERVAL, "high": INTERVAL, "corrected_low": INTERVAL, "corrected_high": INTERVAL,
    "null": NULL, "white_noise": NULL, "chance": NULL, "chance_95": NULL,
    **dict.fromkeys(
        ("rank", "row", "column", "rows", "dimensions", "questions", "skipped", "used", "pairs",
         "categories", "words", "correct", "permutations", "classes", "votes", "batches", "seed",
         "vectors", "dim", "dims", "alpha", "t", "value", "bytes", "entries", "codes", "models", "layer"), COUNT),
    "difference": DIFFERENCES, "difference_p_value": HOLM, "p_holm": HOLM,
    "z": POINT,
}  # fmt: skip

COUNTS = "test_disentanglement_counts"
BESIDE = "test_disentanglement_others"
PREDICTORS = "test_disentanglement_predictors"
OF_COUNTS = {
    "entropy": f"{COUNTS}::test_mig_corrected", "information": f"{COUNTS}::test_mig",
    "runner_up_information": f"{COUNTS}::test_mig", "mig_sup": f"{COUNTS}::test_mig",
    "information_error": f"{BESIDE}::test_the_error_of_information",
    "corrected": f"{COUNTS}::test_mig_corrected",
}  # fmt: skip
CEILING = (
    "the score of perfect codes, by the same function: tests/disentanglement/test_ceiling.py"
)
CORRECTED = f"{BESIDE}::test_corrected_scores_of_counts"
VOTING = {
    "ceiling": CEILING,
    "factor": COUNT, "shares": "votes, counted: tests/disentanglement holds their sums",
    "ratios": "mean |z - z'|, shown for the picture: tests/disentanglement/test_betavae.py",
}  # fmt: skip


def of_votes(name):
    """Return where the numbers of a metric by votes are derived again."""
    where = f"{PREDICTORS}::test_{name}"
    train = "the same protocol on its training batches"
    scaled = f"{BESIDE}::test_the_scale_of_accuracies"
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
        ("cosine_to_mean", "norm", "mean_pairwise", "p_value", "cosines", "least_pairwise"), "test_words::test_relation"
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
            ("smallest_norm", "smallest_norm_at", "largest_step", "smallest_norm_sigma"),
            "test_others::test_extremes_of_a_path",
        ),
        "typicality": "test_latents::test_typicality",
        **dict.fromkeys(
            ("graph_length", "graph_straightness"), "test_others::test_the_length_on_a_graph"
        ),
        **dict.fromkeys(("distance", "percentile", "nearest", "holes"), "test_latents::test_holes"),
        "hole_limit": "test_latents::test_holes",
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
        **dict.fromkeys(("score", "mean", "sd", "percentile"), "test_others::test_projections"),
        "explained": "tests/words/test_axis.py::test_several_pairs_are_the_first_component_of_scikit_learn",
        "direction_scale": "what the file of the direction says",
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
        "percentile_estimated": "test_others::test_the_place_in_an_ellipsoid_that_is_estimated",
        "p_value": "test_latents::test_the_test_of_norms",
        **dict.fromkeys(
            ("mean_norm", "sd_norm", "expected_norm", "mean_sigma", "beyond_4_sigma"),
            "test_others::test_the_summary_of_norms",
        ),
    },
    "capacity": {
        **dict.fromkeys(("patterns", "bits"), "test_geometry::test_capacity"),
        **dict.fromkeys(
            ("sign_patterns", "share_of_possible", "bits_of_signs", "bits_per_dimension", "perplexity",
             "rms_cosine", "mean_abs_cosine", "largest_abs_cosine", "reference"),
            "test_others::test_the_room_of_a_space"),
    },
    "represent": {"similarity": "test_words::test_one_hot_and_bag_of_words"},
    "compare": {
        **dict.fromkeys(
            ("cka", "rsa", "procrustes", "neighbor_overlap"), "test_geometry::test_comparison"
        ),
        **dict.fromkeys(("moved", "median_move"), "test_geometry_labels::test_moves"),
        "overlap_by_chance": "test_others::test_the_overlap_that_chance_gives", "rows_in_common": COUNT, "noise_limit": NULL,
        "p_value": NULL,
    },
    "geometry": {
        **dict.fromkeys(
            ("silhouette", "davies_bouldin", "calinski_harabasz", "knn_purity"),
            "test_geometry_labels::test_classes",
        ),
        "probe_accuracy": "scikit-learn's own cross-validated logistic regression: tests/geometry/test_clusters.py",
        "offset_cosine": "test_words::test_relation",
        **dict.fromkeys(
            ("participation_ratio", "isoscore", "effective_rank", "stable_rank", "pca_top_share",
             "pca_components"), "test_geometry::test_spectra"),
        "all_but_the_top": "test_geometry_labels::test_spectra_that_are_not_centered",
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
            ("trustworthiness", "continuity", "neighbors_kept", "variance_kept"),
            "test_others::test_maps",
        ),
        "distance_correlation": "Spearman's, of pairs drawn at random: tests/pictures/test_map.py",
    },
    "disentanglement": dict.fromkeys(METRICS, f"{BESIDE}::test_the_report_has_the_scores_of_the_metrics"),
    "metrics": {},
    "mig": {
        **dict.fromkeys(
            ("mig", "mig_ratio", "aam"), f"{COUNTS}::test_mig"), **OF_COUNTS,
        "mig_corrected": f"{COUNTS}::test_mig_corrected",
        **dict.fromkeys(
            ("mig_robust", *(f"mig_bins_{n}" for n in (5, 10, 20, 50, 100))),
            f"{BESIDE}::test_mig_with_other_bins"),
        "mig_quantile": f"{BESIDE}::test_mig_on_equally_full_bins",
        "ceiling": f"{COUNTS}::test_ceiling_is_the_mig_of_perfect_codes",
    },
    "jemmig": {**OF_COUNTS, **dict.fromkeys(("jemmig", "jemmig_raw"), f"{COUNTS}::test_jemmig"),
               "jemmig_corrected": CORRECTED, "ceiling": CEILING},
    "dcimig": {**OF_COUNTS, **dict.fromkeys(("dcimig", "ceiling"), f"{COUNTS}::test_dcimig"),
               "dcimig_corrected": CORRECTED},
    "dmig": {"dmig": f"{COUNTS}::test_dmig", "ceiling": CEILING,
             **dict.fromkeys(("dlig", "xmig"), f"{BESIDE}::test_dlig_and_xmig")},
    "modularity": {**OF_COUNTS, "informative": COUNT,
                   **dict.fromkeys(("modularity", "modularity_informative"),
                                   f"{COUNTS}::test_modularity"),
                   "modularity_informative_corrected": CORRECTED, "ceiling": CEILING},
    "med": {**OF_COUNTS, **dict.fromkeys(("med", "med_completeness"), f"{COUNTS}::test_med"),
            "med_corrected": CORRECTED, "ceiling": CEILING, "med_top": f"{BESIDE}::test_med_of_the_best_dimensions",
            **dict.fromkeys(("completeness", "disentanglement"), f"{COUNTS}::test_med")},
    "infomec": {**dict.fromkeys(("infom", "infoc"), f"{COUNTS}::test_infom_and_infoc"),
                "infoe": f"{COUNTS}::test_infoe", "infoe_heldout": f"{BESIDE}::test_infoe_held_out",
                "active": COUNT, "ceiling": CEILING,
                **dict.fromkeys(("infomec", "infom_corrected", "infoc_corrected"),
                                f"{BESIDE}::test_infomec_corrected")},
    "sap": {
        **dict.fromkeys(
            ("sap", "sap_balanced", "score", "runner_up_score", "balanced", "scores"),
            f"{PREDICTORS}::test_sap_by_support_vector_machines"),
        "ceiling": CEILING,
        **dict.fromkeys(("sap_of_factors", "of_factor"), f"{BESIDE}::test_sap_of_factors"),
        **dict.fromkeys(("sap_r2", "r2"), f"{PREDICTORS}::test_sap_by_squared_correlations"),
    },
    "dci": {
        **dict.fromkeys(
            ("dci", "disentanglement", "completeness", "completeness_mean", "informativeness",
             "informativeness_train", "nrmse", "importances", "share", "weight"),
            f"{PREDICTORS}::check_dci"),
        "ceiling": CEILING,
    },
    "dci-es": {
        **dict.fromkeys(
            ("dci_es", "losses", "baseline", "capacity", "size", "informativeness"),
            "tests/disentanglement/test_dci_es.py::test_scores_are_those_of_the_papers_formula"),
        "capacities": COUNT,
    },
    "explicitness": {
        **dict.fromkeys(
            ("explicitness", "explicitness_train", "explicitness_scaled"),
            f"{PREDICTORS}::test_explicitness"),
        "ceiling": CEILING,
        "worst_explicitness": f"{BESIDE}::test_the_class_that_is_told_worst",
    },
    "irs": {
        **dict.fromkeys(("irs", "irs_unweighted", "robustness"), f"{PREDICTORS}::test_irs"),
        "largest_deviation": f"{PREDICTORS}::test_irs", "smallest_class": COUNT,
        "ceiling": CEILING,
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
         "mutual_information_score_norm", "entropy", "nearest_information", "information"),
        f"{PREDICTORS}::test_mutual_information_score")
    | {"mutual_information_score_corrected": f"{BESIDE}::test_mutual_information_score_corrected"},
    "mcc": dict.fromkeys(("mcc", "mcc_matched", "correlation"), f"{BESIDE}::test_mcc"),
    "identifiability": dict.fromkeys(
        ("identifiability", "r2"), f"{BESIDE}::test_identifiability"
    ),
    "udr": {
        **dict.fromkeys(
            ("udr", "best_udr", "median_udr"),
            "tests/disentanglement/test_udr.py::test_scores_are_those_of_the_papers_formula"),
        "informative": COUNT,
    },
    "duplicates": {
        **dict.fromkeys(
            ("cosine", "pairs", "share_of_pairs", "groups", "rows_in_groups", "rows_to_drop",
             "group_size"), "test_others::test_duplicates"),
        "exact_copies": COUNT, "group": COUNT,
    },
    "outliers": dict.fromkeys(
        [f"{name}{end}" for name in ("lof", "knn", "mahalanobis")
         for end in ("", "_percentile", "_median", "_p99")]
        + ["mahalanobis_p", "beyond_gaussian"], "test_others::test_outliers"),
    "clusters": {
        **dict.fromkeys(("share", "silhouette"), "test_others::test_clusters"),
        **dict.fromkeys(("cluster", "clusters", "rows_in_none"), COUNT),
        "stability": "of bootstrap samples, drawn at random: tests/geometry/test_groups.py",
        "silhouette_p_value": NULL,
    },
    "drift": {
        "frechet": "tests/comparison/test_drift.py::test_frechet_is_the_closed_form_of_two_gaussians",
        "mmd": "tests/comparison/test_drift.py::test_mmd_by_plain_numpy",
        "classifier": "tests/comparison/test_drift.py::test_the_area_under_the_curve_and_its_interval",
        **dict.fromkeys(
            ("precision", "recall", "density", "coverage"),
            "tests/comparison/test_drift.py::test_precision_and_its_kin_by_plain_numpy"),
        **dict.fromkeys(
            ("mean_shift", "sd_ratio", "covariance_shift"),
            "tests/comparison/test_drift.py::test_shifts_by_plain_numpy"),
        "p_value": NULL, "baseline": NULL,
    },
    "info": dict.fromkeys(
        ("norm_min", "norm_median", "norm_max", "unusable_rows"), FILES),
    "convert": {}, "cache list": {}, "sample": {},
}  # fmt: skip

ELSEWHERE = {
    "directions pca": "scikit-learn's PCA: tests/latents/test_components.py",
    "directions sefa": "NumPy's eigenvectors: tests/latents/test_components.py",
    "directions contrast": "plain NumPy, pair by pair: tests/latents/test_contrast.py",
    "evaluate recall": "counted by hand: tests/words/evaluation/test_recall.py",
    "cache build": "sizes of files: tests/files/store/test_cache.py",
    "cache dir": "names of files: tests/files/store/test_cache.py",
    "cache clear": "sizes of files: tests/files/store/test_cache.py",
    "decode": "what a decoder makes of codes: tests/pictures/test_decoding.py",
    "smoothness": "of a decoder's outputs, with closed forms: tests/pictures/test_smoothness.py",
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
    "evaluate similarity": ["sim.txt", "sim.txt -v minilm-10k.64d.txt -v article-words.txt"], "evaluate categories": ["cat.txt"],
    "interp": ["c.npy[0] c.npy[1] --slerp --steps 3 --reference c.npy"],
    "direction": ["c.npy[:30] c.npy[30:]", "c.npy --scores s.npy"],
    "directions cosine": ["v.npy v.npy"], "edit": ["c.npy v.npy --by 1"],
    "project": ["c.npy v.npy", "king:queen man:woman"],
    "truncate": ["c.npy --psi 0.5 --mean-of c.npy"], "mix": ["c.npy d.npy"],
    "grid": ["c.npy[0] c.npy[1] c.npy[2] c.npy[3]"], "traverse": ["c.npy[0] --dims 0"],
    "typical": ["c.npy", "w.npy --axes NLD", "c.npy --reference d.npy"], "sample-z": ["--dim 4"],
    "mig": ["c.npy f.csv --sensitivity", "c.npy d.npy f.csv", "c.npy f.csv --estimator knn"],
    "dci": ["c.npy f.csv", "c.npy f.csv --estimator lasso"], "sap": ["c.npy f.csv", "c.npy f.csv --estimator r2"],
    "infomec": ["c.npy f.csv", "c.npy f.csv --estimator plugin"],
    "disentanglement": ["c.npy f.csv --only mig,irs", "c.npy d.npy f.csv --only mig"], "metrics": [""], "capacity": ["--dims 3", "--concepts 5", "-v c.npy"],
    "represent": ["king queen"], "compare": ["c.npy d.npy --biased", "c.npy d.npy e.npy"], "info": ["c.npy"],
    "geometry": ["c.npy --labels f.csv::a --outputs d.npy"],
    "duplicates": ["c.npy --threshold 0.5"], "outliers": ["c.npy"], "clusters": ["c.npy"],
    "drift": ["c.npy d.npy"], "udr": ["c.npy d.npy"],
    "map": ["c.npy"], "convert": ["c.npy o.txt"], "cache list": [""], "sample": [""],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows, factors = rng.standard_normal((60, 5)), rng.integers(0, 3, (60, 2))
    rows[:, :2] += 2 * factors
    for name, array in {
        "c": rows, "d": rows @ rng.standard_normal((5, 5)), "e": rows[:, ::-1] ** 3, "s": rows[:, 0], "v": np.eye(5)[0],
        "w": rng.standard_normal((20, 4, 5)),
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
                yield measured or key


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
    """Commands of groups are found as the help finds them."""
    found = set()
    for name in COMMANDS:
        one = typer.main.get_command(build([name])).commands[name]
        found |= {f"{name} {own}".strip() for own in getattr(one, "commands", [""])}
    assert not found - {*NUMBERS, *ELSEWHERE}


def test_the_definition_tests_are_there():
    """Each is a function of its file, and each file says in what it takes its definitions from."""
    named = {
        where
        for table in (*NUMBERS.values(), ANYWHERE)
        for where in table.values()
        if re.fullmatch(r"[\w/.]+::\w+", where)
    }
    assert len(named) > 30
    for where in named:
        module, function = where.split("::")
        beside = FOLDER / f"{module}.py"
        file = FOLDER.parents[1] / module if "/" in module else beside
        assert f"\ndef {function}(" in file.read_text(), where


def test_reasons_that_name_a_file_name_one_that_is_there():
    for table in (*NUMBERS.values(), ANYWHERE, ELSEWHERE):
        values = table.values() if isinstance(table, dict) else [table]
        for reason in values:
            for path in re.findall(r"tests/[\w/]+\.py", reason):
                assert (FOLDER.parents[1] / path).is_file(), reason
