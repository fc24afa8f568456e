"""Measuring: top-k accuracy with intervals. Ranking never sees a reference."""
