"""Many runs share a purse: together they never exceed it, and whoever can wait for change is not refused."""

from __future__ import annotations

import asyncio

import pytest

from pipelines.engine.budget import Ledger
from pipelines.engine.purse import Purse
from pipelines.error import BudgetExceeded, BudgetPromised, RunCancelled
from pipelines.run import Budget


def ledger(purse: Purse, usd: float | None = None) -> Ledger:
    return Ledger(Budget(usd=usd), lambda: 0.0, purse=purse)


def test_a_promise_counts_at_its_worst_case_until_it_is_settled() -> None:
    purse = Purse(1.0, spent_usd=0.25)
    held = ledger(purse).reserve(0.5)
    assert (purse.left_usd, purse.in_flight) == (0.25, 1)
    held.settle(0.125)
    assert (purse.spent_usd, purse.promised_usd, purse.left_usd, purse.in_flight) == (0.375, 0.0, 0.625, 0)


def test_what_may_be_enough_once_others_are_paid_is_not_refused_for_good() -> None:
    purse = Purse(1.0)
    ledger(purse).reserve(0.75)
    with pytest.raises(BudgetPromised):
        ledger(purse).reserve(0.5)
    assert not purse.exhausted


def test_what_is_not_enough_is_refused_in_one_sentence() -> None:
    purse = Purse(1.0, spent_usd=0.75)
    with pytest.raises(BudgetExceeded) as caught:
        ledger(purse).reserve(0.5)
    assert str(caught.value) == (
        "The next call may cost up to $0.500000, and $0.250000 is left of the experiment's budget of $1.000000."
    )
    assert purse.exhausted


def test_the_own_budget_of_a_run_comes_first_and_takes_nothing_from_the_purse() -> None:
    purse = Purse(1.0)
    with pytest.raises(BudgetExceeded, match="of the budget of"):
        ledger(purse, usd=0.25).reserve(0.5)
    assert (purse.left_usd, purse.exhausted) == (1.0, False)


def test_a_ledger_on_a_limited_purse_limits_money() -> None:
    assert ledger(Purse(1.0)).limits_money
    assert not ledger(Purse()).limits_money


def test_a_purse_without_limit_refuses_nothing_and_counts() -> None:
    purse = Purse()
    ledger(purse).reserve(1e9).settle(2.0)
    assert (purse.spent_usd, purse.left_usd) == (2.0, None)


def test_a_closed_purse_refuses_everything_and_still_counts_what_is_in_flight() -> None:
    purse = Purse()
    held = ledger(purse).reserve(0.5)
    purse.close("The experiment was stopped.")
    with pytest.raises(RunCancelled, match="The experiment was stopped"):
        ledger(purse).reserve(0.0)
    held.settle(0.25)
    assert purse.spent_usd == 0.25


async def test_those_who_wait_go_on_when_a_call_is_paid_or_the_purse_is_closed() -> None:
    purse = Purse(1.0)
    held = ledger(purse).reserve(1.0)
    waiting = asyncio.create_task(purse.settled())
    await asyncio.sleep(0)
    assert not waiting.done()
    held.release()
    await waiting
    await purse.settled()
    ledger(purse).reserve(1.0)
    waiting = asyncio.create_task(purse.settled())
    await asyncio.sleep(0)
    purse.close("Stop.")
    await waiting
