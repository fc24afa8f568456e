"""Bash metrics: templates (Lin et al. 2018) and utilities with their flags (Agarwal et al. 2021).

Written from the papers' definitions: for ranking systems side by side, not for comparison with
figures printed there, whose parser and tables of arguments differ. Nothing is run.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

from codefusion.graders.bash_template import Command, read_form

__all__ = [
    "Command",
    "command_template",
    "commands",
    "nlc2cmd_score",
    "soft_template_score",
    "template_match",
    "utilities",
]


def command_template(code: str) -> str | None:
    """Return the NL2Bash template of `code`, or None if it doesn't parse.

    Each argument is replaced by its type, after Lin et al. 2018: Path, Regex, Number, Size,
    Timespan, Permission, User, Group, DateTime, Program, else Argument; signs of quantities stay:
    `find . -mtime +7` gives `find Path -mtime +Timespan`. Utilities, flags, pipes, redirections,
    substitutions, control structures and the letter of `find -type` stay; of an argument with
    substitutions only these. Types follow from the utility and the flag, never from the value.
    Clusters of flags are taken apart, and what may be reordered is sorted: options, and the
    tests of find between operators and actions.
    """
    form = read_form(code)
    return None if form is None else form.template


def template_match(candidate: str, gold: str) -> bool:
    """Whether the templates are equal; symmetric. Without any, the texts but for white space.

    Strict template accuracy in the sense of Lin et al. 2018. Blank texts match nothing, and code
    that parses never matches code that doesn't.
    """
    ours, theirs = command_template(candidate), command_template(gold)
    if ours is None and theirs is None:
        return candidate.split() == gold.split() != []
    return ours == theirs != ""


def soft_template_score(candidate: str, golds: str | Sequence[str]) -> float:
    """Return the best overlap of the template with that of a gold, in [0, 1]; 0 without golds.

    The cosine of the counts of the tokens that are no arguments (utilities, flags, operators,
    keywords), a graded companion of `template_match` over the closed vocabulary of Lin et al.
    2018. Symmetric in candidate and gold. Where either has no template, 1 if the texts match by
    `template_match`, else 0.
    """
    return max((_overlap(candidate, gold) for gold in _several(golds)), default=0.0)


def nlc2cmd_score(candidate: str, golds: str | Sequence[str]) -> float:
    """Return the best NLC2CMD score against a gold, in [-1, 1]; -1 without golds.

    Agarwal et al. 2021, "NeurIPS 2020 NLC2CMD Competition": the mean over the positions of the
    longer list of utilities, where different or missing utilities give -1 and equal ones, with
    the sets of flags P and R, (1 + (2 |P & R| - |P | R|) / max(|P|, |R|)) / 2, which is 1 for
    two empty sets. The competition multiplies by a confidence, here always 1. Symmetric. Texts
    without any utility score 1 if `template_match` holds, else -1.
    """
    return max((_positional(candidate, gold) for gold in _several(golds)), default=-1.0)


def commands(code: str) -> list[Command]:
    """Return the commands in the order of the text; none if `code` doesn't parse.

    Those in pipelines, control structures, substitutions, `find -exec` and after xargs, sudo and
    the like are included. The operators of find (`!`, `-o`, parentheses) are no flags.
    """
    form = read_form(code)
    return [] if form is None else list(form.commands)


def utilities(code: str) -> list[str]:
    """Return the names of the utilities in the order of the text, as `commands` does."""
    return [command.utility for command in commands(code)]


def _several(golds: str | Sequence[str]) -> Sequence[str]:
    return [golds] if isinstance(golds, str) else golds


def _overlap(candidate: str, gold: str) -> float:
    ours, theirs = read_form(candidate), read_form(gold)
    if ours is None or theirs is None or not ours.closed or not theirs.closed:
        return float(template_match(candidate, gold))
    if ours.closed == theirs.closed:
        return 1.0  # Where rounding could give a little less.
    shared = sum(count * theirs.closed[token] for token, count in ours.closed.items())
    squares = [sum(n * n for n in form.closed.values()) for form in (ours, theirs)]
    return min(1.0, shared / math.sqrt(squares[0] * squares[1]))


def _positional(candidate: str, gold: str) -> float:
    ours, theirs = commands(candidate), commands(gold)
    if not ours and not theirs:
        return 1.0 if template_match(candidate, gold) else -1.0
    scores = [_at_one_position(a, b) for a, b in zip_longest(ours, theirs)]
    return sum(scores) / len(scores)


def _at_one_position(ours: Command | None, theirs: Command | None) -> float:
    if ours is None or theirs is None or ours.utility != theirs.utility:
        return -1.0
    predicted, reference = set(ours.flags), set(theirs.flags)
    if not predicted and not reference:
        return 1.0
    agreement = 2 * len(predicted & reference) - len(predicted | reference)
    return 0.5 * (1 + agreement / max(len(predicted), len(reference)))
