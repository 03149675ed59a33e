//! The JSON of the server functions.

use crate::domain::wire::{FromWire, NOT_OF_TYPE, Unreadable, from_json};
use crate::error::AppError;
use http::Method;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::Post;
use leptos::server_fn::server::Server;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, Http, Protocol};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// JSON in the body of a response.
pub type Json = Post<ResponseJson>;

/// JSON in the body of a request: the server reads it with serde.
pub struct RequestJson;

/// JSON in the body of a response: the browser reads it as it reads all that the server sends.
pub struct ResponseJson;

macro_rules! json {
    ($($name:ty),+) => { $(
        impl ContentType for $name {
            const CONTENT_TYPE: &'static str = "application/json";
        }

        impl FormatType for $name {
            const FORMAT_TYPE: Format = Format::Text;
        }

        impl<T: Serialize> Encodes<T> for $name {
            type Error = serde_json::Error;

            fn encode(value: &T) -> Result<Bytes, Self::Error> {
                serde_json::to_string(value).map(Bytes::from)
            }
        }
    )+ };
}

json!(RequestJson, ResponseJson);

impl<T: DeserializeOwned> Decodes<T> for RequestJson {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_slice(&bytes)
    }
}

impl<T: FromWire> Decodes<T> for ResponseJson {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        from_json(str::from_utf8(&bytes).map_err(|_| NOT_OF_TYPE)?)
    }
}

/// How the pages send what may be large: as Leptos does it, but a large body is read away from the threads that serve
/// requests.
pub struct PostJson;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, AppError> for PostJson
where
    Input: Serialize + DeserializeOwned + Send + 'static,
    Output: Serialize + FromWire + Send,
    C: Client<AppError>,
    S: Server<AppError>,
{
    const METHOD: Method = Method::POST;

    #[cfg(feature = "ssr")]
    async fn run_server<F, Fut>(request: S::Request, work: F) -> Result<S::Response, AppError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, AppError>> + Send,
    {
        use leptos::server_fn::codec::IntoRes;
        use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
        use leptos::server_fn::request::Req;
        let body: Bytes = Req::<AppError>::try_into_bytes(request).await?;
        let input = crate::server::aside::read(body.len(), move || RequestJson::decode(body)).await;
        let input = input
            .map_err(|error| AppError::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_string())))?;
        IntoRes::<Json, S::Response, AppError>::into_res(work(input).await?).await
    }

    #[cfg(not(feature = "ssr"))]
    async fn run_server<F, Fut>(request: S::Request, work: F) -> Result<S::Response, AppError>
    where
        F: Fn(Input) -> Fut + Send,
        Fut: Future<Output = Result<Output, AppError>> + Send,
    {
        <Http<Post<RequestJson>, Json> as Protocol<Input, Output, C, S, AppError>>::run_server(request, work).await
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, AppError> {
        <Http<Post<RequestJson>, Json> as Protocol<Input, Output, C, S, AppError>>::run_client(path, input).await
    }
}
