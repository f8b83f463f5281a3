"""Run the command line with ``python -m blogtools``."""

from blogtools.cli import main

if __name__ == "__main__":
    main()
