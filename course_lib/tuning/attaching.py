"""From a base model and an adapter to a model that answers with it."""

import copy
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model, set_peft_model_state_dict

from course_lib.errors import CourseError
from course_lib.models.local import LocalModel
from course_lib.tuning.adapter import Adapter, check_base
from course_lib.tuning.recipe import Recipe


def attach(model: LocalModel, adapter: Adapter, *, merge: bool = True) -> LocalModel:
    """Return a separate model that answers with the adapter; ``model`` itself stays as it is.

    Parameters
    ----------
    model
        The base that the adapter was trained on.
    adapter
        From `tune` or `load_adapter`.
    merge
        Add a LoRA adapter's matrices to a copy of the base's weights: answers faster, needs the base's memory once
        more. Otherwise the new model shares the base's weights and adds the matrices in every step.

    Raises
    ------
    AdapterMismatchError
        The adapter was trained on another base.
    """
    check_base(model, adapter)
    if adapter.recipe.method == "full":
        module = _replace_weights(copy.deepcopy(model.module), adapter)
    else:
        module = add_matrices(copy.deepcopy(model.module) if merge else share_weights(model.module), adapter.recipe)
        _fill_matrices(module, adapter)
        module = module.merge_and_unload() if merge else module
    return model.with_module(module.requires_grad_(False).eval(), f"{model.name}+{adapter.name}")


def share_weights(module: torch.nn.Module) -> torch.nn.Module:
    """Return a copy of the layers around the same, frozen numbers: layers can be added to it without touching them."""
    frozen = {id(weight): torch.nn.Parameter(weight.detach(), requires_grad=False) for weight in module.parameters()}
    return copy.deepcopy(module, frozen)


def add_matrices(module: torch.nn.Module, recipe: Recipe) -> PeftModel:
    """Put fresh LoRA matrices into ``module``, in place; their product is zero, so the answers stay as they are.

    Raises
    ------
    CourseError
        No layer has a name in ``target_modules``.
    """
    modules = recipe.target_modules
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=0.0,
        target_modules=modules if isinstance(modules, str) else list(modules),
        task_type="CAUSAL_LM",
    )
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        # peft reads a property that transformers is about to rename.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
        torch.manual_seed(recipe.seed)
        try:
            return get_peft_model(module, config)
        except ValueError as error:
            raise CourseError(f"no LoRA for target_modules={modules!r}: {error}") from error


def _fill_matrices(module: PeftModel, adapter: Adapter) -> None:
    """Replace fresh matrices by those of the adapter."""
    report = set_peft_model_state_dict(module, adapter.state)
    missing = [name for name in report.missing_keys if "lora_" in name]
    if missing or report.unexpected_keys:
        raise CourseError(
            f"the adapter {adapter.name!r} does not fit its recipe: {len(missing)} matrices are missing and "
            f"{len(report.unexpected_keys)} are too many: train it again"
        )


def _replace_weights(module: torch.nn.Module, adapter: Adapter) -> torch.nn.Module:
    """Overwrite all weights of ``module``; tied weights have one name and one entry."""
    weights = dict(module.named_parameters())
    if weights.keys() != adapter.state.keys():
        raise CourseError(f"the adapter {adapter.name!r} does not hold all weights of its base: train it again")
    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(adapter.state[name])
    return module
