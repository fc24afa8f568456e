"""The calls that a command makes, through pipelines, wrappers, nested shells and substitutions.

Not for judging them (`danger`) and not for running them: only the syntax tree is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codefusion.languages import Span
from codefusion.languages.bash import parse
from codefusion.shell.calls import Call, Reading, Redirect, distinct, program_name
from codefusion.shell.outputs import known_output
from codefusion.shell.programs import embedded_scripts, program_texts
from codefusion.shell.tree import errors, is_endless, redirect_targets, runs_in_background
from codefusion.shell.variables import Variables
from codefusion.shell.words import SUBSTITUTIONS, Expander, Substitution, Value, Word, value_of
from codefusion.shell.wrappers import SHELLS, shell_script, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

# A script within a script within a script...
_DEEPEST = 6
# Scripts that run themselves again grow without end.
_MOST_CALLS = 300

_WORDS = {
    "word", "number", "string", "raw_string", "ansi_c_string", "translated_string", "regex",
    "concatenation", "extglob_pattern", "simple_expansion", "expansion", "arithmetic_expansion",
    "brace_expression", "test_operator", *SUBSTITUTIONS,
}  # fmt: skip
_REDIRECTS = {"file_redirect", "heredoc_redirect", "herestring_redirect"}
_READ_STDIN = {"at", "batch", "ssh", "parallel"}
_RESERVED = {"{", "!", "if", "then", "elif", "else", "while", "until", "do"}
# Variables that the shell runs.
_HOLD_SCRIPTS = {"PROMPT_COMMAND"}
_NO_OP = "command "


def read_calls(command: str) -> Reading:
    """Return what a command calls; nothing is run. Broken syntax is read as far as it goes."""
    reading = Reading()
    try:
        _Reader(command, reading, lambda start, end: (start, end)).read_all()
    except RecursionError:
        reading.too_deep.append((0, len(command)))
    reading.calls = sorted(distinct(reading.calls), key=lambda call: call.span[0])
    return reading


@dataclass(frozen=True, slots=True)
class _Input:
    """What comes in from the left of a pipeline."""

    feeds: tuple[Call, ...] = ()
    text: str | None = None


@dataclass
class _Reader:
    """Reads one text: the command itself, or a script within it."""

    code: str
    reading: Reading
    place: Callable[[int, int], Span]
    variables: Variables = field(default_factory=Variables)
    via: tuple[str, ...] = ()
    depth: int = 0
    outer: _Input = field(default_factory=_Input)
    exact: bool = True
    _substitutions: dict[int, Substitution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expander = Expander(self.code, self.place, self._substitute)

    def read_all(self) -> None:
        root = parse(self.code)
        if root.has_error:
            self.reading.broken += [self._span(node) for node in errors(root)]
        self._read(root, self.outer)

    def _span(self, node: Node) -> Span:
        return self.place(node.start_byte, node.end_byte)

    def _text(self, node: Node) -> str:
        return self.code[node.start_byte : node.end_byte]

    def _read(self, node: Node, given: _Input) -> None:
        match node.type:
            case "command":
                self._read_command(node, given)
            case "redirected_statement":
                self._read_redirected(node, given)
            case "pipeline":
                self._read_pipeline(node, given)
            case "function_definition":
                self._read_function(node, given)
            case "variable_assignment":
                self._assign(node)
            case "for_statement":
                self._read_loop(node, given)
            case "while_statement" | "c_style_for_statement":
                if is_endless(node) and runs_in_background(node):
                    self.reading.multiplying.append(self._span(node))
                self._read_children(node, given)
            case "ERROR" if self._text(node).startswith("{"):
                # The grammar refuses `{rm,-rf,/}` as a command, the shell does not.
                span, text = self._span(node), _NO_OP + self._text(node)
                self._read_text(text, span, self.via, given, span[0] - len(_NO_OP))
            case kind if kind in _WORDS:
                self._words([node])
            case _:
                self._read_children(node, given)

    def _read_children(self, node: Node, given: _Input) -> None:
        for child in node.named_children:
            self._read(child, given)

    def _read_command(self, node: Node, given: _Input, redirects: Sequence[Node] = ()) -> None:
        """Read a simple command, whose redirections may stand in a statement around it."""
        parts: list[Node] = []
        own: list[Node] = []
        for child in node.named_children:
            if child.type in _REDIRECTS:
                own.append(child)
            elif child.type == "variable_assignment":
                self._assign(child)
            elif child.type == "command_name":
                parts += child.named_children
            else:
                parts.append(child)
        for redirect in (*own, *redirects):
            if redirect.type == "file_redirect":
                parts += redirect_targets(redirect, self.code)[1:]
            given = self._input_from(redirect, given)
        first = len(self.reading.calls)
        for words in self._ways(parts):
            if words:
                self._call(words, given)
        for redirect in own:
            self._record_redirect(redirect, tuple(self.reading.calls[first:]), given)

    def _ways(self, nodes: Sequence[Node]) -> Iterator[list[Word]]:
        """Yield the words for each way in which the variables they read may stand."""
        for standing in self._standings(nodes):
            yield [word for node in nodes for word in self.expander.words(node, standing)]

    def _standings(self, nodes: Sequence[Node]) -> Iterator[dict[str, Value]]:
        names = [name for node in nodes for name in self.expander.names(node)]
        if self.variables.too_many(names):
            self.reading.too_deep.append(self._span(nodes[0]))
        return self.variables.ways(names)

    def _words(self, nodes: Sequence[Node]) -> list[Word]:
        return [word for words in self._ways(nodes) for word in words]

    def _call(self, words: Sequence[Word], given: _Input, via: tuple[str, ...] = ()) -> None:
        """Record a call and what it calls in its turn."""
        while len(words) > 1 and words[0].text in _RESERVED:
            words = words[1:]  # The grammar takes `time { rm x; }` for one command.
        name = program_name(words[0])
        via = via or self.via
        inner = unwrap(name, words)
        span = (words[0].span[0], max(word.span[1] for word in words))
        call = Call(
            name,
            tuple(inner.own),
            span,
            via,
            given.feeds,
            given.text,
            self.exact,
            has_script=bool(inner.scripts),
        )
        self.reading.calls.append(call)
        if len(via) > _DEEPEST:
            self.reading.too_deep.append(span)
            return
        for command in inner.commands:
            self._call(command, given, (*via, name))
        for script in inner.scripts:
            self._read_script(script, (*via, name), given)
        for program in program_texts(name, words, given.text):
            for text in embedded_scripts(name, program):
                self._read_text(text, span, (*via, name), given)
        if given.text is not None and self._runs_stdin(name, words):
            self._read_text(given.text, span, (*via, name), _Input())

    def _runs_stdin(self, name: str, words: Sequence[Word]) -> bool:
        if name in SHELLS:
            return not unwrap(name, words).scripts and shell_script(words) is None
        return name in _READ_STDIN and not unwrap(name, words).scripts

    def _read_script(self, words: Sequence[Word], via: tuple[str, ...], given: _Input) -> None:
        span = (words[0].span[0], words[-1].span[1])
        if words[0].text == "{}":  # what `xargs` puts there
            call = Call("", tuple(words), span, via, given.feeds, given.text, self.exact)
            self.reading.calls.append(call)
            return
        start = words[0].start if len(words) == 1 else None
        self._read_text(" ".join(word.text for word in words), span, via, given, start)

    def _read_text(
        self, text: str, span: Span, via: tuple[str, ...], given: _Input, start: int | None = None
    ) -> None:
        """Read a script within the command, that stands at `start`, or not as it is, in `span`."""
        if self.depth >= _DEEPEST or len(self.reading.calls) > _MOST_CALLS:
            self.reading.too_deep.append(span)
            return

        def place(first: int, last: int) -> Span:
            return span if start is None else (max(start + first, span[0]), start + last)

        variables = self.variables.copy()
        exact = self.exact and start is not None
        reader = _Reader(text, self.reading, place, variables, via, self.depth + 1, given, exact)
        reader.read_all()

    def _read_redirected(self, node: Node, given: _Input) -> None:
        redirects = [child for child in node.named_children if child.type in _REDIRECTS]
        body = next((child for child in node.named_children if child.type not in _REDIRECTS), None)
        first = len(self.reading.calls)
        for redirect in redirects:
            given = self._input_from(redirect, given)
        if body is not None and body.type == "command":
            self._read_command(body, given, redirects)
        elif body is not None:
            self._read(body, given)
        calls = tuple(self.reading.calls[first:])
        for redirect in redirects:
            self._record_redirect(redirect, calls, given)

    def _record_redirect(self, node: Node, calls: tuple[Call, ...], given: _Input) -> None:
        if node.type == "file_redirect":
            operator = next((child.type for child in node.children if not child.is_named), ">")
            targets = redirect_targets(node, self.code)[:1]
            for word in self._words(targets):
                self.reading.redirects.append(Redirect(operator, word, self._span(node), calls))
            return
        # After `<<EOF` the rest of the line belongs to the redirection in the grammar.
        for child in node.named_children:
            if child.type == "file_redirect":
                self._record_redirect(child, calls, given)
            elif child.type == "pipeline":
                text = known_output(calls[-1]) if calls else None
                self._read_pipeline(child, _Input(given.feeds + calls, text))
            elif not child.type.startswith("heredoc_"):
                self._read(child, self.outer)

    def _input_from(self, redirect: Node, given: _Input) -> _Input:
        """Return the input with the text of a here-document or here-string, if it is one."""
        if redirect.type == "herestring_redirect":
            words = self._words(redirect.named_children[:1])
            inside = tuple(call for word in words for call in word.inside)
            known = all(word.known for word in words)
            return _Input(given.feeds + inside, " ".join(w.text for w in words) if known else None)
        if redirect.type == "heredoc_redirect":
            bodies = [child for child in redirect.named_children if child.type == "heredoc_body"]
            return _Input(given.feeds, " ".join(word.text for word in self._words(bodies)))
        if redirect.type == "file_redirect" and redirect.children[0].type == "<":
            inside = tuple(c for w in self._words(redirect.named_children[:1]) for c in w.inside)
            return _Input(given.feeds + inside)
        return given

    def _read_pipeline(self, node: Node, given: _Input) -> None:
        for child in node.named_children:
            first = len(self.reading.calls)
            self._read(child, given)
            calls = tuple(self.reading.calls[first:])
            plain = bool(calls) and child.type in ("command", "redirected_statement")
            given = _Input(given.feeds + calls, known_output(calls[-1]) if plain else None)

    def _read_function(self, node: Node, given: _Input) -> None:
        name = next((self._text(c) for c in node.named_children if c.type == "word"), "")
        first = len(self.reading.calls)
        for child in node.named_children:
            self._read(child, given) if child.type != "word" else None
        own = [call for call in self.reading.calls[first:] if call.name == name]
        if len(own) > 1 or (own and runs_in_background(node)):
            self.reading.multiplying.append(self._span(node))

    def _read_loop(self, node: Node, given: _Input) -> None:
        name, *rest = node.named_children
        values = [child for child in rest if child.type in _WORDS]
        self.variables.add(self._text(name), map(value_of, self._words(values)))
        for child in rest:
            if child not in values:
                self._read(child, given)

    def _assign(self, node: Node) -> None:
        name, *values = node.named_children
        held = [
            self.expander.value(value, standing)
            for standing in self._standings(values)
            for value in values
        ]
        self._read_children(name, _Input())  # `a[$(ls)]=1`
        if self._text(name) in _HOLD_SCRIPTS:
            for value in held:
                self._read_text(value.text, self._span(node), self.via, _Input())
        self.variables.add(self._text(name).partition("[")[0], held or [Value("")])

    def _substitute(self, node: Node) -> Substitution:
        if node.id not in self._substitutions:
            first = len(self.reading.calls)
            for child in node.named_children:
                self._read(child, _Input())
            calls = tuple(self.reading.calls[first:])
            # The word that `<(...)` stands for is the name of a pipe.
            plain = node.type == "command_substitution" and len(node.named_children) == 1
            plain = plain and node.named_children[0].type in ("command", "pipeline")
            output = known_output(calls[-1]) if plain and calls else None
            self._substitutions[node.id] = Substitution(calls, output)
        return self._substitutions[node.id]
