"""Keep the libraries' own progress bars and warnings off the terminal, for commands only."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_libraries() -> None:
    """Silence what transformers, diffusers and the Hub print while loading; call before import."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    warnings.filterwarnings("ignore", category=FutureWarning)
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    for library in (transformers_logging, diffusers_logging):
        library.set_verbosity_error()
        library.disable_progress_bar()
    # It warns at every checkpoint of tensors that E shares with itself.
    logging.getLogger("accelerate").setLevel(logging.ERROR)
