"""Which graders belong to which language, each as a score of one candidate for one pair.

Not for corpus scores, execution of tests, diversity or `bash -n`: those need more than one pair
and one candidate, or more than Python. `docs/metrics.md` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable

from codefusion.data.examples import Example

Metric = Callable[[str, Example], float]


def language_metrics(language: str) -> dict[str, Metric]:
    """Return the metrics of a language beyond exact match: name to score, in [0, 1].

    `nlc2cmd_score` is in [-1, 1]. A language without graders of its own has none. What they say
    depends on no other program of the machine, so that a table reads the same everywhere.
    """
    return _METRICS[language]() if language in _METRICS else {}


# The graders are imported when asked for: a command that grades nothing does not pay for them.


def _bash() -> dict[str, Metric]:
    from codefusion.graders.bash import nlc2cmd_score, soft_template_score, template_match

    return {
        "template_match": lambda code, row: float(template_match(code, row.code)),
        "soft_template_score": lambda code, row: soft_template_score(code, row.code),
        "nlc2cmd_score": lambda code, row: nlc2cmd_score(code, row.code),
    }


def _cf() -> dict[str, Metric]:
    from codefusion.graders.cf import execution_match

    return {
        "execution_match": lambda code, row: float(execution_match(code, row.code, row.table)),
    }


def _python() -> dict[str, Metric]:
    from codefusion.graders.python import code_bleu, conala_tokens
    from codefusion.graders.text import chrf, sentence_bleu

    return {
        "conala_bleu": lambda code, row: (
            sentence_bleu(code, row.code, tokenize=conala_tokens) / 100.0
        ),
        "code_bleu": lambda code, row: code_bleu(code, row.code).score / 100.0,
        "chrf": lambda code, row: chrf([code], [row.code]) / 100.0,
    }


_METRICS: dict[str, Callable[[], dict[str, Metric]]] = {
    "bash": _bash,
    "cf": _cf,
    "python": _python,
}
