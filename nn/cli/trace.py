"""``nn trace``: write one training step as arithmetic to follow with a pocket calculator."""

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import user_errors
from nn.cli.text import width


@click.command("trace")
@config_argument
@set_option
@seed_option
@click.option(
    "--digits",
    type=click.IntRange(2, 15),
    metavar="N",
    default=4,
    show_default=True,
    help="Significant digits of each number.",
)
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="Follow this sample of the first batch."
)
@click.option("--markdown", is_flag=True, help="Write Markdown with formulas, as GitHub renders them.")
def command(
    config: str, settings: tuple[str, ...], seed: int | None, digits: int, sample: int | None, markdown: bool
) -> None:
    """Write out the first training step of CONFIG, number by number.

    One sample is followed forward and backward; gradients are sums over the whole batch. Large layers show
    their first units. The numbers are those of the recorded step (nn show --program).
    """
    from nn.config.load import load_config
    from nn.experiments.experiment import Experiment
    from nn.optimizers.base import FirstOrder
    from nn.trace.lesson import teach
    from nn.trace.pages import as_markdown, as_text

    with user_errors():
        resolved = load_config(config, with_seed(settings, seed))
    with user_errors(config):
        experiment = Experiment.of(resolved)
        experiment.train()  # checks that all parts are compatible; training begins with the first report
        model, optimizer = experiment.model, experiment.optimizer
        if not isinstance(optimizer, FirstOrder):
            raise ValueError(
                f"a trace follows one step of gradient descent; {type(optimizer).__name__} searches for its "
                "steps: take --set optimizer=sgd"
            )
        if any(weights is not None for weights in experiment.weights.values()):
            raise ValueError("a trace takes all samples alike: leave data.weight and class_weight out")
        x, t = model.arrays(experiment.shares["training"])
        size = experiment.options["batch_size"] or len(x)
        if sample and sample > size:
            raise ValueError(f"--sample: expected a sample of the first batch, 1 to {size}, got {sample}")
        lesson = teach(
            model.network,
            model.loss,
            optimizer.over(experiment.options["epochs"] * -(-len(x) // size)),
            x[:size],
            t[:size],
            sample=sample and sample - 1,
            classification=model.classes is not None,
        )
    pages = as_markdown(lesson, config, digits) if markdown else as_text(lesson, config, digits, width())
    click.echo("\n".join(pages))
