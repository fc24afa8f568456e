"""Python snippets, judged by the interpreter's own parser and tokenizer.

Not for running them, and not for other versions of Python than the running one.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from itertools import accumulate

from codefusion.languages.base import Language, Span


class Python(Language):
    """Statements or expressions as a Stack Overflow answer would hold them."""

    name = "python"
    title = "Python"

    def _accepts(self, code: str) -> bool:
        return bool(parse(code).body)

    def _canonical(self, code: str) -> str:
        tree = parse(code)
        if not tree.body:
            raise ValueError("only comments")
        return ast.unparse(tree)

    def _find_maskable(self, code: str) -> Iterator[Span]:
        lines = code.split("\n")
        line_starts = [0, *accumulate(len(line) + 1 for line in lines)]
        # An unfinished bracket is the commonest fault of a candidate, and raises TokenError
        # only after all tokens before it, which is why the tokens are yielded one at a time.
        try:
            for token in tokenize.generate_tokens(io.StringIO(code).readline):
                if token.type != tokenize.NAME:
                    continue
                row, column = token.start
                start = line_starts[row - 1] + column
                end = start + len(token.string)
                # The tokenizer may count lines in its own way around carriage returns.
                if code[start:end] == token.string:
                    yield start, end
        except tokenize.TokenError as error:
            raise SyntaxError(str(error)) from error


def parse(code: str) -> ast.Module:
    """Return the syntax tree, without the warnings of the parser; raises one of `UNPARSEABLE`."""
    with warnings.catch_warnings():
        # Snippets are full of invalid escapes such as "\d", which are valid all the same.
        warnings.simplefilter("ignore")
        return ast.parse(code)
