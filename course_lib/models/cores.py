"""How many cores one process may use, and how many it computes on."""

import os


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_threads(n: int) -> None:
    """Compute on ``n`` threads from now on, where other processes compute beside this one."""
    import torch

    torch.set_num_threads(n)
