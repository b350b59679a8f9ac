"""Shares without resampling: Wilson's interval, and how many questions tell two shares apart."""

from __future__ import annotations

import math
from statistics import NormalDist

from course_lib.errors import CourseError
from course_lib.statistics.resampling import Interval


def wilson_interval(n_right: int, n: int, *, confidence: float = 0.95) -> Interval:
    """Return the share n_right / n with Wilson's score interval (Wilson 1927), good for shares near 0 and 1.

    >>> str(wilson_interval(0, 50))
    '0.00 [0.00, 0.07]'
    """
    if not 0 <= n_right <= n or n == 0:
        raise CourseError(f"expected 0 <= n_right <= n and n >= 1, but got n_right = {n_right}, n = {n}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, shrink = n_right / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    # rounding must not push an end past the share itself
    return Interval(share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half)), n)


def minimum_n(
    share_a: float,
    share_b: float,
    *,
    discordant: float | None = None,
    power: float = 0.8,
    confidence: float = 0.95,
) -> int:
    """Return the smallest number of questions that tells two arms' accuracies apart (McNemar; Connor 1987).

    Parameters
    ----------
    share_a, share_b
        Accuracies to tell apart, in [0, 1].
    discordant
        Share of questions that exactly one arm gets right, from |share_a - share_b| (the arms fail together) upward;
        None: the arms fail independently.
    power
        Chance that the difference is found.
    confidence
        1 - the chance of finding a difference where there is none.

    Examples
    --------
    >>> minimum_n(0.70, 0.76), minimum_n(0.70, 0.76, discordant=0.10)
    (862, 216)
    """
    gap = abs(share_a - share_b)
    if discordant is None:
        discordant = share_a * (1 - share_b) + share_b * (1 - share_a)
    if not 0 < gap <= discordant <= 1:
        raise CourseError(
            f"expected different shares with |share_a - share_b| <= discordant <= 1, but got {share_a}, {share_b}, "
            f"{discordant}: equal shares cannot be told apart by any number of questions"
        )
    z_error, z_power = NormalDist().inv_cdf(0.5 + confidence / 2), NormalDist().inv_cdf(power)
    spread = z_error * math.sqrt(discordant) + z_power * math.sqrt(discordant - gap * gap)
    return math.ceil((spread / gap) ** 2)
