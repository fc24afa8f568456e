"""Commands for a terminal: their dangers, what they mean, and choosing among them.

Not for generating them: nothing in here needs a model or a tensor, and nothing runs a command.
"""
