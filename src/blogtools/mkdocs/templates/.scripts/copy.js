// A button on each block of code, which takes it to the clipboard.
const { copy, copied } = document.body.dataset;
if (copy && navigator.clipboard) {
  for (const block of document.querySelectorAll(".highlight:has(> pre)")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "bt-copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      const code = block.querySelector("code").cloneNode(true);
      code.querySelectorAll(".linenos, .gp").forEach((mark) => mark.remove());
      await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
      button.textContent = copied;
      button.dataset.done = "";
      setTimeout(() => {
        button.textContent = copy;
        delete button.dataset.done;
      }, 1500);
    });
    block.append(button);
  }
}
