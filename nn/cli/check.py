"""``nn check``: compare the gradients of a network with derivatives that need no backpropagation."""

import math
from typing import TYPE_CHECKING

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import Failure, user_errors
from nn.cli.text import paragraph, table

if TYPE_CHECKING:
    from nn.experiments.experiment import Experiment
    from nn.gradcheck.comparison import GradientCheck, Row

JUDGES = {
    "complex step": "Backpropagation against the complex step, which is exact to rounding",
    "central differences": "Backpropagation against central differences, as formulas take no complex numbers",
    "numpy": "The recorded step, replayed with NumPy, against the formulas",
    "native": "The recorded step as compiled C, against the formulas",
    "Jacobian: complex step": "The Jacobian of the outputs (outputs, samples, …) against the complex step",
    "Jacobian: central differences": "The Jacobian of the outputs (outputs, samples, …) against differences",
    "Jacobian: numpy": "The recorded Jacobian, replayed with NumPy, against the formulas",
    "Jacobian: native": "The recorded Jacobian as compiled C, against the formulas",
}
"""The heading of each table."""


@click.command("check")
@config_argument
@set_option
@seed_option
def command(config: str, settings: tuple[str, ...], seed: int | None) -> None:
    """Check every gradient of the network of CONFIG numerically, on its own data.

    Backpropagation is compared with the complex step, or with central differences where a formula does not
    support complex numbers; the engines are compared with the formulas. The exit code is 1 if a gradient
    disagrees by more than rounding explains.
    """
    from nn.config.load import load_config
    from nn.experiments.experiment import Experiment

    with user_errors():
        resolved = load_config(config, with_seed(settings, seed))
    with user_errors(config):
        experiment = Experiment.of(resolved)
        experiment.train()  # checks that all parts are compatible; training begins with the first report
        check, looked_at, remarks = run_checks(experiment)
    network, count = experiment.model.network, len(experiment.shares["training"])
    samples = f"all {count}" if looked_at == count else f"{looked_at} of {count:,}"
    drawn = "" if looked_at == count else ", drawn from all of them"
    click.echo(paragraph(f"{network.parameters.size:,} parameters, on {samples} training samples{drawn}."))
    if network.dtype != float:
        remarks.insert(0, f"Checked in float64; the configuration trains in {network.dtype}.")
    for judge in dict.fromkeys(row.judge for row in check.rows):
        click.echo("\n" + judge_table(judge, [row for row in check.rows if row.judge == judge]))
    disagree = sum(not row.passed for row in check.rows)
    if not disagree:
        remarks.append(agreement_text(check))
    click.echo("".join(f"\n{paragraph(remark)}\n" for remark in remarks), nl=False)
    if disagree:
        raise Failure(f"{config}: {disagree} of {len(check.rows)} arrays of gradients disagree")


def run_checks(experiment: "Experiment") -> "tuple[GradientCheck, int, list[str]]":
    """Run the checks; returns their results, the number of samples, and what could not be checked."""
    from nn.engine.compiler import compiler
    from nn.engine.traced import NotRecordableError
    from nn.gradcheck.comparison import GradientCheck
    from nn.gradcheck.engines import check_engines
    from nn.gradcheck.gradients import check_gradients
    from nn.gradcheck.jacobian import check_jacobian
    from nn.gradcheck.samples import draw_samples
    from nn.optimizers.second_order.levenberg_marquardt import LevenbergMarquardt

    network, loss = experiment.model.network, experiment.model.loss
    arrays = experiment.model.arrays(experiment.shares["training"])
    weights = experiment.weights
    rows = check_gradients(network, loss, *arrays, **weights).rows
    jacobian = isinstance(experiment.optimizer, LevenbergMarquardt)
    if jacobian:
        rows += check_jacobian(network, loss, *arrays, **weights).rows
    remarks = []
    if network.noise:
        remarks.append("Dropout was off: what it leaves is the same formulas.")
    if not compiler():
        remarks.append("The engine 'native' was not checked: there is no C compiler.")
    try:
        native = bool(compiler())
        rows += check_engines(network, loss, *arrays, native=native, jacobian=jacobian, **weights).rows
    except NotRecordableError as error:
        remarks.append(f"The engines were not checked: {error}.")
    return GradientCheck(rows), len(draw_samples(network, loss, *arrays, **weights).x), remarks


def agreement_text(check: "GradientCheck") -> str:
    """Summarize a check that passed."""
    worst = max(row.error for row in check.rows)
    small = check.too_small
    end = f"; {small:,} {'was' if small == 1 else 'were'} too small to judge" if small else ""
    return (
        f"Every gradient agrees, within its rounding, to {worst:.0e} of the largest of its layer{end}."
        if small < sum(math.prod(row.shape) for row in check.rows)
        else f"All {small:,} gradients were too small to judge."
    )


def judge_table(judge: str, rows: "list[Row]") -> str:
    """The table of one reference method."""
    from nn.gradcheck.comparison import HEADINGS

    return f"{paragraph(JUDGES[judge] + ':')}\n{table([HEADINGS, *(row.cells for row in rows)], '<<<><<')}"
