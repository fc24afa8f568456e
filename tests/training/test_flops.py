"""The formula for a step's arithmetic against torch's own counter, and the share of a peak."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from codefusion.models import CodeFusionModel
from codefusion.models.baselines import BASELINES
from codefusion.models.presets import preset_config
from codefusion.objectives import LossWeights, compute_losses
from codefusion.training.flops import peak_flops, step_flops
from codefusion.training.loop import StepResult
from codefusion.training.run import _logged

Batch = dict[str, torch.Tensor]


def batch_of(config: Any, prompts: int = 3, draws: int = 2, unsupervised: bool = False) -> Batch:
    random = torch.Generator().manual_seed(0)
    rows, width, seen = prompts * draws, 12, 10
    batch = {
        "code_ids": torch.randint(5, config.vocab_size, (rows, width), generator=random),
        "level": torch.randint(0, 1200, (rows,), generator=random),
        "noise": torch.randn((rows, width, config.embedding_size), generator=random),
    }
    if config.lagged:
        batch["level"] = 30 * torch.randint(0, 40, (rows, width), generator=random)
    if unsupervised:
        shape = (rows, seen, config.encoder.d_model)
        batch["noise_prompt"] = torch.randn(shape, generator=random)
    else:
        shape = (prompts, seen)
        batch["prompt_ids"] = torch.randint(5, config.vocab_size, shape, generator=random)
        batch["prompt_mask"] = torch.ones(shape, dtype=torch.long)
    if config.self_conditioning:
        batch["self_condition"] = torch.ones(rows, dtype=torch.bool)
    return batch


class Counter(TorchDispatchMode):
    """Torch's formulas; its own counter fails on a pass without gradients within one with them."""

    total = 0

    def __torch_dispatch__(
        self, operation: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        out = operation(*arguments, **(options or {}))
        count = flop_registry.get(operation._overloadpacket)
        if count is not None:
            self.total += count(*arguments, **(options or {}), out_val=out)
        return out


def counted(model: Any, batch: Batch, train_encoder: bool) -> int:
    """Return what torch counts in a step; its fused attention on CPUs is not counted."""
    model.encoder.requires_grad_(train_encoder)
    with sdpa_kernel(SDPBackend.MATH), Counter() as counter:
        output = model(**batch)
        config = model.config
        losses = compute_losses(
            output, batch["code_ids"], 0, config.parameterisation, LossWeights()
        )
        losses.total.backward()
    return counter.total


@pytest.mark.parametrize("train_encoder", [True, False])
@pytest.mark.parametrize("unsupervised", [True, False])
@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"self_conditioning": False, "predict_length": True},
        {"share_embeddings": False, "decoder_layers": 0},
        {"encoder": {"feed_forward_proj": "relu", "num_layers": 2}, "tie_head": True},
        {"backbone": "some", "backbone_size": 24},
        {"self_conditioning": False, "lagged": True},
    ],
)
def test_the_formula_counts_what_torch_counts_for_diffusion(
    overrides: dict[str, Any], unsupervised: bool, train_encoder: bool
) -> None:
    config = preset_config("tiny", {"vocab_size": 64, **overrides})
    batch = batch_of(config, unsupervised=unsupervised)
    if config.backbone is not None and not unsupervised:
        batch["features"] = torch.zeros((*batch["prompt_ids"].shape, 24))
    model = CodeFusionModel(config)
    expected = counted(model, batch, train_encoder)
    assert step_flops(model, batch, train_encoder) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("system", BASELINES)
@pytest.mark.parametrize("predict_length", [True, False])
def test_the_formula_counts_what_torch_counts_for_the_baselines(
    system: str, predict_length: bool
) -> None:
    overrides = {"vocab_size": 64, "predict_length": predict_length, "self_conditioning": False}
    model = BASELINES[system](preset_config("tiny", overrides))
    batch = batch_of(model.config)
    assert step_flops(model, batch, True) == pytest.approx(counted(model, batch, True), rel=0.01)


def test_the_log_tells_samples_a_second_and_the_share_of_the_peak() -> None:
    values = dict.fromkeys([one.name for one in fields(StepResult)], 1.0)
    result = StepResult(**{**values, "samples": 10, "flops": 3e12, "seconds": 2.0})  # type: ignore[arg-type]
    logged = _logged(result, peak=6e12)
    assert logged["train/samples_per_second"] == 5.0
    assert logged["train/mfu"] == 0.25
    assert "train/mfu" not in _logged(result, peak=None)
    assert "train/loss" in logged


def test_a_peak_is_known_for_a_few_gpus_or_given() -> None:
    cpu = torch.device("cpu")
    assert peak_flops(cpu, "bf16") is None
    assert peak_flops(cpu, "no", tflops=2.5) == 2.5e12


@pytest.mark.parametrize(
    ("name", "precision", "peak"),
    [
        ("NVIDIA H200", "bf16", 989e12),
        ("NVIDIA A100-SXM4-80GB", "bf16", 312e12),
        ("NVIDIA H200", "no", None),
        ("Some other GPU", "bf16", None),
    ],
)
def test_the_peak_goes_by_the_name_of_the_device_and_the_precision(
    monkeypatch: pytest.MonkeyPatch, name: str, precision: str, peak: float | None
) -> None:
    answer: Callable[[Any], str] = lambda device: name  # noqa: E731
    monkeypatch.setattr(torch.cuda, "get_device_name", answer)
    assert peak_flops(torch.device("cuda"), precision) == peak
