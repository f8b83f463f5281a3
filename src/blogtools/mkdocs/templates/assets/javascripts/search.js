// Searches the site. Loaded when somebody searches, and not before.
export async function attach(dialog, base) {
  const said = dialog.querySelector("[role=status]");
  try {
    await import(new URL("pagefind/pagefind.js", base));
  } catch {
    said.textContent = dialog.dataset.failed;
  }
}
