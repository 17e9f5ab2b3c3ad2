//! What is heard.

use anyhow::{Result, ensure};
use sandbox::{Audio, Fault, Kind, Spec, Stand};

use crate::{Stage, Suite, engine::Need, stage::Look};

/// Notes what plays and what is spoken; everything else is the browser's own.
const LISTEN: &str = "
    window.played = []; window.spoken = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        const started = play.call(this);
        started.then(() => window.played.push(new URL(this.src).pathname), () => {});
        return started;
    };
    // On the prototype: what is put on the object itself may go with it.
    SpeechSynthesis.prototype.speak = (utterance) => window.spoken.push([utterance.text, utterance.lang, utterance.voice?.name]);
    // A voice of the device, and one that would send the words to a service.
    const voice = (name, lang, localService) => Object.defineProperties(Object.create(SpeechSynthesisVoice.prototype),
        { name: { value: name }, lang: { value: lang }, localService: { value: localService } });
    SpeechSynthesis.prototype.getVoices = () => window.mute ? [voice('cloud', 'zh-CN', false)] : [voice('cloud', 'zh-CN', false), voice('own', 'zh_CN', true)];
    Object.defineProperty(SpeechSynthesisUtterance.prototype, 'voice', { get() { return this.chosen; }, set(voice) { this.chosen = voice; } });
    window.tones = []; window.buzzes = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) { window.tones.push(this.frequency.value); return start.call(this, when); };
    Object.defineProperty(navigator, 'vibrate', { value: (pattern) => window.buzzes.push(pattern) });
";

pub(super) fn add(suite: &mut Suite) {
    let look = || Look { script: LISTEN, ..Look::desktop() };
    suite.add("a_prompt_plays_after_the_first_click", look(), a_prompt_plays_after_the_first_click);
    suite.add("a_prompt_plays_after_the_first_key", look(), a_prompt_plays_after_the_first_key);
    suite.add("a_prompt_plays_when_its_own_button_is_pressed", look(), a_prompt_plays_when_its_own_button_is_pressed);
    suite.add("sound_that_is_switched_off_stays_off", look(), sound_that_is_switched_off_stays_off);
    suite.add("words_are_spoken_where_there_is_no_recording", look(), words_are_spoken_where_there_is_no_recording);
    suite.add("words_are_not_spoken_by_a_service", look(), words_are_not_spoken_by_a_service);
    suite.add("a_payment_is_heard_and_felt", Look { needs: &[Need::AudioClock], ..look() }, a_payment_is_heard_and_felt);
    suite.add("a_payment_is_silent_where_sound_is_off", look(), a_payment_is_silent_where_sound_is_off);
    suite.add("a_prompt_that_fails_is_silent", look(), a_prompt_that_fails_is_silent);
}

const WAITS: &str = "点击播放语音提示";
const PLAYED: &str = "window.played.includes('/sandbox/prompt.wav')";

async fn open(stage: &Stage) -> Result<()> {
    stage.open_order(Spec::default()).await?;
    stage.until_code().await?;
    stage.until_text(WAITS).await?;
    stage.until_text("请扫码支付").await?;
    ensure!(stage.eval("window.played.length").await? == 0, "nothing plays unasked");
    Ok(())
}

async fn a_prompt_plays_after_the_first_click(stage: &Stage) -> Result<()> {
    open(stage).await?;
    stage.press(".amount").await?;
    stage.until(PLAYED).await?;
    stage.until_text("语音提示已开启").await
}

async fn a_prompt_plays_after_the_first_key(stage: &Stage) -> Result<()> {
    open(stage).await?;
    stage.find("body").await?.send_keys("a").await?;
    stage.until(PLAYED).await
}

async fn a_prompt_plays_when_its_own_button_is_pressed(stage: &Stage) -> Result<()> {
    open(stage).await?;
    stage.press(".sound").await?;
    stage.until(PLAYED).await?;
    ensure!(stage.eval("window.played.length").await? == 1, "once");
    stage.until_text("语音提示已开启").await
}

async fn sound_that_is_switched_off_stays_off(stage: &Stage) -> Result<()> {
    open(stage).await?;
    stage.press(".sound").await?;
    stage.until(PLAYED).await?;
    stage.press(".sound").await?;
    stage.until_text("语音提示已关闭").await?;
    stage.reload().await?;
    stage.until_text("语音提示已关闭").await?;
    stage.press(".amount").await?;
    ensure!(stage.eval("window.played.length").await? == 0);
    ensure!(stage.eval("JSON.stringify(Object.keys(localStorage))").await? == r#"["saoma.sound"]"#, "nothing else is stored");
    stage.press(".sound").await?;
    stage.until(PLAYED).await
}

async fn words_are_spoken_where_there_is_no_recording(stage: &Stage) -> Result<()> {
    let audio = Audio { audio_content: "请支付0.01".into(), audio_url: String::new(), ..Audio::default() };
    stage.open_order(Spec { audio, ..Spec::default() }).await?;
    stage.until_text("请支付0.01").await?;
    stage.until_text(WAITS).await?;
    ensure!(stage.eval("window.spoken.length").await? == 0, "nothing is said unasked");
    stage.press(".amount").await?;
    stage.until(r#"JSON.stringify(window.spoken) === '[["请支付0.01","zh_CN","own"]]'"#).await
}

/// The words are on the page; they are not sent to anybody to be spoken.
async fn words_are_not_spoken_by_a_service(stage: &Stage) -> Result<()> {
    let audio = Audio { audio_content: "请支付0.01".into(), audio_url: String::new(), ..Audio::default() };
    stage.open_order(Spec { audio, ..Spec::default() }).await?;
    stage.until_text("请支付0.01").await?;
    stage.eval("(window.mute = true, true)").await?;
    stage.press(".amount").await?;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    ensure!(stage.eval("window.spoken.length").await? == 0);
    Ok(())
}

async fn a_payment_is_heard_and_felt(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { return_uri: Some(String::new()), ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.press(".amount").await?;
    stage.until(PLAYED).await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    stage.until("window.tones.length === 2 && window.buzzes.length === 1").await?;
    ensure!(stage.eval("window.tones[0] < window.tones[1]").await? == true, "the tones rise");
    Ok(())
}

async fn a_payment_is_silent_where_sound_is_off(stage: &Stage) -> Result<()> {
    let id = stage.open_order(Spec { return_uri: Some(String::new()), ..Spec::default() }).await?;
    stage.until_code().await?;
    // Until the browser has refused to play it, a press would switch it off.
    stage.until_text(WAITS).await?;
    stage.press(".sound").await?;
    stage.until(PLAYED).await?;
    stage.press(".sound").await?;
    stage.until_text("语音提示已关闭").await?;
    stage.change(&id, |spec| spec.status = Stand::Paid)?;
    stage.until_screen("paid").await?;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    ensure!(stage.eval("window.tones.length + window.buzzes.length").await? == 0);
    Ok(())
}

async fn a_prompt_that_fails_is_silent(stage: &Stage) -> Result<()> {
    let fault = Fault { call: Some(sandbox::Call::Audio), from: 1, times: 0, kind: Kind::Html };
    stage.open_order(Spec { faults: vec![fault], ..Spec::default() }).await?;
    stage.until_code().await?;
    stage.until_whole().await?;
    ensure!(!stage.has(".sound").await?);
    Ok(())
}
