"""The scripts that set a machine up: they find, or install, or say what is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Machine:
    """A machine that has the given programs and no others.

    Attributes:
        programs: The one folder on its PATH.
    """

    def __init__(self, folder: Path) -> None:
        self.programs = folder

    def has(self, name: str, script: str = "exit 0") -> Path:
        program = self.programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    def run(
        self, script: str, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(ROOT / "scripts" / script), *arguments],
            env={"PATH": str(self.programs), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_browser_that_is_here_is_used(machine: Machine) -> None:
    browser = machine.has("google-chrome")
    assert machine.run("browser").stdout == f"{browser}\n"


def test_a_browser_that_was_named_is_used_before_all_others(machine: Machine) -> None:
    machine.has("chromium")
    named = machine.has("my-browser")
    assert machine.run("browser", CHROMIUM=str(named)).stdout == f"{named}\n"


def test_a_named_browser_that_is_not_there_is_an_error(machine: Machine) -> None:
    machine.has("chromium")
    done = machine.run("browser", CHROMIUM="no-such-browser")
    assert (done.returncode, done.stdout) == (1, "")
    assert "CHROMIUM=no-such-browser cannot be run" in done.stderr


def test_no_browser_and_no_right_to_install_says_what_to_install(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    done = machine.run("browser")
    assert (done.returncode, done.stdout) == (1, "")
    assert "apt-get install chromium" in done.stderr


def test_root_on_debian_gets_a_browser_installed(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("grep")
    browser = machine.programs / "chromium"
    machine.has(
        "apt-get",
        f'[ "$1" = install ] || exit 0\necho "#!/bin/sh" >{browser}; {_CHMOD} +x {browser}',
    )
    done = machine.run("browser")
    assert (done.returncode, done.stdout) == (0, f"{browser}\n")


def test_an_installation_that_fails_is_an_error(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("grep")
    machine.has("apt-get", "exit 100")
    done = machine.run("browser")
    assert (done.returncode, done.stdout) == (1, "")
    assert "The tests need a real browser" in done.stderr


def test_a_python_that_is_too_old_is_named_with_the_way_out(
    machine: Machine, tmp_path: Path
) -> None:
    machine.has("python3", "exit 1")
    done = machine.run("venv", str(tmp_path / "made"))
    assert done.returncode == 1
    assert "No Python 3.11.5 or newer was found" in done.stderr
    assert "make PYTHON=" in done.stderr
    assert not (tmp_path / "made").exists()


def test_a_newer_python_is_found_behind_an_old_one(machine: Machine, tmp_path: Path) -> None:
    machine.has("python3", "exit 1")
    machine.has("python3.12", 'echo "$@" >&2')
    done = machine.run("venv", str(tmp_path / "made"))
    assert done.returncode == 0
    assert f"-m venv --clear {tmp_path / 'made'}" in done.stderr


def test_a_python_without_venv_says_which_package_has_it(machine: Machine, tmp_path: Path) -> None:
    lacking = 'case "$*" in *ensurepip*) exit 1;; --version) echo Python 3.12.1;; esac'
    machine.has("python3", lacking)
    done = machine.run("venv", str(tmp_path / "made"))
    assert done.returncode == 1
    assert "Python 3.12.1 cannot make virtual environments" in done.stderr
    assert "python3-venv" in done.stderr


def test_pipelines_cannot_be_run_without_rsync_and_that_is_said(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("dirname", "echo .")
    done = machine.run("gitlab-ci-local", str(machine.programs))
    assert done.returncode == 1
    assert "apt-get install rsync" in done.stderr


def test_root_on_debian_gets_rsync_installed(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("grep")
    machine.has("dirname", "echo .")
    machine.has("apt-get", f'[ "$1" = install ] || exit 0\necho ran >"{machine.programs}/asked"')
    machine.run("gitlab-ci-local", str(machine.programs))
    assert (machine.programs / "asked").exists()


def test_a_named_node_that_is_too_old_is_an_error(machine: Machine) -> None:
    machine.has("rsync")
    machine.has("dirname", "echo .")
    old = machine.has("old-node", "exit 1")
    done = machine.run("gitlab-ci-local", str(machine.programs), NODE=str(old))
    assert done.returncode == 1
    assert "older than Node 20" in done.stderr


def test_without_a_new_node_the_locked_wheel_is_installed(machine: Machine) -> None:
    machine.has("rsync")
    machine.has("dirname", "echo .")
    machine.has("node", "exit 1")
    (machine.programs / "bin").mkdir()
    python = machine.programs / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >>"{machine.programs}/asked"\nexit 1\n')
    python.chmod(0o755)
    assert machine.run("gitlab-ci-local", str(machine.programs)).returncode != 0
    assert "--require-hashes" in (machine.programs / "asked").read_text()


_CHMOD = "/bin/chmod"
