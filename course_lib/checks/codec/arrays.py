"""Arrays and numbers of numpy as plain data; numpy is loaded only when an array comes."""

from __future__ import annotations

import base64
import math
import re
import sys
from typing import Any

_DTYPE = re.compile(r"\|b1|[|<]u1|[|<]i1|<[iu][248]|<f[248]|<U[1-9][0-9]{0,5}")
_NUMBERS = "biuf"  # kinds of dtype: truth values, integers, unsigned integers, floats
_MOST_BYTES_A_NUMBER = 8


def is_array(kind: type) -> bool:
    """Tell whether objects of the type are arrays; without numpy there are none."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, numpy.ndarray)


def is_number(kind: type) -> bool:
    """Tell whether objects of the type are single numbers of numpy that Python has a type for."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and issubclass(kind, numpy.bool_ | numpy.integer | numpy.float32 | numpy.float16)


def python_number(value: Any) -> bool | int | float:
    """Return a number of numpy as Python's own."""
    return sys.modules["numpy"].generic.item(value)


def find_flaw(array: Any) -> tuple[str, str] | None:
    """Return what keeps an array from being plain data, and what to do; None if nothing does."""
    dtype = sys.modules["numpy"].ndarray.dtype.__get__(array)
    if dtype.kind == "U":
        return None
    if dtype.kind in _NUMBERS and dtype.itemsize <= _MOST_BYTES_A_NUMBER:
        return None
    return f"an array of dtype {str(dtype)[:40]}", "use an array of numbers, truth values or text"


def n_bytes(array: Any) -> int:
    """Return the size of the array's data, also where it is a view that repeats itself in memory."""
    ndarray = sys.modules["numpy"].ndarray
    return math.prod(ndarray.shape.__get__(array)) * ndarray.dtype.__get__(array).itemsize


def encode_array(array: Any) -> dict[str, Any]:
    """Return dtype, shape and data (base64, row by row, lowest byte first) of an array or of a subclass of it."""
    ndarray = sys.modules["numpy"].ndarray
    dtype = ndarray.dtype.__get__(array).newbyteorder("<")
    data = ndarray.tobytes(ndarray.astype(array, dtype, subok=False))
    shape = [int(size) for size in ndarray.shape.__get__(array)]
    return {"dtype": dtype.str, "shape": shape, "data": base64.b64encode(data).decode("ascii")}


def decode_array(content: Any) -> Any:
    """Return a new array.

    Raises
    ------
    TypeError, ValueError
        ``content`` is not what `encode_array` writes.
    """
    import numpy as np

    if type(content) is not dict or set(content) != {"dtype", "shape", "data"}:
        raise ValueError("expected dtype, shape and data")
    shape = content["shape"]
    if type(shape) is not list or any(type(size) is not int or size < 0 for size in shape):
        raise ValueError("expected a list of sizes")
    if not _DTYPE.fullmatch(content["dtype"]):
        raise ValueError("expected a dtype of numbers, truth values or text")
    dtype = np.dtype(content["dtype"])
    data = base64.b64decode(content["data"], validate=True)
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise ValueError("the data do not fill the shape")
    if dtype.kind == "b" and data.strip(b"\0\1"):
        raise ValueError("expected truth values")
    if dtype.kind == "U" and (np.ndarray(len(data) // 4, "<u4", buffer=data) > sys.maxunicode).any():
        raise ValueError("expected characters")
    return np.ndarray(tuple(shape), dtype, buffer=bytearray(data))
