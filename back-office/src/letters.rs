//! Letters: their facts, their words as text and as HTML. Pure: the same facts give the same letter.

use askama::Template;
use domain::{
    licensing::terms::{AtCap, Terms, months_in_words},
    money::grouped,
};

/// A letter that can be mailed.
pub trait Letter {
    /// Its subject.
    fn subject(&self) -> String;
    /// As plain text.
    fn text(&self) -> Result<String, askama::Error>;
    /// As HTML.
    fn html(&self) -> Result<String, askama::Error>;
}

/// A file and its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// Where it is fetched.
    pub url: String,
    /// Its size in words; none for an archive that is made as it is sent.
    pub size: Option<String>,
    /// Its SHA-256, as [`size`](Self::size).
    pub sha256: Option<String>,
}

/// A licence and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenceLine {
    /// The beat's title.
    pub title: String,
    /// The tier's name.
    pub tier_name: String,
    /// The licence's reference.
    pub reference: String,
    /// The price paid.
    pub price: String,
    /// The main terms, a phrase each.
    pub terms: Vec<String>,
    /// The files, the contract among them.
    pub files: Vec<FileLine>,
}

/// Thanks and links after a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLetter {
    /// The studio's name.
    pub studio: String,
    /// The buyer's name.
    pub buyer: String,
    /// The order's reference.
    pub reference: String,
    /// What was paid.
    pub total: String,
    /// The order's page.
    pub order_url: String,
    /// For how many days the links hold.
    pub link_days: i64,
    /// What was bought.
    pub licences: Vec<LicenceLine>,
}

#[derive(Template)]
#[template(path = "delivery.txt", escape = "none")]
struct DeliveryText<'a>(&'a DeliveryLetter);

#[derive(Template)]
#[template(path = "delivery.html")]
struct DeliveryHtml<'a>(&'a DeliveryLetter);

impl Letter for DeliveryLetter {
    fn subject(&self) -> String {
        let title = self.licences.first().map_or("your order", |licence| licence.title.as_str());
        let more = match self.licences.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        format!("Your files: {title}{more} ({})", self.reference)
    }

    fn text(&self) -> Result<String, askama::Error> {
        DeliveryText(self).render()
    }

    fn html(&self) -> Result<String, askama::Error> {
        DeliveryHtml(self).render()
    }
}

/// A short letter: a few paragraphs and perhaps one thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The subject.
    pub subject: String,
    /// The heading.
    pub heading: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
    /// What to do: the words on the button, and where it leads.
    pub button: Option<(String, String)>,
    /// The last line.
    pub small_print: String,
}

#[derive(Template)]
#[template(path = "notice.txt", escape = "none")]
struct NoticeText<'a>(&'a Notice);

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticeHtml<'a>(&'a Notice);

impl Letter for Notice {
    fn subject(&self) -> String {
        self.subject.clone()
    }

    fn text(&self) -> Result<String, askama::Error> {
        NoticeText(self).render()
    }

    fn html(&self) -> Result<String, askama::Error> {
        NoticeHtml(self).render()
    }
}

/// A licence's main terms, a phrase each.
pub fn terms_in_words(terms: &Terms) -> Vec<String> {
    let caps = &terms.caps;
    let named = [
        (caps.streams, "audio stream", "audio streams"),
        (caps.copies, "copy", "copies"),
        (caps.music_videos, "music video", "music videos"),
        (caps.radio_stations, "radio station", "radio stations"),
        (caps.performances, "paid performance", "paid performances"),
    ];
    let mut words: Vec<String> = named
        .into_iter()
        .map(|(cap, one, many)| match cap {
            Some(1) => format!("1 {one}"),
            Some(cap) => format!("up to {} {many}", grouped(&cap.to_string())),
            None => format!("unlimited {many}"),
        })
        .collect();
    if terms.is_exclusive() {
        words.insert(0, "exclusive: the beat is withdrawn from sale".to_owned());
    }
    words.push(match terms.term_months {
        Some(months) => format!("for {}", months_in_words(months)),
        None => "without an end".to_owned(),
    });
    let has_cap = named.iter().any(|(cap, _, _)| cap.is_some());
    if has_cap {
        words.push(match terms.at_cap {
            AtCap::Upgrade => "at a limit: upgrade, and the price paid is credited".to_owned(),
            AtCap::Terminate => "at a limit: the licence ends".to_owned(),
        });
    }
    words.push(format!("credit: {}", terms.credit_line));
    words
}

/// A length in bytes as people read it: `31.8 MB`, decimal units.
pub fn size_in_words(bytes: i64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (size, unit) in units {
        if bytes >= size {
            let tenths = bytes / (size / 10);
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use domain::{
        licensing::terms::{Caps, Files, TierCode},
        share::Share,
    };

    use super::*;

    fn terms() -> Terms {
        Terms {
            tier: TierCode::Wav,
            tier_name: "WAV lease".to_owned(),
            files: Files { mp3: true, wav: true, stems: false },
            caps: Caps { streams: Some(500_000), copies: Some(5_000), music_videos: Some(1), ..Caps::default() },
            at_cap: AtCap::Upgrade,
            term_months: Some(120),
            publishing_kept: Share::from_ppm(500_000).unwrap(),
            credit_line: "prod. by Nova".to_owned(),
        }
    }

    fn file(name: &str, sized: bool) -> FileLine {
        FileLine {
            name: name.to_owned(),
            url: format!("http://127.0.0.1:8080/d/download.dlv_1.1796040000.00ff/{}", name.replace(' ', "%20")),
            size: sized.then(|| size_in_words(31_811_224)),
            sha256: sized.then(|| "9f".repeat(32)),
        }
    }

    fn delivery() -> DeliveryLetter {
        DeliveryLetter {
            studio: "Nova & Söhne".to_owned(),
            buyer: "Ada <b>".to_owned(),
            reference: "LL-7K3M9Q2X".to_owned(),
            total: "EUR 49.00".to_owned(),
            order_url: "http://127.0.0.1:8080/orders/order.order_1.0.00ff".to_owned(),
            link_days: 7,
            licences: vec![LicenceLine {
                title: "Night Drive".to_owned(),
                tier_name: "WAV lease".to_owned(),
                reference: "LL-7K3M9Q2X-1".to_owned(),
                price: "EUR 49.00".to_owned(),
                terms: terms_in_words(&terms()),
                files: vec![
                    file("Night Drive (WAV lease) LL-7K3M9Q2X-1.wav", true),
                    file("Night Drive (WAV lease) LL-7K3M9Q2X-1 contract.pdf", true),
                    file("Night Drive (WAV lease) LL-7K3M9Q2X-1 stems.zip", false),
                ],
            }],
        }
    }

    #[test]
    fn the_delivery_reads_well() {
        let letter = delivery();
        assert_eq!(letter.subject(), "Your files: Night Drive (LL-7K3M9Q2X)");
        insta::assert_snapshot!("delivery_text", letter.text().unwrap());
        insta::assert_snapshot!("delivery_html", letter.html().unwrap());
    }

    #[test]
    fn a_name_cannot_write_html() {
        let html = delivery().html().unwrap();
        assert!(!html.contains("<b>") && html.contains("Ada &#60;b&#62;"));
    }

    #[test]
    fn a_notice_reads_well() {
        let letter = Notice {
            subject: "Confirm your address".to_owned(),
            heading: "Confirm your address".to_owned(),
            paragraphs: vec!["Hello Ada,".to_owned(), "one step is left.".to_owned()],
            button: Some(("Confirm".to_owned(), "http://127.0.0.1:8080/verify/x".to_owned())),
            small_print: "Ledgerline".to_owned(),
        };
        insta::assert_snapshot!("notice_text", letter.text().unwrap());
        insta::assert_snapshot!("notice_html", letter.html().unwrap());
    }

    #[test]
    fn sizes_are_read_by_people() {
        assert_eq!(size_in_words(999), "999 B");
        assert_eq!(size_in_words(31_811_224), "31.8 MB");
        assert_eq!(size_in_words(2_000_000_000), "2.0 GB");
    }
}
