"""The invented people: the same for the same seed, as many as asked for, and readable as the four files."""

from __future__ import annotations

import time
from pathlib import Path

from repatria.files.tables import read_table
from repatria.people.person import ListKind
from repatria.people.register import RegisterReading, read_register
from repatria.rehearsal.people import FULL_SIZE, TEST_SIZE, make_people, write_registers


def readings(folder: Path, size: dict[str, int]) -> dict[str, RegisterReading]:
    found = {}
    for name, path in write_registers(folder, make_people(5, **size)).items():
        party, word = name.split("-")
        kind: ListKind = "held" if word == "held" else "sought"
        found[name] = read_register(read_table(path), kind, party)
    return found


def test_the_four_files_are_read_whole(tmp_path: Path) -> None:
    for name, reading in readings(tmp_path, TEST_SIZE).items():
        assert reading.stopping == (), name
        assert reading.unknown_columns == ()
        assert len(reading.persons) == TEST_SIZE[name.replace("-", "_")]


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert make_people(5, **TEST_SIZE) == make_people(5, **TEST_SIZE)
    assert make_people(5, **TEST_SIZE) != make_people(6, **TEST_SIZE)


def test_full_size_is_made_and_written_in_seconds_with_the_shares_the_scenario_needs(tmp_path: Path) -> None:
    started = time.process_time()
    people = make_people(5, **FULL_SIZE)
    write_registers(tmp_path, people)
    assert time.process_time() - started < 8
    for side in ("north", "south"):
        held, sought = people.registers[f"{side}-held"], people.registers[f"{side}-sought"]
        assert 3000 <= len(held) <= 5000
        assert len(sought) == 6000
        young = sum(row["date_of_birth"] > "2000-12-31" for row in held)
        grave = sum(row["medical_category"] in ("seriously_wounded", "seriously_sick") for row in held)
        assert 0.10 < young / len(held) < 0.14
        assert 0.04 < grave / len(held) < 0.08
        assert len({row["place_of_detention"] for row in held}) == 4
        assert len(people.matches[f"{side}-held"]) == round(0.8 * len(held))
        numbers = [row["service_number"] for row in sought if row["service_number"]]
        assert len(numbers) == len(set(numbers))


def test_everyone_is_of_age_when_captured() -> None:
    for rows in make_people(5, **FULL_SIZE).registers.values():
        for row in rows:
            assert int(row["capture_date"][:4]) - int(row["date_of_birth"][:4]) >= 17
