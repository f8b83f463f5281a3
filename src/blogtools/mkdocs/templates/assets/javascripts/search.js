// Searches the site by the index that Pagefind made of it. Loaded when somebody searches, and not before.
const SHOWN = 6;
const PAUSE = 120;
// A reference says a word far more often than the essay that explains it, which is what readers look for first.
const WEIGHTS = { essay: 1, page: 0.4, reference: 0.25 };

const element = (name, ...inside) => {
  const made = document.createElement(name);
  made.append(...inside);
  return made;
};

const labels = ({ kind, version, latest }) => ({ kind, ...(version && { version, age: latest ? "newest" : "older" }) });

const several = (lists) => [...new Set(lists.flat().filter(Boolean))];

// The words that were found stand between marks; all else is text.
const marked = (excerpt) =>
  excerpt.split(/<\/?mark>/).map((part, place) => {
    const text = part.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    return place % 2 ? element("mark", text) : text;
  });

const result = (page, versionOf) => {
  const best = page.sub_results.reduce((a, b) => (b.locations.length > a.locations.length ? b : a), page.sub_results[0] ?? page);
  const link = element("a", element("b", page.meta.title));
  if (best.anchor) link.append(element("i", best.title));
  link.append(element("span", ...marked(best.excerpt)));
  const facts = page.meta.date ?? versionOf(page.url);
  if (facts) link.append(element("small", facts));
  link.href = best.url;
  return element("li", link);
};

// The index is in shards: the first is there at once, the others follow as long as somebody searches.
const engine = async (home) => {
  const [{ shards }, { createInstance }] = await Promise.all([
    fetch(new URL("shards.json", home), { cache: "no-cache" }).then((answer) => answer.json()),
    import(new URL("pagefind.js", home)),
  ]);
  const [first, ...others] = shards;
  const options = (shard) => ({
    metaCacheTag: shard.key,
    mergeFilter: labels(shard),
    indexWeight: WEIGHTS[shard.kind],
  });
  const pagefind = createInstance({ basePath: home.pathname, ...options(first) });
  const waiting = others.filter((shard) => shard.latest !== false);
  let adding = Promise.resolve();
  return {
    shards,
    versionOf: (url) => shards.find(({ folder }) => folder && url.includes(`/${folder}`))?.version,
    search: (words, filters) =>
      pagefind.search(words || null, { filters: filters.version ? filters : { ...filters, not: { age: "older" } } }),
    isWhole: () => !waiting.length,
    add: () => {
      const next = waiting.shift();
      if (next) adding = adding.then(() => pagefind.mergeIndex(new URL(next.at, home).pathname, options(next)));
      return adding;
    },
    // Older versions of references are searched when somebody asks for one.
    want: (version) => {
      const old = others.findIndex((shard) => shard.version === version && shard.latest === false);
      if (old >= 0) waiting.unshift(...others.splice(old, 1));
    },
  };
};

const offer = (field, values) => {
  const known = [...field.options].filter((option) => option.value);
  for (const option of known) if (!values.includes(option.value)) option.remove();
  const named = known.map((option) => option.value);
  field.append(...values.filter((value) => !named.includes(value)).map((value) => new Option(value, value)));
  field.parentElement.hidden = values.length < 2;
};

export async function attach(dialog, base) {
  const [input, said, list, more] = ["input", "[role=status]", "ol", "[data-more]"].map((one) => dialog.querySelector(one));
  const fields = [...dialog.querySelectorAll("select")];
  const words = dialog.dataset;
  let index;
  try {
    index = await engine(new URL("pagefind/", base));
  } catch {
    said.textContent = words.absent;
    return;
  }
  const of = (key) => several(index.shards.map((shard) => shard[key] ?? []));
  const values = { kind: of("kind"), tag: of("tags").sort(), year: of("years").sort().reverse(), version: of("version") };
  for (const field of fields) offer(field, values[field.name]);

  let turn = 0;
  let found = [];
  let shown = SHOWN;
  const show = async (mine) => {
    const pages = await Promise.all(found.slice(0, shown).map((one) => one.data()));
    if (mine !== turn || list.contains(document.activeElement)) return;
    list.replaceChildren(...pages.map((page) => result(page, index.versionOf)));
    more.hidden = found.length <= shown;
  };
  const find = async () => {
    const mine = ++turn;
    shown = SHOWN;
    list.ariaBusy = "true";
    await look(mine);
    if (mine === turn) list.ariaBusy = "false";
  };
  const look = async (mine) => {
    const asked = input.value.trim();
    const filters = Object.fromEntries(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
    const isAsked = asked || Object.keys(filters).length;
    for (let isFirst = true; isAsked && (isFirst || !index.isWhole()); isFirst = false) {
      if (!isFirst) await index.add();
      ({ results: found } = await index.search(asked, filters));
      if (mine !== turn) return;
      const count = found.length === 1 ? words.one : words.many.replace("{count}", found.length);
      said.textContent = found.length ? count : index.isWhole() ? words.none : "…";
      await show(mine);
      if (mine !== turn) return;
    }
    if (isAsked) return;
    found = [];
    said.textContent = "";
    await show(mine);
  };

  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, PAUSE);
  });
  for (const field of fields) {
    field.addEventListener("change", () => {
      if (field.name === "version") index.want(field.value);
      find();
    });
  }
  more.addEventListener("click", async () => {
    const last = list.children.length;
    shown += SHOWN;
    await show(turn);
    list.children[last]?.firstChild.focus();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      // In the field, browsers take the key for clearing it.
      event.preventDefault();
      dialog.close();
      return;
    }
    const stops = [input, ...list.querySelectorAll("a"), ...(more.hidden ? [] : [more])];
    const here = stops.indexOf(document.activeElement);
    if (event.key === "Enter" && here === 0) stops[1]?.click();
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0 }[event.key];
    if (here < 0 || step === undefined || (event.key === "Enter" && here > 0)) return;
    if (step) stops.at((here + step) % stops.length).focus();
    event.preventDefault();
  });
  find();
}
