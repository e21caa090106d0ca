"""`python -m core COMMAND`: see `python -m core --help`."""

import sys

from core.cli.dispatch import main

if __name__ == "__main__":
    sys.exit(main())
