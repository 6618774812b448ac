"""Files that mean harm, each as large as its kind is looked at."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from nn.cli.group import commands
from nn.config.source import MAX_CONFIG_BYTES

BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
MERGES = "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))


def filled(part: str, begin: str = "") -> bytes:
    """As many of a part as a file may hold."""
    return (begin + part * (MAX_CONFIG_BYTES // len(part.encode())))[: MAX_CONFIG_BYTES - 100].encode()


def sparse(path: Path) -> None:
    """A gigabyte of zeros that takes no room."""
    with path.open("wb") as file:
        file.truncate(1 << 30)


HOSTILE: dict[str, bytes | Callable[[Path], None]] = {
    "a gigabyte": sparse,
    "a large file": b"#" * (MAX_CONFIG_BYTES + 1),
    "brackets": filled("["),
    "braces": filled("{"),
    "mappings in mappings": filled("{a: "),
    "dashes": filled("- "),
    "question marks": filled("? "),
    "an alias bomb": f"a0: &a0 [x, x]\n{BOMB}".encode(),
    "a merge bomb": f"a0: &a0 {{x: 1}}\n{MERGES}".encode(),
    "anchors": filled("&a [", "seed: "),
    "unknown keys": "".join(f"key{n}: 1\n" for n in range(2_400)).encode(),
    "unknown keys in a line": f"{{{', '.join(f'key{n}: 1' for n in range(2_400))}}}".encode(),
    "doubled keys": filled("seed: 1\n"),
    "layers that are none": ("model: {layers: [" + "sigmoyd, " * 4_900 + "]}").encode(),
    "a long key": b"k" * 1000 + b": 1\n",
    "a long word": filled("x", "optimizer: "),
    "a long number": filled("9", "seed: "),
    "a number of many digits in quotes": filled("9", 'seed: "'),
    "a long text": filled("x y ", "optimizer: "),
    "escapes": filled("\\x41", 'optimizer: "'),
    "lines": filled("\n"),
    "comments": filled("#\n"),
    "a block of text": filled(" x\n", "optimizer: |\n"),
    "commas": filled("a,", "{"),
    "directives": filled("%A b\n"),
    "a version of many digits": b"%YAML 1." + b"1" * 5_000 + b"\n--- {}\n",
    "a character beyond all": b'loss: "\\UFFFFFFFF"\n',
    "half a character": b'loss: "\\ud800"\n',
    "documents": b"seed: 0\n---\nseed: 1\n",
    "control characters": b"seed: 0\nloss: \x1b]0;title\x07\n",
    "escaped control characters": b'loss: "\\e]0;title\\a\\e[31m"\n"\\e[2J": 1\n',
    "text that turns round": "loss: \u202esm\u202c\n".encode(),
    "zeros": b"\0" * 1_000,
    "UTF-16": "seed: 0\n".encode("utf-16"),
    "UTF-16 without a mark": "seed: 0\n".encode("utf-16-le"),
    "bytes of a picture": bytes(range(256)) * 100,
    "Python": b"!!python/object/apply:os.system ['echo harm']\n",
    "nothing": b"",
}


def peak() -> int:
    """The most memory that this process has had, in KiB; that of its parent does not count."""
    file = Path("/proc/self/status")
    status = file.read_text() if file.exists() else "VmHWM: 0"
    return int(status.partition("VmHWM:")[2].split()[0])


def main(folder: Path) -> None:
    """Ask for each of them in turn: exit codes, answers and seconds of processor time as JSON."""
    answers = {}
    for name, content in HOSTILE.items():
        file = folder / "my.yaml"
        file.write_bytes(content) if isinstance(content, bytes) else content(file)
        began = time.process_time()
        result = CliRunner().invoke(commands, ["show", str(file)])
        answers[name] = result.exit_code, result.stderr, time.process_time() - began
        assert not result.stdout, name
        assert isinstance(result.exception, SystemExit), name
    sys.stdout.write(json.dumps([answers, peak()]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
