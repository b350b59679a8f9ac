"""Takes away what a process could do: namespaces, private folders, limits, capabilities, system calls.

Each function works on the process that calls it and cannot be undone by it. The C library is called by ctypes, because
Python has no such calls before 3.12, and some not at all.
"""

import ctypes
import os
import resource

from course_lib.grading.runner.seccomp import build_filter

NEW_MOUNTS, NEW_CGROUPS, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_PROCESSES, NEW_NETWORK = 0x20000000, 0x40000000
MOUNT_NOSUID, MOUNT_NODEV, MOUNT_NOEXEC, MOUNT_RECURSIVE, MOUNT_PRIVATE = 2, 4, 8, 0x4000, 0x40000
SET_SECCOMP, MODE_FILTER, SET_NO_NEW_PRIVILEGES = 22, 2, 38
CAPABILITY_VERSION_3 = 0x20080522
CAPABILITY_WORDS = 6  # effective, permitted and inheritable, 64 bits each
MEBIBYTE = 2**20


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def _call(name: str, *arguments: object) -> None:
    """Call a function of the C library that returns 0; raise OSError with the reason if it does not."""
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def enter_namespaces() -> None:
    """Leave the mounts, hostname, IPC, network and control groups of the parent; its processes at the next fork."""
    _call("unshare", NEW_MOUNTS | NEW_CGROUPS | NEW_HOSTNAME | NEW_IPC | NEW_PROCESSES | NEW_NETWORK)
    _call("mount", b"none", b"/", None, ctypes.c_ulong(MOUNT_RECURSIVE | MOUNT_PRIVATE), None)


def mount_empty(folder: str, size_mb: int, max_files: int) -> None:
    """Put an empty folder in memory of at most ``size_mb`` and ``max_files`` files over ``folder``."""
    options = f"size={size_mb}m,nr_inodes={max_files},mode=0700".encode()
    flags = ctypes.c_ulong(MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC)
    _call("mount", b"tmpfs", folder.encode(), b"tmpfs", flags, options)


def drop_capabilities() -> None:
    """Give up all capabilities of this process and, with them, of every program that it could start."""
    _call("capset", ctypes.byref(_CapabilityHeader(CAPABILITY_VERSION_3, 0)), (ctypes.c_uint32 * CAPABILITY_WORDS)())


def forbid_new_privileges() -> None:
    """Make set-user-id programs harmless; the kernel wants this before it takes a filter from an ordinary user."""
    zero = ctypes.c_ulong(0)
    _call("prctl", SET_NO_NEW_PRIVILEGES, ctypes.c_ulong(1), zero, zero, zero)


def filter_system_calls() -> None:
    """Let the kernel refuse the calls of `course_lib.grading.runner.seccomp` from now on."""
    code = build_filter(os.uname().machine)
    program = _Program(len(code) // 8, code)
    _call("prctl", SET_SECCOMP, ctypes.c_ulong(MODE_FILTER), ctypes.byref(program))


def limit_resources(limits: dict[str, int]) -> None:
    """Set the limits that the kernel holds for one process.

    Parameters
    ----------
    limits
        ``cpu_s`` for the whole process, ``file_mb`` per file, ``open_files``, and ``data_mb`` for memory that is
        written to (0: not limited here).
    """
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits["cpu_s"],
        resource.RLIMIT_FSIZE: limits["file_mb"] * MEBIBYTE,
        resource.RLIMIT_NOFILE: limits["open_files"],
    }
    if limits["data_mb"]:
        wanted[resource.RLIMIT_DATA] = limits["data_mb"] * MEBIBYTE
    for what, most in wanted.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
