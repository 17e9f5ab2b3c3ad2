// Starts the application, and says so when it cannot be started: Trunk's own loader would leave a skeleton for ever.
// The files are named by the preload links that the build writes.
const page = document.documentElement;
const fail = (reason) => {
  if (page.dataset.start !== "done") page.dataset.start = "failed";
  console.error("saoma: the application did not start:", reason);
};
const late = setTimeout(() => fail("it has not arrived after 10 seconds"), 10_000);
const href = (selector) => document.querySelector(selector).href;
try {
  const application = await import(href("link[rel=modulepreload]"));
  await application.default({ module_or_path: href("link[rel=preload][as=fetch]") });
} catch (error) {
  fail(error);
}
clearTimeout(late);
