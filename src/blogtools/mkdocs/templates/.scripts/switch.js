// The switch between light and dark: what was chosen is remembered.
const root = document.documentElement;
const button = document.querySelector("[data-switch]");
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.scheme ? root.dataset.scheme === "dark" : dark.matches);
const label = () => {
  const words = isDark() ? button.dataset.toLight : button.dataset.toDark;
  button.title = words;
  button.setAttribute("aria-label", words);
};
if (button) {
  label();
  dark.addEventListener("change", label);
  button.addEventListener("click", () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("scheme", root.dataset.scheme);
    } catch {
      // It holds for this page.
    }
    label();
  });
}
