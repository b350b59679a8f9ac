"""The system calls that a box refuses: threads are allowed, everything that makes or touches processes is not.

The filter is a list of what is forbidden. The box has no network, no capabilities and nothing of value in its file
system; the filter takes away what rlimits and namespaces leave: new processes, new programs, new namespaces, sockets,
memory that no limit counts, and the rarely used parts of the kernel in which holes have been found.
"""

import errno
import struct
from dataclasses import dataclass

ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the low half on little endian
CLONE_THREAD = 0x00010000
X32_BIT = 0x40000000  # calls of the x32 interface have numbers of their own on x86-64


@dataclass(frozen=True)
class Machine:
    """One kind of processor.

    Parameters
    ----------
    audit
        How the kernel names it.
    column
        Its column in `NUMBERS`.
    """

    audit: int
    column: int


MACHINES = {"x86_64": Machine(0xC000003E, 0), "aarch64": Machine(0xC00000B7, 1)}
CLONE, CLONE3 = (56, 220), (435, 435)

# Name: numbers on x86-64 and on 64-bit ARM; None where there is no such call.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    # new processes and programs
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    # sockets; pairs, which asyncio needs, lead nowhere else and stay
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # memory and messages that outlive a mapping or that no limit counts
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # keys, tracing, asynchronous input and output, the kernel itself
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "personality": (135, 92),
    "seccomp": (317, 277),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}


def instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Return one ``struct sock_filter``; the jumps count instructions to skip."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def refuse(number: int, error: int = errno.EPERM) -> bytes:
    """Return two instructions: call ``number`` fails with ``error``."""
    return instruction(EQUAL, number, 0, 1) + instruction(RETURN, ERRNO | error)


def build_filter(machine: str) -> bytes:
    """Return the filter for processors of kind ``machine`` as the kernel reads it.

    A call made through another interface of the same processor (32-bit, x32) ends the process: its numbers would mean
    other calls. ``clone3`` is said to be missing, so that the C library makes its threads by ``clone``, whose flags a
    filter can read.

    Raises
    ------
    LookupError
        The numbers of this kind of processor are not known.
    """
    if machine not in MACHINES:
        raise LookupError(f"no list of system calls for {machine!r}, only for {', '.join(MACHINES)}")
    kind = MACHINES[machine]
    parts = [
        instruction(LOAD, ARCHITECTURE),
        instruction(EQUAL, kind.audit, 1, 0),
        instruction(RETURN, KILL_PROCESS),
        instruction(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        parts += [instruction(AT_LEAST, X32_BIT, 0, 1), instruction(RETURN, KILL_PROCESS)]
    numbers = (both[kind.column] for both in NUMBERS.values())
    parts += [refuse(number) for number in numbers if number is not None]
    parts += [
        refuse(CLONE3[kind.column], errno.ENOSYS),
        instruction(EQUAL, CLONE[kind.column], 0, 3),
        instruction(LOAD, FIRST_ARGUMENT),
        instruction(ANY_BIT, CLONE_THREAD, 1, 0),
        instruction(RETURN, ERRNO | errno.EPERM),
        instruction(RETURN, ALLOW),
    ]
    return b"".join(parts)
