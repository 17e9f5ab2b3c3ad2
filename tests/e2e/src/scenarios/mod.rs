//! What a shopper, a merchant and a gateway go through together.

mod faults;
mod flow;
mod look;
mod matrix;
mod sound;
mod tabs;

use libtest_mimic::Trial;

use crate::Suite;

pub(crate) fn all(driver_url: String) -> Vec<Trial> {
    let mut suite = Suite { driver_url, trials: Vec::new() };
    flow::add(&mut suite);
    faults::add(&mut suite);
    matrix::add(&mut suite);
    sound::add(&mut suite);
    tabs::add(&mut suite);
    look::add(&mut suite);
    suite.trials
}
