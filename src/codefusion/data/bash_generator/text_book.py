"""How requests about texts are worded: the phrases their tables share.

Not for the requests themselves: those are in the modules of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codefusion.data.bash_generator.command_table import read_table
from codefusion.data.bash_generator.names import MAKERS
from codefusion.data.bash_generator.templates import Template
from codefusion.data.phrasing import Phrasebook

ORDINALS = (
    ("[first|first|1st]", "1"),
    ("[second|second|2nd]", "2"),
    ("[third|third|3rd]", "3"),
    ("[fourth|4th]", "4"),
    ("[fifth|5th]", "5"),
)
_VERBS = {
    "show": "print|print|display|show|output|list|show me|get|print out",
    "view": "print|display|show|output|view|print out|show me|see",
    "count": "count the number of|count|print the number of|show the number of|count the|"
    "display the number of|get the number of|find the number of|calculate the number of|"
    "output the number of|report the number of",
    "find": "search for|look for|find|grep for|find all occurrences of|search",
    "replace": "replace|replace|replace all occurrences of|replace every|substitute|"
    "replace all instances of|replace each|replace all",
    "delete": "delete|remove|delete|remove|erase|get rid of|strip|drop|cut out",
    "save": "write|save|store|write|put",
    "split": "split|split|split up|break|divide|cut",
}
_STATED = {
    "show": "prints|prints|displays|shows|outputs",
    "view": "prints|displays|shows",
    "count": "counts|counts the number of|counts all|prints the number of",
    "find": "searches for|finds|looks for",
    "replace": "replaces|replaces all occurrences of",
    "delete": "removes|deletes|removes",
    "save": "writes|saves",
    "split": "splits|divides",
}
BOOK = Phrasebook(
    {
        **_VERBS,
        # At the start of a sentence some say what a command does, not what to do.
        **{
            name.capitalize(): "|".join(
                verb.capitalize() for verb in f"{verbs}|{_STATED[name]}".split("|")
            )
            for name, verbs in _VERBS.items()
        },
        "f": "{file}|{file}|{file}|the file {file}|file {file}|a file {file}|the {file} file",
        "of": "of|of|in|from",
        "in": "in|in|of|from|within",
        "lines": "lines|lines|all lines|the lines|all the lines|only the lines|only lines",
        "x": "{phrase}|{phrase}|{phrase}|the string {phrase}|the word {phrase}|the text {phrase}|"
        "string {phrase}|the pattern {phrase}|pattern {phrase}",
        "w": "{word}|{word}|the word {word}|the string {word}|word {word}",
        "has": "containing|containing|that contain|matching|with|which contain|that match|having|"
        "that include|including",
        "lacks": "not containing|that do not contain|that don't contain|without|not matching|"
        "which do not contain|that do not match|excluding those with|that don't match|not having",
        "any case": "ignoring case|case insensitively|case-insensitively|regardless of case|"
        "ignoring the case|irrespective of case|in upper or lower case|ignoring case distinctions",
        "each": "recursively|in all files|in every file|in all files recursively|in any file",
        "here": "in the current directory|in the current folder|under the current directory|"
        "in the current directory tree|in current directory|in the current directory and below|"
        "in the current directory and all its subdirectories|in this folder",
        "cwd": "in the current directory|in the current folder|in current directory|in this folder|"
        "of the current directory|in this directory",
        "numbered": "with line numbers|with their line numbers|along with line numbers|"
        "with the line number|together with their line numbers|prefixed with line numbers|"
        "and their line numbers|preceded by line numbers",
        "stdin": "standard input|standard input|stdin|the standard input",
        "with": "with|with|by|with",
        "in place": "in place|in-place|directly in the file|and save the change|changing the file",
        "to": "to|into|to|in",
        "blank": "blank lines|empty lines|all blank lines|all empty lines|the blank lines",
        "up": "upper case|uppercase|capital letters|upper-case|all caps",
        "low": "lower case|lowercase|lower-case|small letters",
        "piece": "pieces|files|smaller files|chunks|parts|several files",
        "asc": "in ascending order|from smallest to largest|ascending|numerically|"
        "in numerical order|by numeric value",
        "desc": "in descending order|from largest to smallest|from highest to lowest|descending|"
        "in decreasing order|from greatest to least",
        "reversed": "in reverse order|in reverse alphabetical order|in descending order|reversed",
        "often": "most frequent first|sorted by frequency|from most to least frequent|"
        "sorted by count|sorted from most frequent to least frequent|most common first|"
        "sorted by number of occurrences|in descending order of frequency",
        "unique": "unique|distinct|different",
        "col": "column {column}|field {column}|column number {column}|field number {column}",
    },
    MAKERS,
)


def vary(table: str, variants: Iterable[Sequence[str]]) -> list[tuple[float, Template]]:
    """The templates of a table once for each variant, whose parts stand for `@1`, `@2` and on."""
    templates: list[tuple[float, Template]] = []
    for variant in variants:
        filled = table
        for place, part in enumerate(variant, 1):
            filled = filled.replace(f"@{place}", part)
        templates += read_table(filled)
    return templates
