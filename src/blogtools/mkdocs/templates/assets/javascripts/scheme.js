// Runs before anything is drawn: the reader's choice of light or dark, so that no page flashes.
(() => {
  const root = document.documentElement;
  root.dataset.scripted = "";
  try {
    const chosen = localStorage.getItem("scheme");
    if (chosen === "light" || chosen === "dark") root.dataset.scheme = chosen;
  } catch {
    // No storage, no memory: the page is as the reader's machine has it.
  }
})();
