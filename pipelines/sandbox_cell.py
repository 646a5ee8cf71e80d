"""The program of the sandbox: it locks itself in, then runs the code it was sent. It imports nothing of Routeloom.

Started as a file by `pipelines.sandbox`. The kernel enforces everything: limits on memory, CPU time and files, Landlock
(nothing readable but the standard library, nothing writable), seccomp (no sockets, no processes, no signals).
"""

from __future__ import annotations

import ctypes
import importlib.abc
import importlib.util
import json
import os
import platform
import resource
import struct
import sys
import traceback
from typing import Any

_ERRNO_EPERM = 0x00050001
_ALLOW = 0x7FFF0000
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_ENTER = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_REFUSED: dict[str, tuple[int, int]] = {
    # The network.
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "connect": (42, 203), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    "recvfrom": (45, 207), "recvmsg": (47, 212), "recvmmsg": (299, 243), "getsockname": (51, 204),
    "getpeername": (52, 205), "setsockopt": (54, 208), "getsockopt": (55, 209), "shutdown": (48, 210),
    # Other processes.
    "fork": (57, -1), "vfork": (58, -1), "clone": (56, 220), "clone3": (435, 435), "execve": (59, 221),
    "execveat": (322, 281), "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "kcmp": (312, 272), "prlimit64": (302, 261),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "setpgid": (109, 154), "setsid": (112, 157),
    # Shared memory and messages.
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197), "semget": (64, 190),
    "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182), "mq_timedreceive": (243, 183), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # The system.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "sethostname": (170, 161), "setdomainname": (171, 162),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "acct": (163, 89), "syslog": (103, 116), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "bpf": (321, 280),
    "perf_event_open": (298, 241), "quotactl": (179, 60), "iopl": (172, -1), "ioperm": (173, -1),
    "lookup_dcookie": (212, 18), "vhangup": (153, 58), "nfsservctl": (180, 42), "personality": (135, 92),
    # What Landlock leaves open.
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "chown": (92, -1), "fchown": (93, 55),
    "lchown": (94, -1), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "truncate": (76, 45),
    "ftruncate": (77, 46), "fallocate": (285, 47), "flock": (73, 32), "chdir": (80, 49), "fchdir": (81, 50),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "inotify_init": (253, -1),
    "inotify_init1": (294, 26), "inotify_add_watch": (254, 27), "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    # Other rights and roads around.
    "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145), "setregid": (114, 143),
    "setresuid": (117, 147), "setresgid": (119, 149), "setfsuid": (122, 151), "setfsgid": (123, 152),
    "setgroups": (116, 159), "capset": (126, 91), "unshare": (272, 97), "setns": (308, 268),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "io_setup": (206, 0),
    "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
}  # fmt: skip
"""System calls that are refused, with their numbers on x86_64 and aarch64; -1 where there is none."""


class _Text(importlib.abc.InspectLoader):
    """Loads one module from a text."""

    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:
        del fullname
        return self.source


def main() -> None:
    """Reads the task, locks this process in, runs the code, and writes the token if it came to its end."""
    task = json.loads(sys.stdin.buffer.read())
    result = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        _lock(task)
    except (OSError, ValueError, KeyError) as error:
        _say(result, {"unlocked": str(error)})
        os._exit(1)
    try:
        _run(task["code"])
    except BaseException as error:  # noqa: BLE001  the code of a stranger may raise anything
        _say(result, {"error": _told(error)})
    else:
        _say(result, {"token": task["token"]})
    os._exit(0)


def _run(source: str) -> None:
    loader = _Text(source)
    spec = importlib.util.spec_from_loader("answer", loader)
    if spec is None:
        raise ImportError("no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules["answer"] = module
    loader.exec_module(module)


def _told(error: BaseException) -> str:
    lines = traceback.extract_tb(error.__traceback__)
    place = next((f" (line {line.lineno})" for line in reversed(lines) if line.filename == "<string>"), "")
    try:
        said = str(error)[:300]
    except BaseException:  # noqa: BLE001  the text of a stranger's error is code of theirs too
        said = ""
    return f"{type(error).__name__}{': ' if said else ''}{said}{place}"


def _say(stream: int, found: dict[str, Any]) -> None:
    os.write(stream, json.dumps(found).encode()[:4_000])


def _lock(task: dict[str, Any]) -> None:
    cpu_s = max(1, round(task["cpu_s"]))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    for limit, most in (
        (resource.RLIMIT_AS, int(task["memory_bytes"])),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel gives up no privileges")
    _close_files(libc)
    _close_system(libc)


def _close_files(libc: Any) -> None:
    version = libc.syscall(_LANDLOCK_CREATE, 0, 0, 1)
    if version < 1:
        raise OSError(ctypes.get_errno(), "the kernel has no Landlock")
    rights = struct.pack("=Q", (1 << _FILE_RIGHTS.get(version, 16)) - 1)
    rules = libc.syscall(_LANDLOCK_CREATE, rights, len(rights), 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "Landlock refuses its rules")
    for path in (os.path.dirname(os.__file__), "/lib", "/lib64", "/usr/lib", "/usr/share/zoneinfo"):  # noqa: PTH120
        if os.path.isdir(path):  # noqa: PTH112
            place = os.open(path, os.O_PATH)
            rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, place)
            if libc.syscall(_LANDLOCK_ADD, rules, 1, rule, 0):
                raise OSError(ctypes.get_errno(), "Landlock refuses a rule")
            os.close(place)
    if libc.syscall(_LANDLOCK_ENTER, rules, 0):
        raise OSError(ctypes.get_errno(), "Landlock refuses to start")
    os.close(rules)


def _close_system(libc: Any) -> None:
    column, architecture = _ARCHITECTURES[platform.machine()]
    refused = sorted({numbers[column] for numbers in _REFUSED.values()} - {-1})
    # Load the architecture: another one has other numbers. Then the number of the call; x32 numbers are refused.
    program = [(0x20, 0, 0, 4), (0x15, 1, 0, architecture), (0x06, 0, 0, _ERRNO_EPERM), (0x20, 0, 0, 0)]
    program += [(0x35, 0, 1, 0x40000000), (0x06, 0, 0, _ERRNO_EPERM)]
    for number in refused:
        program += [(0x15, 0, 1, number), (0x06, 0, 0, _ERRNO_EPERM)]
    program.append((0x06, 0, 0, _ALLOW))
    code = b"".join(struct.pack("=HBBI", *line) for line in program)
    text = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(program), ctypes.addressof(text))
    if libc.prctl(_SECCOMP, _FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel has no seccomp filter")


if __name__ == "__main__":
    main()
