//! Signs a payment as a merchant's server does: for trying out, and to compare with what that server computes.

use std::{
    env, fs,
    io::{self, IsTerminal, Read},
    path::PathBuf,
};

use anyhow::{Context, Result, bail, ensure};
use saoma::sign::{Key, sign, string_to_sign};

/// What is signed, and with what.
#[derive(clap::Args)]
pub(crate) struct Choices {
    /// The fields, each as NAME=VALUE: pid type out_trade_no notify_url return_url name money; sitename and ext may be left out
    #[arg(required = true, value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// Take the key from this environment variable
    #[arg(long, value_name = "NAME", conflicts_with = "key_file")]
    key_env: Option<String>,
    /// Take the key from this file; without this and --key-env it is read from standard input
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The address of the payment page, for the link
    #[arg(long, default_value = "https://pay.example/", value_name = "URL")]
    page: String,
}

/// The fields of a signed form, in the order in which the specification prints them.
const NEEDED: [&str; 7] = ["pid", "type", "out_trade_no", "notify_url", "return_url", "name", "money"];
const ALLOWED: [&str; 2] = ["sitename", "ext"];

/// Prints the string that is signed (without the key at its end), the digest, and a link to pay.
pub(crate) fn run(choices: &Choices) -> Result<()> {
    let fields = choices.fields.iter().map(|field| field.split_once('=').with_context(|| format!("{field}: write it as NAME=VALUE")));
    let fields: Vec<(&str, &str)> = fields.collect::<Result<_>>()?;
    check(&fields)?;
    let key = key(choices)?;
    let (text, digest, link) = signed(&fields, &key, &choices.page);
    println!("{text}\n{digest}\n{link}");
    Ok(())
}

fn check(fields: &[(&str, &str)]) -> Result<()> {
    for (at, (name, _)) in fields.iter().enumerate() {
        ensure!(*name != "key", "key: a key is never a field; give it by --key-file, --key-env or standard input");
        ensure!(NEEDED.contains(name) || ALLOWED.contains(name), "{name}: no field of a signed form; there are {NEEDED:?} and {ALLOWED:?}");
        ensure!(fields.iter().take(at).all(|(other, _)| other != name), "{name}: given twice");
    }
    let is_given = |name: &&str| fields.iter().any(|(given, value)| given == name && !value.is_empty());
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !is_given(name)).collect();
    ensure!(missing.is_empty(), "missing: {}", missing.join(", "));
    Ok(())
}

fn key(choices: &Choices) -> Result<Key> {
    let text = if let Some(file) = &choices.key_file {
        fs::read_to_string(file).with_context(|| format!("cannot read the key from {}", file.display()))?
    } else if let Some(name) = &choices.key_env {
        env::var(name).with_context(|| format!("cannot read the key from the environment variable {name}"))?
    } else {
        ensure!(!io::stdin().is_terminal(), "no key: give --key-file or --key-env, or send it to standard input");
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).context("cannot read the key from standard input")?;
        text
    };
    if text.trim().is_empty() {
        bail!("the key is empty");
    }
    Ok(Key::new(&text))
}

fn signed(fields: &[(&str, &str)], key: &Key, page: &str) -> (String, String, String) {
    let (text, digest) = (string_to_sign(fields.iter().copied()), sign(fields.iter().copied(), key));
    let joint = if page.contains('?') { '&' } else { '?' };
    let signature = [("sign", digest.as_str()), ("sign_type", "MD5")];
    let pairs: Vec<String> = fields.iter().chain(&signature).map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
    let link = format!("{page}{joint}gateway=mapi&{}", pairs.join("&"));
    (text, digest, link)
}

/// All but the unreserved characters of RFC 3986.
fn percent_encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [(&str, &str); 7] = [
        ("pid", "152787"),
        ("type", "wxpay"),
        ("out_trade_no", "20240125193935458"),
        ("notify_url", "1"),
        ("return_url", "2"),
        ("name", "测试支付20240125193935458"),
        ("money", "0.1"),
    ];

    #[test]
    fn the_link_carries_what_was_signed() {
        let (text, digest, link) = signed(&FIELDS, &Key::new("7a3b1053780db61ebd3d7123e1b8d6c4"), "https://pay.example/x?lang=en");
        assert!(text.starts_with("money=0.1&name=测试支付") && text.ends_with("type=wxpay"), "without the key: {text}");
        assert_eq!(digest, "5af4287ea6c3ab4505e9dc8d2e3a148c");
        assert!(link.starts_with("https://pay.example/x?lang=en&gateway=mapi&pid=152787&"), "{link}");
        assert!(link.ends_with("&money=0.1&sign=5af4287ea6c3ab4505e9dc8d2e3a148c&sign_type=MD5"), "{link}");
        assert!(link.contains("&name=%E6%B5%8B%E8%AF%95"), "{link}");
    }

    #[test]
    fn mistakes_are_named() {
        let with = |name: &'static str, value| [&FIELDS[..], &[(name, value)]].concat();
        for (fields, named) in [
            (with("key", "x"), "key"),
            (with("pid", "1"), "pid"),
            (with("sgn", "1"), "sgn"),
            (FIELDS[1..].to_vec(), "pid"),
            (vec![], "money"),
        ] {
            assert!(check(&fields).unwrap_err().to_string().contains(named), "{named}");
        }
        check(&FIELDS).unwrap();
    }
}
