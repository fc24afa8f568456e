"""Systems that a model is measured beside; they give the same `Prediction`s."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codefusion.data.examples import Example
from codefusion.data.retrieval import Retriever
from codefusion.evaluation.grading import TOP, Prediction


def predict_by_retrieval(
    train: Sequence[Example], examples: Sequence[Example], candidates: int = max(TOP)
) -> Iterator[Prediction]:
    """Yield, for each pair, the code of the nearest training utterances by TF-IDF."""
    retriever = Retriever(train)
    for row in examples:
        yield Prediction(row, tuple(retriever.top(row.utterance, candidates)))
