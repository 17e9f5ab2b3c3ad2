// One field for each field of an order: text and numbers as inputs, everything else as JSON.
const form = document.getElementById("new");
const error = document.getElementById("error");
const defaults = await (await fetch("/sandbox/api/defaults")).json();
const stands = ["waiting", "paid", "closed", "timed_out", "creation_failed"];
const readers = {};

const make = (tag, text, properties = {}) => Object.assign(document.createElement(tag), { textContent: text ?? "" }, properties);

const field = (name, value) => {
  const label = make("label", name);
  let input;
  if (name === "status") {
    input = make("select");
    input.append(...stands.map((stand) => make("option", stand)));
    readers[name] = () => input.value;
  } else if (value === null) {
    input = make("input", "", { placeholder: "(default)" });
    const isNumber = /amount|time|_ms$/.test(name);
    readers[name] = () => (input.value === "" ? null : isNumber ? Number(input.value) : input.value);
  } else if (typeof value === "object") {
    label.className = "wide";
    input = make("textarea", "", { value: JSON.stringify(value, null, 1) });
    readers[name] = () => JSON.parse(input.value);
  } else if (typeof value === "number") {
    input = make("input", "", { type: "number", value });
    readers[name] = () => Number(input.value);
  } else {
    input = make("input", "", { value });
    readers[name] = () => input.value;
  }
  label.append(input);
  form.append(label);
};

const isBig = ([, value]) => value !== null && typeof value === "object";
Object.entries(defaults).sort((a, b) => isBig(a) - isBig(b)).forEach(([name, value]) => field(name, value));
form.append(make("button", "Create"));

const say = async (response) => {
  error.textContent = response.ok ? "" : await response.text();
  await refresh();
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const order = Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, read()]));
    const body = JSON.stringify(order);
    await say(await fetch("/sandbox/api/orders", { method: "POST", headers: { "Content-Type": "application/json" }, body }));
  } catch (problem) {
    error.textContent = String(problem);
  }
});

const row = (order) => {
  const { spec } = order;
  const cells = [spec.order_id, spec.subject, ((spec.trade_amount ?? spec.amount) / 100).toFixed(2), order.stand].map((text) => make("td", text));
  const actions = make("td");
  for (const action of ["pay", "close", "expire", "time-out", "fail"]) {
    const url = `/sandbox/api/orders/${encodeURIComponent(spec.order_id)}/${action}`;
    actions.append(make("button", action, { onclick: async () => say(await fetch(url, { method: "POST" })) }), " ");
  }
  const look = make("td");
  const requests = `/sandbox/api/requests?order_id=${encodeURIComponent(spec.order_id)}`;
  look.append(make("a", "page", { href: order.link, target: "_blank" }), " ", make("a", "wallet", { href: order.wallet, target: "_blank" }), " ");
  look.append(make("a", "requests", { href: requests, target: "_blank" }));
  const line = make("tr");
  line.append(...cells, actions, look);
  return line;
};

const refresh = async () => {
  const orders = await (await fetch("/sandbox/api/orders")).json();
  document.getElementById("orders").replaceChildren(...orders.reverse().map(row));
};

await refresh();
setInterval(refresh, 3000);
