"""What Excel would take a typed text for: a blank, a number or date, an error, or a text.

Not for what rules do with it (`cf_interpreter`); `docs/cf-rules.md` lists what is read how.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import lru_cache

from codefusion.languages.cf_rules import Number, Percent, Text

# A date is the number of days since this one, from March 1900 on.
EPOCH = date(1899, 12, 30).toordinal()

_CURRENCY = "[$€£¥₹]"
# Single optional spaces: runs of them would make matching slow.
_NUMBER = re.compile(
    rf"""(?P<open>\()? (?P<sign>[+-])?\ ?{_CURRENCY}?\ ?(?P<inner>[+-])?
    (?P<digits>(?: [0-9]{{1,3}}(?:,[0-9]{{2,3}})*,[0-9]{{3}} | [0-9]+ )(?:\.[0-9]*)? | \.[0-9]+)
    (?P<exponent>[Ee][+-]?[0-9]+)? \ ?{_CURRENCY}?(?P<percent>%)? (?P<close>\))?""",
    re.VERBOSE,
)
# #ERR and Err:502 are what other programs write.
_ERROR = re.compile(
    r"#(?:N/A|(?:DIV/0|VALUE|REF|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|CONNECT|BUSY)!"
    r"|NAME\?|GETTING_DATA|ERR(?:OR)?!?)|Err:[0-9]{3}",
    re.IGNORECASE,
)
_TIME = r"(?:[ T](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?)?"
_DATES = (
    re.compile(rf"(?P<y>[0-9]{{4}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}}){_TIME}"),
    # Month first, as Excel reads it in English; day first where no month is meant.
    re.compile(rf"(?P<m>[0-9]{{1,2}})[-/](?P<d>[0-9]{{1,2}})[-/](?P<y>[0-9]{{4}}){_TIME}"),
    re.compile(rf"(?P<d>[0-9]{{1,2}})[-/](?P<m>[0-9]{{1,2}})[-/](?P<y>[0-9]{{4}}){_TIME}"),
    re.compile(r"(?P<d>[0-9]{1,2})[ -](?P<name>[A-Za-z]{3,9})[ -](?P<y>[0-9]{4})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9}) (?P<d>[0-9]{1,2}),? (?P<y>[0-9]{4})"),
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


class Kind(Enum):
    """What a spreadsheet would take a cell's text for."""

    BLANK = auto()
    NUMBER = auto()
    TEXT = auto()
    ERROR = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """A cell or a literal; `text` is as written, and `number` is 0 unless `kind` is NUMBER."""

    kind: Kind
    text: str
    number: float = 0.0

    @property
    def key(self) -> float | str:
        """Equal for values that `Duplicates` takes for the same one."""
        return self.number if self.kind is Kind.NUMBER else self.text.casefold()


@lru_cache(maxsize=1 << 16)
def read_value(text: str) -> Value:
    """Return what Excel would store for a typed text; white space alone counts as blank."""
    stripped = text.strip()
    if not stripped:
        return Value(Kind.BLANK, text)
    if _ERROR.fullmatch(stripped):
        return Value(Kind.ERROR, text)
    number = _number(stripped)
    if number is None:
        number = _serial(stripped)
    return Value(Kind.TEXT, text) if number is None else Value(Kind.NUMBER, text, number)


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in match.group("open", "sign", "inner") if sign]
    if len(signs) > 1:
        return None
    number = float(match["digits"].replace(",", "") + (match["exponent"] or ""))
    if match["percent"]:
        number /= 100
    # Excel takes what no double can hold for text.
    return fifteen_digits(-number if signs in (["("], ["-"]) else number)


def fifteen_digits(number: float) -> float | None:
    """Return the number as Excel compares it, so that 0.1 + 0.2 is 0.3; None if not finite."""
    rounded = float(f"{number:.15g}")
    # Adding 0 makes -0 a 0.
    return rounded + 0.0 if math.isfinite(rounded) else None


def _serial(text: str) -> float | None:
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            month = _month(parts["name"]) if "name" in parts else int(parts["m"])
            hour, minute, second = (int(parts.get(key) or 0) for key in _CLOCK)
            try:
                day = date(int(parts["y"]), month, int(parts["d"])).toordinal()
            except ValueError:
                continue
            if hour < 24 and minute < 60 and second < 60 and int(parts["y"]) >= 1900:
                return day - EPOCH + (hour * 3600 + minute * 60 + second) / 86_400
    return None


_CLOCK = ("hour", "minute", "second")


def _month(name: str) -> int:
    """1 to 12, or 0 for what is no month."""
    numbers = (n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()))
    return next(numbers, 0)


def read_literal(literal: Number | Percent | Text) -> Value:
    """Return a rule's literal as a value; an empty text stays text, unlike a blank cell."""
    if isinstance(literal, Text):
        value = read_value(literal.value)
        return value if value.kind is Kind.NUMBER else Value(Kind.TEXT, literal.value)
    exact, sign = (literal.value, "%") if isinstance(literal, Percent) else (literal.value, "")
    number = fifteen_digits(float(exact) / (100 if sign else 1))
    assert number is not None, "the parser limits exponents"
    return Value(Kind.NUMBER, f"{exact}{sign}", number)
