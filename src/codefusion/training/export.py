"""From a training run to a checkpoint that ships: half the bytes, and a model card.

Also from a pre-trained encoder to one in int8. Not for saving a run's state (see `checkpoints`).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file, save_file

from codefusion.errors import CheckpointError, DataError, UsageError
from codefusion.models.backbone import load_backbone, save_quantised
from codefusion.models.quantised import WEIGHTS, quantised
from codefusion.pipeline import CodePipeline, load_pipeline
from codefusion.training.recipe import Recipe, Source, load_recipe
from codefusion.training.setup import RECIPE_FILE

# Origins and licences of the files that recipes name, by the end of their path.
LICENCES: dict[str, str] = {
    "bash/train.jsonl": "NL2Bash pairs as published with the paper "
    "(microsoft/prose-benchmarks, MIT)",
    "python/train.jsonl": "CoNaLa pairs as published with the paper (microsoft/prose-benchmarks, "
    "MIT; Stack Overflow text, CC-BY-SA)",
    "cf/train.jsonl": "CF rules as published with the paper (microsoft/prose-benchmarks, MIT)",
    "code/bash.jsonl": "the paper's published Bash snippets (microsoft/prose-benchmarks, MIT)",
    "code/cf.jsonl": "the paper's published CF rules (microsoft/prose-benchmarks, MIT)",
    "distilled/bash.jsonl": "for the utterances of `bash/train.jsonl`, what a model wrote that had "
    "learned from this list's other Bash sources, tldr-pages (CC-BY-4.0), Bash-Oneliner and others "
    "(MIT) and Cosy-y/NL2CMD (MIT)",
    "distilled/bash-made-up.jsonl": "what the same model wrote for utterances of this project's "
    "own bash generator",
    "distilled/python.jsonl": "for the utterances of the three CoNaLa sources (MIT; Stack Overflow "
    "text, CC-BY-SA), what SmolLM2-135M-Instruct (Apache-2.0) wrote, tuned on this list's pairs",
    "distilled/python-imagined.jsonl": "utterances that the same model made up, with its programs",
    "extra/tldr.jsonl": "tldr-pages, CC-BY-4.0",
    "extra/linuxcommandlibrary.jsonl": "LinuxCommandLibrary, Apache-2.0, partly CC-BY-4.0 text",
    "extra/cheatsheets.jsonl": "cheat/cheatsheets CC0, chubin/cheat.sheets MIT, "
    "denisidoro/cheats CC0",
    "extra/bash_oneliners.jsonl": "Bash-Oneliner, the-book-of-secret-knowledge, eg; MIT",
    "extra/cosy_linux.jsonl": "Cosy-y/NL2CMD, MIT",
    "extra/conala_train_so_titles.jsonl": "CoNaLa, MIT; Stack Overflow text, CC-BY-SA",
    "extra/conala_large_mined.jsonl": "mined CoNaLa, MIT; Stack Overflow text, CC-BY-SA",
    "extra/django_lines.jsonl": "odashi/ase15-django-dataset, MIT",
    "extra/python_api_docs.jsonl": "neulab/external-knowledge-codegen, Apache-2.0",
    "extra/mbpp.jsonl": "MBPP, CC-BY-4.0",
    "extra/thirty_seconds_python.jsonl": "30-seconds-of-python, CC0",
}

# How each system writes, and how it was trained.
KINDS = {
    "diffusion": "by diffusion (CodeFusion, Singh et al. 2023, arXiv 2310.17680), trained from\n"
    "random weights by both phases of the paper",
    "lagged": "by diffusion (CodeFusion, Singh et al. 2023, arXiv 2310.17680), noise leaving\n"
    "a program from the left (`lagged` in docs/training.md)",
    "autoregressive": "from left to right: the auto-regressive model that CodeFusion is measured\n"
    "beside, not a diffusion model. Trained from random weights on pairs",
    "reviewer": "what its programs might answer: the sentence, from the program. A jury's\n"
    "reviewer (docs/training.md), not a model to ask. Trained from random weights on pairs",
    "masked": "by masked (discrete) diffusion: a model that CodeFusion is measured beside.\n"
    "Trained from random weights on pairs",
}

LIMITS = """\
English utterances only. Programs of at most {code} tokens. Small and trained on two CPU cores: it
is often wrong, and it does not know what its programs do. Read a program before you run it;
nothing here runs one. Unless it was calibrated, the score is agreement among samples, or of a
search the program's share of the probability of all it found: not a probability of being right."""


def export(
    run: Path,
    out: Path,
    metrics: Sequence[Path] = (),
    dtype: torch.dtype = torch.bfloat16,
    int8: bool = False,
    start_share: float = 0.0,
) -> Path:
    """Write the pipeline of a training run to `out` with weights in `dtype` and a model card.

    With `int8` matrices are in that, see `codefusion.models.quantised`. `start_share`, in [0, 1],
    is that of the weights which the run started from: between the two a tuned model keeps more of
    what it knew before (WiSE-FT, Wortsman et al. 2022). `metrics` are files that
    `codefusion evaluate --json` printed. Raises `CheckpointError` when `run` is no training run,
    or `out` is not an empty or new folder or cannot be written; `UsageError` for a `start_share` of
    a run that did not start from another.
    """
    recipe_file = run / RECIPE_FILE
    if not recipe_file.is_file():
        raise CheckpointError(f"{run} is no training run: it has no {RECIPE_FILE}")
    _check_free(out)
    results = [_read(path) for path in metrics]
    recipes = _recipes(recipe_file)
    pipeline = load_pipeline(run)
    if start_share:
        _mix_in(pipeline.model, recipes[0][0].model.start_from, start_share)
    parameters = sum(p.numel() for p in pipeline.model.parameters())
    if not int8:
        pipeline.model.to(dtype)
    card = model_card(recipes, pipeline, parameters, results, start_share)
    with _writing(out):
        pipeline.save_pretrained(out, safe_serialization=True)
        if int8:
            file = out / "model" / WEIGHTS
            save_file(quantised(load_file(file)), file, metadata={"format": "pt"})
        (out / "README.md").write_text(card, encoding="utf-8")
    return out


def export_backbone(name: str, out: Path) -> Path:
    """Write a pre-trained encoder, a folder or Hub id, to `out` in int8 (see `models.backbone`).

    Raises `CheckpointError` when it cannot be loaded, or `out` is not an empty or new folder or
    cannot be written.
    """
    _check_free(out)
    backbone = load_backbone(name)
    with _writing(out):
        save_quantised(backbone, out)
    return out


def _check_free(out: Path) -> None:
    """Refuse what something is in already, before anything is loaded, which takes seconds."""
    if out.exists() and not out.is_dir():
        raise CheckpointError(f"{out} is no folder; choose another name")
    if out.exists() and any(out.iterdir()):
        raise CheckpointError(f"{out} is not empty; remove it or choose another folder")


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Leave nothing half written."""
    try:
        yield
    except Exception as error:  # safetensors reports a full disk in a class of its own
        shutil.rmtree(out, ignore_errors=True)
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot write {out}: {reason}") from error


def _recipes(file: Path) -> list[tuple[Recipe, str]]:
    """Return the run's recipe and those of the runs whose weights it started from, last first."""
    found = [(load_recipe(file), file.read_text(encoding="utf-8"))]
    while (before := found[-1][0].model.start_from) is not None:
        file = Path(before) / RECIPE_FILE
        if not file.is_file():
            raise CheckpointError(
                f"the card has to say what the weights were trained on, but the run they started "
                f"from has no {file}; put it back"
            )
        found.append((load_recipe(file), file.read_text(encoding="utf-8")))
    return found


def _mix_in(model: torch.nn.Module, start: str | None, share: float) -> None:
    """Move the weights of a model by `share` of the way towards those it started from."""
    if start is None:
        raise UsageError("a start share is for a run that started from another's weights")
    before = load_pipeline(start).model.state_dict()
    with torch.no_grad():
        for name, weight in model.state_dict().items():
            if weight.is_floating_point():
                weight.lerp_(before[name].to(weight), share)


def model_card(
    recipes: Sequence[tuple[Recipe, str]],
    pipeline: CodePipeline,
    parameters: int,
    results: Sequence[dict[str, Any]],
    start_share: float = 0.0,
) -> str:
    """Return the model card: data and licences, recipe, commit, metrics with intervals, limits.

    The first recipe is the last that was trained by; the others those it started from.
    """
    config = pipeline.model.config
    recipe = recipes[0][0]
    sources = [source for one, _ in recipes for source in (*one.data.pairs, *one.data.snippets)]
    data = "\n".join(dict.fromkeys(f"- {one}" for source in sources for one in _origins(source)))
    languages = config.languages or [recipe.data.language]
    rows = "\n".join(_row(result) for result in results)
    table = (
        "| file | n | metric | top-1 | top-3 | top-5 |\n|---|---|---|---|---|---|\n" + rows
        if rows
        else "Not measured."
    )
    mixed = ""
    if start_share:
        mixed = (
            f"\nIts weights are {1 - start_share:.0%} the last run's and {start_share:.0%} those "
            "that run started from."
        )
    kind = "lagged" if config.lagged else recipe.model.system
    does = "Writes {} code from an English sentence"
    if all(source.reversed for source in recipe.data.pairs):
        kind, does = "reviewer", "Reads {} code and tells"
    begun = ""
    if config.lagged and any(one.model.system == "autoregressive" for one, _ in recipes):
        begun = " It went on from\nan auto-regressive model's weights."
    settings = "; ".join(dict.fromkeys(_settings(one) for one in results if "samples" in one))
    plain = "---\n".join(_portable(text) for _, text in recipes)
    heading = "Recipe" if len(recipes) == 1 else f"Recipes of {len(recipes)} runs, the last first"
    return f"""---
license: apache-2.0
library_name: codefusion
tags: [{", ".join((recipe.model.system, "code-generation", *languages))}]
---
# codefusion-{"-".join(languages)}

{does.format(", ".join(languages))} {KINDS[kind]}.{begun}
{parameters / 1e6:.2f}M parameters. Exported at commit {_commit()}; the run may be older.{mixed}

## Trained on
{data}

## Measured
Percent with 95 % bootstrap intervals{f" ({settings})" if settings else ""}; each row printed by
`codefusion evaluate`.

{table}

## Limits
{LIMITS.format(code=config.max_code_length)}

## {heading}
```yaml
{plain}```
"""


def _portable(recipe: str) -> str:
    """Return a recipe without the folders of the machine that trained, which say nothing."""
    content = yaml.safe_load(recipe)
    content["data"]["folder"] = "data"
    if content["model"].get("start_from") is not None:
        content["model"]["start_from"] = f"runs/{Path(content['model']['start_from']).name}"
    tokenizer = content["tokenizer"]
    if tokenizer["path"] is not None and Path(tokenizer["path"]).is_absolute():
        tokenizer["path"] = str(Path("runs", *Path(tokenizer["path"]).parts[-2:]))
    return yaml.safe_dump(content, sort_keys=False)


def _origins(source: Source) -> Iterator[str]:
    if source.generate is not None:
        yield f"{source.count} pairs of this project's own {source.generate} generator"
    if source.library is not None:
        yield f"snippets of the {source.library} standard library (PSF licence)"
    for path in source.files:
        known = [f"`{end}`: {text}" for end, text in LICENCES.items() if path.endswith(end)]
        yield known[0] if known else f"`{path}`: licence not known to this project"


def _settings(result: dict[str, Any]) -> str:
    if result.get("beams"):
        return f"{result['beams']} beams"
    return f"{result['samples']} samples, {result['steps']} steps, seed {result['seed']}"


def _row(result: dict[str, Any]) -> str:
    file = Path(result["file"])
    lines = []
    for metric in (name for name in result if f"{name}_interval" in result):
        cells = " | ".join(
            f"{value:.1f} [{low:.1f}, {high:.1f}]"
            for value, (low, high) in zip(
                result[metric].values(), result[f"{metric}_interval"].values(), strict=True
            )
        )
        name, n = f"{file.parent.name}/{file.name}", result.get(f"{metric}_n", result["n"])
        lines.append(f"| {name} | {n} | {metric.replace('_', ' ')} | {cells} |")
    return "\n".join(lines)


def _read(path: Path) -> dict[str, Any]:
    try:
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        result["exact_match"], result["n"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is not what `codefusion evaluate --json` prints: {error}"
        ) from error
    return result


def _commit() -> str:
    """Return the commit of the source tree, or say that there is none."""
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        done = subprocess.run(git, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() or "unknown"
