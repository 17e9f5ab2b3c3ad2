//! Where the page is open, and what follows from that.

use crate::{order::Wallet, text::contains};

/// What the browser says of itself when the page starts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// What kind of device it is.
    pub device: Device,
    /// Whether another page embeds it. Nothing opens by itself there: it would open inside.
    pub framed: bool,
    /// Which app shows the page.
    pub host: Host,
    /// What the page has done before at this entry of the tab's history.
    pub past: Past,
    /// Whether the shop wants no app to open by itself.
    pub opens_nothing: bool,
    /// Whether the shopper wants to hear the prompt.
    pub sound: bool,
}

/// The kinds of devices, by what a shopper can do with them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Device {
    /// It has no wallets; a phone with one is in the other hand.
    #[default]
    Computer,
    /// Wallets are here, and its screen is hard to scan with itself.
    Phone,
    /// Wallets may be here, and a phone may be near.
    Tablet,
}

impl Device {
    /// Reads a user agent. `touch_points` tells an iPad from the Mac it claims to be.
    pub fn of_user_agent(agent: &str, touch_points: i32) -> Self {
        let says = |words: &[&str]| words.iter().any(|word| contains(agent, word));
        let is_pad = says(&["iPad", "Tablet"]) || (says(&["Macintosh"]) && touch_points > 1);
        if is_pad || (says(&["Android", "HarmonyOS"]) && !says(&["Mobile"])) {
            Self::Tablet
        } else if says(&["iPhone", "iPod", "Mobile"]) {
            Self::Phone
        } else {
            Self::Computer
        }
    }
}

/// What the page has done before at this entry of the tab's history: none of it is done twice.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Past {
    /// It left the order to the gateway's own page.
    Deferred,
    /// Nothing.
    #[default]
    Fresh,
    /// It sent the shopper to the shop.
    Left,
    /// It sent the shopper to a page for paying.
    Visited,
}

/// The app that shows the page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Host {
    /// Alipay's own browser.
    Alipay,
    /// A browser.
    #[default]
    Browser,
    /// QQ's own browser.
    Qq,
    /// UnionPay's own browser.
    UnionPay,
    /// WeChat's own browser. It opens no other wallet.
    WeChat,
}

impl Host {
    /// Reads a user agent. Source: `protocols.md` section 5.
    pub fn of_user_agent(agent: &str) -> Self {
        if contains(agent, "MicroMessenger/") && !contains(agent, "WindowsWechat") {
            Self::WeChat
        } else if contains(agent, "AlipayClient/") {
            Self::Alipay
        } else if contains(agent, "UnionPay/") {
            Self::UnionPay
        } else if contains(agent, " QQ/") {
            Self::Qq
        } else {
            Self::Browser
        }
    }

    /// The wallet that this app is.
    pub fn wallet(self) -> Option<Wallet> {
        match self {
            Self::Alipay => Some(Wallet::Alipay),
            Self::Browser => None,
            Self::Qq => Some(Wallet::Qq),
            Self::UnionPay => Some(Wallet::UnionPay),
            Self::WeChat => Some(Wallet::WeChat),
        }
    }
}

impl Place {
    /// Whether the page may open a wallet without a tap: on a phone or a tablet, and not where the app would block it.
    pub(super) fn lets_wallet_open(&self) -> bool {
        !self.opens_nothing && !self.framed && self.device != Device::Computer && !matches!(self.host, Host::Qq | Host::WeChat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15";
    const WINDOWS_WECHAT: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/98 MicroMessenger/7.0.20 WindowsWechat";

    #[test]
    fn apps_are_known_by_their_user_agent() {
        for (agent, host) in [
            (IPHONE.to_owned(), Host::Browser),
            (MAC.to_owned(), Host::Browser),
            (WINDOWS_WECHAT.to_owned(), Host::Browser),
            ([IPHONE, " MicroMessenger/8.0.42"].concat(), Host::WeChat),
            ([IPHONE, " AlipayClient/10.5"].concat(), Host::Alipay),
            ([IPHONE, " QQ/8.9.80"].concat(), Host::Qq),
            ([IPHONE, " MQQBrowser/13"].concat(), Host::Browser),
            ([IPHONE, " UnionPay/1.0"].concat(), Host::UnionPay),
        ] {
            assert_eq!(Host::of_user_agent(&agent), host, "{agent}");
        }
    }

    #[test]
    fn devices_are_known_by_their_user_agent() {
        for (agent, touch_points, device) in [
            (IPHONE, 5, Device::Phone),
            (ANDROID, 5, Device::Phone),
            ("Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 Chrome/120 Safari/537.36", 5, Device::Tablet),
            ("Mozilla/5.0 (iPad; CPU OS 12_0 like Mac OS X) Mobile/15E148", 5, Device::Tablet),
            // An iPad that claims to be a Mac.
            (MAC, 5, Device::Tablet),
            (MAC, 0, Device::Computer),
            // A touch pad is no screen to tap on.
            (MAC, 1, Device::Computer),
            // A Windows computer with a touch screen.
            (WINDOWS_WECHAT, 10, Device::Computer),
        ] {
            assert_eq!(Device::of_user_agent(agent, touch_points), device, "{agent}");
        }
    }
}
