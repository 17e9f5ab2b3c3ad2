// The same page as a React developer would begin it.
import { QRCodeSVG } from "qrcode.react";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const id = location.pathname.split("/").pop();
const ask = async (call) => {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/api/order/${call}?_time=${Date.now()}`, { method: "POST", headers, body: JSON.stringify({ order_id: id }) });
  return (await answer.json()).data;
};

function Page() {
  const [order, setOrder] = useState(null);
  const [code, setCode] = useState("");
  useEffect(() => {
    let timer;
    const poll = async () => {
      const { status, return_uri } = await ask("status");
      if (status === 2) location.href = return_uri;
      else timer = setTimeout(poll, 2000);
    };
    ask("info")
      .then((order) => (setOrder(order), ask("qrcode")))
      .then(({ qrcode }) => (setCode(qrcode), (timer = setTimeout(poll, 2000))));
    return () => clearTimeout(timer);
  }, []);
  return (
    <main>
      <h1>{order ? order.subject : "…"}</h1>
      <p className="amount">{order ? "¥" + (order.trade_amount / 100).toFixed(2) : "\u00a0"}</p>
      <div className="code">{code && <QRCodeSVG value={code} level="M" marginSize={4} />}</div>
      <p>请扫码支付</p>
    </main>
  );
}

createRoot(document.getElementById("app")).render(<Page />);
