//! The texts of pages, in the language of whoever reads them.
//!
//! Messages stand in `texts/<language>/`, in Fluent's form (<https://projectfluent.org/fluent/guide/>), a file for each family of pages and one for the
//! countries, whose messages are called by their codes; [`t`] says one, in Rust and in templates alike. English is complete, and the tests hold the other
//! languages to its keys and to what each of them takes. Refusals are called by their codes as well, and English has none of them, for the domain speaks it
//! itself ([`super::wording`]). What has been agreed stays in the language that it was agreed in: contracts, and what somebody consents to.
//!
//! **To add a text:** a line in the file of its family, in each language. **To add a language:** a variant of [`Language`], and its files.

use std::{
    collections::HashMap,
    fmt::{self, Display, Formatter},
    sync::LazyLock,
};

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    cookie::time::Duration,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptLanguage, Header, Quality},
    middleware::Next,
    web,
};
use domain::money::grouped;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use sea_orm::{EnumIter, Iterable};

use super::{chrome::see_other, errors::PageError};
use crate::{
    Caller,
    auth::{cookies, csrf::is_led_by_us},
    state::ApiState,
};

/// For how long a browser keeps a visitor's choice, in days; without one its wishes decide.
const KEPT_DAYS: i64 = 365;

/// What pages can be read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter)]
pub(super) enum Language {
    English,
    German,
}

impl Language {
    /// Its tag, as in `lang`.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its own name.
    const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    fn find(tag: &str) -> Option<Self> {
        Self::iter().find(|language| tag.eq_ignore_ascii_case(language.tag()))
    }

    /// What stands between thousands.
    pub(super) const fn group_mark(self) -> &'static str {
        match self {
            Self::English => ",",
            Self::German => ".",
        }
    }

    /// What stands before decimals.
    const fn decimal_mark(self) -> &'static str {
        match self {
            Self::English => ".",
            Self::German => ",",
        }
    }

    /// A number that is written as programs do (`-1234.50`), as its readers do: `−1,234.50`, `−1.234,50`. A point with nothing behind it is left out.
    pub(super) fn figures(self, plain: &str) -> String {
        let (minus, number) = signed(plain);
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let mark = if decimals.is_empty() { "" } else { self.decimal_mark() };
        format!("{minus}{}{mark}{decimals}", grouped(whole).replace(',', self.group_mark()))
    }

    /// A note of a key by its English name (`F#`, `Bb`), by its own (`Fis`, `B`, and of a minor key `fis`, `b`).
    pub(super) fn note(self, english: &str, is_minor: bool) -> String {
        let german = match english {
            "Bb" => "B".to_owned(),
            "Ab" | "Eb" => english.replace('b', "s"),
            _ => english.replace('B', "H").replace('#', "is").replace('b', "es"),
        };
        match self {
            Self::English => english.to_owned(),
            Self::German if is_minor => german.to_lowercase(),
            Self::German => german,
        }
    }

    /// By what a name is put in order: Åland stands among the As, and in German every letter with a mark among those without.
    pub(super) fn sorted(self, name: &str) -> String {
        let letter = |c: char| match (self, c) {
            (_, 'Å') | (Self::German, 'Ä') => 'A',
            (Self::German, 'Ö') => 'O',
            (Self::German, 'Ü') => 'U',
            (Self::German, 'ä' | 'ã') => 'a',
            (Self::German, 'ö' | 'ô') => 'o',
            (Self::German, 'ü') => 'u',
            (Self::German, 'é') => 'e',
            (Self::German, 'í') => 'i',
            (Self::German, 'ç') => 'c',
            (_, c) => c,
        };
        name.chars().map(letter).collect()
    }
}

/// The minus of a number that is written as programs do, as people write it, and what follows it.
pub(super) fn signed(plain: &str) -> (&'static str, &str) {
    plain.strip_prefix('-').map_or(("", plain), |number| ("−", number))
}

/// Whoever has sent a request.
#[derive(Debug, Clone, Copy)]
struct Reader {
    language: Language,
    /// Whether they look at a page, which can be looked at again in another language. What answers a form stands at an address of its own only until then.
    looks: bool,
}

tokio::task_local! {
    /// For whom the page is made that answers a request. It accompanies the request, as its span does, so that no function has to pass it on.
    static READER: Reader;
}

/// The language of the page that is being made; English outside of any request.
pub(super) fn language() -> Language {
    READER.try_with(|reader| reader.language).unwrap_or(Language::English)
}

/// Answers a request in the language that its sender has chosen, or else would rather read.
pub(crate) async fn in_readers_language(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let state = request.app_data::<web::Data<ApiState>>();
    let public_url = state.map_or("", |state| &*state.services.public_url);
    let reader = Reader { language: wanted(request.request(), public_url), looks: request.method().is_safe() };
    READER.scope(reader, next.call(request)).await
}

fn wanted(request: &HttpRequest, public_url: &str) -> Language {
    let chosen = cookies::find(cookies::Kind::Language, public_url, request).and_then(|tag| Language::find(&tag));
    let wished = || {
        let AcceptLanguage(mut wishes) = AcceptLanguage::parse(request).ok()?;
        // What weighs nothing is what somebody would not read.
        wishes.retain(|wish| wish.quality > Quality::ZERO);
        let ranked = AcceptLanguage(wishes).ranked();
        ranked.iter().find_map(|tag| Language::find(tag.item()?.primary_language()))
    };
    chosen.or_else(wished).unwrap_or(Language::English)
}

/// A language that the page that is being made could be read in instead.
pub(super) struct Choice {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
}

/// The other languages; none for what answers a form.
pub(super) fn choices() -> Vec<Choice> {
    let looks = READER.try_with(|reader| reader.looks).unwrap_or(true);
    let others = Language::iter().filter(|other| looks && *other != language());
    others.map(|other| Choice { tag: other.tag(), name: other.name() }).collect()
}

pub(super) fn configure(app: &mut web::ServiceConfig) {
    app.route("/language/{tag}", web::post().to(choose));
}

/// Keeps a visitor's choice, and leads back to where it was made.
async fn choose(caller: Caller, request: HttpRequest, tag: web::Path<String>) -> Result<HttpResponse, PageError> {
    let language = Language::find(&tag).ok_or_else(PageError::not_found)?;
    let public_url = &caller.services.public_url;
    let from = request.headers().get(header::REFERER).and_then(|from| from.to_str().ok());
    let from = from.filter(|_| is_led_by_us(request.headers(), public_url)).and_then(|from| url::Url::parse(from).ok());
    // The path alone: whatever host somebody names, this leads to none but ours.
    let back = from
        .map_or_else(|| "/".to_owned(), |from| from[url::Position::BeforePath..url::Position::AfterQuery].to_owned());
    let (tag, life) = (language.tag().to_owned(), Duration::days(KEPT_DAYS));
    let cookie = cookies::build(cookies::Kind::Language, public_url, tag, "/".to_owned(), life);
    let mut response = see_other(&format!("/{}", back.trim_start_matches('/')));
    response.add_cookie(&cookie).map_err(|cause| PageError::broken(&cause))?;
    Ok(response)
}

/// A message in the reader's language: `t("cart-empty")`, `t("cart-pay").with("total", &total)`; in templates `crate::t("cart-empty")`.
pub(crate) fn t<'values>(key: &'static str) -> Text<'values> {
    Text { key, values: FluentArgs::new() }
}

/// A message with what it takes, which is said when it is displayed.
#[derive(Debug)]
pub(crate) struct Text<'values> {
    key: &'static str,
    values: FluentArgs<'values>,
}

impl<'values> Text<'values> {
    /// The same with what stands for one of its variables; a number decides on forms, and is written as its reader does.
    pub(crate) fn with(mut self, name: &'static str, value: &'values (impl Said + ?Sized)) -> Self {
        self.values.set(name, value.said());
        self
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let bundle = &BUNDLES[&language()];
        let Some(pattern) = bundle.get_message(self.key).and_then(|message| message.value()) else {
            debug_assert!(false, "no message is called {}", self.key);
            return f.write_str(self.key);
        };
        let mut faults = Vec::new();
        let said = bundle.format_pattern(pattern, Some(&self.values), &mut faults);
        debug_assert!(faults.is_empty(), "{}: {faults:?}", self.key);
        f.write_str(&said)
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.to_string()
    }
}

/// A refusal and what to do about it in the reader's language, by its code; none where the texts have no message of it.
pub(super) fn find_refusal(code: &str) -> Option<(String, String)> {
    let bundle = &BUNDLES[&language()];
    let message = bundle.get_message(code)?;
    let said = |pattern| bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned();
    let remedy = message.get_attribute("remedy").map_or_else(String::new, |remedy| said(remedy.value()));
    Some((said(message.value()?), remedy))
}

/// What can stand in a message.
pub(crate) trait Said {
    /// As what it stands there.
    fn said(&self) -> FluentValue<'_>;
}

impl<T: Said + ?Sized> Said for &T {
    fn said(&self) -> FluentValue<'_> {
        (**self).said()
    }
}

impl Said for str {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Said for String {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Said for Text<'_> {
    fn said(&self) -> FluentValue<'_> {
        FluentValue::from(self.to_string())
    }
}

macro_rules! numbers_are_said {
    ($($number:ty),*) => {
        $(impl Said for $number {
            fn said(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        })*
    };
}

numbers_are_said!(u8, u16, u32, u64, usize, i32, i64, f64);

/// The messages of a language.
const fn files(language: Language) -> &'static [&'static str] {
    macro_rules! of {
        ($tag:literal) => {
            of!($tag, "base" "errors" "words" "orders" "shop" "signing" "reviews" "booking" "royalties" "accounts"
                "countries" "refusals")
        };
        ($tag:literal, $($family:literal)*) => {
            &[$(include_str!(concat!("../../texts/", $tag, "/", $family, ".ftl"))),*]
        };
    }
    match language {
        Language::English => of!("en"),
        Language::German => of!("de"),
    }
}

static BUNDLES: LazyLock<HashMap<Language, FluentBundle<FluentResource>>> =
    LazyLock::new(|| Language::iter().map(|language| (language, bundle(language))).collect());

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let tags = language.tag().parse().into_iter().collect();
    let mut bundle = FluentBundle::new_concurrent(tags);
    // Names of any script stand in elements of their own, which browsers keep apart; marks within a text would be copied with it.
    bundle.set_use_isolating(false);
    let formatter: fn(&FluentValue<'_>, &_) -> Option<String> = match language {
        Language::English => |value, _| figure(value, Language::English),
        Language::German => |value, _| figure(value, Language::German),
    };
    bundle.set_formatter(Some(formatter));
    for file in files(language) {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(whole_part, faults)| {
            debug_assert!(false, "{}: {faults:?}", language.tag());
            whole_part
        });
        if let Err(faults) = bundle.add_resource(resource) {
            debug_assert!(false, "{}: {faults:?}", language.tag());
        }
    }
    bundle
}

/// A number as its readers write it: `10,000`, `10.000`.
fn figure(value: &FluentValue<'_>, language: Language) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    Some(language.figures(&number.as_string()))
}

/// Does something as for a German reader.
#[cfg(test)]
pub(super) fn in_german(does: impl FnOnce()) {
    READER.sync_scope(Reader { language: Language::German, looks: true }, does);
}

#[cfg(test)]
mod tests;
