"""Every size and choice of a CodeFusion model, and nothing of how it is trained.

The noise schedule is part of it: a model is meaningless on another schedule, so the two are
saved together.
"""

from __future__ import annotations

from typing import Any

from huggingface_hub.dataclasses import strict
from transformers import AutoConfig, PreTrainedConfig, T5Config

from codefusion.diffusion.schedules import NoiseSchedule
from codefusion.errors import UsageError, unknown_name

PARAMETERISATIONS = ("x", "epsilon")
SIZES = (
    "vocab_size",
    "embedding_size",
    "hidden_size",
    "num_heads",
    "feed_forward_size",
    "denoiser_layers",
    "max_prompt_length",
    "max_code_length",
    "backbone_size",
)


@strict
class CodeFusionConfig(PreTrainedConfig):
    """Configuration of `CodeFusionModel`.

    Args:
        vocab_size: tokens of L and H; the tokenizer of the code.
        encoder: configuration of E (any T5 family), an object or its dictionary.
        embedding_size: width of the space in which programs are noised (the paper's 512).
        hidden_size: width of the layers of N and D.
        num_heads: attention heads of N and D; must divide `hidden_size` into even heads.
        feed_forward_size: inner width of the gated feed-forward layers of N and D.
        denoiser_layers, decoder_layers: depth of N and D (the paper's 10 and 6). With no
            layers there is no D, as in Diffusion-LM and GENIE.
        max_prompt_length, max_code_length: tokens the prompt and the code are cut or padded to.
        backbone: a frozen pre-trained encoder of English that E reads beside the tokens, by the
            name that `load_backbone` takes; None for none.
        backbone_size: how many channels it has.
        dropout: in N and D, in [0, 1). E has its own.
        parameterisation: what N predicts, "x" (the clean embedding) or "epsilon" (the noise).
        noise_schedule, num_train_timesteps, log_snr_shift: see `NoiseSchedule`.
        normalize_embeddings: give each row of L zero mean and unit variance, so that the
            embeddings cannot collapse or outgrow the noise.
        self_conditioning: N also receives its previous estimate of the clean embedding.
        share_embeddings: E reads the utterance through L, which gives N and D a linear path for
            copying tokens of the utterance. Needs one tokenizer for both, as here.
        tie_head: H uses L's table for its matrix.
        decoder_feedback: in sampling, replace N's estimate at each step by the embedding of
            tokens drawn from what D and H make of it, at `feedback_temperature`. The paper does
            not: D and H run after the last step only.
        hottest_feedback: where set, each sample draws a temperature of its own, between
            `feedback_temperature` and this and evenly in its logarithm: the cool ones agree on
            the likeliest program, the hot ones find others.
        predict_length: guess from E_s how many tokens the program has, draw each sample with a
            length from that, and let N and D see those positions and nothing else. The paper
            writes pads after the program instead.
        lagged: noise leaves a program from the left, each token later than its left neighbour, see
            `codefusion.diffusion.lag`. N then reads at each token its left neighbour, too, and D
            goes on from N's states beside the estimate, so that the layers of an auto-regressive
            model can be taken as they are. Needs x-prediction; has no predicted length, since the
            end can be told from what stands before it, and no self-conditioning.
        score_calibration: slope and intercept that make scores mean how often a candidate is
            right, see `codefusion.calibration`; None where they were not fitted.
        languages: what the model was trained to write, names of `codefusion.languages`.
    """

    model_type = "codefusion"
    sub_configs = {"encoder": AutoConfig}  # noqa: RUF012 (transformers declares it so)

    vocab_size: int = 32100
    encoder: Any = None
    embedding_size: int = 512
    hidden_size: int = 512
    num_heads: int = 8
    feed_forward_size: int = 1024
    denoiser_layers: int = 10
    decoder_layers: int = 6
    max_prompt_length: int = 128
    max_code_length: int = 128
    backbone: str | None = None
    backbone_size: int = 384
    dropout: float = 0.1
    parameterisation: str = "epsilon"
    noise_schedule: str = "sqrt"
    num_train_timesteps: int = 1200
    log_snr_shift: float = 0.0
    normalize_embeddings: bool = True
    self_conditioning: bool = False
    share_embeddings: bool = False
    tie_head: bool = True
    decoder_feedback: bool = True
    feedback_temperature: float = 0.3
    hottest_feedback: float | None = None
    predict_length: bool = False
    lagged: bool = False
    score_calibration: list[float] | None = None
    languages: list[str] | None = None
    initializer_range: float = 0.02
    pad_token_id: int | None = 0
    eos_token_id: int | list[int] | None = 2
    mask_token_id: int | None = 4
    tie_word_embeddings: bool = False

    def __post_init__(self, **kwargs: Any) -> None:
        if self.encoder is None:
            self.encoder = T5Config(vocab_size=self.vocab_size)
        elif isinstance(self.encoder, dict):
            fields = dict(self.encoder)
            self.encoder = AutoConfig.for_model(fields.pop("model_type", "t5"), **fields)
        super().__post_init__(**kwargs)
        self._check()

    def _check(self) -> None:
        for name in SIZES:
            size = getattr(self, name)
            if not isinstance(size, int) or size < 1:
                raise UsageError(f"{name} must be a whole number from 1, got {size!r}")
        if not isinstance(self.decoder_layers, int) or self.decoder_layers < 0:
            raise UsageError(
                f"decoder_layers must be a whole number from 0, got {self.decoder_layers!r}"
            )
        if self.parameterisation not in PARAMETERISATIONS:
            raise unknown_name("parameterisation", self.parameterisation, PARAMETERISATIONS)
        if self.hidden_size % self.num_heads or self.hidden_size // self.num_heads % 2:
            raise UsageError(
                f"hidden_size {self.hidden_size} must be an even multiple of "
                f"num_heads {self.num_heads}"
            )
        if not self.feedback_temperature > 0.0:
            raise UsageError(
                f"feedback_temperature must be above 0, got {self.feedback_temperature}"
            )
        hottest = self.hottest_feedback
        if hottest is not None and hottest < self.feedback_temperature:
            raise UsageError(
                f"hottest_feedback must be at least feedback_temperature "
                f"{self.feedback_temperature}, got {hottest}"
            )
        fitted = self.score_calibration
        if fitted is not None and (len(fitted) != 2 or not fitted[0] > 0.0):
            raise UsageError(
                f"score_calibration must be a slope above 0 and an intercept, got {fitted}"
            )
        if not 0.0 <= self.dropout < 1.0:
            raise UsageError(f"dropout must be in [0, 1), got {self.dropout}")
        if self.lagged and (
            self.predict_length or self.self_conditioning or self.parameterisation != "x"
        ):
            raise UsageError(
                "a lagged model predicts x, and no length, and has no self-conditioning: set "
                "parameterisation to x, predict_length and self_conditioning to false"
            )
        if self.share_embeddings and self.encoder.vocab_size != self.vocab_size:
            raise UsageError(
                "share_embeddings needs one vocabulary, got "
                f"{self.encoder.vocab_size} for E and {self.vocab_size} for L"
            )
        self.schedule()

    def schedule(self) -> NoiseSchedule:
        """Return the noise schedule this model is trained and sampled on."""
        return NoiseSchedule(self.noise_schedule, self.num_train_timesteps, self.log_snr_shift)

    @property
    def prediction_type(self) -> str:
        """What schedulers of diffusers call the parameterisation."""
        return "sample" if self.parameterisation == "x" else "epsilon"
