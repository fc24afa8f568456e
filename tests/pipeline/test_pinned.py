"""A search for programs that hold what is kept: exact where it sees everything."""

import itertools

import pytest
import torch

from codefusion.errors import UsageError
from codefusion.pipeline.candidates import ranked_by_probability
from codefusion.pipeline.pinned import pinned_search
from codefusion.ranking import Found, Sample

END = 2
LETTERS = (3, 4, 5)
LONGEST = 4


def table_of(seed):
    """The log probability of each token after each other one, with the end and begin token as 2."""
    logits = torch.randn(6, 6, generator=torch.Generator().manual_seed(seed))
    logits[:, :END] = -torch.inf
    return logits.log_softmax(dim=-1)


def search(logs, pins, width):
    def read(tokens, parents):
        assert len(tokens) == len(parents) == width * (sum(map(len, pins)) + 1)
        return logs[tokens]

    return pinned_search(read, pins, width, END, LONGEST)


def log_probability(logs, program):
    return float(logs[[END, *program], [*program, END]].sum())


def placed(program, pins):
    """Every way in which the pins stand in a program, in order, as one flag for each token."""

    def after(start, number):
        if number == len(pins):
            yield (False,) * (len(program) - start)
            return
        size = len(pins[number])
        for at in range(start, len(program) - size + 1):
            if program[at : at + size] == pins[number]:
                for rest in after(at + size, number + 1):
                    yield (False,) * (at - start) + (True,) * size + rest

    return set(after(0, 0))


PINNED = [((3,),), ((3, 4),), ((3,), (4,)), ((3,), (3,)), ((5, 5),), ((4,), (5, 3))]


@pytest.mark.parametrize("pins", PINNED)
@pytest.mark.parametrize("seed", range(3))
def test_a_search_that_holds_everything_finds_all_programs_with_the_pins(pins, seed):
    logs = table_of(seed)
    programs = itertools.chain.from_iterable(
        itertools.product(LETTERS, repeat=length) for length in range(LONGEST + 1)
    )
    holding = {one for one in programs if placed(one, pins)}
    found = search(logs, pins, 200)
    assert sorted(one.tokens for one in found) == sorted(holding)  # once, however the pins stand
    for one in found:
        assert one.pinned in placed(one.tokens, pins)
        assert one.log_probability == pytest.approx(log_probability(logs, one.tokens), abs=1e-4)
    order = [one.log_probability for one in found]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("pins", PINNED)
def test_a_narrow_search_finds_as_many_as_it_may_and_all_hold_the_pins(pins):
    found = search(table_of(7), pins, 3)
    assert 1 <= len(found) <= 3
    assert all(one.pinned in placed(one.tokens, pins) for one in found)


def test_what_is_unlikely_but_kept_is_in_a_program_that_is_narrowly_searched_for():
    logs = table_of(1).exp()
    logs[:, 5] = 1e-6  # nobody would write it
    logs = (logs / logs.sum(dim=-1, keepdim=True)).log()
    (best,) = search(logs, [(5,)], 1)
    assert 5 in best.tokens


@pytest.fixture(scope="module")
def lagged(make_pipeline):
    return make_pipeline(lagged=True, self_conditioning=False)


def kept_in(lagged, keep, **options):
    found = lagged("list all files", keep=keep, num_candidates=8, **options)
    assert found
    for one in found:
        held = "".join(one.code[start:stop] for start, stop in one.pinned)
        assert "".join(held.split()) == "".join("".join(keep).split())
    return found


def test_a_lagged_model_searches_around_what_is_kept(lagged):
    found = kept_in(lagged, ["-a", "| wc"], draft="ls -a docs | wc")
    scores = [one.score for one in found if one.valid]
    assert scores == sorted(scores, reverse=True)
    again = kept_in(lagged, ["-a", "| wc"], draft="ls -a docs | wc", seed=3)
    assert [one.code for one in again] == [one.code for one in found]


def test_without_a_draft_it_searches_for_what_holds_them_anywhere(lagged):
    kept_in(lagged, ["docs", "wc"])


def test_the_draft_itself_comes_last_and_only_where_there_is_room():
    logs = {"ls -a docs": -0.1, "ls -a": -3.0, "ls  -a  /": -2.0}
    found = [Found(Sample(code, 0, log), log) for code, log in logs.items()]
    for room, expected in ((3, ["ls  -a  /", "ls -a", "ls -a docs"]), (2, ["ls  -a  /", "ls -a"])):
        ranked = ranked_by_probability(found, "bash", room, 1, rejected="ls  -a docs")
        assert [one.code for one in ranked] == expected


def test_a_strength_or_a_trace_draws(lagged):
    options = {"num_samples": 2, "num_candidates": 2, "num_inference_steps": 2}
    for further in ({"strength": 0.6}, {"trace": True}, {"num_beams": 0}):
        drawn = lagged("list all files", draft="ls -a", keep="-a", **further, **options)
        assert [one.seed for one in drawn] != [0, 0]
    with pytest.raises(UsageError, match="noises no draft"):
        lagged("list all files", draft="ls -a", num_beams=4)


def test_longer_programs_are_found_where_they_are_likelier_than_the_first_to_end():
    # 3 is likely behind 5 only, which is likely behind 4 only: "3" ends first, "4 5 3" is likelier.
    logits = torch.full((6, 6), -6.0)
    logits[END, 3] = -4.0
    for before, after in ((END, 4), (4, 5), (5, 3), (3, END)):
        logits[before, after] = 0.0
    logits[:, :END] = -torch.inf
    (best,) = search(logits.log_softmax(dim=-1), [(3,)], 1)
    assert best.tokens == (4, 5, 3)
