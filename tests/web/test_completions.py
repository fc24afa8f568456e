"""OpenAI's own client against the server."""

import openai
import pytest


@pytest.fixture(scope="module")
def client(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as one:
        yield one


def test_the_official_client_gets_n_choices_the_best_first(client, server):
    answer = client.completions.create(
        model="bash",
        prompt="list all files",
        n=3,
        seed=4,
        best_of=6,
        user="me",
        extra_body={"steps": 4, "guidance": 2.0},
    )
    native = server.generate(n=3, samples=6, seed=4, steps=4, guidance=2.0).json
    assert [choice.index for choice in answer.choices] == [0, 1, 2]
    different = [one["code"] for one in native["candidates"]]
    assert [choice.text for choice in answer.choices][: len(different)] == different
    assert {choice.finish_reason for choice in answer.choices} == {"stop"}
    assert (answer.object, answer.model) == ("text_completion", "bash")
    assert answer.usage.total_tokens > answer.usage.prompt_tokens > 0


def test_streamed_choices_are_those_of_the_whole_answer(client):
    asked = {"model": "bash", "prompt": "who", "n": 3, "seed": 1, "best_of": 3}
    whole = client.completions.create(**asked)
    parts = list(client.completions.create(**asked, stream=True))
    assert [part.choices[0].text for part in parts] == [one.text for one in whole.choices]
    assert [part.choices[0].index for part in parts] == [0, 1, 2]


def test_several_prompts_are_answered_in_order(client):
    prompts = ["list all files", "who"]
    both = client.completions.create(model="bash", prompt=prompts, n=2, best_of=2)
    alone = [client.completions.create(model="bash", prompt=one, n=2, best_of=2) for one in prompts]
    assert [one.text for one in both.choices] == [c.text for one in alone for c in one.choices]


def test_as_many_choices_come_as_were_asked_for_even_if_programs_repeat(client):
    answer = client.completions.create(
        model="bash", prompt="who", n=20, best_of=20, extra_body={"steps": 1}
    )
    assert len(answer.choices) == 20


@pytest.mark.parametrize("temperature", [{}, {"temperature": 1.0}])
def test_a_model_that_searches_gives_its_likeliest_programs(client, pipelines, temperature):
    answer = client.completions.create(model="left", prompt="who", n=4, **temperature)
    found = [one.code for one in pipelines["left"]("who", num_candidates=4)]
    assert [one.text for one in answer.choices] == found


def test_where_a_search_finds_too_few_programs_they_repeat_the_best_first(client, pipelines):
    found = [one.code for one in pipelines["left"]("who", num_candidates=20)]
    answer = client.completions.create(model="left", prompt=["who", "who"], n=20)
    texts = [one.text for one in answer.choices]
    assert texts[:20] == texts[20:] == (found * 20)[:20]


def test_at_another_temperature_than_one_that_model_draws(client, pipelines):
    asked = {"model": "left", "prompt": "who", "n": 3, "best_of": 6, "seed": 2}
    answer = client.completions.create(**asked, temperature=1.5)
    drawn = pipelines["left"]("who", num_candidates=3, num_samples=6, seed=2, temperature=1.5)
    assert [one.text for one in answer.choices] == [one.code for one in drawn]


def test_max_tokens_cuts_and_says_so(client):
    (whole,) = client.completions.create(model="bash", prompt="who", seed=3, best_of=1).choices
    (cut,) = client.completions.create(
        model="bash", prompt="who", seed=3, best_of=1, max_tokens=1
    ).choices
    assert whole.text.startswith(cut.text)
    assert len(cut.text) < len(whole.text)
    assert cut.finish_reason == "length"


def test_stop_cuts_the_text_before_it(client):
    (whole,) = client.completions.create(model="bash", prompt="who", seed=3, best_of=1).choices
    stop = whole.text[2]
    (cut,) = client.completions.create(
        model="bash", prompt="who", seed=3, best_of=1, stop=[stop]
    ).choices
    assert cut.text == whole.text.partition(stop)[0]
    assert cut.finish_reason == "stop"


def test_a_temperature_of_zero_makes_the_model_that_has_one_certain(client):
    asked = {"model": "left", "prompt": "who", "n": 4, "best_of": 4}
    cold = client.completions.create(**asked, temperature=0.0)
    warm = client.completions.create(**asked, temperature=1.5)
    assert len({one.text for one in cold.choices}) == 1
    assert len({one.text for one in warm.choices}) > 1
    client.completions.create(model="bash", prompt="who", best_of=1, temperature=0.2)  # it has none


def test_the_models_are_listed_and_found(client):
    assert [one.id for one in client.models.list()] == ["bash", "cf", "left"]
    assert client.models.retrieve("cf").id == "cf"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt")


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as raised:
        client.completions.create(model="gpt", prompt="who")
    assert raised.value.code == "model_not_found"
    assert raised.value.param == "model"


@pytest.mark.parametrize(
    "fields",
    [
        {"echo": True},
        {"logprobs": 1},
        {"suffix": "x"},
        {"logit_bias": {"50256": -100}},
        {"presence_penalty": 0.5},
        {"frequency_penalty": 0.5},
        {"n": 3, "best_of": 2},
        {"n": 21},
        {"max_tokens": 0},
        {"stop": ["a"] * 5},
        {"temperature": 3.0},
        {"prompt": [1, 2, 3]},
        {"prompt": ["x"] * 17},
        {"prompt": []},
        {"extra_body": {"tempo": 1}},
    ],
)
def test_what_is_not_supported_is_refused(client, fields):
    with pytest.raises(openai.BadRequestError) as raised:
        client.completions.create(**{"model": "bash", "prompt": "who", **fields})
    assert raised.value.type == "invalid_request_error"
    assert raised.value.message


def test_what_asks_for_nothing_is_let_pass(client):
    client.completions.create(
        model="bash", prompt="who", best_of=1, echo=False, suffix="", logit_bias={}, top_p=1
    )


def test_a_key_is_sent_as_openai_sends_it(start):
    locked = start(key="secret")
    with openai.OpenAI(base_url=f"{locked.url}/v1", api_key="secret", max_retries=0) as knows:
        assert knows.models.list().data
        guesses = knows.with_options(api_key="guess")
        with pytest.raises(openai.AuthenticationError):
            guesses.models.list()
