// Light or dark, as the page around us is: the first opaque background up the tree decides.

function isDark(root) {
  for (let outer = root.parentElement; outer; outer = outer.parentElement) {
    const channels = (getComputedStyle(outer).backgroundColor.match(/[\d.]+/g) || []).map(Number);
    if (channels.length >= 3 && (channels.length < 4 || channels[3] > 0.5)) {
      return (0.299 * channels[0] + 0.587 * channels[1] + 0.114 * channels[2]) / 255 < 0.45;
    }
  }
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

function followTheme(app) {
  const { root } = app;
  const look = () => {
    const theme = isDark(root) ? 'dark' : 'light';
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    app.emit('theme', theme);
  };
  // A notebook names its new theme first and loads the colours after it.
  const later = () => [0, 120, 600].forEach((wait) => setTimeout(() => root.isConnected && look(), wait));
  const watcher = new MutationObserver(() => (root.isConnected ? later() : watcher.disconnect()));
  for (const outer of [document.documentElement, document.body]) watcher.observe(outer, { attributes: true });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', later);
  look();
}
