// Light, dark, or as the system has it.

const KEY = "laurel.theme";
const NAMES = { auto: "Auto", light: "Light", dark: "Dark" };
const WORDS = { auto: "as the system has them", light: "light", dark: "dark" };

export function themes(button) {
  const all = Object.keys(NAMES);
  let theme = "auto";
  try {
    theme = all.find((name) => name === localStorage.getItem(KEY)) ?? theme;
  } catch {
    // A browser that keeps nothing has the system's colours.
  }
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = NAMES[theme];
    button.setAttribute("aria-label", `${NAMES[theme]}: colours ${WORDS[theme]}`);
  };
  button.addEventListener("click", () => {
    theme = all[(all.indexOf(theme) + 1) % all.length];
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It holds until the page is left.
    }
    apply();
  });
  apply();
}
