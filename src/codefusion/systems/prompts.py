"""What a general model is asked, with and without examples, and the code in what it answers.

Not for how it is called: that is each system's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codefusion.data.examples import Example
from codefusion.data.tokenization import build_prompt
from codefusion.errors import UsageError

# A chat model is told what to write; a model that continues text learns it from the examples.
INSTRUCTIONS = {
    "bash": "Write the Bash command that does what the user asks, on one line.",
    "python": "Write the Python code that does what the user asks, as short as it can be.",
    "cf": "Write the Excel conditional-formatting rule that the user asks for, such as "
    "GreaterThan(10) or, where columns are listed, AND(GreaterThan(c[2], 10), TextEquals(c[0], a)):"
    " c[k] is the column with the number k.",
}
ONLY_CODE = "Answer with the code alone: no explanation and no quotation marks around it."
# Between examples in a text to be continued, and so where an answer ends.
SEPARATOR = "\n\n"

_FIELDS = ("{prompt}", "{utterance}", "{language}")
_FENCE = re.compile(r"```[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL)
_INLINE = re.compile(r"(`{1,3})([^`]+)\1")


def check_template(template: str) -> str:
    """Return a template as it is; raises `UsageError` where it leaves the utterance out."""
    if not any(field in template for field in _FIELDS[:2]):
        raise UsageError(f"a template must hold {{prompt}} or {{utterance}}, got {template!r}")
    return template


def fill(template: str, example: Example) -> str:
    """Put an example's `{prompt}`, `{utterance}` and `{language}` into a template.

    The prompt is the language, the utterance and the columns of the table, as our own model reads
    them. Other braces stay as they are. Raises `UsageError` for an empty utterance.
    """
    prompt = build_prompt(example.utterance, example.language, example.table)
    utterance = " ".join(example.utterance.split())
    values = dict(zip(_FIELDS, (prompt, utterance, example.language), strict=True))
    return re.sub("|".join(map(re.escape, _FIELDS)), lambda found: values[found.group()], template)


def few_shot_text(template: str, shots: Sequence[Example], example: Example) -> str:
    """Return a text whose continuation is the answer.

    The shots, most similar first, come in reverse order: the best stands next to the question.
    """
    answered = [fill(template, shot) + shot.code.strip() + SEPARATOR for shot in reversed(shots)]
    return "".join(answered) + fill(template, example)


def few_shot_messages(shots: Sequence[Example], example: Example) -> list[dict[str, str]]:
    """Return a conversation whose next message is the answer; shots as in `few_shot_text`."""
    messages = [_message("system", f"{INSTRUCTIONS[example.language]} {ONLY_CODE}")]
    for shot in reversed(shots):
        messages.append(_message("user", fill("{prompt}", shot)))
        messages.append(_message("assistant", shot.code.strip()))
    return [*messages, _message("user", fill("{prompt}", example))]


def code_of(answer: str) -> str:
    """Return the code in a chat model's answer.

    The first fenced block where there is one, closed or not; else the answer, without back quotes
    around the whole of it.
    """
    fenced = _FENCE.search(answer)
    if fenced is not None:
        return fenced.group(1).strip("\n").rstrip()
    inline = _INLINE.fullmatch(answer.strip())
    return (inline.group(2) if inline is not None else answer).strip()


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
