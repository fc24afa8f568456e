"""What is told from a trace: when tokens settle, how far a program is from its end, its path."""

import math
import random

import pytest

from codefusion.pipeline import TokenPipeline
from codefusion.traces import TraceStep, as_json, distances, paths, settling_steps


def trace(*programs: str, embeddings: list[tuple[float, ...]] | None = None) -> list[TraceStep]:
    steps = []
    for number, code in enumerate(programs, start=1):
        tokens = tuple(code.split())
        sure = (0.5,) * len(tokens)
        where = embeddings[number - 1] if embeddings else (float(number), 0.0, 0.0)
        steps.append(TraceStep(number, 1.0 / number, tokens, sure, code, sure, where))
    return steps


@pytest.mark.parametrize(
    ("programs", "settled"),
    [
        (["a b", "a b", "a b"], (1, 1)),
        (["a b", "a c", "a b"], (1, 3)),
        (["a", "a b", "a b"], (1, 2)),  # a token that was not there yet
        (["a b", "a", "a b"], (1, 3)),  # or had gone
        (["x y z", "a b"], (2, 2)),
        (["a b", ""], ()),
        ([], ()),
    ],
)
def test_a_token_settles_at_the_first_step_from_which_it_stays(
    programs: list[str], settled: tuple[int, ...]
) -> None:
    assert settling_steps(trace(*programs)) == settled


def test_the_distance_is_of_characters_to_the_last_program_and_ends_at_nought() -> None:
    assert distances(trace("abcd", "abxd", "abxy")) == (0.5, 0.25, 0.0)
    assert distances([]) == ()


def test_paths_keep_the_distances_of_embeddings_that_lie_in_a_plane() -> None:
    draw = random.Random(0)
    flat = [(draw.gauss(0, 3), draw.gauss(0, 1)) for _ in range(8)]
    # The plane is put askew into four dimensions by two orthogonal vectors of equal length.
    where = [(x + y, x - y, y + x, x - y) for x, y in flat]
    first = trace("a", "b", "c", embeddings=where[:3])
    second = trace("a", "b", "c", "d", "e", embeddings=where[3:])
    found = paths([first, second])
    assert [len(path) for path in found] == [3, 5]
    points = [point for path in found for point in path]

    def apart(pairs: list[tuple[float, ...]], i: int, j: int) -> float:
        return sum((a - b) ** 2 for a, b in zip(pairs[i], pairs[j], strict=True)) ** 0.5

    scale = apart(points, 0, 1) / apart(flat, 0, 1)
    for i in range(8):
        for j in range(i):
            assert apart(points, i, j) == pytest.approx(scale * apart(flat, i, j))
    assert max(abs(value) for point in points for value in point) == pytest.approx(1.0)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_paths_of_few_or_equal_steps_are_points_too(count: int) -> None:
    same = trace(*["a"] * count, embeddings=[(1.0, 2.0, 3.0)] * count)
    assert paths([same, []]) == [[(0.0, 0.0)] * count, []]


def test_the_json_of_a_trace_says_all_but_the_embedding() -> None:
    (steps,) = as_json([trace("a b", "a c")])
    assert [set(step) for step in steps] == [
        {"step", "noise_level", "tokens", "confidence", "entropy", "code", "distance", "point"}
    ] * 2
    assert [step["distance"] for step in steps] == [pytest.approx(1 / 3, abs=1e-4), 0.0]


def test_no_trace_has_a_json_of_no_steps() -> None:
    assert as_json([[], []]) == [[], []]


# -- Of every kind of model --------------------------------------------------------------------


@pytest.fixture(params=["diffusion", "length predicted", "autoregressive", "masked", "masked pads"])
def draw(make_pipeline, make_baseline, tokenizer, request):
    if request.param in ("diffusion", "length predicted"):
        pipeline = make_pipeline(predict_length=request.param == "length predicted")
    else:
        kind, _, pads = request.param.partition(" ")
        pipeline = TokenPipeline(make_baseline(kind, predict_length=not pads), None, tokenizer)

    def call(utterance="list all files", **options):
        # A search has no trace to compare with.
        return pipeline(utterance, num_candidates=4, num_samples=4, num_beams=0, **options)

    return call


def test_a_trace_ends_with_its_program_whatever_drew_it(draw):
    for one in draw(trace=True, num_inference_steps=5):
        assert one.trace[-1].code == one.code
        assert [step.step for step in one.trace] == list(range(1, len(one.trace) + 1))
        noise = [step.noise_level for step in one.trace]
        assert noise == sorted(noise, reverse=True)
        assert 0.99 < noise[0] <= 1.0
        for step in one.trace:
            assert len(step.tokens) == len(step.confidence) == len(step.entropy)
            assert all(0 < value <= 1 for value in step.confidence)
            assert all(0 <= value < 12 for value in step.entropy)


def test_nothing_changes_by_being_watched(draw):
    seen = []
    watched = draw(on_step=seen.append)
    assert [(one.code, one.seed) for one in watched] == [(one.code, one.seed) for one in draw()]
    assert all(one.trace == () for one in watched)
    assert {len(rows) for rows in seen} == {4}


def test_who_watches_sees_the_trace_while_it_is_made(draw):
    seen = []
    candidates = draw(trace=True, on_step=seen.append, seed=7)
    for one in candidates:
        live = tuple(rows[one.seed - 7] for rows in seen[: len(one.trace)])
        # What no sample ended in leaves the sample that held it possible at its last step.
        same = len(live) if one.drawn else len(live) - 1
        assert live[:same] == one.trace[:same]


def test_the_trace_of_a_sample_does_not_depend_on_the_others(draw):
    def programs(utterance, seed):
        candidates = draw(utterance, trace=True, seed=seed, shared_votes=False)
        found = {one.seed: one.trace for one in candidates}
        return [step.code for step in found[3]]

    assert programs("list all files", 3) == programs("list all files", 0)


def test_entropy_is_no_more_than_the_confidence_leaves(draw, tokenizer):
    """Fano: the rest of the probability is at most spread evenly over the other tokens."""
    others = math.log2(len(tokenizer) - 1)
    for one in draw(trace=True, num_inference_steps=3):
        for step in one.trace:
            for sure, bits in zip(step.confidence, step.entropy, strict=True):
                rest = max(1.0 - sure, 1e-9)
                own = -sure * math.log2(sure) - rest * math.log2(rest)
                assert 0.0 <= bits <= own + rest * others + 0.01
