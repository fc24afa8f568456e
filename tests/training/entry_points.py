"""What the real processes of `test_processes` run; in a file of its own, for them to import it."""

import os
import resource
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

WITHOUT_DROPOUT = {"vocab_size": 64, "encoder": {"dropout_rate": 0.0}}


def command_line(arguments: Sequence[str], folder: str, largest_file: int | None = None) -> None:
    """Run `codefusion` with stdout and stderr in files of `folder`."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        opened = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    sys.argv = ["codefusion", *arguments]
    from codefusion.cli.main import main

    main()


def join(rank: int, world: int, port: int) -> None:
    """Set what `torchrun` sets for each of its processes."""
    os.environ.update(
        RANK=str(rank),
        LOCAL_RANK=str(rank),
        WORLD_SIZE=str(world),
        LOCAL_WORLD_SIZE=str(world),
        MASTER_ADDR="127.0.0.1",
        MASTER_PORT=str(port),
        GLOO_SOCKET_IFNAME="lo",
        ACCELERATE_USE_CPU="true",
    )


def whole_run(rank: int, world: int, port: int, content: Any, out: str, results: Any) -> None:
    """Put every step's result and where checkpoints were saved into the queue."""
    join(rank, world, port)
    from codefusion.quiet import quiet_libraries

    quiet_libraries()
    from codefusion.training.events import Saved
    from codefusion.training.loop import StepResult
    from codefusion.training.recipe import recipe_from
    from codefusion.training.run import run

    events = list(run(recipe_from(content), Path(out)))
    steps = [vars(event) for event in events if isinstance(event, StepResult)]
    saved = [event.path.name for event in events if isinstance(event, Saved)]
    results.put((rank, steps, saved))


def descend(rank: int, world: int, port: int, rows: Any, results: Any) -> None:
    """Take three steps of plain gradient descent on this rank's share of fixed batches."""
    if world > 1:
        join(rank, world, port)
    import torch
    from accelerate import Accelerator

    from codefusion.models import CodeFusionModel
    from codefusion.models.presets import preset_config
    from codefusion.objectives import LossWeights
    from codefusion.training.ema import ExponentialMovingAverage
    from codefusion.training.loop import train_phase
    from codefusion.training.recipe import Phase

    torch.set_num_threads(1)
    accelerator = Accelerator(cpu=True)
    # Weights differ before they are shared: the first process's must be everyone's.
    torch.manual_seed(rank)
    model = CodeFusionModel(preset_config("tiny", WITHOUT_DROPOUT))
    for name, parameter in model.encoder.named_parameters():
        parameter.requires_grad_(not name.endswith(("shared.weight", "embed_tokens.weight")))
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    prepared, optimizer = accelerator.prepare(model, torch.optim.SGD(learning, lr=1.0))
    ema = ExponentialMovingAverage(model, 0.9)
    share = (
        {key: torch.tensor(value)[rank::world] for key, value in batch.items()} for batch in rows
    )
    norms = [
        one.gradient_norm
        for one in islice(
            train_phase(
                prepared,
                optimizer,
                accelerator,
                share,
                Phase(steps=3, warmup=0, learning_rate=0.1),
                LossWeights(),
                ema,
                pad_id=0,
                clip=0.5,
            ),
            3,
        )
    ]
    weights = {name: p.detach().numpy() for name, p in model.named_parameters()}
    averages = {name: p.numpy() for name, p in ema.average.items()}
    results.put((rank, norms, weights, averages))
