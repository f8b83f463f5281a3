// Draws a figure of plotly in a page of its own, with text and axes in the colour of ink. Started by plots.py.
const { spec, ink, grid, width, height } = JSON.parse(document.getElementById("asked").textContent);
const clear = "rgba(0, 0, 0, 0)";
const given = spec.layout || {};
const size = { width: given.width || width, height: given.height || height };
const layout = {
  ...given, ...size, paper_bgcolor: clear, plot_bgcolor: clear, font: { ...given.font, color: ink },
};
const styled = (layout.template || {}).layout || {};
const quiet = { gridcolor: grid, zerolinecolor: grid, linecolor: ink };
for (const [name, axis] of Object.entries(styled)) {
  if (/^[xyz]axis$/.test(name) && axis) Object.assign(axis, quiet);
}
begin();
Plotly.newPlot("plot", spec.data, layout, { staticPlot: true })
  .then((plot) => Plotly.toImage(plot, { format: "svg", ...size }))
  .then((address) => answered([{ svg: decodeURIComponent(address.slice(address.indexOf(",") + 1)) }]))
  .catch((wrong) => answered([{ error: String(wrong.message || wrong) }]));
