"""Conditional formatting in workbooks: read a range, preview rules, write them. No models."""
