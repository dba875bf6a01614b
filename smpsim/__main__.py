"""``python -m smpsim``: the same as the command ``smpsim``."""

from smpsim.cli import main

if __name__ == "__main__":
    main()
