"""Python code against golds: the CoNaLa challenge's BLEU, and CodeBLEU.

Not for running programs: both read the text, and the second also its syntax tree.
"""

from __future__ import annotations

import ast
import keyword
import math
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from codefusion.errors import DataError, UsageError
from codefusion.graders.python_dataflow import Edge, dataflow_edges
from codefusion.graders.text import Golds, bleu, brevity_penalty, sentence_bleu
from codefusion.languages.base import UNPARSEABLE

Weights: TypeAlias = tuple[float, float, float, float]

# n-grams, weighted n-grams, syntax, data flow: the even weights that Ren et al. start from.
EVEN_WEIGHTS: Weights = (0.25, 0.25, 0.25, 0.25)
# How much more a keyword counts than another token (Ren et al. 2020, 3.1).
KEYWORD_WEIGHT = 5

_CONALA_TOKEN = re.compile(r"[A-Za-z0-9_]+|[^A-Za-z0-9_\s]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Not the interpreter's tokenizer, which refuses broken code and cuts f-strings differently from
# one version to the next: a score must not depend on either.
_PYTHON_TOKEN = re.compile(
    r"""
    \#[^\n]*
    | (?:\b[BbFfRrUu]{1,2})?(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
    | \d[\w.]* | \w+
    | \*\*=? | //=? | >>=? | <<=? | [-+*/%@&|^=!<>:]= | -> | \.\.\.
    | [^\w\s]
    """,
    re.VERBOSE,
)


def conala_bleu(candidates: Sequence[str], golds: Sequence[Golds]) -> float:
    """Return the CoNaLa challenge's corpus BLEU-4, not smoothed, in 0…100.

    Over `conala_tokens` (Yin et al. 2018; the tokens are those of Ling et al. 2016). A corpus
    whose candidates share no run of four tokens with their golds scores 0. Raises `DataError` for
    no rows, for unequal numbers of rows and for a row without a gold.
    """
    return bleu(candidates, golds, tokenize=conala_tokens)


def conala_tokens(code: str) -> list[str]:
    """Split as the challenge does: at every sign, and where a small letter meets a capital.

    Letters and digits are the ASCII ones, an underscore belongs to its word, and both kinds of
    quotes become a backtick.
    """
    tokens: list[str] = []
    for run in _CONALA_TOKEN.findall(code):
        tokens.extend(["`"] if run in "'\"" else _HUMP.split(run))
    return tokens


def python_tokens(code: str) -> list[str]:
    """Split into names, numbers, strings on one line, operators and other signs; drop comments."""
    return [token for token in _PYTHON_TOKEN.findall(code) if not token.startswith("#")]


@dataclass(frozen=True)
class CodeBleu:
    """CodeBLEU and its parts, each in 0…100; a part is `None` where the gold does not have it."""

    score: float
    ngram: float
    weighted_ngram: float
    syntax: float | None
    dataflow: float | None


def code_bleu(candidate: str, golds: Golds, weights: Weights = EVEN_WEIGHTS) -> CodeBleu:
    """Return the CodeBLEU of a candidate against the gold it is most like (Ren et al. 2020).

    The mean, with `weights`, of four parts:

    - `ngram`: BLEU-4 of `python_tokens`, `floor` smoothing, over the orders the candidate has;
    - `weighted_ngram`: brevity penalty times the precision of single tokens, keywords counting
      five times (the paper's N = 1);
    - `syntax`: the share of the gold's subtrees that the candidate has too, names and values of
      literals left out; a subtree is a node of `ast` with nodes below it;
    - `dataflow`: the share of the gold's data-flow edges that the candidate has too, variables
      numbered in the order in which edges meet them; see `dataflow_edges`.

    Each match counts as often as it occurs in both. A candidate that doesn't parse gets 0 for the
    last two. A gold without edges has no `dataflow`, and one that doesn't parse no `syntax`
    either: the other weights are then scaled up to sum to one. (Counting such a part as 0
    or 1, as published scripts do, moves every score of a corpus of one-liners.)

    A candidate equal to a gold scores 100 if it holds any token. For a corpus, take the mean.
    Raises `DataError` for no gold; `UsageError` for weights that are not four numbers of 0 or
    more, or that leave the first two nothing.
    """
    if len(weights) != 4 or not all(0 <= w < math.inf for w in weights) or not sum(weights[:2]):
        raise UsageError(
            f"weights must be four numbers of 0 or more, one of the first two above 0, "
            f"got {weights!r}"
        )
    alternatives = [golds] if isinstance(golds, str) else golds
    if not alternatives:
        raise DataError("a candidate has no gold; give at least one")
    return max((_against(candidate, gold, weights) for gold in alternatives), key=_score)


def _score(result: CodeBleu) -> float:
    return result.score


def _against(candidate: str, gold: str, weights: Weights) -> CodeBleu:
    ngram = sentence_bleu(candidate, gold, tokenize=python_tokens, smoothing="floor")
    weighted = _weighted_unigrams(python_tokens(candidate), python_tokens(gold))
    syntax = dataflow = None
    shapes: _Shapes = {}
    wanted = _structure(gold, shapes)
    if wanted:
        found = _structure(candidate, shapes) or _Structure(Counter(), Counter())
        syntax = _recall(found.subtrees, wanted.subtrees)
        dataflow = _recall(found.edges, wanted.edges)
    parts = (ngram, weighted, syntax, dataflow)
    known = [(w, part) for w, part in zip(weights, parts, strict=True) if part is not None]
    total = math.fsum(w for w, _ in known)
    score = math.fsum(w * part for w, part in known) / total
    return CodeBleu(min(score, 100.0), ngram, weighted, syntax, dataflow)


def _weighted_unigrams(candidate: list[str], gold: list[str]) -> float:
    own = Counter(candidate)
    if not own:
        return 0.0
    precision = _weight(own & Counter(gold)) / _weight(own)
    return 100 * brevity_penalty(len(candidate), len(gold)) * precision


def _weight(tokens: Counter[str]) -> int:
    return sum(
        count * (KEYWORD_WEIGHT if keyword.iskeyword(token) else 1)
        for token, count in tokens.items()
    )


def _recall(found: Counter[Any], wanted: Counter[Any]) -> float | None:
    return 100 * (found & wanted).total() / wanted.total() if wanted else None


# A subtree by its node's type and its children's numbers; equal subtrees share a number, so
# that comparing them takes no recursion.
_Shapes: TypeAlias = dict[tuple[Any, ...], int]


class _Structure(NamedTuple):
    subtrees: Counter[int]
    edges: Counter[Edge]


def _structure(code: str, shapes: _Shapes) -> _Structure | None:
    """Return subtrees and edges, or `None` for code that holds no statement or doesn't parse."""
    # Both walks recurse, so a tree that the parser took may still be too deep for them.
    with suppress(*UNPARSEABLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(code)
        if tree.body:
            subtrees: Counter[int] = Counter()
            _number(tree, shapes, subtrees)
            return _Structure(subtrees, dataflow_edges(tree))
    return None


def _number(node: ast.AST, shapes: _Shapes, subtrees: Counter[int]) -> int:
    kind = type(node).__name__
    if isinstance(node, ast.Constant):
        kind = f"{kind} {type(node.value).__name__}"
    parts = []
    inner = False
    for field, value in ast.iter_fields(node):
        values = value if isinstance(value, list) else [value]
        numbers = []
        for child in values:
            # Whether a name is read or written follows from where it stands.
            if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                numbers.append(_number(child, shapes, subtrees))
                inner = True
            elif child is None:
                numbers.append(-1)
        parts.append((field, tuple(numbers)))
    number = shapes.setdefault((kind, tuple(parts)), len(shapes))
    if inner:
        subtrees[number] += 1
    return number
