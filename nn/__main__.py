"""``python -m nn`` is the command ``nn``."""

from nn.cli import main

if __name__ == "__main__":
    main()
