//! The links that a merchant's server builds for gateways other than the template API.

use crate::{
    order::{percent_decode, percent_encode},
    text::split_once,
};

/// What is wrong with a link.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LinkFault {
    /// Which field.
    pub field: String,
    /// What is wrong with it.
    pub mistake: Mistake,
}

/// A mistake in a link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mistake {
    /// The field is needed.
    Missing,
    /// The field stands there twice.
    Twice,
    /// The field means nothing to this gateway.
    Unknown,
    /// The field cannot have this value.
    Unusable,
}

impl Mistake {
    /// What is said of it to a merchant.
    pub fn text(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Twice => "stands there twice",
            Self::Unknown => "is no parameter of this gateway",
            Self::Unusable => "has a value that it cannot have",
        }
    }
}

/// Fields that are the page's, and those that WeChat adds to a link that is passed on.
const PASSED_OVER: [&str; 5] = ["from", "gateway", "isappinstalled", "lang", "nsukey"];

/// The fields of a link, decoded, in their order.
#[derive(Clone, Debug)]
pub(super) struct Link(Vec<(String, String)>);

impl Link {
    /// Reads a query; other fields than the `known` are refused. An empty value is absent. `more` stands for what is missing.
    pub(super) fn read(query: &str, known: &[&str], more: &[(String, String)]) -> Result<Self, LinkFault> {
        let fault = |field: &str, mistake| LinkFault { field: field.chars().take(64).collect(), mistake };
        let mut fields: Vec<(String, String)> = Vec::new();
        for pair in query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = split_once(pair, "=").unwrap_or((pair, ""));
            let (name, value) = (percent_decode(name), percent_decode(&value.replace('+', " ")));
            if PASSED_OVER.contains(&name.as_str()) {
                continue;
            }
            if !known.contains(&name.as_str()) {
                return Err(fault(&name, Mistake::Unknown));
            }
            if fields.iter().any(|(other, _)| *other == name) {
                return Err(fault(&name, Mistake::Twice));
            }
            fields.push((name, value));
        }
        for (name, value) in more {
            if known.contains(&name.as_str()) && !fields.iter().any(|(other, value)| other == name && !value.is_empty()) {
                fields.retain(|(other, _)| other != name);
                fields.push((name.clone(), value.clone()));
            }
        }
        Ok(Self(fields))
    }

    /// A field that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, value)| known == name && !value.trim().is_empty()).map(|(_, value)| value.as_str())
    }

    /// A field that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, LinkFault> {
        self.text(name).ok_or_else(|| LinkFault { field: name.to_owned(), mistake: Mistake::Missing })
    }

    /// A field that must be there, and be read.
    pub(super) fn need<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, LinkFault> {
        read(self.required(name)?).ok_or_else(|| unusable(name))
    }

    /// A field that is read where it is there.
    pub(super) fn take<T>(&self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, LinkFault> {
        self.text(name).map(|text| read(text).ok_or_else(|| unusable(name))).transpose()
    }

    /// All fields as a form posts them, the empty ones too.
    pub(super) fn form(&self) -> String {
        form(self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

pub(super) fn unusable(name: &str) -> LinkFault {
    LinkFault { field: name.to_owned(), mistake: Mistake::Unusable }
}

/// Fields as a form posts them.
pub(super) fn form<'text>(fields: impl IntoIterator<Item = (&'text str, &'text str)>) -> String {
    let pairs: Vec<String> = fields.into_iter().map(|(name, value)| [name, "=", &percent_encode(value)].concat()).collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_strictly() {
        let read = |query| Link::read(query, &["name", "id"], &[]);
        let fault = |query| read(query).map(|_| ()).unwrap_err();
        let link = read("?gateway=x&name=%E6%B5%8B+a%2Bb&id=&lang=en&from=singlemessage").unwrap();
        assert_eq!((link.text("name"), link.text("id")), (Some("测 a+b"), None));
        assert_eq!(link.form(), "name=%E6%B5%8B%20a%2Bb&id=");
        assert_eq!(fault("name=a&nmae=b"), LinkFault { field: "nmae".into(), mistake: Mistake::Unknown });
        assert_eq!(fault("name=a&name=b"), LinkFault { field: "name".into(), mistake: Mistake::Twice });
        assert_eq!(link.required("id").unwrap_err().mistake, Mistake::Missing);
        assert_eq!(link.need("name", |_| None::<()>).unwrap_err().mistake, Mistake::Unusable);
    }

    #[test]
    fn what_the_host_says_stands_for_what_the_link_leaves_out() {
        let host = [("id", "7"), ("name", "host"), ("other", "x")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let link = Link::read("name=link&id=", &["name", "id"], &host).unwrap();
        assert_eq!((link.text("name"), link.text("id"), link.text("other")), (Some("link"), Some("7"), None));
    }
}
