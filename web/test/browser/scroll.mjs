// A long list scrolled from its top to its very end as a person does, in steps of each drawn frame, and what that cost.

/** Gives how long each frame took, how many rows were ever drawn at once, and how many there are. */
export function scrollThrough(page, label) {
  return page.getByRole("grid", { name: label }).evaluate(async (viewport) => {
    const step = 400;
    const deadline = performance.now() + 600_000;
    const frames = [];
    let drawnMost = 0;
    const nextFrame = () => new Promise(requestAnimationFrame);
    const isWhole = () => viewport.getAttribute("aria-rowcount") !== "-1";
    const below = () => viewport.scrollHeight - viewport.clientHeight - viewport.scrollTop;
    let before = await nextFrame();
    while (!isWhole() || below() > 1) {
      if (performance.now() > deadline) throw new Error("the end of the list never came");
      const moves = below() > 1;
      viewport.scrollTop += step;
      const at = await nextFrame();
      // While more is on its way nothing moves, and a frame says nothing.
      if (moves) frames.push(at - before);
      before = at;
      drawnMost = Math.max(drawnMost, viewport.querySelectorAll("[data-index]").length);
    }
    return { frames, drawnMost, rowCount: Number(viewport.getAttribute("aria-rowcount")) };
  });
}
