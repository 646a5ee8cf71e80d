"""Who owns a run, and whether that process still lives."""

from __future__ import annotations

import os
import subprocess
import sys

from app.owner import has_died, own_name

PRINT_NAME = "from app.owner import own_name; print(own_name())"


def test_a_living_process_has_not_died() -> None:
    assert not has_died(own_name())


def test_a_process_that_ended_has_died() -> None:
    done = subprocess.run([sys.executable, "-c", PRINT_NAME], capture_output=True, text=True, check=True)
    assert has_died(done.stdout.strip())


def test_a_process_of_another_machine_counts_as_alive() -> None:
    place, number, random = own_name().split("|")
    assert number == str(os.getpid())
    assert not has_died(f"elsewhere/{place}|999999999|{random}")


def test_a_name_that_makes_no_sense_counts_as_alive() -> None:
    assert not has_died("somebody")
