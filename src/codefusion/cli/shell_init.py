"""`codefusion shell-init`: a key that turns the sentence on the command line into a command."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from codefusion.errors import UsageError, unknown_name

# In each, what was typed is asked for, and what is chosen takes its place to be looked at, changed
# and run by the user: so it is in the history like any other command. The shell runs nothing.
_BASH = """\
# In ~/.bashrc:  eval "$({program} shell-init bash)"
_codefusion_ask() {{
  [[ -n $READLINE_LINE ]] || return 0
  local chosen
  chosen=$({ask} -- "$READLINE_LINE" </dev/tty)
  if [[ -n $chosen ]]; then
    READLINE_LINE=$chosen
    READLINE_POINT=${{#chosen}}
  fi
}}
bind -m emacs -x '"{key}": _codefusion_ask'
bind -m vi-insert -x '"{key}": _codefusion_ask'
"""
_ZSH = """\
# In ~/.zshrc:  eval "$({program} shell-init zsh)"
_codefusion_ask() {{
  [[ -n $BUFFER ]] || return 0
  zle -I
  local chosen
  chosen=$({ask} -- "$BUFFER" </dev/tty)
  if [[ -n $chosen ]]; then
    BUFFER=$chosen
    CURSOR=${{#BUFFER}}
  fi
  zle reset-prompt
}}
zle -N _codefusion_ask
bindkey -M emacs '{key}' _codefusion_ask
bindkey -M viins '{key}' _codefusion_ask
"""
_FISH = """\
# In ~/.config/fish/config.fish:  {program} shell-init fish | source
function _codefusion_ask
    set -l sentence (commandline | string collect)
    test -n "$sentence"; or return
    echo
    set -l chosen ({ask} -- $sentence </dev/tty | string collect)
    test -n "$chosen"; and commandline -r -- $chosen
    commandline -f repaint
end
bind {key} _codefusion_ask
bind -M insert {key} _codefusion_ask
"""
# The code, and how the shell writes the Control and the Alt of a key.
_SHELLS = {
    "bash": (_BASH, r"\C-", r"\e"),
    "zsh": (_ZSH, "^", "^["),
    "fish": (_FISH, r"\c", r"\e"),
}
_KEY = re.compile(r"(ctrl|alt)-([a-z])")


def shell_init(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish.")],
    key: Annotated[str, typer.Option(help="ctrl-LETTER or alt-LETTER.")] = "ctrl-g",
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="What the key asks; as for `ask`.")
    ] = None,
) -> None:
    """Print code for your shell's start-up file: it binds a key to `codefusion ask`.

    Type a sentence, press the key, choose: the command is on the line, and nothing has run.
    """
    if shell not in _SHELLS:
        raise unknown_name("shell", shell, _SHELLS)
    code, control, alt = _SHELLS[shell]
    pressed = _KEY.fullmatch(key.lower())
    if pressed is None:
        raise UsageError(f"unknown key {key!r}; known: ctrl-a to ctrl-z, alt-a to alt-z")
    program = "codefusion"
    if shutil.which(program) is None:
        program = f"{_quoted(sys.executable, shell)} -m codefusion"
    ask = f"{program} ask --print"
    if model is not None:
        # The key is pressed in any folder.
        name = str(Path(model).resolve()) if Path(model).is_dir() else model
        ask += f" --model {_quoted(name, shell)}"
    written = (control if pressed[1] == "ctrl" else alt) + pressed[2]
    typer.echo(code.format(program=program, ask=ask, key=written), nl=False)


def _quoted(text: str, shell: str) -> str:
    if shell != "fish":
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
