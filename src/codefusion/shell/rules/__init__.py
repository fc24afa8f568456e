"""What is dangerous, by subject: a rule takes one call and yields notes.

Not for reading commands: what a rule gets has been read by `codefusion.shell.reader`.
"""

from __future__ import annotations

from collections.abc import Iterator

from codefusion.shell.calls import Call
from codefusion.shell.notes import Danger
from codefusion.shell.options import Options
from codefusion.shell.rules import disks, files, system
from codefusion.shell.rules.code import code_dangers
from codefusion.shell.rules.redirects import redirect_dangers
from codefusion.shell.rules.table import table_dangers

__all__ = ["call_dangers", "code_dangers", "redirect_dangers"]

_RULES = {**files.RULES, **disks.RULES, **system.RULES}
# In these, `--help` may be meant for another program, or come too late.
_READ_ON = {"find", "gfind", "sudo", "doas", "su", "perl", "ruby"}


def call_dangers(call: Call) -> Iterator[Danger]:
    """Yield what the rules for its program say of a call."""
    if call.name not in _READ_ON and Options(call.words[1:]).has("--help", "--version"):
        return
    rule = _RULES.get(call.name) or disks.rule_for(call.name)
    if rule is not None:
        yield from rule(call)
    yield from table_dangers(call)
