"""From rows of tokens to text: samples, what was pinned in them, and their traces.

Not for how the tokens are chosen (`diffusion`, `tokens`) nor for their order (`candidates`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.data.tokenization import until_pad
from codefusion.pipeline.candidates import Drawn, Possible
from codefusion.pipeline.draft import Start
from codefusion.pipeline.drawing import Draws, Frame
from codefusion.pipeline.revision import pinned_spans
from codefusion.ranking import Sample
from codefusion.traces import TraceStep

LEAST_LOG_PROBABILITY = -50.0  # below, a program is none that a sample holds possible


def decoded(
    codec: Codec,
    jobs: Sequence[tuple[EncodedPrompt, int]],
    draws: Draws,
    start: Start | None,
) -> list[Drawn]:
    """Turn the rows, one for each (prompt, seed), into text."""
    drawn = []
    for row, (prompt, seed) in enumerate(jobs):
        ids = until_pad(draws.tokens[row].tolist(), codec.tokenizer.pad_token_id)
        sample = Sample(codec.text(ids, prompt.slots), seed, float(draws.log_likelihood[row]))
        whole = draws.log_probability
        pinned = [] if start is None else start.pinned[row].tolist()
        trace = tuple(
            trace_step(codec, number, frame, row, prompt)
            for number, frame in enumerate(draws.frames, start=1)
            if frame.ended is None or not frame.ended[row]
        )
        spans = tuple(pinned_spans(codec, ids, pinned, prompt.slots))
        held = _held(codec, draws, row, prompt, pinned, trace)
        log = None if whole is None else float(whole[row])
        drawn.append(Drawn(sample, trace, spans, held, log))
    return drawn


def _held(
    codec: Codec,
    draws: Draws,
    row: int,
    prompt: EncodedPrompt,
    pinned: Sequence[bool],
    trace: Sequence[TraceStep],
) -> tuple[Possible, ...]:
    """Turn what a sample held possible into text, each program once.

    Their traces are the sample's up to the step that held them possible.
    """
    held = draws.held
    if held is None:
        return ()
    pad = codec.tokenizer.pad_token_id
    # The sample's own may be among the likeliest. What stands behind a pad makes no difference.
    rows = dict(zip(map(tuple, held.tokens[row].tolist()), held.logs[row].tolist(), strict=True))
    programs: dict[str, Possible] = {}
    for tokens, logs in rows.items():
        log = sum(logs)
        if log < LEAST_LOG_PROBABILITY:
            continue
        ids = until_pad(tokens, pad)
        code = codec.text(ids, prompt.slots)
        if code not in programs:
            steps: tuple[TraceStep, ...] = ()
            if trace:
                pieces = tuple(codec.text([token], prompt.slots) for token in ids)
                sure = tuple(_sure(math.exp(one)) for one in logs[: len(ids)])
                last = replace(trace[held.step - 1], code=code, tokens=pieces, confidence=sure)
                steps = (*trace[: held.step - 1], replace(last, entropy=last.entropy[: len(ids)]))
            spans = tuple(pinned_spans(codec, ids, pinned, prompt.slots))
            programs[code] = Possible(code, 0.0, log / max(len(ids), 1), spans, steps)
        together = programs[code].probability + math.exp(log)
        programs[code] = replace(programs[code], probability=together)
    return tuple(programs.values())


def _sure(probability: float) -> float:
    """Round for a trace: four digits are enough to draw with, but no probability is 0."""
    return max(round(probability, 4), 1e-4)


def trace_step(
    codec: Codec, number: int, frame: Frame, row: int, prompt: EncodedPrompt
) -> TraceStep:
    """Turn what one step makes of one row into text."""
    kept = until_pad(frame.tokens[row].tolist(), codec.tokenizer.pad_token_id)
    pieces = tuple(codec.text([token], prompt.slots) for token in kept)
    sure = tuple(_sure(float(x)) for x in frame.confidence[row, : len(kept)])
    entropy = tuple(round(float(x), 4) for x in frame.entropy[row, : len(kept)])
    code = codec.text(kept, prompt.slots)
    mean = tuple(frame.embedding[row].tolist())
    return TraceStep(number, frame.noise_level, pieces, sure, code, entropy, mean)
