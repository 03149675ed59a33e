//! The JSON of the server functions.

use crate::domain::wire::from_json;
use crate::error::AppError;
use http::Method;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::Post;
use leptos::server_fn::server::Server;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, Http, Protocol};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error};

/// JSON as Leptos' own codec has it, but read from text instead of bytes: the live connection and the values in the page
/// are text already, and serde compiles all that is read once for each of the two.
pub struct JsonText;

/// JSON in the body of a `POST`, or of a response.
pub type Json = Post<JsonText>;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        from_json(str::from_utf8(&bytes).map_err(Error::custom)?)
    }
}

/// How the pages send what may be large: as Leptos does it, but a large body is read away from the threads that serve
/// requests.
pub struct PostJson;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, AppError> for PostJson
where
    Input: Serialize + DeserializeOwned + Send + 'static,
    Output: Serialize + DeserializeOwned + Send,
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
        let input = crate::server::aside::read(body.len(), move || JsonText::decode(body)).await;
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
        <Http<Json, Json> as Protocol<Input, Output, C, S, AppError>>::run_server(request, work).await
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, AppError> {
        <Http<Json, Json> as Protocol<Input, Output, C, S, AppError>>::run_client(path, input).await
    }
}
