// Searches the index that the build writes. Loaded when somebody searches, and not before.
const SHOWN = 20;
const plain = (text) => text.replace(/<[^>]*>/g, "").replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name]);
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const score = (entry, words) => {
  let total = 0;
  for (const word of words) {
    const title = entry.title.includes(word) ? 10 : 0;
    const tags = entry.tags.includes(word) ? 6 : 0;
    const text = entry.text.includes(word) ? 1 : 0;
    if (!(title || tags || text)) return 0;
    total += title + tags + text;
  }
  return total * entry.boost;
};

const around = (text, word) => {
  const place = Math.max(0, folded(text).indexOf(word));
  const start = Math.max(0, text.lastIndexOf(" ", Math.max(0, place - 50)));
  return `${start ? "…" : ""}${text.slice(start, start + 160).trim()}${start + 160 < text.length ? "…" : ""}`;
};

export async function attach(dialog, base) {
  const input = dialog.querySelector("input");
  const count = dialog.querySelector("[role=status]");
  const list = dialog.querySelector("ol");
  const words = dialog.dataset;
  let entries;
  try {
    const answer = await fetch(new URL("search/search_index.json", base));
    const { docs } = await answer.json();
    entries = docs.map((doc) => {
      const [title, text] = [plain(doc.title), plain(doc.text)];
      const tags = folded((doc.tags ?? []).join(" "));
      return { doc, shown: { title, text }, title: folded(title), text: folded(text), tags, boost: doc.boost ?? 1 };
    });
  } catch {
    count.textContent = words.failed;
    return;
  }
  const find = () => {
    const asked = folded(input.value).split(/\s+/).filter(Boolean);
    const best = new Map();
    for (const entry of asked.length ? entries : []) {
      const points = score(entry, asked);
      const page = entry.doc.location.split("#")[0];
      if (points && points > (best.get(page)?.points ?? 0)) best.set(page, { entry, points });
    }
    const found = [...best.values()].sort((a, b) => b.points - a.points);
    const said = found.length === 1 ? words.one : words.many.replace("{count}", found.length);
    count.textContent = asked.length ? (found.length ? said : words.none) : "";
    list.replaceChildren(...found.slice(0, SHOWN).map(({ entry }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const title = document.createElement("b");
      const text = document.createElement("span");
      link.href = new URL(entry.doc.location, base).href;
      title.textContent = entry.shown.title;
      text.textContent = around(entry.shown.text, asked[0]);
      link.append(title, text);
      item.append(link);
      return item;
    }));
  };
  input.addEventListener("input", find);
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [input, ...list.querySelectorAll("a")];
    stops.at((stops.indexOf(document.activeElement) + step) % stops.length)?.focus();
    event.preventDefault();
  });
  find();
}
