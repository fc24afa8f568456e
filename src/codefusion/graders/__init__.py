"""Metrics that compare a candidate with a gold, one file a language; no torch."""
