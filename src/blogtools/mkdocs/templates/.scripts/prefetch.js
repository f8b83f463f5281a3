// A page of this site is fetched when the pointer rests on its link, and is there when it is clicked.
const fetched = new Set([location.pathname]);
const wanted = (link) =>
  link && link.origin === location.origin && !fetched.has(link.pathname) && /(\/|\.html)$/.test(link.pathname);
if (!navigator.connection?.saveData) {
  let timer;
  const begin = (event) => {
    const link = event.target.closest?.("a[href]");
    clearTimeout(timer);
    if (!wanted(link)) return;
    timer = setTimeout(() => {
      fetched.add(link.pathname);
      fetch(link.pathname, { priority: "low" }).catch(() => fetched.delete(link.pathname));
    }, 80);
  };
  document.addEventListener("pointerover", begin, { passive: true });
  document.addEventListener("focusin", begin, { passive: true });
}
