"""Votes that a sample shares among the programs that D held possible before its end."""

import itertools
import math

import pytest
import torch

from codefusion.pipeline.candidates import Drawn, Possible, ranked_by_votes
from codefusion.pipeline.drawing import held_programs, likeliest_programs
from codefusion.ranking import Sample

QUICK = {"num_samples": 24, "num_candidates": 24, "num_inference_steps": 2}


@pytest.mark.parametrize("count", [1, 7, 64, 100])
def test_the_likeliest_programs_are_those_of_all_that_could_be_written(count):
    logs = (3 * torch.randn(5, 3, 4, generator=torch.Generator().manual_seed(count))).log_softmax(
        -1
    )
    programs = likeliest_programs(logs, count)
    assert programs.shape == (5, min(count, 64), 3)
    for row in range(5):
        everything = {
            tokens: float(sum(logs[row, place, token] for place, token in enumerate(tokens)))
            for tokens in itertools.product(range(4), repeat=3)
        }
        best = sorted(everything, key=everything.__getitem__, reverse=True)[:count]
        assert [tuple(one) for one in programs[row].tolist()] == best


def test_what_is_forbidden_has_no_probability():
    logits = torch.zeros(1, 2, 3)
    logits[0, 0, 1:] = -torch.inf
    held = held_programs(logits, torch.tensor([[0, 2]]), 9, 6)
    kept = held.log_probability[0] > -torch.inf
    assert {tuple(one) for one in held.tokens[0][kept].tolist()} == {(0, 0), (0, 1), (0, 2)}
    assert held.log_probability[0, -1].exp() == pytest.approx(1 / 3)


def sample(code, seed, **possible):
    held = tuple(Possible(name, share, -1.0) for name, share in possible.items())
    return Drawn(Sample(code, seed, -1.0), held=held)


def test_a_program_that_no_sample_ended_in_is_a_candidate_by_what_was_held_of_it():
    drawn = [sample("pwd", 0, pwd=0.5, ls=0.4), sample("who", 1, who=0.5, ls=0.4)]
    ranked = ranked_by_votes(drawn, "bash", 5, 8)
    assert [one.code for one in ranked] == ["ls", "pwd", "who"]
    assert [one.score for one in ranked] == pytest.approx([0.4, 0.25, 0.25])


def test_of_what_no_sample_ended_in_only_valid_programs_are_candidates():
    drawn = [sample("pwd", 0, **{"pwd": 0.5, "echo 'a": 0.4}), sample("echo 'b", 1)]
    assert [one.code for one in ranked_by_votes(drawn, "bash", 5, 8)] == ["pwd", "echo 'b"]
    assert len(ranked_by_votes(drawn, None, 5, 8)) == 3


def test_a_single_sample_is_returned_as_it_was_drawn():
    (only,) = ranked_by_votes([sample("echo 'a", 0, ls=0.9)], "bash", 5, 8)
    assert (only.code, only.score, only.valid) == ("echo 'a", 1.0, False)


def test_samples_that_held_nothing_vote_for_what_they_are():
    ranked = ranked_by_votes([sample("pwd", 0), sample("ls", 1), sample("ls", 2)], "bash", 5, 8)
    assert [(one.code, one.score) for one in ranked[:2]] == [
        ("ls", pytest.approx(2 / 3)),
        ("pwd", pytest.approx(1 / 3)),
    ]


@pytest.mark.parametrize("predict_length", [False, True])
def test_shared_votes_find_more_programs_and_no_more_than_all_of_the_probability(
    make_pipeline, predict_length
):
    pipeline = make_pipeline(predict_length=predict_length, max_code_length=1)
    whole = pipeline("list all files", shared_votes=False, **QUICK)
    shared = pipeline("list all files", **QUICK)
    assert any(one.repeats for one in whole)
    assert not any(one.repeats for one in shared)
    assert sum(one.score for one in shared) <= 1.0 + 1e-6
    assert all(one.score >= 0.0 for one in shared)


def test_the_trace_of_a_program_that_no_sample_ended_in_ends_where_it_was_held_possible(
    make_pipeline,
):
    pipeline = make_pipeline(predict_length=True, max_code_length=1)
    options = QUICK | {"num_inference_steps": 8}
    plain = pipeline("list all files", **options)
    traced = pipeline("list all files", trace=True, **options)
    assert [(one.code, one.score) for one in traced] == [(one.code, one.score) for one in plain]
    assert {one.drawn for one in traced} == {True, False}
    for one in traced:
        assert [step.step for step in one.trace] == list(range(1, 9 if one.drawn else 7))
        last = one.trace[-1]
        assert last.code == one.code == "".join(last.tokens)
        assert len(last.confidence) == len(last.entropy) == len(last.tokens)


def test_what_is_kept_of_a_draft_is_in_the_programs_that_no_sample_ended_in(make_pipeline):
    pipeline = make_pipeline(predict_length=True)
    options = QUICK | {"draft": "find . -name x", "keep": "find"}
    revised = pipeline("list all files", **options)
    drawn = pipeline("list all files", shared_votes=False, **options)
    assert {one.code for one in revised} - {one.code for one in drawn}
    for one in revised:
        assert "find" in [one.code[start:end].strip() for start, end in one.pinned]


def test_where_the_probability_of_programs_is_known_it_counts_and_not_how_often_they_were_drawn():
    def one(code, seed, probability):
        return Drawn(Sample(code, seed, -1.0), log_probability=math.log(probability))

    drawn = [one("ls", 0, 0.1), one("ls", 1, 0.1), one("pwd", 2, 0.3)]
    ranked = ranked_by_votes(drawn, "bash", 3, 8)
    assert [(each.code, each.repeats) for each in ranked] == [
        ("pwd", False),
        ("ls", False),
        ("ls", True),
    ]
    assert [each.score for each in ranked[:2]] == pytest.approx([0.75, 0.25])
