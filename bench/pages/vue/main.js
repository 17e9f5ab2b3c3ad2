// The same page in the stack of the gateway's own: Vue 2 and axios.
import axios from "axios";
import QRCode from "qrcode";
import Vue from "vue/dist/vue.runtime.esm.js";

const id = location.pathname.split("/").pop();
const ask = (call) => axios.post(`/api/order/${call}?_time=${Date.now()}`, { order_id: id }).then((answer) => answer.data.data);

new Vue({
  data: { order: null, code: "" },
  async created() {
    this.order = await ask("info");
    const { qrcode } = await ask("qrcode");
    this.code = await QRCode.toDataURL(qrcode, { errorCorrectionLevel: "M", margin: 4, scale: 8 });
    this.timer = setTimeout(this.poll, 2000);
  },
  methods: {
    async poll() {
      const { status, return_uri } = await ask("status");
      if (status === 2) location.href = return_uri;
      else this.timer = setTimeout(this.poll, 2000);
    },
  },
  render(h) {
    return h("main", [
      h("h1", this.order ? this.order.subject : "…"),
      h("p", { class: "amount" }, this.order ? "¥" + (this.order.trade_amount / 100).toFixed(2) : "\u00a0"),
      h("div", { class: "code" }, this.code ? [h("img", { attrs: { src: this.code } })] : []),
      h("p", "请扫码支付"),
    ]);
  },
}).$mount("#app");
