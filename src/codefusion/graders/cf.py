"""Execution match of conditional-formatting rules: do two rules colour the same cells?

Not for what a rule means: `cf_interpreter` runs it.
"""

from __future__ import annotations

from datetime import date

from codefusion.graders.cf_interpreter import (
    VISUALS,
    Table,
    coloured_cells,
    contains_cell,
    data_cells,
)
from codefusion.graders.cf_probes import Pair, fixed_cells, probes
from codefusion.languages.base import UNPARSEABLE
from codefusion.languages.cf import parse
from codefusion.languages.cf_rules import Condition, Rule, conditions, render

# A fixed day, or the same candidate would be graded differently tomorrow.
TODAY = date(2023, 1, 15)


def execution_match(candidate: str, gold: str, table: Table = (), today: date = TODAY) -> bool:
    """Whether both texts are rules that colour the same cells; never raises.

    `table` decides where it has rows of which the gold colours some and leaves some. Otherwise
    tables of values made from both rules' literals decide as well, so that nothing matches
    because nothing, or everything, is coloured.
    """
    rules = _parse(candidate), _parse(gold)
    if rules[0] is None or rules[1] is None:
        return False
    pair = rules[0], rules[1]
    if render(pair[0]) == render(pair[1]):
        return True
    if _visuals(pair[0]) != _visuals(pair[1]):
        return False
    if _is_visual(pair[1]):
        return _is_visual(pair[0])
    answer = _compare(pair, table, today)
    return _match_on_probes(pair, table, today) if answer is None else answer


def table_decides(gold: str, table: Table, today: date = TODAY) -> bool:
    """Whether the table alone tells the gold from other rules: it colours some and leaves some.

    False for a text that is no rule, and for colour scales, data bars and icon sets.
    """
    rule = _parse(gold)
    return rule is not None and _compare((rule, rule), table, today) is True


def _parse(code: str) -> Rule | None:
    try:
        return parse(code)
    except UNPARSEABLE:
        return None


def _compare(pair: Pair, table: Table, today: date) -> bool | None:
    """Whether the rules colour the same cells; None if they do, but that shows nothing."""
    candidate, gold = (coloured_cells(rule, table, today) for rule in pair)
    if candidate != gold:
        return False
    # A fixed cell beyond the table held something that is not known here.
    known = all(contains_cell(table, cell) for cell in fixed_cells(pair))
    return True if known and 0 < len(gold) < len(data_cells(table)) else None


def _match_on_probes(pair: Pair, table: Table, today: date) -> bool:
    decided = False
    for probed, probe in probes(pair, table, today):
        answer = _compare(probed, probe, today)
        if answer is False:
            return False
        decided = decided or answer is True
    return decided


def _visuals(rule: Rule) -> frozenset[Condition]:
    return frozenset(each for each in conditions(rule) if each.function in VISUALS)


def _is_visual(rule: Rule) -> bool:
    return isinstance(rule, Condition) and rule.function in VISUALS
