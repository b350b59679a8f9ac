"""How sure a number is: bootstrap by question or by fact, paired comparisons, Wilson's interval, sample size."""

from course_lib.statistics.comparisons import (
    bootstrap_interval,
    interaction_interval,
    paired_bootstrap_difference,
    recovery_interval,
    share_interval,
)
from course_lib.statistics.resampling import Interval, Resampling, contrast_interval
from course_lib.statistics.shares import minimum_n, wilson_interval

__all__ = [
    "Interval",
    "Resampling",
    "bootstrap_interval",
    "contrast_interval",
    "interaction_interval",
    "minimum_n",
    "paired_bootstrap_difference",
    "recovery_interval",
    "share_interval",
    "wilson_interval",
]
