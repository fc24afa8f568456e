"""Which graders belong to which language, each as a score of one candidate for one pair."""

from __future__ import annotations

from collections.abc import Callable

from codefusion.data.examples import Example

Metric = Callable[[str, Example], float]


def language_metrics(language: str) -> dict[str, Metric]:
    """Return the metrics of a language beyond exact match: name to score, in [0, 1].

    `nlc2cmd_score` is in [-1, 1]. The graders are imported here, so that a command that grades
    nothing does not pay for them.
    """
    if language == "bash":
        from codefusion.graders.bash import nlc2cmd_score, soft_template_score, template_match

        return {
            "template_match": lambda code, row: float(template_match(code, row.code)),
            "soft_template_score": lambda code, row: soft_template_score(code, row.code),
            "nlc2cmd_score": lambda code, row: nlc2cmd_score(code, row.code),
        }
    if language == "cf":
        from codefusion.graders.cf import execution_match

        return {"execution_match": lambda code, row: execution_match(code, row.code, row.table)}
    if language == "python":
        from codefusion.graders.python import code_bleu
        from codefusion.graders.text import chrf

        return {
            "code_bleu": lambda code, row: code_bleu(code, row.code).score / 100.0,
            "chrf": lambda code, row: chrf([code], [row.code]) / 100.0,
        }
    return {}
