"""Summarizes a finished run: its metrics, why and when it stopped, and where its files are."""

from collections.abc import Iterator, Mapping, Sequence

from nn.cli.text import paragraph, printable, table
from nn.display import counted
from nn.findings.finding import Finding
from nn.metrics.assessment import Assessment
from nn.metrics.sheets import short
from nn.runs.directory import Recorder
from nn.runs.metrics import duration, metric_text


def summary(recorder: Recorder, stopped: str, measures: dict[str, dict[str, float]]) -> str:
    """The summary at the end of ``nn train``."""
    files = sorted(file.name for file in recorder.folder.iterdir())
    parts = [
        stop_reason(recorder, stopped),
        effective_parameters_text(recorder),
        metrics_table(measures, recorder.experiment.model.loss_name),
        *assessed(recorder.assessments),
        *found(recorder.findings),
        f"{printable(str(recorder.folder))}/  {'  '.join(files)}",
    ]
    return "\n".join(part for part in parts if part)


def stop_reason(recorder: Recorder, stopped: str) -> str:
    """Explain why training ended, after how many epochs and seconds."""
    last, options = recorder.last, recorder.experiment.options
    if last is None:
        return f"{stopped.capitalize()} before the first report."
    goal = options["stop_at"] and options["stop_at"].text
    missed = f"Did not reach {goal}: " if goal else "Stopped: "
    reason = {
        "stop_at": f"Reached {goal}",
        "epochs": f"Did not reach {goal}" if goal else "Trained",
        "early_stopping": "Stopped early",
        "interrupted": "Interrupted",
        "diverged": "Diverged",
        "minimum_gradient": f"{missed}the gradient is no larger than min_gradient (a minimum or a plateau),",
        "maximum_damping": f"{missed}no step with damping up to max_damping lowers the loss,",
        "no_progress": f"{missed}no step along the gradient lowers the loss,",
    }[stopped]
    epochs = last.epoch if last.reached is None else last.reached
    text = f"{reason} after {counted(epochs, 'epoch')} in {duration(last.seconds)}."
    if last.kept_epoch != epochs:
        kept = f"of epoch {last.kept_epoch:,}" if last.kept_epoch else "from the start"
        text += f" The weights are those {kept}, the best."
    return text


def effective_parameters_text(recorder: Recorder) -> str:
    """The number of effective parameters, if the method estimates it."""
    status = recorder.last and recorder.last.status
    if not status or status.effective_parameters is None:
        return ""
    parameters = recorder.experiment.model.network.parameters.size
    text = f"Effective parameters: {status.effective_parameters:.1f} of {parameters:,}."
    if status.collapsed:
        text += (
            " All weights have decayed to 0, as from this start the data determine none of them; "
            "try another seed, more hidden units, or levenberg_marquardt with early stopping."
        )
    return text


def assessed(assessments: Mapping[str, Assessment]) -> Iterator[str]:
    """The main metric of shares held out, beside its baseline; of the training share if it is no better."""
    for share, assessment in assessments.items():
        if share != "training" or assessment.remark:
            yield paragraph(printable(short(share, assessment)), indent="  ")


def found(findings: Sequence[Finding]) -> Iterator[str]:
    """Why the network does not learn, a paragraph each, and the setting that helps."""
    for finding in findings:
        yield paragraph(printable(f"→ {finding}"), indent="  ")


def metrics_table(measures: dict[str, dict[str, float]], loss_name: str) -> str:
    """A table of the metrics of each share; the loss has a name of its own."""
    if not measures:
        return ""
    names = list(next(iter(measures.values())))
    rows = [["", *(loss_name if name == "loss" else name for name in names)]]
    rows += [
        [share, *(metric_text(name, values[name]) for name in names)] for share, values in measures.items()
    ]
    return table(rows, "<" + ">" * len(names))
