// The picture dragged, pinched and zoomed by mouse, pen or fingers.

// The page keeps its wheel: only with Ctrl (which a pinch on a touchpad sends) does it zoom.
function listenToPointers(app, view, camera, { zoom, clamp, place, stop }) {
  const down = new Map();
  view.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const frame = view.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.004)), {
        x: event.clientX - frame.left,
        y: event.clientY - frame.top,
      });
    },
    { passive: false },
  );
  view.addEventListener('pointerdown', (event) => {
    if (event.target.closest('.tools, .map') || event.button > 0) return;
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    camera.dragged = 0;
    stop();
  });
  view.addEventListener('pointermove', (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const moved = { x: event.clientX - before.x, y: event.clientY - before.y };
    camera.dragged += Math.abs(moved.x) + Math.abs(moved.y);
    if (camera.dragged > 4 && !view.hasPointerCapture(event.pointerId))
      view.setPointerCapture(event.pointerId);
    if (down.size === 2) {
      const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      const spread = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      const frame = view.getBoundingClientRect();
      zoom(spread({ x: event.clientX, y: event.clientY }) / spread(before), {
        x: (event.clientX + other.x) / 2 - frame.left,
        y: (event.clientY + other.y) / 2 - frame.top,
      });
    } else if (camera.dragged > 4) {
      camera.x += moved.x;
      camera.y += moved.y;
      clamp();
      place();
    }
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  for (const event of ['pointerup', 'pointercancel', 'lostpointercapture'])
    view.addEventListener(event, (lost) => down.delete(lost.pointerId));
}
