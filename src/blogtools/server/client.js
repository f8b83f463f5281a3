// Runs in every page that the dev server serves; it is in no published page.
// It reloads the page when there is a new site, at the same place, and shows what is wrong.
(() => {
  "use strict";

  const { shown, events } = document.currentScript.dataset;
  const PLACE = "blogtools:place";
  const DISMISSED = "blogtools:dismissed";
  const SETTLED_AFTER = 1000;

  // Storage may be switched off; then the browser's own idea of the place has to do.
  const storage = {
    get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { sessionStorage.setItem(key, value); return true; } catch { return false; } },
    remove(key) { try { sessionStorage.removeItem(key); } catch { /* nothing to remove */ } },
  };

  // ---- the reader's place ------------------------------------------------------------------

  const address = () => location.pathname + location.search;
  const top = (element) => element.getBoundingClientRect().top;
  const isLaidOut = (element) => element.getClientRects().length > 0;
  let restoring = null;

  // The place is remembered as a distance from the heading above it, too: what was
  // added or removed before that heading then does not move the text under the reader's eyes.
  function place() {
    if (restoring) return restoring;
    const headings = [...document.querySelectorAll(":is(h1, h2, h3, h4, h5, h6)[id]")];
    const above = headings.filter((h) => isLaidOut(h) && top(h) <= 96).pop();
    const anchor = above && scrollY > 0 ? { id: above.id, top: top(above) } : null;
    return { address: address(), x: scrollX, y: scrollY, anchor, mode: history.scrollRestoration };
  }

  function goTo(saved) {
    const anchor = saved.anchor && document.getElementById(saved.anchor.id);
    const y = anchor && isLaidOut(anchor) ? scrollY + top(anchor) - saved.anchor.top : saved.y;
    scrollTo({ left: saved.x, top: y, behavior: "instant" });
  }

  // Images and fonts that arrive late move things, so the place is taken again whenever the page
  // changes its size, until it is complete and quiet, or the reader does something.
  function restore(saved) {
    restoring = saved;
    const again = () => { if (restoring === saved) goTo(saved); };
    const sizes = new ResizeObserver(again);
    const acts = ["wheel", "touchstart", "pointerdown", "keydown"];
    const stop = () => {
      if (restoring !== saved) return;
      restoring = null;
      sizes.disconnect();
      acts.forEach((act) => removeEventListener(act, stop, true));
      history.scrollRestoration = saved.mode;
    };
    acts.forEach((act) => addEventListener(act, stop, { capture: true, passive: true }));
    const complete = () => { again(); requestAnimationFrame(again); setTimeout(stop, SETTLED_AFTER); };
    sizes.observe(document.documentElement);
    sizes.observe(document.body);
    again();
    if (document.readyState === "complete") complete();
    else addEventListener("load", complete, { once: true });
  }

  const stored = storage.get(PLACE);
  const saved = stored ? JSON.parse(stored) : null;
  storage.remove(PLACE);
  if (saved && saved.address === address()) restore(saved);

  function reload(wanted) {
    // A page from some cache can stay old however often it is reloaded: once is enough.
    if (saved && saved.wanted === wanted) return;
    if (storage.set(PLACE, JSON.stringify({ ...place(), wanted }))) history.scrollRestoration = "manual";
    disconnect();
    location.reload();
  }

  // ---- what is wrong -----------------------------------------------------------------------

  const STYLE = `
    :host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; }
    section { box-sizing: border-box; max-height: 60vh; overflow: auto; padding: 1rem 1.25rem;
      font: 16px/1.5 system-ui, sans-serif; color: #1d1b20; background: #fff;
      border-top: 4px solid #b3261e; box-shadow: 0 -4px 24px rgb(0 0 0 / .3); }
    h2 { font-size: 1.1em; margin: 0 6rem .5rem 0; color: #b3261e; }
    ul { margin: 0; padding: 0; list-style: none; }
    li, p { margin: .75rem 0 0; overflow-wrap: anywhere; white-space: pre-wrap; }
    code { font: .9em ui-monospace, monospace; }
    strong, span { display: block; }
    button { position: absolute; top: 1rem; right: 1.25rem; font: inherit; color: inherit;
      background: none; border: 1px solid; border-radius: 4px; padding: .1rem .6rem; cursor: pointer; }
    button:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      section { color: #e6e1e5; background: #1d1b20; border-color: #f2b8b5; }
      h2 { color: #f2b8b5; }
      button:focus-visible { outline-color: #a8c7fa; }
    }
    @media print { :host { display: none; } }`;

  let overlay = null;

  // Text is only ever set as text: a message may quote whatever an author wrote.
  function make(name, text = "", ...children) {
    const element = document.createElement(name);
    element.textContent = text;
    element.append(...children);
    return element;
  }

  function item(found) {
    const parts = [make("code", found.where), make("strong", found.message)];
    if (found.hint) parts.push(make("span", found.hint));
    return make("li", "", ...parts);
  }

  function contents(news) {
    const count = news.problems.length + news.more;
    const parts = [make("h2", count === 1 ? "1 problem" : count ? `${count} problems` : "The build failed")];
    if (news.error) parts.push(make("p", news.error));
    parts.push(make("ul", "", ...news.problems.map(item)));
    if (news.more) parts.push(make("p", `and ${news.more} more, in the terminal`));
    parts.push(make("p", "This is the last good page. It reloads as soon as the problem is solved."));
    return parts;
  }

  function openOverlay() {
    overlay = make("div");
    overlay.id = "blogtools-problems";
    const root = overlay.attachShadow({ mode: "open" });
    // A constructed style sheet also works where a policy forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const box = make("section");
    const alert = make("div");
    alert.setAttribute("role", "alert");
    const button = make("button", "Dismiss");
    button.type = "button";
    button.title = "Escape does it too";
    button.addEventListener("click", dismiss);
    box.append(alert, button);
    root.append(box);
    document.body.append(overlay);
    return overlay;
  }

  function closeOverlay() {
    if (overlay) overlay.remove();
    overlay = null;
  }

  function dismiss() {
    if (overlay) storage.set(DISMISSED, overlay.dataset.news);
    closeOverlay();
  }

  function show(news) {
    if (!news.error && !news.problems.length) {
      storage.remove(DISMISSED);
      return closeOverlay();
    }
    const text = JSON.stringify([news.error, news.problems, news.more]);
    // A page that itself lists what is wrong needs no second list.
    if (document.querySelector("[data-blogtools-problems]")) return undefined;
    if (storage.get(DISMISSED) === text) return closeOverlay();
    const box = overlay || openOverlay();
    if (box.dataset.news === text) return undefined;
    box.dataset.news = text;
    return box.shadowRoot.querySelector("[role=alert]").replaceChildren(...contents(news));
  }

  addEventListener("keydown", (event) => { if (event.key === "Escape") dismiss(); });

  // ---- the news ----------------------------------------------------------------------------

  let stream = null;

  function disconnect() {
    if (stream) stream.close();
    stream = null;
  }

  // Only a page that can be seen listens: a browser has six connections to one server in all, and
  // the seventh tab would wait for ever. On coming back it is told what it missed at once.
  function connect() {
    if (stream || document.visibilityState === "hidden") return;
    stream = new EventSource(events);
    stream.addEventListener("message", (event) => {
      const news = JSON.parse(event.data);
      if (news.shown === shown) show(news);
      else reload(news.shown);
    });
    // Some browsers try again by themselves while the server restarts, others give up.
    stream.addEventListener("error", () => {
      if (!stream || stream.readyState !== EventSource.CLOSED) return;
      disconnect();
      setTimeout(connect, 1000);
    });
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  connect();
})();
