"""Writes ``docs/verification.md``: what was compared with what, and how far apart the two were.

It runs the tests that hold our mathematics against judges that we did not write, and makes the page of
what they found: ``python scripts/write_verification.py``. Needs the extra ``dev`` only.
"""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.judges import BOOK, Verdict  # noqa: E402

TESTS = (
    "layers/test_activations.py",
    "test_losses.py",
    "layers/test_layers.py",
    "test_initializers.py",
    "test_network.py",
    "optimizers/test_reference.py",
    "optimizers/second_order/test_judges.py",
    "optimizers/second_order/test_evaluations.py",
    "metrics/test_scores.py",
    "statistics/test_shares.py",
    "statistics/test_survival.py",
    "statistics/test_order.py",
    "statistics/test_ranks.py",
    "statistics/test_means.py",
    "data/columns/test_reference.py",
)
TITLES = {
    "activation": "Activations",
    "loss": "Losses",
    "layer": "Layers alone",
    "network": "Deep networks",
    "regularisation": "Penalties, max-norm and weights of samples",
    "initializer": "Initialisers",
    "optimizer": "First-order optimisers",
    "clipping": "Clipping",
    "schedule": "Schedules",
    "second order": "Second-order methods",
    "metric": "Metrics",
    "statistic": "Statistics of studies",
    "preprocessing": "Preprocessing of tables",
}
INTRODUCTION = """\
# What was compared with what

Written by `scripts/write_verification.py` from the tests, which make these comparisons on every run. The
judges are programs and methods that are not ours: values and trajectories of PyTorch, SciPy, scikit-learn,
paramz, lifelines and statsmodels, stored in `tests/reference` by the `scripts/make_*reference.py`; certified
values of NIST; derivatives by the complex step, which know nothing of backpropagation. *Worst* is the largest
difference relative to the judge's value (beside numbers near 0, to the smallest that counts; of gradients
by the complex step, to the largest; of iterations, ours for each of theirs), and *allowed* is where the
test fails."""
REST = """
## What else is held against what

- The engines against the formulas: random networks, losses, optimisers, batches and stacks
  (`tests/engine/test_random_networks.py`), every bundled configuration (`tests/engine/test_configs.py`: 200
  steps), and every step that is recorded or compiled, before it trains (`nn/engine/verify.py`).
- The gradients of the network of a configuration, on its own data: `nn check CONFIG`; how much that check
  sees: [reliability.md](reliability.md).
- Each line of the derivation in [sigmoid.md](sigmoid.md) against the one before it, by SymPy
  (`tests/test_sigmoid_page.py`); each line that `nn trace` prints, by computing it again
  (`tests/trace/test_arithmetic.py`).
- Scaling of inputs against exact arithmetic (`fractions`, mpmath), for numbers of any size and distance from
  0: `tests/data/test_scaling.py`.
- What configurations say of themselves (how often they solve, how well they classify):
  `tests/test_configs.py`.
- Adam, Rprop and others on a parabola, Rosenbrock's valley and a badly scaled square: `tests/optimizers`.
"""


def main() -> None:
    """Run the tests, and write the page."""
    if pytest.main(["-q", "--no-header", "-n", "0", *(str(ROOT / "tests" / name) for name in TESTS)]):
        raise SystemExit("a comparison failed; the page stays as it is")
    parts = [INTRODUCTION]
    for kind, title in TITLES.items():
        parts.append(f"\n## {title}\n")
        parts.append("| | judge | compared | worst | allowed |\n|---|---|---|---|---|")
        parts.extend(rows([verdict for verdict in BOOK if verdict.kind == kind]))
    (ROOT / "docs" / "verification.md").write_text("\n".join([*parts, REST]), encoding="utf-8")


def rows(verdicts: list[Verdict]) -> list[str]:
    """A line for each piece, judge and bound, with the worst of what was compared."""
    together: dict[tuple[str, str, float], list[Verdict]] = {}
    for verdict in sorted(verdicts, key=lambda verdict: (verdict.piece, verdict.judge)):
        together.setdefault((verdict.piece, verdict.judge, verdict.allowed), []).append(verdict)
    lines = []
    for (piece, judge, allowed), same in together.items():
        compared = "; ".join(dict.fromkeys(verdict.compared for verdict in same))
        worst = max(verdict.found for verdict in same)
        numbers = (
            (f"{worst:.2f} times", f"{allowed:g} times")
            if compared.startswith("iterations")
            else (f"{worst:.1e}" if worst else "0", f"{allowed:.0e}")
        )
        lines.append(f"| {piece} | {judge} | {compared} | {' | '.join(numbers)} |")
    return lines


if __name__ == "__main__":
    main()
