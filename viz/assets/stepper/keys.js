// The keys: only while the stepper has the focus, and never those with Ctrl, Meta or Alt.

function listenToKeys(app) {
  const keys = Object.assign(app.keys, {
    ArrowRight: () => app.next(),
    ArrowLeft: () => app.previous(),
    Home: () => app.goto(0),
    End: () => app.goto(app.model.steps.length),
    ']': () => app.next('op'),
    '[': () => app.previous('op'),
    Escape: () => app.select(null),
  });
  const act = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const typing =
      target.closest && target.closest('input:not(.slider), select, textarea, [contenteditable]');
    // VS Code and the classic notebook listen above us; JupyterLab obeys data-lm-suppress-shortcuts.
    event.stopPropagation();
    if (
      typing ||
      event.defaultPrevented ||
      (target.closest && target.closest('.tabs') && event.key.startsWith('Arrow'))
    )
      return;
    if (event.key === ' ') {
      if (target.closest && target.closest('button, summary')) return;
      event.preventDefault();
      app.play();
      return;
    }
    if (!keys[event.key]) return;
    event.preventDefault();
    app.stop();
    keys[event.key](event);
  };
  app.root.addEventListener('keydown', act);
  // On a page of its own the keys work before anything was clicked.
  if (app.root.dataset.alone !== undefined) {
    document.addEventListener('keydown', (event) => {
      if (event.target === document.body && app.root.isConnected) act(event);
    });
  }
}
