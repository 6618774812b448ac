"""What others compute: the reference values that ``scripts/make_reference.py`` stored."""

import json
from pathlib import Path

TORCH = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text(encoding="utf-8"))


def made(table, words):
    """What a name with its options describes: ``elu alpha 0.5`` is ``ELU(alpha=0.5)``."""
    name, *options = words.split()
    return table[name](**dict(zip(options[::2], map(float, options[1::2]), strict=True)))
