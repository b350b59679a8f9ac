"""Boxes made by Docker or Podman, one container for each submission."""

import contextlib
import json
import os
import secrets
import subprocess
from collections.abc import Sequence

from course_lib.grading.box.base import BoxError, Usage, close_all
from course_lib.grading.box.runtime import COURSE, ENVIRONMENT, INSIDE, START, course_binds, python_options
from course_lib.grading.limits import Limits

IMAGE = "course-box"
HOW_TO_BUILD = "build it once: {} build -t {} -f course_lib/grading/box/Containerfile ."
FOR_LIBRARIES_MB = 700  # a container's memory counts Python and its libraries as well
CLIENT_S = 30.0
NOBODY = "65534:65534"


class Container:
    """Makes boxes with an engine for containers.

    Parameters
    ----------
    engine
        ``docker`` or ``podman``, or the path of one.
    image
        Holds Python and the packages of ``requirements.txt``; the parts of the course that a box may read are mounted.
    """

    isolated = True

    def __init__(self, engine: str, image: str = IMAGE) -> None:
        self.engine = engine
        self.image = image
        self.name = os.path.basename(engine)

    def start(self, limits: Limits) -> "RunningContainer":
        """Start a container; the client of the engine carries its standard streams."""
        name = f"course-box-{secrets.token_hex(8)}"
        try:
            client = subprocess.Popen(
                build_command(self.engine, self.image, name, limits),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
            )
        except OSError as error:
            raise BoxError(f"{self.engine} cannot be started ({error}): install Docker or Podman") from error
        return RunningContainer(self.engine, name, client)

    def close(self) -> None:
        """Do nothing: no container is kept ready."""

    def find_fault(self) -> str:
        """Return why no container can be started, empty if one can."""
        for words, sentence in (
            (["info"], f"the engine of {self.name} does not run"),
            (["image", "inspect", self.image], f"there is no image {self.image}; {self._how_to_build()}"),
        ):
            if run_client([self.engine, *words]) != 0:
                return sentence
        return ""

    def _how_to_build(self) -> str:
        return HOW_TO_BUILD.format(self.name, self.image)


def build_command(engine: str, image: str, name: str, limits: Limits) -> list[str]:
    """Return the command that runs one box in a container called ``name``."""
    memory_mb = limits.memory_mb + FOR_LIBRARIES_MB
    memory = f"{memory_mb}m"
    command = [engine, "run", "--rm", "--interactive", "--name", name, "--network", "none", "--read-only"]
    command += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", NOBODY, "--ipc", "private"]
    command += ["--memory", memory, "--memory-swap", memory, "--pids-limit", str(limits.threads), "--cpus", "1"]
    command += ["--shm-size", f"{limits.shared_mb}m", "--ulimit", "core=0", "--log-driver", "none"]
    options = f"rw,noexec,nosuid,nodev,size={limits.tmp_mb}m,nr_inodes={limits.files},mode=1777"
    command += ["--tmpfs", f"/tmp:{options}", "--workdir", "/tmp", "--hostname", "box"]
    for variable, value in ENVIRONMENT.items():
        command += ["--env", f"{variable}={value}"]
    for path, inside in course_binds(COURSE):
        command += ["--volume", f"{path}:{inside}:ro"]
    settings = {"packages": [], "limits": limits.for_kernel(memory_mb)}
    python = ["python3", *python_options(), "-c", START.format("direct"), INSIDE, json.dumps(settings)]
    return [*command, "--entrypoint", "", image, *python]


def run_client(command: Sequence[str]) -> int:
    """Run the engine's client quietly; return its exit status, -1 if it did not answer."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=CLIENT_S
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return -1


class RunningContainer:
    """One container."""

    def __init__(self, engine: str, name: str, client: subprocess.Popen[bytes]) -> None:
        self.requests, self.replies, self.prints = client.stdin, client.stdout, client.stderr
        self._engine = engine
        self._name = name
        self._client = client

    def usage(self) -> Usage | None:
        """Return None: what a container uses is the engine's secret; it holds the limits itself."""
        return None

    def kill(self) -> None:
        """Let the engine end it; without its client the container would go on."""
        if self._client.poll() is None:
            run_client([self._engine, "rm", "--force", self._name])
            self._client.kill()

    def end(self) -> int | None:
        """End it and wait for the client; a runner that nobody can ask any more ends by itself."""
        close_all(self.requests)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._client.wait(1.0)
        self.kill()
        return self._client.wait()

    def close(self) -> None:
        """Close the streams."""
        close_all(self.requests, self.replies, self.prints)
