"""What all pipelines share: their files, and what may be asked of them.

Not for how queries are answered (`answering`), nor for how programs are drawn (`diffusion` and
`tokens`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self, overload

import torch
from diffusers import DiffusionPipeline

from codefusion.checkpoints import resolve_folder
from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.data.tokenization import load_tokenizer
from codefusion.errors import UsageError, unknown_name
from codefusion.languages import language_names
from codefusion.models import Prompt
from codefusion.pipeline.answering import answers
from codefusion.pipeline.candidates import Candidate
from codefusion.pipeline.decoding import trace_step
from codefusion.pipeline.draft import Start
from codefusion.pipeline.drawing import Draws, Frame, sample_seeds
from codefusion.pipeline.folders import broken_checkpoint, load_model, named_class
from codefusion.pipeline.jury import SETTINGS, Jury, jury_of, keep_jury
from codefusion.pipeline.options import DECODER, Callback, Options, Query, Watcher
from codefusion.pipeline.revision import Revision, asked_revision
from codefusion.pipeline.search import BEAMS

Table = Sequence[Sequence[str]]
DEFAULT_SAMPLES = 16
DEFAULT_STEPS = 8


class CodePipeline(DiffusionPipeline, ABC):
    """`model`, `scheduler` and `tokenizer`, by the convention of diffusers."""

    models: ClassVar[Mapping[str, Any]]
    """The classes that `model` may have, by their names."""

    model: Any
    scheduler: Any
    tokenizer: Any
    jury: Jury | None = None
    """What a search ranks by beside the model's own probability; may be set or taken away."""
    jury_kept: Jury | None = None
    """That of its folder, by which its scores were calibrated; not for callers to set."""

    def __init__(self, model: Any, scheduler: Any, tokenizer: Any) -> None:
        super().__init__()
        self.register_modules(model=model, scheduler=scheduler, tokenizer=tokenizer)
        self.codec = Codec(tokenizer)
        model.eval()

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | Path, **options: Any) -> Self:
        """Load what `codefusion.checkpoints.resolve_folder` finds under this name.

        Raises `CheckpointError` in one line when something is missing or corrupt. `options` go
        to the download, when there is one (`revision`, `token`, `cache_dir`).
        """
        folder = resolve_folder(str(pretrained_model_name_or_path), **options)
        try:
            model = load_model(named_class(folder, "model", cls.models), folder)
            scheduler = cls._load_scheduler(folder)
            tokenizer = load_tokenizer(folder / "tokenizer")
        except Exception as error:  # four libraries read these files, with classes of their own
            raise broken_checkpoint(folder, error) from error
        pipeline = cls(model, scheduler, tokenizer)
        pipeline.jury = pipeline.jury_kept = jury_of(folder)
        return pipeline

    def save_pretrained(self, save_directory: str | Path, **options: Any) -> None:
        """Write a folder that `from_pretrained` reads, its jury included.

        `options` are those of diffusers. Raises `CheckpointError` where a jury cannot be written.
        """
        folder = Path(save_directory)
        folder.mkdir(parents=True, exist_ok=True)
        if self.jury is not None:
            keep_jury(self.jury, folder)
        else:
            (folder / SETTINGS).unlink(missing_ok=True)
        super().save_pretrained(save_directory, **options)

    @classmethod
    @abstractmethod
    def _load_scheduler(cls, folder: Path) -> Any:
        """Load the scheduler from a pipeline's folder; raises what its libraries raise."""

    @abstractmethod
    def set_scheduler(self, name: str) -> None:
        """Swap the sampler; raises `UsageError` for one that this pipeline has not."""

    @abstractmethod
    def _check(self, options: Options) -> None:
        """Raise `UsageError` for what this pipeline has not."""

    def default_beams(
        self,
        num_candidates: int = 5,
        traced: bool = False,
        temperature: float = 1.0,
        revision: Revision | None = None,
    ) -> int:
        """Return with how many beams it searches where nothing else is asked for; 0 is to draw.

        10, or what its jury says, or as many as candidates, of a model that can be read from the
        left. It draws where its steps are to be seen (`traced`), a temperature is asked for or a
        draft is to be noised, none of which a search can.
        """
        searches = self.model.from_left and not traced and temperature == 1.0
        searches = searches and (revision is None or revision.can_be_searched)
        beams = BEAMS if self.jury is None else self.jury.settings.beams
        return max(beams, num_candidates) if searches else 0

    @abstractmethod
    def draw(
        self,
        asked: Sequence[EncodedPrompt],
        prompt: Prompt,
        generators: Sequence[torch.Generator],
        options: Options,
        start: Start | None,
    ) -> Draws:
        """Draw a program for each row of the prompt, each with its own generator, and rank none.

        With a `start`, what it pins stands in each, and it begins at the draft's noise level.
        """

    def _check_search(self, options: Options) -> None:
        if not options.num_beams:
            return
        if not self.model.from_left:
            raise UsageError("this model has no beams: it does not write from left to right")
        if options.traced or options.callback is not None:
            raise UsageError("a beam search has no steps to tell or trace: set num_beams to 0")
        if options.revision is not None and not options.revision.can_be_searched:
            raise UsageError(
                "a beam search noises no draft: say what to keep and no strength, or set num_beams "
                "to 0"
            )

    @property
    def default_steps(self) -> int:
        """How many denoising steps a draw has where nothing else is asked for.

        A token of a lagged model that is drawn anew more often reads more that is only half made
        to its right, and is right less often (docs/experiments.md, entry 47).
        """
        return 2 if self.model.config.lagged else DEFAULT_STEPS

    def most_steps(self, steps: int) -> int:
        """Return how many steps a draw takes at most where `steps` are asked for.

        What is written, or denoised, from the left takes more for longer programs, and ends with
        the last of them; of others it is the number of their steps.
        """
        config = self.model.config
        if getattr(self.model, "causal", False):
            return int(config.max_code_length) + 1  # a step for each token, and for the end
        return int(config.max_code_length) + steps - 1 if config.lagged else steps

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
        num_inference_steps: int | None = None,
        seed: int = 0,
        generator: torch.Generator | list[torch.Generator] | None = None,
        guidance_scale: float = 1.0,
        trace: bool = False,
        decoder_feedback: bool | None = None,
        shared_votes: bool = True,
        callback_on_step_end: Callback | None = None,
        on_step: Watcher | None = None,
        rounding: str = DECODER,
        num_beams: int | None = None,
        temperature: float = 1.0,
        draft: str | None = None,
        keep: str | Sequence[str] = (),
        strength: float | None = None,
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
            num_inference_steps: denoising steps, between 1 and the model's T; `default_steps` when
                not given. Of a lagged model, those of each token.
            seed: sample i is drawn from the seed `seed + i`, whatever the number of samples.
            generator: takes the place of `seed`: one, from which the seeds are drawn, or a
                list with one for each sample, which takes the place of `num_samples` too.
            guidance_scale: weight of the utterance against the noise prompt; 1 is none.
            trace: also decode the program at every step, see `codefusion.traces`.
            decoder_feedback: replace N's estimate at each step by the embedding of tokens drawn
                from what D and H make of it; the model's own choice when not given. The paper
                runs D and H after the last step only.
            shared_votes: let a sample share its vote among the programs that D held possible before
                its end, by their probability, and return those that no sample ended in as well;
                if not, each votes for the program that it is. Only D's choice is shared, and never
                a single sample's.
            callback_on_step_end: called as (pipeline, step, timestep, {"latents": ...}).
            on_step: called after each step with what it made of each sample, those of the first
                utterance first; more than 256 are drawn, and shown, in parts.
            rounding: how tokens are chosen, one of `ROUNDINGS`: by D and H, or, as in the paper's
                ablations (4.5), without them: the token nearest to N's estimate, by distance
                between embeddings, at the last step ("grounding") or at every step, which goes
                on from its embedding ("clamping"). A token's probability is then the softmax of
                half the negated squared distances.
            num_beams: search for the most probable programs with so many beams instead of
                drawing samples, see `beam.beam_search`; 0 is sampling. Nothing is random then and
                nothing votes: at most `num_beams` candidates come back, all of them different, in
                the order of their probability, or of what the `jury` makes of it. Where none is
                valid and there are two or more beams, it searches once more with twice as many.
                Only for a model that writes from the left or is lagged, whose own choice it is,
                with `default_beams`, where no `generator`, trace, callback, temperature or
                strength is given, nor a draft without anything to keep.
            temperature: of the baselines' sampling; 0 takes the likeliest token each time.
            draft: a program to revise. Where it searches, only what is kept of it counts; else it
                is noised to `strength` and denoised again. The draft itself comes last. Only for
                one utterance, and not by an auto-regressive model.
            keep: fragments that every candidate shall have, widened to whole tokens, in their
                order. A search has them wherever it is likeliest. Where the draft is noised, each
                stays where it stands, but for what the gaps between them grow or shrink by; without
                a draft, that is the best candidate of a plain draw that has them all, and more, and
                when none has, each sample has them at places of its own.
            strength: how far back to noise what is not kept, in (0, 1]: a share of the model's T,
                `DEFAULT_STRENGTH` where a draft is noised and it is not given. At 1 nothing of it
                is left.

        Raises:
            UsageError: on an empty or over-long utterance, a number out of range, or an option
                that this kind of pipeline has not.
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
        total = self.model.config.num_train_timesteps
        steps = self.default_steps if num_inference_steps is None else num_inference_steps
        if not 1 <= steps <= total:
            raise UsageError(f"steps must be between 1 and {total}, got {steps}")
        traced = trace or on_step is not None
        beams = num_beams
        revision = asked_revision(draft, keep, strength)
        if beams is None:
            draws_anyway = generator is not None or callback_on_step_end is not None
            chosen = self.default_beams(num_candidates, traced, temperature, revision)
            beams = 0 if draws_anyway else chosen
        options = Options(
            steps=steps,
            guidance=guidance_scale,
            trace=trace,
            feedback=decoder_feedback,
            shared_votes=shared_votes,
            callback=callback_on_step_end,
            rounding=rounding,
            num_beams=beams,
            temperature=temperature,
            on_step=on_step,
            revision=revision,
        )
        if options.revision is not None and len(utterances) != 1:
            raise UsageError(f"a revision is of one utterance, got {len(utterances)}")
        self._check(options)
        self._check_search(options)
        seeds = sample_seeds(draws, seed, generator)
        longest = self.model.config.max_prompt_length
        queries = [
            Query(
                text,
                self.codec.prompt(text, language or "code", rows, longest),
                language,
                seeds,
                num_candidates,
                rows,
            )
            for text, rows in zip(utterances, tables, strict=True)
        ]
        results = self.answer(queries, options)
        return results if many else results[0]

    @torch.no_grad()
    def answer(self, queries: Sequence[Query], options: Options) -> list[list[Candidate]]:
        """Return ranked candidates for each query, together; no answer depends on the others.

        For servers, which read what many ask; others call the pipeline, which also checks what is
        asked. With a revision in the options there is one query. Raises `UsageError` for a draft
        that is too long.
        """
        return answers(self, queries, options)

    def _language(self, language: str | None) -> str | None:
        known = list(getattr(self.model.config, "languages", None) or [])
        if language is None:
            return known[0] if len(known) == 1 else None
        if language not in language_names():
            raise unknown_name("language", language, language_names())
        if known and language not in known:
            raise UsageError(f"this model writes {', '.join(known)}, not {language}")
        return language

    def _keep(
        self,
        frames: list[Frame],
        number: int,
        frame: Frame,
        asked: Sequence[EncodedPrompt],
        options: Options,
    ) -> None:
        """Put step `number`, from 1, behind those before it, and show it to who watches."""
        if options.trace:
            frames.append(frame)
        if options.on_step is not None:
            options.on_step(
                [
                    trace_step(self.codec, number, frame, row, prompt)
                    for row, prompt in enumerate(asked)
                ]
            )
