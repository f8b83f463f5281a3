"""Runs JavaScript for a build, in a process of its own, which may hang or crash without harm.

V8 survives no fork, and ends its threads late; a build forks, and must end. One request a line,
one answer a line, both JSON. Started by `scripts.py`, as a script.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from py_mini_racer import JSEvalException, MiniRacer

_VENDOR = Path(__file__).parent / "vendor"
# Far more than anything takes that somebody wants to read.
_SECONDS = 20.0

_KATEX = r"""
function draw(job) {
  try {
    return {html: katex.renderToString(job.tex, {
      displayMode: job.display, output: "htmlAndMathml", throwOnError: true, strict: "ignore",
      trust: false, macros: Object.assign({}, job.macros)})};
  } catch (wrong) {
    if (!(wrong instanceof katex.ParseError)) { throw wrong; }
    return {error: wrong.rawMessage, at: wrong.position === undefined ? 0 : wrong.position};
  }
}
"""
# What Graphviz' wrapper asks of a browser. Nothing in it depends on the moment, nor on chance.
_BROWSER = r"""
globalThis.location = {href: ""};
globalThis.crypto = {getRandomValues: (array) => array.fill(0)};
globalThis.performance = {now: () => 0};
globalThis.TextDecoder = class {
  decode(bytes) {
    let text = "";
    for (const byte of bytes) { text += "%" + byte.toString(16).padStart(2, "0"); }
    try { return decodeURIComponent(text); } catch { return unescape(text); }
  }
};
var ready = true;
"""
_VIZ = r"""
var viz = null, ready = false;
Viz.instance().then((made) => { viz = made; ready = true; });
function draw(job) {
  const font = {fontname: "Helvetica"};
  return viz.render(job.source, {
    format: "svg", engine: job.engine, edgeAttributes: font,
    // Room for letters that are wider than Helvetica, where a machine has others in its place.
    nodeAttributes: {...font, margin: "0.18,0.08"},
    graphAttributes: {...font, bgcolor: "transparent"}});
}
"""
_FILES = {
    "katex": ("katex/katex.min.js", _KATEX),
    "viz": ("viz/viz-global.min.js", _VIZ),
}


def _context(name: str) -> MiniRacer:
    file, glue = _FILES[name]
    racer = MiniRacer()
    racer.eval(_BROWSER)
    racer.eval((_VENDOR / file).read_text("utf-8"))
    racer.eval(glue)
    until = time.monotonic() + _SECONDS
    while not racer.eval("ready") and time.monotonic() < until:
        time.sleep(0.005)
    return racer


def _draw(racer: MiniRacer, job: object) -> Any:  # noqa: ANN401 - JSON
    try:
        answer = racer.eval(f"JSON.stringify(draw({json.dumps(job)}))", timeout_sec=_SECONDS)
        return json.loads(str(answer))
    except JSEvalException as failed:
        said = str(failed).strip().splitlines()[0] or "it failed"
        return {"error": said, "at": 0}


def _serve() -> None:
    contexts: dict[str, MiniRacer] = {}
    for line in sys.stdin:
        request = json.loads(line)
        name = request["script"]
        if name not in contexts:
            contexts[name] = _context(name)
        answers = [_draw(contexts[name], job) for job in request["jobs"]]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
    # Not the ordinary end, which waits for V8's threads.
    os._exit(0)
