//! The JSON of OTLP, as far as traces need it. It is protobuf's JSON, in which integers of 64 bits are decimal texts, but for ids,
//! which are hexadecimal.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::fmt::Display;

/// The name of the service that the spans are of, and of the code that has recorded them.
const SERVICE: &str = "runboard";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `ExportTraceServiceRequest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    resource_spans: [ResourceSpans<'a>; 1],
}

impl<'a> Request<'a> {
    /// Returns a request with these spans, which are written already.
    pub fn of(spans: &'a [Box<RawValue>]) -> Self {
        let attributes =
            Attributes::default().text("service.name", Some(SERVICE)).text("service.version", Some(VERSION));
        let scope_spans = [ScopeSpans { scope: Scope { name: SERVICE, version: VERSION }, spans }];
        Self { resource_spans: [ResourceSpans { resource: Resource { attributes }, scope_spans }] }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    resource: Resource,
    scope_spans: [ScopeSpans<'a>; 1],
}

#[derive(Debug, Serialize)]
struct Resource {
    attributes: Attributes,
}

#[derive(Debug, Serialize)]
struct ScopeSpans<'a> {
    scope: Scope,
    spans: &'a [Box<RawValue>],
}

#[derive(Debug, Serialize)]
struct Scope {
    name: &'static str,
    version: &'static str,
}

/// `Span`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    pub trace_id: String,
    pub span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<String>,
    pub name: String,
    pub kind: SpanKind,
    #[serde(serialize_with = "decimal")]
    pub start_time_unix_nano: u64,
    #[serde(serialize_with = "decimal")]
    pub end_time_unix_nano: u64,
    pub attributes: Attributes,
    /// `None` unless it failed: that it went well is not for whoever records a span to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// `SpanKind`, by its number.
#[derive(Clone, Copy, Debug)]
pub enum SpanKind {
    Internal = 1,
    Client = 3,
}

impl Serialize for SpanKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// `Status`.
#[derive(Debug, Serialize)]
pub struct Status {
    code: u8,
    message: String,
}

impl Status {
    /// Returns the status of something that has failed, for the reason that these words give.
    pub fn error(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }
}

/// Attributes, each named once.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Attributes(Vec<KeyValue>);

#[derive(Debug, Serialize)]
struct KeyValue {
    key: &'static str,
    value: AnyValue,
}

#[derive(Debug, Serialize)]
enum AnyValue {
    #[serde(rename = "stringValue")]
    Text(String),
    #[serde(rename = "intValue")]
    Int(#[serde(serialize_with = "decimal")] i64),
    #[serde(rename = "doubleValue")]
    Double(f64),
    #[serde(rename = "arrayValue")]
    List { values: Vec<AnyValue> },
}

/// Each of these adds an attribute, if its value is known.
impl Attributes {
    pub fn text(self, key: &'static str, value: Option<impl ToString>) -> Self {
        self.with(key, value.map(|value| AnyValue::Text(value.to_string())))
    }

    pub fn int(self, key: &'static str, value: Option<i64>) -> Self {
        self.with(key, value.map(AnyValue::Int))
    }

    pub fn double(self, key: &'static str, value: Option<f64>) -> Self {
        self.with(key, value.map(AnyValue::Double))
    }

    /// A list, which has this text alone.
    pub fn list_of(self, key: &'static str, value: Option<impl ToString>) -> Self {
        self.with(key, value.map(|value| AnyValue::List { values: vec![AnyValue::Text(value.to_string())] }))
    }

    fn with(mut self, key: &'static str, value: Option<AnyValue>) -> Self {
        self.0.extend(value.map(|value| KeyValue { key, value }));
        self
    }
}

fn decimal<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
