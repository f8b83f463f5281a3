// Draws diagrams in a page of its own, and puts what came of them into it. Started by mermaid.py.
//
// What Mermaid draws is styled by a style sheet with ids. Here the browser is asked how each
// element looks in the end, and that is written down as attributes of SVG: no style, no class, no
// id, no script is left, and nothing of HTML. The heads of arrows are put where they belong, so
// that no diagram refers to anything.
"use strict";

const asked = JSON.parse(document.getElementById("asked").textContent);
// Where each element is, and how large. Mermaid writes more, which means nothing there.
const GEOMETRY = {
  circle: ["cx", "cy", "r"],
  ellipse: ["cx", "cy", "rx", "ry"],
  line: ["x1", "y1", "x2", "y2"],
  path: ["d"],
  polygon: ["points"],
  polyline: ["points"],
  rect: ["x", "y", "width", "height", "rx", "ry"],
  text: ["x", "y", "dx", "dy"],
  tspan: ["x", "y", "dx", "dy"],
};
const GROUPS = new Set(["g", "a", "svg", "switch"]);
const WORDS = new Set(["text", "tspan"]);
// They show nothing by themselves. Heads of arrows are asked for by what bears them.
const UNSEEN = new Set([
  "style", "script", "title", "desc", "defs", "marker", "metadata", "symbol", "filter",
  "clipPath", "linearGradient", "radialGradient",
]);
const PLACES = {"marker-start": "start", "marker-end": "end"};

const rounded = (text) =>
  text.replace(/-?\d*\.\d+(?:e-?\d+)?/gi, (number, at) => {
    const short = String(Math.round(number * 100) / 100);
    // Of two numbers without a space between them, the second began with its dot.
    return /[\d.]/.test(text[at - 1] || "") ? ` ${short}` : short;
  });

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})[c]);

function written(name, attributes, inner) {
  const given = Object.entries(attributes).filter(([, value]) => value !== null && value !== "");
  const head = given.map(([key, value]) => ` ${key}="${escaped(rounded(String(value).replace(/\s+/g, " ")))}"`).join("");
  return inner ? `<${name}${head}>${inner}</${name}>` : `<${name}${head}/>`;
}

// -- how it looks ------------------------------------------------------------------------------

function paint(given) {
  const parts = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(given);
  if (given === "none") return {colour: "none", opacity: 0};
  if (!parts) throw new Error(`no colour that can be shown: ${given}`);
  const hex = parts.slice(1, 4).map((part) => Math.round(part).toString(16).padStart(2, "0"));
  const colour = `#${hex.join("")}`;
  return {colour: colour === asked.paper ? "paper" : colour, opacity: parts[4] === undefined ? 1 : Number(parts[4])};
}

const unless = (value, usual) => (String(value) === String(usual) ? null : value);
const pixels = (value) => value.replace(/px/g, "");

function filled(style) {
  const {colour, opacity} = paint(style.fill);
  const whole = opacity * Number(style.fillOpacity);
  return whole ? {"fill": colour, "fill-opacity": unless(whole, 1)} : {"fill": "none"};
}

function stroked(style) {
  const {colour, opacity} = paint(style.stroke);
  const whole = opacity * Number(style.strokeOpacity);
  if (!whole || !parseFloat(style.strokeWidth)) return {};
  return {
    "stroke": colour,
    "stroke-opacity": unless(whole, 1),
    "stroke-width": unless(pixels(style.strokeWidth), 1),
    "stroke-dasharray": style.strokeDasharray === "none"
      ? null : unless(pixels(style.strokeDasharray), "0"),
    "stroke-linecap": unless(style.strokeLinecap, "butt"),
    "stroke-linejoin": unless(style.strokeLinejoin, "miter"),
  };
}

function geometry(element) {
  const found = {};
  for (const name of [...(GEOMETRY[element.localName] || []), "transform"]) {
    const value = element.getAttribute(name);
    if (value !== null) found[name] = pixels(value.trim());
  }
  const {transform, transformOrigin} = getComputedStyle(element);
  if (element.localName === "tspan") delete found.transform;
  else if (transform !== "none" && !found.transform) {
    const [x, y] = pixels(transformOrigin).split(" ");
    found.transform = `translate(${x},${y}) ${transform} translate(${-x},${-y})`;
  }
  return found;
}

// -- the heads of arrows -----------------------------------------------------------------------

function heads(element, style) {
  return Object.entries(PLACES).map(([property, place]) => {
    const named = /#([^"')]+)/.exec(style.getPropertyValue(property));
    const marker = named && document.getElementById(decodeURIComponent(named[1]));
    return marker ? head(element, marker, place, style) : "";
  }).join("");
}

function head(element, marker, place, style) {
  const length = element.getTotalLength(), little = Math.min(0.5, length / 2);
  const at = element.getPointAtLength(place === "end" ? length : 0);
  const near = element.getPointAtLength(place === "end" ? length - little : little);
  const sign = place === "end" ? 1 : -1;
  const along = Math.atan2((at.y - near.y) * sign, (at.x - near.x) * sign) * 180 / Math.PI;
  const orient = marker.getAttribute("orient") || "0";
  const turned = orient === "auto" ? along
    : orient === "auto-start-reverse" ? along + (place === "start" ? 180 : 0) : parseFloat(orient);
  const box = marker.viewBox.baseVal;
  const [wide, high] = [marker.markerWidth.baseVal.value, marker.markerHeight.baseVal.value];
  const units = marker.getAttribute("markerUnits") === "userSpaceOnUse"
    ? 1 : parseFloat(style.strokeWidth);
  const scale = units * (box && box.width ? Math.min(wide / box.width, high / box.height) : 1);
  const [x, y] = [marker.refX.baseVal.value, marker.refY.baseVal.value];
  const transform = `translate(${at.x},${at.y}) rotate(${turned}) scale(${scale})`
    + ` translate(${-x},${-y})`;
  return written("g", {transform}, children(marker));
}

// -- one element after the other ---------------------------------------------------------------

function children(element) {
  return [...element.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE && WORDS.has(element.localName)) {
      return escaped(node.data.replace(/\s+/g, " "));
    }
    return node.nodeType === Node.ELEMENT_NODE ? shown(node) : "";
  }).join("");
}

function shown(element) {
  const name = element.localName;
  // What day it is must not show.
  if (UNSEEN.has(name) || element.classList.contains("today")) return "";
  const style = getComputedStyle(element);
  if (style.display === "none") return "";
  const opacity = unless(style.opacity, 1);
  if (WORDS.has(name)) return worded(element, style, opacity);
  if (name in GEOMETRY) return shaped(element, style, opacity);
  if (!GROUPS.has(name)) throw new Error(`<${name}> cannot be shown in a picture`);
  return grouped(element, opacity);
}

function grouped(element, opacity) {
  const inner = children(element);
  const own = {...geometry(element), opacity};
  const link = element.localName === "a" && element.href.baseVal;
  if (link && inner) return written("a", {href: link, ...own}, inner);
  const bare = !Object.values(own).some((value) => value !== null && value !== "");
  return bare || !inner ? inner : written("g", own, inner);
}

function shaped(element, style, opacity) {
  if (style.visibility === "hidden") return "";
  const fill = element.localName === "line" ? {} : filled(style), stroke = stroked(style);
  const ends = heads(element, style);
  const box = element.getBBox();
  if (!ends && (((fill.fill || "none") === "none" && !stroke.stroke) || !(box.width || box.height))) return "";
  const shape = written(element.localName, {...geometry(element), ...fill, ...stroke, opacity});
  if (!ends) return shape;
  return written("g", {transform: element.getAttribute("transform")}, // where the shape is
    shape.replace(/ transform="[^"]*"/, "") + ends);
}

const FONT = {
  "font-size": "fontSize", "font-weight": "fontWeight", "font-style": "fontStyle",
  "text-anchor": "textAnchor", "dominant-baseline": "dominantBaseline",
  "text-decoration": "textDecorationLine",
};
const USUAL = {
  "font-weight": "400", "font-style": "normal", "text-anchor": "start",
  "dominant-baseline": "auto", "text-decoration": "none",
};

function worded(element, style, opacity) {
  const inner = children(element);
  if (!inner.trim() || style.visibility === "hidden") return "";
  const own = {};
  const above = element.localName === "tspan" ? getComputedStyle(element.parentElement) : null;
  for (const [name, property] of Object.entries(FONT)) {
    own[name] = unless(pixels(style[property]), above ? pixels(above[property]) : USUAL[name]);
  }
  const fill = above && style.fill === above.fill ? {} : filled(style);
  const shift = style.baselineShift && style.baselineShift !== "0px" ? style.baselineShift : null;
  const place = geometry(element);
  return written(element.localName, {...place, ...own, "baseline-shift": shift, ...fill, opacity},
    inner);
}

function whole(svg) {
  const box = svg.viewBox.baseVal;
  const edges = [box.x, box.y, box.width, box.height];
  const size = {width: Math.ceil(box.width), height: Math.ceil(box.height)};
  return written("svg", {...size, viewBox: edges.join(" ")}, children(svg));
}

// Labels that Mermaid puts into the middle of a box by how long they are here: with letters of
// another width they stay there only if it is the middle that is said.
function centred(picture) {
  const labels = ".mindmap-node .label, .label-group, .annotation-group, .label.name";
  for (const text of picture.querySelectorAll(labels.replace(/,|$/g, " text$&"))) {
    const box = text.getBBox(), node = text.closest(".node");
    if (!node || getComputedStyle(text).textAnchor !== "start") continue;
    const middle = box.x + box.width / 2;
    const at = new DOMPoint(middle, 0).matrixTransform(text.getCTM());
    const origin = new DOMPoint(0, 0).matrixTransform(node.getCTM());
    if (Math.abs(at.x - origin.x) > 2) continue;
    text.style.textAnchor = "middle";
    for (const row of text.querySelectorAll("tspan[x]")) row.setAttribute("x", middle);
  }
}

// -- all of them -------------------------------------------------------------------------------

async function drawn(source, host) {
  begin();
  try {
    const {svg} = await mermaid.render("drawn", source);
    host.innerHTML = svg;
    const picture = host.querySelector("svg");
    centred(picture);
    const told = (name) => picture.querySelector(`:scope > ${name}`)?.textContent.trim() || "";
    return {svg: whole(picture), title: told("title"), desc: told("desc")};
  } catch (wrong) {
    const line = wrong.hash && Number.isInteger(wrong.hash.line) ? wrong.hash.line + 1 : 0;
    return {error: String(wrong.message || wrong), line};
  }
}

async function draw() {
  const host = document.getElementById("host");
  await Promise.all(["400", "700"].map((one) => document.fonts.load(`${one} 16px Measure`)));
  mermaid.initialize(asked.settings);
  const answers = [];
  for (const source of asked.sources) answers.push(await drawn(source, host));
  answered(answers);
}

draw();
