// The search dialog: the link in the masthead opens it, and so does the key "/".
const opener = document.querySelector("[data-search]");
const dialog = document.getElementById("__search");
if (opener && dialog) {
  let searching;
  const open = () => {
    dialog.showModal();
    searching ??= import(new URL("assets/javascripts/search.js", new URL(opener.dataset.search, location.href)))
      .then((module) => module.attach(dialog, new URL(opener.dataset.search, location.href)));
  };
  opener.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const asked = event.key === "/" || (event.key === "k" && (event.metaKey || event.ctrlKey));
    if (!asked || typing || dialog.open) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}
