"""What a command says on standard error, however slow the machine is."""


def without_progress(text: str) -> str:
    """A text without the lines of progress, of which a training writes one every ten seconds."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("epoch "))
