import errno
import re
import struct
from pathlib import Path

import pytest

from course_lib.grading.runner import seccomp
from course_lib.grading.runner.seccomp import ALLOW, CLONE_THREAD, ERRNO, KILL_PROCESS, MACHINES, NUMBERS, build_filter

READ, CLONE = {"x86_64": 0, "aarch64": 63}, {"x86_64": 56, "aarch64": 220}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def judge(machine, number, first_argument=0, audit=None):
    """Return what the filter says to a call, by running it as the kernel does."""
    audit = MACHINES[machine].audit if audit is None else audit
    data = struct.pack("=IIQQ", number, audit, 0, first_argument)
    code = build_filter(machine)
    place, value = 0, 0
    while True:
        kind, if_true, if_false, operand = struct.unpack_from("=HBBI", code, 8 * place)
        place += 1
        if kind == seccomp.RETURN:
            return operand
        if kind == seccomp.LOAD:
            (value,) = struct.unpack_from("=I", data, operand)
            continue
        holds = {
            seccomp.EQUAL: value == operand,
            seccomp.AT_LEAST: value >= operand,
            seccomp.ANY_BIT: bool(value & operand),
        }[kind]
        place += if_true if holds else if_false


@pytest.fixture(params=sorted(MACHINES))
def machine(request):
    return request.param


def test_ordinary_calls_are_allowed(machine):
    assert judge(machine, READ[machine]) == ALLOW


def test_every_listed_call_fails(machine):
    column = MACHINES[machine].column
    for name, numbers in NUMBERS.items():
        if numbers[column] is not None:
            assert judge(machine, numbers[column]) == ERRNO | errno.EPERM, name


def test_threads_are_allowed_and_processes_are_not(machine):
    assert judge(machine, CLONE[machine], CLONE_THREAD | 0x100) == ALLOW
    assert judge(machine, CLONE[machine], 17) == ERRNO | errno.EPERM


def test_the_newer_clone_is_said_to_be_missing(machine):
    assert judge(machine, 435) == ERRNO | errno.ENOSYS


def test_calls_through_another_interface_end_the_process(machine):
    assert judge(machine, READ[machine], audit=0x40000003) == KILL_PROCESS
    assert judge("x86_64", 0x40000000 | 57) == KILL_PROCESS


def test_an_unknown_kind_of_processor_is_refused():
    with pytest.raises(LookupError, match="riscv64"):
        build_filter("riscv64")


def test_the_numbers_are_those_of_the_kernel(machine):
    if not HEADERS[machine].exists():
        pytest.skip("the headers of the kernel are not installed")
    text = HEADERS[machine].read_text(encoding="utf-8")
    listed = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    column = MACHINES[machine].column
    wrong = {
        name: numbers[column]
        for name, numbers in {**NUMBERS, "clone": seccomp.CLONE, "clone3": seccomp.CLONE3}.items()
        if numbers[column] is not None and listed.get(name, str(numbers[column])) != str(numbers[column])
    }
    assert not wrong
    assert len(set(NUMBERS) & set(listed)) > 50
