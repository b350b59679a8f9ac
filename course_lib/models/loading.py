"""From a name to a model: the one place that chooses between embedded, local and endpoint."""

from course_lib.errors import CourseError
from course_lib.models.base import LanguageModel
from course_lib.models.settings import EMBEDDED_NAMES, VARIABLES, Settings, read_settings


def load_model(spec: str | None = None, *, settings: Settings | None = None) -> LanguageModel:
    """Load the model that is asked for.

    Parameters
    ----------
    spec
        ``"embedded"``, a folder, a Hub id, or a model's name at the endpoint of the settings. Left out: the settings
        decide.
    settings
        Settings to use instead of the environment and ``course.toml``.

    Raises
    ------
    CourseError
        There is no such model, or an endpoint is set without a model's name.
    DataError
        A file of the embedded model is missing or damaged.
    """
    settings = settings or read_settings()
    name = spec or settings.model
    if name in EMBEDDED_NAMES:
        if spec is None and settings.base_url:
            raise CourseError(
                f"{VARIABLES['base_url']} names an endpoint, but no model: "
                f"set {VARIABLES['model']} to the name that the endpoint gives its model"
            )
        from course_lib.models.local import LocalModel

        return LocalModel.load_embedded()
    if settings.base_url:
        from course_lib.models.endpoint import EndpointModel

        return EndpointModel(name, settings.base_url, api_key=settings.api_key)
    from course_lib.models.local import LocalModel

    return LocalModel.load(name)
