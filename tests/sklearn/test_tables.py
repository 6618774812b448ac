"""DataFrames as people have them: words, gaps, dates; columns known by their names."""

import numpy as np
import pandas as pd
import pytest

import nn
from nn.sklearn import NeuralNetworkClassifier, NeuralNetworkRegressor

PEOPLE = pd.DataFrame(
    {
        "age": [22.0, 38.0, np.nan, 35.0, 35.0, np.nan, 54.0, 2.0] * 3,
        "sex": ["male", "female", "female", "female", "male", "male", "male", None] * 3,
        "class": pd.Categorical([3, 1, 3, 1, 3, 3, 1, 3] * 3),
        "alone": [True, False, True, False] * 6,
        "born": pd.to_datetime(["2001-05-17", "1999-12-03"] * 12),
    }
)
SURVIVED = pd.Series(["no", "yes", "yes", "yes", "no", "no", "no", "yes"] * 3, name="survived")


@pytest.fixture(scope="module")
def fitted():
    return NeuralNetworkClassifier(hidden=8, learning_rate=0.05, random_state=0).fit(PEOPLE, SURVIVED)


def test_words_gaps_dates_and_levels_become_features(fitted):
    features = fitted.model_.features
    assert {"age", "age is missing", "sex=male", "sex is missing", "class=1", "class=3"} <= {*features}
    assert any("born" in name for name in features)
    assert fitted.score(PEOPLE, SURVIVED) == 1


def test_columns_are_known_by_their_names(fitted):
    assert [*fitted.feature_names_in_] == [*PEOPLE] == [*fitted.model_.inputs]
    assert fitted.model_.targets == ("survived",)
    for wrong, message in (
        (PEOPLE[[*PEOPLE][::-1]], "same order"),
        (PEOPLE.drop(columns="sex"), "sex"),
        (PEOPLE.rename(columns={"sex": "gender"}), "gender"),
    ):
        with pytest.raises(ValueError, match=message):
            fitted.predict(wrong)


def test_levels_that_training_never_saw_and_new_gaps_are_taken(fitted):
    new = PEOPLE.head(2).assign(sex=["unknown", None], age=[np.nan, 30.0])
    assert fitted.predict(new).shape == (2,)


def test_the_model_answers_as_the_estimator_does_and_can_be_saved(fitted, tmp_path):
    fitted.model_.save(tmp_path / "model.npz")
    loaded = nn.load(tmp_path / "model.npz")
    assert loaded.predict(PEOPLE[[*PEOPLE][::-1]]).tolist() == fitted.predict(PEOPLE).tolist()


def test_what_columns_mean_may_be_said():
    columns = {"age": {"type": "number", "missing": "mean"}, "born": "ignore", "alone": "category"}
    classifier = NeuralNetworkClassifier(epochs=1, columns=columns).fit(PEOPLE, SURVIVED)
    features = classifier.model_.features
    assert "age is missing" not in features
    assert "alone=True" in features
    assert "born" not in classifier.model_.inputs


def test_a_column_that_is_left_out_is_said():
    named = PEOPLE[["age", "sex"]].assign(name=[f"person {n}" for n in range(len(PEOPLE))])
    with pytest.warns(UserWarning, match=r"left out column 'name'.*columns=\{'name': 'category'\}"):
        classifier = NeuralNetworkClassifier(epochs=1).fit(named, SURVIVED)
    assert classifier.n_features_in_ == 3
    assert classifier.model_.inputs == ("age", "sex")
    assert classifier.predict(named).shape == (len(named),)


def test_numbers_are_numbers_even_where_they_count_rows():
    counted = pd.DataFrame({"day": range(40)})
    regressor = NeuralNetworkRegressor(hidden=(), learning_rate=0.1, random_state=0)
    assert regressor.fit(counted, 3 * counted["day"]).score(counted, 3 * counted["day"]) > 0.99


def test_rows_that_a_column_drops_are_not_trained_on():
    columns = {"age": {"type": "number", "missing": "drop_row"}}
    some = PEOPLE[["age", "sex"]]
    known = some["age"].notna()
    options = {"columns": columns, "epochs": 20, "random_state": 0}
    dropped = NeuralNetworkClassifier(**options).fit(some, SURVIVED)
    without = NeuralNetworkClassifier(**options).fit(some[known], SURVIVED[known])
    assert dropped.loss_curve_ == without.loss_curve_
    with pytest.raises(ValueError, match="row 2, column 'age'"):
        dropped.predict(some)


def test_gaps_in_an_array_are_filled_with_the_median():
    x = np.array([[1.0], [np.nan], [3.0], [5.0]])
    regressor = NeuralNetworkRegressor(epochs=5, random_state=0).fit(x, [1, 2, 3, 5])
    assert regressor.model_.features == ("x1", "x1 is missing")
    x = x[[0, 2, 3]]
    whole = NeuralNetworkRegressor(epochs=5, random_state=0).fit(x, [1, 3, 5])
    assert whole.model_.features == ("x1",)
    assert whole.predict([[np.nan]]) == whole.predict([[3.0]])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (PEOPLE.assign(age=[*range(23), "old"]), "column 'age'.*'?old'?"),
        (PEOPLE.assign(age=np.inf), "age"),
        (PEOPLE.assign(age=np.nan), "column 'age': has no values"),
        (PEOPLE.head(0), "0 sample"),
        (pd.concat([PEOPLE, PEOPLE[["sex"]]], axis=1), "'sex' is there twice"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(table, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetworkClassifier(epochs=1).fit(table, SURVIVED.head(len(table)))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"age": "numbr"}, r"columns\['age'\]: unknown type 'numbr'; did you mean 'number'"),
        ({"age": {"type": "number", "mising": "mean"}}, r"columns\['age'\].*mising"),
        ({"aeg": "number"}, "there is no column 'aeg'; did you mean 'age'"),
        ({"sex": "number"}, "'sex'"),
    ],
)
def test_columns_that_cannot_be_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetworkClassifier(epochs=1, columns=columns).fit(PEOPLE, SURVIVED)
