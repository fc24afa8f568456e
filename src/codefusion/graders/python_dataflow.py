"""The data flow of a Python program: which value comes from which, for CodeBLEU.

Not for types or aliases, and not for running anything: one walk over the syntax tree.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

# Target, kind, source; the variables are numbered in the order in which edges meet them.
Edge: TypeAlias = tuple[int, str, int]


def dataflow_edges(tree: ast.AST) -> Counter[Edge]:
    """Return the edges of the data flow, each as often as it occurs.

    Two kinds of edges, after GraphCodeBERT (Guo et al. 2021): a variable that is read `comes
    from` each place that may have set it, and one that is set is `computed from` each variable
    read for it. The first mention of a variable that nothing sets stands for its origin. A name
    that is only called is a function, not a variable, unless the program binds it. Setting an
    item or an attribute changes the whole object without forgetting what it was. The parts of
    `try` and `match` are walked one after another, as if each took place.

    Raises `RecursionError` for a tree too deep to walk.
    """
    flow = _DataFlow()
    flow.visit(tree)
    numbers: dict[str, int] = {}
    for target, _, source in flow.edges:
        numbers.setdefault(target.name, len(numbers))
        numbers.setdefault(source.name, len(numbers))
    return Counter((numbers[t.name], kind, numbers[s.name]) for t, kind, s in flow.edges)


class _Occurrence(NamedTuple):
    name: str
    node: ast.AST


_Reads: TypeAlias = list[_Occurrence]
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class _DataFlow(ast.NodeVisitor):
    """Walks in the order of evaluation, and collects `edges`.

    `visit` returns the variables that an expression reads from outside of it.
    """

    def __init__(self) -> None:
        self.edges: list[tuple[_Occurrence, str, _Occurrence]] = []
        self._origins: dict[str, tuple[_Occurrence, ...]] = {}

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
            self.edges.extend((use, "comes from", origin) for origin in self._origins[name])
        else:
            self._origins[name] = (use,)
        return [use]

    def _set(self, name: str, node: ast.AST, reads: _Reads) -> None:
        target = _Occurrence(name, node)
        self.edges.extend((target, "computed from", source) for source in reads)
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
