"""L and H: the embedding space, its collapse, and the way back to tokens."""

import math

import pytest
import torch

from codefusion.models.embedding import TokenEmbedding
from codefusion.models.head import Head


def table(rows, normalize=False):
    embedding = TokenEmbedding(len(rows), len(rows[0]), normalize)
    embedding.table.weight.data = torch.tensor(rows)
    return embedding


@pytest.fixture
def random_table():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        embedding = TokenEmbedding(200, 64, normalize=True)
        torch.nn.init.normal_(embedding.table.weight, std=7.0)
    return embedding


def test_normalised_rows_have_zero_mean_and_unit_variance(random_table):
    rows = random_table(torch.arange(200))
    assert torch.allclose(rows.mean(-1), torch.zeros(200), atol=1e-5)
    assert torch.allclose(rows.var(-1, unbiased=False), torch.ones(200), atol=1e-3)


def test_embedding_a_token_is_its_row_of_the_whole_table(random_table):
    ids = torch.tensor([[3, 199], [0, 3]])
    assert torch.allclose(random_table(ids), random_table.weight()[ids])


def test_grounding_gives_back_each_token_from_near_its_embedding(random_table):
    ids = torch.arange(200).view(4, 50)
    nudge = 0.3 * torch.randn((4, 50, 64), generator=torch.Generator().manual_seed(1))
    assert torch.equal(random_table.nearest(random_table(ids) + nudge), ids)


def test_the_nearest_neighbour_distance_is_what_can_be_measured_by_hand():
    embedding = table([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]])
    by_hand = (5.0 + 1.0 + 1.0) / 3 / math.sqrt(2)
    assert embedding.nearest_neighbour_distance() == pytest.approx(by_hand, abs=1e-5)
    of_two = embedding.nearest_neighbour_distance(torch.tensor([0, 1]))
    assert of_two == pytest.approx(5.0 / math.sqrt(2), abs=1e-5)


def test_a_collapsed_table_is_noticed(random_table):
    assert random_table.nearest_neighbour_distance() > 1.0
    random_table.table.weight.data *= 1e-3  # undone by the normalisation
    assert random_table.nearest_neighbour_distance() > 1.0
    one = torch.randn(64, generator=torch.Generator().manual_seed(2))
    jitter = torch.randn((200, 64), generator=torch.Generator().manual_seed(3))
    random_table.table.weight.data = one + 1e-3 * jitter
    assert random_table.nearest_neighbour_distance() < 0.02


def test_without_normalisation_shrinking_shows_as_collapse():
    rows = torch.randn((50, 16), generator=torch.Generator().manual_seed(0)).tolist()
    embedding = table(rows)
    before = embedding.nearest_neighbour_distance()
    embedding.table.weight.data *= 0.01
    assert embedding.nearest_neighbour_distance() == pytest.approx(0.01 * before, rel=1e-2)


def test_a_tied_head_scores_a_token_by_its_row_of_the_table():
    head = Head(2, 3, tied=True)
    head.bias.data = torch.tensor([0.0, 0.5, 0.0])
    scores = head(torch.tensor([[[1.0, 2.0]]]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    assert scores.flatten().tolist() == pytest.approx([1.0, 2.5, 3.0])


def test_a_head_of_its_own_does_not_read_the_table():
    head = Head(2, 3, tied=False)
    head.weight.data = torch.ones(3, 2)
    assert torch.equal(head(torch.ones(1, 1, 2), torch.zeros(3, 2)), torch.full((1, 1, 3), 2.0))
