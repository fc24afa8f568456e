"""A rule as conditional formatting: one of Excel's own kinds where it means the same, or a formula.

Own kinds can be edited in Excel's dialogs. Whether one means the same depends on the cells there
are: Excel's "greater than" also colours texts. Not for formulas (`formula`) or files (`writing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from openpyxl.formatting.rule import ColorScaleRule, DataBarRule, IconSetRule
from openpyxl.formatting.rule import Rule as Format

from codefusion.graders.cf_functions import VISUALS
from codefusion.graders.cf_values import Kind, Value, read_value
from codefusion.languages.cf_rules import (
    Column,
    Condition,
    Length,
    Rule,
    conditions,
    operands,
)
from codefusion.spreadsheet.areas import Area, letters, runs
from codefusion.spreadsheet.formula import PERIODS, expression, rank_count, search_text
from codefusion.spreadsheet.terms import Term, checked_column, make_term
from codefusion.spreadsheet.workbook import Region


@dataclass(frozen=True)
class Formatting:
    """A rule as a workbook holds it, without a style, and the cells that it is about."""

    areas: tuple[Area, ...]
    format: Format

    @property
    def range(self) -> str:
        """The cells, such as `B2:B9 D2:D9`."""
        return " ".join(map(str, self.areas))

    @property
    def formula(self) -> str | None:
        """Its formula, if it has one."""
        return next(iter(self.format.formula or ()), None)


def make_formatting(rule: Rule, region: Region, whole_rows: bool) -> Formatting:
    """Return a rule as conditional formatting that colours what `preview` says.

    Raises `UsageError` where no formatting says exactly the same.
    """
    columns = coloured_columns(rule, region, whole_rows)
    areas = tuple(region.area.columns(first, last) for first, last in runs(columns))
    native = None
    if isinstance(rule, Condition) and not isinstance(rule.subject, Length):
        if rule.function in VISUALS:
            return Formatting(areas, _VISUALS[rule.function]())
        # With whole rows, other cells are coloured than those that are looked at.
        if rule.subject is None or len(columns) == 1:
            native = _native(rule, _Target(region, columns), region)
    return Formatting(areas, native or Format("expression", formula=[expression(rule, region)]))


def coloured_columns(rule: Rule, region: Region, whole_rows: bool) -> list[int]:
    """Return the columns of the region, from 0, in which a rule may colour cells.

    Those are the ones that its conditions are about; all of them for `whole_rows`, and where a
    condition is about each cell for itself. Raises `UsageError` for a column that is not there.
    """
    every = list(range(region.area.width))
    columns: set[int] = set()
    for condition in conditions(rule):
        for operand in operands(condition):
            if isinstance(operand, Column):
                checked_column(operand.index, region.area)
        match condition.subject:
            case None:
                columns.update(every)
            case Column(index) | Length(Column(index)):
                columns.add(index)
    is_visual = isinstance(rule, Condition) and rule.function in VISUALS
    return every if whole_rows and not is_visual else sorted(columns)


class _Target:
    """The cells that a condition is about and colours, and what there is among them."""

    def __init__(self, region: Region, columns: list[int]) -> None:
        first = region.area.first_column + columns[0]
        self.cell = f"{letters(first)}{region.area.first_row}"
        self.has_logical = any(map(region.is_logical, columns))
        values = [row[column] for row in region.rows for column in columns]
        blanks = [value for value in values if value.kind is Kind.BLANK]
        texts = [value for value in values if value.kind is Kind.TEXT]
        self.has_blanks = bool(blanks)
        # Spaces and the empty text of a formula are blank here, and texts to Excel.
        self.has_texts = bool(texts) or any(value.text for value in blanks)
        self.has_odd_texts = any(map(_is_odd, texts))
        self.numbers = sum(value.kind is Kind.NUMBER for value in values)
        self.has_errors = any(value.kind is Kind.ERROR for value in values)


def _is_odd(value: Value) -> bool:
    """Whether Excel may take a text for equal to another value."""
    return (
        len(value.text) > 255
        or any(wildcard in value.text for wildcard in "~*?")
        or value.text[:1] in "<>="
        or read_value(value.text).kind is Kind.NUMBER
    )


# -- Excel's own kinds of rules --------------------------------------------------------------

_OPERATORS = {
    "GreaterThan": "greaterThan",
    "GreaterThanEqual": "greaterThanOrEqual",
    "LessThan": "lessThan",
    "LessThanEqual": "lessThanOrEqual",
    "Equals": "equal",
    "NotEquals": "notEqual",
    "TextEquals": "equal",
    "Between": "between",
    "NotBetween": "notBetween",
}
_TEXT_KINDS = {
    "TextContains": ("containsText", "NOT(ISERROR(SEARCH({text},{cell})))"),
    "TextNotContains": ("notContainsText", "ISERROR(SEARCH({text},{cell}))"),
    "TextStartsWith": ("beginsWith", "LEFT({cell},LEN({text}))={text}"),
    "TextEndsWith": ("endsWith", "RIGHT({cell},LEN({text}))={text}"),
}
_STATE_KINDS = {
    "Blanks": ("containsBlanks", "LEN(TRIM({cell}))=0"),
    "NotBlanks": ("notContainsBlanks", "LEN(TRIM({cell}))>0"),
    "Errors": ("containsErrors", "ISERROR({cell})"),
    "NotErrors": ("notContainsErrors", "NOT(ISERROR({cell}))"),
}
_RANKS = {
    "Top": (False, False),
    "Bottom": (True, False),
    "TopPercent": (False, True),
    "BottomPercent": (True, True),
}
_COUNTS = {"Duplicates": "duplicateValues", "Unique": "uniqueValues"}
_MOST_RANK = 1000


def _native(condition: Condition, target: _Target, region: Region) -> Format | None:
    """Return the condition as a kind of its own, or None where it would colour other cells."""
    name = condition.function
    terms = [make_term(each, region) for each in condition.arguments]
    if any(term.literal is None for term in terms):
        return None
    if name in _OPERATORS:
        return _cell_is(name, terms, target)
    if name in _TEXT_KINDS:
        return _text_kind(name, terms[0], target)
    if name in _STATE_KINDS:
        kind, formula = _STATE_KINDS[name]
        if name == "NotBlanks" and target.has_errors:
            return None
        return Format(kind, formula=[formula.format(cell=target.cell)])
    if name in PERIODS:
        first, end = PERIODS[name]
        test = f"AND({target.cell}>={first},{target.cell}<{end})"
        return Format("timePeriod", timePeriod=name[0].lower() + name[1:], formula=[test])
    if target.has_errors or target.has_logical or target.has_blanks:
        # Excel leaves a range with an error uncoloured; LibreOffice ranks TRUE as 1, blanks as 0.
        return None
    if name in _RANKS:
        return _top10(name, rank_count(condition), target)
    if name in _COUNTS:
        return None if target.has_odd_texts else Format(_COUNTS[name])
    return Format("aboveAverage", aboveAverage=None if name == "AboveAverage" else False)


def _cell_is(name: str, terms: list[Term], target: _Target) -> Format | None:
    values = [term.literal for term in terms if term.literal is not None]
    if all(value.kind is Kind.NUMBER for value in values):
        # Excel takes a text for greater than any number, and LibreOffice TRUE for 1.
        exact = not target.has_texts and not (name == "TextEquals" and target.has_blanks)
        terms = sorted(terms, key=lambda term: term.literal.number if term.literal else 0.0)
    else:
        exact = name in ("Equals", "NotEquals", "TextEquals") and not target.has_logical
        exact = exact and bool(values[0].text.strip(" "))
    # LibreOffice takes an error for 0, or for no text.
    if not exact or target.has_errors:
        return None
    return Format("cellIs", operator=_OPERATORS[name], formula=[term.text for term in terms])


def _text_kind(name: str, term: Term, target: _Target) -> Format | None:
    text = term.literal.text if term.literal else ""
    # In the other kinds, * and ? stand for themselves, but not in every program.
    if not text or target.has_logical or search_text(text) != text:
        return None
    kind, formula = _TEXT_KINDS[name]
    return Format(
        kind,
        operator="notContains" if name == "TextNotContains" else kind,
        text=text,
        formula=[formula.format(text=term.as_text, cell=target.cell)],
    )


def _top10(name: str, count: Decimal, target: _Target) -> Format | None:
    bottom, percent = _RANKS[name]
    most = 100 if percent else _MOST_RANK
    if count != int(count) or not 1 <= count <= most:
        return None
    if percent and count * target.numbers < 100:
        # Excel then takes one cell, LibreOffice none.
        return None
    return Format("top10", rank=int(count), percent=percent or None, bottom=bottom or None)


# Excel's own colours.
_VISUALS: dict[str, Callable[[], Format]] = {
    "ColorScale": lambda: ColorScaleRule(
        start_type="min",
        start_color="FFF8696B",
        mid_type="percentile",
        mid_value=50,
        mid_color="FFFFEB84",
        end_type="max",
        end_color="FF63BE7B",
    ),
    "DataBar": lambda: DataBarRule("min", None, "max", None, color="FF638EC6"),
    "IconSet": lambda: IconSetRule("3TrafficLights1", "percent", [0, 33, 67]),
}
