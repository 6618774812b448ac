"""Finding on where a training ended that missed its goal: running off, saturated, flat, on a saddle."""

from collections.abc import Sequence

from nn.endpoints.explanation import TRIES
from nn.endpoints.judge import judge
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.optimizers.second_order.bayesian_regularization import BayesianRegularization


def where_it_ended(outcome: Outcome, explained: Sequence[Finding]) -> Finding | None:
    """What its last weights are, with the setting of the first trial that succeeded, or else what may help.

    None where numbers do not tell, where the goal was reached or there was none, and where the optimiser
    minimised more than the loss.
    """
    if outcome.stop_at is None or outcome.reached or outcome.diverged:
        return None
    if getattr(outcome.optimizer, "weight_decay", None) or isinstance(
        outcome.optimizer, BayesianRegularization
    ):
        return None
    verdict = judge(
        outcome.network,
        outcome.loss,
        *outcome.shares["training"],
        outcome.network.parameters,
        sample_weight=outcome.options.get("sample_weight"),
        class_weight=outcome.options.get("class_weight"),
    )
    told = any(finding.id in ("still_falling", "learning_rate_too_small") for finding in explained)
    if verdict.kind == "not decided" or (verdict.kind == "not stationary" and told):
        return None
    setting = explained[0].setting if explained else TRIES[verdict.kind]
    return Finding(verdict.kind.replace(" ", "_"), str(verdict), setting, verdict.measured)
