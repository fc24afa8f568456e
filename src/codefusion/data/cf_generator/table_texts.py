"""Orders about texts of a column, its blanks, errors and duplicates.

Texts are quoted in this dialect: `TextEquals(c[3], 'Worldwide')`."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import literals, words
from codefusion.data.cf_generator.literals import pick
from codefusion.data.cf_generator.rules import COMPARISONS, call, negated
from codefusion.data.cf_generator.table_book import BOOK, Drawn, column_slots, pick_column
from codefusion.data.cf_generator.tables import Sheet


def held_text(rng: Random, sheet: Sheet, index: int) -> str:
    """A text of the column, mostly one its rows show; a category's often in small letters."""
    shown = [row[index] for row in sheet.rows]
    value = sheet.columns[index].value(rng)
    if shown and rng.random() < 0.7:
        value = pick(rng, shown)
    if sheet.columns[index].kind != "category" or sheet.columns[index].header == "Gender":
        return value
    roll = rng.random()
    # What people type is seldom what the cells hold to the letter, and often a common word.
    return (
        value.lower() if roll < 0.15 else pick(rng, words.STATES).lower() if roll < 0.3 else value
    )


def _quoted(rng: Random, value: str) -> tuple[str, str]:
    """The literal as said and as coded: double quotes in the utterance survive into the rule."""
    roll = rng.random()
    if "'" in value or roll < 0.1:
        return f'"{value}"', f'"{value}"'
    return (f"'{value}'" if roll < 0.25 else value), f"'{value}'"


_GENDERS = {"M": "Male", "F": "Female"}


def equals(rng: Random, sheet: Sheet) -> Drawn | None:
    """A column equal to a text, or different from it."""
    index = pick_column(rng, sheet, "category", "category", "text")
    if index is None:
        return None
    value = held_text(rng, sheet, index)
    said, coded = _quoted(rng, value)
    if sheet.columns[index].header == "Gender" and rng.random() < 0.7:
        said, coded = _GENDERS[value], f"'{value}'"
    pattern = (
        "<verb> {s} [whose|where|with] {h} [is |is |]{x}<tail>|"
        "<verb> {h} values that are {x}<tail>|<verb> values equal to {x} <in column><tail>|"
        "<verb> <cells> where {h} is {x}<tail>|<verb> {x} <in column><tail>|"
        "<verb> if {h} is {x}<tail>|<verb> {s} [marked as|classified as|that are] {x}<tail>|"
        "<verb> {s} that are marked as {x}<tail>"
    )
    if sheet.columns[index].kind == "category" and sheet.rows:
        pattern += "|<verb> [all |]{x} {s}<tail>"
    rule = call("TextEquals", f"c[{index}]", coded)
    if rng.random() < 0.12:
        pattern = "<verb> [{s} whose|{s} where|<cells> where] {h} is not {x}<tail>"
        rule = negated(rule)
    return BOOK.expand(rng, pattern, column_slots(rng, sheet, index) | {"x": said}), rule


def contains(rng: Random, sheet: Sheet) -> Drawn | None:
    """A text inside a cell, at its start or at its end."""
    index = pick_column(rng, sheet, "text", "category")
    if index is None:
        return None
    value = held_text(rng, sheet, index)
    if " " in value and rng.random() < 0.5:
        value = value.split(" ")[0].strip("(,") or value
    elif rng.random() < 0.4:
        value = literals.plain_text(rng)
    said, coded = _quoted(rng, value)
    roll = rng.random()
    slots = column_slots(rng, sheet, index) | {"x": said}
    start, end = "[starts|begins] with", "ends with"
    if roll < 0.6:
        verb, rule = "contains", call("TextContains", f"c[{index}]", coded)
    elif roll < 0.7:
        verb, rule = "does not contain", negated(call("TextContains", f"c[{index}]", coded))
    elif roll < 0.82:
        verb, rule = start, call("StartsWith", f"c[{index}]", coded)
    elif roll < 0.91:
        verb, rule = end, call("EndsWith", f"c[{index}]", coded)
    else:
        first, last = pick(rng, "ABCDEKLMNPRST"), pick(rng, "ABCDEKLMNPRSTXZ")
        slots |= {"x": first, "y": last}
        rule = call("AND", f"StartsWith(c[{index}], '{first}')", f"EndsWith(c[{index}], '{last}')")
        verb, end = f"{start} {{x}} and {end} [the |]{{y}}", ""
        pattern = (
            f"<verb> [any cell|cells] in the {{h}} column that {verb}|"
            f"<verb> {{s}} whose {{h}} {verb}|<verb> [all |"
            f"]{{hs}} where the first character is {{x}}, and the last character is {{y}}"
        )
        return BOOK.expand(rng, pattern, slots), rule
    pattern = (
        f"<verb> {{s}} whose {{h}} {verb} {{x}}<tail>|"
        f"<verb> {{s}} where {{h}} {verb} {{x}}<tail>|"
        f"<verb> cells <in column> if it {verb} {{x}}<tail>|"
        f"<verb> if a corresponding cell in column {{L}} {verb} [the word |]{{x}}|"
        f"<verb> any cell in the {{h}} column that {verb} {{x}}"
    )
    if verb == "contains":
        pattern += "|<verb> {hs} [which contain|containing|with|containing the name] {x}<tail>"
    return BOOK.expand(rng, pattern, slots), rule


def presence(rng: Random, sheet: Sheet) -> Drawn | None:
    """Duplicates, unique values, blanks, errors and text lengths."""
    index = int(rng.random() * len(sheet.columns))
    column, slots = f"c[{index}]", column_slots(rng, sheet, index)
    roll = rng.random()
    if roll < 0.45:
        pattern = (
            "<verb> [all |the |]duplicate {hs}<tail>|<verb> [repeated|repeating] {hs}<tail>|"
            "<verb> duplicate [values|cells|entries] <in column><tail>|"
            "<verb> {s} with [duplicate|repeated] {h}<tail>"
        )
        if len(sheet.columns) == 1:
            pattern += "|<verb> duplicate [values|cells]<tail>|Format cells with duplicate values"
        return BOOK.expand(rng, pattern, slots), call("Duplicates", column)
    if roll < 0.58:
        pattern = "<verb> [the |all |]unique {hs}<tail>|<verb> unique values <in column><tail>"
        return BOOK.expand(rng, pattern, slots), negated(call("Duplicates", column))
    blank = "[blank|empty|blank]"
    if roll < 0.75:
        pattern = (
            f"<verb> {{s}} [where|if|whose] {{h}} is {blank}<tail>|"
            f"<verb> {blank} [cells|values] <in column><tail>|"
            f"Format cells if a corresponding cell in column {{h}} is {blank}|"
            f"<verb> {{s}} [with no|without] {{h}}<tail>"
        )
        return BOOK.expand(rng, pattern, slots), call("Blanks", column)
    if roll < 0.87:
        pattern = (
            f"<verb> {{s}} [where|if|whose] {{h}} is not {blank}<tail>|"
            f"<verb> non-{blank} cells <in column><tail>|"
            f"Format cells if a corresponding cell in column {{h}} is not {blank}"
        )
        return BOOK.expand(rng, pattern, slots), negated(call("Blanks", column))
    if roll < 0.94:
        pattern = (
            "<verb> [cells with |]errors <in column><tail>|"
            "<verb> cells with formulas that return errors <in column>|"
            "<verb> {s} where {h} [has an error|is an error]<tail>"
        )
        return BOOK.expand(rng, pattern, slots), call("Errors", column)
    kind, slots["x"] = int(rng.random() * 2), str(2 + int(rng.random() * 19))
    slots["more"] = ("more", "fewer")[kind]
    pattern = (
        "<verb> [{hs}|all cells <in column>] [that contain|with|"
        "having] {more} than {x} [characters|letters]<tail>"
    )
    return BOOK.expand(rng, pattern, slots), call(COMPARISONS[kind], f"LEN({column})", slots["x"])
