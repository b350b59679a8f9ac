"""How many cores one process computes on."""


def use_threads(n: int) -> None:
    """Compute on ``n`` threads from now on, where other processes compute beside this one."""
    import torch

    torch.set_num_threads(n)
