"""A cross-encoder that starts from the embedder's weights and learns from a world's questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from course_lib.errors import CourseError, DataError, IndexMismatchError
