"""A jury: what speaks for a program that a search found, beside the model that found it."""

import json
import math
import shutil
from dataclasses import replace

import pytest
import torch

from codefusion.calibration import Calibration
from codefusion.data.examples import Example, for_review
from codefusion.errors import CheckpointError, RecipeError
from codefusion.evaluation.calibrating import keep_calibration
from codefusion.pipeline import TokenPipeline, load_jury, load_pipeline
from codefusion.pipeline.jury import (
    KNOWN,
    SETTINGS,
    Judge,
    JudgeSettings,
    Jury,
    JurySettings,
    keep_jury,
    load_judge,
)
from codefusion.pipeline.known import KnownPrograms
from codefusion.pipeline.options import Query
from codefusion.pipeline.search import found
from codefusion.ranking import Found, Sample

ASKED = "list the files of src"


@pytest.fixture(scope="module")
def models(make_baseline):
    """Two auto-regressive models that think otherwise."""
    other = make_baseline("autoregressive", max_code_length=12)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        torch.nn.init.normal_(other.decoder.output.weight, std=0.3)
    return make_baseline("autoregressive"), other


@pytest.fixture
def pipeline(models, tokenizer):
    return TokenPipeline(models[0], None, tokenizer)


def query(pipeline, utterance=ASKED, language="bash"):
    return Query(utterance, pipeline.codec.prompt(utterance, language), language, (0,), 5)


def searched(pipeline, beams=6):
    (programs,) = found(pipeline.model, pipeline.codec, [query(pipeline)], beams, beams)
    return programs


@torch.no_grad()
def test_a_judge_says_the_log_probability_of_a_program_and_of_its_end(pipeline, tokenizer):
    model, asked = pipeline.model, query(pipeline)
    programs = ["ls", "find . -name src", "ls -l src | wc"]
    said = Judge(model, tokenizer, reviews=False).log_probabilities(asked, programs)
    ids = torch.tensor([asked.prompt.ids])
    prompt = model.prepare_prompt(model.encode(ids, torch.ones_like(ids)), None)
    for program, one in zip(programs, said, strict=True):
        code = pipeline.codec.code(program, asked.prompt.slots)
        read = torch.tensor([[model.end_token_id, *code]])
        logs = model.logits(read, prompt)[0].log_softmax(dim=-1)
        following = torch.tensor([*code, model.end_token_id])
        assert one == pytest.approx(float(logs.gather(1, following[:, None]).sum()), abs=1e-3)


def test_a_reviewer_reads_the_program_and_says_how_probable_the_utterance_is(models, tokenizer):
    pipeline = TokenPipeline(models[0], None, tokenizer)
    (said,) = Judge(models[0], tokenizer, True).log_probabilities(query(pipeline), ["ls src"])
    turned = for_review(Example(ASKED, "ls src", "bash"))
    assert (turned.utterance, turned.code) == ("ls src", ASKED)
    plain = Judge(models[0], tokenizer, False)
    (expected,) = plain.log_probabilities(query(pipeline, turned.utterance), [turned.code])
    assert said == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("said", "told"),
    [("List  all\nfiles", "list all files"), ("README of src", "README of src"), ("A", "A")],
)
def test_what_a_reviewer_tells_begins_like_any_other_word_of_it(said, told):
    assert for_review(Example(said, "ls", "bash", (("a",),))) == Example("ls", told, "bash")


def test_what_a_judge_cannot_read_is_to_it_as_the_least_probable_of_the_others(models, tokenizer):
    pipeline = TokenPipeline(models[0], None, tokenizer)
    judge = Judge(models[1], tokenizer, reviews=False)
    programs = ["ls", "ls -l src", "find " * 40, ""]
    said = judge.log_probabilities(query(pipeline), programs)
    assert said[2] == said[3] == min(said[:2]) < max(said[:2])
    assert judge.log_probabilities(query(pipeline), ["find " * 40, ""]) == [0.0, 0.0]


def test_what_is_known_comes_first_whatever_its_white_space(pipeline):
    before = pipeline(ASKED, language="bash", num_beams=8)
    last = before[-1].code
    pipeline.jury = Jury(JurySettings(known=1e4), known=KnownPrograms.of([f" {last}\n"]))
    after = pipeline(ASKED, language="bash", num_beams=8)
    assert next(one.code for one in after if one.valid == before[-1].valid) == last
    pipeline.jury = replace(pipeline.jury, known=KnownPrograms.of(["no such program"]))
    unknown = pipeline(ASKED, language="bash", num_beams=8)
    pipeline.jury = Jury(JurySettings())
    alone = pipeline(ASKED, language="bash", num_beams=8)
    assert [(one.code, one.score) for one in unknown] == [(one.code, one.score) for one in alone]
    # The first three are in the order of the model; of the rest, the scale has a say (variety).
    assert [one.code for one in alone][:3] == [one.code for one in before][:3]


def test_a_jury_adds_what_each_says_times_its_weight(pipeline, models, tokenizer):
    judges = (Judge(models[1], tokenizer, False), Judge(models[0], tokenizer, True))
    programs = searched(pipeline)
    code = programs[1].sample.code
    members = (JudgeSettings("a", 0.5), JudgeSettings("b", 0.25, reviews=True))
    jury = Jury(JurySettings(members, 2.0, 3.0), judges, KnownPrograms.of([code]))
    weighed = jury.weigh(query(pipeline), programs)
    assert [one.sample for one in weighed] == [one.sample for one in programs]
    codes = [one.sample.code for one in programs]
    each = [judge.log_probabilities(query(pipeline), codes) for judge in judges]
    for i, one in enumerate(weighed):
        said = (programs[i].log_probability, each[0][i], each[1][i])
        told = [-math.sqrt(-log) for log in said]
        expected = 2.0 * told[0] + 0.5 * told[1] + 0.25 * told[2]
        assert one.log_probability == pytest.approx(expected + 3.0 * (codes[i] == code), abs=1e-4)


def test_weights_go_back_to_where_they_were_read():
    settings = JurySettings(
        (JudgeSettings("a", 0.5), JudgeSettings("b", 0.25, True)), 2.0, 3.0, 1.5
    )
    other = [0.1, 0.2, 0.3, 0.4, 0.6]
    assert settings.weighed(settings.weights) == settings
    assert settings.weighed(other).weights == tuple(other)


def test_each_literal_of_the_utterance_that_a_program_lacks_counts_against_it(pipeline):
    asked = query(pipeline, "print 20 lines of a.txt")
    codes = ["head -n 20 a.txt", "head -n 20 b.txt", "head -n 200 ba.txt", "cat a.txt | head -20"]
    programs = [Found(Sample(code, 0, -1.0), -1.0) for code in codes]
    weighed = Jury(JurySettings(literals=2.0)).weigh(asked, programs)
    assert [one.log_probability for one in weighed] == pytest.approx([-1.0, -3.0, -5.0, -1.0])


@pytest.fixture
def lagged(make_pipeline):
    return make_pipeline(
        lagged=True, predict_length=False, parameterisation="x", self_conditioning=False
    )


def test_draws_have_no_jury(lagged):
    before = lagged(ASKED, language="bash", num_beams=0, num_samples=4)
    lagged.jury = Jury(JurySettings(own=0.5, known=9.0), known=KnownPrograms.of(["ls"]))
    after = lagged(ASKED, language="bash", num_beams=0, num_samples=4)
    assert [(one.code, one.score) for one in after] == [(one.code, one.score) for one in before]


def test_what_is_searched_around_what_is_kept_has_one(lagged):
    options = {"keep": "ls", "draft": "ls -l", "num_beams": 6}
    before = lagged(ASKED, language="bash", **options)
    last = [one for one in before if one.valid == before[0].valid][-1]
    assert last.code != before[0].code
    lagged.jury = Jury(JurySettings(known=1e4), known=KnownPrograms.of([last.code]))
    after = lagged(ASKED, language="bash", **options)
    assert (after[0].code, after[0].pinned) == (last.code, last.pinned)


def test_judges_from_elsewhere_are_copied_so_that_a_checkpoint_can_be_moved(
    models, tokenizer, tmp_path
):
    for name in ("m", "a/judge", "b/judge"):
        TokenPipeline(models[1], None, tokenizer).save_pretrained(tmp_path / name)
    given = [str(tmp_path / name) for name in ("a/judge", "b/judge", "m")]
    given += ["reviewer", given[0]]
    members = tuple(JudgeSettings(one, 0.5, one == "reviewer") for one in given)
    judges = tuple(load_judge(one, tmp_path / "m") for one in members)
    keep_jury(Jury(JurySettings(members), judges), tmp_path / "m")
    (tmp_path / "m").rename(tmp_path / "moved")
    for name in ("a", "b"):
        shutil.rmtree(tmp_path / name)
    loaded = load_pipeline(tmp_path / "moved").jury
    names = [one.model for one in loaded.settings.judges]
    assert names == ["judge", "judge-2", "m", "reviewer", "judge"]
    assert not list((tmp_path / "moved" / "jury").glob("*/jury*"))
    assert (tmp_path / "moved" / "jury").is_dir()
    assert not (tmp_path / "moved" / "jury" / "reviewer").exists()  # it ships


def test_a_pipeline_is_saved_with_its_jury_or_without_any(pipeline, models, tokenizer, tmp_path):
    TokenPipeline(models[1], None, tokenizer).save_pretrained(tmp_path / "judge")
    member = JudgeSettings(str(tmp_path / "judge"), 0.5)
    known = KnownPrograms.of(["ls"])
    judges = (load_judge(member, tmp_path),)
    pipeline.jury = Jury(JurySettings((member,), 0.5, 1.0, beams=7), judges, known)
    expected = pipeline(ASKED, language="bash")
    pipeline.save_pretrained(tmp_path / "saved")
    again = load_pipeline(tmp_path / "saved")
    assert again(ASKED, language="bash") == expected
    again.save_pretrained(tmp_path / "twice")
    assert load_pipeline(tmp_path / "twice")(ASKED, language="bash") == expected
    again.jury = None
    again.save_pretrained(tmp_path / "twice")
    assert load_pipeline(tmp_path / "twice").jury is None


def test_scores_are_calibrated_only_for_the_search_and_the_jury_that_the_fit_was_of(
    pipeline, models, tokenizer, tmp_path
):
    pipeline.save_pretrained(tmp_path)
    keep_jury(Jury(JurySettings(own=0.5, beams=7)), tmp_path)
    before = load_pipeline(tmp_path)
    keep_calibration(Calibration(0.5, -1.0), tmp_path)
    after = load_pipeline(tmp_path)

    def scores(pipe, **options):
        return [one.score for one in pipe(ASKED, language="bash", **options)]

    fit = Calibration(0.5, -1.0)
    assert scores(after) == pytest.approx([fit(one) for one in scores(before)])
    assert scores(after, num_beams=7) == scores(after)
    assert scores(after, num_beams=1) == scores(before, num_beams=1) == [1.0]
    for jury in (None, Jury(JurySettings())):
        before.jury = after.jury = jury
        assert scores(after, num_beams=7) == scores(before, num_beams=7)


def test_a_checkpoint_keeps_its_jury_and_says_how_wide_to_search(models, tokenizer, tmp_path):
    for name, model in (("model", models[0]), ("model/jury/other", models[1])):
        TokenPipeline(model, None, tokenizer).save_pretrained(tmp_path / name)
    settings = JurySettings((JudgeSettings("other", 0.5, True),), 0.75, 2.0, beams=13)
    judges = (load_judge(settings.judges[0], tmp_path / "model"),)
    jury = Jury(settings, judges, KnownPrograms.of(["ls", "pwd"]))
    assert load_pipeline(tmp_path / "model").default_beams() == 10
    keep_jury(jury, tmp_path / "model")
    loaded = load_pipeline(tmp_path / "model")
    assert loaded.jury is not None
    assert (loaded.jury.settings, loaded.jury.known) == (settings, jury.known)
    modes = {one.stat().st_mode for one in (tmp_path / "model").iterdir() if one.is_file()}
    assert len(modes) == 1  # who may read the checkpoint may read its jury
    assert loaded.default_beams() == 13
    (judge,) = loaded.jury.judges
    assert judge.reviews
    assert torch.equal(judge.model.decoder.output.weight, models[1].decoder.output.weight)
    lent = load_jury(str(tmp_path / "model"))
    assert lent is not None
    assert lent.known == jury.known
    assert load_jury("none") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"known": 1.0}, KNOWN),
        ({"judges": [{"model": "no-such", "weight": 1.0}]}, "no-such"),
        ({"judges": [{"model": "diffusion", "weight": 1.0}]}, "cannot judge"),
        ({"judges": [{"model": "x"}]}, "lacks weight"),
        ({"know": 1.0}, "known"),
        ({"known": -1.0}, "negative"),
        ({"literals": -1.0}, "negative"),
        ({"known_beams": -1}, "known_beams"),
        ({"known_beams": 4}, KNOWN),
        ({"own": 0}, "own"),
        ({"beams": 0}, "beams"),
    ],
)
def test_a_broken_jury_is_one_line(
    make_pipeline, models, tokenizer, tmp_path, monkeypatch, content, said
):
    monkeypatch.chdir(tmp_path)
    make_pipeline().save_pretrained("model/jury/diffusion")
    TokenPipeline(models[0], None, tokenizer).save_pretrained("model")
    (tmp_path / "model" / SETTINGS).write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match=said) as refused:
        load_pipeline("model")
    assert "\n" not in str(refused.value)


def test_a_model_without_a_jury_lends_none(models, tokenizer, tmp_path):
    TokenPipeline(models[0], None, tokenizer).save_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match="has no jury"):
        load_jury(str(tmp_path))
    with pytest.raises(CheckpointError, match="cannot write a jury"):
        keep_jury(Jury(JurySettings()), tmp_path / "nowhere")
    with pytest.raises(RecipeError):
        JurySettings(own=0.0)
