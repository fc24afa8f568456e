"""`POST /api/generate`: the pipeline's own answers, whatever else is asked at the time."""

import pytest
from servers import running, together

from codefusion.shell.danger import find_dangers
from codefusion.web.limits import Limits

PROMPTS = ["list all files", "find . and count", "show the disk use of /home, please, now", "who"]


def programs(body):
    return [(one["code"], one["seed"], one["score"]) for one in body["candidates"]]


def likelihoods(body):
    return [one["log_likelihood"] for one in body["candidates"]]


def test_the_answer_is_what_the_pipeline_says(server, pipelines):
    answer = server.generate(n=3, samples=6, steps=4, seed=3, guidance=2.0)
    assert answer.status == 200
    told = pipelines["bash"](
        "list all files",
        num_candidates=3,
        num_samples=6,
        num_inference_steps=4,
        seed=3,
        guidance_scale=2.0,
    )
    told = [one for one in told if not one.repeats]
    assert programs(answer.json) == [(one.code, one.seed, round(one.score, 4)) for one in told]
    assert [one["valid"] for one in answer.json["candidates"]] == [one.valid for one in told]
    assert answer.json["version"] == 1
    assert (answer.json["model"], answer.json["language"]) == ("bash", "bash")


@pytest.mark.parametrize("n", [1, 3, 14])
def test_a_model_that_searches_answers_what_the_pipeline_finds_by_itself(server, pipelines, n):
    body = server.generate(model="left", n=n, samples=1, seed=5).json
    told = pipelines["left"]("list all files", num_candidates=n)
    assert [(one["code"], one["score"]) for one in body["candidates"]] == [
        (one.code, round(one.score, 4)) for one in told
    ]
    assert body["beams"] == pipelines["left"].default_beams(n)


@pytest.mark.parametrize("shown", [{"trace": True}, {"stream": True}])
def test_a_model_that_searches_draws_where_its_steps_are_to_be_seen(server, pipelines, shown):
    answer = server.generate(model="left", n=3, samples=6, seed=3, **shown)
    body = answer.events[-1][1] if "stream" in shown else answer.json
    told = pipelines["left"]("list all files", num_candidates=3, num_samples=6, seed=3, num_beams=0)
    assert [(one["code"], one["seed"]) for one in body["candidates"]] == [
        (one.code, one.seed) for one in told if not one.repeats
    ]
    assert body["beams"] == 0


def test_commands_come_with_what_may_go_wrong_and_rules_without(server):
    asked = {"draft": "rm -rf /tmp", "keep": ["rm -rf /"], "samples": 4, "steps": 4}
    body = server.generate(**asked, n=4).json
    levels = set()
    for one in body["candidates"]:
        notes = find_dangers(one["code"])
        assert one["dangers"] == [
            {"level": note.level.name.lower(), "sentence": note.sentence} for note in notes
        ]
        levels |= {note["level"] for note in one["dangers"]}
    assert "danger" in levels
    *_, (_, result) = server.generate(**asked, n=4, stream=True).events
    assert [one["dangers"] for one in result["candidates"]] == [
        one["dangers"] for one in body["candidates"]
    ]
    rules = server.generate(model="cf", draft="rm -rf /tmp", keep=["rm -rf /"]).json
    assert all(one["dangers"] == [] for one in rules["candidates"])


def test_answers_of_a_batch_are_those_that_each_request_gets_alone(server):
    asked = [
        {"prompt": prompt, "seed": seed, "samples": samples, "n": 2, "model": model}
        for prompt, seed, samples in zip(PROMPTS, (0, 7, 7, 2**40), (3, 4, 1, 2), strict=True)
        for model in ("bash", "left")
    ]
    alone = [server.generate(**one) for one in asked]
    batches = server.counted("codefusion_batch_requests_count")
    at_once = together([lambda one=one: server.generate(**one) for one in asked])
    assert server.counted("codefusion_batch_requests_count") - batches < len(asked)
    for one, other in zip(alone, at_once, strict=True):
        assert programs(one.json) == programs(other.json)
        likely, also = (
            [row["log_likelihood"] for row in x.json["candidates"]] for x in (one, other)
        )
        assert likely == pytest.approx(also, abs=1e-3)


def test_requests_that_differ_in_steps_or_guidance_do_not_disturb_each_other(server):
    asked = [{"steps": steps, "guidance": guidance} for steps in (1, 3) for guidance in (1.0, 3.0)]
    alone = [programs(server.generate(**one).json) for one in asked]
    at_once = together([lambda one=one: server.generate(**one) for one in asked])
    assert [programs(one.json) for one in at_once] == alone
    assert len({str(one) for one in alone}) > 1


def test_a_trace_has_every_step_and_an_entry_for_each_token(server):
    for model, steps in (("bash", 3), ("left", None)):
        body = server.generate(model=model, steps=3, trace=True).json
        if model == "bash":  # the other draws only where it is watched
            assert programs(body) == programs(server.generate(model=model, steps=3).json)
        for one in body["candidates"]:
            trace = one["trace"]
            assert [step["step"] for step in trace] == list(range(1, len(trace) + 1))
            assert steps in (None, len(trace))
            assert trace[-1]["code"] == one["code"]
            assert trace[-1]["distance"] == 0.0
            for step in trace:
                sizes = {len(step[name]) for name in ("tokens", "confidence", "entropy")}
                assert len(sizes) == 1
                assert len(step["point"]) == 2


def test_a_stream_shows_each_step_of_each_sample_and_then_the_same_result(server):
    fields = {"samples": 3, "n": 2, "steps": 4, "seed": 5, "trace": True}
    *steps, (last, result) = server.generate(stream=True, **fields).events
    assert last == "result"
    plain = server.generate(**fields).json
    assert programs(result) == programs(plain)
    assert [name for name, _ in steps] == ["step"] * 4
    assert [(step["step"], step["of"]) for _, step in steps] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for _, step in steps:
        assert [row["seed"] for row in step["rows"]] == [5, 6, 7]
    final = {row["seed"]: row["code"] for row in steps[-1][1]["rows"]}
    for one in result["candidates"]:
        assert final[one["seed"]] == one["code"]


def test_each_of_many_streams_gets_its_own_rows(server):
    asked = [{"seed": 10 * place, "samples": place + 1} for place in range(4)]
    streams = together([lambda one=one: server.generate(stream=True, **one) for one in asked])
    for one, stream in zip(asked, streams, strict=True):
        *steps, (_, result) = stream.events
        seeds = list(range(one["seed"], one["seed"] + max(one["samples"], 2)))
        assert all([row["seed"] for row in step["rows"]] == seeds for _, step in steps)
        assert programs(result) == programs(server.generate(**one).json)


def test_a_revision_keeps_what_is_to_be_kept(server, pipelines):
    fields = {"draft": "ls -lS", "keep": ["ls"], "strength": 0.8, "samples": 4, "steps": 4}
    body = server.generate(**fields).json
    assert body["candidates"]
    for one in body["candidates"]:
        kept = [one["code"][start:end] for start, end in one["pinned"]]
        assert "ls" in "".join(kept)
    told = pipelines["bash"](
        "list all files",
        num_candidates=2,
        num_samples=4,
        num_inference_steps=4,
        draft="ls -lS",
        keep=["ls"],
        strength=0.8,
    )
    assert [one["code"] for one in body["candidates"]] == [
        one.code for one in told if not one.repeats
    ]
    *_, (last, result) = server.generate(stream=True, **fields).events
    assert (last, programs(result)) == ("result", programs(body))


def test_of_the_models_of_a_language_the_first_answers_and_the_first_that_can_revises(pipelines):
    served = {"left": pipelines["left"], "diffusion": pipelines["bash"]}
    with running(served, Limits()) as both:
        plain = {"model": None, "language": "bash", "samples": 2, "steps": 2}
        for revising, name in (({}, "left"), ({"draft": "ls -l", "keep": ["ls"]}, "diffusion")):
            assert both.generate(**plain, **revising).json["model"] == name


def test_the_columns_of_a_table_reach_the_model(server):
    fields = {"prompt": "red if cheap", "model": "cf", "samples": 4}
    plain, columns, table = (
        server.generate(**fields, **more).json["candidates"]
        for more in ({}, {"columns": ["Name", "Price"]}, {"table": [["Name", "Price"], ["a", "3"]]})
    )
    assert [one["log_likelihood"] for one in plain] != [one["log_likelihood"] for one in columns]
    assert [one["code"] for one in table]


def test_a_language_finds_its_model(server):
    assert server.generate(model=None, language="cf").json["model"] == "cf"
    assert server.generate(model=None, language="bash").json["model"] == "bash"


@pytest.mark.parametrize(
    ("fields", "param", "says"),
    [
        ({"n": 0}, "n", "greater than or equal to 1"),
        ({"n": 21}, "n", "less than or equal to 20"),
        ({"n": "3"}, "n", "integer"),
        ({"n": True}, "n", "integer"),
        ({"samples": 65}, "samples", "64"),
        ({"steps": 65}, "steps", "64"),
        ({"seed": -1}, "seed", "0"),
        ({"seed": 2**64}, "seed", "less than"),
        ({"guidance": 11}, "guidance", "10"),
        ({"guidance": "NaN"}, "guidance", "number"),
        ({"prompt": ""}, "prompt", "at least 1"),
        ({"prompt": None}, "prompt", "string"),
        ({"prompt": "x" * 4001}, "prompt", "4000"),
        ({"prompt": "\ud800"}, "prompt", "string"),
        ({"prompt": "many words " * 100}, None, "too long"),
        ({"prompt": " \n"}, None, "empty"),
        ({"columns": ["a"], "table": [["a"]]}, None, "not both"),
        ({"strength": 0.5}, None, "draft"),
        ({"draft": "ls", "keep": ["grep"]}, None, "not in the draft"),
        ({"draft": "ls " * 200}, None, "too long"),
        ({"model": "left", "draft": "ls"}, None, "left to right"),
        ({"model": "left", "guidance": 2.0}, None, "guidance"),
        ({"model": None}, "model", "which model"),
        ({"model": None, "language": "pyhton"}, "language", "unknown language"),
        ({"language": "cf"}, None, "unknown language of bash"),
        ({"tempo": 1}, "tempo", "not permitted"),
    ],
)
def test_a_wrong_field_is_refused_with_one_sentence_that_names_it(server, fields, param, says):
    answer = server.generate(**fields)
    assert answer.status == 400
    assert answer.error["param"] == param
    assert says in answer.error["message"]
    assert answer.error["code"] == "invalid_value"


def test_what_is_wrong_with_a_stream_is_told_by_its_status(server):
    assert server.generate(stream=True, samples=0).status == 400
    assert server.generate(stream=True, model="bsh").status == 404


def test_an_unknown_model_is_told_with_the_nearest(server):
    answer = server.generate(model="bsh")
    assert answer.status == 404
    assert answer.error["code"] == "model_not_found"
    assert "did you mean 'bash'?" in answer.error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"null", b"[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(server, body):
    answer = server.ask("POST", "/api/generate", body, Content_Type="application/json")
    assert answer.status == 400
    assert answer.error


def test_a_body_of_another_type_is_refused_with_what_to_send(server):
    answer = server.ask("POST", "/api/generate", b'{"prompt": "x"}', Content_Type="text/plain")
    assert answer.status == 400
    assert "application/json" in answer.error["message"]
