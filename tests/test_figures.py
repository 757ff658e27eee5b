"""Every result's picture, made from real data and read back: its lines, labels and limits."""

import numpy as np
import pytest
from scipy.stats import chi

import latentcli
from latentcli.disentanglement import METRICS
from latentcli.disentanglement._about import about
from latentcli.files import samples


@pytest.fixture(scope="module")
def space():
    return latentcli.open()


@pytest.fixture(scope="module")
def digits():
    with np.load(samples.find("digits.npz")) as file:
        return file["codes"], file["labels"]


def labels_of(axes):
    return [tick.get_text() for tick in axes.get_yticklabels()]


def named(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def shown(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def cells(axes):
    return np.asarray(axes.images[0].get_array())


def figure(result):
    """The axes of a result's figure, without color bars."""
    return [one for one in result.plot().figure.axes if one.get_label() != "<colorbar>"]


def test_an_analogy_is_a_parallelogram_in_the_plane_of_its_words(space):
    result = space.analogy("king", "man", "woman")
    plane, bars = figure(result)
    assert {"king", "man", "woman", "king - man + woman", "queen"} <= {*shown(plane)}
    a, b, c = (v / np.linalg.norm(v) for v in map(space.vector, ("king", "man", "woman")))
    (drawn,) = [one for one in result.pictures() if hasattr(one, "arrows")]
    xy = np.column_stack([drawn.x, drawn.y])
    assert xy[0] == pytest.approx([0, 0])
    assert xy[1] == pytest.approx([np.linalg.norm(a - b), 0])
    assert xy[3] == pytest.approx(xy[1] + xy[2])
    assert np.linalg.norm(xy[2]) == pytest.approx(np.linalg.norm(c - b))
    assert plane.get_xlabel() == "along king - man"
    assert labels_of(bars) == [hit.word for hit in result]
    assert [bar.get_width() for bar in bars.patches] == pytest.approx([h.score for h in result])
    assert bars.get_xlabel() == "cosine to the sum"


def test_words_on_one_line_have_a_plane(tmp_path):
    file = tmp_path / "line.txt"
    file.write_text("a 1 0\nb 2 0\nc 3 0\nd 4 0\n")
    result = latentcli.open(file).analogy("d", "b", "c", raw=True, include_inputs=True)
    assert np.isfinite(result.pictures()[0].y).all()


@pytest.mark.parametrize(
    ("metric", "label"),
    [("cosine", "cosine"), ("euclidean", "Euclidean distance"), ("csls", "CSLS")],
)
def test_neighbors_are_bars(space, metric, label):
    result = space.neighbors("king", top=3, metric=metric)
    (axes,) = figure(result)
    assert labels_of(axes) == [hit.word for hit in result]
    assert axes.get_xlabel() == label
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the nearest on top


def test_distances_stand_in_clustered_order(space):
    words = ["cat", "king", "dog", "queen"]
    result = space.distances(words)
    (axes,) = figure(result)
    order = labels_of(axes)
    assert sorted(order) == sorted(words)
    assert abs(order.index("king") - order.index("queen")) == 1
    values = cells(axes)
    rows = [words.index(word) for word in order]
    assert values == pytest.approx(result.matrix[np.ix_(rows, rows)])
    assert axes.images[0].get_clim() == (0.0, pytest.approx(result.matrix.max()))


def test_similarities_are_a_heat_map_of_all_words(space):
    from latentcli.words._sets import similarities

    result = similarities(space, [("cat", "dog"), ("king", "queen")])
    (axes,) = figure(result)
    assert {*labels_of(axes)} == {"cat", "dog", "king", "queen"}
    assert axes.images[0].get_clim() == (-1.0, 1.0)
    (pair,) = figure(space.similarity("cat", "dog"))
    assert cells(pair)[0, 1] == pytest.approx(result.records[0]["cosine"])


def test_a_relation_shows_its_offsets_and_their_cosines(space):
    pairs = [("king", "queen"), ("man", "woman"), ("uncle", "aunt")]
    result = space.relation(pairs)
    plane, heat = figure(result)
    assert {word for pair in pairs for word in pair} <= {*shown(plane)}
    assert plane.get_xlabel() == "along the mean offset"
    drawn = result.pictures()[0]
    along = np.array(drawn.x)
    mean = (result.ends - result.starts).mean(axis=0)
    for start, end in drawn.arrows:
        offset = (result.ends - result.starts)[start]
        assert along[end] - along[start] == pytest.approx(offset @ mean / np.linalg.norm(mean))
    assert {*labels_of(heat)} == {"king:queen", "man:woman", "uncle:aunt"}
    assert len(figure(space.relation(pairs[:1]))) == 1


def test_the_odd_one_is_a_bar(space):
    (axes,) = figure(space.odd(["breakfast", "lunch", "dinner", "car"]))
    assert labels_of(axes)[0] == "car"


def test_texts_are_heat_maps_of_each_representation(space):
    result = latentcli.represent(["my cat", "a dog", "stock prices"], space)
    axes = figure(result)
    assert [one.get_title(loc="left") for one in axes] == [*result.similarities]
    for one, matrix in zip(axes, result.similarities.values(), strict=True):
        assert cells(one) == pytest.approx(matrix)


def test_a_path_has_lerp_beside_slerp_and_the_priors_band():
    z = np.random.default_rng(0).standard_normal((2, 64))
    result = latentcli.interp(z[0], z[1])
    (axes,) = figure(result)
    lines = named(axes)
    assert {"lerp", "slerp"} <= {*lines}
    assert lines["lerp"].get_ydata() == pytest.approx(result.norms[:, 0])
    turned = latentcli.interp(z[0], z[1], kind="slerp").norms[:, 0]
    assert lines["slerp"].get_ydata() == pytest.approx(turned)
    (band,) = axes.collections
    low, high = band.get_datalim(axes.transData).intervaly
    prior = chi(64)
    assert (low, high) == pytest.approx(
        (prior.mean() - 2 * prior.std(), prior.mean() + 2 * prior.std())
    )
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "t (0: first code, 1: last)",
        "norm (Euclidean)",
    )


def test_opposite_codes_have_no_slerp_beside_them():
    (axes,) = figure(latentcli.interp([1.0, 2.0], [-1.0, -2.0]))
    assert "slerp" not in named(axes)


def test_holes_are_shaded():
    random = np.random.default_rng(0)
    reference = np.concatenate([random.normal(size=(50, 2)), random.normal(size=(50, 2)) + 40])
    result = latentcli.interp([0.0, 0.0], [40.0, 40.0], reference=reference)
    norms, away = figure(result)
    (hole,) = norms.patches
    assert hole.get_label() == "in a hole of the reference"
    inside = result.times[result.holes.holes]
    left, right = hole.get_x(), hole.get_x() + hole.get_width()
    assert (left, right) == pytest.approx((inside[0] - 0.05, inside[-1] + 0.05))
    assert named(away)["beyond: a hole"].get_ydata()[0] == pytest.approx(result.holes.limit)


def test_norms_stand_beside_chi():
    codes = np.random.default_rng(0).standard_normal((500, 16))
    (axes,) = figure(latentcli.typical(codes))
    line = named(axes)["chi, 16 degrees of freedom: N(0, I)"]
    assert line.get_ydata() == pytest.approx(chi(16).pdf(line.get_xdata()))
    heights, edges, _ = axes.patches[0].get_data()
    assert (heights * np.diff(edges)).sum() == pytest.approx(1.0)
    (few,) = figure(latentcli.typical(codes[:2]))
    assert {"code 0", "code 1"} <= {*named(few)}


def test_directions_are_a_heat_map():
    (axes,) = figure(latentcli.direction_cosines([[1.0, 0], [1.0, 1], [-1.0, 0]]))
    assert axes.images[0].get_clim() == (-1.0, 1.0)
    assert cells(axes).min() == pytest.approx(-1.0)


def test_a_direction_shows_both_sides():
    random = np.random.default_rng(0)
    positive, negative = random.normal(size=(200, 4)) + 1, random.normal(size=(300, 4))
    result = latentcli.direction(positive, negative, name="smile")
    (axes,) = figure(result)
    assert axes.get_xlabel() == "projection onto the direction of smile"
    assert {patch.get_label() for patch in axes.patches} == {
        "with it (n = 200)", "without (n = 300)",
    }  # fmt: skip
    u = result.vector / np.linalg.norm(result.vector)
    assert result.projections[0] == pytest.approx(positive @ u)
    assert named(axes)["boundary"].get_xdata()[0] == pytest.approx(-result.intercept)


def test_a_direction_of_scores_shows_each_code():
    codes = np.random.default_rng(0).normal(size=(60, 3))
    (axes,) = figure(latentcli.direction_of_scores(codes, codes[:, 0]))
    assert len(axes.get_lines()[-1].get_xdata()) == 60
    assert axes.get_aspect() == "auto"


def test_a_traversal_is_lines_or_a_heat_map():
    (axes,) = figure(latentcli.traverse([1.0, 2.0], [-1, 0, 1]))
    assert {"dim 0", "dim 1"} <= {*named(axes)}
    assert named(axes)["dim 0"].get_ydata() == pytest.approx([5**0.5, 2.0, 5**0.5])
    (many,) = figure(latentcli.traverse(np.zeros(20), [-1, 0, 1]))
    assert cells(many).shape == (20, 3)


@pytest.mark.parametrize(("dims", "levels"), [(5, 2), (12, 4), (10**6, 2)])
def test_capacity_is_n_against_two_to_the_n(dims, levels):
    (axes,) = figure(latentcli.capacity(dims=dims, levels=levels))
    lines = named(axes)
    assert axes.get_yscale() == "log"
    assert lines["distributed (binary): 2^n"].get_ydata()[:5] == pytest.approx(
        [2, 4, 8, 16, 32]
    )
    assert lines["local (one-hot): n"].get_ydata()[4] == 5
    assert ("distributed (4 levels): 4^n" in lines) == (levels == 4)


def test_capacity_of_concepts_and_of_a_space(space):
    (axes,) = figure(latentcli.capacity(concepts=1000))
    binary = named(axes)["distributed (binary): log2, rounded up"]
    assert binary.get_ydata()[-1] == 10
    cosines, _ = figure(latentcli.capacity(space, sample=200))
    assert labels_of(cosines) == ["rms cosine", "mean abs cosine", "largest abs cosine"]


def test_geometry_is_one_page(digits):
    codes, labels = digits
    result = latentcli.geometry_report(codes[:400], labels[:400], ci=None)
    axes = figure(result)
    titles = [one.get_title(loc="left") for one in axes]
    assert titles == [
        "spectrum", "distances of pairs", "k-occurrence", "silhouettes of labels",
        "estimates of the dimension",
    ]  # fmt: skip
    spectrum = named(axes[0])
    values = np.linalg.eigvalsh(np.cov(codes[:400].T.astype(float)))[::-1]
    assert spectrum["these rows"].get_ydata() == pytest.approx(values / values.sum())
    assert "white noise" in spectrum
    mean = named(axes[3])["mean"].get_xdata()[0]
    assert mean == pytest.approx(result.value("silhouette"))
    only = latentcli.geometry_report(codes[:400], only=["uniformity"], ci=None)
    assert labels_of(figure(only)[0]) == ["uniformity"]


def test_a_comparison_shows_measures_and_moves(digits):
    codes, _ = digits
    other = codes[:200] + np.random.default_rng(0).normal(size=(200, 8)) * 0.1
    result = latentcli.compare(codes[:200], other, moved=4)
    measures, moved = figure(result)
    assert len(labels_of(measures)) == 4
    assert len(moved.patches) == 4
    assert moved.get_xlabel() == "1 - cosine after the rotation"
    first = named(measures)["these spaces"].get_xdata()
    assert first[0] == pytest.approx(result.cka)


def test_accuracies_have_intervals(space):
    questions = [("man", "king", "woman", "queen"), ("paris", "france", "tokyo", "japan")]
    result = latentcli.evaluate_analogies(space, questions)
    (axes,) = figure(result)
    assert labels_of(axes)[-1] == "total"
    dot, interval = axes.get_lines()[0], axes.get_lines()[1]
    assert dot.get_xdata()[0] == pytest.approx(result.accuracy)
    assert tuple(interval.get_xdata()) == pytest.approx(tuple(result.interval))


GRID = np.array([[a, b] for a in range(3) for b in range(4)] * 20)
NOISY = GRID + np.random.default_rng(0).normal(size=GRID.shape) * 0.1


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_picture(name):
    score = getattr(latentcli, name.replace("-", "_"))
    data = (NOISY, GRID) if about(name).factors else (NOISY,)
    result = score(*data)
    axes = figure(result)
    dots = axes[-1]
    values = [x for line in dots.get_lines() for x in line.get_xdata()]
    assert any(value == pytest.approx(result.value) for value in values)
    if result.matrix is not None:
        assert cells(axes[0]) == pytest.approx(result.matrix)


def test_models_stand_side_by_side():
    models = {"one": NOISY, "two": GRID + 0.0}
    result = latentcli.disentanglement_report(models, GRID, only=["mig", "sap"])
    dots, *heat = figure(result)
    assert labels_of(dots) == ["mig", "sap"]
    lines = named(dots)
    assert {"one", "two"} <= {*lines}
    assert lines["two"].get_xdata() == pytest.approx(
        [score.value for score in result.scores["two"].values()]
    )
    assert [one.get_title(loc="left")[:3] for one in heat] == ["one", "two"]


def test_a_picture_goes_into_the_users_axes(space):
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert space.neighbors("king", top=3).plot(ax) is ax
    assert len(ax.patches) == 3


def test_a_picture_goes_into_axes_of_a_part_of_a_figure(space):
    from matplotlib.figure import Figure

    part = Figure().subfigures(1, 2)[1]
    for result in (
        space.analogy("king", "man", "woman"),
        space.distances(["cat", "dog", "car"]),
    ):
        ax = part.subplots()
        assert result.plot(ax) is ax


def test_the_gallery_has_a_picture_of_each_command_that_draws():
    from examples.plot_gallery import PICTURES
    from tests.cli.test_options import leaves

    drawing = {
        name
        for name, command in leaves()
        if any("--plot" in option.opts for option in command.params)
    }
    shown = [line.split() for line in PICTURES.values()]
    assert drawing == drawing & {
        *(words[0] for words in shown),
        *(" ".join(words[:2]) for words in shown),
    }
