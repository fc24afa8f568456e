"""What the words of one command are: flags, their values, operands, or another command.

Not for finding commands in a program (`bash_template`).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from codefusion.graders.bash_utilities import (
    ARGUMENT,
    FIND_ACTIONS,
    FIND_EXECUTES,
    FIND_OPERATORS,
    TAKE_A_COUNT,
    TAKE_BARE_FLAGS,
    Usage,
    find_values,
    usage_of,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_COUNT = re.compile(r"[+-][\d$].*")
_FLAG = re.compile(r"--?[A-Za-z0-9?#][\w.:-]*")
_SYSTEM_PATH = re.compile(r"/(?:usr/)?(?:local/)?s?bin/")
# A name with an expansion is computed, one with a blank is a whole script in quotes.
_NAME = re.compile(r"[^\s'\"`$]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


class Token(NamedTuple):
    """A piece of a template: the type of an argument, or what stays as it is."""

    text: str
    is_argument: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command as written, and the node that bears its substitutions."""

    text: str
    node: Node


@dataclass
class Invocations:
    """Reads the words of one command after another; `found` grows by place, name and flags.

    `typed` gives the tokens of an argument, from its node, its type and its text.
    """

    typed: Callable[[Node, str, str], list[Token]]
    found: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def read(self, words: Sequence[Word]) -> list[Token]:
        """Return the tokens of a utility and its arguments, and add it to what was found."""
        if not words:
            return []
        name = _utility(words[0].text)
        if not name:
            return [token for word in words for token in self._value(word)]
        flags: list[str] = []
        self.found.append((words[0].node.start_byte, name, flags))
        if name == "find":
            return [Token(name), *self._find(words[1:], flags)]
        usage = usage_of(name)
        return [Token(name), *self._arguments(name, usage, words[1:], flags)]

    def _value(self, word: Word, kind: str = ARGUMENT, text: str = "") -> list[Token]:
        return self.typed(word.node, kind, text)

    def _arguments(
        self, name: str, usage: Usage, words: Sequence[Word], flags: list[str]
    ) -> list[Token]:
        options: list[list[Token]] = []
        operands: list[Word] = []
        nested: list[Word] = []
        first, dashes = 0, False
        waiting = deque(_with_dashes(name, usage, words))
        while waiting:
            word = waiting.popleft()
            expected = usage.operand(first + len(operands))
            if not dashes and usage.is_option(word.text):
                dashes = word.text == "--"
                for flag, value in [] if dashes else self._options(usage, word, waiting):
                    flags.append(flag)
                    options.append([Token(flag), *value])
                    first = first or int(usage.values.get(flag, "").startswith("!"))
            elif expected != "Command":
                if not usage.known:
                    options.append(self._value(word))
                else:
                    operands.append(word)
            elif not _ASSIGNMENT.match(word.text):
                nested = [word, *waiting]
                break
        # Options may stand anywhere, so they come first and sorted; but nothing is known of how
        # an unknown utility takes its arguments.
        ordered = sorted(options) if usage.known else options
        tokens = [token for option in ordered for token in option]
        for position, word in enumerate(operands, first):
            kind = usage.operand(position)
            # What looks like a sign is part of a mode there: `chmod +x`, `chmod -w`.
            tokens += self._value(word, kind, "" if kind == "Permission" else word.text)
        return tokens + self.read(nested)

    def _options(
        self, usage: Usage, word: Word, waiting: deque[Word]
    ) -> Iterator[tuple[str, list[Token]]]:
        """Yield each flag in a word with its value, taken from `waiting` if it isn't attached."""
        if not usage.known or word.text.startswith("--"):
            name = _flag_of(word.text)
            rest = word.text[len(name) :].removeprefix("=")
            yield name, self._option_value(usage, name, word, rest, waiting)
            return
        for place, letter in enumerate(word.text[1:], 2):
            flag_name, rest = f"-{letter}", word.text[place:]
            if not letter.isalnum():
                yield "-", self._value(word)
                return
            takes_rest = flag_name in usage.values
            yield (
                flag_name,
                self._option_value(usage, flag_name, word, rest, waiting) if takes_rest else [],
            )
            if takes_rest:
                return

    def _option_value(
        self, usage: Usage, flag: str, word: Word, rest: str, waiting: deque[Word]
    ) -> list[Token]:
        marked = usage.values.get(flag, "?" + ARGUMENT)
        if rest:
            return self._value(word, marked[1:], rest)
        if marked[0] == "?" or not waiting:
            return []
        value = waiting.popleft()
        return self._value(value, marked[1:], value.text)

    def _find(self, words: Sequence[Word], flags: list[str]) -> list[Token]:
        tokens: list[Token] = []
        tests: list[list[Token]] = []
        negations: list[Token] = []
        kind = "Path"
        waiting = deque(words)

        def put(added: list[Token]) -> None:
            tokens.extend(token for test in sorted(tests) for token in test)
            tokens.extend(negations + added)
            tests.clear()
            negations.clear()

        while waiting:
            word = waiting.popleft()
            text = word.text.strip("'\"").removeprefix("\\")
            if text in ("-a", "-and"):
                continue
            if text in FIND_OPERATORS:
                operator, kind = Token(FIND_OPERATORS[text]), ARGUMENT
                if operator.text == "!":
                    negations.append(operator)
                else:
                    put([operator])
            elif text.startswith("-") and len(text) > 1:
                text = _flag_of(text)
                flags.append(text)
                predicate = [Token(text), *self._predicate(text[1:], waiting)]
                if text[1:] in FIND_ACTIONS:
                    put(predicate)
                else:
                    tests.append(negations + predicate)
                    negations.clear()
                kind = kind if text in ("-H", "-L", "-P") else ARGUMENT
            else:
                put(self._value(word, kind))
        put([])
        return tokens

    def _predicate(self, name: str, waiting: deque[Word]) -> list[Token]:
        """Return the tokens of what a predicate of find takes from `waiting`."""
        if name in FIND_EXECUTES:
            return self._executed(waiting)
        tokens = []
        for kind in find_values(name):
            if waiting:
                word = waiting.popleft()
                tokens += self._value(word, kind, word.text)
        return tokens

    def _executed(self, waiting: deque[Word]) -> list[Token]:
        words: list[Word] = []
        while waiting:
            word = waiting.popleft()
            if word.text.strip("'\"") in ("\\;", ";"):
                return [*self.read(words), Token("\\;")]
            if word.text == "+" and words and words[-1].text.strip("'\"") == "{}":
                return [*self.read(words), Token("+")]
            words.append(word)
        return self.read(words)


def _utility(text: str) -> str:
    """Return the name of a utility without quotes and the system's folder, empty for no name."""
    name = text.strip("'\"").removeprefix("\\")
    name = _SYSTEM_PATH.sub("", name, count=1) if name.startswith("/") else name
    return name if _NAME.fullmatch(name) else ""


def _flag_of(text: str) -> str:
    """Return the flag at the start of a word that starts with a dash."""
    flag = _FLAG.match(text)
    return flag.group() if flag else "-"


def _with_dashes(name: str, usage: Usage, words: Sequence[Word]) -> Iterable[Word]:
    """Return the words with the older spellings of flags turned into those of today."""
    if name in TAKE_A_COUNT:
        return _with_counts_dashed(usage, words)
    if name in TAKE_BARE_FLAGS and words and words[0].text.isascii() and words[0].text.isalpha():
        # Here the value of a letter is the next word, not the letters after it.
        letters = sorted(words[0].text, key=lambda letter: f"-{letter}" in usage.values)
        return [Word("-" + "".join(letters), words[0].node), *words[1:]]
    return words


def _with_counts_dashed(usage: Usage, words: Sequence[Word]) -> Iterator[Word]:
    before = ""
    for word in words:
        if _COUNT.fullmatch(word.text) and not _awaits_value(usage, before):
            yield Word("-n" + word.text.removeprefix("-"), word.node)
        else:
            yield word
        before = word.text


def _awaits_value(usage: Usage, text: str) -> bool:
    """Whether a word is an option whose value must be the next word."""
    return usage.values.get(text, "?")[0] != "?"
