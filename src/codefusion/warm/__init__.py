"""A background process that keeps a model loaded, so that asking takes well under a second.

Not needed by anything: without it `codefusion ask` loads the model itself.
"""
