import itertools
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.numerics.multiple_comparisons import holm, letters, paired_difference


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_equals_its_definition(p_values):
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = holm(p_values)
    for rank, place in enumerate(order):
        steps = [(len(p_values) - j) * p_values[order[j]] for j in range(rank + 1)]
        assert adjusted[place] == pytest.approx(min(1.0, max(steps)))


@given(st.integers(2, 7).flatmap(lambda n: st.tuples(st.just(n), st.lists(
    st.booleans(), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2))))  # fmt: skip
def test_two_share_a_letter_exactly_where_they_are_not_differences_of(case):
    count, flags = case
    names = string.ascii_uppercase[:count]
    apart = dict(zip(itertools.combinations(names, 2), flags, strict=True))
    groups = letters(names, apart)
    for pair, told in apart.items():
        assert (not set(groups[pair[0]]) & set(groups[pair[1]])) == told
    assert groups[names[0]].startswith("a")


def test_a_paired_difference_equals_students_test_on_its_halves():
    halves = np.array([0.1, 0.3, 0.2, 0.25, 0.15])
    found = paired_difference(0.2, halves, 0.95)
    # t = 0.2 / 0.0790569 = 2.529822 with 4 degrees of freedom; 97.5 % quantile 2.776445
    assert found.p_value == pytest.approx(0.0647, abs=5e-5)
    assert found.interval.high - 0.2 == pytest.approx(2.776445 * 0.0790569, rel=1e-5)


def test_without_halves_there_is_no_test():
    assert paired_difference(0.2, [], 0.95) == (0.2, None, None)
    assert paired_difference(0.2, [0.2, float("nan")], 0.95) == (0.2, None, None)
    assert paired_difference(0.2, [0.2, 0.2], None).p_value == 0
