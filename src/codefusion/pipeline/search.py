"""Searching for the likeliest programs, with a model that can be read from the left.

Such are an auto-regressive and a lagged one. Not for the search itself: `beam`, and `pinned` for
what must be in a program, know no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.models import Prompt
from codefusion.pipeline.beam import Hypothesis, beam_search
from codefusion.pipeline.candidates import Candidate, ranked_by_probability
from codefusion.pipeline.draft import Draft
from codefusion.pipeline.jury import Jury
from codefusion.pipeline.known import KnownPrograms
from codefusion.pipeline.options import Query
from codefusion.pipeline.pinned import PinnedHypothesis, pinned_search
from codefusion.pipeline.reading import read_prompts, unwritable
from codefusion.pipeline.revision import pinned_spans
from codefusion.ranking import Found, Sample

Reader = Callable[[Tensor, Tensor | None], Tensor]
# Five candidates are usually asked for, and some that are found are one program, or invalid.
BEAMS = 10


def search(
    model: Any,
    codec: Codec,
    queries: Sequence[Query],
    beams: int,
    steps: int,
    at_once: int,
    jury: Jury | None = None,
) -> list[list[Candidate]]:
    """Return ranked candidates for each query, `at_once` of whose beams are read together.

    With a `jury`, what was found is ranked by its weighed sum in the place of probability.

    A search by two or more beams that finds nothing valid is made once more with twice as
    many; one beam is the greedy program, whatever it is.
    """

    def searched(some: Sequence[Query], width: int) -> list[list[Candidate]]:
        programs = zip(some, found(model, codec, some, width, at_once, jury), strict=True)
        return [
            ranked_by_probability(
                _weighed(jury, one, each), one.language, one.num_candidates, steps
            )
            for one, each in programs
        ]

    answers = searched(queries, beams)
    # What does not parse is of no use to anyone; twice as many beams mostly find something.
    failed = [
        i
        for i, (one, query) in enumerate(zip(answers, queries, strict=True))
        if beams > 1 and query.language and not any(each.valid for each in one)
    ]
    for i, wider in zip(failed, searched([queries[i] for i in failed], 2 * beams), strict=True):
        if any(one.valid for one in wider):
            answers[i] = wider
    return answers


def _weighed(jury: Jury | None, query: Query, programs: list[Found]) -> list[Found]:
    return programs if jury is None else jury.weigh(query, programs)


@torch.no_grad()
def found(
    model: Any,
    codec: Codec,
    queries: Sequence[Query],
    beams: int,
    at_once: int,
    jury: Jury | None = None,
) -> Iterator[list[Found]]:
    """Yield what a search finds for each query, the most probable first.

    With a `jury` that asks for them, the most probable known programs are behind those.
    """
    known_beams = 0 if jury is None else jury.settings.known_beams
    known = KnownPrograms() if jury is None else jury.known
    together = max(1, at_once // max(beams, known_beams))
    for start in range(0, len(queries), together):
        part = queries[start : start + together]
        prompts = [one.prompt for one in part]
        of_each = hypotheses(model, codec, prompts, beams)
        others: list[list[Hypothesis]] = [[] for _ in part]
        if known_beams:
            others = hypotheses(model, codec, prompts, known_beams, known)
        for one, programs, more in zip(part, of_each, others, strict=True):
            likeliest = [_found(codec, one, each) for each in programs]
            texts = {each.sample.code for each in likeliest}
            for each in more:
                other = _found(codec, one, each)
                # The search was led by hints, so that some are not known; and one program is found
                # by both searches, or spelled by other tokens.
                if other.sample.code in known and other.sample.code not in texts:
                    texts.add(other.sample.code)
                    likeliest.append(other)
            yield likeliest


def _found(codec: Codec, query: Query, program: Hypothesis) -> Found:
    code = codec.text(program.tokens, query.prompt.slots)
    sample = Sample(code, query.seeds[0], program.log_likelihood)
    return Found(sample, program.log_probability)


def search_around(
    model: Any,
    codec: Codec,
    query: Query,
    draft: Draft,
    rejected: str | None,
    beams: int,
    steps: int,
    at_once: int,
    jury: Jury | None = None,
) -> list[Candidate]:
    """Return the likeliest programs that hold what a draft pins; that `rejected` comes last.

    With a `jury` they are ranked as in `search`. What stands at the draft's ends need not:
    probability judges. There are fewer beams than asked for where more than `at_once` rows would be
    read together. As in `search`, twice as many look once more where nothing valid is found.
    """
    most = max(1, at_once // (draft.pinned + 1))
    widths = {min(beams, most), min(2 * beams, most)} if beams > 1 else {1}
    for width in sorted(widths):
        programs = _around(model, codec, query, draft, width)
        spans = {
            codec.text(one.tokens, query.prompt.slots): tuple(
                pinned_spans(codec, one.tokens, one.pinned, query.prompt.slots)
            )
            for one in reversed(programs)
        }
        weighed = _weighed(jury, query, [_found(codec, query, one) for one in programs])
        ranked = ranked_by_probability(
            weighed, query.language, query.num_candidates, steps, rejected
        )
        if query.language is None or any(one.valid for one in ranked):
            break
    return [replace(one, pinned=spans[one.code]) for one in ranked]


def _around(
    model: Any, codec: Codec, query: Query, draft: Draft, width: int
) -> list[PinnedHypothesis]:
    asked = [query.prompt] * (width * (draft.pinned + 1))
    read = left_reader(model, codec, asked, read_prompts(model, asked, ()))
    return pinned_search(
        lambda tokens, parents: read(tokens, parents).log_softmax(dim=-1),
        draft.pins,
        width,
        model.end_token_id,
        model.config.max_code_length,
        model.device,
        begin=model.config.eos_token_id,
    )


def hypotheses(
    model: Any,
    codec: Codec,
    prompts: Sequence[EncodedPrompt],
    width: int,
    known: KnownPrograms | None = None,
) -> list[list[Hypothesis]]:
    """Return what a search with `width` beams finds for each prompt, the most probable first.

    If `known` is given, it is led to those: what ends may be another still.
    """
    asked = [prompt for prompt in prompts for _ in range(width)]
    read = left_reader(model, codec, asked, read_prompts(model, asked, ()))

    def every(tokens: Tensor, parents: Tensor) -> Tensor:
        return read(tokens, parents).log_softmax(dim=-1)

    logs: Callable[[Tensor, Tensor], Tensor] = every
    if known is not None:
        logs = known.only(
            logs, [codec.pieces(one.slots) for one in prompts], width, model.end_token_id
        )
    return beam_search(
        logs,
        len(prompts),
        width,
        model.end_token_id,
        model.config.max_code_length,
        model.device,
        begin=model.config.eos_token_id,
    )


def left_reader(model: Any, codec: Codec, asked: Sequence[EncodedPrompt], prompt: Prompt) -> Reader:
    """Return a function of the next tokens, (rows,), and of the rows that they continue.

    None means that each continues its own. It returns logits (rows, vocabulary) of what may
    follow, the end token included; behind as many tokens as the model has places for, that is all
    that may.
    """
    config, end = model.config, model.end_token_id
    cache = model.new_cache()
    forbidden = unwritable(model, codec, asked, None, 1)[:, 0]
    forbidden[:, [config.eos_token_id, config.pad_token_id]] = True
    forbidden[:, end] = False
    beyond = torch.ones_like(forbidden)
    beyond[:, end] = False

    def read(tokens: Tensor, parents: Tensor | None) -> Tensor:
        if parents is not None:
            for layer in cache:
                layer.select(parents)
        if len(cache[0]) == model.places:
            return torch.zeros_like(beyond, dtype=torch.float32).masked_fill(beyond, -torch.inf)
        logits = model.logits(tokens[:, None], prompt, cache)[:, 0].float()
        return logits.masked_fill(forbidden, -torch.inf)

    return read
