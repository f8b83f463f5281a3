"""How Mermaid draws here: black lines on white, which take the page's colours, and quiet areas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: What stands for the ground of a page, whatever colour that has.
PAPER = "#fdfcf9"
_INK, _AREA, _NOTE, _WEAK = "#000000", "#f1f0ec", "#f8f0d4", "#77736c"
# Light enough for black letters; on dark pages they are dark, and the letters light.
_AREAS = (
    *("#cfe0ee", "#f7dcc9", "#dce8c6", "#ead6e6", "#f6e6b8", "#cde5e0", "#f5d3cf", "#e4ddcb"),
    *("#c3cfe8", "#efd2b0", "#cfe3b5", "#e0c9de"),
)
# Strong enough for lines, and for white letters.
_STRONG = (
    *("#1b507d", "#ad3306", "#3c6112", "#7a2560", "#7a4b00", "#0f5f5a", "#a1232b", "#5d574a"),
)


def _several(name: str, colours: tuple[str, ...], first: int = 0) -> Iterator[tuple[str, str]]:
    return ((f"{name}{number}", colour) for number, colour in enumerate(colours, start=first))


def _colours() -> Mapping[str, object]:
    black = """primaryTextColor secondaryTextColor tertiaryTextColor textColor lineColor titleColor
        nodeTextColor primaryBorderColor secondaryBorderColor tertiaryBorderColor nodeBorder
        clusterBorder defaultLinkColor arrowheadColor actorBorder actorTextColor actorLineColor
        signalColor signalTextColor labelBoxBorderColor labelTextColor loopTextColor noteTextColor
        noteBorderColor activationBorderColor sectionBkgBorder taskBorderColor taskTextColor
        taskTextOutsideColor taskTextDarkColor taskTextLightColor taskTextClickableColor
        activeTaskBorderColor doneTaskBorderColor critBorderColor gridColor excludeBorder
        transitionColor transitionLabelColor stateLabelColor specialStateColor innerEndBackground
        classText pieTitleTextColor pieSectionTextColor pieLegendTextColor pieStrokeColor
        pieOuterStrokeColor commitLabelColor tagLabelColor tagLabelBorder
        requirementBorderColor requirementTextColor relationColor relationLabelColor
        quadrant1TextFill quadrant2TextFill quadrant3TextFill quadrant4TextFill
        quadrantPointFill quadrantPointTextFill quadrantXAxisTextFill quadrantYAxisTextFill
        quadrantInternalBorderStrokeFill quadrantExternalBorderStrokeFill quadrantTitleFill"""
    area = """mainBkg primaryColor secondaryColor tertiaryColor actorBkg labelBoxBkgColor
        activationBkgColor taskBkgColor altBackground compositeTitleBackground stateBkg
        compositeBackground tagLabelBackground requirementBackground clusterBkg"""
    paper = """background edgeLabelBackground labelBackgroundColor commitLabelBackground
        sequenceNumberColor relationLabelBackground attributeBackgroundColorOdd
        attributeBackgroundColorEven rowOdd rowEven sectionBkgColor altSectionBkgColor
        sectionBkgColor2 excludeBkgColor"""
    return {
        **dict.fromkeys(black.split(), _INK),
        **dict.fromkeys(area.split(), _AREA),
        **dict.fromkeys(paper.split(), PAPER),
        **dict.fromkeys(("noteBkgColor", "noteBkg"), _NOTE),
        "gridColor": _WEAK,
        "activeTaskBkgColor": _AREAS[0],
        "doneTaskBkgColor": _AREAS[7],
        "critBkgColor": _AREAS[6],
        "todayLineColor": _INK,
        "pieOpacity": "1",
        "pieStrokeWidth": "1px",
        "pieOuterStrokeWidth": "1px",
        **dict(_several("pie", _AREAS, 1)),
        **dict(_several("cScale", _AREAS)),
        **dict(_several("cScalePeer", (_INK,) * len(_AREAS))),
        **dict(_several("cScaleInv", (_INK,) * len(_AREAS))),
        **dict(_several("cScaleLabel", (_INK,) * len(_AREAS))),
        **dict(_several("fillType", _AREAS[:8])),
        **dict(_several("git", _STRONG)),
        **dict(_several("gitInv", _STRONG)),
        **dict(_several("gitBranchLabel", ("#ffffff",) * len(_STRONG))),
        "xyChart": {"backgroundColor": PAPER, "plotColorPalette": ",".join(_STRONG)},
        **{f"quadrant{number}Fill": PAPER for number in range(1, 5)},
    }


_CSS = """
.edgeLabel rect, .labelBkg, .relationshipLabelBox { opacity: 1; }
.edgeLabel .label rect, .relationshipLabelBox, .commit-label-bkg { fill: %(paper)s; opacity: 1; }
.mindmap-node .label[transform^="translate(0,"] text { text-anchor: middle; }
.mindmap-node .label rect { fill: none; }
[class*="section-edge-"] { stroke: %(weak)s; }
[class*="section-edge-"].edge-depth-1, [class*="section-edge-"].edge-depth-3 { stroke-width: 3px; }
.actor-line { stroke: %(weak)s; stroke-width: 1px; }
.node rect, .node path, .node line, .note rect { stroke-width: 1px; }
text.journey-section, text.task, .labelText, .labelText > tspan { fill: #000000; }
.grid .tick { opacity: 1; stroke: %(weak)s; stroke-width: 0.5px; }
.grid .tick text { fill: #000000; stroke: none; }
"""

SETTINGS: Mapping[str, object] = {
    "startOnLoad": False,
    "securityLevel": "strict",
    "suppressErrorRendering": True,
    "deterministicIds": True,
    "deterministicIDSeed": "d",
    "handDrawnSeed": 1,
    "htmlLabels": False,
    "flowchart": {"htmlLabels": False},
    "journey": {"textPlacement": "tspan"},
    "sankey": {"linkColor": "source"},
    "timeline": {"leftMargin": 20},
    # What an essay's diagram may not set for itself.
    "secure": """secure securityLevel startOnLoad maxTextSize suppressErrorRendering maxEdges
        htmlLabels fontFamily deterministicIds deterministicIDSeed handDrawnSeed""".split(),
    "fontFamily": "Measure",
    "theme": "base",
    "themeVariables": {"fontFamily": "Measure", "fontSize": "16px", **_colours()},
    "themeCSS": _CSS % {"paper": PAPER, "weak": _WEAK},
}
