// The table of contents knows where the reader is, and goes away once an entry is chosen.
const contents = document.getElementById("contents");
if (contents) {
  const links = new Map([...contents.querySelectorAll("a")].map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let current;
  const follow = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
    const here = links.get(passed.at(-1)?.id);
    if (here === current) return;
    current?.removeAttribute("aria-current");
    here?.setAttribute("aria-current", "true");
    current = here;
  };
  // With the first frame, which lays the page out anyway.
  requestAnimationFrame(follow);
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      follow();
    });
  }, { passive: true });
}
for (const sheet of document.querySelectorAll(".bt-rail > nav, .bt-menu")) {
  sheet.addEventListener("click", (event) => {
    if (event.target.closest("a") && sheet.matches(":popover-open")) sheet.hidePopover();
  });
}
