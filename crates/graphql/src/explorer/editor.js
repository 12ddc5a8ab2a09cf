// A text area with coloured text behind it. Tab leaves it, as it leaves any other field.

import { highlight } from "./highlight.js";

export class Editor {
  constructor(host, { label, language, text = "", changed = () => {} }) {
    this.language = language;
    this.changed = changed;
    this.shown = document.createElement("pre");
    this.shown.setAttribute("aria-hidden", "true");
    this.area = Object.assign(document.createElement("textarea"), { spellcheck: false, autocomplete: "off" });
    this.area.setAttribute("aria-label", label);
    this.area.setAttribute("autocapitalize", "off");
    const box = document.createElement("div");
    box.className = "box";
    box.append(this.shown, this.area);
    host.append(box);
    this.area.addEventListener("input", () => this.#show());
    this.area.addEventListener("keydown", (event) => this.#indent(event));
    this.text = text;
  }

  get text() {
    return this.area.value;
  }

  set text(text) {
    this.area.value = text;
    this.#show();
  }

  get caret() {
    return this.area.selectionStart;
  }

  #show() {
    // The last line break needs something after it to take up a line.
    this.shown.replaceChildren(highlight(this.area.value, this.language), "\n");
    this.changed();
  }

  /** A new line begins where the last one did, or deeper after a bracket; a closing bracket steps back. */
  #indent(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const before = this.area.value.slice(0, this.caret);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (event.key === "Enter") {
      event.preventDefault();
      const deeper = /[{([]\s*$/.test(line) ? "  " : "";
      this.#insert(`\n${/^\s*/.exec(line)[0]}${deeper}`);
    } else if ("})]".includes(event.key) && /^ {2,}$/.test(line) && this.caret === this.area.selectionEnd) {
      event.preventDefault();
      this.area.setSelectionRange(this.caret - 2, this.caret);
      this.#insert(event.key);
    }
  }

  #insert(text) {
    // The one way that the browser's undo knows of.
    document.execCommand("insertText", false, text);
  }
}
