"""From rows of tokens to text: samples, what was pinned in them, and their traces.

Not for how the tokens are chosen (`diffusion`, `tokens`) nor for their order (`candidates`).
"""

from __future__ import annotations

from collections.abc import Sequence

from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.data.tokenization import until_pad
from codefusion.pipeline.candidates import Drawn
from codefusion.pipeline.draft import Start
from codefusion.pipeline.drawing import Draws, Frame
from codefusion.pipeline.revision import pinned_spans
from codefusion.ranking import Sample
from codefusion.traces import TraceStep


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
        pinned = [] if start is None else start.pinned[row].tolist()
        trace = tuple(
            trace_step(codec, number, frame, row, prompt)
            for number, frame in enumerate(draws.frames, start=1)
            if frame.ended is None or not frame.ended[row]
        )
        drawn.append(Drawn(sample, trace, tuple(pinned_spans(codec, ids, pinned, prompt.slots))))
    return drawn


def trace_step(
    codec: Codec, number: int, frame: Frame, row: int, prompt: EncodedPrompt
) -> TraceStep:
    """Turn what one step makes of one row into text."""
    kept = until_pad(frame.tokens[row].tolist(), codec.tokenizer.pad_token_id)
    pieces = tuple(codec.text([token], prompt.slots) for token in kept)
    # Four digits are enough to draw with, but no probability is 0.
    sure = tuple(max(round(float(x), 4), 1e-4) for x in frame.confidence[row, : len(kept)])
    entropy = tuple(round(float(x), 4) for x in frame.entropy[row, : len(kept)])
    code = codec.text(kept, prompt.slots)
    mean = tuple(frame.embedding[row].tolist())
    return TraceStep(number, frame.noise_level, pieces, sure, code, entropy, mean)
