//! What a shopper, a merchant and a gateway go through together.

mod accessibility;
mod deploy;
mod embed;
mod faults;
mod first_paint;
mod flow;
mod gateways;
mod hostile;
mod languages;
mod look;
mod matrix;
mod merchant;
mod places;
mod policy;
mod saving;
mod sound;
mod tabs;

pub(crate) use gateways::mapi_link;

use crate::{Suite, engine::Engine};

/// Every scenario, for an engine.
pub(crate) fn all(engine: Engine) -> Suite {
    let mut suite = Suite::new(engine);
    flow::add(&mut suite);
    faults::add(&mut suite);
    first_paint::add(&mut suite);
    matrix::add(&mut suite);
    merchant::add(&mut suite);
    gateways::add(&mut suite);
    hostile::add(&mut suite);
    deploy::add(&mut suite);
    embed::add(&mut suite);
    sound::add(&mut suite);
    tabs::add(&mut suite);
    look::add(&mut suite);
    places::add(&mut suite);
    policy::add(&mut suite);
    saving::add(&mut suite);
    languages::add(&mut suite);
    accessibility::add(&mut suite);
    suite
}
