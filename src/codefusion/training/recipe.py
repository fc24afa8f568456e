"""A run as data: every choice of a training run, read from YAML and checked when it is made.

Not for values computed along the way. Unknown keys are refused, with the nearest known one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codefusion.data.generators import GENERATORS
from codefusion.errors import RecipeError, unknown_name
from codefusion.objectives import LossWeights
from codefusion.settings import as_mapping, build, read_settings


@dataclass(frozen=True)
class Source:
    """Where training rows come from: JSONL files, or something made on the spot.

    Exactly one of `path` (relative to `DataRecipe.folder`), `paths` (several such files, one after
    the other), `generate` ("cf" or "bash": made-up pairs) and `library` ("python": this machine's
    standard library). `language` is for rows of files that name none, `DataRecipe.language` when
    not given. `count` and `seed` are for generated rows, `repeat` weighs a source, `skip` and
    `limit` keep a slice of its rows. `apart` leaves out pairs whose program, but for white space,
    is one of validation's: a collection may hold a benchmark's programs under other words.
    `reversed` pairs teach to tell what a program is for, see `codefusion.pipeline.jury`.
    """

    path: str | None = None
    paths: tuple[str, ...] = ()
    language: str | None = None
    generate: str | None = None
    library: str | None = None
    count: int = 10_000
    seed: int = 0
    repeat: int = 1
    skip: int = 0
    limit: int | None = None
    apart: bool = False
    reversed: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it names, relative to `DataRecipe.folder`."""
        return self.paths if self.path is None else (self.path,)

    @property
    def kept(self) -> slice:
        """The slice of the source's rows that is used."""
        return slice(self.skip, None if self.limit is None else self.skip + self.limit)

    def __post_init__(self) -> None:
        origins = (self.path, self.paths or None, self.generate, self.library)
        if sum(x is not None for x in origins) != 1:
            raise RecipeError(
                "a data source needs exactly one of path, paths, generate and library"
            )
        if self.generate is not None and self.generate not in GENERATORS:
            raise unknown_name("generator", self.generate, GENERATORS)
        if self.library not in (None, "python"):
            raise unknown_name("library", str(self.library), ["python"])
        if self.repeat < 1 or self.count < 1 or (self.limit is not None and self.limit < 1):
            raise RecipeError("repeat, count and limit of a data source must be at least 1")
        if self.skip < 0:
            raise RecipeError(f"skip of a data source must be at least 0, got {self.skip}")


@dataclass(frozen=True)
class DataRecipe:
    """Pairs for phase 2, snippets for phase 1 (the code of the pairs is added to them).

    `language` is for rows that name none; the model writes whatever languages the pairs are in.
    Code is padded to the least of `bucket_widths` that it fits, prompts to the least of
    `prompt_widths`, which are few where each shape has to be compiled.
    """

    language: str = "bash"
    folder: str = "."
    pairs: tuple[Source, ...] = ()
    snippets: tuple[Source, ...] = ()
    validation: Source | None = None
    bucket_widths: tuple[int, ...] = ()  # empty: everything is padded to max_code_length
    bucket_promotion: float = 0.25
    prompt_widths: tuple[int, ...] = ()  # empty: as wide as a batch's longest prompt

    def __post_init__(self) -> None:
        if list(self.prompt_widths) != sorted(set(self.prompt_widths)):
            raise RecipeError(f"prompt_widths must rise, got {list(self.prompt_widths)}")
        others = (*self.snippets, *([] if self.validation is None else [self.validation]))
        if any(one.reversed for one in others):
            raise RecipeError("reversed is for data.pairs, not for snippets or validation")


@dataclass(frozen=True)
class TokenizerRecipe:
    """A folder or Hub id with a tokenizer, or else a vocabulary size to train one on the data.

    `slots`: how many literals of each kind an utterance may have that code copies by a single
    token (see `codefusion.data.codec`); 0 spells literals out, as the paper does.
    """

    path: str | None = None
    vocab_size: int = 4096
    slots: int = 0

    def __post_init__(self) -> None:
        if self.slots < 0:
            raise RecipeError(f"tokenizer.slots must be at least 0, got {self.slots}")


SYSTEMS = ("diffusion", "autoregressive", "masked")


@dataclass(frozen=True)
class ModelRecipe:
    """A preset of `codefusion.models.presets` and what to change in it.

    `encoder` names a pre-trained T5 checkpoint whose weights E starts from. `backbone` is a frozen
    pre-trained encoder of English that E reads beside the tokens, a folder or a Hub id, and
    `start_from` a run or checkpoint whose weights and tokenizer all of the model starts from: one
    like it or, of a diffusion model that is `lagged`, an auto-regressive one of its size.
    `system` is "diffusion", or a baseline of the same size: "autoregressive" or "masked".
    """

    system: str = "diffusion"

    preset: str = "small"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    encoder: str | None = None
    backbone: str | None = None
    start_from: str | None = None

    def __post_init__(self) -> None:
        if self.system not in SYSTEMS:
            raise RecipeError(str(unknown_name("system", self.system, SYSTEMS)))


@dataclass(frozen=True)
class Phase:
    """One of the two phases. `steps` 0 leaves it out.

    For phase 1, `cpd` is the share of batches that do code-specific CPD rather than unsupervised
    code generation, and `mask_probability` the chance of each identifier or keyword to be masked.
    For phase 2, `unconditional` is the share of rows whose E_s is replaced by noise (needed for
    guidance). `train_encoder` is the paper's: E learns in phase 2 only.
    """

    steps: int = 1000
    batch_size: int = 64
    learning_rate: float = 5e-4
    warmup: int = 100
    final_learning_rate: float = 0.1  # as a share of learning_rate, reached by a cosine
    train_encoder: bool = False
    cpd: float = 0.5
    mask_probability: float = 0.5
    unconditional: float = 0.0
    draws: int = 1  # noise draws per encoded utterance

    def __post_init__(self) -> None:
        for name in ("cpd", "mask_probability", "unconditional", "final_learning_rate"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise RecipeError(f"{name} must be in [0, 1], got {getattr(self, name)}")
        if self.steps < 0 or self.batch_size < 1 or self.draws < 1 or self.warmup < 0:
            raise RecipeError(
                "steps and warmup must be at least 0, batch_size and draws at least 1"
            )
        if not 0.0 < self.learning_rate < float("inf"):
            raise RecipeError(f"learning_rate must be above 0, got {self.learning_rate}")
        if self.batch_size % self.draws:
            raise RecipeError(
                f"batch_size {self.batch_size} must be a multiple of draws {self.draws}"
            )


@dataclass(frozen=True)
class Optimization:
    """AdamW; the paper's has no weight decay. `precision` is "no" or "bf16".

    `compile` has torch compile each layer, once for each shape: it takes a minute and a compiler,
    and pays on a GPU. Give few `data.bucket_widths` and `data.prompt_widths` with it.
    """

    weight_decay: float = 0.0
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    ema_decay: float = 0.999
    precision: str = "no"
    compile: bool = False
    self_conditioning: float = 0.5  # share of rows trained with it, when the model has it

    def __post_init__(self) -> None:
        if self.precision not in ("no", "bf16"):
            raise unknown_name("precision", self.precision, ["no", "bf16"])
        if not 0.0 <= self.ema_decay < 1.0:
            raise RecipeError(f"ema_decay must be in [0, 1), got {self.ema_decay}")
        if not all(0.0 <= beta < 1.0 for beta in self.betas):
            raise RecipeError(f"betas must be in [0, 1), got {list(self.betas)}")
        if not self.clip > 0.0:
            raise RecipeError(f"clip must be above 0, got {self.clip}")
        if not self.weight_decay >= 0.0:
            raise RecipeError(f"weight_decay must be at least 0, got {self.weight_decay}")
        if not 0.0 <= self.self_conditioning <= 1.0:
            raise RecipeError(f"self_conditioning must be in [0, 1], got {self.self_conditioning}")


@dataclass(frozen=True)
class Monitoring:
    """What is looked at and saved along the way, every so many steps; 0 is never.

    After so many `minutes` a run saves itself and ends, to be gone on with by `--resume`; None is
    at the last step only. `evaluation_rows` are for each language. `peak_tflops` is the device's
    peak in 10^12 FLOP/s, for a device that `flops.PEAKS` does not know.
    """

    log_every: int = 25
    evaluate_every: int = 500
    save_every: int = 500
    evaluation_rows: int = 64
    evaluation_steps: int = 8
    evaluation_samples: int = 5
    keep: int = 2
    minutes: float | None = None
    peak_tflops: float | None = None

    def __post_init__(self) -> None:
        for name in ("minutes", "peak_tflops"):
            value = getattr(self, name)
            if value is not None and not value > 0.0:
                raise RecipeError(f"{name} must be above 0, got {value}")
        for name, value in vars(self).items():
            if name in ("minutes", "peak_tflops"):
                continue
            least = 0 if name.endswith("_every") else 1
            if value < least:
                raise RecipeError(f"{name} must be at least {least}, got {value}")


@dataclass(frozen=True)
class Sampling:
    """The sampler that ships with the checkpoint."""

    scheduler: str = "renoising"


@dataclass(frozen=True)
class Recipe:
    """Everything that `codefusion train` does, but where it writes."""

    name: str
    seed: int = 0
    threads: int = 0  # CPU threads, 0: torch's choice
    data: DataRecipe = field(default_factory=DataRecipe)
    tokenizer: TokenizerRecipe = field(default_factory=TokenizerRecipe)
    model: ModelRecipe = field(default_factory=ModelRecipe)
    loss: LossWeights = field(default_factory=LossWeights)
    pretraining: Phase = field(default_factory=Phase)
    finetuning: Phase = field(default_factory=lambda: Phase(train_encoder=True))
    optimization: Optimization = field(default_factory=Optimization)
    monitoring: Monitoring = field(default_factory=Monitoring)
    sampling: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        if self.model.system != "diffusion" and self.pretraining.steps:
            raise RecipeError(
                f"phase 1 is for diffusion only: set pretraining.steps=0 for {self.model.system}"
            )
        if self.seed < 0 or self.threads < 0:
            raise RecipeError(
                f"seed and threads must be at least 0, got {self.seed}, {self.threads}"
            )


def load_recipe(path: str | Path, settings: Sequence[str] = ()) -> Recipe:
    """Read a recipe and apply `a.b=value` settings (values are YAML; lists by index).

    Raises `RecipeError` for a missing file, broken YAML, an unknown key or a bad value.
    """
    return recipe_from(read_settings(path, settings))


def recipe_from(content: Mapping[str, Any]) -> Recipe:
    """Return the recipe that a mapping describes; raises `RecipeError`."""
    return build(Recipe, content)


def recipe_to_dict(recipe: Recipe) -> dict[str, Any]:
    """Return a mapping that `recipe_from` turns into an equal recipe."""
    return as_mapping(recipe)
