//! Where the page is open, and what follows from that.

/// What the browser says of itself when the page starts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// Which app shows the page.
    pub host: Host,
    /// Whether it is a phone or a tablet.
    pub mobile: bool,
    /// What the page has done before at this entry of the tab's history.
    pub past: Past,
    /// Whether the shopper wants to hear the prompt.
    pub sound: bool,
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
        if agent.contains("MicroMessenger/") && !agent.contains("WindowsWechat") {
            Self::WeChat
        } else if agent.contains("AlipayClient/") {
            Self::Alipay
        } else if agent.contains("UnionPay/") {
            Self::UnionPay
        } else if agent.contains(" QQ/") {
            Self::Qq
        } else {
            Self::Browser
        }
    }
}

impl Place {
    /// Whether a user agent is that of a phone or a tablet. `touch_points` tells an iPad from the Mac it claims to be.
    pub fn is_mobile(agent: &str, touch_points: i32) -> bool {
        ["Android", "iPhone", "iPad", "iPod", "Mobile", "HarmonyOS"].iter().any(|word| agent.contains(word))
            || (agent.contains("Macintosh") && touch_points > 1)
    }

    /// Whether the page may open a wallet without a tap: on a phone, and not where the app would block it.
    pub(super) fn lets_wallet_open(&self) -> bool {
        self.mobile && !matches!(self.host, Host::Qq | Host::WeChat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
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
    fn a_tablet_that_claims_to_be_a_computer_is_mobile() {
        assert!(Place::is_mobile(IPHONE, 5) && Place::is_mobile(MAC, 5));
        assert!(!Place::is_mobile(MAC, 0) && !Place::is_mobile(WINDOWS_WECHAT, 10));
    }
}
