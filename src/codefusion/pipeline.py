"""From utterances to ranked candidates: the one class most users need.

Not for training. The steps are the paper's section 3.3: start from noise, denoise with N over the
scheduler's steps, then D and H once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

import torch
import torch.nn.functional as F
from diffusers import DiffusionPipeline
from torch import Tensor

from codefusion.checkpoints import resolve_folder
from codefusion.data.batching import pad_rows
from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.data.tokenization import load_tokenizer, until_pad
from codefusion.diffusion import epsilon_from_clean
from codefusion.diffusion.samplers import SCHEDULERS, swap_scheduler
from codefusion.errors import CheckpointError, UsageError, unknown_name
from codefusion.languages import language_names
from codefusion.models import CodeFusionModel, Prompt
from codefusion.models.length import draw_length, visible
from codefusion.ranking import Sample, rank

Table = Sequence[Sequence[str]]
SAMPLES_AT_ONCE = 256
DEFAULT_SAMPLES = 16


@dataclass(frozen=True)
class TraceStep:
    """The program as decoded from the estimate at one denoising step."""

    step: int  # 1 is the first, from pure noise
    noise_level: float  # share of the variance that is noise, in (0, 1]
    tokens: tuple[str, ...]
    confidence: tuple[float, ...]  # probability of each token, in (0, 1]
    code: str


@dataclass(frozen=True)
class Candidate:
    """A program for an utterance.

    `score` is the share of all samples that agree with it up to formatting, in (0, 1].
    `repeats` says that a better placed candidate is the same program.
    """

    code: str
    score: float
    seed: int
    steps: int
    valid: bool
    repeats: bool = False
    log_likelihood: float = 0.0
    trace: tuple[TraceStep, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Drawn:
    """One sample, and its trace if that was asked for."""

    sample: Sample
    trace: tuple[TraceStep, ...]


class CodeFusionPipeline(DiffusionPipeline):
    """`model`, `scheduler` and `tokenizer`, by the convention of diffusers.

    `pipe.scheduler` may be swapped for any of `SCHEDULERS`, see `set_scheduler`.
    """

    model: CodeFusionModel
    scheduler: Any
    tokenizer: Any

    def __init__(self, model: CodeFusionModel, scheduler: Any, tokenizer: Any) -> None:
        super().__init__()
        self.register_modules(model=model, scheduler=scheduler, tokenizer=tokenizer)
        self.codec = Codec(tokenizer)
        model.eval()

    @classmethod
    def from_pretrained(
        cls, pretrained_model_name_or_path: str | Path, **options: Any
    ) -> CodeFusionPipeline:
        """Load what `codefusion.checkpoints.resolve_folder` finds under this name.

        Raises `CheckpointError` in one line when something is missing or corrupt. `options` go
        to the download, when there is one (`revision`, `token`, `cache_dir`).
        """
        folder = resolve_folder(str(pretrained_model_name_or_path), **options)
        try:
            index = json.loads((folder / "model_index.json").read_text())
            scheduler_name = index["scheduler"][1]
            schedulers = {one.__name__: one for one in SCHEDULERS.values()}
            if scheduler_name not in schedulers:
                raise unknown_name("scheduler", scheduler_name, schedulers)
            model = load_model(CodeFusionModel, folder)
            scheduler = schedulers[scheduler_name].from_pretrained(folder / "scheduler")
            tokenizer = load_tokenizer(folder / "tokenizer")
        except Exception as error:  # four libraries read these files, with classes of their own
            raise broken_checkpoint(folder, error) from error
        return cls(model, scheduler, tokenizer)

    def set_scheduler(self, name: str) -> None:
        """Swap the sampler for one of `SCHEDULERS`, on the same noise process."""
        self.scheduler = swap_scheduler(self.scheduler, name)

    @overload
    def __call__(self, utterance: str, **options: Any) -> list[Candidate]: ...
    @overload
    def __call__(self, utterance: Sequence[str], **options: Any) -> list[list[Candidate]]: ...

    @torch.no_grad()  # type: ignore[misc]  # its options are keywords, the overloads any
    def __call__(
        self,
        utterance: str | Sequence[str],
        *,
        language: str | None = None,
        table: Table | Sequence[Table] = (),
        num_candidates: int = 5,
        num_samples: int = DEFAULT_SAMPLES,
        num_inference_steps: int = 8,
        seed: int = 0,
        generator: torch.Generator | list[torch.Generator] | None = None,
        guidance_scale: float = 1.0,
        trace: bool = False,
        decoder_feedback: bool | None = None,
        callback_on_step_end: Callable[[CodeFusionPipeline, int, int, dict[str, Tensor]], Any]
        | None = None,
    ) -> list[Candidate] | list[list[Candidate]]:
        """Return ranked candidates for one utterance, or a list of such lists for many.

        Args:
            utterance: a sentence, or several; the result of one does not depend on the others.
            language: what the code is, a name of `codefusion.languages`; the model's own
                when it has only one. Programs are ranked and checked by its grammar.
            table: rows of text, the header first, for rules over columns; one per utterance
                when there are several.
            num_candidates: how many to return.
            num_samples: how many to draw and let vote; `num_candidates` when that is more.
                The ranking depends on it, and up to it not on `num_candidates`.
            num_inference_steps: denoising steps, between 1 and the model's T.
            seed: sample i is drawn from the seed `seed + i`, whatever the number of samples.
            generator: takes the place of `seed`: one, from which the seeds are drawn, or a
                list with one for each sample, which takes the place of `num_samples` too.
            guidance_scale: weight of the utterance against the noise prompt; 1 is none.
            trace: also decode the program at every step.
            decoder_feedback: replace N's estimate at each step by the embedding of tokens drawn
                from what D and H make of it; the model's own choice when not given. The paper
                runs D and H after the last step only.
            callback_on_step_end: called as (pipeline, step, timestep, {"latents": ...}).

        Raises:
            UsageError: on an empty or over-long utterance, or a number out of range.
        """
        many = not isinstance(utterance, str)
        utterances = [utterance] if isinstance(utterance, str) else list(utterance)
        tables: list[Any] = list(table) if many and table else [table] * len(utterances)
        if len(tables) != len(utterances):
            raise UsageError(f"{len(utterances)} utterances need as many tables, got {len(tables)}")
        language = self._language(language)
        draws = len(generator) if isinstance(generator, list) else max(num_candidates, num_samples)
        if num_candidates < 1:
            raise UsageError(f"num_candidates must be at least 1, got {num_candidates}")
        if num_samples < 1:
            raise UsageError(f"num_samples must be at least 1, got {num_samples}")
        if draws < num_candidates:
            raise UsageError(f"{num_candidates} candidates need as many generators, got {draws}")
        seeds = _seeds(draws, seed, generator)
        prompts = [
            self.codec.prompt(text, language or "code", rows, self.model.config.max_prompt_length)
            for text, rows in zip(utterances, tables, strict=True)
        ]
        drawn: list[Drawn] = []
        jobs = [(prompt, one) for prompt in prompts for one in seeds]
        for start in range(0, len(jobs), SAMPLES_AT_ONCE):
            drawn += self._draw(
                jobs[start : start + SAMPLES_AT_ONCE],
                num_inference_steps,
                guidance_scale,
                trace,
                decoder_feedback,
                callback_on_step_end,
            )
        results = [
            _candidates(
                drawn[i * draws : (i + 1) * draws], language, num_candidates, num_inference_steps
            )
            for i in range(len(utterances))
        ]
        return results if many else results[0]

    def _language(self, language: str | None) -> str | None:
        known = list(getattr(self.model.config, "languages", None) or [])
        if language is None:
            return known[0] if len(known) == 1 else None
        if language not in language_names():
            raise unknown_name("language", language, language_names())
        if known and language not in known:
            raise UsageError(f"this model writes {', '.join(known)}, not {language}")
        return language

    def _draw(
        self,
        jobs: list[tuple[EncodedPrompt, int]],
        steps: int,
        guidance: float,
        trace: bool,
        feedback: bool | None,
        callback: Callable[..., Any] | None,
    ) -> list[Drawn]:
        """Sample once for each (prompt, seed)."""
        model, device = self.model, self.model.device
        generators = [torch.Generator("cpu").manual_seed(seed) for _, seed in jobs]
        prompt = self._read(jobs, generators)
        lengths = prompt.lengths
        shape = (model.config.max_code_length, model.config.embedding_size)

        def noise(*size: int) -> Tensor:
            rows = [torch.randn(size, generator=one) for one in generators]
            return torch.stack(rows).to(device, model.dtype)

        latents = noise(*shape)
        total = model.config.num_train_timesteps
        if not 1 <= steps <= total:
            raise UsageError(f"steps must be between 1 and {total}, got {steps}")
        self.scheduler.set_timesteps(steps, device=device)
        latents = latents * self.scheduler.init_noise_sigma
        accepts_generator = "generator" in self.scheduler.step.__code__.co_varnames
        feedback = model.config.decoder_feedback if feedback is None else feedback
        # All positions are noised, whatever the lengths, so that a sample does not depend on the
        # others; N and D run on as many as the longest has.
        width = shape[0] if lengths is None else int(lengths.max())
        unwritable = self._unwritable([one for one, _ in jobs], lengths, width)
        clean: Tensor | None = None
        frames: list[tuple[int, Tensor, Tensor]] = []
        for index, timestep in enumerate(self.scheduler.timesteps):
            level = timestep.long().clamp(0, total - 1).expand(len(jobs))
            previous, noisy = clean, latents[:, :width]
            clean, epsilon = model.predict(noisy, level, prompt, previous)
            if guidance != 1.0:
                # The unconditional branch of pre-training: a fresh noise prompt at each step.
                # Its length is fixed: the padded width depends on the other utterances.
                length = max(1, model.config.max_prompt_length // 4)
                free_encoded = noise(length, model.config.encoder.d_model)
                free = model.prepare_prompt(free_encoded, None, lengths)
                free_clean, free_epsilon = model.predict(noisy, level, free, previous)
                clean = free_clean + guidance * (clean - free_clean)
                epsilon = free_epsilon + guidance * (epsilon - free_epsilon)
            last = index + 1 == len(self.scheduler.timesteps)
            if trace or feedback or last:
                # D reads N's own estimate, as in training.
                _, logits = model.decode(clean, prompt)
                logits = logits.float().masked_fill(unwritable, -torch.inf)
                probability = logits.softmax(dim=-1)
                confidence, tokens = probability.max(dim=-1)
            if trace:
                frames.append((int(level[0]), tokens, confidence))
            if feedback:
                cooled = logits / model.config.feedback_temperature
                clean = model.embedding(draw_tokens(cooled, generators, shape[0])[0])
                epsilon = epsilon_from_clean(noisy, clean, model.alpha_bar()[level])
            if width < shape[0]:
                whole = F.pad(clean, (0, 0, 0, shape[0] - width))
                rest = epsilon_from_clean(latents, whole, model.alpha_bar()[level])[:, width:]
                epsilon = torch.cat((epsilon, rest), dim=1)
            else:
                whole = clean
            output = whole if self.scheduler.config.prediction_type == "sample" else epsilon
            extra = {"generator": generators} if accepts_generator else {}
            latents = self.scheduler.step(output, timestep, latents, **extra).prev_sample
            if callback is not None:
                changed = callback(self, index, int(timestep), {"latents": latents}) or {}
                latents = changed.get("latents", latents)
        likelihood = _log_likelihood(tokens, confidence, self.tokenizer.pad_token_id, lengths)
        return self._collected(jobs, tokens, likelihood, frames)

    def _read(
        self, jobs: list[tuple[EncodedPrompt, int]], generators: list[torch.Generator]
    ) -> Prompt:
        """Encode the prompts, each once, and draw a length for each job where it is predicted."""
        model, device = self.model, self.model.device
        unique = list(dict.fromkeys(prompt.ids for prompt, _ in jobs))
        ids, mask = (x.to(device) for x in pad_rows(unique, self.tokenizer.pad_token_id))
        row_of = torch.tensor([unique.index(prompt.ids) for prompt, _ in jobs], device=device)
        encoded = model.encode(ids, mask)
        lengths = None
        if model.length is not None:
            quantiles = torch.cat([torch.rand(1, generator=one) for one in generators])
            lengths = draw_length(model.length(encoded, mask)[row_of], quantiles.to(device))
        return _select(model.prepare_prompt(encoded, mask), row_of, lengths)

    def _collected(
        self,
        jobs: list[tuple[EncodedPrompt, int]],
        tokens: Tensor,  # (jobs, positions)
        log_likelihood: Tensor,  # (jobs,)
        frames: Sequence[tuple[int, Tensor, Tensor]] = (),  # level, tokens, confidence
    ) -> list[Drawn]:
        drawn = []
        for row, (asked, seed) in enumerate(jobs):
            code = self.codec.text(tokens[row].tolist(), asked.slots)
            steps_seen = tuple(
                self._trace_step(number, level, ids_at[row], sure[row], asked)
                for number, (level, ids_at, sure) in enumerate(frames, start=1)
            )
            drawn.append(Drawn(Sample(code, seed, float(log_likelihood[row])), steps_seen))
        return drawn

    def _unwritable(
        self, prompts: list[EncodedPrompt], lengths: Tensor | None, width: int
    ) -> Tensor:
        """Return (prompts, 1 or width, vocabulary), True at tokens that cannot stand there.

        Those are the special tokens but pad, and slots that stand for nothing in the prompt.
        When the lengths are known, pad stands after them and nowhere else.
        """
        special = {*self.tokenizer.all_special_ids, *self.codec.slot_ids}
        special.remove(self.tokenizer.pad_token_id)
        absent = torch.zeros(len(prompts), self.model.config.vocab_size, dtype=torch.bool)
        absent[:, list(special)] = True
        for row, prompt in enumerate(prompts):
            absent[row, list(prompt.slots)] = False
        absent = absent.to(self.model.device)[:, None, :]
        if lengths is None:
            return absent
        inside = visible(lengths, width)[:, :, None]
        pad = torch.arange(absent.shape[-1], device=absent.device) == self.tokenizer.pad_token_id
        return torch.where(inside, absent | pad, ~pad)

    def _trace_step(
        self, number: int, level: int, ids: Tensor, confidence: Tensor, prompt: EncodedPrompt
    ) -> TraceStep:
        noise_level = 1.0 - float(self.model.alpha_bar()[level])
        kept = until_pad(ids.tolist(), self.tokenizer.pad_token_id)
        pieces = tuple(self.codec.text([token], prompt.slots) for token in kept)
        # Four digits are enough to draw with, but no probability is 0.
        sure = tuple(max(round(float(value), 4), 1e-4) for value in confidence[: len(kept)])
        code = self.codec.text(kept, prompt.slots)
        return TraceStep(number, noise_level, pieces, sure, code)


def load_model(kind: Any, folder: Path) -> Any:
    """Load a model class from a pipeline's folder; raises what its libraries raise."""
    model, report = kind.from_pretrained(
        folder / "model",
        local_files_only=True,
        use_safetensors=True,
        dtype=torch.float32,  # shipped weights are stored in half the bytes
        output_loading_info=True,
    )
    if report["missing_keys"]:
        # transformers would go on with random values.
        raise ValueError(f"it has no weights for {min(report['missing_keys'])}")
    return model


def broken_checkpoint(folder: Path, error: Exception) -> CheckpointError:
    """Return the one line that says why a checkpoint cannot be loaded."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return CheckpointError(f"the checkpoint {str(folder)!r} is incomplete or corrupt: {reason}")


def draw_tokens(
    logits: Tensor, generators: Sequence[torch.Generator], positions: int
) -> tuple[Tensor, Tensor]:
    """Draw a token at each of (rows, width) with the row's generator; return it and its chance.

    Each generator is asked for `positions` numbers, at least `width`, so that a row's next draw
    does not depend on how wide the others are.
    """
    probability = logits.float().softmax(dim=-1)
    uniform = torch.stack([torch.rand(positions, generator=one) for one in generators])
    uniform = uniform[:, : logits.shape[1], None].to(logits.device)
    chosen = (probability.cumsum(dim=-1) <= uniform).sum(dim=-1)
    # Rounding may leave the last sum just below 1, and the draw above it.
    beyond = chosen >= probability.shape[-1]
    chosen = torch.where(beyond, probability.argmax(dim=-1), chosen)
    return chosen, probability.gather(-1, chosen[..., None])[..., 0]


def _log_likelihood(
    tokens: Tensor, confidence: Tensor, pad_id: int, lengths: Tensor | None
) -> Tensor:
    """Return the mean log probability of each program's tokens, and of a pad that ends it."""
    if lengths is None:
        pads = (tokens == pad_id).long()
        counted = (pads.cumsum(dim=-1) - pads) == 0
    else:
        counted = visible(lengths, tokens.shape[1])
    logs = confidence.clamp_min(1e-9).log() * counted
    return logs.sum(dim=-1) / counted.sum(dim=-1)


def _select(prompt: Prompt, rows: Tensor, lengths: Tensor | None) -> Prompt:
    """Repeat the prompt's keys and values, one for each sample, and set the samples' lengths."""
    return Prompt(
        [(key[rows], value[rows]) for key, value in prompt.denoiser_memory],
        [(key[rows], value[rows]) for key, value in prompt.decoder_memory],
        None if prompt.mask is None else prompt.mask[rows],
        lengths,
    )


def _seeds(
    draws: int, seed: int, generator: torch.Generator | list[torch.Generator] | None
) -> list[int]:
    if isinstance(generator, list):
        return [one.initial_seed() for one in generator]
    if generator is not None:
        return torch.randint(0, 2**31, (draws,), generator=generator).tolist()
    if seed < 0:
        raise UsageError(f"a seed must not be negative, got {seed}")
    return [seed + i for i in range(draws)]


def _candidates(
    drawn: list[Drawn], language: str | None, num_candidates: int, steps: int
) -> list[Candidate]:
    traces = {one.sample.seed: one.trace for one in drawn}
    return [
        Candidate(
            code=entry.sample.code,
            score=entry.votes / len(drawn),
            seed=entry.sample.seed,
            steps=steps,
            valid=entry.valid,
            repeats=not entry.first,
            log_likelihood=entry.sample.log_likelihood,
            trace=traces[entry.sample.seed],
        )
        for entry in rank([one.sample for one in drawn], language)[:num_candidates]
    ]
