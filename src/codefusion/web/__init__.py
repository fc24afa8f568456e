"""The page and the API of `codefusion serve`; the contract is docs/api.md.

Not for drawing programs (`pipeline`) nor for arguments (`cli.serve`). Needs the extra `serve`.
"""
