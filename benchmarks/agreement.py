"""Do people who ask alike write alike? How often the nearest training pair has the same program.

    python benchmarks/agreement.py TRAIN VALIDATION [-l bash]

For each pair of VALIDATION the training utterance that is most alike, by the cosine similarity of
`codefusion.data.retrieval`, its program with the literals of the asked utterance filled in: the
share of those with the gold's normal form, by how alike the utterances are. Deterministic.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

from codefusion.data.examples import read_examples
from codefusion.data.retrieval import Retriever
from codefusion.errors import told_in_one_line
from codefusion.evaluation.grading import bootstrap
from codefusion.languages import get_language

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 1.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("validation", type=Path)
    parser.add_argument("-l", "--language")
    asked = parser.parse_args()
    retriever = Retriever(read_examples(asked.train, asked.language), "words", slots=True)
    agreed: list[tuple[float, bool]] = []
    for row in read_examples(asked.validation, asked.language):
        form = get_language(row.language).normal_form
        for code, score in retriever.scored(row.utterance, 1):
            agreed.append((score, form(code) == form(row.code)))
    for least, most in pairwise(EDGES):
        same = [float(right) for score, right in agreed if least <= score < most]
        if same:
            mean = bootstrap(same)
            print(
                f"similarity {least:.1f} to {min(most, 1):.1f}: the same program for "
                f"{mean.value:.1f} % [{mean.low:.1f}, {mean.high:.1f}], n = {mean.n:,}"
            )


if __name__ == "__main__":
    told_in_one_line(main)
