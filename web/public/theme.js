// Sets theme and density before the first paint. It is a separate, blocking file because the
// Content Security Policy forbids inline scripts. lib/preferences.ts owns the stored value.
(() => {
  let stored = {};
  try {
    stored = JSON.parse(localStorage.getItem("atalaya.preferences") ?? "{}") ?? {};
  } catch {
    stored = {};
  }
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const root = document.documentElement;
  const chosen = stored.theme === "light" || stored.theme === "dark" ? stored.theme : null;
  root.dataset.theme = chosen ?? (prefersDark ? "dark" : "light");
  const densities = ["compact", "regular", "comfortable"];
  root.dataset.density = densities.includes(stored.density) ? stored.density : "regular";
})();
