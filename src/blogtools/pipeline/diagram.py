"""The pipeline drawn: as text, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from blogtools.pipeline.plan import Job, Plan

_WIDTH, _HEIGHT, _GAP, _COLUMN, _TOP = 116, 30, 10, 136, 44


def text(plan: Plan) -> str:
    """Return the pipeline as lines of text: a stage each, with its jobs.

    Args:
        plan: The pipeline.
    """
    wide = max(len(stage) for stage, _ in plan.stages)
    lines = []
    for stage, jobs in plan.stages:
        named = "  ".join(f"[{_short(job)}]" for job in jobs)
        lines += [f"{stage:<{wide}}   {named}", f"{'':<{wide}}    |"]
    return "\n".join(lines[:-1]) + "\n"


def _short(job: Job) -> str:
    asides = []
    if any("by hand" in one for one in job.occasions):
        asides.append("by hand")
    if not _on_merge_requests(job) and not asides:
        asides.append("only: " + ", ".join(job.occasions))
    return f"{job.name} ({'; '.join(asides)})" if asides else job.name


def _on_merge_requests(job: Job) -> bool:
    return bool({"merge requests", "always"} & set(job.occasions))


def svg(plan: Plan) -> str:
    """Return the pipeline as a picture: a column for each stage, which reads well in any colours.

    Args:
        plan: The pipeline.
    """
    tall = max(len(jobs) for _, jobs in plan.stages)
    width = _COLUMN * len(plan.stages) + 12
    height = _TOP + tall * (_HEIGHT + _GAP) + 34
    body = "\n".join(_columns(plan))
    # What a reader hears who does not see it.
    said = "; ".join(
        f"{stage}: {', '.join(job.name for job in jobs)}" for stage, jobs in plan.stages
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
 aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">
<title id="title">The stages of the pipeline, and their jobs</title>
<desc id="description">{escape(said)}</desc>
<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>
{body}
<text x="16" y="{height - 14}" fill="#444444">solid: on merge requests too; \
dashed: not on merge requests; filled: publishes</text>
</svg>
"""


def _columns(plan: Plan) -> Iterator[str]:
    for column, (stage, jobs) in enumerate(plan.stages):
        x = 12 + column * _COLUMN
        yield f'<text x="{x + 4}" y="28" font-weight="bold" fill="#222222">{escape(stage)}</text>'
        if column:
            middle = _TOP + _HEIGHT // 2
            yield f'<path d="M{x - 20} {middle}h20" stroke="#666666" stroke-width="1.5"/>'
        for row, job in enumerate(jobs):
            yield _box(job, x, _TOP + row * (_HEIGHT + _GAP))


def _box(job: Job, x: int, y: int) -> str:
    dashes = "" if _on_merge_requests(job) else ' stroke-dasharray="5 3"'
    fill, ink = ("#1f3a5f", "#ffffff") if job.publishes else ("#eef3f8", "#1b2733")
    return (
        f"<g><title>{escape(job.name)}: {escape(', '.join(job.occasions))}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="#1f3a5f" stroke-width="1.5"{dashes}/>'
        f'<text x="{x + _WIDTH // 2}" y="{y + 20}" text-anchor="middle" fill="{ink}">'
        f"{escape(job.name)}</text></g>"
    )
