"""All requests about the contents of files and streams, gathered from their tables.

Not for finding, moving or managing files."""

from __future__ import annotations

from codefusion.data.bash_generator.text_book import BOOK
from codefusion.data.bash_generator.text_columns import COLUMNS
from codefusion.data.bash_generator.text_comparisons import COMPARISONS
from codefusion.data.bash_generator.text_edits import EDITS
from codefusion.data.bash_generator.text_pipelines import PIPELINES
from codefusion.data.bash_generator.text_reading import READINGS
from codefusion.data.bash_generator.text_searching import SEARCHES
from codefusion.data.bash_generator.text_writing import WRITES
from codefusion.data.weighted import Weighted

__all__ = ["BOOK", "TEMPLATES"]

TEMPLATES = Weighted([*READINGS, *SEARCHES, *EDITS, *WRITES, *COLUMNS, *PIPELINES, *COMPARISONS])
