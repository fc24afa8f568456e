"""Retrieval as a system: the programs of the training utterances most alike.

Not for how alike two utterances are: see `data.retrieval`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codefusion.data.examples import Example
from codefusion.data.retrieval import Retriever
from codefusion.evaluation.grading import TOP, Prediction


class RetrievalSystem:
    """Answers with the codes of the nearest training utterances; it draws nothing.

    `terms` and `slots` are those of `Retriever`. An utterance that shares no term with the
    training set gets no candidates, which is no error.
    """

    def __init__(self, train: Sequence[Example], terms: str = "words", slots: bool = False) -> None:
        self._retriever = Retriever(train, terms, slots)
        self._settings: dict[str, str | int] = {"train": len(train), "terms": terms, "slots": slots}

    def predict(self, examples: Sequence[Example], seed: int = 0) -> Iterator[Prediction]:
        """Yield at most five codes for each example; `seed` changes nothing."""
        for example in examples:
            yield Prediction(example, tuple(self._retriever.top(example.utterance, max(TOP))))

    def describe(self) -> dict[str, str | int | float]:
        """Return no parameters, the number of training pairs, and the settings."""
        return {"parameters": 0, **self._settings}
