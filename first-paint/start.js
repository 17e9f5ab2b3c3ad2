// Starts the application, and says so when it cannot be started or breaks down: Trunk's own loader would leave a
// skeleton for ever. The files are named by elements that the build writes. A browser that does not understand
// this script is told by the watchdog in index.html.
(async () => {
  const page = document.documentElement;
  const first = window.saomaFirstPaint;
  const fail = (reason) => {
    page.dataset.start = "failed";
    // What has broken down runs no more, nor takes over what was drawn; that is covered in time all the same.
    for (let timer = setTimeout(() => {}); timer > 0; timer--) clearTimeout(timer);
    if (first && first.code) first.code.check();
    console.error("saoma: the application cannot run:", reason);
  };
  // What was drawn stays on the page, and can still be paid.
  addEventListener("error", ({ error }) => error instanceof WebAssembly.RuntimeError && fail(error));
  addEventListener("unhandledrejection", ({ reason }) => reason instanceof WebAssembly.RuntimeError && fail(reason));
  // In a frame, the script that speaks to the shop's page.
  if (parent !== window) {
    first.load();
    first.run("saoma-embedded").catch((reason) => console.error("saoma: the page cannot speak to the one around it:", reason));
  }
  // The code first: nothing of the application but its glue runs before it has been painted. It is not waited for longer than a page whose
  // words and buttons are wanted too may wait, nor where nothing is painted.
  const painted = async () => {
    await first.done;
    await first.painted();
  };
  if (!document.hidden) await Promise.race([painted(), new Promise((next) => setTimeout(next, 1500))]).catch(() => {});
  first.load();
  try {
    await first.glue;
    const link = document.querySelector("link[as=fetch]");
    const again = () => fetch(link.href, { integrity: link.getAttribute("integrity") });
    const file = await first.application.catch(again);
    // Compiled in one task and run in another.
    const kind = file.headers.get("content-type");
    const isModule = kind === "application/wasm";
    if (!isModule) console.warn("saoma: the server sends the application as " + kind + ", not as application/wasm, so it starts later than it could");
    const compiled = await (isModule && WebAssembly.compileStreaming ? WebAssembly.compileStreaming(file) : WebAssembly.compile(await file.arrayBuffer()));
    await first.nextTask();
    await first.begin(compiled);
  } catch (error) {
    fail(error);
  }
})();
