"""The likeliest meaning of the columns of a table that nobody knows."""

from __future__ import annotations

from app.routing.outcome_look import LONG, WIDE, likely_kind, likely_mapping
from pipelines.outcome.outcome_file import OutcomeFile

SYSTEMS = ("alpha", "beta")


def opened(*lines: str) -> OutcomeFile:
    return OutcomeFile.open("strange.csv", "\n".join(lines).encode())


def test_a_long_table_is_known_by_what_its_cells_look_like() -> None:
    rows = [f"{n},Wie viele Inseln hat der Hafen {n}?,{system},{n % 2},0.5" for n in range(20) for system in SYSTEMS]
    file = opened("nr,Frage,System,Punkte,usd", *rows)
    assert likely_kind(file) == LONG
    found = likely_mapping(file, LONG)
    assert (found.query, found.model, found.score, found.cost_usd) == ("Frage", "System", "Punkte", "usd")


def test_a_few_cells_that_are_no_numbers_do_not_hide_the_scores() -> None:
    rows = [f"Frage nach Hafen {n},{SYSTEMS[n % 2]},{'viel' if n == 3 else n % 2}" for n in range(20)]
    assert likely_mapping(opened("a,b,c", *rows), LONG).score == "c"


def test_a_wide_table_has_a_column_of_scores_for_each_model() -> None:
    rows = [f"{n + 100},Wie viele Inseln hat der Hafen {n}?,1,0,{n % 2}" for n in range(20)]
    file = opened("nr,Frage,alpha,beta,gamma", *rows)
    assert likely_kind(file) == WIDE
    found = likely_mapping(file, WIDE)
    assert (found.query, found.models, found.id) == ("Frage", ("alpha", "beta", "gamma"), None)


def test_usual_names_count_before_looks() -> None:
    file = opened(
        "question,note,model,score", "Why?,a much longer text than the question,m1,1", "How?,another note,m2,0"
    )
    found = likely_mapping(file, LONG)
    assert (found.query, found.model, found.score) == ("question", "model", "score")


def test_percents_beside_a_category_are_the_scores_of_models() -> None:
    rows = [
        f"{n},Wie viele Inseln hat der Hafen {n}?,{('See', 'Land')[n % 2]},{20 + n % 2},{95 - n},{n * 7 % 90},80,0.0{n}"
        for n in range(5)
    ]
    file = opened("nr,Frage,Kategorie,alpha,beta,gamma,delta,Kosten in USD", *rows)
    assert likely_kind(file) == WIDE
    found = likely_mapping(file, WIDE)
    assert (found.query, found.models, found.task) == ("Frage", ("alpha", "beta", "gamma", "delta"), "Kategorie")


def test_a_category_that_a_question_keeps_is_no_model() -> None:
    rows = [f"Frage nach dem Hafen {n // 2},{('See', 'Land')[n // 2 % 2]},{n * 7 % 90},{n * 3 % 80}" for n in range(20)]
    file = opened("Frage,Kategorie,alpha,beta", *rows)
    assert likely_kind(file) == WIDE
    assert likely_mapping(file, WIDE).task == "Kategorie"


def test_a_question_that_two_answer_makes_a_long_table_whatever_else_is_counted() -> None:
    rows = [f"Frage nach dem Hafen {n // 2},{SYSTEMS[n % 2]},{n * 7 % 90},{n * 3 % 80}" for n in range(20)]
    file = opened("Frage,System,Punkte,Zeichen", *rows)
    assert likely_kind(file) == LONG
    found = likely_mapping(file, LONG)
    assert (found.model, found.score) == ("System", "Punkte")


def test_a_column_that_is_called_model_makes_a_long_table() -> None:
    rows = [f"Frage nach dem Hafen {n},{SYSTEMS[n // 15]},{n * 7 % 90},{n * 3 % 80}" for n in range(20)]
    assert likely_kind(opened("Frage,Sprachmodell,Punkte,Zeichen", *rows)) == LONG


def test_columns_with_usual_names_are_no_scores() -> None:
    rows = [f"Frage nach dem Hafen {n},{n * 7 % 11},{n * 3 % 80},{n % 2},geo" for n in range(20)]
    file = opened("Frage,id,prompt_tokens,Punkte,dataset", *rows)
    assert likely_kind(file) == LONG
    wide = opened("Frage,id,prompt_tokens,alpha,beta,dataset", *(row.replace(",geo", ",1,geo") for row in rows))
    assert likely_kind(wide) == WIDE
    found = likely_mapping(wide, WIDE)
    assert (found.models, found.id, found.task) == (("alpha", "beta"), "id", "dataset")
