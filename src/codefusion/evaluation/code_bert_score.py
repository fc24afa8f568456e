"""CodeBERTScore: two programs compared token by token through a language model's embeddings.

Not for any other similarity: the name stands for this formula over a checkpoint the user names.
"""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from codefusion.data.tokenization import encode
from codefusion.errors import CheckpointError, DataError, UsageError

FAMILY = ("roberta", "camembert", "xlm-roberta")
# The original scores operators but no other sign.
PUNCTUATION = frozenset(string.punctuation) - frozenset("+-*/&|~")
# How byte-level and sentencepiece vocabularies spell space, newline, tab; and space.
_BLANK = "ĠĊĉ▁"
# Rows whose embeddings are in memory together; their texts are sorted by length to be batched.
_BLOCK = 512


@dataclass(frozen=True)
class CodeBertScore:
    """Four scores of one candidate, at most 1, hardly ever below 0. F3 is mostly recall."""

    precision: float
    recall: float
    f1: float
    f3: float


class CodeBertScorer:
    """Scores with one RoBERTa-family checkpoint (Zhou, Alon, Agarwal, Neubig, EMNLP 2023).

    With x the tokens of the reference, y those of the candidate, w their weights and cos the
    cosine of two hidden states: precision is the mean over y, weighted by w, of max cos(x, y) over
    x; recall the same with x and y exchanged; F1 = 2PR / (P + R) and F3 = 10PR / (9P + R). As in
    the authors' package (code-bert-score 0.4.1):

    - the weights are 1, or inverse document frequencies (`idf`);
    - `<s>` and `</s>` weigh nothing, but tokens may match them;
    - tokens that are white space or signs other than + - * / & | ~ are read but not scored, unless
      `punctuation` is set; a program of nothing else scores 0, also against itself;
    - a context is read in front of both programs and not scored;
    - text beyond the model's length is read through windows that overlap by half.

    Two differences: the windows of a text do not depend on what it is batched with, and where all
    cosines of a token are negative the greatest counts, not the 0 of a neighbour's padding.

    `layer` counts from 1, and is the last by default. The package reads layer 10 of
    `microsoft/codebert-base-mlm` and of `neulab/codebert-{javascript,c,cpp}`, 11 of
    `neulab/codebert-python` and 7 of `neulab/codebert-java`: name it to compare with its figures.
    """

    def __init__(
        self,
        model: str,
        layer: int | None = None,
        *,
        punctuation: bool = False,
        batch_size: int = 64,
        device: str = "cpu",
        revision: str | None = None,
    ) -> None:
        if batch_size < 1:
            raise UsageError(f"batch_size must be at least 1, got {batch_size}")
        self.name = model
        self._tokenizer, self._model = _load(model, revision)
        self._model.to(device).eval()
        config = self._model.config
        self.layer = config.num_hidden_layers if layer is None else layer
        if not 1 <= self.layer <= config.num_hidden_layers:
            raise UsageError(f"{model!r} has layers 1 to {config.num_hidden_layers}, got {layer}")
        # RoBERTa's positions begin after that of the pad.
        positions = config.max_position_embeddings - config.pad_token_id - 1
        self._size: int = min(positions, self._tokenizer.model_max_length)
        self._batch_size = batch_size
        self._ends = (self._tokenizer.cls_token_id, self._tokenizer.sep_token_id)
        tokens = self._tokenizer.convert_ids_to_tokens(range(len(self._tokenizer)))
        # (vocabulary,): which tokens are scored.
        self._scored = torch.tensor([punctuation or not _is_punctuation(one) for one in tokens])

    def describe(self) -> dict[str, str | int]:
        """Return what a figure must be given with: the checkpoint and its layer."""
        return {"model": self.name, "layer": self.layer}

    def idf(self, codes: Sequence[str]) -> Tensor:
        """Return a weight for each token, (vocabulary,): log((n + 1) / (codes with it + 1)).

        Usually of the references, which is what the package does.
        """
        counts = Counter(token for code in codes for token in set(self._ids(code)))
        weights = torch.full((len(self._tokenizer),), math.log(len(codes) + 1))
        for token, count in counts.items():
            weights[token] = math.log((len(codes) + 1) / (count + 1))
        return weights

    def score(
        self,
        candidates: Sequence[str],
        references: Sequence[str],
        contexts: Sequence[str] | None = None,
        idf: Tensor | None = None,
    ) -> list[CodeBertScore]:
        """Score each candidate against the reference of its row.

        `contexts` are texts read in front of both, such as `# the utterance`. Raises `DataError`
        for unequal numbers of rows.
        """
        before = [""] * len(candidates) if contexts is None else contexts
        if not len(candidates) == len(references) == len(before):
            raise DataError(
                f"{len(candidates)} candidates, {len(references)} references and {len(before)} "
                "contexts; there must be one of each in a row"
            )
        weights = torch.ones(len(self._tokenizer)) if idf is None else idf.clone()
        weights[list(self._ends)] = 0.0
        rows = list(zip(before, candidates, references, strict=True))
        scores: list[CodeBertScore] = []
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            texts = {(context, code) for context, *codes in block for code in codes}
            embedded = self._embed(sorted(texts))
            for context, candidate, reference in block:
                scores.append(
                    _match(*embedded[context, candidate], *embedded[context, reference], weights)
                )
        return scores

    def _embed(
        self, texts: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[Tensor, Tensor]]:
        """Return, for each (context, code), the ids that take part and their unit vectors."""
        first, last = self._ends
        sequences: list[list[int]] = []
        skipped: list[int] = []
        for context, code in texts:
            before = encode(self._tokenizer, f"{context.strip()} \n") if context else []
            sequences.append([first, *before, *self._ids(code), last])
            skipped.append(len(before))
        pieces = [
            (row, piece)
            for row, ids in enumerate(sequences)
            for piece in windows(len(ids), self._size)
        ]
        pieces.sort(key=lambda one: one[1][1] - one[1][0])
        states: dict[tuple[int, int], Tensor] = {}
        for at in range(0, len(pieces), self._batch_size):
            batch = pieces[at : at + self._batch_size]
            hidden = self._hidden([sequences[row][start:stop] for row, (start, stop, *_) in batch])
            for vectors, (row, (start, _, kept, end)) in zip(hidden, batch, strict=True):
                states[row, kept] = vectors[kept - start : end - start].cpu()
        found: dict[tuple[str, str], tuple[Tensor, Tensor]] = {}
        for row, (text, sequence) in enumerate(zip(texts, sequences, strict=True)):
            ids = torch.tensor(sequence)
            parts = [states[row, kept] for *_, kept, _ in windows(len(sequence), self._size)]
            takes_part = self._scored[ids]
            takes_part[1 : 1 + skipped[row]] = False
            vectors = torch.nn.functional.normalize(torch.cat(parts)[takes_part], dim=-1)
            found[text] = (ids[takes_part], vectors)
        return found

    @torch.inference_mode()
    def _hidden(self, sequences: Sequence[list[int]]) -> Tensor:
        """Return the layer's states, (sequences, length, dim); those of pads mean nothing."""
        device = self._model.device
        ids = pad_sequence(
            [torch.tensor(one) for one in sequences],
            batch_first=True,
            padding_value=self._tokenizer.pad_token_id,
        )  # (sequences, length)
        lengths = torch.tensor([len(one) for one in sequences])
        mask = torch.arange(ids.shape[1]) < lengths[:, None]
        output = self._model(
            input_ids=ids.to(device), attention_mask=mask.to(device), output_hidden_states=True
        )
        return output.hidden_states[self.layer].float()

    def _ids(self, code: str) -> list[int]:
        return encode(self._tokenizer, code.strip())


def windows(length: int, size: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (start, stop, kept, end): read `start` to `stop`, of it keep `kept` to `end`.

    What is kept covers 0 to `length` once. A token has at least a quarter of `size` of context on
    either side, but at the ends of the text.
    """
    margin = size // 4
    kept = start = 0
    while kept < length:
        stop = min(start + size, length)
        end = length if stop == length else stop - margin
        yield max(0, stop - size), stop, kept, end
        kept = end
        start += size - 2 * margin


def _match(
    ids: Tensor, vectors: Tensor, gold_ids: Tensor, gold_vectors: Tensor, weights: Tensor
) -> CodeBertScore:
    """Score from the tokens that take part and their unit vectors, (tokens, dim) each."""
    mass, gold_mass = weights[ids], weights[gold_ids]
    if not mass.sum() > 0 or not gold_mass.sum() > 0:
        return CodeBertScore(0.0, 0.0, 0.0, 0.0)
    cosine = vectors @ gold_vectors.T  # (tokens, gold tokens)
    precision = float((cosine.amax(dim=1) * mass).sum() / mass.sum())
    recall = float((cosine.amax(dim=0) * gold_mass).sum() / gold_mass.sum())

    def f(beta: float) -> float:
        below = beta**2 * precision + recall
        return (1 + beta**2) * precision * recall / below if below else 0.0

    return CodeBertScore(precision, recall, f(1.0), f(3.0))


def _is_punctuation(token: str) -> bool:
    return all(character in PUNCTUATION for character in token.strip(_BLANK))


def _load(name: str, revision: str | None) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer

    options: dict[str, Any] = {} if revision is None else {"revision": revision}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **options)
        model, report = AutoModel.from_pretrained(name, output_loading_info=True, **options)
        # The pooler is not used, and masked language models have none.
        missing = [one for one in report["missing_keys"] if not one.startswith("pooler.")]
        if missing:
            raise ValueError(f"it has no weights for {min(missing)}")
    except Exception as error:  # four libraries read these files, with classes of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot load {name!r} for CodeBERTScore: {reason}") from error
    if model.config.model_type not in FAMILY:
        raise CheckpointError(
            f"{name!r} is of the family {model.config.model_type!r}; CodeBERTScore needs one of "
            f"{', '.join(FAMILY)}, such as neulab/codebert-python"
        )
    return tokenizer, model
