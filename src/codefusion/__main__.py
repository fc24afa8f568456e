"""`python -m codefusion`, which is also what `torchrun -m codefusion train ...` starts."""

from codefusion.cli.main import main

if __name__ == "__main__":
    main()
