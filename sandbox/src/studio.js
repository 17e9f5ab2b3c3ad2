// The skin studio: what is entered becomes settings, the sandbox puts them into the page, and the previews are loaded anew.
// The previews are inert, because a page that gives its heading the focus would scroll the studio, and silent.
const $ = (id) => document.getElementById(id);
const form = $("form");

const settings = () => {
  const values = {};
  for (const [name, raw] of new FormData(form)) {
    const value = raw.trim();
    if (!value || (name === "preset" && value === "light")) continue;
    const [group, key] = name.split(".");
    if (key) (values[group] ??= {})[key] = value;
    else values[name] = name === "radius" && /^\d+$/.test(value) ? Number(value) : value;
  }
  return values;
};

const showContrast = async (brand) => {
  const rows = [];
  const answer = brand ? await fetch(`/studio/api/contrast?brand=${encodeURIComponent(brand)}`) : null;
  if (answer?.ok) {
    const figures = await answer.json();
    for (const { what, colour, ground, ratio, passes } of [...figures.as_given, ...figures.rows]) {
      const row = document.createElement("tr");
      const [name, sample, figure] = ["td", "td", "td"].map((tag) => document.createElement(tag));
      name.textContent = what;
      sample.textContent = "Aa";
      Object.assign(sample.style, { color: colour, background: ground });
      figure.textContent = `${ratio.toFixed(2)} ${passes ? "AA" : "too low"}`;
      row.append(name, sample, figure);
      rows.push(row);
    }
  }
  $("contrast").replaceChildren(...rows);
};

let last = 0;
const apply = async () => {
  const mine = ++last;
  const values = settings();
  const text = JSON.stringify(values, null, 2);
  $("block").value = text;
  $("download").href = `data:application/json,${encodeURIComponent(text)}`;
  const answer = await fetch("/studio/api/settings", { method: "PUT", body: text });
  const complaints = answer.ok ? (await answer.json()).complaints : [await answer.text()];
  if (mine !== last) return;
  $("complaints").textContent = complaints.join("\n");
  await showContrast(values.brand);
  for (const frame of document.querySelectorAll("iframe")) frame.contentWindow.location.reload();
};

let pause;
form.addEventListener("input", ({ target }) => {
  if (target.name === "brand" && /^#[0-9a-f]{6}$/i.test(target.value)) $("picker").value = target.value;
  if (target === $("picker")) form.elements.brand.value = target.value;
  if (target === $("radius")) form.elements.radius.value = target.value;
  clearTimeout(pause);
  pause = setTimeout(apply, 300);
});
form.addEventListener("submit", (event) => event.preventDefault());
$("copy").addEventListener("click", async () => {
  $("block").select();
  await navigator.clipboard?.writeText($("block").value).catch(() => document.execCommand("copy"));
  $("copy").textContent = "Copied";
});

const screens = await (await fetch("/studio/api/screens", { method: "POST" })).json();
for (const { name, path } of screens) {
  const figure = document.createElement("figure");
  const caption = Object.assign(document.createElement("figcaption"), { textContent: name });
  figure.append(caption, Object.assign(document.createElement("iframe"), { src: path, title: name, loading: "lazy", inert: true, allow: "autoplay 'none'" }));
  $("screens").append(figure);
}
await apply();
