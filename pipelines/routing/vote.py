"""Votes over recorded answers, for all questions at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipelines.error import ConfigurationError
from pipelines.normalise import Comparison, normalise
from pipelines.outcome.table import Floats, OutcomeTable, Rows

CHOICES: Final = 10
"""How many answers a question is taken to have, one right and the others equally wrong."""

_MARGIN: Final = 1e-3


def ballots(table: OutcomeTable, compare: Comparison | None = None) -> Rows:
    """Returns whom each model agrees with: the first column with the same answer, -1 where it gave none.

    Args:
        table: its answers are read.
        compare: how answers are brought to one form; by default as they were recorded, for they were parsed before.

    Raises:
        ConfigurationError: if the table records no answers.
    """
    if table.answers is None:
        raise ConfigurationError(f"The table '{table.name}' records no answers, so that nobody can vote.")
    number: dict[str, int] = {"": -1}
    forms: dict[str, int] = {}
    codes: Rows = np.empty(table.score.shape, dtype=np.intp)
    for cell, answer in np.ndenumerate(table.answers.astype(object)):
        text = "" if answer is None else str(answer)
        if text not in forms:
            form = normalise(text, compare) if compare and text else text.strip()
            forms[text] = number.setdefault(form, len(number) - 1)
        codes[cell] = forms[text]
    return led(codes)


def support(votes: Rows, weights: Floats) -> Floats:
    """Returns the weight behind the answer of each column, at the first column of its group; -inf elsewhere.

    Args:
        votes: from `ballots`, an array (n_queries, n_models).
        weights: an array (n_models,) or (n_queries, n_models).
    """
    n_queries, n_models = votes.shape
    cast = votes >= 0
    place = (np.arange(n_queries)[:, None] * n_models + votes)[cast]
    total = np.bincount(place, np.broadcast_to(weights, votes.shape)[cast], minlength=n_queries * n_models)
    leads = votes == np.arange(n_models)
    return np.asarray(np.where(leads, total.reshape(n_queries, n_models), -np.inf), dtype=np.float64)


def winners(votes: Rows, weights: Floats) -> Rows:
    """Returns the column of the winning answer: its first supporter.

    Of equal groups the one wins whose first supporter comes first; where nobody answered, the model of most weight.
    """
    behind = support(votes, weights)
    # Rounded, so that sums of the same weights in another order tie.
    elected = np.round(behind, 9).argmax(axis=1)
    silent = (votes < 0).all(axis=1)
    weightiest = np.broadcast_to(weights, votes.shape).argmax(axis=1)
    return np.asarray(np.where(silent, weightiest, elected), dtype=np.intp)


def elected_scores(table: OutcomeTable, votes: Rows, weights: Floats) -> Floats:
    """Returns the score of the winning answer of each question, an array (n_queries,)."""
    return np.asarray(table.score[np.arange(table.n_queries), winners(votes, weights)], dtype=np.float64)


def panel(votes: Rows, skills: Floats, size: int) -> Rows:
    """Returns the votes of only the `size` most skilled models of each question; the others abstain."""
    order = np.argsort(-np.broadcast_to(skills, votes.shape), axis=1, kind="stable")[:, :size]
    kept = np.full_like(votes, -1)
    np.put_along_axis(kept, order, np.take_along_axis(votes, order, axis=1), axis=1)
    return led(kept)


def led(codes: Rows) -> Rows:
    """Returns the votes of which equal codes are one answer, each group named by its first column; -1 abstains."""
    first = np.stack([(codes == codes[:, [place]]).argmax(axis=1) for place in range(codes.shape[1])], axis=1)
    return np.where(codes < 0, -1, first).astype(np.intp)


def vote_weights(skills: Floats) -> Floats:
    """Returns the weights that make a vote of independent voters likeliest right: ln((CHOICES - 1) * p / (1 - p)).

    Source: Nitzan and Paroush 1982 (optimal decision rules), for CHOICES answers instead of two.
    """
    p = np.clip(skills, _MARGIN, 1 - _MARGIN)
    return np.asarray(np.log((CHOICES - 1) * p / (1 - p)), dtype=np.float64)


def skills_of(weights: Floats) -> Floats:
    """Returns the skills whose vote weights these are; the inverse of `vote_weights`."""
    odds = np.exp(np.clip(weights, -12.0, 12.0)) / (CHOICES - 1)
    return np.asarray(np.clip(odds / (1 + odds), _MARGIN, 1 - _MARGIN), dtype=np.float64)


def learned_weights(
    votes: Rows,
    right: Rows,
    contexts: Floats,
    details: Floats,
    *,
    penalty: float = 1.0,
    context_penalty: float = 30.0,
    detail_penalty: float = 3.0,
) -> tuple[Floats, Floats, Floats]:
    """Returns the weight of each model in each context under which the right answers win most surely.

    The chance of an answer is the softmax, over the answers given, of the weight behind it; so models that err
    together share what they say. A weight is one number for the model and a deviation for each context.

    Args:
        votes: from `ballots`.
        right: column that leads the right answer of each question, -1 where nobody gave it (the row is not used).
        contexts: how much each question belongs to each context, an array (n_queries, n_contexts).
        details: what else is known of each answer, an array (n_queries, n_models, n_details), 0 where it is as usual.
        penalty: of the squared weights.
        context_penalty: of the squared deviations.
        detail_penalty: of the squared changes by details.

    Returns:
        The weights in each context, an array (n_contexts, n_models), those where no context is known (n_models,), and
        by how much each detail changes them (n_models, n_details).

    Source: conditional logit (McFadden 1974) on the answers, fitted by L-BFGS; AgentRouter's weighted vote with weights
    learned for the vote itself.
    """
    from scipy.optimize import minimize

    used = right >= 0
    votes, right, contexts, details = votes[used], right[used], contexts[used], details[used]
    (n_rows, n_models), n_contexts, n_details = votes.shape, contexts.shape[1], details.shape[2]
    rows, cast = np.arange(n_rows), votes >= 0
    scale = np.array([penalty] + [context_penalty] * n_contexts + [detail_penalty] * n_details)[:, None]

    def loss(flat: Floats) -> tuple[float, Floats]:
        parts = flat.reshape(-1, n_models)
        by_detail = parts[n_contexts + 1 :]
        weights = parts[0] + contexts @ parts[1 : n_contexts + 1] + np.einsum("qmd,dm->qm", details, by_detail)
        behind = support(votes, weights)
        chance = np.exp(behind - behind.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        value = -float(np.log(np.maximum(chance[rows, right], 1e-300)).sum())
        chance[rows, right] -= 1
        slope = np.where(cast, np.take_along_axis(chance, np.maximum(votes, 0), axis=1), 0.0)
        slopes = [slope.sum(axis=0), contexts.T @ slope, np.einsum("qmd,qm->dm", details, slope)]
        gradient = np.vstack(slopes) + scale * parts
        return value + float((scale * parts**2).sum()) / 2, gradient.ravel()

    start = np.zeros(len(scale) * n_models)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x.reshape(-1, n_models)
    return found[0] + found[1 : n_contexts + 1], found[0], found[n_contexts + 1 :].T


def right_columns(table: OutcomeTable, votes: Rows) -> Rows:
    """Returns the column that leads the right answer of each question, -1 where nobody gave it."""
    good = (votes >= 0) & (table.score > 0.5)
    leader = np.take_along_axis(votes, good.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(good.any(axis=1), leader, -1).astype(np.intp)
