//! A payment that the app around the page makes, and what it says became of it.

use super::{
    Context,
    element::{El, el},
    icon::{self, Mark},
};
use crate::{
    checkout::{Event, Handing},
    i18n::fill,
    order::{HostApp, HostResult},
};

/// How far the payment has come; `spent` points are used for it.
pub(super) fn host(context: Context, app: HostApp, number: Option<String>, spent: u64) -> El {
    let messages = context.messages;
    let hint = (spent > 0).then(|| el("p").class("hint").text(&fill(messages.points_spent(), &[("points", &spent.to_string())])));
    let state = el("div")
        .class("wide")
        .bind_child(move || context.read(|view| view.handing), move |handing| Some(state(context, app, number.as_deref(), *handing)));
    el("div").class("wide").child(state).child(hint)
}

fn state(context: Context, app: HostApp, number: Option<&str>, handing: Option<Handing>) -> El {
    let messages = context.messages;
    let name = match app {
        HostApp::Alipay => messages.method_alipay(),
        HostApp::MiniProgram => messages.method_weapp(),
        HostApp::WeChat => messages.method_wxpay(),
    };
    let named = |text: &str| fill(text, &[("method", name)]);
    let pay = || context.button("button primary", &named(messages.open_wallet()), || Event::HandOverPressed);
    let plate = |mark, heading: &str| el("div").class("plate covered").child(icon::mark(mark)).child(el("strong").text(heading));
    let detail = |text: &str| el("span").text(text);
    // The payment that is handed over again is the same one.
    let again = || context.button("button", messages.retry(), || Event::HandOverPressed);
    let seen = || {
        let page = context.config.return_page(number?)?;
        Some(el("a").class("button primary").attr("href", page.as_str()).text(messages.order_page()))
    };
    match handing {
        None => el("div").class("wide").child(pay()),
        Some(Handing::Asked) => plate(Mark::Hourglass, &named(messages.host_asked())).child(again()),
        Some(Handing::Answered(HostResult::Cancelled)) => plate(Mark::Cross, messages.host_cancelled()).child(pay()),
        Some(Handing::Answered(HostResult::Failed)) => plate(Mark::Cross, &named(messages.host_failed())).child(pay()),
        Some(Handing::Answered(HostResult::Missing)) => {
            let advice = match app {
                HostApp::MiniProgram => messages.host_missing_weapp(),
                HostApp::Alipay | HostApp::WeChat => messages.host_missing_detail(),
            };
            // The site around the page may have been too slow to greet.
            plate(Mark::Question, messages.host_missing()).child(detail(advice)).child(again())
        }
        Some(Handing::Answered(HostResult::Done)) => plate(Mark::Hourglass, messages.checking()).child(detail(told(context))),
        Some(Handing::Answered(HostResult::Unsure)) => {
            plate(Mark::Hourglass, messages.host_unsure()).child(detail(told(context))).child(seen()).child(again())
        }
    }
}

/// Where the result is to be seen.
fn told(context: Context) -> &'static str {
    if context.view.once(|view| view.terms.status_timeout.is_some()) {
        context.messages.confirming_detail()
    } else {
        context.messages.host_see_order()
    }
}
