"""How the weights of a jury are found."""

import pytest
import torch

from codefusion.data.examples import Example
from codefusion.errors import DataError, UsageError
from codefusion.evaluation.weighing import (
    Case,
    cases,
    cross_validated,
    fitted_weights,
    right_among,
)
from codefusion.pipeline import TokenPipeline
from codefusion.pipeline.jury import Jury, JurySettings
from codefusion.pipeline.known import KnownPrograms


def made(count=60, seed=0):
    """Cases whose first evidence is noise and whose second is noise around what is right."""
    draw = torch.Generator().manual_seed(seed)
    for _ in range(count):
        noise = torch.randn(8, 2, generator=draw)
        right = torch.zeros(8, dtype=torch.bool)
        right[int(torch.randint(8, (), generator=draw))] = True
        noise[:, 1] += 2.0 * right
        yield Case(noise, right, torch.ones(8, dtype=torch.bool))


def test_what_tells_right_from_wrong_weighs_and_what_does_not_hardly_does():
    noise, telling = fitted_weights(list(made()))
    assert telling > 1.0
    assert 0.0 <= noise < 0.3 * telling


def test_weights_are_those_under_which_the_right_are_likeliest():
    done = list(made())
    weights = torch.tensor(fitted_weights(done))

    def likelihood(some):
        chances = [(one.evidence @ some).log_softmax(0)[one.right] for one in done]
        return float(torch.cat(chances).mean())

    for change in (0.8, 1.25):
        for kind in range(2):
            other = weights.clone()
            other[kind] *= change
            assert likelihood(other) <= likelihood(weights) + 1e-3


def test_weights_fitted_to_some_cases_help_others():
    done = list(made(200))
    by_noise = right_among(done, [1.0, 0.0])
    together = cross_validated(done)
    assert together[1] > 2 * by_noise[1]
    assert together[1] <= together[3] <= together[5] <= len(done)


def test_an_invalid_program_comes_behind_valid_ones_and_teaches_nothing():
    right, valid = torch.tensor([True, False]), torch.tensor([False, True])
    case = Case(torch.tensor([[9.0], [0.0]]), right, valid)
    assert right_among([case], [1.0]) == {1: 0, 3: 1, 5: 1}
    with pytest.raises(DataError, match="nothing to fit"):
        fitted_weights([case])


def test_right_programs_in_one_fold_alone_cannot_be_cross_validated():
    valid = torch.tensor([True, True])
    found, missed = torch.tensor([True, False]), torch.tensor([False, False])
    told = torch.tensor([[9.0], [0.0]])
    few = [Case(told, found if i % 5 == 0 else missed, valid) for i in range(20)]
    assert fitted_weights(few)
    with pytest.raises(DataError, match="in 1 of 5 folds: give more pairs"):
        cross_validated(few)


def test_cases_hold_what_is_found_and_nothing_for_what_cannot_be_read(make_baseline, tokenizer):
    pipeline = TokenPipeline(make_baseline("autoregressive"), None, tokenizer)
    with pytest.raises(UsageError, match="no jury"):
        list(cases(pipeline, [Example("list files", "ls", "bash")], 4))
    gold = pipeline("list files", language="bash", num_beams=4)[0].code
    pipeline.jury = Jury(JurySettings(), known=KnownPrograms.of([gold]))
    rows = [Example("list " * 500, "ls", "bash"), Example("list files", gold, "bash")] * 9
    done = list(cases(pipeline, rows, 4))
    assert len(done) == len(rows)
    for unread, read in zip(done[::2], done[1::2], strict=True):
        assert unread.evidence.shape == (0, 3)
        assert read.right.sum() >= 1
        assert torch.equal(read.evidence[:, 1] > 0, read.right)
    assert right_among(done, [0.0, 1.0, 0.0])[1] == len(rows) // 2
