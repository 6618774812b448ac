"""Writes movies of training: the network and its predictions at each snapshot, beside the loss."""

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from nn.arrays import Array
from nn.diagram.portrait import Portrait, on_one_scale
from nn.plots import style
from nn.plots.lines import Look, draw_height_lines, draw_line, drawable, scale_x, scale_y
from nn.plots.network import draw_portrait, extent_of, portrait_of
from nn.plots.regions import draw_answers
from nn.plots.view import View
from nn.runs.differences import loss_words
from nn.runs.reading import Run
from nn.storage.writing import write_whole

ENDINGS = (".gif", ".mp4")
MOVIE_DPI = 90
SECONDS = 0.35
"""How long each frame is shown; the last one longer."""
LAST_SECONDS = 2.0
MAX_MOVED_UNITS = 6
"""The maximum number of units of a layer in the picture of the network."""
GIF_COLORS = 128
"""The palette of a GIF, large enough to keep the colours of small marks."""


def movie_format(path: Path) -> str:
    """Return the format that a file's ending names.

    Raises ValueError for an unknown one, and for an MP4 if there is no ffmpeg.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ValueError(
            f"{path}: expected a movie that ends in {' or '.join(ENDINGS)}, got {ending or 'none'}"
        )
    if ending == ".mp4" and not shutil.which("ffmpeg"):
        raise ValueError(
            f"{path}: an MP4 needs ffmpeg, which is not installed; take a name that ends in .gif"
        )
    return ending


def write_movie(pictures: Sequence[NDArray[np.uint8]], path: Path) -> None:
    """Write frames to a file; the same frames give the same bytes."""
    drawn = [Image.fromarray(picture) for picture in pictures]
    if movie_format(path) == ".gif":
        write_whole(path, as_gif(drawn))
    else:
        write_mp4(drawn, path)


def frames(run: Run) -> Iterator[NDArray[np.uint8]]:
    """Yield a frame for each snapshot, ``(height, width, 3)``; the last one shows the network that was kept.

    Raises ValueError for a run without snapshots.
    """
    view = View.of(run)
    snapshots = view.snapshots
    order = [*range(len(snapshots))]
    if snapshots.epochs[-1] != view.epoch:  # training went on from there: come back to it
        order += np.flatnonzero(snapshots.epochs == view.epoch).tolist()
    columns = run.columns(["epoch", "loss", "val_loss"])
    last = style.figure(4, 4).subplots()
    draw_answers(last, view)
    limits: Any = {
        "xlim": last.get_xlim(),
        "ylim": last.get_ylim(),
    }  # those of the network that was kept for all
    networks = on_one_scale([portrait_at(view, snapshots.parameters[row]) for row in order])
    for row, network in zip(order, networks, strict=True):
        epoch, parameters = int(snapshots.epochs[row]), snapshots.parameters[row]
        figure, (left, right) = frame_axes(f"{run.name}, {view.named(epoch)}", network)
        with view.at(parameters):
            draw_answers(left, view)
        left.set(**limits)
        draw_loss(right, columns, epoch, loss_words([run]))
        yield np.asarray(style.pixels(figure, MOVIE_DPI))


def portrait_at(view: View, parameters: Array) -> Portrait | None:
    """Look at the network of a snapshot; None if it cannot be drawn."""
    with view.at(parameters):
        try:
            return portrait_of(view, MAX_MOVED_UNITS)
        except ValueError:
            return None


def frame_axes(title: str, network: Portrait | None) -> tuple[Figure, list[Axes]]:
    """Make a frame, with the network on its left if there is one; returns the axes of answers and of loss."""
    if network is None:
        figure = style.figure(9.6, 4.4, title)
        axes = [*figure.subplots(1, 2, width_ratios=(5, 4))]
    else:
        width, height = extent_of(network.layout)
        figure = style.figure(width + 5.6, max(height + 0.5, 6.2), title)
        left, right = figure.subfigures(1, 2, width_ratios=(width, 5.6), squeeze=False)[0]
        draw_portrait(left.subplots(), network)
        axes = [*right.subplots(2, 1, height_ratios=(3, 2))]
    figure.set_dpi(MOVIE_DPI)
    return figure, axes


def draw_loss(axes: Axes, columns: dict[str, NDArray[Any]], epoch: int, words: str) -> None:
    """Draw the loss of the whole run, faint after the current epoch."""
    draw_height_lines(axes)
    epochs = columns["epoch"]
    so_far = epochs <= epoch
    shown, ends = [], []
    for name, color in (("loss", style.COLORS[0]), ("val_loss", style.COLORS[6])):
        if name not in columns:
            continue
        values = drawable(columns[name])
        shown.append(values)
        draw_line(axes, epochs, values, Look(color, "-", 1.0, 0.3), f"{name}, to come")
        label = "validation" if name == "val_loss" else "training"
        draw_line(axes, epochs[so_far], values[so_far], Look(color), label)
        ends += [style.EndLabel(label, float(end), color) for end in values[np.isfinite(values)][-1:]]
        if so_far.any():
            last = int(np.flatnonzero(so_far)[-1])
            axes.plot(epochs[last], values[last], "o", color=color, markersize=7, markeredgecolor="white")
    everything = np.concatenate(shown)
    scale_x(axes, epochs[0], epochs[-1], "epoch")
    scale_y(axes, everything[np.isfinite(everything)], words)
    style.label_ends(axes, ends)


def as_gif(pictures: list[Image.Image]) -> bytes:
    """Encode frames as a GIF that repeats."""
    palette = pictures[-1].quantize(GIF_COLORS, Image.Quantize.MAXCOVERAGE)
    drawn = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    times = [int(1000 * SECONDS)] * (len(drawn) - 1) + [int(1000 * LAST_SECONDS)]
    buffer = io.BytesIO()
    drawn[0].save(
        buffer, "GIF", save_all=True, append_images=drawn[1:], duration=times, loop=0, optimize=False
    )
    return buffer.getvalue()


def write_mp4(pictures: list[Image.Image], path: Path) -> None:
    """Write frames as H.264, whole or not at all; raises OSError with ffmpeg's message."""
    width, height = (size - size % 2 for size in pictures[0].size)
    rate = f"{1 / SECONDS:.4f}"
    temporary = path.with_name(f".{path.name}.tmp.mp4")
    given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", rate, "-i", "-"]
    made = ["-pix_fmt", "yuv420p", "-fflags", "+bitexact", "-threads", "1", str(temporary)]
    command = ["ffmpeg", "-loglevel", "error", "-y", *given, *made]
    last = [pictures[-1]] * int(LAST_SECONDS / SECONDS)
    raw = b"".join(picture.crop((0, 0, width, height)).tobytes() for picture in [*pictures, *last])
    temporary.unlink(missing_ok=True)  # it may be a symbolic link
    try:
        result = subprocess.run(command, input=raw, capture_output=True, check=False)
        if result.returncode:
            raise OSError(result.returncode, result.stderr.decode(errors="replace").strip(), str(path))
        write_whole(path, temporary.read_bytes())
    finally:
        temporary.unlink(missing_ok=True)
