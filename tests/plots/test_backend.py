"""Pictures look the same without help on Matplotlib's artists, which someone at a prompt gets in full."""

import os
import subprocess
import sys

SCRIPT = """
{before}
from nn.plots import style
from matplotlib.lines import Line2D

figure = style.figure(3, 2, "title")
axes = figure.subplots()
axes.grid(axis="y", color="red", linewidth=0.8)
(line,) = axes.plot([0, 1, 0.5], marker="o", label="line")
line.set(color="red", lw=3)
axes.legend()
print("alpha" in Line2D.set.__doc__, "alpha" in Line2D.__init__.__doc__)
print(hash(style.pixels(figure, 100).tobytes()))
"""


def told_and_drawn(before: str) -> list[str]:
    """Whether a process lists the properties of lines, and what it draws, after running this."""
    command = [sys.executable, "-c", SCRIPT.format(before=before)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.splitlines()


def test_help_on_artists_is_written_at_a_prompt_alone_and_pictures_are_the_same() -> None:
    told, drawn = told_and_drawn("")
    told_at_prompt, drawn_at_prompt = told_and_drawn("import sys; sys.ps1 = '>>> '")
    assert (told, told_at_prompt) == ("False False", "True True")
    assert drawn == drawn_at_prompt
