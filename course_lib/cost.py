"""What an answer costs: floating-point operations, tokens, money, and from which volume another way is cheaper.

Prices are inputs, never constants. Money is in any one currency; prices of tokens are per million tokens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from course_lib.errors import CourseError

PER_MILLION = 1e-6


def forward_flops(n_parameters: int, n_tokens: float) -> float:
    """Return the operations of reading or writing tokens: 2 x parameters x tokens (Kaplan et al. 2020, section 2.1).

    >>> forward_flops(10_000_000, 100)
    2000000000
    """
    return 2 * n_parameters * n_tokens


def training_flops(n_parameters: int, n_tokens: float) -> float:
    """Return the operations of training on tokens, counted once per epoch: 6 x parameters x tokens."""
    return 6 * n_parameters * n_tokens


@dataclass(frozen=True)
class TokenLedger:
    """What an arm has used; ledgers of parts of a run add up.

    Parameters
    ----------
    n_queries
        Answered questions.
    prompt_tokens, output_tokens
        Totals over the questions.
    training_tokens
        Tokens of all training steps together, 0 without training.
    bytes_stored
        What must be kept to answer: index, adapter, prompt.

    Examples
    --------
    >>> ledger = TokenLedger.of([30, 50], [4, 6]) + TokenLedger(training_tokens=1000)
    >>> ledger.prompt_per_query, ledger.output_per_query, ledger.flops_per_query(100)
    (40.0, 5.0, 9000.0)
    """

    n_queries: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    training_tokens: int = 0
    bytes_stored: int = 0

    @classmethod
    def of(cls, prompt_tokens: Sequence[int], output_tokens: Sequence[int]) -> TokenLedger:
        """Return the ledger of answered questions, from the token counts of each."""
        if len(prompt_tokens) != len(output_tokens):
            raise CourseError(
                f"expected prompt and output tokens of the same questions, but got {len(prompt_tokens)} and "
                f"{len(output_tokens)} counts"
            )
        return cls(len(prompt_tokens), sum(prompt_tokens), sum(output_tokens))

    def __add__(self, other: TokenLedger) -> TokenLedger:
        if not isinstance(other, TokenLedger):
            return NotImplemented
        return TokenLedger(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def prompt_per_query(self) -> float:
        """Mean prompt tokens of a question, nan without questions."""
        return self.prompt_tokens / self.n_queries if self.n_queries else math.nan

    @property
    def output_per_query(self) -> float:
        """Mean output tokens of a question, nan without questions."""
        return self.output_tokens / self.n_queries if self.n_queries else math.nan

    def flops_per_query(self, n_parameters: int) -> float:
        """Return the mean operations of an answer, training left out."""
        return forward_flops(n_parameters, self.prompt_per_query + self.output_per_query)

    def training_flops(self, n_parameters: int) -> float:
        """Return the operations of all training."""
        return training_flops(n_parameters, self.training_tokens)


@dataclass(frozen=True)
class Prices:
    """Prices on a day, per million tokens, and what a retrieval costs.

    Parameters
    ----------
    date
        Day on which the prices were read, as year-month-day.
    input, cached_input, output
        Of the base model; `cached_input` is for prompt tokens found in a prefix cache.
    tuned_input, tuned_output
        Of the tuned model.
    embedding
        Of embedding the user's text.
    retrieval
        Of one search with reranking, per query.
    """

    date: str
    input: float
    cached_input: float
    output: float
    tuned_input: float
    tuned_output: float
    embedding: float = 0.0
    retrieval: float = 0.0

    def __post_init__(self) -> None:
        negative = [field.name for field in fields(self) if field.name != "date" and getattr(self, field.name) < 0]
        if negative:
            raise CourseError(f"prices must be 0 or more, but these are negative: {', '.join(negative)}")


@dataclass(frozen=True)
class QueryTokens:
    """Tokens of one query: static prompt, user text, retrieved passages, output."""

    static: float
    user: float
    retrieved: float
    output: float


def prompt_cost(tokens: QueryTokens, prices: Prices, *, cached_share: float = 0.0) -> float:
    """Return the cost of a query that is answered by prompting alone.

    Parameters
    ----------
    tokens
        Tokens of the query; retrieved ones are not sent.
    prices
        What tokens cost.
    cached_share
        Share of the static prompt that is read from the prefix cache, in [0, 1].
    """
    if not 0 <= cached_share <= 1:
        raise CourseError(f"cached_share is a share from 0 to 1, but got {cached_share}")
    static_price = cached_share * prices.cached_input + (1 - cached_share) * prices.input
    cost = tokens.static * static_price + tokens.user * prices.input + tokens.output * prices.output
    return cost * PER_MILLION


def rag_cost(tokens: QueryTokens, prices: Prices, *, cached_share: float = 0.0) -> float:
    """Return the cost of a query with retrieval: the prompt's cost, the passages, the embedding and the search."""
    passages = tokens.retrieved * prices.input * PER_MILLION
    return prompt_cost(tokens, prices, cached_share=cached_share) + passages + _search_cost(tokens, prices)


def tuned_cost(tokens: QueryTokens, prices: Prices) -> float:
    """Return the cost of a query to a tuned model, which needs neither static prompt nor passages."""
    return (tokens.user * prices.tuned_input + tokens.output * prices.tuned_output) * PER_MILLION


def hybrid_cost(tokens: QueryTokens, prices: Prices) -> float:
    """Return the cost of a query to a tuned model that also gets passages."""
    passages = tokens.retrieved * prices.tuned_input * PER_MILLION
    return tuned_cost(tokens, prices) + passages + _search_cost(tokens, prices)


def _search_cost(tokens: QueryTokens, prices: Prices) -> float:
    """Return the cost of embedding the user's text and searching with it."""
    return tokens.user * prices.embedding * PER_MILLION + prices.retrieval


@dataclass(frozen=True)
class Plan:
    """A way to answer, in money.

    Parameters
    ----------
    setup
        Paid once: people, data, evaluation set, first index or first training.
    monthly
        Paid each month whatever the volume: re-indexing or retraining with its labelling, hosting, evaluation.
    per_query
        Paid for each query.
    """

    setup: float
    monthly: float
    per_query: float


def total_cost(plan: Plan, *, queries_per_month: float, months: float) -> float:
    """Return the total cost of ownership over `months`: setup + months x (monthly + queries x per query).

    >>> total_cost(Plan(setup=1000, monthly=50, per_query=0.25), queries_per_month=100, months=12)
    1900.0
    """
    return plan.setup + months * (plan.monthly + queries_per_month * plan.per_query)


def break_even(a: Plan, b: Plan, *, months: float) -> float:
    """Return the queries a month above which `b` costs less than `a` over `months`.

    Returns
    -------
    float
        0.0 when `b` is cheaper at every volume; infinite when volume never makes it cheaper, because a query costs no
        less with `b`.

    Examples
    --------
    >>> prompting, tuning = Plan(setup=0, monthly=0, per_query=0.5), Plan(setup=1200, monthly=150, per_query=0.25)
    >>> break_even(prompting, tuning, months=12), break_even(tuning, prompting, months=12)
    (1000.0, inf)
    """
    if months <= 0:
        raise CourseError(f"break_even expects months > 0, but got {months}")
    dearer = (b.setup - a.setup) / months + (b.monthly - a.monthly)  # of b, a month, before the first query
    saved = a.per_query - b.per_query
    if saved <= 0:
        return 0.0 if saved == 0 and dearer < 0 else math.inf
    return max(0.0, dearer / saved)


def cost_per_correct(cost_per_query: float, accuracy: float) -> float:
    """Return the cost of a correct answer, infinite when none is correct.

    >>> cost_per_correct(0.25, accuracy=0.5)
    0.5
    """
    if not 0 <= accuracy <= 1:
        raise CourseError(f"accuracy is a share from 0 to 1, but got {accuracy}")
    return cost_per_query / accuracy if accuracy else math.inf
