"""Changes bundled configurations at random, and sees that each is understood or refused in its place.

    python scripts/fuzz_configs.py --configs 10000 --seed 0

Text is changed (parts exchanged, doubled, lost, broken by what is hard to read) and so are trees (keys
and values that become others). What is made wrong for certain, by an unknown, lost or doubled key or a
value that no option takes, has to be refused; what is accepted has to fit the JSON Schema and to read
back from what `nn show` prints. A finding is also a traceback, an answer over a second, an answer that
does not name the file, and a character that could command a terminal.
"""

import argparse
import copy
import json
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from click.testing import CliRunner

from nn.cli.group import commands
from nn.config.json_schema import ALL, json_schema
from nn.config.load import dump, load_config
from nn.config.source import config_names, find_config

SLOW, HANG = 1.0, 20
"""Seconds that no answer may take, and after which one is given up."""
LARGEST = 10_000
"""Of samples, units and the like: more is work that somebody asked for."""
IMPOSSIBLE = 10**13
"""More than fits into memory, which is seen at once."""
Change = Callable[[str, random.Random], tuple[str, bool]]
"""Makes of a text another, and says whether that is wrong for certain."""

HARD = [
    "\x1b[31m", "\x1b]0;title\x07", "\0", "\x85", "\u2028", "\ufeff", "\u202e", "é", "日本", "😀", "\r", "\t",
    "&a ", "*a", "<<: *a", "!!python/object/apply:os.system [x]", "!!int ", "!!binary ", "!x ", "%YAML 9.9\n",
    "---\n", "...\n", "? ", "- ", ": ", ",", "[", "]", "{", "}", "#", " #", "|\n", ">\n", "'", '"', "@", "`",
    "\n", '"\\UFFFFFFFF"', '"\\ud800"', '"\\x1b"', "[[[[[[", "{a: {a: {a: ", "~", "=", "%", "\\",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, "yes", "on", "", " ", "a", "auto", "balanced", "standard", "cosine", "relu", "loss",
    "val_loss", "accuracy", 0, 1, 2, -1, 0.5, -0.5, 1.5, 1e-300, 1e300, IMPOSSIBLE, 10**19, -(10**19), "1e-3",
    float("inf"), float("nan"), [], {}, [1], [0, 1], ["a"], [[]], {"a": 1}, {"type": "sgd"}, {"type": []},
    {"epochs": 1}, {"seconds": 0.5}, "\x1b[31m", "\0", "x" * 1000, "/", "~nobody/x.csv", "gone.csv",
]  # fmt: skip
WORDS = [*config_names(), "dropout", *(name for kinds in ALL for name in kinds.table), "val_loss", "accuracy"]
NEVER: list[Any] = [-1, "", [[]], {"type": []}, -(10**19), float("nan"), "\x1b[31m"]
"""What no option takes that is not text or free: see `is_free`."""


def broken(text: str, rng: random.Random) -> tuple[str, bool]:
    """Something hard to read stands somewhere."""
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(HARD) + text[place + rng.choice([0, 0, 1, 5]) :], False


def shuffled(text: str, rng: random.Random) -> tuple[str, bool]:
    """Lines are lost, doubled, exchanged or indented otherwise."""
    lines = text.splitlines(keepends=True)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            lines[one] = " " * rng.randrange(8) + lines[one].lstrip(" ")
    return "".join(lines), False


def misspelt(text: str, rng: random.Random) -> tuple[str, bool]:
    """A character is another."""
    place = rng.randrange(len(text))
    return text[:place] + chr(
        rng.choice([rng.randrange(32, 127), rng.randrange(0x110000 - 0x2000) % 0xD800])
    ) + text[place + 1 :], False


def places(
    data: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[Any, str | int, tuple[str | int, ...]]]:
    """Each container, a key in it, and the path there."""
    inside: Any = (
        data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    )
    for key, value in list(inside):
        yield data, key, (*path, key)
        yield from places(value, (*path, key))


def in_tree(change: Callable[[Any, random.Random], bool]) -> Change:
    """The change of a tree as one of a text."""

    def changed(text: str, rng: random.Random) -> tuple[str, bool]:
        data = yaml.safe_load(text)
        if not isinstance(data, dict):
            return text, False
        wrong = change(data, rng)
        return yaml.dump(data, sort_keys=False, default_flow_style=rng.choice([None, False, True])), wrong

    changed.__name__ = change.__name__
    return changed


def another_value(data: Any, rng: random.Random) -> bool:
    """A value is another; some are wrong wherever they stand."""
    container, key, path = rng.choice([*places(data)])
    container[key] = copy.deepcopy(rng.choice(VALUES))
    return repr(container[key]) in map(repr, NEVER) and not is_free(path)


def is_free(path: tuple[str | int, ...]) -> bool:
    """Whether any text or number may stand here: names of columns, files, weights, ends of ranges."""
    return (path[0] == "data" and path[-1] in ("file", "target", "weight")) or "scale" in path


def other_number(data: Any, rng: random.Random) -> bool:
    """A number is another of about its size."""
    numbers = [(c, k) for c, k, _ in places(data) if type(c[k]) in (int, float)]
    container, key = rng.choice(numbers)
    number = container[key] * rng.choice([0.1, 0.5, 2, 3])
    container[key] = round(number) if isinstance(container[key], int) else number
    return False


def other_word(data: Any, rng: random.Random) -> bool:
    """A word is another that stands somewhere in a configuration."""
    words = [(c, k) for c, k, _ in places(data) if isinstance(c[k], str)]
    container, key = rng.choice(words)
    container[key] = rng.choice(WORDS)
    return False


def unknown_key(data: Any, rng: random.Random) -> bool:
    """A mapping has a key more."""
    mappings = [data, *(c[k] for c, k, _ in places(data) if isinstance(c[k], dict))]
    rng.choice(mappings)[rng.choice(["momentun", "colour", "Type", "", "\x1b[31m", "<<", "1"])] = 1
    return True


def lost_key(data: Any, rng: random.Random) -> bool:
    """A key is lost; the outer ones and what a kind is are needed."""
    container, key, path = rng.choice([*places(data)])
    del container[key]
    return path in [("data",), ("model",), ("loss",), ("optimizer",), ("training",)] or key in (
        "type",
        "units",
        "name",
        "layers",
    )


def grafted(data: Any, rng: random.Random) -> bool:
    """A part stands where another stood."""
    everywhere = [*places(data)]
    (container, key, _), (other, part, _) = rng.choice(everywhere), rng.choice(everywhere)
    container[key] = copy.deepcopy(other[part])
    return False


def doubled(text: str, rng: random.Random) -> tuple[str, bool]:
    """An outer key stands twice; the text is as it was bundled."""
    return f"{text}{rng.choice(['seed', 'loss', 'optimizer', 'training'])}: 1\n", True


CHANGES: list[Change] = [
    broken, shuffled, misspelt, doubled,
    *map(in_tree, [another_value, other_number, other_word, unknown_key, lost_key, grafted]),
]  # fmt: skip


def is_work(data: Any) -> bool:
    """Whether a configuration asks for more than a check should do."""
    numbers = [(k, c[k]) for c, k, _ in places(data) if isinstance(c[k], int)]
    return any((16 if key == "bits" else LARGEST) < number < IMPOSSIBLE for key, number in numbers)


class Timeout(BaseException):
    """No answer came."""


def give_up(*_: Any) -> None:
    """What the alarm does."""
    raise Timeout


def answer(arguments: list[str]) -> tuple[int, str, str, float]:
    """Exit code, output, errors and processor seconds of a command; a traceback as its text in the errors."""
    signal.setitimer(signal.ITIMER_REAL, HANG)
    began = time.process_time()
    try:
        result = CliRunner().invoke(commands, arguments)
        took = time.process_time() - began
        crashed = result.exception is not None and not isinstance(result.exception, SystemExit)
        errors = "".join(traceback.format_exception(result.exception)) if crashed else result.stderr
        return (-1 if crashed else result.exit_code), result.stdout, errors, took
    except Timeout:
        return -1, "", f"no answer in {HANG} s", HANG
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def objection(file: Path, wrong: bool, schema: Any) -> tuple[str, str]:
    """What became of a configuration (accepted, refused), and what speaks against that, if anything."""
    code, output, errors, took = answer(["show", str(file)])
    if code not in (0, 2):
        return "crashed", errors
    if took > SLOW:
        return "slow", f"{took:.1f} s"
    if any(not c.isprintable() and c != "\n" for c in output + errors):
        return "commands a terminal", repr(output + errors)
    if code == 2:
        return ("refused", "") if file.name in errors else ("does not name the file", errors)
    if wrong:
        return "wrong for certain, and accepted", output
    config = load_config(str(file))
    again = file.with_name("again.yaml")
    again.write_text(dump(config), encoding="utf-8")
    if load_config(str(again)) != config:
        return "reads back as another", dump(config)
    found = list(schema.iter_errors(json.loads(config.model_dump_json(exclude_none=True))))
    return ("against the JSON Schema", str(found[0])[:500]) if found else ("accepted", "")


def main() -> None:
    """Fuzz, print the findings and the counts; exit code 1 where there are findings."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--configs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, give_up)
    schema = jsonschema.Draft202012Validator(json_schema())
    originals = [find_config(name).read_text(encoding="utf-8") for name in config_names()]
    counts: Counter[tuple[str, str]] = Counter()
    findings = done = 0
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "my.yaml"
        while done < options.configs:
            text, wrong, change = rng.choice(originals), False, rng.choice(CHANGES)
            for _ in range(0 if change is doubled else rng.choice([0, 0, 1, 2])):
                text, _ = rng.choice(CHANGES[:3])(text, rng)
            try:
                text, wrong = change(text, rng)
                if is_work(yaml.safe_load(text)):
                    continue
            except Exception:  # whatever a text that is no longer YAML does to the change
                wrong = False
            file.write_text(text, encoding="utf-8", errors="surrogatepass")
            became, against = objection(file, wrong, schema)
            counts[change.__name__, became] += 1
            done += 1
            if against:
                findings += 1
                print(f"--- {change.__name__}: {became}\n{text}\n{against}", flush=True)
    kinds = sorted({became for _, became in counts})
    print(f"{'change':15}" + "".join(f"{kind:>12}" for kind in kinds))
    for name in sorted({name for name, _ in counts}):
        print(f"{name:15}" + "".join(f"{counts[name, kind]:>12,}" for kind in kinds))
    print(f"{done:,} configurations, {findings} findings")
    sys.exit(findings > 0)


if __name__ == "__main__":
    main()
