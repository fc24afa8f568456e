"""Answering: search, or draw and vote, and calibrate the scores where they mean something.

Not for what may be asked (`base`), nor for one search (`search`) or draw (`CodePipeline.draw`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from codefusion.calibration import Calibration
from codefusion.data.codec import EncodedPrompt
from codefusion.pipeline.candidates import Candidate, Drawn, ranked_by_votes
from codefusion.pipeline.decoding import decoded
from codefusion.pipeline.options import Options, Query
from codefusion.pipeline.reading import read_prompts
from codefusion.pipeline.revision import Revision
from codefusion.pipeline.search import search, search_around

if TYPE_CHECKING:
    from codefusion.pipeline.base import CodePipeline

SAMPLES_AT_ONCE = 256


def answers(
    pipeline: CodePipeline, queries: Sequence[Query], options: Options
) -> list[list[Candidate]]:
    """Return ranked candidates for each query, see `CodePipeline.answer`."""
    revision, beams = options.revision, options.num_beams
    if revision is None:
        found = (_searched if beams else _voted)(pipeline, queries, options)
        return [
            _calibrated(pipeline, one) if _is_own_way(pipeline, query, options) else one
            for one, query in zip(found, queries, strict=True)
        ]
    (only,) = queries
    if beams:
        return [_searched_around(pipeline, only, revision, options)]
    return _voted(pipeline, queries, _with_draft(pipeline, options, only))


def _is_own_way(pipeline: CodePipeline, query: Query, options: Options) -> bool:
    """Whether it is answered as it is where nothing else is asked for.

    Of that way a calibration is; draws then are more than one.
    """
    own = pipeline.default_beams(query.num_candidates)
    if not options.num_beams:
        return not own and len(query.seeds) > 1
    return options.num_beams == own and pipeline.jury is pipeline.jury_kept


def _calibrated(pipeline: CodePipeline, candidates: list[Candidate]) -> list[Candidate]:
    fitted = pipeline.model.config.score_calibration
    if fitted is None:
        return candidates
    calibration = Calibration(*fitted)
    return [replace(one, score=calibration(one.score)) for one in candidates]


def _searched(
    pipeline: CodePipeline, queries: Sequence[Query], options: Options
) -> list[list[Candidate]]:
    asked = (pipeline.model, pipeline.codec, queries, options.num_beams, options.steps)
    return search(*asked, SAMPLES_AT_ONCE, pipeline.jury)


def _searched_around(
    pipeline: CodePipeline, query: Query, revision: Revision, options: Options
) -> list[Candidate]:
    model, codec = pipeline.model, pipeline.codec
    longest = model.config.max_code_length
    draft = revision.encode(codec, query.prompt, longest, (), query.language)
    asked = (model, codec, query, draft, revision.draft, options.num_beams, options.steps)
    return search_around(*asked, SAMPLES_AT_ONCE, pipeline.jury)


def _voted(
    pipeline: CodePipeline, queries: Sequence[Query], options: Options
) -> list[list[Candidate]]:
    """Draw a program of every seed for each query, and let them vote."""
    jobs = [(one.prompt, seed) for one in queries for seed in one.seeds]
    drawn = iter(_drawn(pipeline, jobs, options))
    # Who gives a draft wants another program.
    rejected = None if options.revision is None else options.revision.draft
    ranked = []
    for one in queries:
        part = [next(drawn) for _ in one.seeds]
        ranked.append(
            ranked_by_votes(part, one.language, one.num_candidates, options.steps, rejected)
        )
    return ranked


def _drawn(
    pipeline: CodePipeline, jobs: Sequence[tuple[EncodedPrompt, int]], options: Options
) -> list[Drawn]:
    """Draw a program for each (prompt, seed); what it is depends on no other job."""
    model, drawn = pipeline.model, list[Drawn]()
    for first in range(0, len(jobs), SAMPLES_AT_ONCE):
        part = jobs[first : first + SAMPLES_AT_ONCE]
        asked = [prompt for prompt, _ in part]
        generators = [torch.Generator("cpu").manual_seed(seed) for _, seed in part]
        prompt = read_prompts(model, asked, generators, options.draft)
        start = None
        if options.draft is not None:
            size, pad = model.config.max_code_length, pipeline.tokenizer.pad_token_id
            start = options.draft.start(prompt.lengths, generators, size, pad).to(model.device)
        draws = pipeline.draw(asked, prompt, generators, options, start)
        drawn += decoded(pipeline.codec, part, draws, start)
    return drawn


def _with_draft(pipeline: CodePipeline, options: Options, query: Query) -> Options:
    """Return the options with the draft of their revision as tokens; without one, draw it."""
    revision, config = options.revision, pipeline.model.config
    assert revision is not None
    programs: list[str] = []
    if revision.draft is None:
        plain = replace(options, revision=None, trace=False, callback=None, on_step=None)
        (drawn,) = _voted(pipeline, [replace(query, num_candidates=len(query.seeds))], plain)
        programs = [one.code for one in drawn]
    draft = revision.encode(
        pipeline.codec, query.prompt, config.max_code_length, programs, query.language
    )
    steps = draft.steps(options.steps, config.num_train_timesteps)
    return replace(options, draft=draft, steps=steps)
