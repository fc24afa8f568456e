"""Beam search: exact where it sees everything, greedy where it sees one, and its own in a batch."""

import itertools

import pytest
import torch

from codefusion.languages import get_language
from codefusion.pipeline import TokenPipeline
from codefusion.pipeline.beam import beam_search
from codefusion.pipeline.options import DECODER, Options, Query
from codefusion.pipeline.search import BEAMS, hypotheses

END = 2
LETTERS = (5, 6, 7)
LONGEST = 3
PROMPT = {"prompt_ids": torch.tensor([[5, 6, 2]]), "prompt_mask": torch.ones(1, 3).long()}


@pytest.fixture(scope="module", params=range(4))
def tiny(make_baseline, request):
    """A model of three letters whose likeliest program is now short and now long."""
    model = make_baseline("autoregressive", vocab_size=8, max_code_length=LONGEST)
    with torch.random.fork_rng():
        torch.manual_seed(request.param)
        torch.nn.init.normal_(model.decoder.output.weight, std=0.5)
    return model


def log_probabilities(model, logits):
    allowed = torch.tensor([token in (END, *LETTERS) for token in range(8)])
    return logits.masked_fill(~allowed, -torch.inf).log_softmax(dim=-1)


def search(model, width):
    encoded = model.encode(**PROMPT).repeat(width, 1, 1)
    prompt, cache = model.prepare_prompt(encoded, None), model.new_cache()

    def read(tokens, parents):
        for layer in cache:
            layer.select(parents)
        return log_probabilities(model, model.logits(tokens[:, None], prompt, cache)[:, 0])

    (found,) = beam_search(read, 1, width, END, LONGEST)
    return found


def every_program(model):
    """Read each program there is at once, and return its log probability."""
    logs_of = {}
    prompt = model.prepare_prompt(model.encode(**PROMPT), None)
    for length in range(LONGEST + 1):
        for program in itertools.product(LETTERS, repeat=length):
            ids = torch.tensor([[END, *program]])
            logs = log_probabilities(model, model.logits(ids, prompt))[0]
            following = torch.tensor([*program, END])
            logs_of[program] = float(logs.gather(1, following[:, None]).sum())
    return logs_of


@torch.no_grad()
def test_a_beam_that_holds_everything_finds_every_program_in_its_order(tiny):
    logs = every_program(tiny)
    found = search(tiny, 40)
    assert len(logs) == len(found) == 40
    assert found[0].tokens == max(logs, key=logs.__getitem__)
    for one in found:
        assert one.log_probability == pytest.approx(logs[one.tokens], abs=1e-4)
        assert one.log_likelihood == pytest.approx(one.log_probability / (len(one.tokens) + 1))
    order = [one.log_probability for one in found]
    assert order == sorted(order, reverse=True)


@torch.no_grad()
def test_a_beam_of_one_takes_the_likeliest_token_each_time(tiny):
    prompt = tiny.prepare_prompt(tiny.encode(**PROMPT), None)
    ids = [END]
    while len(ids) <= LONGEST:
        logs = log_probabilities(tiny, tiny.logits(torch.tensor([ids]), prompt))[0, -1]
        ids.append(int(logs.argmax()))
        if ids[-1] == END:
            break
    (one,) = search(tiny, 1)
    assert one.tokens == tuple(token for token in ids[1:] if token != END)


def test_a_search_goes_on_while_a_likelier_program_may_come():
    # Of "5", "55" and "555" each ends less often than it goes on; the longest is the likeliest.
    following = {
        1: {5: 0.6, 6: 0.25},
        2: {5: 0.65, END: 0.35},
        3: {5: 0.7, END: 0.3},
        4: {END: 0.9},
    }
    steps = itertools.count(1)

    def read(tokens, parents):
        chances = torch.full((len(tokens), 8), 0.01)
        for token, chance in following[next(steps)].items():
            chances[tokens != 6, token] = chance
        return chances.log()

    (found,) = beam_search(read, 1, 2, END, LONGEST)
    assert [one.tokens for one in found] == [(5, 5, 5), (5,)]


@torch.no_grad()
def test_all_that_a_narrow_beam_finds_is_scored_right_and_different(tiny):
    logs = every_program(tiny)
    for width in (2, 5):
        found = search(tiny, width)
        assert len({one.tokens for one in found}) == len(found) == width
        for one in found:
            assert one.log_probability == pytest.approx(logs[one.tokens], abs=1e-4)


@pytest.fixture(scope="module")
def pipeline(make_baseline, tokenizer):
    return TokenPipeline(make_baseline("autoregressive"), None, tokenizer)


def test_a_pipeline_with_one_beam_answers_as_at_temperature_zero(pipeline):
    for utterance in ("list files", "count the lines of notes.txt", "who"):
        (beam,) = pipeline(utterance, num_beams=1)
        greedy = pipeline(utterance, num_candidates=1, num_samples=1, temperature=0.0)[0]
        assert beam.code == greedy.code
        assert beam.log_likelihood == pytest.approx(greedy.log_likelihood, abs=1e-4)


def test_the_best_of_a_beam_is_likelier_than_what_is_sampled(pipeline):
    best = pipeline("list files", num_beams=8)[0]
    sampled = pipeline("list files", num_samples=32, num_candidates=32, num_beams=0)
    assert best.log_likelihood > sum(one.log_likelihood for one in sampled) / 32


def test_candidates_are_different_programs_in_the_order_of_their_scores(pipeline):
    candidates = pipeline("list files", num_beams=8, num_candidates=5)
    assert 1 < len(candidates) <= 5
    assert len({" ".join(one.code.split()) for one in candidates}) == len(candidates)
    scores = [one.score for one in candidates]
    assert scores == sorted(scores, reverse=True)
    assert 0.0 < sum(scores) <= 1.0 + 1e-6
    assert not any(one.repeats for one in candidates)


def test_a_model_that_writes_from_the_left_searches_unless_something_needs_draws(pipeline):
    def codes(**options):
        return [one.code for one in pipeline("list files", **options)]

    assert pipeline.default_beams() == BEAMS
    assert codes() == codes(seed=9) == codes(num_beams=BEAMS)
    assert len(codes(num_candidates=BEAMS + 4)) > BEAMS
    for drawn in ({"trace": True}, {"temperature": 0.7}):
        assert codes(**drawn) == codes(num_beams=0, **drawn)


def test_no_model_searches_where_steps_or_a_temperature_are_asked_for(
    pipeline, make_baseline, make_pipeline, tokenizer
):
    masked = TokenPipeline(make_baseline("masked"), None, tokenizer)
    for one in (pipeline, masked, make_pipeline()):
        assert one.default_beams(3, traced=True) == one.default_beams(3, temperature=0.5) == 0
    assert masked.default_beams(3) == make_pipeline().default_beams(3) == 0


@pytest.mark.parametrize("beams", [0, 4])
def test_queries_that_differ_in_all_are_answered_together_as_each_alone(pipeline, beams):
    options = Options(8, 1.0, False, None, None, DECODER, beams, 1.0)
    asked = [("list files", None, 3), ("count the lines of notes.txt, now", "bash", 1)]
    queries = [
        Query(text, pipeline.codec.prompt(text, language or "code"), language, range(9, 9 + 4), n)
        for text, language, n in asked
    ]
    together = pipeline.answer(queries, options)
    for query, answer in zip(queries, together, strict=True):
        assert 1 <= len(answer) <= query.num_candidates
        (alone,) = pipeline.answer([query], options)
        assert [(one.code, one.valid) for one in answer] == [(x.code, x.valid) for x in alone]


def test_at_most_as_many_candidates_come_back_as_there_are_beams(pipeline):
    assert len(pipeline("list files", num_beams=2, num_candidates=5)) <= 2


def test_a_search_depends_on_no_seed(pipeline):
    codes = [
        [one.code for one in pipeline("list files", num_beams=4, seed=seed)] for seed in (0, 9)
    ]
    assert codes[0] == codes[1]


def test_an_utterance_among_many_gets_the_programs_it_gets_alone(pipeline, monkeypatch):
    monkeypatch.setattr("codefusion.pipeline.answering.SAMPLES_AT_ONCE", 8)  # two at once
    utterances = ["list files", "count the lines of notes.txt, please, now", "who"]
    for utterance, together in zip(utterances, pipeline(utterances, num_beams=4), strict=True):
        alone = pipeline(utterance, num_beams=4)
        assert [one.code for one in together] == [one.code for one in alone]
        means = [one.log_likelihood for one in together]
        assert means == pytest.approx([one.log_likelihood for one in alone], abs=1e-4)


def test_a_beam_writes_no_token_that_stands_for_nothing(make_baseline, examples):
    from codefusion.data.tokenization import train_tokenizer

    texts = [f"bash: {one.utterance}" for one in examples] + [one.code for one in examples]
    tokenizer = train_tokenizer(texts * 2, 320, slots=4)
    model = make_baseline("autoregressive", vocab_size=len(tokenizer))
    pipeline = TokenPipeline(model, None, tokenizer)
    prompt = pipeline.codec.prompt("list files", "bash")
    forbidden = {*tokenizer.all_special_ids, *pipeline.codec.slot_ids} - set(prompt.slots)
    with torch.no_grad():
        model.head.bias[list(forbidden)] += 3.0  # tempt it
        (found,) = hypotheses(model, pipeline.codec, [prompt], 8)
    assert found
    assert not forbidden & {token for one in found for token in one.tokens}


def test_where_a_search_finds_nothing_valid_one_of_twice_its_width_may(pipeline, monkeypatch):
    options = {"language": "bash", "num_candidates": 3}
    narrow = pipeline("list files", num_beams=3, **options)
    wide = pipeline("list files", num_beams=6, **options)
    new = next(one.code for one in wide if one.code not in {each.code for each in narrow})
    grammar = type(get_language("bash"))
    monkeypatch.setattr(grammar, "is_valid", lambda self, code: code == new)
    found = pipeline(["list files", "list files"], num_beams=3, **options)
    assert [[one.code for one in each if one.valid] for each in found] == [[new], [new]]
    monkeypatch.setattr(grammar, "is_valid", lambda self, code: False)
    codes = [one.code for one in narrow]
    assert [one.code for one in pipeline("list files", num_beams=3, **options)] == codes
