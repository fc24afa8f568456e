"""Drawing the answers to a question, the same in a warm server and in a run that starts cold.

Not for what is done with them: that is `codefusion.cli.ask`.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from codefusion.ranking import Sample, rank, same_program
from codefusion.warm.protocol import Answer, Question

if TYPE_CHECKING:
    from codefusion.pipeline import Candidate, CodePipeline

SAMPLES_AT_A_TIME = 16
MOST_SAMPLES = 64
_MODELS_KEPT = 2


def answer(question: Question) -> list[Answer]:
    """Return up to `k` different programs, the best first, each with its score.

    The model stays loaded until its files change or others take its place. Raises
    `CheckpointError`, and `UsageError` for a question that the model can't take.
    """
    return _different(load(Path(question.folder)), question)


def load(folder: Path) -> CodePipeline:
    """Return the pipeline in a folder, loaded once for each state of its files."""
    files = [(path, path.stat()) for path in sorted(folder.rglob("*"))]
    state = tuple((str(path), one.st_ino, one.st_size, one.st_mtime_ns) for path, one in files)
    return _loaded(folder, state)


@functools.lru_cache(maxsize=_MODELS_KEPT)
def _loaded(folder: Path, state: object) -> CodePipeline:
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.pipeline import load_pipeline

    pipeline = load_pipeline(folder)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _different(pipeline: CodePipeline, question: Question) -> list[Answer]:
    """Draw until there are `k` different valid programs, or as many samples as are ever drawn.

    A model that searches finds different ones at once.
    """

    def ask(count: int, seed: int) -> list[Candidate]:
        return pipeline(
            question.utterance,
            language=question.language,
            num_candidates=count,
            num_samples=count,
            num_inference_steps=question.steps,
            seed=seed,
            draft=question.draft,
            keep=question.keep,
            strength=question.strength,
        )

    from codefusion.pipeline.revision import asked_revision

    revision = asked_revision(question.draft, question.keep, question.strength)
    if pipeline.default_beams(revision=revision):
        return [Answer(one.code, one.score) for one in ask(question.k, question.seed)]
    samples: list[Sample] = []
    while True:
        count = max(SAMPLES_AT_A_TIME, question.k)
        drawn = ask(count, question.seed + len(samples))
        samples += [Sample(one.code, one.seed, one.log_likelihood) for one in drawn]
        different = [one for one in rank(samples, question.language) if one.first]
        if question.draft is not None:
            draft = question.draft
            different.sort(key=lambda e: same_program(e.sample.code, draft, question.language))
        enough = sum(one.valid for one in different) >= question.k
        if enough or len(samples) + count > MOST_SAMPLES:
            best = different[: question.k]
            return [Answer(one.sample.code, one.votes / len(samples)) for one in best]
