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
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from codefusion.errors import DataError, UsageError
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
      numbered in the order in which edges meet them; see `_DataFlow`.

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
_Edge: TypeAlias = tuple[int, str, int]


class _Structure(NamedTuple):
    subtrees: Counter[int]
    edges: Counter[_Edge]


def _structure(code: str, shapes: _Shapes) -> _Structure | None:
    """Return subtrees and edges, or `None` for code that holds no statement or doesn't parse."""
    # Both walks recurse, so a tree that the parser took may still be too deep for them.
    with suppress(*UNPARSEABLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(code)
        if tree.body:
            subtrees: Counter[int] = Counter()
            _number(tree, shapes, subtrees)
            return _Structure(subtrees, _DataFlow.edges_of(tree))
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


class _Occurrence(NamedTuple):
    name: str
    node: ast.AST


_Reads: TypeAlias = list[_Occurrence]
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class _DataFlow(ast.NodeVisitor):
    """Finds where the values of variables come from, walking in the order of evaluation.

    Two kinds of edges, after GraphCodeBERT (Guo et al. 2021): a variable that is read `comes
    from` each place that may have set it, and one that is set is `computed from` each variable
    read for it. The first mention of a variable that nothing sets stands for its origin. A name
    that is only called is a function, not a variable, unless the program binds it. Setting an
    item or an attribute changes the whole object without forgetting what it was. The parts of
    `try` and `match` are walked one after another, as if each took place.

    `visit` returns the variables that an expression reads from outside of it.
    """

    def __init__(self) -> None:
        self._edges: list[tuple[_Occurrence, str, _Occurrence]] = []
        self._origins: dict[str, tuple[_Occurrence, ...]] = {}

    @classmethod
    def edges_of(cls, tree: ast.AST) -> Counter[_Edge]:
        flow = cls()
        flow.visit(tree)
        numbers: dict[str, int] = {}
        for target, _, source in flow._edges:
            numbers.setdefault(target.name, len(numbers))
            numbers.setdefault(source.name, len(numbers))
        return Counter((numbers[t.name], kind, numbers[s.name]) for t, kind, s in flow._edges)

    def generic_visit(self, node: ast.AST) -> _Reads:
        return self._visit_all(ast.iter_child_nodes(node))

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> _Reads:
        reads: _Reads = []
        for node in nodes:
            if node is not None:
                reads.extend(self.visit(node))
        return reads

    # Reading and setting.

    def _read(self, name: str, node: ast.AST) -> _Reads:
        use = _Occurrence(name, node)
        if name in self._origins:
            self._edges.extend((use, "comes from", origin) for origin in self._origins[name])
        else:
            self._origins[name] = (use,)
        return [use]

    def _set(self, name: str, node: ast.AST, reads: _Reads) -> None:
        target = _Occurrence(name, node)
        self._edges.extend((target, "computed from", source) for source in reads)
        self._origins[name] = (target,)

    def _bind(self, target: ast.expr, reads: _Reads) -> None:
        match target:
            case ast.Name():
                self._set(target.id, target, reads)
            case ast.Starred():
                self._bind(target.value, reads)
            case ast.Tuple() | ast.List():
                for part in target.elts:
                    self._bind(part, reads)
            case _:
                reads = self.generic_visit(target) + reads
                root: ast.AST = target
                while isinstance(root, ast.Attribute | ast.Subscript):
                    root = root.value
                if isinstance(root, ast.Name):
                    before = self._origins.get(root.id, ())
                    self._set(root.id, target, reads)
                    self._origins[root.id] += before

    def visit_Name(self, node: ast.Name) -> _Reads:
        if isinstance(node.ctx, ast.Del):
            self._origins.pop(node.id, None)
            return []
        return self._read(node.id, node)

    def visit_Call(self, node: ast.Call) -> _Reads:
        called = node.func
        is_variable = not isinstance(called, ast.Name) or called.id in self._origins
        return self._visit_all([*([called] if is_variable else []), *node.args, *node.keywords])

    def visit_Assign(self, node: ast.Assign) -> _Reads:
        values = node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else None
        parts = [self.visit(value) for value in values or [node.value]]
        for target in node.targets:
            names = target.elts if isinstance(target, ast.Tuple | ast.List) else []
            starred = any(isinstance(item, ast.Starred) for item in [*names, *(values or [])])
            # `a, b = c, d` computes a from c alone.
            if values and len(names) == len(values) and not starred:
                for name, reads in zip(names, parts, strict=True):
                    self._bind(name, reads)
            else:
                self._bind(target, [read for part in parts for read in part])
        return []

    def visit_AugAssign(self, node: ast.AugAssign) -> _Reads:
        before = self.visit(node.target) if isinstance(node.target, ast.Name) else []
        self._bind(node.target, before + self.visit(node.value))
        return []

    def visit_AnnAssign(self, node: ast.AnnAssign) -> _Reads:
        if node.value is not None:
            self._bind(node.target, self.visit(node.value))
        return []

    def visit_NamedExpr(self, node: ast.NamedExpr) -> _Reads:
        reads: _Reads = self.visit(node.value)
        self._bind(node.target, reads)
        return reads

    def visit_withitem(self, node: ast.withitem) -> _Reads:
        reads: _Reads = self.visit(node.context_expr)
        if node.optional_vars is not None:
            self._bind(node.optional_vars, reads)
        return reads

    def visit_alias(self, node: ast.alias) -> _Reads:
        self._set(node.asname or node.name.split(".")[0], node, [])
        return []

    # Branches and loops.

    def _merge(self, other: dict[str, tuple[_Occurrence, ...]]) -> None:
        for name, origins in other.items():
            self._origins[name] = tuple(dict.fromkeys(self._origins.get(name, ()) + origins))

    def visit_If(self, node: ast.If) -> _Reads:
        self.visit(node.test)
        before = dict(self._origins)
        self._visit_all(node.body)
        after, self._origins = self._origins, before
        self._visit_all(node.orelse)
        self._merge(after)
        return []

    def visit_For(self, node: ast.For | ast.AsyncFor) -> _Reads:
        reads = self.visit(node.iter)
        before = dict(self._origins)
        self._expect(node.body)
        self._bind(node.target, reads)
        self._visit_all(node.body)
        self._merge(before)
        return self._visit_all(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> _Reads:
        before = dict(self._origins)
        self._expect(node.body)
        self.visit(node.test)
        self._visit_all(node.body)
        self._merge(before)
        return self._visit_all(node.orelse)

    def _expect(self, body: list[ast.stmt]) -> None:
        """Let what a loop's body sets reach its start, as a round before may have set it."""
        # Ahead of the walk: walking each body twice would cost 2ⁿ for n loops in one another.
        self._merge({name: (_Occurrence(name, node),) for name, node in _names_set(body)})

    # Scopes.

    def _leave(self, outside: dict[str, tuple[_Occurrence, ...]], bound: set[str]) -> None:
        for name in bound:
            if name in outside:
                self._origins[name] = outside[name]
            else:
                self._origins.pop(name, None)

    def visit_Lambda(self, node: ast.Lambda) -> _Reads:
        return self._call_body(node, [node.body])

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> _Reads:
        self._visit_all(node.decorator_list)
        self._set(node.name, node, [])
        self._call_body(node, node.body)
        return []

    visit_AsyncFunctionDef = visit_FunctionDef

    def _call_body(self, node: _Function, body: Sequence[ast.AST]) -> _Reads:
        given = node.args
        plain = [*given.posonlyargs, *given.args]
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
        defaults += [*given.defaults, *given.kw_defaults]
        reads = [self.visit(default) if default else [] for default in defaults]
        outside = dict(self._origins)
        for parameter, sources in zip([*plain, *given.kwonlyargs], reads, strict=True):
            self._set(parameter.arg, parameter, sources)
        for rest in (given.vararg, given.kwarg):
            if rest:
                self._set(rest.arg, rest, [])
        bound = {part.arg for part in ast.walk(given) if isinstance(part, ast.arg)}
        inner = self._visit_all(body)
        self._leave(outside, bound | {name for name, _ in _names_set(body)})
        return [read for part in reads for read in part] + [r for r in inner if r.name not in bound]

    def _comprehension(
        self, generators: list[ast.comprehension], results: list[ast.expr]
    ) -> _Reads:
        outside = dict(self._origins)
        bound: set[str] = set()
        reads: _Reads = []
        for generator in generators:
            source = self.visit(generator.iter)
            reads += [read for read in source if read.name not in bound]
            self._bind(generator.target, source)
            bound |= {name for name, _ in _names_set([generator.target])}
            reads += [read for read in self._visit_all(generator.ifs) if read.name not in bound]
        reads += [read for read in self._visit_all(results) if read.name not in bound]
        self._leave(outside, bound)
        return reads

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> _Reads:
        return self._comprehension(node.generators, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> _Reads:
        return self._comprehension(node.generators, [node.key, node.value])


def _names_set(nodes: Iterable[ast.AST]) -> list[tuple[str, ast.AST]]:
    return [
        (part.id, part)
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]
