"""Which model, endpoint and key is used: said here and nowhere else."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]
SETTINGS_FILE = ROOT / "course.toml"
EMBEDDED_NAMES = ("embedded", "tiny")
VARIABLES = {"model": "COURSE_MODEL", "base_url": "COURSE_BASE_URL", "api_key": "COURSE_API_KEY"}


@dataclass(frozen=True)
class Settings:
    """The model in use.

    Parameters
    ----------
    model
        ``"embedded"``, a local folder, a Hub id, or the name that the endpoint gives its model.
    base_url
        Address of an OpenAI-compatible server, such as ``"http://127.0.0.1:8000/v1"``.
    api_key
        Key for that server; never printed.
    """

    model: str = "embedded"
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse an address that is none."""
        if self.base_url is None:
            return
        if not self.base_url.startswith(("http://", "https://")):
            raise CourseError(
                f"{VARIABLES['base_url']} must begin with http:// or https://, got {self.base_url!r}: "
                "give the address that ends before /chat/completions, for example http://127.0.0.1:8000/v1"
            )


def read_settings(environment: Mapping[str, str] | None = None, path: Path = SETTINGS_FILE) -> Settings:
    """Read the settings: an environment variable wins over ``course.toml``, which wins over the default.

    Parameters
    ----------
    environment
        Variables to look at; ``os.environ`` if left out. An empty variable counts as not set.
    path
        The settings file; it need not exist.

    Raises
    ------
    CourseError
        The file cannot be read, has an unknown key, or a value is no text.

    Examples
    --------
    >>> read_settings({"COURSE_MODEL": "my/model"}, Path("no-such-file.toml")).model
    'my/model'
    """
    environment = os.environ if environment is None else environment
    values = _read_file(path)
    values |= {key: environment[name] for key, name in VARIABLES.items() if environment.get(name)}
    return Settings(**{key: value for key, value in values.items() if value})


def _read_file(path: Path) -> dict[str, str]:
    """Return the checked keys of the settings file, none if there is no file."""
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path.name} cannot be read as TOML ({error}): mend the file or remove it") from error
    for key, value in values.items():
        if key not in VARIABLES:
            near = difflib.get_close_matches(key, VARIABLES, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(VARIABLES)}"
            raise CourseError(f"{path.name} has an unknown key {key!r}: {advice}")
        if not isinstance(value, str):
            raise CourseError(f"{path.name}: {key} must be text in quotes, got a value of type {type(value).__name__}")
    return values
