import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    CosineDecay,
    Dense,
    DivergedError,
    Dropout,
    EarlyStopping,
    Hinge,
    MeanSquaredError,
    OneCycle,
    Quickprop,
    ReduceOnPlateau,
    Rprop,
    Sequential,
    Sigmoid,
    Softmax,
    StopAt,
    Tanh,
    Zeros,
    train,
)
from nn.random import generator
from nn.training.objective import Objective
from nn.validation import IncompatibleError

OPTIMIZERS = {
    "sgd": SGD(0.5),
    "momentum": SGD(0.1, momentum=0.9),
    "nesterov": SGD(0.1, momentum=0.9, nesterov=True),
    "adam": Adam(0.05),
    "schedule": Adam(CosineDecay(0.1, warmup=3), weight_decay=0.1),
    "plateau": SGD(ReduceOnPlateau(2.0, factor=0.5, patience=2, min_delta=0.01)),
    "clipped": SGD(0.5, clip_norm=0.1),
}

rng = np.random.default_rng(0)
X = rng.normal(size=(10, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)
HELD_OUT = rng.normal(size=(7, 2)), np.array([[0.0], [1], [1], [0], [1], [0], [1]])


def classifier(seed=0):
    return Sequential([Dense(4), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=seed)


def constant():
    """A network of one number b, whatever the input 0: it starts at 0."""
    return Sequential([Dense(1, initializer=Zeros())], inputs=1)


def run(network, epochs=20, loss=None, optimizer=None, x=X, y=Y, **options):
    loss, optimizer = loss or BinaryCrossEntropy(), optimizer or Adam(0.05)
    return list(train(network, loss, optimizer, x, y, epochs=epochs, **options))


# What the numbers mean


def test_loss_is_the_mean_over_batches_before_their_updates_weighted_by_their_size():
    # b = 0: the loss of (1, 1) is 1 and its gradient 2 (0 − 1), so b ← 0 + 0.5 · 2 = 1; that of 4 is then 9.
    network = constant()
    (report,) = run(
        network, 1, MeanSquaredError(), SGD(0.5), np.zeros((3, 1)), [1, 1, 4], batch_size=2, shuffle=False
    )
    assert report.loss == pytest.approx((2 * 1 + 1 * 9) / 3, rel=1e-15, abs=0)
    assert network.parameters.tolist() == [0, 1 + 0.5 * 2 * 3]


def test_accuracy_is_the_mean_over_batches_before_their_updates_weighted_by_their_size():
    # At b = 0 the output ½ stands for class 0: both of the first batch are wrong; then b > 0.
    network = Sequential([Dense(1, initializer=Zeros()), Sigmoid()], inputs=1)
    (report,) = run(network, 1, x=np.zeros((3, 1)), y=[1, 1, 1], batch_size=2, shuffle=False)
    assert report.accuracy == pytest.approx((2 * 0 + 1 * 1) / 3, rel=1e-15, abs=0)


def test_validation_is_of_the_weights_at_the_report_and_leaves_training_as_it_was():
    network, loss = classifier(), BinaryCrossEntropy()
    watched = train(network, loss, Adam(0.05), X, Y, epochs=20, validation=HELD_OUT)
    alone = run(classifier(), 20)
    for report, other in zip(watched, alone, strict=True):
        y, t = network.predict(HELD_OUT[0]), HELD_OUT[1]
        expected = -np.mean(np.log(np.where(t == 1, y, 1 - y)))
        assert report.val_loss == pytest.approx(expected, rel=1e-13, abs=0)
        assert report.val_accuracy == np.mean((y > 0.5) == t)
        assert (report.loss, other.val_loss) == (other.loss, None)


@pytest.mark.parametrize("report_every", [1, 3, 7, 20, 100])
def test_reports_hold_the_measures_of_every_epoch(report_every):
    every = np.array([report.loss for report in run(classifier())])
    right = np.array([report.accuracy for report in run(classifier())])
    reports = run(classifier(), report_every=report_every)
    assert np.array_equal(np.concatenate([report.losses for report in reports]), every)
    assert np.array_equal(np.concatenate([report.accuracies for report in reports]), right)
    assert all(report.accuracy == right[report.epoch - 1] for report in reports)
    assert [report.epoch for report in reports] == [*range(report_every, 20, report_every), 20]
    assert [report.stopped for report in reports] == [None] * (len(reports) - 1) + ["epochs"]
    assert all(report.loss == every[report.epoch - 1] for report in reports)


def test_seconds_grow_and_do_not_count_the_callers_own():
    reports = run(classifier())
    seconds = [report.seconds for report in reports]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0


@pytest.mark.parametrize(
    ("loss", "layers", "expected"),
    [
        (BinaryCrossEntropy(), [Dense(1), Sigmoid()], True),
        (BinaryCrossEntropy(), [Dense(2), Sigmoid()], False),
        (CategoricalCrossEntropy(), [Dense(2), Softmax()], True),
        (Hinge(), [Dense(1), Tanh()], True),
        (Hinge(), [Dense(2)], False),
        (MeanSquaredError(), [Dense(1), Sigmoid()], False),
    ],
)
def test_accuracy_is_measured_where_the_loss_tells_classes_apart(loss, layers, expected):
    t = np.eye(2)[:, : layers[0].units]
    (report,) = run(Sequential(layers, inputs=2), 1, loss, x=X[:2], y=t)
    assert (report.accuracy is not None) is expected


def test_accuracy_can_be_asked_for():
    assert run(classifier(), 1, MeanSquaredError(), classification=True)[0].accuracy is not None
    assert run(classifier(), 1, classification=False)[0].accuracy is None


# Batches and randomness


def batch_sizes(samples, size, seed=0, epochs=1, shuffle=True):
    """The size of the batch in which each sample came, in each epoch; ``(epochs, *stack, samples)``.

    Each sample has a weight of its own, which a step of small rate η moves by 2η/(size of the batch).
    """
    network = Sequential([Dense(1, initializer=Zeros())], inputs=samples, seed=seed)
    data, before, sizes = (np.eye(samples), np.ones(samples)), network.parameters.copy(), []
    options = {"epochs": epochs, "batch_size": size, "shuffle": shuffle}
    for _ in train(network, MeanSquaredError(), SGD(1e-9), *data, **options):
        moved = (network.parameters - before)[..., :samples]
        assert np.all(moved > 0), "some sample did not come"
        sizes.append(2e-9 / moved)
        before = network.parameters.copy()
    assert np.allclose(sizes, np.round(sizes), rtol=1e-5)
    return np.round(sizes)


@given(st.integers(1, 12), st.data(), st.booleans())
def test_every_sample_comes_once_an_epoch_and_only_one_batch_is_short(samples, data, shuffle):
    size = data.draw(st.integers(1, samples))
    short = samples % size
    expected = [short] * short + [size] * (samples - short)
    for sizes in batch_sizes(samples, size, seed=[3, 8], epochs=2, shuffle=shuffle).reshape(-1, samples):
        assert np.sort(sizes).tolist() == expected


def test_without_shuffling_the_last_samples_make_the_short_batch():
    assert batch_sizes(5, 3, epochs=2, shuffle=False).tolist() == [[3, 3, 3, 2, 2]] * 2


def test_each_epoch_and_each_network_has_an_order_of_its_own():
    stack = batch_sizes(20, 12, seed=[3, 8], epochs=3)
    assert len(np.unique(stack.reshape(-1, 20), axis=0)) == 6
    assert np.array_equal(stack[:, 1], batch_sizes(20, 12, seed=8, epochs=3))


def test_the_same_seed_gives_the_same_parameters_bit_for_bit():
    def trained(seed):
        network = classifier(seed)
        run(network, batch_size=3, validation=HELD_OUT)
        return network.parameters.tobytes()

    assert trained(1) == trained(1) != trained(2)


def test_training_leaves_the_initial_weights_of_a_seed_and_the_global_generator_alone():
    before, state = classifier().parameters, np.random.get_state()[1]  # noqa: NPY002  it is the subject
    run(classifier(), batch_size=3)
    assert np.array_equal(classifier().parameters, before)
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("options", [{}, {"batch_size": 4}, {"batch_size": 4, "validation": HELD_OUT}])
def test_a_stack_equals_its_members_trained_alone(optimizer, options):
    seeds = [3, 1, 4]
    stack = classifier(seeds)
    together = run(stack, optimizer=optimizer, **options)
    for member, seed in enumerate(seeds):
        network = classifier(seed)
        alone = run(network, optimizer=optimizer, **options)
        assert np.allclose(stack.parameters[member], network.parameters, rtol=1e-13, atol=1e-15)
        for ours, other in zip(together, alone, strict=True):
            assert ours.losses[:, member] == pytest.approx(other.losses, rel=1e-13, abs=0)
            assert ours.accuracy[member] == other.accuracy
            if "validation" in options:
                assert ours.val_loss[member] == pytest.approx(other.val_loss, rel=1e-13, abs=0)


# The learning rate


def rates(optimizer, epochs=20, **options):
    return [report.learning_rate for report in run(classifier(), epochs, optimizer=optimizer, **options)]


@pytest.mark.parametrize("report_every", [1, 3, 20])
@pytest.mark.parametrize("batch_size", [None, 4])
def test_the_rate_reported_is_that_of_the_last_step(batch_size, report_every):
    batches = 3 if batch_size else 1
    schedule = OneCycle(0.5, steps=20 * batches)
    expected = [schedule.rate(epoch * batches - 1) for epoch in (*range(report_every, 20, report_every), 20)]
    seen = rates(SGD(OneCycle(0.5)), batch_size=batch_size, report_every=report_every)
    assert seen == pytest.approx(expected, rel=1e-12)
    assert isinstance(seen[0], float)


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
@pytest.mark.parametrize("options", [{}, {"batch_size": 4}, {"stop_at": StopAt(loss=0.62)}])
def test_a_report_holds_the_rate_of_every_epoch(engine, options):
    every, (report,) = (
        run(classifier(), optimizer=SGD(OneCycle(0.5)), report_every=epochs, engine=engine, **options)
        for epochs in (1, 20)
    )
    assert report.learning_rates.tolist() == [one.learning_rate for one in every]
    assert len(set(report.learning_rates)) > 5


def plateau(**options):
    return SGD(ReduceOnPlateau(0.1, factor=0.5, **options))


def test_a_plateau_halves_the_rate_of_the_epochs_after_each_patience():
    # Nothing is an improvement but the first epoch, which is one over nothing.
    assert rates(plateau(patience=2, min_delta=100.0), 7) == [0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025]
    assert rates(plateau(patience=2, min_delta=100.0, min_rate=0.04), 7)[3:] == [0.05, 0.05, 0.04, 0.04]


def test_a_rate_stays_while_the_monitor_improves():
    assert set(rates(plateau(patience=1))) == {0.1}
    assert min(rates(plateau(patience=1, monitor="accuracy"))) < 0.1  # which improves in jumps


def test_patience_on_a_plateau_counts_epochs_however_many_a_report_covers():
    assert rates(plateau(patience=3, min_delta=100.0), 8, report_every=2) == [0.1, 0.1, 0.1, 0.05]


def test_a_plateau_is_that_of_the_validation_loss_where_there_is_one():
    x, y = HELD_OUT
    seen = rates(plateau(patience=1), 60, validation=(x, 1 - y))  # what is learned there is wrong
    assert seen[-1] < 0.1
    assert rates(plateau(patience=1, monitor="loss"), 60, validation=(x, 1 - y))[-1] == 0.1


@pytest.mark.parametrize("optimizer", [Rprop(), Rprop(variant="rprop_plus"), Quickprop()])
def test_batch_optimizers_train_on_the_whole_set_and_refuse_less(optimizer):
    assert run(classifier(), 5, optimizer=optimizer, batch_size=10)[-1].loss < run(classifier(), 1)[0].loss
    message = "trains on the whole set, got batch_size 4 of 10; leave batch_size out, or use sgd or adam"
    with pytest.raises(ValueError, match=f"^{type(optimizer).__name__} {message} for mini-batches$"):
        run(classifier(), optimizer=optimizer, batch_size=4)


# Weights, penalties, noise


def test_weights_multiply_and_the_loss_is_divided_by_the_count_of_samples():
    # b = 0: the losses are 1, 4 and 9; the weights 1·1, 2·1 and 3·1, or with class weights doubled for 1.
    data = {"x": np.zeros((3, 1)), "y": [1, 2, 3], "loss": MeanSquaredError(), "optimizer": SGD(1e-9)}
    (report,) = run(constant(), 1, **data, sample_weight=[1, 2, 3])
    assert report.loss == pytest.approx((1 * 1 + 2 * 4 + 3 * 9) / 3, rel=1e-15, abs=0)
    (report,) = run(constant(), 1, **data, sample_weight=[1, 2, 3], class_weight={1: 2}, classification=True)
    assert report.loss == pytest.approx(2 * (1 * 1 + 2 * 4 + 3 * 9) / 3, rel=1e-15, abs=0)


def test_a_whole_weight_counts_as_that_many_copies_of_a_sample():
    weights = np.arange(10) % 3
    weighted, copied = classifier(), classifier()
    run(weighted, sample_weight=weights, optimizer=SGD(0.1))
    copies = np.repeat(X, weights, axis=0), np.repeat(Y, weights, axis=0)
    run(copied, x=copies[0], y=copies[1], optimizer=SGD(0.1 * len(copies[0]) / 10))
    assert np.allclose(weighted.parameters, copied.parameters, rtol=1e-12)


def test_class_weights_are_the_same_as_weights_of_their_samples():
    one, other = classifier(), classifier()
    run(one, class_weight={1: 3.0}, batch_size=4)
    run(other, sample_weight=np.where(Y[:, 0] == 1, 3.0, 1.0), batch_size=4)
    assert np.array_equal(one.parameters, other.parameters)


def test_weights_leave_accuracy_and_validation_as_they_are():
    (plain,), (weighted,) = (
        run(classifier(), 1, validation=HELD_OUT, optimizer=SGD(1e-12), **weights)
        for weights in ({}, {"sample_weight": np.arange(10.0)})
    )
    assert weighted.loss != plain.loss
    assert weighted.accuracy == plain.accuracy
    assert weighted.val_loss == pytest.approx(plain.val_loss, rel=1e-9)


def test_penalties_are_in_the_loss_and_in_that_of_the_validation_set():
    def first(**options):
        network = Sequential([Dense(1, **options), Sigmoid()], inputs=2, seed=0)
        (report,) = run(network, 1, validation=HELD_OUT, optimizer=SGD(1e-12))
        return report, network.layers[0].weight

    (plain, w), (penalised, _) = first(), first(l1=0.5, l2=0.25)
    penalty = 0.5 * np.sum(np.abs(w)) + 0.25 * np.sum(w * w)
    assert penalised.loss - plain.loss == pytest.approx(penalty, rel=1e-9)
    assert penalised.val_loss - plain.val_loss == pytest.approx(penalty, rel=1e-9)


@pytest.mark.parametrize("engine", ["formulas", "numpy"])
def test_weights_into_a_unit_are_never_longer_than_max_norm_after_an_update(engine):
    network = Sequential([Dense(4, max_norm=0.5), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=0)
    for _ in train(network, BinaryCrossEntropy(), SGD(5.0), X, Y, epochs=20, engine=engine):
        lengths = np.linalg.norm(network.layers[0].weight, axis=0)
        assert lengths.max() <= 0.5 * (1 + 1e-14)
    assert lengths.max() == pytest.approx(0.5)
    assert np.linalg.norm(network.layers[2].weight) > 0.5


def test_an_epoch_reports_the_dropped_out_network_and_validation_the_whole_one():
    network = Sequential([Dropout(0.5), Dense(1), Sigmoid()], inputs=2, seed=0)
    (report,) = run(network, 1, validation=(X, Y), optimizer=SGD(1e-12))
    objective = Objective(network, BinaryCrossEntropy(), classification=True)
    assert report.val_loss == pytest.approx(objective.forward(X, Y).loss, rel=1e-9)
    noise = generator(0, "noise").random((10, 2))
    assert report.loss == pytest.approx(objective.forward(X, Y, noise=noise).loss, rel=1e-9)


def test_training_again_takes_the_same_noise():
    def network():
        return Sequential([Dense(3), Dropout(0.5), Dense(1), Sigmoid()], inputs=2, seed=3)

    one, other = network(), network()
    run(one, 5)
    other.forward(X, training=True)  # draws from its own
    run(other, 5)
    assert np.array_equal(one.parameters, other.parameters)


# When training ends


@pytest.mark.parametrize("report_every", [1, 7, 1000])
@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize(
    "goal", [StopAt(loss=0.1), StopAt(accuracy=1), StopAt(loss=0.2, accuracy=1)], ids=repr
)
def test_a_goal_ends_training_at_the_first_epoch_that_meets_it(goal, batch_size, report_every):
    loss, accuracy = goal.loss or np.inf, goal.accuracy or 0
    free = run(classifier(), 500, batch_size=batch_size)
    met = [report.loss <= loss and report.accuracy >= accuracy for report in free]
    options = {"batch_size": batch_size, "report_every": report_every, "stop_at": goal}
    reports = run(classifier(), 500, **options)
    assert (reports[-1].epoch, reports[-1].stopped) == (met.index(True) + 1, "stop_at")
    assert reports[-1].epoch > 7
    losses = np.concatenate([report.losses for report in reports])
    assert np.array_equal(losses, [report.loss for report in free[: len(losses)]])


def test_a_tolerance_is_met_when_every_output_is_that_near_its_target():
    network = classifier()
    errors = [np.abs(network.predict(X) - Y).max()]
    for _ in train(network, BinaryCrossEntropy(), Adam(0.05), X, Y, epochs=500):
        errors.append(np.abs(network.predict(X) - Y).max())
    first = next(epoch for epoch, error in enumerate(errors, start=1) if error <= 0.4)
    assert run(classifier(), 500, stop_at=StopAt(tolerance=0.4))[-1].epoch == first > 1


@pytest.mark.parametrize(("targets", "largest"), [([1, 1, 4], 3), ([4, 4, 4], 4)])
def test_the_largest_error_is_that_of_all_batches_before_their_updates(targets, largest):
    # As above: b = 0 for the first two; the update makes b their target.
    data = {"x": np.zeros((3, 1)), "y": targets, "batch_size": 2, "shuffle": False}
    for tolerance, stopped in ((largest, "stop_at"), (largest - 0.1, "epochs")):
        goal = StopAt(tolerance=tolerance)
        (report,) = run(constant(), 1, MeanSquaredError(), SGD(0.5), **data, stop_at=goal)
        assert report.stopped == stopped


def crossing(**options):
    """b goes from 0 to 1, and the held-out target ½ lies on its way: the 7th epoch comes nearest."""
    network, seen = constant(), []
    data = {"x": [[0]], "y": [[1]], "epochs": 100, "validation": ([[0]], [[0.5]]), **options}
    for report in train(network, MeanSquaredError(), SGD(0.05), **data):
        seen.append((report, network.parameters.copy()))
    return network, seen


def test_early_stopping_ends_with_patience_and_gives_back_the_best_weights():
    network, seen = crossing(early_stopping=EarlyStopping(patience=5))
    last, _ = seen[-1]
    best = min(seen, key=lambda pair: pair[0].val_loss)
    assert (best[0].epoch, last.best_epoch, last.epoch, last.stopped) == (7, 7, 12, "early_stopping")
    assert np.array_equal(network.parameters, best[1])
    assert network.parameters[1] == pytest.approx(1 - 0.9**7, rel=1e-14, abs=0)


def test_patience_counts_epochs_also_between_reports():
    network, seen = crossing(early_stopping=EarlyStopping(patience=5), report_every=4)
    assert [report.epoch for report, _ in seen] == [4, 8, 12, 16]
    assert (seen[-1][0].best_epoch, seen[-1][0].stopped) == (8, "early_stopping")
    assert network.parameters[1] == pytest.approx(1 - 0.9**8, rel=1e-14, abs=0)


def test_improvements_within_min_delta_do_not_renew_patience():
    # The loss is 0.81^(epoch − 1); from 0.81 to 0.6561 is less than 0.17, and to 0.5314 is more.
    stopping = EarlyStopping(patience=1, monitor="loss", min_delta=0.17)
    _, seen = crossing(early_stopping=stopping)
    assert (seen[-1][0].epoch, seen[-1][0].best_epoch) == (3, 1)


def test_with_validation_the_network_ends_with_its_best_weights_though_it_never_stops_early():
    network, seen = crossing()
    assert (seen[-1][0].epoch, seen[-1][0].best_epoch, seen[-1][0].stopped) == (100, 7, "epochs")
    assert np.array_equal(network.parameters, seen[6][1])


def test_leaving_the_loop_gives_back_the_best_weights():
    network = constant()
    for report in train(
        network, MeanSquaredError(), SGD(0.05), [[0]], [[1]], epochs=100, validation=([[0]], [[0.5]])
    ):
        if report.epoch == 20:
            break
    assert network.parameters[1] == pytest.approx(1 - 0.9**7, rel=1e-14, abs=0)


def test_without_validation_the_network_keeps_its_last_weights():
    network, seen = crossing(validation=None)
    assert seen[-1][0].best_epoch is None
    assert network.parameters[1] == pytest.approx(1 - 0.9**100, rel=1e-14, abs=0)


@pytest.mark.parametrize("report_every", [1, 1000])
def test_an_infinite_loss_ends_training_and_names_its_epoch(report_every):
    # From b = 0 towards 1 with the rate 2·10⁵⁰, 1 − b grows by the factor 1 − 4·10⁵⁰ in each epoch:
    # it is 10¹⁵² after three, and its square 10³⁰⁴; 10⁴⁰⁴ at the fifth is too large.
    options = {"epochs": 1000, "x": [[0]], "y": [[1]], "report_every": report_every}
    message = "^the loss became infinite at epoch 5; try a learning rate below 2e[+]50, smaller"
    with pytest.raises(DivergedError, match=message) as error:
        run(constant(), loss=MeanSquaredError(), optimizer=SGD(2e50), **options)
    assert error.value.epoch == 5


def test_a_loss_that_is_not_a_number_ends_training():
    network = classifier()
    network.parameters[0] = np.nan
    with pytest.raises(DivergedError, match=r"^the loss became NaN at epoch 1;"):
        run(network)


def test_a_diverged_network_holds_the_best_weights_it_had():
    network = constant()
    options = {"x": [[0]], "y": [[1]], "early_stopping": EarlyStopping(patience=50)}
    with pytest.raises(DivergedError):
        run(network, 100, MeanSquaredError(), SGD(2e50), **options)
    assert np.all(np.isfinite(network.parameters))


def test_a_stack_goes_on_without_its_diverged_members():
    stack = classifier([0, 1])
    stack.parameters[0] = np.nan
    alone = classifier(1)
    run(alone, 20)
    assert np.isnan(run(stack, 20)[-1].loss).tolist() == [True, False]
    assert np.allclose(stack.parameters[1], alone.parameters, rtol=1e-13)


# What does not fit together


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "^train: epochs must be at least 1, got 0$"),
        ({"batch_size": 0}, "^train: batch_size must be at least 1, got 0$"),
        ({"report_every": 0}, "^train: report_every must be at least 1, got 0$"),
        ({"x": X[:, :1]}, r"^x: expected the shape \(10, 2\), got \(10, 1\)$"),
        ({"x": X[0]}, r"^x: expected the shape \(2, 2\), got \(2,\)$"),
        ({"x": X[:0]}, r"^x: expected the shape \(samples, 2\), got \(0, 2\)$"),
        ({"y": Y[:9]}, r"^y: expected the shape \(10, 1\), got \(9, 1\)$"),
        ({"x": np.where(X > 0, np.nan, X)}, "^x: expected finite numbers, got NaN or infinity$"),
        ({"y": 2 * Y}, r"^BinaryCrossEntropy: targets must lie in \[0, 1\], got 2$"),
        ({"validation": (X, 2 * Y)}, r"^BinaryCrossEntropy: targets must lie in \[0, 1\], got 2$"),
        ({"loss": Hinge()}, "^Hinge needs outputs of both signs"),
        (
            {"loss": Hinge(), "stop_at": StopAt(tolerance=0.1)},
            "^stop_at.tolerance needs outputs that come near their targets, got scores of Hinge\n",
        ),
        ({"loss": CategoricalCrossEntropy()}, "^CategoricalCrossEntropy needs Softmax as the last layer"),
        (
            {"early_stopping": EarlyStopping(5, monitor="val_loss")},
            "^early_stopping.monitor 'val_loss' needs a validation set, got none; hold one out, or use",
        ),
        (
            {"optimizer": SGD(ReduceOnPlateau(0.1, monitor="val_accuracy"))},
            "^ReduceOnPlateau.monitor 'val_accuracy' needs a validation set, got none; hold one out, or use",
        ),
        (
            {"optimizer": SGD(OneCycle(0.1)), "epochs": 3},
            "^OneCycle.rise of 0.3 must be more than 1 of all steps, got 3 steps$",
        ),
        (
            {"early_stopping": EarlyStopping(5, monitor="accuracy"), "classification": False},
            "^early_stopping.monitor 'accuracy' needs a classification, got a regression; use 'loss'$",
        ),
        (
            {"stop_at": StopAt(accuracy=1), "classification": False},
            "^stop_at.accuracy needs a classification, got a regression$",
        ),
        ({"sample_weight": [1, 2]}, r"^sample_weight: expected the shape \(10,\), got \(2,\)$"),
        (
            {"sample_weight": -np.ones(10)},
            "^weights: expected finite numbers of at least 0, and one above 0$",
        ),
        (
            {"sample_weight": np.zeros(10)},
            "^weights: expected finite numbers of at least 0, and one above 0$",
        ),
        ({"sample_weight": np.full(10, np.nan)}, "^weights: expected finite numbers of at least 0"),
        ({"class_weight": {2: 1.0}}, "^class_weight: there is no class 2; there are: 0, 1$"),
        (
            {"class_weight": {1: 2.0}, "classification": False},
            "^class_weight needs a classification, got a regression$",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_training(options, message):
    network = classifier()
    with pytest.raises(ValueError, match=message):
        run(network, **options)
    assert np.array_equal(network.parameters, classifier().parameters)


def test_a_batch_beyond_the_set_is_the_whole_set():
    whole, beyond = classifier(), classifier()
    run(whole)
    run(beyond, batch_size=11)
    assert np.array_equal(beyond.parameters, whole.parameters)


def test_every_reason_is_told_at_once_each_with_its_argument():
    wrong = {
        "batch_size": 5,
        "optimizer": Rprop(),
        "early_stopping": EarlyStopping(5, "val_loss"),
        "y": 2 * Y,
    }
    with pytest.raises(IncompatibleError) as caught:
        run(classifier(), **wrong)
    arguments = [one.argument for one in caught.value.each()]
    assert arguments == ["early_stopping.monitor", "batch_size", "loss"]
    assert str(caught.value).splitlines() == [one.message for one in caught.value.each()]


def test_one_column_of_targets_may_be_a_plain_list():
    assert run(classifier(), 3, y=Y.ravel().tolist())[-1].loss == run(classifier(), 3)[-1].loss
