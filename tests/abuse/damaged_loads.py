"""Loads thousands of damaged checkpoints in a process with little memory, under watch.

    python damaged_loads.py SUFFIX FOLDER SEED COUNT

Nothing may be run that the file brought along, nothing written or opened but the checkpoint, and
what is loaded must be what was saved.  Prints how many were refused and how many loaded.
"""

import io
import json
import os
import random
import resource
import struct
import sys
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np

import nn
from nn.saving import SavedFileError, load_checkpoint, save_checkpoint
from nn.saving.container import FORMATS, _digest

MOST = 300 << 20  # bytes more than there are at the start
FORBIDDEN = (
    "exec", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen",
    "pickle.find_class", "marshal.loads", "ctypes.dlopen", "socket.connect", "shutil.rmtree",
    "os.remove", "os.rename", "os.mkdir", "os.symlink", "os.chmod", "urllib.Request",
)  # fmt: skip


class Guard:
    """Notes what is done while it is on, by Python's own audit events."""

    def __init__(self, path):
        self.on, self.path, self.seen = False, str(path), []
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if self.on and (
            event in FORBIDDEN
            or (event == "open" and str(arguments[0]) != self.path and arguments[1] != "r")
        ):
            self.seen.append((event, str(arguments)[:200]))


def parts():
    model = nn.Sequential(nn.Linear(3, 4, generator=1), nn.BatchNorm1d(4), nn.Linear(4, 2))
    optimizer = nn.Adam(model.parameters(), lr=0.01)
    return model, optimizer


def state(model, optimizer):
    found = [a.tobytes() for a in model.state_dict().values()]
    return found, repr(optimizer.state_dict())


# ------------------------------------------------------------------------------ ways to damage


def flip(raw, chance):
    raw = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 8))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)


def cut(raw, chance):
    return raw[: chance.randrange(len(raw))]


def lengthen(raw, chance):
    more = chance.randbytes(chance.choice((1, 7, 1000)))
    place = chance.randrange(len(raw) + 1)
    return raw[:place] + more + raw[place:]


def lose(raw, chance):
    place = chance.randrange(len(raw))
    return raw[:place] + raw[place + chance.choice((1, 4, 100)) :]


def blank(raw, chance):
    place, count = chance.randrange(len(raw)), chance.choice((1, 8, 512))
    return raw[:place] + chance.choice((b"\0", b"\xff")) * count + raw[place + count :]


def move(raw, chance):
    a, b = sorted(chance.sample(range(len(raw)), 2))
    return raw[b:] + raw[a:b] + raw[:a]


def large_number(raw, chance):
    """Sizes, offsets and counts stand in four or eight bytes."""
    place = chance.randrange(len(raw))
    number = chance.choice((2**63 - 1, 2**64 - 1, 2**40, 2**32 - 1, 2**31, 0))
    packed = struct.pack("<Q", number) if chance.random() < 0.5 else struct.pack(
        "<I", number & 0xFFFFFFFF
    )  # fmt: skip
    return raw[:place] + packed + raw[place + len(packed) :]


def digits(raw, chance):
    """A number in a text (a shape, an offset, a version) becomes another."""
    places = [i for i in range(min(len(raw), 4000)) if raw[i : i + 1].isdigit()]
    if not places:
        return flip(raw, chance)
    place = chance.choice(places)
    new = chance.choice((b"0", b"-1", b"9" * 18, b"1e9", b"4611686018427387904", b"null", b'"x"'))
    return raw[:place] + new + raw[place + 1 :]


def sealed_again(raw, chance):
    """The record is changed, and everything packed as it should be, with the right checksums."""
    form = FORMATS[SUFFIX]
    arrays, texts = form.unpack(raw)
    record = json.loads(texts["glassgrad.json"])
    spoil(record, chance)
    text = json.dumps(record)
    return form.pack(arrays, {"glassgrad.json": text, "glassgrad.sha256": _digest(text)})


def spoil(record, chance):
    """Change one thing somewhere inside plain data."""
    place = record
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(place[key], (dict, list)) and place[key] and chance.random() < 0.8:
            place = place[key]
            continue
        place[key] = chance.choice(
            (None, -1, 1e308, 2**70, "", "../../x", [], {}, True, "__import__('os')", [[[]]] * 3)
        )
        return


def packed_again(raw, chance):
    """One member of a zip is damaged, and the zip's own checksums are right for it."""
    if SUFFIX != ".npz":
        return digits(raw, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        unlucky = chance.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            if name == unlucky:
                content = chance.choice((flip, cut, digits, large_number, lose))(content, chance)
            new.writestr(name, content)
    return out.getvalue()


WAYS = [flip, cut, lengthen, lose, blank, move, large_number, digits, sealed_again, packed_again]
SUFFIX = ""


def main(suffix, folder, seed, count):
    global SUFFIX
    SUFFIX = suffix
    path = Path(folder) / f"checkpoint{suffix}"
    model, optimizer = parts()
    (model(np.ones((5, 3))) ** 2).sum().backward()
    optimizer.step()
    save_checkpoint(path, model=model, optimizer=optimizer, run={"epoch": 1})
    whole, good = path.read_bytes(), state(model, optimizer)
    model, optimizer = parts()
    fresh = state(model, optimizer)
    load_checkpoint(path, model=model, optimizer=optimizer)  # all that is imported late is there
    assert state(model, optimizer) == good
    size = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (size + MOST, size + MOST))
    guard, chance = Guard(path), random.Random(int(seed))
    told = {"refused": 0, "loaded": 0}
    slowest = 0.0
    for number in range(int(count)):
        way = WAYS[number % len(WAYS)]
        damaged = way(whole, chance)
        path.write_bytes(damaged)
        model, optimizer = parts()
        fresh = state(model, optimizer)
        begun = time.process_time()
        guard.on = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run = load_checkpoint(path, model=model, optimizer=optimizer)
        except (SavedFileError, OSError) as error:
            guard.on, said = False, str(error)
            told["refused"] += 1
            assert state(model, optimizer) == fresh, (number, way.__name__, "half loaded")
            assert 20 < len(said) < 2000, (number, way.__name__, said)
        else:
            guard.on = False
            told["loaded"] += 1
            if way is not sealed_again:  # else somebody wrote another record, and knew how to
                assert run == {"epoch": 1}, (number, way.__name__)
                assert state(model, optimizer) == good, (number, way.__name__)
        slowest = max(slowest, time.process_time() - begun)
        assert not guard.seen, (number, way.__name__, guard.seen)
    print(json.dumps({**told, "slowest": slowest}))


if __name__ == "__main__":
    main(*sys.argv[1:])
