// Tabs, by mouse and by arrow keys (WAI-ARIA, "Tabs").

export function tabs(host, chosen = () => {}) {
  const all = [...host.querySelectorAll('[role="tab"]')];

  function choose(tab) {
    for (const other of all) {
      const selected = other === tab;
      other.setAttribute("aria-selected", selected);
      other.tabIndex = selected ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !selected;
    }
    chosen(tab.id);
  }

  for (const tab of all) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
      if (!step) return;
      const next = all[(all.indexOf(tab) + step + all.length) % all.length];
      choose(next);
      next.focus();
    });
  }
}
