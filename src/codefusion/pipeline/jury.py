"""What speaks for a program that was found, beside the model that found it.

Other models that read the utterance too; a reviewer, which reads the program and tells how
probable the utterance is then (a noisy channel: Yee et al. 2019; for code, Zhang et al. 2023);
whether the program is a known one, of those that people wrote; and whether it has the literals of
the utterance. Not for finding programs (`search`), nor for choosing among weighed ones
(`codefusion.ranking`).
"""

from __future__ import annotations

import itertools
import json
import math
import operator
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save

from codefusion.checkpoints import SHIPPED, resolve_folder
from codefusion.data.batching import pad_rows
from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.data.examples import Example, for_review
from codefusion.data.literals import literals_of, repeated
from codefusion.data.tokenization import load_tokenizer
from codefusion.errors import CheckpointError, RecipeError
from codefusion.models.baselines import AutoregressiveModel
from codefusion.pipeline.folders import WrongClass, broken_checkpoint, load_model, named_class
from codefusion.pipeline.known import KnownPrograms
from codefusion.pipeline.options import Query
from codefusion.ranking import Found
from codefusion.settings import as_mapping, build, read_settings

SETTINGS = "jury.json"
KNOWN = "known.safetensors"
JUDGES = SHIPPED / "jury"


@dataclass(frozen=True)
class JudgeSettings:
    """`model` is a folder in the checkpoint's `jury`, one that ships there, or any other MODEL.

    `weight` is that of what it says, see `Jury.evidence`; one that `reviews` was trained on
    `reversed` pairs.
    """

    model: str
    weight: float
    reviews: bool = False


@dataclass(frozen=True)
class JurySettings:
    """What a checkpoint's `jury.json` holds.

    `own` is the weight of what the model that searches says, `known` is added for a program that is
    known to the checkpoint's `known.safetensors`, `literals` is taken off for each literal of the
    utterance that a program lacks. `beams`: how many programs a search finds for the jury where
    nothing else is asked for, `known_beams` how many known ones it finds beside them.
    """

    judges: tuple[JudgeSettings, ...] = ()
    own: float = 1.0
    known: float = 0.0
    literals: float = 0.0
    beams: int = 10
    known_beams: int = 0

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights of all evidence, in the order of `Jury.evidence`."""
        return (self.own, *(one.weight for one in self.judges), self.known, self.literals)

    def weighed(self, weights: Sequence[float]) -> JurySettings:
        """Return these with other `weights`, in the same order."""
        own, *of_judges, known, literals = weights
        judges = tuple(
            replace(one, weight=weight) for one, weight in zip(self.judges, of_judges, strict=True)
        )
        return replace(self, judges=judges, own=own, known=known, literals=literals)

    def __post_init__(self) -> None:
        if min(self.weights) < 0.0:
            raise RecipeError(
                f"the weights of a jury must not be negative, got {min(self.weights)}"
            )
        if self.own == 0.0:
            raise RecipeError("own, the weight of the model that searches, must be above 0")
        if self.beams < 1:
            raise RecipeError(f"beams must be at least 1, got {self.beams}")
        if self.known_beams < 0:
            raise RecipeError(f"known_beams must not be negative, got {self.known_beams}")


class Judge:
    """An auto-regressive model that tells how probable programs are, one pass for all of them."""

    def __init__(
        self,
        model: AutoregressiveModel,
        tokenizer: Any,
        reviews: bool,
        folder: Path | None = None,  # where it was loaded from
    ) -> None:
        self.model, self.codec, self.reviews = model.eval(), Codec(tokenizer), reviews
        self.folder = folder

    @torch.no_grad()
    def log_probabilities(self, query: Query, programs: Sequence[str]) -> list[float]:
        """Return log p(program | utterance), or log p(utterance | program), of each, in nats.

        What the judge cannot read, or write, is as improbable to it as the least probable of the
        others; where that is all, they are all alike.
        """
        config = self.model.config
        asked = {i: self._encoded(query, one) for i, one in enumerate(programs) if one.strip()}
        read = [
            i
            for i, (prompt, text) in asked.items()
            if len(prompt.ids) <= config.max_prompt_length and len(text) <= config.max_code_length
        ]
        if not read:
            return [0.0] * len(programs)
        prompts = [asked[i][0].ids for i in (read if self.reviews else read[:1])]
        ids, mask = pad_rows(prompts, config.pad_token_id)
        texts, _ = pad_rows([asked[i][1] for i in read], config.pad_token_id)
        device = self.model.device
        out = self.model(
            code_ids=texts.to(device), prompt_ids=ids.to(device), prompt_mask=mask.to(device)
        )
        nats = F.cross_entropy(
            out.logits.float().flatten(0, 1), out.targets.flatten(), reduction="none"
        )
        told = -(nats.view_as(out.targets) * out.counted).sum(dim=1)
        found = dict(zip(read, told.tolist(), strict=True))
        return [found.get(i, min(found.values())) for i in range(len(programs))]

    def _encoded(self, query: Query, program: str) -> tuple[EncodedPrompt, list[int]]:
        language = query.language or "code"
        pair = Example(query.utterance, program, language)
        if self.reviews:
            pair = for_review(pair)
        table = () if self.reviews else query.table
        prompt = self.codec.prompt(pair.utterance, language, table)
        return prompt, self.codec.code(pair.code, prompt.slots)


@dataclass(frozen=True)
class Jury:
    """A checkpoint's judges with their weights, and the programs it knows.

    Raises `RecipeError` where known programs are to be searched for, and their beginnings lack.
    """

    settings: JurySettings
    judges: tuple[Judge, ...] = ()
    known: KnownPrograms = field(default_factory=KnownPrograms)

    def __post_init__(self) -> None:
        if self.settings.known_beams and not self.known.beginnings:
            raise RecipeError("known_beams needs the beginnings of known programs: fit it anew")

    def evidence(self, query: Query, found: Sequence[Found]) -> list[tuple[float, ...]]:
        """Return what its finder and each judge say of each program, and two more things.

        Those are whether it is known (0, 1), and minus the number of literals that it lacks.
        A log probability is told as the negative square root of its surprisal, in nats: what a
        model has not expected it finds far too improbable (docs/experiments.md, entry 61).
        """
        programs = [one.sample.code for one in found]
        said = [judge.log_probabilities(query, programs) for judge in self.judges]
        known = [float(program in self.known) for program in programs]
        own = [one.log_probability for one in found]
        told = [[-math.sqrt(max(-log, 0.0)) for log in logs] for logs in (own, *said)]
        literals = literals_of(query.utterance, query.table)
        texts = {text for _, text in literals}
        lacking = [float(len(repeated(program, literals)) - len(texts)) for program in programs]
        return list(zip(*told, known, lacking, strict=True))

    def weigh(self, query: Query, found: Sequence[Found]) -> list[Found]:
        """Return what was found with the jury's weighed sum in place of its log probability."""
        weights = self.settings.weights
        return [
            replace(one, log_probability=math.fsum(map(operator.mul, weights, said)))
            for one, said in zip(found, self.evidence(query, found), strict=True)
        ]


def keep_jury(jury: Jury, folder: Path) -> None:
    """Write a jury into a checkpoint's folder, with copies of those judges that do not ship.

    Raises `CheckpointError` where that cannot be written.
    """
    try:
        kept = tuple(_kept_judges(jury, folder))
        if len(jury.known):
            kept_programs = {
                "programs": torch.tensor(sorted(jury.known.fingerprints), dtype=torch.int64),
                "beginnings": torch.tensor(list(jury.known.beginnings), dtype=torch.uint8),
            }
            # safetensors writes files that nobody else may read.
            (folder / f"{KNOWN}.part").write_bytes(save(kept_programs))
            (folder / f"{KNOWN}.part").replace(folder / KNOWN)
        settings = as_mapping(replace(jury.settings, judges=kept))
        part = folder / f"{SETTINGS}.part"  # a full disk must not cost the checkpoint its jury
        part.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
        part.replace(folder / SETTINGS)
    except Exception as error:  # safetensors reports a full disk in a class of its own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot write a jury into {folder}: {reason}") from error


def _kept_judges(jury: Jury, folder: Path) -> Iterator[JudgeSettings]:
    """Yield the judges by the names under which they are found from the checkpoint, wherever."""
    members = list(zip(jury.settings.judges, jury.judges, strict=True))
    ship = {one.model for one, judge in members if _ships(judge)}
    names: dict[Path, str] = {}
    for settings, judge in members:
        if judge.folder is None or _ships(judge):
            yield settings
            continue
        if judge.folder not in names:
            base = Path(settings.model).name
            free = (base if n == 1 else f"{base}-{n}" for n in itertools.count(1))
            name = next(one for one in free if one not in ship and one not in names.values())
            names[judge.folder] = name
            copy = folder / "jury" / name
            if copy.resolve() != judge.folder.resolve():
                own = shutil.ignore_patterns("jury", SETTINGS, KNOWN)  # nobody asks its own jury
                shutil.copytree(judge.folder, copy, ignore=own, dirs_exist_ok=True)
        yield replace(settings, model=names[judge.folder])


def _ships(judge: Judge) -> bool:
    return judge.folder is not None and SHIPPED.resolve() in judge.folder.resolve().parents


def load_jury(model: str) -> Jury | None:
    """Load the jury of what a MODEL argument names; None for "none".

    Raises `CheckpointError` where the model has none.
    """
    if model == "none":
        return None
    folder = resolve_folder(model)
    jury = jury_of(folder)
    if jury is None:
        raise CheckpointError(f"{model} has no jury: there is no {SETTINGS} in {folder}")
    return jury


def jury_of(folder: Path) -> Jury | None:
    """Load the jury of a checkpoint's folder; None where it has none.

    Raises `CheckpointError` when something of it is missing, corrupt or of another kind.
    """
    if not (folder / SETTINGS).is_file():
        return None
    settings = settings_of(folder)
    try:
        known = KnownPrograms()
        if settings.known or settings.known_beams:
            content = load_file(folder / KNOWN)
            beginnings = content.get("beginnings", torch.zeros(0, dtype=torch.uint8))
            prints = frozenset(content["programs"].tolist())
            known = KnownPrograms(prints, beginnings.numpy().tobytes())
        judges = tuple(load_judge(one, folder) for one in settings.judges)
        return Jury(settings, judges, known)
    except Exception as error:  # four libraries read these files, with classes of their own
        raise broken_checkpoint(folder, error) from error


def settings_of(folder: Path) -> JurySettings:
    """Read the `jury.json` of a checkpoint's folder; raises `CheckpointError`."""
    try:
        return build(JurySettings, read_settings(folder / SETTINGS))
    except Exception as error:  # what reads JSON has classes of its own
        raise broken_checkpoint(folder, error) from error


def load_judge(settings: JudgeSettings, checkpoint: Path) -> Judge:
    """Load a judge of a checkpoint's folder; raises what its libraries raise."""
    own, shipped = checkpoint / "jury" / settings.model, JUDGES / settings.model
    places = [place for place in (own, shipped) if (place / "model_index.json").is_file()]
    folder = places[0] if places else resolve_folder(settings.model)
    kinds = {AutoregressiveModel.__name__: AutoregressiveModel}
    try:
        model = load_model(named_class(folder, "model", kinds), folder)
    except WrongClass as error:
        raise CheckpointError(f"judge {settings.model!r} cannot judge: {error}") from error
    if model.config.backbone is not None:
        raise CheckpointError(f"judge {settings.model!r} reads more than token ids")
    return Judge(model, load_tokenizer(folder / "tokenizer"), settings.reviews, folder)
