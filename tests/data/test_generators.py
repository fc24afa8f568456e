"""Properties that every generator of synthetic pairs has."""

from __future__ import annotations

import random

import pytest

from codefusion.data.generators import GENERATORS, generate

pytestmark = pytest.mark.parametrize("language", sorted(GENERATORS))


def test_same_seed_gives_same_pairs_and_another_seed_others(language: str) -> None:
    first = list(generate(language, 200, seed=3))
    assert first == list(generate(language, 200, seed=3))
    assert first != list(generate(language, 200, seed=4))


def test_larger_count_starts_with_the_smaller(language: str) -> None:
    assert list(generate(language, 50, seed=3)) == list(generate(language, 500, seed=3))[:50]


def test_pairs_neither_move_nor_follow_the_global_generator(language: str) -> None:
    random.seed(1)
    before = random.getstate()
    first = list(generate(language, 500, seed=5))
    assert random.getstate() == before
    random.seed(2)
    assert list(generate(language, 500, seed=5)) == first
