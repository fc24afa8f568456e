"""Rows, tokens and batches: from files to what a training step reads."""
