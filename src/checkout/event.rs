//! What a checkout is told, and what it wants done.

use core::time::Duration;

use super::{Reading, question::QuestionId};
use crate::order::{Answer, Call, Failure, Fen, HostCall, HostResult, OrderId, Prompt, ReturnTarget, Standing, WalletLink};

/// Something that happened. Events that make no sense in the present phase change nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// The shopper agrees to pay another amount than the link asked for.
    Agreed,
    /// "Another way to pay" was pressed.
    AnotherWayPressed,
    /// A question was answered, or failed.
    Answered {
        /// What came.
        answer: Answer,
        /// The gateway's clock when it answered, from the `Date` header.
        date: Option<Reading>,
        /// Which question.
        question: QuestionId,
        /// How long the gateway wants to be left alone, from `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The shopper is looking at the page again.
    CameBack,
    /// "Check again" was pressed after the page had stopped asking.
    CheckAgainPressed,
    /// One of the ways to pay was chosen.
    Chosen {
        /// Its code.
        method: String,
    },
    /// The device lost or found its network.
    ConnectionChanged {
        /// Whether it has one.
        online: bool,
    },
    /// Another tab of this order asks the gateway from now on.
    Claimed {
        /// Its rank: of two that claim at the same time, the higher one asks.
        rank: u32,
    },
    /// The picture of the code did not load.
    CodeBroken,
    /// The text of the code could not be drawn: what draws it did not come.
    CodeUndrawn,
    /// An amount was entered.
    Entered {
        /// How much.
        amount: Fen,
    },
    /// The first touch or key press, from which on a browser plays sound.
    Gestured,
    /// The button that has the app around the page pay was pressed.
    HandOverPressed,
    /// The app around the page said what became of the payment.
    HostAnswered {
        /// What.
        result: HostResult,
    },
    /// "Go now" was followed, which is a link: the browser is on its way to the shop.
    GoNowFollowed,
    /// The page is being left, perhaps for good.
    Left,
    /// Another tab of this order asked where it stands.
    Overheard {
        /// Its rank.
        rank: u32,
        /// What it got.
        result: Result<Standing, Failure>,
        /// How long the gateway wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The tab that asked the gateway for all is gone, or out of sight.
    Orphaned,
    /// The browser brought the page back as it was left, with "back" or "forward".
    Restored,
    /// "Try again" was pressed: the order, or its code, is asked for anew.
    RetryPressed,
    /// The browser would not play before a gesture.
    SoundBlocked,
    /// The sound switch was pressed.
    SoundSwitched,
    /// "Stay here" was pressed.
    StayPressed,
    /// The moment of [`super::Checkout::next_deadline`] has come.
    TimePassed,
    /// The link to the wallet or to a page for paying was pressed.
    WalletTapped,
    /// The page came to the screen or left it.
    VisibilityChanged {
        /// Whether it is on the screen.
        visible: bool,
    },
}

/// Something to do. The order of effects is the order in which they are done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Drop a question: its answer is not wanted any more.
    Abandon(QuestionId),
    /// Ask the gateway, and answer with [`Event::Answered`] in any case.
    Ask {
        /// What.
        call: Call,
        /// Under which number.
        question: QuestionId,
        /// How long to wait for the answer.
        timeout: Duration,
    },
    /// Go to another page of the gateway.
    Go(Route),
    /// Tell the other tabs of this order that this one asks from now on.
    Claim,
    /// Load the order's own address, which the gateway's server renders itself.
    Defer(OrderId),
    /// Have the app around the page pay; [`Event::HostAnswered`] says what became of it.
    HandOver(HostCall),
    /// Stop the sound.
    Hush,
    /// Go to the shop: the order is paid.
    Leave(ReturnTarget),
    /// Note in the tab's history that the shopper was sent to the shop.
    MarkLeft,
    /// Note in the tab's history that the shopper went to a page for paying.
    MarkVisited,
    /// Open the wallet without a tap.
    OpenWallet(WalletLink),
    /// Play a prompt; [`Event::SoundBlocked`] if the browser will not yet.
    Play(Prompt),
    /// Tell the ear, and the hand that holds a phone, that it is paid.
    PlayCue,
    /// Keep the sound preference.
    RememberSound(bool),
    /// Tell the other tabs of this order that this one no longer asks.
    Resign,
    /// Tell the merchant, in the console.
    Tell(Warning),
    /// Go to the page that the gateway named for paying.
    Visit(WalletLink),
}

/// A page of the gateway.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Route {
    /// Where this order is paid.
    Pay(OrderId),
    /// Where the shopper chooses how to pay it.
    Separate(OrderId),
}

/// What a merchant should know and a shopper need not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Warning {
    /// A call failed.
    CallFailed {
        /// Which.
        call: &'static str,
        /// Why.
        failure: Failure,
    },
    /// The gateway gave no number of its own, which the code and the choice of a method need.
    NoNumber,
    /// The paid answer named a return target that leads to a host which the shop has not allowed.
    ReturnTargetElsewhere,
    /// The paid answer named a return target that is no web address.
    ReturnTargetRefused,
}
