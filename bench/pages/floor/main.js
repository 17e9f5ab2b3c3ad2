// The least that can be done: one file, no framework, no asset but itself.
import { renderSVG } from "uqr";

const id = location.pathname.split("/").pop();
const show = (name, text) => (document.getElementById(name).textContent = text);
const ask = async (call) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/api/order/${call}?_time=${Date.now()}`, { method: "POST", headers, body: JSON.stringify({ order_id: id }) });
  return (await answer.json()).data;
};

async function start() {
  const order = await ask("info");
  show("subject", order.subject);
  show("amount", "¥" + (order.trade_amount / 100).toFixed(2));
  const { qrcode } = await ask("qrcode");
  document.getElementById("code").innerHTML = renderSVG(qrcode, { border: 4, ecc: "M" });
  const poll = async () => {
    const { status, return_uri } = await ask("status");
    if (status === 2) location.href = return_uri;
    else setTimeout(poll, 2000);
  };
  setTimeout(poll, 2000);
}
start();
