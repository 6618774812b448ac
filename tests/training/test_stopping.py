import numpy as np
import pytest

from nn import DivergedError, EarlyStopping, ReduceOnPlateau, StopAt
from nn.training.objective import Metrics
from nn.training.stopping import Best, Plateau


@pytest.mark.parametrize(
    ("goal", "loss", "accuracy", "error", "reached"),
    [
        (StopAt(loss=0.1), 0.1, 0, 1, True),
        (StopAt(loss=0.1), 0.1001, 1, 0, False),
        (StopAt(accuracy=1), 9, 1, 1, True),
        (StopAt(accuracy=1), 9, 0.99, 0, False),
        (StopAt(tolerance=0.4), 9, 0, 0.4, True),
        (StopAt(tolerance=0.4), 9, 1, 0.41, False),
        (StopAt(loss=0.1, accuracy=0.9), 0.1, 0.9, 1, True),
        (StopAt(loss=0.1, accuracy=0.9), 0.1, 0.8, 0, False),
        (StopAt(loss=0.1, accuracy=0.9), 0.2, 0.9, 0, False),
    ],
)
def test_a_goal_is_reached_when_all_that_is_given_is(goal, loss, accuracy, error, reached):
    assert goal.goal.met(np.array([loss, accuracy, error])) == reached


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StopAt(), "^StopAt needs a loss, an accuracy or a tolerance, as in loss: 0.01$"),
        (lambda: StopAt(loss=0), "^StopAt.loss must be greater than 0, got 0$"),
        (lambda: StopAt(accuracy=1.1), "^StopAt.accuracy must be at most 1, got 1.1$"),
        (lambda: StopAt(tolerance=-1), "^StopAt.tolerance must be greater than 0, got -1$"),
        (
            lambda: StopAt(loss=1, overshoot="ignored"),
            "^StopAt.overshoot needs a tolerance, which it widens; got none$",
        ),
        (lambda: EarlyStopping(patience=0), "^EarlyStopping.patience must be at least 1, got 0$"),
        (lambda: EarlyStopping(5, min_delta=-1), "^EarlyStopping.min_delta must be at least 0, got -1$"),
    ],
)
def test_impossible_goals_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_monitor_must_be_one_of_the_measures():
    with pytest.raises(
        TypeError, match="monitor must be one of 'loss', 'accuracy', 'val_loss', 'val_accuracy'"
    ):
        EarlyStopping(5, monitor="val_acc")


def seen(monitor, values, early_stopping=None):
    """What is best after these values of the monitor; the parameters are the number of the epoch."""
    best = Best(monitor, np.zeros(1), early_stopping)
    for epoch, value in enumerate(values, start=1):
        measures = Metrics(value, value)
        best.keep(epoch, measures, np.array([float(epoch)]), best.improves(epoch, measures))
    return best


@pytest.mark.parametrize(
    ("monitor", "epoch"), [("loss", 3), ("val_loss", 3), ("accuracy", 2), ("val_accuracy", 2)]
)
def test_the_best_is_the_first_smallest_loss_or_largest_accuracy(monitor, epoch):
    best = seen(monitor, [0.5, 0.9, 0.1, 0.1, 0.9])
    assert (best.kept_epoch, best.parameters.tolist()) == (epoch, [epoch])


def test_an_improvement_counts_from_more_than_min_delta():
    stopping = EarlyStopping(3, min_delta=0.25)
    assert seen("loss", [1, 0.75, 0.5], stopping).epoch == 3
    assert seen("loss", [1, 0.75], stopping).epoch == 1


def test_patience_is_over_after_so_many_epochs_without_improvement():
    best = seen("loss", [1, 0.5, 0.6, 0.7], EarlyStopping(3))
    assert [best.stale(epoch) for epoch in (3, 4, 5)] == [False, False, True]
    assert not seen("loss", [1, 2, 3]).stale(1000)


def test_a_loss_that_is_not_a_number_is_never_the_best():
    assert seen("loss", [np.nan, 1, np.nan]).epoch == 2


def test_before_any_finite_value_nothing_is_kept():
    assert seen("loss", [np.nan, np.inf]).kept_epoch is None


def test_a_candidate_that_measures_worse_than_the_best_renews_patience_and_is_not_kept():
    best = Best("loss", np.zeros(1), EarlyStopping(2))
    for epoch, (row, measured) in enumerate([(3.0, 1.0), (2.0, 1.5)], start=1):
        improved = best.improves(epoch, Metrics(np.array(row)))
        best.keep(epoch, Metrics(np.array(measured)), np.array([float(epoch)]), improved)
    assert (best.kept_epoch, best.parameters.tolist(), best.stale(3), best.stale(4)) == (1, [1], False, True)


def test_each_network_of_a_stack_has_its_own_best():
    best = Best("loss", np.zeros((3, 2)), None)
    for epoch, losses in enumerate([[3, 1, np.nan], [2, 2, np.inf]], start=1):
        measures = Metrics(np.array(losses))
        best.keep(epoch, measures, np.full((3, 2), float(epoch)), best.improves(epoch, measures))
    parameters = np.full((3, 2), 9.0)
    best.fill(parameters)
    assert parameters.tolist() == [[2, 2], [1, 1], [9, 9]]


def test_restoring_before_anything_was_seen_changes_nothing():
    parameters = np.ones(2)
    Best("loss", np.zeros(2), None).fill(parameters)
    assert parameters.tolist() == [1, 1]


def scales(schedule, monitor, epochs):
    """The scale of the learning rate after each epoch with these values of the monitor."""
    scale = np.ones((*np.shape(epochs[0]), 1))
    plateau, seen = Plateau(schedule, monitor, scale), []
    for epoch, value in enumerate(epochs, start=1):
        measures = Metrics(np.array(value), np.array(value))
        plateau.see(epoch, measures)
        seen.append(scale[..., 0].tolist())
    return seen


@pytest.mark.parametrize("monitor", ["loss", "val_loss"])
def test_a_rate_is_halved_after_patience_and_again_after_as_much(monitor):
    halves = ReduceOnPlateau(1.0, factor=0.5, patience=2)
    assert scales(halves, monitor, [3.0, 3, 3, 3, 3, 2, 2]) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_an_accuracy_improves_upwards_and_a_reduction_ends_at_the_smallest_rate():
    quarters = ReduceOnPlateau(0.5, factor=0.25, patience=1, min_rate=0.1, monitor="accuracy")
    assert scales(quarters, "accuracy", [0.1, 0.2, 0.2, 0.1]) == [1, 1, 0.25, 0.2]


def test_an_improvement_on_a_plateau_counts_from_more_than_min_delta():
    halves = ReduceOnPlateau(1.0, factor=0.5, patience=1, min_delta=0.25)
    assert scales(halves, "loss", [1, 0.75, 0.5]) == [1, 0.5, 0.5]


def test_each_network_of_a_stack_has_its_own_plateau_and_one_without_a_loss_is_no_progress():
    halves = ReduceOnPlateau(1.0, factor=0.5, patience=1)
    assert scales(halves, "loss", [[3, 3, np.nan], [2, 3, np.nan]]) == [[1, 1, 0.5], [1, 0.5, 0.25]]


@pytest.mark.parametrize(("loss", "word"), [(np.nan, "NaN"), (np.inf, "infinite")])
def test_divergence_names_the_epoch_and_what_to_try(loss, word):
    error = DivergedError(12, np.array(loss), 0.5)
    assert error.epoch == 12
    assert str(error) == (
        f"the loss became {word} at epoch 12; "
        "try a learning rate below 0.5, smaller initial weights or scaled inputs"
    )
