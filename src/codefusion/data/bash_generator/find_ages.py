"""When the files that are asked for were modified, accessed or changed, and find's tests for it.

Not for what else they are asked by: that is `find_tests`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from codefusion.data.bash_generator import names
from codefusion.data.bash_generator.find_parts import Part
from codefusion.data.bash_generator.names import pick
from codefusion.data.bash_generator.templates import mention
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        "that": "|||that are |which are |that were |which were ",
        "last": "in the last|within the last|in the past|during the last|in last|within|"
        "in the previous",
        "24 hours": "in the last 24 hours|in the last day|within 24 hours",
        "newer": "newer than|modified after|modified more recently than|more recent than|"
        "that are newer than|modified later than",
    },
    {},
)
_LETTERS: Weighted[str] = Weighted([(70, "m"), (17, "a"), (13, "c")])
_VERBS = {
    "m": ("modified", "modified", "modified", "changed", "updated"),
    "c": ("changed", "changed", "whose status was changed", "with status changed"),
}
_SPANS = {
    "day": 1,
    "week": 7,
    "month": 30,
    "year": 365,
    "two weeks": 14,
    "three days": 3,
    "two days": 2,
    "fortnight": 14,
    "two months": 60,
    "six months": 180,
}
# Find's test but for the letter, and how it is said.
_RECENT_DAYS = {
    "-{}time -1": "<24 hours>",
    "-{}time 0": "today",
    "-daystart -{}time 0": "today",
    "-{}time 1": "yesterday",
    "-daystart -{}time 1": "yesterday",
}


@dataclass(frozen=True)
class _Event:
    """What happened to the files; how long ago is for its makers to say."""

    letter: str  # of find's -mtime, -atime and -ctime
    said: str  # such as "that were modified"
    count: str  # of days or minutes, for the makers that choose none of their own


_AgeMaker = Callable[[Random, _Event], Part]


def age(rng: Random) -> Part:
    """Files modified, accessed or changed within, before or at some time."""
    letter = _LETTERS.draw(rng)
    verb = pick(rng, _VERBS[letter]) if letter in _VERBS else "accessed"
    that = "" if verb.startswith(("whose", "with")) else _BOOK.expand(rng, "<that>", {})
    make = _MAKERS.draw(rng)
    return make(rng, _Event(letter, that + verb, names.small(rng)))


def _say(rng: Random, event: _Event, pattern: str, **slots: str) -> str:
    return f"{event.said} {_BOOK.expand(rng, pattern, slots)}"


def _days(count: str) -> str:
    return "1 day" if count == "1" else f"{count} days"


def _within_days(rng: Random, event: _Event) -> Part:
    pattern = "<last> {n}" if rng.random() < 0.75 else "less than {n} ago"
    said = _say(rng, event, pattern, n=_days(event.count))
    return Part(f"-{event.letter}time -{event.count}", said)


def _before_days(rng: Random, event: _Event) -> Part:
    days = _days(event.count)
    if event.letter == "m" and rng.random() < 0.35:
        said = _BOOK.expand(rng, "[that are |which are |]older than {n}", {"n": days})
    else:
        pattern = "[more than|over|at least] {n} [ago|ago|back]|before {n}"
        said = _say(rng, event, pattern, n=days)
    return Part(f"-{event.letter}time +{event.count}", said)


def _days_ago(rng: Random, event: _Event) -> Part:
    said = _say(rng, event, "[|exactly ]{n} ago", n=_days(event.count))
    return Part(f"-{event.letter}time {event.count}", said)


def _minutes(rng: Random, event: _Event) -> Part:
    own = rng.random() < 0.5
    count = names.small(rng) if own else pick(rng, ("10", "30", "60", "5", "15"))
    if rng.random() < 0.6:
        sign = "-"
        pattern = "[in the last|within the last|in the past] {n} minutes|less than {n} minutes ago"
    else:
        sign, pattern = "+", "more than {n} minutes ago"
    return Part(f"-{event.letter}min {sign}{count}", _say(rng, event, pattern, n=count))


def _hours(rng: Random, event: _Event) -> Part:
    hours = int(names.whole(rng, 1, 12))
    said = "hour" if hours == 1 else f"{hours} hours"
    test = f"-{event.letter}min -{60 * hours}"
    return Part(test, _say(rng, event, "[in|within] the last {n}", n=said))


def _span(rng: Random, event: _Event) -> Part:
    span = pick(rng, tuple(_SPANS))
    if rng.random() < 0.5:
        said = _say(rng, event, "[in|within|during] the [last|past] {n}", n=span)
        return Part(f"-{event.letter}time -{_SPANS[span]}", said)
    long = span if " " in span else f"a {span}"
    if event.letter == "m" and rng.random() < 0.5:
        said = f"older than {long}"
    else:
        said = _say(rng, event, "more than {n} ago", n=long)
    return Part(f"-{event.letter}time +{_SPANS[span]}", said)


def _recent_day(rng: Random, event: _Event) -> Part:
    test = pick(rng, tuple(_RECENT_DAYS))
    return Part(test.format(event.letter), _say(rng, event, f"[{_RECENT_DAYS[test]}]"))


def _between_days(rng: Random, event: _Event) -> Part:
    low = int(names.whole(rng, 1, 20))
    high = low + int(names.whole(rng, 1, 30))
    pattern = (
        "between {x} and {y} days ago|"
        "more than {x} days ago and less than {y} days ago|"
        "more than {x} but less than {y} days ago"
    )
    said = _say(rng, event, pattern, x=str(low), y=str(high))
    return Part(f"-{event.letter}time +{low} -{event.letter}time -{high}", said)


def _newer(rng: Random, _: _Event) -> Part:
    one = names.file(rng)
    pattern = "<newer> [|the file |file ]{x}"
    return Part(f"-newer {one}", _BOOK.expand(rng, pattern, {"x": mention(rng, one)}))


_MAKERS: Weighted[_AgeMaker] = Weighted(
    [
        (22, _within_days),
        (18, _before_days),
        (8, _days_ago),
        (12, _minutes),
        (8, _hours),
        (10, _span),
        (8, _recent_day),
        (7, _between_days),
        (7, _newer),
    ]
)
