"""What of the C library a mod's Python may reach: arithmetic, memory and text. All else has the answers below.

This is what makes a refusal friendly, a Python exception instead of a trap. That nothing leaves the box does not rest on
it: the image has no import through which a file, a clock or a process could be reached.
"""

from __future__ import annotations

from enum import Enum, auto


class Answer(Enum):
    """How a function answers that the box does not have."""

    TRAP = auto()
    REFUSED = auto()  # -1, and errno says "not permitted"
    NOTHING = auto()  # 0
    NOWHERE = auto()  # a null pointer, and errno says "no such file"
    BUSY = auto()  # the error number of "try again": no thread can be started
    EMPTY_LIST = auto()  # an empty list, written where the first argument points
    ZEROS = auto()  # as many zeros as the first argument says: the list is written where the second points
    NEVER = auto()  # a time of zero, written where the second argument points


# While the image is made, the build answers these from the standard library's sources; afterwards there are no files.
FROM_BUILD = frozenset({"open", "read", "fstat", "stat", "lseek", "close", "fcntl", "__wasilibc_tell"})

_REFUSED = """
    accept accept4 access bind chdir connect faccessat fdatasync fpathconf fstatat fsync ftell ftruncate futimens
    getaddrinfo gethostname getnameinfo getpeername getsockname getsockopt ioctl link listen lstat mkdir mkdirat
    nanosleep openat pathconf poll posix_fadvise pread pwrite readlink readlinkat recv recvfrom rename renameat rmdir
    select send sendto setenv setsockopt shutdown socket symlink symlinkat truncate unlink unlinkat unsetenv utimensat
    utimes write getentropy gettimeofday clock_nanosleep sleep closedir
"""
_NOTHING = """
    isatty getenv time fflush fprintf vfprintf fputs fputc fwrite printf puts putchar clearerr feof ferror fclose fgets
    fread getc ungetc setvbuf rewind fileno sched_yield
"""
_NOWHERE = """
    fopen fdopen fopencookie opendir readdir realpath gethostbyaddr gethostbyname getprotobyname getservbyname
    getservbyport confstr dlopen dlsym dlerror
"""
_TRAPS = "exit _exit abort"

ANSWERS: dict[str, Answer] = {
    **dict.fromkeys(_REFUSED.split(), Answer.REFUSED),
    **dict.fromkeys(_NOTHING.split(), Answer.NOTHING),
    **dict.fromkeys(_NOWHERE.split(), Answer.NOWHERE),
    **dict.fromkeys(_TRAPS.split(), Answer.TRAP),
    "pthread_create": Answer.BUSY,
    "clock_gettime": Answer.NEVER,
    "clock_getres": Answer.NEVER,
    "wasi:cli/environment@0.2.0 get-environment": Answer.EMPTY_LIST,
    "wasi:random/random@0.2.0 get-random-bytes": Answer.ZEROS,
}

# Modules of CPython that make no sense in the box; without them the image is a third smaller.
_UNWANTED = """
    _asyncio _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _multibytecodec _elementtree
    pyexpat _lsprof _socket select _sqlite3 _tracemalloc faulthandler _zoneinfo _sysconfig
"""
UNWANTED_MODULES = frozenset(f"PyInit_{name}" for name in _UNWANTED.split())
