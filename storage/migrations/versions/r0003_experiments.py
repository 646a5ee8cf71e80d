"""The tables of experiments, and runs that know which experiment they are a row of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ALONE = sa.text("experiment IS NULL")
IN_EXPERIMENT = sa.text("experiment IS NOT NULL")


def upgrade() -> None:
    """Creates the tables and tells runs of experiments from those that stand alone."""
    _name_experiments_of_runs()
    _create_experiment()
    _create_experiment_row()
    _create_experiment_answer()
    _create_experiment_tag()


def _name_experiments_of_runs() -> None:
    op.add_column("run", sa.Column("experiment", sa.Text(), nullable=True))
    op.drop_index("ix_run_workflow_sequence", "run")
    op.create_index(
        "ix_run_workflow_sequence", "run", ["workflow", "sequence"], sqlite_where=ALONE, postgresql_where=ALONE
    )
    op.create_index("ix_run_alone", "run", ["sequence"], sqlite_where=ALONE, postgresql_where=ALONE)
    op.create_index(
        "ix_run_experiment", "run", ["experiment"], sqlite_where=IN_EXPERIMENT, postgresql_where=IN_EXPERIMENT
    )


def _create_experiment() -> None:
    op.create_table(
        "experiment",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("data_set", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("examples", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )


def _place() -> list[sa.Column[int]]:
    return [
        sa.Column("experiment", NUMBER, nullable=False),
        sa.Column("contender", sa.Integer(), nullable=False),
        sa.Column("example", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
    ]


def _create_experiment_row() -> None:
    op.create_table(
        "experiment_row",
        *_place(),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("unscored", sa.Boolean(), nullable=False),
        sa.Column("unlabelled", sa.Boolean(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=False),
        sa.Column("list_cost_usd", sa.Float(), nullable=False),
        sa.Column("judge_cost_usd", sa.Float(), nullable=False),
        sa.Column("earlier_cost_usd", sa.Float(), nullable=False),
        sa.Column("latency_s", sa.Float(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("cached_calls", sa.BigInteger(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["experiment"], ["experiment.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("experiment", "contender", "example", "repeat"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_experiment_row_example", "experiment_row", ["experiment", "example", "repeat", "contender"])


def _create_experiment_answer() -> None:
    op.create_table(
        "experiment_answer",
        *_place(),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["experiment"], ["experiment.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("experiment", "contender", "example", "repeat"),
    )


def _create_experiment_tag() -> None:
    op.create_table(
        "experiment_tag",
        sa.Column("experiment", NUMBER, nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("example", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["experiment"], ["experiment.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("experiment", "tag", "example"),
        sqlite_with_rowid=False,
    )
