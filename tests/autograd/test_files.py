"""write_atomically: the old file or the new one, whatever goes wrong."""

import errno
import os
import stat
import subprocess
import sys
import time

import pytest

from autograd.files import write_atomically

OLD, NEW = b"old" * 1000, b"new" * 2000


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "numbers.npz"
    path.write_bytes(OLD)
    return path


def names(file):
    return sorted(entry.name for entry in file.parent.iterdir())


def write_new(out):
    out.write(NEW)


def test_replaces_and_leaves_nothing_else(file):
    write_atomically(file, write_new)
    assert file.read_bytes() == NEW
    assert names(file) == ["numbers.npz"]


def test_the_old_file_is_never_written_into(file, monkeypatch):
    replace, seen = os.replace, []

    def look(partial, target):
        with open(partial, "rb") as new:
            seen.append((new.read() == NEW, file.read_bytes() == OLD))
        replace(partial, target)

    monkeypatch.setattr(os, "replace", look)
    with file.open("rb") as reader:
        write_atomically(file, write_new)
        assert os.name == "nt" or reader.read() == OLD  # who reads the old one reads on
    assert seen == [(True, True)]


def test_writes_where_nothing_was(tmp_path):
    write_atomically(str(tmp_path / "fresh"), write_new)
    assert (tmp_path / "fresh").read_bytes() == NEW


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), MemoryError()])
def test_an_error_while_writing_keeps_the_old(file, error):
    def fail(out):
        out.write(NEW)
        raise error

    with pytest.raises(type(error)):
        write_atomically(file, fail)
    assert file.read_bytes() == OLD
    assert names(file) == ["numbers.npz"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_keeps_the_old(file, monkeypatch, step):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match=r"save: .*numbers.npz was not written: No space left") as e:
        write_atomically(file, write_new, asked_by="save")
    assert e.value.errno == errno.ENOSPC
    assert "what was there is unchanged" in str(e.value)
    assert file.read_bytes() == OLD
    assert names(file) == ["numbers.npz"]


@pytest.mark.skipif(os.name == "nt", reason="file sizes are limited by POSIX systems only")
def test_a_limit_of_the_system_keeps_the_old(file):
    program = (
        "import resource, sys\n"
        "from autograd.files import write_atomically\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    write_atomically(sys.argv[1], lambda out: out.write(bytes(100_000)))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True
    )
    assert "was not written: File too large; what was there is unchanged" in ran.stdout
    assert file.read_bytes() == OLD
    assert names(file) == ["numbers.npz"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_keeps_the_old(file):
    file.parent.chmod(0o555)
    try:
        with pytest.raises(PermissionError, match="was not written: Permission denied"):
            write_atomically(file, write_new)
    finally:
        file.parent.chmod(0o755)
    assert file.read_bytes() == OLD


def test_a_folder_that_takes_no_files(file, monkeypatch):
    opened = os.open

    def refuse(path, flags, *mode):
        if flags & os.O_CREAT:
            raise PermissionError(errno.EROFS, "Read-only file system")
        return opened(path, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OSError, match="was not written: Read-only file system"):
        write_atomically(file, write_new)
    assert file.read_bytes() == OLD


def test_a_folder_in_its_place(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder; give the path of a file"):
        write_atomically(tmp_path, write_new)


def test_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere; make it first"):
        write_atomically(tmp_path / "nowhere" / "file", write_new)


def test_a_file_in_the_folders_place(file):
    with pytest.raises(OSError, match=r"unchanged|no folder"):
        write_atomically(file / "inside", write_new)
    assert file.read_bytes() == OLD


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_left_alone(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no plain file; it was left alone"):
        write_atomically(tmp_path / "pipe", write_new)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_write_protected_file_is_left_alone(file, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="is write-protected; it was left alone"):
        write_atomically(file, write_new)
    assert file.read_bytes() == OLD


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_stays_a_link(file, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "latest.npz"
    link.symlink_to(file)
    write_atomically(link, write_new)
    assert link.is_symlink()
    assert file.read_bytes() == NEW
    assert names(link) == ["latest.npz"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_to_nothing_makes_what_it_names(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "link", write_new)
    assert (tmp_path / "target").read_bytes() == NEW
    assert (tmp_path / "link").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="a link that leads to itself")
def test_a_link_to_itself(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "link")
    with pytest.raises(OSError, match="it was left alone"):
        write_atomically(tmp_path / "link", write_new)
    assert (tmp_path / "link").is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX ones")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_permissions_are_kept(file, mode):
    file.chmod(mode)
    write_atomically(file, write_new)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.skipif(os.name == "nt", reason="permissions are POSIX ones")
def test_a_new_file_has_the_usual_permissions(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "fresh", write_new)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


def test_what_a_killed_write_left_goes_after_an_hour(file, monkeypatch):
    def stop(*_):
        raise SystemExit

    monkeypatch.setattr(os, "replace", stop)
    monkeypatch.setattr("pathlib.Path.unlink", stop)  # as if the process were gone
    with pytest.raises(SystemExit):
        write_atomically(file, write_new)
    monkeypatch.undo()
    left, _ = names(file)
    assert left.endswith(".partial")
    write_atomically(file, write_new)
    assert names(file) == [left, "numbers.npz"]  # it may be another process', which still writes
    two_hours_ago = time.time() - 7200
    os.utime(file.parent / left, (two_hours_ago, two_hours_ago))
    write_atomically(file.parent / "another.npz", write_new)
    assert left in names(file)  # another file's
    write_atomically(file, write_new)
    assert names(file) == ["another.npz", "numbers.npz"]


def test_a_long_name(tmp_path):
    path = tmp_path / ("ä" * 120)  # 240 bytes, of the 255 that most systems allow
    write_atomically(path, write_new)
    assert path.read_bytes() == NEW


def test_the_disk_is_waited_for_before_and_after(file, monkeypatch):
    steps = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            os, name, lambda *given, n=name, r=real: (steps.append(n), r(*given))[1]
        )
    write_atomically(file, write_new)
    assert steps == (["fsync", "replace"] if os.name == "nt" else ["fsync", "replace", "fsync"])
