"""Does revising help? Pin the right half of a wrong first candidate and draw the rest again.

Run: python benchmarks/revise.py MODEL PAIRS.jsonl [--strengths 0.4 0.6 0.8 1] [--samples 16]

Of the pairs whose first candidate is not the gold, those that share a token with it. Kept are the
longest runs of tokens that both have in order, up to half of the gold's tokens: what a user might
know to be right. Each way then draws as many new samples, from the same seeds, for the same steps:
drawing again; drawing again and discarding programs that lack what is kept; revising at each
strength with what is kept; revising the draft without it; and, by a model that can be read from
the left, searching for the likeliest programs with what is kept, also without its jury. All are
ranked as the pipeline does. Scores are how often the gold is the first candidate, or among the
first five different ones, up to formatting; the draft, which the user has seen, comes last in all
ways.
"""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

import torch

from codefusion.data.examples import Example, read_examples
from codefusion.errors import told_in_one_line
from codefusion.evaluation.evaluate import predict
from codefusion.evaluation.grading import Prediction, bootstrap
from codefusion.pipeline import Candidate, CodePipeline, load_pipeline
from codefusion.pipeline.revision import find_kept
from codefusion.quiet import quiet_libraries
from codefusion.ranking import same_program

TOP = (1, 5)
FILTERED = "again, discarding"


@dataclass(frozen=True)
class Wrong:
    """A pair, the program that was drawn for it and what of that is right."""

    row: Example
    draft: str
    keep: tuple[str, ...]

    def is_gold(self, code: str) -> bool:
        return same_program(code, self.row.code, self.row.language)


def right_half(draft: Sequence[str], gold: Sequence[str]) -> list[str]:
    """Return the text of the longest runs of pieces in both, in the draft's order.

    The last one is cut so that all together have half of the gold's pieces, rounded up.
    """
    blocks = SequenceMatcher(None, draft, gold, autojunk=False).get_matching_blocks()
    left = (len(gold) + 1) // 2
    chosen = []
    for block in sorted(blocks, key=lambda one: -one.size):
        size = min(block.size, left)
        left -= size
        chosen.append((block.a, "".join(draft[block.a : block.a + size])))
    return [text for _, text in sorted(chosen) if text.strip()]


def pieces(pipeline: CodePipeline, code: str, row: Example) -> list[str]:
    """Return the tokens of a program as text."""
    slots = pipeline.codec.prompt(row.utterance, row.language, row.table).slots
    return [pipeline.codec.text([one], slots) for one in pipeline.codec.code(code, slots)]


def wrong_drafts(pipeline: CodePipeline, predictions: Sequence[Prediction]) -> list[Wrong]:
    """Return the first candidates that are not the gold, with what they share with it."""
    found = []
    for one in predictions:
        draft = Wrong(one.example, one.candidates[0] if one.candidates else "", ())
        if not draft.draft.strip() or draft.is_gold(draft.draft):
            continue
        texts = (draft.draft.strip(), one.example.code)
        keep = right_half(*(pieces(pipeline, text, one.example) for text in texts))
        found.append(replace(draft, keep=tuple(keep)))
    return found


def ways(
    pipeline: CodePipeline,
    strengths: Sequence[float],
    free: Sequence[float],
    options: dict[str, Any],
) -> Iterator[tuple[str, Callable[[Wrong], list[str]]]]:
    """Yield each way's name, and what it draws: different programs, the best first."""

    def draw(one: Wrong, **further: Any) -> list[Candidate]:
        row = one.row
        # Whole votes: what is discarded below takes its vote along.
        whole = {**options, **further, "shared_votes": False}
        return pipeline(row.utterance, language=row.language, table=row.table, **whole)

    @functools.cache  # both ways of drawing again have the same candidates
    def again(one: Wrong) -> list[Candidate]:
        return draw(one)

    def ranked(one: Wrong, candidates: Sequence[Candidate]) -> list[str]:
        """Return the different programs in the pipeline's own order, the draft last."""
        language, different = one.row.language, list[str]()
        for each in candidates:
            if not any(same_program(each.code, other, language) for other in different):
                different.append(each.code)
        return sorted(different, key=lambda code: same_program(code, one.draft, language))

    def discarding(one: Wrong) -> list[str]:
        return ranked(one, [each for each in again(one) if find_kept(each.code, one.keep)])

    def revising(strength: float, pins: bool) -> Callable[[Wrong], list[str]]:
        return lambda one: ranked(
            one, draw(one, draft=one.draft, keep=one.keep if pins else (), strength=strength)
        )

    def searching(one: Wrong) -> list[str]:
        return ranked(one, draw(one, draft=one.draft, keep=one.keep))

    def alone(one: Wrong) -> list[str]:
        jury, pipeline.jury = pipeline.jury, None
        try:
            return searching(one)
        finally:
            pipeline.jury = jury

    yield "again", lambda one: ranked(one, again(one))
    yield FILTERED, discarding
    if pipeline.model.from_left:
        yield "searched around what is kept", searching
    if pipeline.jury is not None:
        yield "the same without its jury", alone
    for strength in strengths:
        yield f"noised to {strength:g}", revising(strength, pins=True)
    for strength in free:
        yield f"noised to {strength:g}, nothing kept", revising(strength, pins=False)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("pairs", metavar="PAIRS.jsonl")
    parser.add_argument("--language", help="of rows that name none")
    parser.add_argument("--strengths", type=float, nargs="*", default=[0.4, 0.6, 0.8, 1.0])
    parser.add_argument("--free", type=float, nargs="*", default=[], help="strengths without pins")
    parser.add_argument("--limit", type=int, help="so many of the wrong pairs, the first")
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="also print each pair")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    quiet_libraries()
    torch.set_num_threads(arguments.threads)
    pipeline = load_pipeline(arguments.model)
    pipeline.set_progress_bar_config(disable=True)
    rows = read_examples(arguments.pairs, arguments.language)
    count = arguments.samples
    first = {"samples": count, "steps": arguments.steps, "seed": arguments.seed}
    wrong = wrong_drafts(pipeline, list(predict(pipeline, rows, **first)))
    drafts = [one for one in wrong if one.keep][: arguments.limit]
    kept = sum(len("".join(one.keep)) for one in drafts) / sum(len(one.row.code) for one in drafts)
    print(
        f"{arguments.model}: {len(wrong)} of {len(rows)} first candidates are wrong; {len(drafts)} "
        f"that share a token with the gold, {kept:.0%} of whose characters are kept"
    )
    options = {
        "num_candidates": count,
        "num_samples": count,
        "num_inference_steps": arguments.steps,
        "seed": arguments.seed + count,
    }
    scores = {}
    for name, way in ways(pipeline, arguments.strengths, arguments.free, options):
        found = [way(one) for one in drafts]
        scores[name] = {
            top: [
                float(any(map(one.is_gold, codes[:top])))
                for one, codes in zip(drafts, found, strict=True)
            ]
            for top in TOP
        }
        if arguments.show:
            for one, codes in zip(drafts, found, strict=True):
                print(f"{name}: {one.draft!r} {one.keep} -> {codes[:3]} gold {one.row.code!r}")
    print(f"{'':30}{'first':>20}{'among 5':>20}{'first, to discarding':>24}")
    for name, tops in scores.items():
        cells = "".join(f"{_interval(tops[top]):>20}" for top in TOP)
        pairs = zip(tops[1], scores[FILTERED][1], strict=True)
        print(f"{name:30}{cells}{_interval([x - y for x, y in pairs], '+'):>24}")


def _interval(scores: Sequence[float], sign: str = "") -> str:
    one = bootstrap(scores)
    return f"{one.value:{sign}.1f} [{one.low:.1f}, {one.high:.1f}]"


if __name__ == "__main__":
    told_in_one_line(main)
