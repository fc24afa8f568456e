"""Excel conditional-formatting rules: parsing them, with or without a column of a table.

    rule      = ("AND" | "OR" | "NOT") "(" rule {"," rule} ")" | condition
    condition = function "(" [reference] [","] [argument {"," argument}] ")"
    reference = "c[" digits "]" | "LEN(" "c[" digits "]" ")"

Not for applying a rule to a table; `cf_rules` says what a rule is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from codefusion.languages.base import Language, Span
from codefusion.languages.cf_rules import (
    A_FUNCTION,
    COMBINATORS,
    Argument,
    Cell,
    Column,
    Combination,
    Condition,
    Function,
    Length,
    Number,
    Operand,
    Percent,
    Reference,
    Rule,
    Text,
    closes_nothing,
    find_function,
    render,
)

# The deepest nesting in 4,265 published rules is 5.
MAX_DEPTH = 50
# A spreadsheet's numbers are doubles.
MAX_EXPONENT = 307

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_COLUMN = re.compile(r"c\[\s*([0-9]{1,6})\s*\]")
_LENGTH = re.compile(r"(LEN)\s*\(\s*(c\[\s*([0-9]{1,6})\s*\])\s*\)", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)\s*(%?)")
_CELL = re.compile(r"\$([A-Za-z]{1,3})\$([1-9][0-9]{0,6})")
_BARE_VALUE = re.compile(r"[^()\[\],]*")
_QUOTED = {
    # A quote inside a quoted text is doubled, as in Excel.
    '"': re.compile(r'"((?:[^"]|"")*)"'),
    "'": re.compile(r"'((?:[^']|'')*)'"),
}
_MASKABLE = re.compile(rf"{_COLUMN.pattern}|{_NAME.pattern}(?=\s*\()")


class CFSyntaxError(ValueError):
    """A text that is no rule; `position` is the offset of the first character that can't be."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"at character {position}: {message}")
        self.position = position


def parse(code: str) -> Rule:
    """Return the rule; names, numbers and texts in it are canonical. Raises `CFSyntaxError`."""
    return _Parser(code).parse()


class ConditionalFormatting(Language):
    """Rules such as `AND(GreaterThan(c[2], 0), TextEquals(c[3], Worldwide))`."""

    name = "cf"
    title = "Excel conditional formatting"

    def _accepts(self, code: str) -> bool:
        parse(code)
        return True

    def _canonical(self, code: str) -> str:
        return render(parse(code))

    def _find_maskable(self, code: str) -> Iterator[Span]:
        parser = _Parser(code)
        try:
            parser.parse()
        except CFSyntaxError:
            known_until = max((end for _, end in parser.spans), default=0)
            for match in _MASKABLE.finditer(code, known_until):
                if match[1] or _is_known(match[0]):
                    yield match.span()
        yield from parser.spans


def _is_known(name: str) -> bool:
    return name.upper() in (*COMBINATORS, "LEN") or find_function(name) is not None


class _Parser:
    """Recursive descent over one text; `spans` are the names and references met on the way."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.at = 0
        self.spans: list[Span] = []

    def parse(self) -> Rule:
        rule = self._rule(depth=1)
        self._skip_space()
        if self.at < len(self.code):
            raise self._error("expected the end of the rule")
        return rule

    def _rule(self, depth: int) -> Rule:
        if depth > MAX_DEPTH:
            raise self._error(f"rules nested deeper than {MAX_DEPTH}")
        self._skip_space()
        match = _NAME.match(self.code, self.at)
        if match is None:
            raise self._error("expected the name of a function")
        operator, function = match[0].upper(), find_function(match[0])
        if operator not in COMBINATORS and function is None:
            raise self._error(f"unknown function {match[0]!r}")
        self.spans.append(match.span())
        self.at = match.end()
        self._expect("(")
        return self._combination(operator, depth) if function is None else self._condition(function)

    def _combination(self, operator: str, depth: int) -> Combination:
        rules = [self._rule(depth + 1)]
        # NOT takes one rule, so a comma after it is the error.
        while operator != "NOT" and self._accept(","):
            rules.append(self._rule(depth + 1))
        self._expect(")")
        return Combination(operator, tuple(rules))

    def _condition(self, function: Function) -> Condition:
        start = self.at
        subject = self._reference()
        if subject is not None and not self._peek(")"):
            self._expect(",")
        if function.argument is Argument.TEXT:
            arguments = [self._text()]
        elif self._peek(")"):
            arguments = []
        else:
            arguments = [self._value()]
            while self._accept(","):
                arguments.append(self._value())
        self._expect(")")
        return self._checked(function, subject, arguments, start)

    def _checked(
        self, function: Function, subject: Reference | None, arguments: list[Operand], start: int
    ) -> Condition:
        if not function.fewest <= len(arguments) <= function.most:
            wanted = " or ".join(str(n) for n in range(function.fewest, function.most + 1))
            message = f"{function.name} takes {wanted} arguments, got {len(arguments)}"
            raise self._error(message, start)
        if function.argument is not Argument.COUNT:
            return Condition(function.name, subject, tuple(arguments))
        counts = [each for each in arguments if isinstance(each, Number | Percent)]
        if len(counts) < len(arguments):
            raise self._error(f"{function.name} takes a number", start)
        name = function.name
        if function.with_percent and any(isinstance(each, Percent) for each in counts):
            name = function.with_percent
        return Condition(name, subject, tuple(Number(each.value) for each in counts))

    def _reference(self) -> Reference | None:
        self._skip_space()
        if match := _COLUMN.match(self.code, self.at):
            self.spans.append(match.span())
            self.at = match.end()
            return Column(int(match[1]))
        if match := _LENGTH.match(self.code, self.at):
            self.spans += (match.span(1), match.span(2))
            self.at = match.end()
            return Length(Column(int(match[3])))
        return None

    def _value(self) -> Operand:
        if operand := self._reference() or self._quoted():
            return operand
        match = _BARE_VALUE.match(self.code, self.at)
        assert match is not None, "the pattern matches the empty text"
        text = match[0].strip()
        if not text:
            raise self._error("expected an argument")
        bare = self._number(text) or _cell(text) or Text(text)
        if isinstance(bare, Text) and A_FUNCTION.search(text):
            raise self._error("expected a value, not a function")
        self.at = match.end()
        return bare

    def _text(self) -> Operand:
        if operand := self._reference() or self._quoted():
            return operand
        start, depth = self.at, 0
        while self.at < len(self.code):
            character = self.code[self.at]
            if character == ")" and depth == 0:
                break
            depth += (character == "(") - (character == ")")
            self.at += 1
        text = self.code[start : self.at].strip()
        if closes_nothing(text):
            raise self._error(f"{text[-1]} closes nothing")
        return _cell(text) or Text(text)

    def _quoted(self) -> Text | None:
        self._skip_space()
        quote = self.code[self.at : self.at + 1]
        if quote not in _QUOTED:
            return None
        match = _QUOTED[quote].match(self.code, self.at)
        if match is None:
            raise self._error(f"no closing {quote}")
        self.at = match.end()
        return Text(match[1].replace(quote * 2, quote))

    def _number(self, text: str) -> Number | Percent | None:
        match = _NUMBER.fullmatch(text)
        if match is None:
            return None
        try:
            value = Decimal(match[1])
        except InvalidOperation:
            raise self._error("number out of range") from None
        if value and abs(value.adjusted()) > MAX_EXPONENT:
            raise self._error("number out of range")
        return Percent(value) if match[2] else Number(value)

    def _skip_space(self) -> None:
        match = _SPACE.match(self.code, self.at)
        assert match is not None, "the pattern matches the empty text"
        self.at = match.end()

    def _peek(self, character: str) -> bool:
        self._skip_space()
        return self.code.startswith(character, self.at)

    def _accept(self, character: str) -> bool:
        found = self._peek(character)
        self.at += found
        return found

    def _expect(self, character: str) -> None:
        if not self._accept(character):
            raise self._error(f"expected {character!r}")

    def _error(self, message: str, position: int | None = None) -> CFSyntaxError:
        got = self.code[self.at : self.at + 10]
        shown = f"{message}, got {got!r}" if message.startswith("expected") and got else message
        return CFSyntaxError(shown, self.at if position is None else position)


def _cell(text: str) -> Cell | None:
    match = _CELL.fullmatch(text)
    return Cell(match[1].upper(), int(match[2])) if match else None
