"""Code is run as its author means it, and ended whatever it does. Nothing here is imitated."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from blogtools.execution import processes
from blogtools.model.running import Ended, Failure, Step

from .support import outputs, run

LINUX = sys.platform == "linux"


# -- results ---------------------------------------------------------------------------------


def test_steps_share_their_names_and_each_has_its_own_output() -> None:
    assert outputs(run("x = 1", "print(x)\nprint('b')", "x + 1")) == ["", "1\nb", "2"]


def test_what_is_printed_comes_before_the_value_of_the_last_expression() -> None:
    assert outputs(run("print('a', end='')\n'b'")) == ["a\n'b'"]


def test_a_semicolon_or_none_shows_no_value() -> None:
    assert outputs(run("1;", "1 ; # done", "None", "print(2);")) == ["", "", "", "2"]


def test_an_interactive_step_prints_every_value() -> None:
    step = Step("for i in range(2):\n    i\n", 10, interactive=True)
    assert outputs(run(step)) == ["0\n1"]


def test_output_of_other_processes_and_of_c_is_seen_in_its_order() -> None:
    code = "import os, ctypes\nos.system('echo one')\nctypes.CDLL(None).puts(b'two');"
    assert outputs(run(code, "print('three')")) == ["one\ntwo", "three"]


def test_what_differs_from_run_to_run_does_not_show() -> None:
    code = "object()", "{'one', 'two', 'three', 'four'}", "print(lambda: 1)"
    assert outputs(run(*code)) == outputs(run(*code))


def test_a_terminals_codes_and_lines_that_were_written_over_do_not_show() -> None:
    assert outputs(run(r"print('\033[31mred\033[0m'); print('10%\r100%')")) == ["red\n100%"]


def test_the_code_is_found_by_inspect_and_future_imports_are_its_own() -> None:
    code = "import inspect\ndef f(x: int):\n    return x\n"
    ran = run(code, "print(inspect.getsource(f)); f.__annotations__['x'] is int")
    assert outputs(ran) == ["", "def f(x: int):\n    return x\n\nTrue"]


def test_code_finds_its_files_and_no_others_and_may_import_them() -> None:
    files = {"data/a.csv": b"1,2", "shapes.py": b"SIDES = 4"}
    code = "import os, shapes\nsorted(os.listdir()), open('data/a.csv').read(), shapes.SIDES"
    assert outputs(run(code, files=files)) == ["(['__pycache__', 'data', 'shapes.py'], '1,2', 4)"]


def test_nothing_of_the_environment_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("HTTPS_PROXY", "proxy")
    code = (
        "import os\n[n for n in ('SECRET_TOKEN', 'PYTHONPATH', 'HTTPS_PROXY') if n in os.environ]"
    )
    assert outputs(run(code)) == ["[]"]
    assert outputs(run(code, network=True)) == ["['HTTPS_PROXY']"]


def test_the_home_of_the_author_is_another() -> None:
    (home,) = outputs(run("import pathlib\nprint(pathlib.Path.home())"))
    assert Path(home) != Path.home()
    assert not Path(home).exists()


def test_a_value_with_html_becomes_a_plain_table() -> None:
    page = "<div><style>td {}</style><table class=x onclick=y><tr><th colspan=2>A&lt;<b>b</b>"
    page += "<tr><td><script>alert()</script><a href=z>1</a></td></tr></table><p>more</p></div>"
    code = f"class T:\n    def _repr_html_(self): return {page!r}\n"
    code += "    def __repr__(self): return 'T'\nT()"
    (outcome,) = run(code).outcomes
    assert outcome.table == (
        '<table><tr><th colspan="2">A&lt;b<tr><td>1</td></tr></th></tr></table>'
    )
    assert (outcome.value, outcome.output) == ("T", "")
    (kept,) = run(Step(code, 1, keep=False)).outcomes
    assert (kept.table, kept.output) == ("", "T")


# Stands in for matplotlib, which the tests do not install: the same few functions.
PYPLOT = b"""
class Figure:
    def savefig(self, file, **options):
        file.write(f"<svg fill='#1b1c1d'>{sorted(options)}</svg>  \\n")
_open = []
def plot():
    _open.append(Figure())
    return [_open[-1]]
def get_fignums():
    return list(range(len(_open)))
def figure(number):
    return _open[number]
def close(what):
    _open.clear()
"""


def test_a_figure_is_drawn_for_light_and_for_dark_pages_and_closed() -> None:
    files = {"matplotlib/__init__.py": b"", "matplotlib/pyplot.py": PYPLOT}
    first, second, third = run(
        "import matplotlib.pyplot as plt\nplt.plot()", "1", Step("plt.plot()", 30, keep=False),
        files=files,
    ).outcomes  # fmt: skip
    ((light, dark),) = first.figures
    assert light == "<svg fill='#212121'>['format', 'metadata', 'transparent']</svg>\n"
    assert dark == light.replace("#212121", "#d9dadf")
    assert first.output == ""
    assert second.figures == third.figures == ()


# Stands in for plotly: a figure that tells what it shows, and a script that draws it.
PLOTLY = {
    "plotly/__init__.py": b"""
class Figure:
    def to_json(self):
        return '{"data": ["</script>"], "layout": {"xaxis": {"title": "x"}, "template": {}}}'
""",
    "plotly/package_data/plotly.min.js": b"""
const Plotly = {
  newPlot: async (place, data, layout) => ({ data, layout }),
  toImage: async ({ data, layout }, { format, width, height }) => {
    const inked = layout.font.color === "#1b1c1d";
    const told = [format, width, height, data.join(), layout.xaxis.title, inked];
    const svg = `<svg fill="rgb(27, 28, 29)">${told} ${Math.random()}</svg>`;
    return `data:image/svg+xml,${encodeURIComponent(svg)}`;
  },
};
""",
}


def test_a_figure_of_plotly_is_drawn_by_its_own_script_for_light_and_for_dark_pages() -> None:
    twice = [run("import plotly\nplotly.Figure()", files=PLOTLY).outcomes[0] for _ in range(2)]
    ((light, dark),) = twice[0].figures
    assert twice[0] == twice[1]
    assert light.startswith('<svg fill="#212121">svg,700,450,</script>,x,true 0.')
    assert dark == light.replace("#212121", "#d9dadf")
    assert (twice[0].output, twice[0].failure) == ("", None)


def test_a_figure_of_plotly_without_a_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere")
    (outcome,) = run("import plotly\nplotly.Figure()", files=PLOTLY).outcomes
    assert outcome.failure is not None
    assert outcome.failure.how is Ended.FIGURE
    assert "there is no browser to draw a figure of plotly: /nowhere" in outcome.failure.said


# -- failures --------------------------------------------------------------------------------


def failure(*codes: str | Step, timeout: float = 60.0, memory: int = 2**31) -> Failure:
    """Run code that must fail in its last step, and return why it did."""
    *fine, last = run(*codes, timeout=timeout, memory=memory).outcomes
    assert all(outcome.failure is None for outcome in fine)
    assert last.failure is not None
    return last.failure


def test_an_exception_is_told_at_the_last_line_of_the_essay_that_it_passed() -> None:
    found = failure("import json\ndef f():\n    json.loads('')", "1\nf()", "print('never')")
    assert (found.how, found.line) == (Ended.RAISED, 12)
    assert found.said.startswith("json.decoder.JSONDecodeError: Expecting value")
    assert {"JSONDecodeError", "json.decoder.JSONDecodeError", "ValueError"} <= set(found.names)


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("x = 1\nx =", 11, "SyntaxError: invalid syntax"),
        ("if 1:\npass", 11, "IndentationError: expected an indented block"),
        ("\nraise KeyboardInterrupt", 11, "KeyboardInterrupt"),
        ("class T:\n    def __repr__(self): return 1\nT()", 0, "TypeError: __repr__"),
    ],
)
def test_every_exception_is(code: str, line: int, said: str) -> None:
    found = failure(code)
    assert (found.how, found.line) == (Ended.RAISED, line)
    assert found.said.startswith(said)


def test_after_an_exception_that_was_expected_the_code_goes_on() -> None:
    first, second = run(Step("print(1)\n1 / 0", 10, may_raise=True), "2").outcomes
    assert first.failure is not None
    assert (first.output, second.output) == ("1", "2")


@pytest.mark.parametrize(
    "code", ["import sys\nsys.exit(3)", "exit()", "import os\nos._exit(0)", "raise SystemExit"]
)
def test_code_that_ends_its_process_is_told(code: str) -> None:
    assert failure("1", code, "never").how is Ended.EXITED


def test_a_crash_is_told_at_its_line() -> None:
    found = failure("import ctypes\ndef f():\n    ctypes.string_at(0)", "1\nf()")
    assert (found.how, found.line) == (Ended.CRASHED, 12)
    assert found.said == "its process was ended by SIGSEGV (Segmentation fault)"


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\nwhile True:\n    pass",
        "import time\ntry:\n    time.sleep(60)\nexcept BaseException:\n    time.sleep(60)",
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)",
    ],
)
def test_code_that_does_not_end_is_stopped_and_told_where_it_was(code: str) -> None:
    began = time.perf_counter()
    found = failure("1", code, timeout=0.5)
    assert found.how is Ended.TIMEOUT
    assert 20 <= found.line <= 25
    assert time.perf_counter() - began < 10


def test_code_that_prints_without_end_is_stopped() -> None:
    assert failure("while True: print('x' * 1000)").how is Ended.OUTPUT
    assert failure("import sys\nwhile True: sys.stderr.write('x' * 1000)").how is Ended.OUTPUT


@pytest.mark.skipif(not LINUX, reason="memory is watched through /proc")
def test_code_that_takes_too_much_memory_is_stopped() -> None:
    grows = "held = []\nwhile True:\n    held.append(b'x' * 10**6)"
    assert failure(grows, memory=200 * 2**20).how is Ended.MEMORY
    at_once = failure("held = b'x' * 10**10", memory=200 * 2**20)
    assert at_once.said == "MemoryError"


@pytest.mark.skipif(not LINUX, reason="memory is watched through /proc")
def test_memory_of_other_processes_counts() -> None:
    code = "import os, time\nfor _ in range(4):\n    if not os.fork():\n"
    code += "        held = b'x' * (80 * 2**20)\n        time.sleep(60)\ntime.sleep(60)"
    assert failure(code, memory=200 * 2**20).how is Ended.MEMORY


@pytest.mark.skipif(not LINUX, reason="processes are counted through /proc")
def test_a_flood_of_processes_is_stopped_and_nothing_of_it_is_left() -> None:
    token = "unlikely-word-of-a-test"
    command = f"[sys.executable, '-c', 'import time; time.sleep(60)', '--{token}']"
    code = f"import subprocess, sys\nfor n in range(200):\n    subprocess.Popen({command}"
    code += ", start_new_session=n % 2 == 0)"
    assert failure(code).how is Ended.PROCESSES
    assert not [n for n in processes.every() if f"--{token}".encode() in _words(n)]


def _words(number: int) -> bytes:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_process_that_is_left_behind_ends_with_the_essay(tmp_path: Path) -> None:
    code = "import subprocess\nlong = subprocess.Popen(['sleep', '60'], start_new_session=True)"
    (pid,) = outputs(run(code + "\nprint(long.pid)"))
    assert not _words(int(pid))


def test_a_copy_of_the_process_reports_nothing() -> None:
    assert outputs(run("import os\nif os.fork():\n    os.wait()\n", "print('once')")) == [
        "",
        "once",
    ]


# -- the network -----------------------------------------------------------------------------

REACH = "import socket\nsocket.create_connection(('192.0.2.1', 80), 2)"
TALK = """\
import socket
server = socket.create_server(('127.0.0.1', 0))
client = socket.create_connection(server.getsockname())
'talks to itself'"""


def test_there_is_no_network_but_with_itself() -> None:
    ran = run(Step(REACH, 1, may_raise=True), TALK)
    assert ran.network in ("namespace", "hook")
    first, second = ran.outcomes
    assert first.failure is not None
    assert "Network is unreachable" in first.failure.said
    assert second.output == "'talks to itself'"


def test_where_the_system_does_not_help_python_refuses() -> None:
    # The hook alone, in a Python of its own: it cannot be taken out again.
    code = f"""
import sys
from blogtools.execution import child
sys.addaudithook(child._refuse)
{TALK}
for try_it in (lambda: socket.create_connection(('192.0.2.1', 80), 2),
               lambda: socket.getaddrinfo('example.org', 80),
               lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 80))):
    try:
        try_it()
    except OSError as refused:
        print(refused)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = "[Errno 101] Network is unreachable (an essay's code has none)"
    assert done.stdout.splitlines() == [said] * 3


def test_the_network_may_be_allowed() -> None:
    assert run("1", network=True).network == "allowed"


def test_reports_cannot_be_forged_by_printing() -> None:
    forged = '{"figures": [], "value": "forged"}'
    code = f"import os\nfor fd in (1, 2):\n    os.write(fd, b'{forged}\\n')"
    (outcome,) = run(code + "\n1").outcomes
    assert outcome.output.splitlines() == [forged, "1"]
