"""Write a file so that at every moment, also when the power fails, it is the old or the new one."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["write_atomically"]

_LEFT_BEHIND = 3600.0  # a writer that is alive touches its file more often than once an hour
_FOLDERS_WITHOUT = {errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM, errno.EBADF}


def write_atomically(
    path: str | os.PathLike[str],
    write: Callable[[BinaryIO], Any],
    *,
    asked_by: str = "write_atomically",
) -> None:
    """Write a file whole or not at all.

    The bytes go to a hidden file in the same folder, are forced to the disk, and only then take the
    old file's place, which the system does in one step; at last the folder is forced to the disk.
    A link is followed: the file it leads to is replaced. The old file's permissions are kept; a new
    file has those that the system gives to new files. What a killed process left behind is removed
    by a later write, after an hour.

    On Windows a folder cannot be forced to the disk, so that after a power failure the old file may
    be back; and a file that another program holds open cannot be replaced: PermissionError.

    Args:
        path: Where to; its folder must be there.
        write: Writes the contents into an open binary file.
        asked_by: The function that asks, for errors.

    Raises:
        OSError: If the disk is full, the folder read-only, the path a folder or a device, ...; what
            was there is unchanged.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "numbers.txt")
        ...     write_atomically(file, lambda out: out.write(b"1 2 3"))
        ...     file.read_text(), [p.name for p in Path(folder).iterdir()]
        ('1 2 3', ['numbers.txt'])
    """
    target = Path(os.path.realpath(path))
    permissions = _permissions(target, asked_by)
    stem = f".{target.name[:40]}.{hashlib.sha256(target.name.encode()).hexdigest()[:8]}."
    _remove_what_was_left(target.parent, stem)
    partial = target.parent / f"{stem}{secrets.token_hex(8)}.partial"
    try:
        # 0o666 is cut down by the process' own umask, as for any new file
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(partial, flags, 0o666), "wb") as file:
            if permissions is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), permissions)
            write(file)
            file.flush()
            _to_disk(file.fileno())
        os.replace(partial, target)
    except BaseException as error:  # Ctrl-C, too, leaves nothing lying about
        with suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError):
            raise _told(asked_by, target, error) from error
        raise
    _folder_to_disk(target.parent)


def _permissions(target: Path, asked_by: str) -> int | None:
    """Refuse what must not be replaced; give the permissions of what is there."""
    try:
        found = target.lstat()
    except FileNotFoundError:
        if not target.parent.is_dir():
            raise FileNotFoundError(
                errno.ENOENT, f"{asked_by}: there is no folder {target.parent}; make it first"
            ) from None
        return None
    except OSError as error:
        raise _told(asked_by, target, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(
            errno.EISDIR, f"{asked_by}: {target} is a folder; give the path of a file"
        )
    if not stat.S_ISREG(found.st_mode):
        raise OSError(
            errno.EINVAL,
            f"{asked_by}: {target} is no plain file; it was left alone: give another path",
        )
    if not os.access(target, os.W_OK):
        raise PermissionError(
            errno.EACCES,
            f"{asked_by}: {target} is write-protected; it was left alone: give another path",
        )
    return stat.S_IMODE(found.st_mode) & 0o777


def _told(asked_by: str, target: Path, error: OSError) -> OSError:
    """The same error, in words of what was being done."""
    reason = error.strerror or str(error)
    return OSError(
        error.errno or errno.EIO,
        f"{asked_by}: {target} was not written: {reason}; what was there is unchanged: give "
        "another path",
    )


def _to_disk(descriptor: int) -> None:
    """Wait until the bytes are on the disk and not only on their way."""
    os.fsync(descriptor)
    if sys.platform == "darwin":  # there, fsync stops at the disk's own memory
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)


def _folder_to_disk(folder: Path) -> None:
    """Wait until the new name is on the disk, where a folder can be waited for."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _FOLDERS_WITHOUT:
            raise


def _remove_what_was_left(folder: Path, stem: str) -> None:
    """Remove files that an earlier, killed write to the same target did not finish."""
    unfinished = re.compile(re.escape(stem) + "[0-9a-f]{16}[.]partial")
    with suppress(OSError):
        for entry in os.scandir(folder):
            with suppress(OSError):
                if unfinished.fullmatch(entry.name) and (
                    time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_BEHIND
                ):
                    os.unlink(entry.path)
