//! What is asked when, and what is made of the answers.

use saoma::{
    checkout::{Effect, Event, Past, Pay, Place, Reason, Route, Screen, Setup},
    order::{Answer, Call, Code, End, Failure, Info, Instrument, Offer, Order, Prompt, Refusal, Standing, Tone, Visit, WalletLink},
};

use crate::page::*;

#[test]
fn info_is_asked_first_and_alone_then_code_and_prompt_together() {
    let mut page = Page::of_order();
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]));
    page.answer(info(waiting(900)));
    assert!(matches!(page.open.as_slice(), [(_, Call::QrCode { .. }), (_, Call::Audio(_))]));
}

#[test]
fn an_order_that_does_not_wait_asks_for_nothing_more() {
    for standing in [paid(), Standing::Ended(End::Closed), Standing::Ended(End::TimedOut), Standing::Ended(End::CreationFailed)] {
        let mut page = Page::of_order();
        page.answer(info(standing));
        page.pass(seconds(3600));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Ask { .. })), 1);
    }
}

#[test]
fn a_link_without_an_order_asks_nothing() {
    let mut page = Page::open(Setup { visit: Visit::Nothing, ..setup() });
    page.send(Event::RetryPressed);
    page.pass(seconds(3600));
    assert_eq!(page.screen(), Screen::Failed { number: None, reason: Reason::LinkIncomplete });
    assert!(page.effects.is_empty());
}

#[test]
fn an_order_without_a_method_goes_to_the_choice_and_starts_over_when_it_is_back() {
    let mut page = Page::of_order();
    page.answer(Answer::Info(Ok(Box::new(Info {
        order: Order { method: None, ..order() },
        standing: waiting(900),
        redirect_wait: None,
        offer: None,
    }))));
    assert!(matches!(page.effects.last(), Some((_, Effect::Go(Route::Separate(id)))) if id.as_str() == "A1"));
    page.pass(seconds(10));
    assert!(page.open.is_empty());
    page.send(Event::CameBack);
    assert!(page.open.is_empty(), "a slow browser is still on its way");
    page.send(Event::Restored);
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]));
}

#[test]
fn a_refused_info_is_an_order_not_found_and_a_busy_gateway_is_asked_again() {
    let refused = |code| {
        Answer::Info(Err(Failure::Refused(Refusal { code, message: Some("未能找到订单信息或失效".into()), verdict: None })))
    };
    let mut page = Page::of_order();
    page.answer(refused(404));
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::NotFound(Some(_)), number: Some(number) } if number == "A1"));
    let mut page = Page::of_order();
    page.answer(refused(503));
    assert!(matches!(page.screen(), Screen::Loading { retrying: true, .. }));
}

#[test]
fn a_gateway_that_cannot_be_reached_is_asked_five_times_then_the_shopper_decides() {
    let mut page = Page::of_order();
    for _ in 0..5 {
        assert!(page.pass_until_asked(|call| matches!(call, Call::Info(_))));
        assert!(page.answer(Answer::Info(Err(network_fault()))));
    }
    assert!(matches!(page.screen(), Screen::Failed { reason: Reason::Unreachable, .. }));
    assert!(page.open.is_empty());
    page.send(Event::RetryPressed);
    assert!(page.answer(info(waiting(900))));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
}

#[test]
fn a_code_that_cannot_be_had_leaves_the_order_and_can_be_asked_for_again() {
    let mut page = Page::of_order();
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Err(Failure::Refused(Refusal { code: 500, message: Some("通道维护中".into()), verdict: None }))));
    assert_eq!(page.pay(), Some(Pay::Missing(Some("通道维护中".into()))));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
    page.send(Event::RetryPressed);
    assert!(page.answer(offer()));
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))));
}

#[test]
fn words_of_the_gateway_are_shown_and_pay_nothing() {
    let mut page = Page::of_order();
    page.answer(info(waiting(900)));
    page.answer(Answer::QrCode(Ok(Offer::Notice { copyable: false, tone: Tone::Success, words: "支付成功".into() })));
    assert!(matches!(page.pay(), Some(Pay::Notice { .. })));
    assert!(matches!(page.screen(), Screen::Awaiting { .. }));
}

#[test]
fn a_page_that_the_server_renders_is_loaded_once() {
    for (past, expected) in [(Past::Fresh, 1), (Past::Deferred, 0)] {
        let mut page = Page::open(Setup { place: Place { past, ..phone() }, ..setup() });
        page.answer(info(waiting(900)));
        page.answer(Answer::QrCode(Ok(Offer::Elsewhere)));
        assert_eq!(page.count(|effect| matches!(effect, Effect::Defer(_))), expected);
        assert_eq!(matches!(page.pay(), Some(Pay::Missing(_))), past == Past::Deferred);
    }
}

#[test]
fn a_code_picture_that_does_not_load_gives_way_to_the_text_of_the_code() {
    let picture = Code::decode("https://cdn.example/code.png", "");
    for (fallback, wallet) in [(Code::decode("wxp://f2f0", ""), None), (None, WalletLink::decode("alipays://x")), (None, None)] {
        let mut page = Page::of_order();
        page.answer(info(waiting(900)));
        let offered = Instrument { code: picture.clone(), fallback: fallback.clone(), wallet: wallet.clone(), ..Instrument::default() };
        page.answer(Answer::QrCode(Ok(Offer::Instrument(offered))));
        for _ in 0..2 {
            page.send(Event::CodeBroken);
            match page.pay() {
                Some(Pay::Instrument(left)) => assert_eq!((&left.instrument.code, &left.instrument.wallet), (&fallback, &wallet)),
                other => assert!(fallback.is_none() && wallet.is_none() && other == Some(Pay::Missing(None)), "{other:?}"),
            }
        }
    }
}

#[test]
fn a_code_that_cannot_be_drawn_can_be_asked_for_again() {
    let mut page = Page::of_order();
    page.answer(info(waiting(900)));
    let code = || Answer::QrCode(Ok(Offer::Instrument(Instrument { code: Code::decode("wxp://f2f0", ""), ..Instrument::default() })));
    page.answer(code());
    page.send(Event::CodeBroken);
    assert!(matches!(page.pay(), Some(Pay::Instrument(_))), "a text is no picture that breaks");
    for _ in 0..2 {
        page.send(Event::CodeUndrawn);
        assert_eq!(page.pay(), Some(Pay::Missing(None)));
    }
    page.send(Event::RetryPressed);
    assert!(page.answer(code()) && matches!(page.pay(), Some(Pay::Instrument(_))));
}

#[test]
fn an_order_without_a_number_of_its_own_is_asked_for_anew() {
    let mut page = Page::open(Setup { visit: Visit::of_address("/", "?out_order_id=E1&pid=7"), ..setup() });
    let nameless = Order { id: None, ..order() };
    page.answer(Answer::Info(Ok(Box::new(Info { order: nameless, standing: waiting(900), redirect_wait: None, offer: None }))));
    assert_eq!(page.pay(), Some(Pay::Missing(None)));
    assert!(page.pass_until_asked(is_status));
    page.send(Event::RetryPressed);
    assert!(matches!(page.open.as_slice(), [(_, Call::Info(_))]), "what was asked before is abandoned: {:?}", page.open);
    assert!(page.answer(info(waiting(900))));
    assert!(page.answer(offer()));
}

#[test]
fn a_prompt_waits_for_a_gesture_where_the_browser_wants_one() {
    let prompt = || Answer::Audio(Ok(Some(Prompt { url: None, words: Some("请支付0.01".into()) })));
    let mut page = awaiting(setup(), 900);
    page.answer(prompt());
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 1);
    page.send(Event::SoundBlocked);
    assert!(page.checkout.view(page.now).sound.unwrap().blocked);
    page.send(Event::Gestured);
    page.send(Event::Gestured);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 2);
    page.send(Event::SoundSwitched);
    assert!(matches!(page.effects.as_slice(), [.., (_, Effect::RememberSound(false)), (_, Effect::Hush)]));
}

#[test]
fn a_prompt_stays_silent_where_sound_is_off_until_it_is_switched_on() {
    let mut page = awaiting(Setup { place: Place::default(), ..setup() }, 900);
    page.answer(Answer::Audio(Ok(Some(Prompt { url: None, words: Some("x".into()) }))));
    page.send(Event::Gestured);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 0);
    page.send(Event::SoundSwitched);
    assert_eq!(page.count(|effect| matches!(effect, Effect::Play(_))), 1);
}
