"""When a date occurs: "Highlight orders placed last week", about a column or about one alone.

Excel's ten periods, counted from today; not for dates compared with one another."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import places
from codefusion.data.cf_generator.literals import pick
from codefusion.data.cf_generator.rules import Sketch, call
from codefusion.data.cf_generator.table_book import BOOK, Drawn, column_slots, pick_column
from codefusion.data.cf_generator.tables import Sheet
from codefusion.data.phrasing import Phrasebook

# How a period is said after "that are".
_PERIODS = {
    "Yesterday": "yesterday|from yesterday|dated yesterday",
    "Today": "today|from today|today's date|equal to today|the current date",
    "Tomorrow": "tomorrow|due tomorrow|dated tomorrow",
    "Last7Days": "[in|within|from] the [last|past] [7|seven] days|in the past 7 days|"
    "not older than [7|seven] days|at most [7|seven] days old",
    "LastWeek": "[in|from|within|of|during] [the |]last week|in the previous week",
    "ThisWeek": "[in|from|within|of|during] this week|in the current week",
    "NextWeek": "[in|within|of|during] [the |]next week|in the coming week",
    "LastMonth": "[in|from|within|of|during] [the |]last month|in the previous month",
    "ThisMonth": "[in|from|within|of|during] this month|in the current month",
    "NextMonth": "[in|within|of|during] [the |]next month|in the coming month",
}
_NAMES = tuple(_PERIODS)
# Bare adverbs: "due next week", "orders last month".
_BARE = {
    "Yesterday": "yesterday",
    "Today": "today",
    "Tomorrow": "tomorrow",
    "Last7Days": "within the last 7 days",
    "LastWeek": "last week",
    "ThisWeek": "this week",
    "NextWeek": "next week",
    "LastMonth": "last month",
    "ThisMonth": "this month",
    "NextMonth": "next month",
}
_ALONE = Phrasebook(
    {
        **places.MACROS,
        "verb": "Highlight|Color|Format|Mark|Select|Shade|Style|Show|highlight",
        "what": "dates|cells|values|all dates|the dates|cells with dates|cells with a date",
    },
    places.MAKERS,
)


def period(rng: Random) -> tuple[str, str]:
    """One of Excel's periods: the name of its rule, and a pattern that says it after "is"."""
    name = pick(rng, _NAMES)
    return name, f"[{_PERIODS[name]}|{_BARE[name]}]"


def occurring(rng: Random, sheet: Sheet) -> Drawn | None:
    """Dates of a column that lie in a period."""
    index = pick_column(rng, sheet, "date")
    if index is None:
        return None
    name, said = period(rng)
    pattern = (
        f"<verb> {{hs}} [that are |which are |that fall |occurring ||]{said}<tail>|"
        f"<verb> {{s}} [whose {{h}} is|where {{h}} is|with {{h}}|with a {{h}}] {said}<tail>|"
        f"<verb> <cells> <in column> [that are |||with dates ]{said}<tail>|"
        f"<verb> if {{h}} is {said}<tail>|<verb> {{s}} with [a date|dates] {said}<tail>|"
        f"<verb> [the |all |]{{s}} [from|of] {_BARE[name]}<tail>"
    )
    if len(sheet.indices("date")) == 1:
        pattern += (
            f"|<verb> [dates|days|the dates|all dates|cells with dates] {said}<tail>|"
            f"<verb> {{s}} {said}<tail>|<verb> everything [dated|from] {_BARE[name]}"
        )
    return BOOK.expand(rng, pattern, column_slots(rng, sheet, index)), call(name, f"c[{index}]")


def occurring_alone(rng: Random) -> Sketch:
    """The same in the single-column dialect: `LastMonth()`."""
    name, said = period(rng)
    pattern = (
        f"<verb> <what> [that are |which are |that occur |occurring ||]{said}|"
        f"<verb> <what> {said}|<verb> [a cell|the cell] if [it is|the date is] {said}"
    )
    day = f"20{10 + int(rng.random() * 14)}-{1 + int(rng.random() * 12):02d}-11"
    return Sketch(_ALONE.expand(rng, pattern, {}), f"{name}()", False, (day,))
