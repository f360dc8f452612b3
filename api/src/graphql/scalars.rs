//! Values that the schema shares: typed ids, money, shares. An instant is `chrono::DateTime<Utc>`, in the schema `DateTime`.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    ContextSelectionSet, ID, InputObject, InputType, InputValueError, InputValueResult, OutputType, Positioned, Scalar,
    ScalarType, ServerResult, SimpleObject, Value, parser::types::Field, registry::Registry,
};
use domain::{
    ids::TypedId,
    money::{Currency, Money as DomainMoney},
    report::{Kind, Report},
    share::Share as DomainShare,
};

use super::errors::Failure;

/// An `ID` of the schema that stands for one kind of thing. As an input it is read with [`Id::named`], which says which field is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id<T> {
    text: String,
    kind: PhantomData<fn() -> T>,
}

impl<T: TypedId> Id<T> {
    /// The id, or a refusal that names the field, such as `input.beat`.
    pub fn named(&self, field: &str) -> Result<T, Failure> {
        self.text.parse().map_err(|error: domain::ids::IdError| {
            let remedy = format!("send the `{}_…` id as it was given", T::PREFIX);
            Failure::new(Report::new(Kind::Invalid, "BAD_ID", error.to_string()).field(field).remedy(remedy))
        })
    }
}

impl<T: TypedId> From<T> for Id<T> {
    fn from(id: T) -> Self {
        Self { text: id.to_string(), kind: PhantomData }
    }
}

impl<T: TypedId> InputType for Id<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let id = <ID as InputType>::parse(value).map_err(InputValueError::propagate)?;
        Ok(Self { text: id.0, kind: PhantomData })
    }

    fn to_value(&self) -> Value {
        Value::String(self.text.clone())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<T: TypedId> OutputType for Id<T> {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(self.text.clone()))
    }
}

/// A whole number of up to 64 bits, as a JSON number. An input may also be a string of digits, for programs whose numbers are doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int64(pub i64);

#[Scalar]
impl ScalarType for Int64 {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => {
                number.as_i64().map(Self).ok_or_else(|| InputValueError::custom("a whole number of 64 bits is needed"))
            }
            Value::String(text) => {
                Ok(Self(text.parse().map_err(|_| InputValueError::custom("a whole number of 64 bits is needed"))?))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Money {
    /// Minor units of the currency (cents, yen, fils); negative for what is owed the other way.
    pub minor: Int64,
    /// ISO 4217 code.
    pub currency: String,
    /// The amount in print, such as `EUR 1,234.50`.
    pub formatted: String,
}

impl From<DomainMoney> for Money {
    fn from(money: DomainMoney) -> Self {
        Self { minor: Int64(money.minor), currency: money.currency.code().to_owned(), formatted: money.to_string() }
    }
}

/// An amount of money, as an input.
#[derive(Debug, Clone, PartialEq, Eq, InputObject)]
pub struct MoneyInput {
    /// Minor units of the currency.
    pub minor: Int64,
    /// ISO 4217 code.
    pub currency: String,
}

impl MoneyInput {
    /// The amount, or a refusal that names the field.
    pub fn named(&self, field: &str) -> Result<DomainMoney, Failure> {
        Ok(DomainMoney::new(self.minor.0, currency(&self.currency, &format!("{field}.currency"))?))
    }
}

/// The amounts of a list, or a refusal that names the one that is none.
pub fn amounts(list: &[MoneyInput], field: &str) -> Result<Vec<DomainMoney>, Failure> {
    list.iter().enumerate().map(|(place, amount)| amount.named(&format!("{field}.{place}"))).collect()
}

/// The currency of an ISO 4217 code that may be left out, or a refusal that names the field.
pub fn currency_if_named(code: Option<&str>, field: &str) -> Result<Option<Currency>, Failure> {
    code.map(|code| currency(code, field)).transpose()
}

/// The currency of an ISO 4217 code, or a refusal that names the field.
pub fn currency(code: &str, field: &str) -> Result<Currency, Failure> {
    code.parse().map_err(|error: domain::money::MoneyError| {
        let report = Report::new(Kind::Invalid, "UNKNOWN_CURRENCY", error.to_string()).field(field);
        Failure::new(report.remedy("send a code such as EUR, USD or JPY"))
    })
}

/// A part of a whole.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct Share {
    /// Parts per million, 0 to 1,000,000.
    pub ppm: i32,
    /// The exact percentage without the sign, such as `33.3333`.
    pub percent: String,
}

impl From<DomainShare> for Share {
    fn from(share: DomainShare) -> Self {
        Self { ppm: share.ppm().cast_signed(), percent: share.to_string() }
    }
}

/// The share of so many parts per million, or a refusal that names the field.
pub fn share(ppm: i32, field: &str) -> Result<DomainShare, Failure> {
    u32::try_from(ppm).ok().and_then(|ppm| DomainShare::from_ppm(ppm).ok()).ok_or_else(|| {
        let message = format!("{ppm} parts per million is not a share");
        Failure::new(Report::new(Kind::Invalid, "BAD_SHARE", message).field(field).remedy("send 0 to 1000000"))
    })
}
