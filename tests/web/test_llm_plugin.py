"""The shipped models under `llm`."""

import pytest

from codefusion.pipeline import load_pipeline
from codefusion.web.served import Question, ServedModel

llm = pytest.importorskip("llm")


def test_llm_finds_the_shipped_models_and_asks_them() -> None:
    model = llm.get_model("codefusion-cf")
    response = model.prompt("highlight cells greater than 12", samples=4, n=2)
    first, *_ = response.text().split("\n")
    assert "12" in first
    (best, *_) = response.response_json["candidates"]
    assert best["code"] == first
    assert best["valid"]


def test_a_prompt_that_is_too_long_is_told_in_one_line() -> None:
    with pytest.raises(llm.ModelError, match="too long"):
        llm.get_model("codefusion-cf").prompt("many words " * 200).text()


def test_llm_asks_a_server_as_it_asks_openai(server) -> None:
    from llm.default_plugins.openai_models import Completion

    model = Completion("tiny", model_name="bash", api_base=f"{server.url}/v1")
    told = model.prompt("who", key="none", stream=False).text()
    best = server.generate(prompt="who", n=1, samples=16, steps=8).json["candidates"][0]
    assert told == best["code"]
    assert model.prompt("who", key="none", stream=True).text() == told


def test_llm_a_server_and_the_pipeline_give_one_question_the_same_programs() -> None:
    sentence, pipeline = "list the text files here", load_pipeline("bash")
    alone = pipeline(sentence, num_candidates=5)
    told = llm.get_model("codefusion-bash").prompt(sentence, n=5)
    assert told.text() == "\n".join(one.code for one in alone)
    served = ServedModel("bash", pipeline)
    (asked,) = served.draw([served.prepare(Question(sentence, n=5))])
    assert asked == alone
