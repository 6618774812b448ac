"""``nn check``: every gradient of a network, held against derivatives that need no backpropagation."""

from typing import TYPE_CHECKING

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import Failure, user_errors
from nn.cli.text import paragraph, table

if TYPE_CHECKING:
    from nn.config.build import Experiment
    from nn.gradcheck.rows import Proof, Row

JUDGES = {
    "complex step": "Backpropagation against the complex step, which is exact to rounding",
    "central differences": "Backpropagation against central differences of adaptive step, as there are kinks",
    "numpy": "The recorded step, replayed with NumPy, against the formulas",
    "native": "The recorded step as compiled C, against the formulas",
    "Jacobian: complex step": "The Jacobian of the outputs (outputs, samples, …) against the complex step",
    "Jacobian: central differences": "The Jacobian of the outputs (outputs, samples, …) against differences",
    "Jacobian: numpy": "The recorded Jacobian, replayed with NumPy, against the formulas",
    "Jacobian: native": "The recorded Jacobian as compiled C, against the formulas",
}
"""What each table shows."""


@click.command("check")
@config_argument
@set_option
@seed_option
def command(config: str, settings: tuple[str, ...], seed: int | None) -> None:
    """Prove every gradient of the network of CONFIG, on its own data.

    Backpropagation is held against the complex step, or against central differences where a formula has
    kinks (relu); what the engines compute is held against the formulas. Exit code 1 where any gradient
    is wrong.
    """
    from nn.config.build import Experiment
    from nn.config.files import load
    from nn.gradcheck.gradients import SAMPLES

    with user_errors():
        resolved = load(config, with_seed(settings, seed))
    with user_errors(config):
        experiment = Experiment.of(resolved)
        experiment.train()  # checks that all fits together; training itself begins with the first report
        proof, remarks = prove(experiment)
    network, count = experiment.model.network, len(experiment.shares["training"])
    samples = f"the first {SAMPLES} of {count:,}" if count > SAMPLES else f"all {count}"
    click.echo(paragraph(f"{network.parameters.size:,} parameters, on {samples} training samples."))
    if network.dtype != float:
        remarks.insert(0, f"Checked in float64; the configuration trains in {network.dtype}.")
    for judge in dict.fromkeys(row.judge for row in proof.rows):
        click.echo("\n" + judged(judge, [row for row in proof.rows if row.judge == judge]))
    failed = sum(not row.passed for row in proof.rows)
    if not failed:
        remarks.append("Every gradient is right. Errors are relative to the layer's largest gradient.")
    click.echo("".join(f"\n{paragraph(remark)}\n" for remark in remarks), nl=False)
    if failed:
        raise Failure(f"{config}: {failed} of {len(proof.rows)} arrays of gradients are wrong")


def prove(experiment: "Experiment") -> "tuple[Proof, list[str]]":
    """What the checks found, and what could not be checked."""
    from nn.engine.compiler import compiler
    from nn.engine.traced import NotRecordableError
    from nn.gradcheck.engines import check_engines
    from nn.gradcheck.gradients import check_gradients
    from nn.gradcheck.jacobian import check_jacobian
    from nn.gradcheck.rows import Proof
    from nn.second_order.levenberg_marquardt import LevenbergMarquardt

    network, loss = experiment.model.network, experiment.model.loss
    arrays = experiment.model.arrays(experiment.shares["training"])
    rows = check_gradients(network, loss, *arrays).rows
    jacobian = isinstance(experiment.optimizer, LevenbergMarquardt)
    if jacobian:
        rows += check_jacobian(network, loss, *arrays).rows
    remarks = []
    if network.noise:
        remarks.append("Dropout was off: what it leaves is the same formulas.")
    if not compiler():
        remarks.append("The engine 'native' was not checked: there is no C compiler.")
    try:
        rows += check_engines(network, loss, *arrays, native=bool(compiler()), jacobian=jacobian).rows
    except NotRecordableError as error:
        remarks.append(f"The engines were not checked: {error}.")
    return Proof(rows), remarks


def judged(judge: str, rows: "list[Row]") -> str:
    """The table of one judge."""
    from nn.gradcheck.rows import TOLERANCES

    lines = [["layer", "array", "shape", "error", "at", ""]]
    for row in rows:
        shape = " × ".join(map(str, row.shape))
        kinks = f", {row.kinks} kink{'s'[: row.kinks != 1]}" if row.kinks else ""
        verdict = ("ok" if row.passed else "wrong") + kinks
        lines.append([row.layer, row.array, shape, f"{row.error:.1e}", str([*row.at]), verdict])
    title = paragraph(f"{JUDGES[judge]} (passes to {TOLERANCES[judge]:.0e}):")
    return f"{title}\n{table(lines, '<<<><<')}"
