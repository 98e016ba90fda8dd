"""Files that are cut off, have a bit turned over, or were made to do harm."""

import io
import json
import pickle
import struct
import warnings
import zipfile
import zlib

import numpy as np
import pytest

import nn
from nn.saving import SavedFileError, load_checkpoint, npz_file, save_checkpoint

FORMATS = [".npz", ".safetensors"]
ARRAYS = {"w": np.array([1.5, -2.0]), "on": np.array(True)}


@pytest.fixture(params=FORMATS)
def path(request, tmp_path):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return tmp_path / f"file{request.param}"


def loaded_or_refused(path, contents, expected):
    """Whether the file is refused; if it is not, its numbers must be the right ones."""
    path.write_bytes(contents)
    try:
        found = nn.load(path)
    except SavedFileError as error:
        told = str(error)
    else:
        told = ""
    if told:
        assert str(path) in told
        assert "nothing was loaded" in told
        return True
    assert sorted(found) == sorted(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()
    return False


def test_cut_off_anywhere(path):
    nn.save(ARRAYS, path)
    whole = path.read_bytes()
    assert not loaded_or_refused(path, whole, ARRAYS)
    for length in range(len(whole)):
        assert loaded_or_refused(path, whole[:length], ARRAYS), length


@pytest.mark.slow
def test_any_bit_turned_over(path):
    nn.save(ARRAYS, path)
    whole, passed = path.read_bytes(), []
    for place in range(len(whole)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            with warnings.catch_warnings():  # zipfile warns of some
                warnings.simplefilter("ignore")
                if not loaded_or_refused(path, bytes(damaged), ARRAYS):
                    passed.append(place)
    # what may pass carries no numbers: the zip's dates, versions, rights and second copies of sizes
    start = whole.find(ARRAYS["w"].tobytes())
    assert not set(passed) & set(range(start, start + ARRAYS["w"].nbytes))
    assert len(set(passed)) < (0.25 if path.suffix == ".npz" else 0.02) * len(whole)


def test_any_byte_lost_or_doubled(path):
    nn.save(ARRAYS, path)
    whole = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place in range(0, len(whole), 3):
            before, byte, after = whole[:place], whole[place : place + 1], whole[place + 1 :]
            loaded_or_refused(path, before + after, ARRAYS)
            loaded_or_refused(path, before + byte + byte + after, ARRAYS)


def test_something_else_altogether(path):
    for contents in (b"", b"\0" * 100, b"PK", b"{}", b"<html>", pickle.dumps(ARRAYS), b"\xff" * 64):
        assert loaded_or_refused(path, contents, ARRAYS)


def test_the_other_format_under_this_suffix(tmp_path):
    pytest.importorskip("safetensors")
    nn.save(ARRAYS, tmp_path / "a.npz")
    nn.save(ARRAYS, tmp_path / "a.safetensors")
    contents = (tmp_path / "a.npz").read_bytes()
    assert loaded_or_refused(tmp_path / "a.npz", (tmp_path / "a.safetensors").read_bytes(), ARRAYS)
    assert loaded_or_refused(tmp_path / "a.safetensors", contents, ARRAYS)


def test_a_damaged_file_leaves_the_model_as_it_was(path):
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    before = {name: array.copy() for name, array in model.state_dict().items()}
    nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).save(path)
    contents = bytearray(path.read_bytes())
    start = contents.find(np.ones(2).tobytes())
    contents[start + 3] ^= 4
    path.write_bytes(contents)
    with pytest.raises(SavedFileError, match=r"checksum|CRC"):
        model.load(path)
    for name, array in model.state_dict().items():
        assert array.tobytes() == before[name].tobytes()


def test_a_number_changed_with_its_crc(tmp_path):
    """The zip's CRC is for accidents; the SHA-256 also catches a zip that was packed again."""
    nn.save(ARRAYS, tmp_path / "a.npz")
    arrays, texts = npz_file.unpack((tmp_path / "a.npz").read_bytes())
    other = np.array([1.5, -2.5])
    (tmp_path / "a.npz").write_bytes(npz_file.pack({**arrays, "w": other}, texts))
    with pytest.raises(SavedFileError, match="w does not have the checksum that was noted"):
        nn.load(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: {**a, "more": np.zeros(1)}, "more has no checksum"),
        (lambda a: {n: v for n, v in a.items() if n != "w"}, "w is missing"),
        (lambda a: {**a, "w": a["on"], "on": a["w"]}, "w does not have the checksum"),
        (lambda a: {**a, "w": a["w"].astype("f4")}, "w does not have the checksum"),
        (lambda a: {**a, "w": a["w"].reshape(2, 1)}, "w does not have the checksum"),
    ],
)
def test_arrays_that_the_record_does_not_know(tmp_path, change, words):
    nn.save(ARRAYS, tmp_path / "a.npz")
    arrays, texts = npz_file.unpack((tmp_path / "a.npz").read_bytes())
    (tmp_path / "a.npz").write_bytes(npz_file.pack(change(arrays), texts))
    with pytest.raises(SavedFileError, match=words):
        nn.load(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ('{"a": 1, "a": 2}', "the name 'a' comes twice"),
        ('{"version": NaN}', "NaN is no JSON number"),
        ('{"version": -Infinity}', "-Infinity is no JSON number"),
        ('{"version": 1e999}', "1e999 is too large"),
        ("[" * 100_000, "recursion|RecursionError|nested"),
        ("[]", "a JSON object is needed"),
        ("", "Expecting value"),
        ('{"version": 2, "sha256": {}, "notes": {}}', "version 2 of the format; this glassgrad"),
        ('{"version": "1"}', "version '1'"),
        ('{"version": 1, "sha256": [], "notes": {}}', "record is not complete"),
        ('{"version": 1, "sha256": {}}', "record is not complete"),
        ('{"version": 1, "sha256": {}, "notes": {}}', "'?glassgrad'?"),
        ('{"version": 1' + "0" * 5000 + "}", "digits"),
    ],
)
def test_records_with_a_good_seal_and_bad_contents(path, record, words):
    from nn.saving.container import FORMATS, _digest

    texts = {"glassgrad.json": record, "glassgrad.sha256": _digest(record)}
    path.write_bytes(FORMATS[path.suffix].pack({}, texts))
    with pytest.raises(SavedFileError, match=words):
        nn.load(path)


def test_a_record_without_its_seal(path):
    from nn.saving.container import FORMATS

    for texts in ({"glassgrad.json": "{}"}, {"glassgrad.sha256": "0" * 64}):
        path.write_bytes(FORMATS[path.suffix].pack({}, texts))
        with pytest.raises(SavedFileError, match="its record does not have the checksum"):
            nn.load(path)


# ---------------------------------------------------------------------------- hostile safetensors


def safetensors_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def one(dtype="F64", shape=(1,), offsets=(0, 8), **more):
    return {"w": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}, **more}


@pytest.mark.parametrize(
    "contents",
    [
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 2**64 - 1) + b"{}",
        struct.pack("<Q", 10**8) + b"{}" + b" " * 50,
        safetensors_of({}, b"left over"),
        safetensors_of(one(), b"1234567"),
        safetensors_of(one(), b"123456789"),
        safetensors_of(one(shape=(2,)), bytes(8)),
        safetensors_of(one(shape=(-1,)), bytes(8)),
        safetensors_of(one(shape=(2**62, 2**62)), bytes(8)),
        safetensors_of(one(shape=(2**61, 8)), bytes(8)),
        safetensors_of(one(offsets=(8, 0)), bytes(8)),
        safetensors_of(one(offsets=(0, 2**62)), bytes(8)),
        safetensors_of(one(offsets=(-8, 0)), bytes(8)),
        safetensors_of(one(dtype="object"), bytes(8)),
        safetensors_of(one(dtype="C64"), bytes(8)),
        safetensors_of(one(dtype="F8_E4M3", offsets=(0, 1)), bytes(1)),
        safetensors_of(one(dtype="BOOL", offsets=(0, 1)), b"\2"),
        safetensors_of({**one(), "v": one()["w"]}, bytes(8)),  # two names for the same bytes
        safetensors_of(json.dumps(one()).encode()[:-1] + b", " + json.dumps(one()).encode()[1:],
                       bytes(8)),
        safetensors_of({"../../w": one()["w"]}, bytes(8)),
        safetensors_of({"": one()["w"]}, bytes(8)),
        safetensors_of(one(__metadata__={"a": 5}), bytes(8)),
        safetensors_of(one(__metadata__=[]), bytes(8)),
        safetensors_of(b'{"__metadata__": {"a": "1", "a": "2"}}'),
        safetensors_of(b"[" * 10_000),
        safetensors_of(b"\xff\xfe{}"),
    ],
)  # fmt: skip
def test_hostile_safetensors(tmp_path, contents):
    pytest.importorskip("safetensors")
    assert loaded_or_refused(tmp_path / "file.safetensors", contents, {"never": np.zeros(1)})


# ----------------------------------------------------------------------------------- hostile npz


def npy(header, data=b"", version=(1, 0)):
    head = header.encode()
    length = struct.pack("<H" if version == (1, 0) else "<I", len(head))
    return b"\x93NUMPY" + bytes(version) + length + head + data


def npy_of(descr="'<f8'", shape="(1,)", data=bytes(8), order="False"):
    return npy(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n", data)


def zipped(*members, packed=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", packed) as archive:
        warnings.simplefilter("ignore")  # of names that come twice
        for name, raw in members:
            archive.writestr(name, raw)
    return out.getvalue()


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


def pickled_array():
    out = io.BytesIO()
    np.lib.format.write_array(out, np.array([Evil()], dtype=object), allow_pickle=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (pickled_array(), "Python objects, which are never loaded"),
        (pickle.dumps(Evil()), "magic"),
        (npy_of("'|O'"), "Python objects"),
        (npy_of("[('a', '<f4'), ('b', '<f4')]"), "of the kind"),
        (npy_of("'<c16'", data=bytes(16)), "of the kind complex128"),
        (npy_of("'<U2'"), "of the kind"),
        (npy_of("'<M8[s]'"), "of the kind"),
        (npy_of("'|V8'"), "of the kind"),
        (npy_of("'|b1'", data=b"\2"), "neither 0 nor 1"),
        (npy_of(shape="(2,)"), "are not those of shape"),
        (npy_of(shape="()", data=bytes(16)), "are not those of shape"),
        (npy_of(shape="(-1,)"), "are not those of shape"),
        (npy_of(shape="(-1, -1)"), "are not those of shape"),
        (npy_of(shape="(2**62,)"), "malformed|header"),
        (npy_of(shape="(4611686018427387904, 4)"), "are not those of shape"),
        (npy_of(shape="(0, 99999999999999999999999)", data=b""), "."),
        (npy_of(shape="(True,)"), "."),
        (npy_of(shape="(1.0,)"), "."),
        (npy_of(shape="__import__('os')"), "."),
        (npy_of(descr="__import__('os').system('exit')"), "."),
        (npy("{" * 9000), "."),
        (npy("{}"), "."),
        (npy_of()[:-1], "are not those of shape"),
        (b"\x93NUMPY\3\0" + npy_of()[8:], "version"),
        (b"", "."),
    ],
)
def test_hostile_arrays_in_an_npz(tmp_path, member, words):
    (tmp_path / "a.npz").write_bytes(zipped(("w.npy", member)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SavedFileError, match=words):
            nn.load(tmp_path / "a.npz")


@pytest.mark.parametrize("name", ["../w.npy", "/etc/w.npy", "a/../../w.npy", ".npy", "a\n.npy"])
def test_hostile_names_in_an_npz(tmp_path, name):
    (tmp_path / "a.npz").write_bytes(zipped((name, npy_of())))
    with pytest.raises(SavedFileError, match="the name"):
        nn.load(tmp_path / "a.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_names_that_come_twice_in_an_npz(tmp_path):
    (tmp_path / "a.npz").write_bytes(zipped(("w.npy", npy_of()), ("w.npy", npy_of())))
    with pytest.raises(SavedFileError, match=r"the name 'w.npy' comes twice"):
        nn.load(tmp_path / "a.npz")


def test_a_stranger_among_the_members(tmp_path):
    (tmp_path / "a.npz").write_bytes(zipped(("w.npy", npy_of()), ("setup.py", b"print()")))
    with pytest.raises(SavedFileError, match=r"setup.py', which is no array"):
        nn.load(tmp_path / "a.npz")


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing(tmp_path, packed):
    (tmp_path / "a.npz").write_bytes(zipped(("w.npy", npy_of()), packed=packed))
    with pytest.raises(SavedFileError, match="packed in an unusual way"):
        nn.load(tmp_path / "a.npz")


def test_a_zip_bomb(tmp_path, monkeypatch):
    """What it would unpack to is known before anything is unpacked."""
    monkeypatch.setattr(npz_file, "_LARGEST", 10**6)
    head = npy_of(shape=f"({10**6},)", data=b"")
    (tmp_path / "a.npz").write_bytes(
        zipped(("w.npy", head + bytes(8 * 10**6)), packed=zipfile.ZIP_DEFLATED)
    )
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(SavedFileError, match="would unpack to 8000074; at most 1000000"):
        nn.load(tmp_path / "a.npz")


def test_a_bomb_that_lies_about_its_size(tmp_path):
    """The list says 100 bytes; the packed bytes would go on for a megabyte."""
    packed = zlib.compressobj(wbits=-15)
    stream = packed.compress(npy_of(data=b"") + bytes(10**6)) + packed.flush()
    contents = bytearray(zipped(("w.npy", npy_of() + bytes(30)), packed=zipfile.ZIP_DEFLATED))
    short = zipped(("w.npy", stream))  # stored, so that the stream stands in the file as it is
    contents = bytearray(short)
    central = contents.find(b"PK\1\2")
    for place, at in ((8, 0), (10, central)):  # say "deflated, 100 bytes long" in both lists
        contents[at + place : at + place + 2] = struct.pack("<H", 8)
    contents[22:26] = contents[central + 24 : central + 28] = struct.pack("<I", 100)
    assert loaded_or_refused(tmp_path / "a.npz", bytes(contents), {"never": np.zeros(1)})


def test_members_that_share_their_bytes(tmp_path):
    """Many entries for one packed kernel: together they are larger than the file."""
    kernel = zipped(("w.npy", npy_of(shape="(1000,)", data=bytes(8000))))
    central = kernel.find(b"PK\1\2")
    end = kernel.find(b"PK\5\6")
    entry = kernel[central:end]
    entries = b"".join(entry.replace(b"w.npy", f"{i}.npy".encode()) for i in range(9))
    finish = bytearray(kernel[end:])
    finish[8:12] = struct.pack("<HH", 9, 9)
    finish[12:16] = struct.pack("<I", len(entries))
    contents = kernel[:central] + entries + bytes(finish)
    assert loaded_or_refused(tmp_path / "a.npz", contents, {"never": np.zeros(1)})


def test_encrypted(tmp_path):
    contents = bytearray(zipped(("w.npy", npy_of())))
    contents[6] |= 1
    contents[contents.find(b"PK\1\2") + 8] |= 1
    (tmp_path / "a.npz").write_bytes(contents)
    with pytest.raises(SavedFileError, match="encrypted"):
        nn.load(tmp_path / "a.npz")


# ----------------------------------------------------------------------------------- checkpoints


@pytest.mark.slow
def test_a_checkpoint_cut_off_or_turned_over_loads_nothing(path):
    model = nn.Linear(1, 1)
    optimizer = nn.Adam(model.parameters())
    save_checkpoint(path, model=model, optimizer=optimizer, run={"epoch": 1})
    whole = path.read_bytes()
    before = model.state_dict()
    generator = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(whole)
        if generator.random() < 0.3:
            damaged = damaged[: generator.integers(len(whole))]
        else:
            damaged[generator.integers(len(whole))] ^= 1 << generator.integers(8)
        path.write_bytes(damaged)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                run = load_checkpoint(path, model=model, optimizer=optimizer)
            except SavedFileError:
                run = None
        assert run in (None, {"epoch": 1})
        for name, array in model.state_dict().items():
            assert array.tobytes() == before[name].tobytes()
