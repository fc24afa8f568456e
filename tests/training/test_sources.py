"""What the sources of a recipe hold when they are read."""

import json

from codefusion.training.corpus import read_corpus
from codefusion.training.recipe import DataRecipe, Source


def write(path, *pairs):
    rows = ({"utterance": said, "code": code, "language": "bash"} for said, code in pairs)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_source_kept_apart_gives_no_program_of_validation_under_other_words(tmp_path):
    write(tmp_path / "train.jsonl", ("list", "ls"), ("who", "whoami"))
    write(tmp_path / "extra.jsonl", ("my files", "ls  -l"), ("tell me who", "whoami"))
    write(tmp_path / "validation.jsonl", ("files", "ls -l\n"), ("user", "whoami"))
    recipe = DataRecipe(
        folder=str(tmp_path),
        pairs=(Source("train.jsonl"), Source("extra.jsonl", apart=True)),
        validation=Source("validation.jsonl"),
    )
    # The benchmark's own split stays as it is published.
    assert [pair.code for pair in read_corpus(recipe).pairs] == ["ls", "whoami"]
    assert len(read_corpus(DataRecipe(folder=str(tmp_path), pairs=recipe.pairs)).pairs) == 4
