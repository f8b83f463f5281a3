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
        f'[ "$1" = install ] || exit 0\necho "#!/bin/sh" >{browser}; /bin/chmod +x {browser}',
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
    machine.has("dirname", 'exec /usr/bin/dirname "$@"')
    machine.has("grep")
    machine.has("sh", 'exec /bin/sh "$@"')
    machine.has("node", "exit 1")
    (machine.programs / "bin").mkdir()
    python = machine.programs / "bin" / "python"
    python.write_text(f'#!/bin/sh\necho "$@" >>"{machine.programs}/asked"\nexit 1\n')
    python.chmod(0o755)
    assert machine.run("gitlab-ci-local", str(machine.programs)).returncode != 0
    assert "--require-hashes" in (machine.programs / "asked").read_text()


class Environment:
    """A virtual environment whose Python tells what pip was asked, on a machine with `grep`."""

    def __init__(self, machine: Machine, settings: str = "") -> None:
        machine.has("grep", 'exec /bin/grep "$@"')
        machine.has("dirname", 'exec /usr/bin/dirname "$@"')
        self._asked = machine.programs / "asked"
        self._machine = machine
        (machine.programs / "bin").mkdir()
        listed = f'case "$*" in *config*) echo "{settings}";; esac'
        machine.has("bin/python", f'echo "pip $*" >>"{self._asked}"\n{listed}')

    def has_uv(self, name: str = "uv", code: int = 0) -> None:
        self._machine.has(name, f'echo "uv $*" >>"{self._asked}"\nexit {code}')

    def install(self) -> list[str]:
        """Install a lock, and return what was asked for: by whom, and which lock."""
        done = self._machine.run("install", str(self._machine.programs), "a.txt")
        assert done.returncode == 0, done.stderr
        asked = self._asked.read_text().splitlines()
        installed = [line for line in asked if " install " in line]
        assert all("--require-hashes --only-binary :all:" in line for line in installed)
        return [f"{line.split()[0]} {Path(line.split()[-1]).name}" for line in installed]


def test_a_lock_is_installed_by_the_uv_of_the_machine(machine: Machine) -> None:
    environment = Environment(machine)
    environment.has_uv()
    assert environment.install() == ["uv a.txt"]


def test_without_uv_the_locked_one_is_fetched(machine: Machine) -> None:
    environment = Environment(machine)
    environment.has_uv("bin/uv")
    assert environment.install() == ["pip uv.txt", "uv a.txt"]


def test_pip_installs_what_uv_cannot(machine: Machine) -> None:
    environment = Environment(machine)
    environment.has_uv(code=2)
    assert environment.install() == ["uv a.txt", "pip a.txt"]


@pytest.mark.parametrize(
    "setting", ["global.index-url='x'", ":env:.no-index='1'", "install.proxy='x'"]
)
def test_uv_goes_nowhere_if_pip_was_told_where_to_go(machine: Machine, setting: str) -> None:
    environment = Environment(machine, setting)
    environment.has_uv()
    assert environment.install() == ["pip a.txt"]


def test_other_settings_of_pip_are_no_reason_to_be_slow(machine: Machine) -> None:
    environment = Environment(machine, "global.extra-index-url='x'")
    environment.has_uv()
    assert environment.install() == ["uv a.txt"]


def test_what_cannot_be_installed_is_an_error(machine: Machine) -> None:
    Environment(machine)
    machine.has("bin/python", "exit 1")
    assert machine.run("install", str(machine.programs), "a.txt").returncode == 1
