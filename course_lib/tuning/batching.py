"""Batches of similar length, in random order."""

from collections.abc import Iterator, Sequence

import numpy as np

POOL = 8
"""Batches that are sorted together: more saves padding, fewer keeps the batches random."""


class LengthBatches:
    """Positions of the rows of each batch; every iteration is another epoch with another order.

    Sorting whole epochs would feed the long examples first and the short ones last each time. Here only pools of a few
    batches are sorted, and then the batches of all pools are shuffled.

    Parameters
    ----------
    lengths
        Tokens of each row.
    batch_size
        Rows in a batch; one batch of an epoch may have fewer.
    seed
        Of the order.

    Examples
    --------
    >>> batches = LengthBatches([5, 90, 6, 80], batch_size=2, seed=0)
    >>> sorted(sorted(batch) for batch in batches)
    [[0, 2], [1, 3]]
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths = np.asarray(lengths)
        self.batch_size = batch_size
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return -(-len(self.lengths) // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        order = self._rng.permutation(len(self.lengths))
        batches = []
        for start in range(0, len(order), POOL * self.batch_size):
            pool = order[start : start + POOL * self.batch_size]
            pool = pool[np.argsort(self.lengths[pool], kind="stable")]
            batches += [pool[at : at + self.batch_size].tolist() for at in range(0, len(pool), self.batch_size)]
        return iter([batches[number] for number in self._rng.permutation(len(batches))])
