//! The figures of a run, as a table and as JSON.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    cost::Cost,
    lighthouse::{CATEGORIES, Grades},
    load::Load,
};

/// From this spread of the floor's own figures on (quartiles, as a part of the median) a run says little.
const NOISE: f64 = 0.25;

/// The loads of one page in one profile.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) loads: Vec<Load>,
    pub(crate) name: String,
}

/// All that was measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) costs: Vec<Cost>,
    pub(crate) grades: Vec<Grades>,
    /// Percent of a processor while the page waits.
    pub(crate) idle: Vec<(String, f64)>,
    profiles: Vec<(&'static str, Vec<Series>)>,
}

/// A measure of a load, with its name and the digits after its point.
type Measure = (&'static str, fn(&Load) -> f64, usize);

const MEASURES: [Measure; 8] = [
    ("code ms", |load| load.code, 0),
    ("first paint ms", |load| load.first_paint, 0),
    ("kB before", |load| load.bytes_before / 1000.0, 1),
    ("requests before", |load| load.requests_before, 0),
    ("blocking ms", |load| load.blocking, 0),
    ("longest task ms", |load| load.longest_task, 0),
    ("shift", |load| load.shift, 3),
    (
        "kB in all",
        |load| load.waterfall.iter().filter(|request| !request.url.contains("/api/")).map(|request| request.bytes).sum::<f64>() / 1000.0,
        1,
    ),
];

impl Series {
    pub(crate) fn new(name: &str) -> Self {
        Self { loads: Vec::new(), name: name.to_owned() }
    }

    fn sorted(&self, measure: fn(&Load) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.loads.iter().map(measure).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn median(&self, measure: fn(&Load) -> f64) -> f64 {
        quantile(&self.sorted(measure), 0.5)
    }

    /// The quartiles' distance as a part of the median.
    fn spread(&self, measure: fn(&Load) -> f64) -> f64 {
        let values = self.sorted(measure);
        (quantile(&values, 0.75) - quantile(&values, 0.25)) / quantile(&values, 0.5)
    }
}

fn quantile(sorted: &[f64], part: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1)) as f64 * part;
    let value = |at: f64| sorted.get(at as usize).copied().unwrap_or(f64::NAN);
    value(at.floor()) + (value(at.ceil()) - value(at.floor())) * at.fract()
}

impl Report {
    pub(crate) fn add(&mut self, profile: &'static str, series: Vec<Series>) {
        self.profiles.push((profile, series));
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::new();
        for (profile, series) in &self.profiles {
            text += &profile_table(profile, series);
        }
        text += &self.waterfalls();
        if !self.idle.is_empty() {
            text += "\nwhile it waits\n";
            for (name, percent) in &self.idle {
                let _ = writeln!(text, "{name:<12} {percent:>8.2} % of a processor");
            }
        }
        if !self.costs.is_empty() {
            let _ = writeln!(
                text,
                "\n{:<44} {:>6} {:>10} {:>10} {:>12}",
                "requests for an order", "saoma", "every 1 s", "every 2 s", "known after"
            );
            for Cost { name, ours, every_second, every_other, delay } in &self.costs {
                let delay = delay.map(|ms| format!("{ms} ms")).unwrap_or_default();
                let _ = writeln!(text, "{name:<44} {ours:>6} {every_second:>10} {every_other:>10} {delay:>12}");
            }
        }
        if let Some(best) = self.grades.last() {
            let _ = writeln!(text, "\nLighthouse, mobile preset ({} runs, by performance)", self.grades.len());
            for (at, category) in CATEGORIES.iter().enumerate() {
                let all: Vec<String> = self.grades.iter().filter_map(|run| run.grades.get(at)).map(|grade| format!("{grade:.0}")).collect();
                let _ = writeln!(text, "{category:<16} {}", all.join(" "));
            }
            let measures: Vec<String> = best.measures.iter().map(|(name, value)| format!("{name} {value:.3}")).collect();
            let _ = writeln!(text, "the best: {}", measures.join(", "));
        }
        text
    }

    /// Where the time goes: of the floor and of the page the load that is in the middle.
    fn waterfalls(&self) -> String {
        let mut text = String::new();
        let pages = self.profiles.iter().flat_map(|(profile, series)| series.iter().take(2).map(move |page| (profile, page)));
        for (profile, page) in pages {
            let mut loads: Vec<&Load> = page.loads.iter().collect();
            loads.sort_by(|one, other| one.code.total_cmp(&other.code));
            let Some(middle) = loads.get(loads.len() / 2) else { continue };
            let _ = writeln!(text, "\n{profile}, {}: one load (ms), code at {:.0}", page.name, middle.code);
            for request in &middle.waterfall {
                let name = request.url.splitn(4, '/').nth(3).unwrap_or_default();
                let name = name.split('?').next().unwrap_or_default();
                let end = request.end.map(|end| format!("{end:.0}")).unwrap_or_default();
                let _ = writeln!(text, "{:>7.0} {end:>7} {:>8.1} kB  {name}", request.start, request.bytes / 1000.0);
            }
        }
        text
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        let profiles: Vec<Value> = self.profiles.iter().map(|(name, series)| json!({ "profile": name, "pages": pages(series) })).collect();
        let cost = |cost: &Cost| json!({ "course": cost.name, "saoma": cost.ours, "every_second": cost.every_second, "every_other_second": cost.every_other, "known_after_ms": cost.delay });
        let grade = |run: &Grades| json!({ "grades": CATEGORIES.iter().zip(&run.grades).map(|(name, grade)| json!({ "category": name, "grade": grade })).collect::<Vec<_>>(), "measures": run.measures });
        let report = json!({
            "profiles": profiles,
            "idle_percent": self.idle,
            "requests": self.costs.iter().map(cost).collect::<Vec<_>>(),
            "lighthouse": self.grades.iter().map(grade).collect::<Vec<_>>(),
        });
        fs::write(file, serde_json::to_vec_pretty(&report)?).with_context(|| format!("cannot write {}", file.display()))?;
        println!("\nall figures: {}", file.display());
        Ok(())
    }
}

fn profile_table(profile: &str, series: &[Series]) -> String {
    let mut text = format!("\n{profile:<12} {:>9}", "× floor");
    for (name, ..) in MEASURES {
        let _ = write!(text, " {name:>16}");
    }
    text.push('\n');
    let code = |load: &Load| load.code;
    let floor = series.first().map_or(f64::NAN, |floor| floor.median(code));
    for page in series {
        let _ = write!(text, "{:<12} {:>9.2}", page.name, page.median(code) / floor);
        for (_, measure, digits) in MEASURES {
            let _ = write!(text, " {:>16.digits$}", page.median(measure));
        }
        text.push('\n');
    }
    let spread = series.first().map_or(f64::NAN, |floor| floor.spread(code));
    let noisy = if spread > NOISE { ": too noisy to tell much, run it again when the machine is quiet" } else { "" };
    let _ = writeln!(
        text,
        "medians of {} loads; the floor's quartiles lie {:.0} % of its median apart{noisy}",
        series.first().map_or(0, |page| page.loads.len()),
        spread * 100.0
    );
    text
}

fn pages(series: &[Series]) -> Vec<Value> {
    let page = |page: &Series| {
        let measures = MEASURES
            .iter()
            .map(|(name, measure, _)| json!({ "measure": name, "median": page.median(*measure), "all": page.sorted(*measure) }));
        json!({ "page": page.name, "measures": measures.collect::<Vec<_>>() })
    };
    series.iter().map(page).collect()
}
