"""Compiled code on the disk: never stale, never of others, never in the way of a run."""

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from smpsim import code_cache

PACKAGE = Path(code_cache.__file__).parent
NAME = "0123456789abcdef"
OTHER = 65534  # a user who is neither us nor the administrator
# a user of the tests may not read this checkout, and reading is not what is tested
AS_OTHER = [
    "setpriv",
    f"--reuid={OTHER}",
    f"--regid={OTHER}",
    "--clear-groups",
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
]
needs_users = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="files of another user can only be made by root, with setpriv",
)
RUN = """
import json
from smpsim.compiled import is_warm
before = is_warm()
import smpsim
placed = smpsim.run("bare_pipeline", 2, threads=1).outcomes()["placed"].tolist()
print(json.dumps([before, placed, is_warm()]))
"""
# entry points as small as can be, of a rule that calls another
SMALL = """
import json
from smpsim.agents.seat import months_beyond
from smpsim.compiled import entry, is_warm
before = is_warm()
def advance(patience, doubt):
    return months_beyond(patience, 6.0, doubt)
def summarise(patience, doubt):
    return -months_beyond(patience, 6.0, doubt)
found = [entry(one)(6.0, 2.0) for one in (advance, summarise)]
print(json.dumps([before, found, is_warm()]))
"""
FOLDER = """
import json
from smpsim.compiled import place_of_code
print(json.dumps(place_of_code().folder))
"""
PLACE = """
import json
from smpsim import code_cache
place = code_cache.find_place("0123456789abcdef")
print(json.dumps([place.folder, place.reason]))
"""


def python(code, *, package=PACKAGE, prefix=(), **environment):
    kept = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME", "TMPDIR")}
    kept = {k: v for k, v in kept.items() if not k.startswith(("SMPSIM_", "NUMBA_"))}
    run = subprocess.run(
        [*prefix, sys.executable, "-c", code],
        env={**kept, "PYTHONPATH": str(package.parent), **environment},
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    return json.loads(run.stdout), run.stderr


@pytest.fixture(scope="module")
def shelf():
    """A folder that other users may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="smpsim-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def warm(shelf):
    """A cache as the first run on this computer left it, and what a run places."""
    names = ("SMPSIM_CACHE", "HOME", "XDG_CACHE_HOME", "TMPDIR")
    usual = {name: os.environ[name] for name in names if name in os.environ}
    (_, placed, after), said = python(RUN, **usual)
    assert (after, said) == (True, "")
    kept, _ = python(FOLDER, **usual)
    cache = shelf / "warm"
    cache.mkdir(mode=0o700)
    (cache / "smpsim").mkdir(mode=0o700)
    shutil.copytree(kept, cache / "smpsim" / Path(kept).name)
    return cache, placed


@pytest.fixture(scope="module")
def small(shelf):
    """A cache of small entry points, and what they returned to the process that compiled them."""
    cache = shelf / "small"
    (before, found, after), said = python(SMALL, SMPSIM_CACHE=str(cache))
    assert (before, after, said) == (False, True, "")
    assert found[0] == -found[1] > 0
    assert python(SMALL, SMPSIM_CACHE=str(cache)) == ([True, found, True], "")
    return cache, found


def contents(folder):
    return {p: (p.lstat().st_mtime_ns, p.lstat().st_mode) for p in [folder, *folder.rglob("*")]}


def copied(cache, name):
    target = cache.parent / name
    shutil.copytree(cache, target)
    return target


# what is found on the disk ------------------------------------------------------------------


def test_a_second_process_loads_what_the_first_compiled(warm):
    cache, placed = warm
    seen = contents(cache)
    assert python(RUN, SMPSIM_CACHE=str(cache)) == ([True, placed, True], "")
    assert contents(cache) == seen
    for folder in (cache, *cache.rglob("*/")):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@needs_users
def test_a_read_only_cache_of_the_administrator_is_used_without_writing(warm):
    cache, placed = warm
    lent = copied(cache, "lent")
    for path in (lent, *lent.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    seen = contents(lent)
    found = python(RUN, prefix=AS_OTHER, SMPSIM_CACHE=str(lent))
    assert found == ([True, placed, True], "")
    assert contents(lent) == seen


@pytest.mark.parametrize("damage", ["empty", "garbage", "cut", "one bit", "a folder"])
def test_a_damaged_file_is_compiled_anew(small, damage):
    cache, right = small
    broken = copied(cache, f"broken {damage}")
    (file,) = broken.rglob("summarise-*.nbc")
    whole = bytearray(file.read_bytes())
    if damage == "one bit":
        whole[len(whole) // 2] ^= 1
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    else:
        file.write_bytes(
            {"empty": b"", "garbage": b"\x80garbage", "cut": whole[:-100], "one bit": whole}[damage]
        )
    (before, found, after), said = python(SMALL, SMPSIM_CACHE=str(broken))
    assert (before, found) == (False, right)
    assert after == (damage != "a folder")
    assert said.count("compiled code is not kept") == (damage == "a folder")


def test_a_whole_file_that_holds_something_else_is_compiled_anew(small):
    cache, right = small
    odd = copied(cache, "odd")
    (file,) = odd.rglob("summarise-*.nbc")
    whole, body = file.read_bytes(), b"not what this process can use"
    file.write_bytes(hashlib.sha256(body).digest() + body)
    assert python(SMALL, SMPSIM_CACHE=str(odd))[0][1:] == [right, True]
    assert len(file.read_bytes()) > len(whole) / 2


def test_numbers_follow_an_edit_of_a_callee_when_nothing_can_be_kept(tmp_path):
    package = tmp_path / "smpsim"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PACKAGE.parent / "scenarios", tmp_path / "scenarios")
    (tmp_path / "no folder").write_text("")
    unusable = {"SMPSIM_CACHE": str(tmp_path / "no folder"), "HOME": str(tmp_path / "home")}
    (before, found, after), said = python(SMALL, package=package, **unusable)
    assert (before, after) == (False, False)
    assert found[0] == -found[1] > 0
    assert said.count("\n") == said.count("compiled code is not kept") == 1
    assert "SMPSIM_CACHE: got" in said
    file = package / "agents" / "seat.py"
    old = "def scale_of(doubt):\n"
    new = f"{old}    return 3.0 / math.log(2.0)\n\n\ndef not_called(doubt):\n"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    assert python(SMALL, package=package, **unusable)[0][1] == pytest.approx([3.0, -3.0])
    assert not [p for p in tmp_path.rglob("*") if p.suffix in (".nbi", ".nbc")]


@pytest.mark.slow
def test_another_source_constant_or_processor_is_another_folder(tmp_path):
    package = tmp_path / "smpsim"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PACKAGE.parent / "scenarios", tmp_path / "scenarios")
    cache = {"SMPSIM_CACHE": str(tmp_path / "cache")}
    first, _ = python(FOLDER, package=package, **cache)
    # neither a date nor what is imported before changes anything
    os.utime(package / "world" / "month.py", (1, 1))
    later = f"import smpsim.ensemble\n{FOLDER}"
    assert python(later, package=package, **cache)[0] == first
    found = {first, python(FOLDER, package=package, NUMBA_CPU_NAME="generic", **cache)[0]}
    found.add(python(FOLDER, package=package, NUMBA_BOUNDSCHECK="1", **cache)[0])
    # a constant that a rule's module takes from another room
    elsewhere = package / "scenario" / "__init__.py"
    elsewhere.write_text(elsewhere.read_text() + "\nADDED = 1.5\n")
    rules = package / "world" / "ledger.py"
    rules.write_text(rules.read_text() + "\nfrom smpsim.scenario import ADDED\n")
    found.add(python(FOLDER, package=package, **cache)[0])
    elsewhere.write_text(elsewhere.read_text().replace("1.5", "2.5"))
    found.add(python(FOLDER, package=package, **cache)[0])
    assert len(found) == 5


# which folder may be used -------------------------------------------------------------------


@pytest.fixture
def places(monkeypatch, tmp_path):
    """Set the environment of a search for a folder; all else is unset."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp").chmod(0o1777)

    def find(**environment):
        for name in ("SMPSIM_CACHE", "XDG_CACHE_HOME", "HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        return code_cache.find_place(NAME)

    return find


def test_the_folder_that_is_named_is_used_and_ours_alone(places, tmp_path):
    for chosen, within in (
        ({"SMPSIM_CACHE": tmp_path / "a" / "b"}, "a/b/smpsim"),
        ({"XDG_CACHE_HOME": tmp_path / "c", "HOME": tmp_path}, "c/smpsim"),
        ({"XDG_CACHE_HOME": "relative", "HOME": tmp_path}, ".cache/smpsim"),
        ({"HOME": tmp_path / "d"}, "d/.cache/smpsim"),
    ):
        old = os.umask(0)
        try:
            place = places(**chosen)
        finally:
            os.umask(old)
        assert place == code_cache.Place(str(tmp_path / within / NAME))
        assert stat.S_IMODE(Path(place.folder).stat().st_mode) == 0o700


def test_a_named_folder_that_will_not_do_is_refused_in_words(places, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    (tmp_path / "\x1b[31mred\n").write_text("")
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "ours" / "smpsim").mkdir(parents=True)
    (tmp_path / "ours" / "smpsim").chmod(0o775)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "smpsim").symlink_to(tmp_path / "ours")
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "smpsim").write_text("")
    for named, words in (
        (tmp_path / "file", "not a folder"),
        (tmp_path / "file" / "below", "not a folder"),
        ("relative", "an absolute path"),
        (tmp_path / "open" / "below", "others may write"),
        (tmp_path / "ours", "others may write"),
        (tmp_path / "linked", "a link"),
        (tmp_path / "named", "not a folder"),
        ("/" + "x" * 5000, "too long"),
        ("/proc/nowhere", "/proc"),
        (tmp_path / "\x1b[31mred\n", "x1b"),
    ):
        place = places(SMPSIM_CACHE=named)
        assert place.folder is None
        assert place.reason.startswith("SMPSIM_CACHE: got")
        assert words in place.reason
        assert place.reason.isprintable()
        assert len(place.reason) < 300
    assert not list((tmp_path / "open").iterdir())


def test_without_a_home_code_lasts_as_long_as_the_machine_is_up(places, tmp_path):
    (tmp_path / "file").write_text("")
    mine = str(tmp_path / "tmp" / f"smpsim-{os.geteuid()}" / NAME)
    assert places(HOME=tmp_path / "file").folder == mine
    assert places(XDG_CACHE_HOME=tmp_path / "file").folder == mine
    assert places(HOME="relative").folder == mine
    (tmp_path / "tmp" / f"smpsim-{os.geteuid()}").chmod(0o770)
    place = places(HOME=tmp_path / "file")
    assert place.folder is None
    assert "HOME: " in place.reason
    assert "TMPDIR: " in place.reason


@needs_users
def test_folders_of_others_are_not_used(places, tmp_path):
    for depth, named in enumerate(("base", "base/smpsim", f"base/smpsim/{NAME}")):
        root = tmp_path / str(depth)
        theirs = root / named
        theirs.mkdir(parents=True, mode=0o700)
        os.chown(theirs, OTHER, OTHER)
        place = places(SMPSIM_CACHE=root / "base")
        assert place.folder is None
        assert f"of user {OTHER}" in place.reason
    # somebody was first in the folder for temporary files
    theirs = tmp_path / "tmp" / "smpsim-0"
    theirs.mkdir()
    os.chown(theirs, OTHER, OTHER)
    assert places(HOME="/proc").folder is None


@needs_users
def test_an_unknown_user_without_a_home_has_a_folder(shelf):
    (shelf / "tmp").mkdir()
    (shelf / "tmp").chmod(0o1777)
    unknown = [part.replace(str(OTHER), "54321") for part in AS_OTHER]
    for environment in ({}, {"HOME": "/"}, {"HOME": ""}, {"HOME": "/root"}):
        (folder, reason), _ = python(
            PLACE, prefix=unknown, TMPDIR=str(shelf / "tmp"), **environment
        )
        assert (folder, reason) == (str(shelf / "tmp" / "smpsim-54321" / NAME), "")
    # nothing can be written anywhere
    (folder, reason), _ = python(PLACE, prefix=unknown, SMPSIM_CACHE=str(shelf / "none"))
    assert folder is None
    assert "Permission denied" in reason


@needs_users
def test_files_of_others_are_not_read(tmp_path):
    code_cache.write(str(tmp_path), "advance-0.nbc", b"code")
    file = tmp_path / "advance-0.nbc"
    assert code_cache.read(str(tmp_path), file.name) == b"code"
    file.chmod(0o664)
    assert code_cache.read(str(tmp_path), file.name) is None
    file.chmod(0o644)
    os.chown(file, OTHER, OTHER)
    assert code_cache.read(str(tmp_path), file.name) is None
    file.rename(tmp_path / "real")
    os.chown(tmp_path / "real", 0, 0)
    file.symlink_to(tmp_path / "real")
    assert code_cache.read(str(tmp_path), file.name) is None
    file.unlink()
    os.mkfifo(file)
    assert code_cache.read(str(tmp_path), file.name) is None


# writing and removing -----------------------------------------------------------------------

WRITER = """
import sys
from smpsim import code_cache
place = code_cache.find_place("0123456789abcdef").folder
print("begun", flush=True)
for _ in range(int(sys.argv[1])):
    code_cache.write(place, "advance-0123456789abcdef.nbc", bytes([int(sys.argv[2])]) * 3_000_000)
"""


def test_writers_at_the_same_time_and_killed_leave_whole_files(tmp_path):
    environment = {**os.environ, "SMPSIM_CACHE": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}
    folder = str(tmp_path / "smpsim" / NAME)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, "100000", str(n)], env=environment, stdout=-1
        )
        for n in range(3)
    ]
    for writer in writers:
        assert writer.stdout.readline() == b"begun\n"
    seen = set()
    until = time.monotonic() + 60
    while time.monotonic() < until and len(seen) < 3:
        body = code_cache.read(folder, f"advance-{NAME}.nbc")
        if body is not None:
            assert len(body) == 3_000_000
            assert len(set(body)) == 1
            seen.add(body[0])
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    assert seen == {0, 1, 2}
    assert code_cache.intact(folder, "advance-")
    # what they left half-written goes with the next writing, once it is old
    left = Path(folder, f"advance-{NAME}.nbc.{'0' * 32}.part")
    left.write_bytes(b"half")
    code_cache.write(folder, f"advance-{NAME}.nbc", b"new")
    assert left.exists()
    os.utime(left, (1, 1))
    code_cache.write(folder, f"advance-{NAME}.nbc", b"new")
    assert not left.exists()


def test_only_our_own_old_folders_are_removed(tmp_path):
    made = []
    for n in range(code_cache.KEPT_FOLDERS + 4):
        folder = tmp_path / f"{n:016x}"
        folder.mkdir()
        made.append(folder)
        code_cache.write(str(folder), f"advance-{n:016x}.nbc", b"code")
        os.utime(folder, (n + 1000, n + 1000))
    assert made[-1].exists()
    gone = [folder for folder in made if not folder.exists()]
    assert gone == made[: len(gone)]
    assert len(made) - len(gone) == code_cache.KEPT_FOLDERS
    # none of these is ours, whole or in part, though they are the oldest
    unmarked, named, mixed = tmp_path / ("a" * 16), tmp_path / "thesis", tmp_path / ("b" * 16)
    for folder in (unmarked, named, mixed):
        folder.mkdir()
        (folder / "data.csv").write_text("mine")
    for folder in (named, mixed):
        (folder / code_cache.MARKER).touch()
    (mixed / f"advance-{'b' * 16}.nbc").write_bytes(b"code")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / code_cache.MARKER).touch()
    (outside / f"advance-{'c' * 16}.nbc").write_bytes(b"code")
    (tmp_path / ("c" * 16)).symlink_to(outside)
    for folder in (unmarked, named, mixed, outside):
        os.utime(folder, (1, 1))
    newest = tmp_path / ("d" * 16)
    newest.mkdir()
    code_cache.write(str(newest), f"advance-{'d' * 16}.nbc", b"code")
    for folder in (unmarked, named, mixed):
        assert (folder / "data.csv").read_text() == "mine"
    assert (outside / f"advance-{'c' * 16}.nbc").exists()
    assert (tmp_path / ("c" * 16)).is_symlink()


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        code_cache.write(str(tmp_path), f"advance-{NAME}.nbc", b"code")
    assert not list(tmp_path.iterdir())
