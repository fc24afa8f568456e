"""`codefusion ask`: a sentence in, a command to choose, read about, edit, copy or run."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codefusion.cli.options import Json, OwnSteps, Seed, model_name
from codefusion.errors import DataError, UsageError

if TYPE_CHECKING:
    from codefusion.shell.session import Action, Session
    from codefusion.shell.suggestion import Suggestion
    from codefusion.shell.terminal import Terminal
    from codefusion.warm.protocol import Answer, Question

JSON_VERSION = 1
NOTHING_CHOSEN = 1
NO_VALID_CANDIDATE = 3
INTERRUPTED = 130
_ERASE = "\r\x1b[K"  # the line


def ask(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="What the command should do.")
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="bash, python or cf.")] = "bash",
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="Folder, Hub id or shipped name; the language's."),
    ] = None,
    k: Annotated[
        int, typer.Option("-k", "--candidates", min=1, max=9, help="Different commands to offer.")
    ] = 5,
    steps: OwnSteps = None,
    seed: Seed = 0,
    edit: Annotated[
        str | None, typer.Option("--edit", metavar="DRAFT", help="Revise this command.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="TEXT", help="What every command shall have; repeatable."),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            help="How far to noise the rest, above 0 and up to 1, instead of searching around what "
            "is kept."
        ),
    ] = None,
    best: Annotated[
        bool, typer.Option("--best", "-1", help="Print the best valid command and no more.")
    ] = False,
    print_only: Annotated[
        bool, typer.Option("--print", help="Print what is chosen at once; offer no other action.")
    ] = False,
    as_json: Json = False,
    given: Annotated[
        Path | None,
        typer.Option("--from", help="Commands from a file, one a line, instead of a model's."),
    ] = None,
) -> None:
    """Suggest commands for a sentence. None is run unless you choose it and then press r.

    Without a terminal the valid ones are printed, one a line.
    """
    utterance = " ".join(words or []).strip()
    if not utterance and given is None:
        raise UsageError('nothing to do: codefusion ask "what the command should do"')
    if given is not None and (keep or edit is not None or strength is not None):
        raise UsageError("--from has the commands; there is nothing for --edit or --keep to do")
    from codefusion.checkpoints import resolve_folder
    from codefusion.languages import get_language
    from codefusion.shell.manual import Manuals
    from codefusion.shell.suggestion import suggest
    from codefusion.shell.terminal import is_interactive
    from codefusion.warm.protocol import Question

    get_language(language)
    name: str | None = None
    if given is None:
        name = model_name(language, model, to_revise=edit is not None or bool(keep))
    chooses = is_interactive() and not best and not as_json
    manuals = Manuals.of_this_machine()
    if given is not None:
        codes = _lines(given)
        # There are as many keys to choose with; a program can read them all.
        suggestions = [suggest(one, manuals, language) for one in codes[: k if chooses else None]]
    else:
        # Before any library loads, which takes seconds; a server runs in another folder.
        folder = resolve_folder(str(name)).resolve()
        question = Question(
            str(folder), utterance, language, k, steps, seed, edit, tuple(keep or ()), strength
        )
        drawn = _answers(question, chooses)
        suggestions = [suggest(one.code, manuals, language, one.score) for one in drawn]
    valid = [one for one in suggestions if one.valid]
    if as_json:
        listed = [one.as_json() for one in suggestions]
        content: dict[str, Any] = {"version": JSON_VERSION, "model": name, "utterance": utterance}
        if keep:
            content["keep"] = keep
        typer.echo(json.dumps({**content, "candidates": listed}, ensure_ascii=False))
    elif chooses:
        _choose(suggestions, print_only, manuals)
    else:
        _print(valid[:1] if best else valid, best)
    if not valid:
        raise typer.Exit(NO_VALID_CANDIDATE)


def _lines(file: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {str(file)!r}: {error}") from error
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise UsageError(f"no command in {str(file)!r}")
    return lines


def _answers(question: Question, says_so: bool) -> list[Answer]:
    """Return what a warm server answers, or draw the same here, which takes seconds more."""
    from codefusion.warm import client

    with _thinking(says_so):
        found = client.ask(question)
        if found is None:
            from codefusion.warm.answers import answer

            found = answer(question)
            if says_so:
                client.start_for_next_time(Path(question.folder))
    return found


@contextmanager
def _thinking(says_so: bool) -> Iterator[None]:
    """Say so at the terminal and take it back, whatever happens; Ctrl-C ends the process."""

    def say(text: str) -> None:
        if says_so:
            sys.stderr.write(text)
            sys.stderr.flush()

    def leave(*_: object) -> None:
        # As an exception it could be lost in a library that catches all of them while loading.
        if says_so:
            os.write(2, _ERASE.encode())  # a stream may be in the middle of a write
        os._exit(INTERRUPTED)

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # whoever runs us may have it ignored
        signal.signal(signal.SIGINT, leave)
    say("thinking …")
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        say(_ERASE)


def _print(suggestions: Sequence[Suggestion], whole: bool) -> None:
    """Print commands for a program to read, and their dangers beside them."""
    from codefusion.shell.notes import Level
    from codefusion.shell.view import visible

    for one in suggestions:
        _echo(one.code if whole else visible(one.code))
        for note in one.dangers:
            if note.level is Level.DANGER:
                sys.stderr.write(f"codefusion: {visible(one.code)}: {note.sentence}\n")
    if not suggestions:
        sys.stderr.write("codefusion: no valid candidate\n")


def _echo(text: str) -> None:
    typer.echo(text, color=True)  # otherwise it would strip what it takes for colours


def _choose(suggestions: Sequence[Suggestion], print_only: bool, manuals: Any) -> None:
    """Let the user choose, and do it."""
    from codefusion.shell.actions import run
    from codefusion.shell.session import Session
    from codefusion.shell.terminal import Terminal
    from codefusion.shell.view import visible

    session = Session(suggestions, print_only)
    with Terminal() as terminal:
        for number, one in enumerate(suggestions, start=1):
            _show(terminal, one, number)
        action = _decided(session, terminal, manuals)
    if action.kind == "quit":
        raise typer.Exit(NOTHING_CHOSEN)
    if action.kind == "run":
        sys.stderr.write(f"$ {visible(action.code)}\n")
        run(action.code)
    if action.kind == "print":
        # To another program as it is, to a terminal without what it would act on.
        lines = action.code.split("\n")
        _echo("\n".join(map(visible, lines)) if sys.stdout.isatty() else action.code)


def _decided(session: Session, terminal: Terminal, manuals: Any) -> Action:
    """Ask until the user has decided; editing only changes what there is to choose."""
    from codefusion.shell.actions import copy, edit
    from codefusion.shell.session import Action
    from codefusion.shell.suggestion import suggest

    while True:
        try:
            if session.word is None:
                chosen = f"[{session.number}] " if session.chosen else ""
                action = session.press(terminal.key(f"{chosen}{session.keys}: "))
            else:
                prompt = f"this may do harm; type {session.word!r} to run it: "
                action = session.type(terminal.line(prompt))
                if action is None:
                    terminal.write("not run\n")
        except EOFError:
            return Action("quit")
        if action is None:
            continue
        if action.kind == "copy":
            sys.stderr.write(f"copied by {copy(action.code)}\n")
        if action.kind != "edit":
            return action
        try:
            with terminal.lent():
                code = edit(action.code)
        except UsageError as error:
            terminal.write(f"{error}\n")
            continue
        assert session.chosen is not None
        session.replace(suggest(code, manuals, session.chosen.language))
        _show(terminal, session.chosen, session.number)


def _show(terminal: Terminal, suggestion: Suggestion, number: int) -> None:
    from codefusion.shell.terminal import may_colour, width
    from codefusion.shell.view import listed

    for line in listed(suggestion, number, width(), may_colour(sys.stderr)):
        terminal.write(line + "\n")
