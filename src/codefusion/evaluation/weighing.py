"""How much each member of a jury should weigh, fitted to pairs that the model was not trained on.

Not for what they say (`codefusion.pipeline.jury`), nor for scores that mean something: those are
calibrated afterwards (`calibrating`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from codefusion.data.examples import Example
from codefusion.errors import DataError, UsageError
from codefusion.evaluation.grading import TOP, same_text
from codefusion.languages import get_language
from codefusion.pipeline import CodePipeline
from codefusion.pipeline.jury import Jury
from codefusion.pipeline.options import Query
from codefusion.pipeline.search import found
from codefusion.ranking import Found

FOLDS = 5
TOGETHER = 16  # utterances searched for at once


@dataclass(frozen=True)
class Case:
    """What was found for one pair.

    `evidence` is (programs, kinds of evidence), `right` and `valid` (programs,), bool.
    """

    evidence: Tensor
    right: Tensor
    valid: Tensor


def cases(pipeline: CodePipeline, examples: Sequence[Example], beams: int) -> Iterator[Case]:
    """Yield what a search with so many beams finds for each pair, and what the jury says of it.

    Nothing is found for an utterance that the model cannot read. Raises `UsageError` where the
    pipeline has no jury.
    """
    if pipeline.jury is None:
        raise UsageError("there is no jury to weigh")
    longest = pipeline.model.config.max_prompt_length
    for start in range(0, len(examples), TOGETHER):
        queries: list[Query | None] = []
        for row in examples[start : start + TOGETHER]:
            try:
                prompt = pipeline.codec.prompt(row.utterance, row.language, row.table, longest)
            except UsageError:
                queries.append(None)
            else:
                queries.append(Query(row.utterance, prompt, row.language, (0,), beams, row.table))
        read = [one for one in queries if one is not None]
        at_once = TOGETHER * beams
        results = found(pipeline.model, pipeline.codec, read, beams, at_once, pipeline.jury)
        for query, row in zip(queries, examples[start:], strict=False):
            programs = [] if query is None else next(results)
            yield _case(pipeline.jury, row, query, programs)


@torch.no_grad()
def _case(jury: Jury, row: Example, query: Query | None, programs: Sequence[Found]) -> Case:
    grammar = get_language(row.language)
    codes = [one.sample.code for one in programs]
    said = [] if query is None else jury.evidence(query, programs)
    return Case(
        torch.tensor(said).view(-1, len(jury.settings.weights)),
        torch.tensor([same_text(code, row.code) for code in codes], dtype=torch.bool),
        torch.tensor([grammar.is_valid(code) for code in codes], dtype=torch.bool),
    )


def fitted_weights(cases: Sequence[Case]) -> list[float]:
    """Return weights of at least 0 by which the right ones of valid programs are likeliest.

    The probability of a program is the softmax of the weighed evidence over those found. Pairs
    for which nothing right was found tell nothing. Raises `DataError` where that is all.
    """
    told = [one for one in cases if bool((one.right & one.valid).any())]
    if not told:
        raise DataError("for none of the pairs a right program was found: there is nothing to fit")
    logs = torch.full((told[0].evidence.shape[1],), -1.0, requires_grad=True)
    optimizer = torch.optim.LBFGS([logs], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        total = torch.zeros(())
        for one in told:
            chances = (one.evidence[one.valid] @ logs.exp()).log_softmax(dim=0)
            total = total - chances[one.right[one.valid]].logsumexp(dim=0)
        mean: Tensor = total / len(told) + 1e-4 * logs.square().sum()  # what tells nothing, ends
        mean.backward()
        return mean

    optimizer.step(loss)
    return [float(one) for one in logs.detach().exp()]


def right_among(cases: Sequence[Case], weights: Sequence[float]) -> dict[int, int]:
    """Return for how many a right program is among the first 1, 3 and 5, valid ones first."""
    counts = dict.fromkeys(TOP, 0)
    for one in cases:
        worth = one.evidence @ torch.tensor(weights)
        order = (worth - 1e6 * ~one.valid).argsort(descending=True, stable=True)
        for top in TOP:
            counts[top] += bool(one.right[order[:top]].any())
    return counts


def cross_validated(cases: Sequence[Case]) -> dict[int, int]:
    """Return `right_among` with each of five folds weighed by a fit to the other four.

    Raises `DataError` where right programs were found in fewer than two of them.
    """
    told = {i % FOLDS for i, one in enumerate(cases) if bool((one.right & one.valid).any())}
    if len(told) < 2:
        raise DataError(
            f"right programs were found in {len(told)} of {FOLDS} folds: give more pairs, of which "
            "one part can be weighed by a fit to the others"
        )
    total = dict.fromkeys(TOP, 0)
    for fold in range(FOLDS):
        others = [one for index, one in enumerate(cases) if index % FOLDS != fold]
        for top, count in right_among(cases[fold::FOLDS], fitted_weights(others)).items():
            total[top] += count
    return total
